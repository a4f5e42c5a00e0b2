"""The additive model agrees with weighted least squares and with a published network, and says what it cannot tell."""

from __future__ import annotations

import csv
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm

from course.evidence.components import Arm, fit_components, parts_of
from course.evidence.pooling import CannotPool, Counts, odds_ratio, pool_table, tau_squared

# Response in 93 trials of depression in primary care: Linde 2016, J Clin Epidemiol 71:86; counts as in the R package metadat.
LINDE = Path(__file__).parent / "linde_2016.csv"


@pytest.fixture(scope="module")
def linde() -> list[Arm]:
    with LINDE.open(encoding="utf-8") as file:
        return [Arm(row["trial"], row["treatment"], int(row["events"]), int(row["n"])) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def linde_fit(linde):
    return fit_components(linde)


def arms(*rows) -> list[Arm]:
    return [Arm(trial, treatment, events, n) for trial, treatment, events, n in rows]


def effect(result, name: str):
    return next(part for part in result.components if part.name == name)


TWO_ARM = arms(
    ("1", "A", 30, 60), ("1", "placebo", 20, 60), ("2", "A", 41, 80), ("2", "placebo", 22, 80), ("3", "B", 25, 50), ("3", "placebo", 21, 50),
    ("4", "A + B", 44, 70), ("4", "A", 30, 70), ("5", "A+B", 33, 60), ("5", "B", 29, 60), ("6", "A+B", 50, 90), ("6", "placebo", 25, 90),
)  # fmt: skip
MULTI_ARM = TWO_ARM + arms(
    ("7", "A+B", 40, 60), ("7", "A", 22, 60), ("7", "B", 25, 60), ("7", "placebo", 18, 60), ("8", "C", 12, 40), ("8", "A+C", 22, 40), ("8", "A", 15, 40),
)  # fmt: skip
# Two networks without a trial between them (A and placebo; all else). A stands in both, so adding up joins them, and C and D have an effect.
APART = arms(
    ("1", "A", 30, 60), ("1", "placebo", 20, 60), ("2", "A", 28, 60), ("2", "placebo", 21, 60),
    ("3", "A + C", 40, 70), ("3", "C", 25, 70), ("4", "C", 24, 50), ("4", "C + D", 30, 50),
    ("5", "A + C", 31, 50), ("5", "D", 20, 50), ("6", "A + C", 33, 50), ("6", "D", 24, 50),
)  # fmt: skip


def design(trials, inactive=("placebo",)):
    """Contrasts with each trial's first arm, their covariance and design, written out in full."""
    groups = {}
    for arm in trials:
        groups.setdefault(arm.trial, []).append(arm)
    names = sorted({p for arm in trials for p in arm.parts if p not in inactive})
    rows, y, blocks = [], [], []
    for first, *others in groups.values():
        variance = {arm: 1 / arm.events + 1 / (arm.n - arm.events) for arm in (first, *others)}
        for arm in others:
            rows.append([(name in arm.parts) - (name in first.parts) for name in names])
            y.append(math.log(arm.events / (arm.n - arm.events)) - math.log(first.events / (first.n - first.events)))
        blocks.append(np.diag([variance[arm] for arm in others]) + variance[first])
    covariance = np.zeros((len(y), len(y)))
    shared = np.zeros((len(y), len(y)))
    at = 0
    for block in blocks:
        place = slice(at, at + len(block))
        covariance[place, place] = block
        shared[place, place] = 0.5 + 0.5 * np.eye(len(block))
        at += len(block)
    return names, np.array(rows, float), np.array(y), covariance, shared


# ── Against least squares ────────────────────────────────────────────────────────────────────────


def test_two_arm_trials_agree_with_weighted_least_squares():
    names, x, y, covariance, _ = design(TWO_ARM)
    reference = sm.WLS(y, x, weights=1 / np.diag(covariance)).fit(cov_type="fixed scale")
    ours = fit_components(TWO_ARM, "fixed")
    assert [part.name for part in ours.components] == names
    assert [part.log_odds_ratio for part in ours.components] == pytest.approx(reference.params, abs=1e-9)
    assert [part.standard_error for part in ours.components] == pytest.approx(reference.bse, abs=1e-9)
    assert ours.q == pytest.approx(float(reference.ssr), abs=1e-9) and ours.df == reference.df_resid


@pytest.mark.parametrize("trials", [TWO_ARM, MULTI_ARM, APART], ids=["two arms", "many arms", "apart"])
@pytest.mark.parametrize("method", ["fixed", "DL"])
def test_every_network_agrees_with_generalised_least_squares(trials, method):
    _, x, y, covariance, shared = design(trials)
    ours = fit_components(trials, method)
    reference = sm.GLS(y, x, sigma=covariance + ours.tau2 * shared).fit(cov_type="fixed scale")
    assert [part.log_odds_ratio for part in ours.components] == pytest.approx(reference.params, abs=1e-9)
    assert [part.standard_error for part in ours.components] == pytest.approx(reference.bse, abs=1e-9)


def test_the_whole_network_agrees_with_generalised_least_squares(linde, linde_fit):
    _, x, y, covariance, shared = design(linde, ("Placebo",))
    reference = sm.GLS(y, x, sigma=covariance + linde_fit.tau2 * shared).fit(cov_type="fixed scale")
    assert [part.log_odds_ratio for part in linde_fit.components] == pytest.approx(reference.params, abs=1e-8)
    assert [part.standard_error for part in linde_fit.components] == pytest.approx(reference.bse, abs=1e-8)


def test_tau_squared_makes_the_expected_q_equal_the_one_seen(linde, linde_fit):
    _, x, y, covariance, shared = design(linde, ("Placebo",))
    w = np.linalg.inv(covariance)
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    assert linde_fit.q == pytest.approx(y @ p @ y, abs=1e-7)
    assert linde_fit.df + linde_fit.tau2 * np.trace(p @ shared) == pytest.approx(linde_fit.q, abs=1e-7)


def test_which_arm_comes_first_changes_nothing():
    turned = fit_components(MULTI_ARM[::-1])
    for part, other in zip(fit_components(MULTI_ARM).components, turned.components, strict=True):
        assert part.log_odds_ratio == pytest.approx(other.log_odds_ratio, abs=1e-9)
        assert part.standard_error == pytest.approx(other.standard_error, abs=1e-9)


def test_one_part_against_placebo_is_ordinary_pooling():
    rows = [(30, 60, 20, 60), (41, 80, 22, 80), (12, 40, 15, 40)]
    trials = [arm for i, (a, n, c, m) in enumerate(rows) for arm in arms((str(i), "A", a, n), (str(i), "placebo", c, m))]
    tables = [Counts(str(i), *row) for i, row in enumerate(rows)]
    ours, pooled = fit_components(trials), pool_table(tables, "OR", "DL")
    assert ours.components[0].log_odds_ratio == pytest.approx(pooled.estimate)
    assert ours.tau2 == pytest.approx(tau_squared([e.estimate for e in pooled.trials], [e.variance for e in pooled.trials], "DL"))
    assert (ours.q, ours.df, ours.i2) == pytest.approx((pooled.q, pooled.df, pooled.i2))


# ── A published network: Rücker 2020, Biom J 62:808, and the netmeta output documented with its data ──


def test_the_published_additive_model_comes_out_again(linde_fit):
    assert (linde_fit.trials, linde_fit.arms) == (93, 201)
    assert (round(linde_fit.q, 2), linde_fit.df, round(linde_fit.tau2, 4)) == (109.12, 90, 0.0208)
    assert round(linde_fit.predict("Face-to-face CBT + SSRI").odds_ratio, 2) == 3.91


def test_the_published_network_without_adding_up_comes_out_again(linde, linde_fit):
    whole = fit_components([Arm(a.trial, a.treatment.replace(" + ", " with "), a.events, a.n) for a in linde])
    assert (round(whole.q, 2), whole.df, round(whole.tau2, 4)) == (102.45, 87, 0.0174)
    assert round(effect(whole, "SSRI").odds_ratio, 2) == 1.71
    assert round(effect(whole, "Face-to-face CBT").odds_ratio, 2) == 2.05
    assert round(effect(whole, "Face-to-face CBT with SSRI").odds_ratio, 2) == 30.86
    assert (linde_fit.adding_q, linde_fit.adding_df) == pytest.approx((linde_fit.q - whole.q, 3))


def test_a_combination_stands_beside_what_adding_up_predicts(linde_fit):
    seen = next(c for c in linde_fit.combinations if c.treatment == "Face-to-face CBT + SSRI")
    assert (seen.against, seen.trials) == ("SSRI", 1)
    assert seen.observed.value == pytest.approx(12 / 5 / (2 / 15))
    assert seen.predicted.log_odds_ratio == pytest.approx(effect(linde_fit, "Face-to-face CBT").log_odds_ratio)


# ── Predictions ──────────────────────────────────────────────────────────────────────────────────


def test_a_prediction_multiplies_the_parts():
    result = fit_components(arms(("1", "A", 30, 60), ("1", "placebo", 20, 60), ("2", "A+B", 40, 60), ("2", "A", 30, 60)))
    # 30/30 ÷ 20/40 = 2, and 40/20 ÷ 30/30 = 2; variances 1/30 + 1/30 + 1/20 + 1/40 each, and they add
    assert result.predict("B + A").odds_ratio == pytest.approx(4)
    assert result.predict("A+B").standard_error == pytest.approx(math.sqrt(2 * (1 / 30 + 1 / 30 + 1 / 20 + 1 / 40)))
    assert result.predict("A + B", against="A").odds_ratio == pytest.approx(2)
    assert result.predict("A", against="A").text == "1.00 (1.00 to 1.00)"
    assert result.predict("placebo").odds_ratio == 1


def test_a_part_nobody_tried_cannot_be_predicted():
    with pytest.raises(CannotPool, match="no trial has 'Z'; there is: A, B"):
        fit_components(TWO_ARM).predict("A + Z")


def test_parts_are_read_in_any_order_and_spacing():
    assert parts_of("SSRI+CBT") == parts_of(" CBT  +  SSRI ") == ("CBT", "SSRI")


# ── What trials cannot tell, and edges ───────────────────────────────────────────────────────────


def test_without_an_inactive_arm_only_what_is_added_can_be_told():
    result = fit_components(arms(("1", "A+B", 30, 60), ("1", "A", 20, 60), ("2", "C", 30, 60), ("2", "D", 20, 60)))
    assert effect(result, "B").odds_ratio == pytest.approx(2)
    assert all(effect(result, name).odds_ratio is None for name in ("A", "C", "D"))
    assert effect(result, "C").text == "cannot be told from these trials"
    assert result.predict("C", against="D").odds_ratio == pytest.approx(2)
    assert any("A, C and D" in note and "counts as no treatment" in note for note in result.notes)


def test_networks_without_a_trial_between_them_are_joined_and_said_to_be():
    result = fit_components(APART)
    assert all(part.odds_ratio is not None for part in result.components)
    assert any("2 networks" in note for note in result.notes)


def test_usual_care_can_be_named_inactive():
    result = fit_components(arms(("1", "A", 30, 60), ("1", "Usual care", 20, 60)), inactive=("usual care",))
    assert [part.name for part in result.components] == ["A"]


def test_a_zero_cell_gets_a_half_in_every_arm_of_its_trial():
    result = fit_components(arms(("1", "A", 3, 20), ("1", "placebo", 0, 20)))
    assert result.components[0].log_odds_ratio == pytest.approx(odds_ratio(Counts("1", 3, 20, 0, 20)).estimate)
    assert any("0.5 was added" in note for note in result.notes)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("Quiet", "A", 0, 9), ("Quiet", "B", 0, 9)], "says nothing about odds"),
        ([("Full", "A", 9, 9), ("Full", "B", 8, 8)], "says nothing about odds"),
        ([("Lone", "A", 3, 9)], "single arm"),
        ([("Same", "A+B", 3, 9), ("Same", "B + A", 4, 9)], "same treatment"),
    ],
)
def test_a_trial_that_compares_nothing_is_left_out_with_the_reason(rows, reason):
    result = fit_components([*TWO_ARM, *arms(*rows)])
    assert [left.trial for left in result.left_out] == [rows[0][0]] and reason in result.left_out[0].reason
    assert result.trials == 6
    with pytest.raises(CannotPool, match=reason):
        fit_components(arms(*rows))


def test_just_enough_comparisons_leave_nothing_to_check():
    result = fit_components(arms(("1", "A", 30, 60), ("1", "placebo", 20, 60)))
    assert (result.q, result.df, result.q_p, result.tau2, result.i2, result.adding_q) == (0, 0, None, 0, 0, None)
    assert any("just enough" in note for note in result.notes)


def test_trials_that_agree_have_no_spread():
    same = [arm for i in "1234" for arm in arms((i, "A", 30, 60), (i, "placebo", 20, 60))]
    result = fit_components(same)
    assert result.tau2 == 0 and result.i2 == 0 and result.q == pytest.approx(0, abs=1e-9)
    assert any("chance" in note for note in result.notes)


def test_parts_that_work_against_each_other_show_in_the_test_of_adding_up():
    met = {"1": ("A", 600), "2": ("B", 600), "3": ("A+B", 400)}
    big = [arm for trial, (part, events) in met.items() for arm in arms((trial, part, events, 1000), (trial, "placebo", 400, 1000))]
    result = fit_components(big, "fixed")
    assert result.adding_df == 1 and result.adding_p < 1e-6


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Arm("1", "A", 5, 4), "more events than people"),
        (lambda: Arm("1", "A", -1, 4), "whole numbers, 0 or more"),
        (lambda: Arm("1", "A", 0, 0), "n is 0"),
        (lambda: Arm("1", "A++B", 1, 4), "with a \\+ between"),
        (lambda: fit_components([]), "at least two arms"),
        (lambda: fit_components(TWO_ARM, "REML"), "use fixed or DL"),
        (lambda: fit_components(arms(("1", "placebo", 1, 9), ("1", "placebo + placebo", 2, 9))), "same treatment"),
        (lambda: fit_components(arms(("1", "sham", 1, 9), ("1", "placebo", 2, 9)), inactive=("sham", "placebo")), "active treatment"),
    ],
)
def test_what_has_no_answer_is_refused_in_a_sentence(make, says):
    with pytest.raises(CannotPool, match=says):
        make()


@pytest.mark.parametrize("seed", range(40))
def test_any_network_gives_numbers_or_none_and_no_warning(seed):
    random = np.random.default_rng(seed)
    kinds = ["placebo", "A", "B", "A+B", "C", "A + C", "B+C", "A+B+C", "D"]
    trials = []
    for i in range(int(random.integers(1, 8))):
        for kind in random.choice(kinds, size=int(random.integers(2, 5)), replace=False):
            n = int(random.choice([1, 2, 15, 100, 10**9]))
            trials.append(Arm(f"{i}", str(kind), int(random.integers(0, n + 1)), n))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = fit_components(trials)
        except CannotPool:
            return
    numbers = [result.tau2, result.q, result.i2, result.q_p, result.adding_q, result.adding_p]
    numbers += [x for part in result.components for x in (part.odds_ratio, part.low, part.high)]
    assert all(x is None or math.isfinite(x) for x in numbers)
    assert result.df >= 0 and result.tau2 >= 0
