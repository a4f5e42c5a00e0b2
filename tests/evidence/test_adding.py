"""*Add them up*: the sums are right on each scale, the combined group stays covered until it is predicted, and no setting breaks the page.

Outside references: statsmodels, for Wilson's interval and for the ratios of two groups.
"""

from __future__ import annotations

import math
import re

import attrs
import numpy as np
import pytest
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_confint

from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence.adding import BOTH, MEDICATION, NEITHER, SCALES, THERAPY, Group, added_up, adding_model, four_groups
from course.evidence.certainty import LEVELS
from course.evidence.explorers.adding import NUMBERS, PRACTICE, START, AddThemUp, rating
from course.evidence.figures import AddingDrawing
from course.evidence.pooling import Counts, risk_difference
from course.explorers import explorer_text
from course.look import COLOURS

TRIALS = list(four_groups().values())
EVERY_TRIAL = pytest.mark.parametrize("trial", TRIALS, ids=[trial.key for trial in TRIALS])
BEGUN = AddThemUp().guessed(75)


def made(neither, medication, therapy, both):
    """A trial with these counts, each of so many people."""
    names = (NEITHER, MEDICATION, THERAPY, BOTH)
    groups = {name: Group(name, *counts) for name, counts in zip(names, (neither, medication, therapy, both), strict=True)}
    return attrs.evolve(TRIALS[0], groups=groups)


def shown(trial, number: int = 40) -> AddThemUp:
    if trial.key == START:
        return AddThemUp().guessed(number)
    return BEGUN.changed({"trial": trial.key}).changed({"predict": number, "show": "yes"})


def covered(trial) -> AddThemUp:
    return AddThemUp() if trial.key == START else BEGUN.changed({"trial": trial.key})


# ── The sums ─────────────────────────────────────────────────────────────────────────────────────


def test_adding_up_on_each_scale_by_hand():
    """20, 40 and 50 of 100: 20 + 20 + 30 = 70; 20 × 2 × 2.5 = 100; odds ¼ × 8/3 × 4 = 8/3, which is 8 of 11."""
    gains, chances, odds = added_up(made((20, 100), (40, 100), (50, 100), (70, 100)))
    assert [gains.share, chances.share, odds.share] == pytest.approx([0.7, 1.0, 8 / 11])
    assert gains.gap.value == pytest.approx(0) and chances.gap.value == pytest.approx(0.7)
    assert odds.gap.value == pytest.approx((7 / 3) / (8 / 3))


def test_the_same_four_groups_add_up_on_one_scale_and_do_less_on_another():
    """The point of the explorer, with groups so large that chance plays no part."""
    gains, chances, odds = added_up(made((20_000, 100_000), (40_000, 100_000), (50_000, 100_000), (70_000, 100_000)))
    assert gains.fits and not chances.fits and not odds.fits
    assert chances.gap.high < 1 and odds.gap.high < 1


@EVERY_TRIAL
def test_a_gap_is_what_therapy_adds_to_medication_less_what_it_adds_to_nothing(trial):
    """An interaction is a difference of two differences, whose variances add; each comes from statsmodels."""
    with_medication, without = (_two_by_two(trial, *names) for names in ((BOTH, MEDICATION), (THERAPY, NEITHER)))
    _, chances, odds = (each.gap for each in added_up(trial))
    assert chances.estimate == pytest.approx(with_medication.log_riskratio - without.log_riskratio)
    assert chances.variance == pytest.approx(with_medication.log_riskratio_se**2 + without.log_riskratio_se**2)
    assert odds.estimate == pytest.approx(with_medication.log_oddsratio - without.log_oddsratio)
    assert odds.variance == pytest.approx(with_medication.log_oddsratio_se**2 + without.log_oddsratio_se**2)


def _two_by_two(trial, first: str, second: str) -> Table2x2:
    return Table2x2(np.array([trial.groups[first].cells, trial.groups[second].cells]))


@EVERY_TRIAL
def test_the_gap_in_people_is_a_difference_of_two_risk_differences(trial):
    groups = trial.groups
    pairs = [Counts("", groups[one].events, groups[one].n, groups[two].events, groups[two].n) for one, two in ((BOTH, MEDICATION), (THERAPY, NEITHER))]
    with_medication, without = (risk_difference(pair) for pair in pairs)
    gap = added_up(trial)[0].gap
    assert gap.estimate == pytest.approx(with_medication.estimate - without.estimate)
    assert gap.variance == pytest.approx(with_medication.variance + without.variance)


@pytest.mark.parametrize(("events", "people"), [(0, 10), (1, 28), (5, 10), (113, 140), (10, 10), (1, 1)])
def test_the_interval_of_a_group_is_wilsons(events, people):
    assert Group("", events, people).interval == pytest.approx(proportion_confint(events, people, method="wilson"), abs=1e-9)


NOBODY = {
    "nobody with neither": ((0, 30), (10, 30), (12, 30), (20, 30)),
    "everybody with both": ((5, 30), (10, 30), (12, 30), (30, 30)),
    "everybody with one": ((5, 30), (30, 30), (12, 30), (28, 30)),
    "nobody anywhere": ((0, 30), (0, 30), (0, 30), (0, 30)),
    "harm by both alone": ((29, 30), (2, 30), (3, 30), (1, 30)),
}


@pytest.mark.parametrize("name", NOBODY)
def test_a_group_with_nobody_or_everybody_gives_numbers_all_the_same(name):
    trial = made(*NOBODY[name])
    for each in added_up(trial):
        assert all(math.isfinite(number) for number in (each.share, each.gap.estimate, each.gap.low, each.gap.high)) and each.gap.variance > 0
    assert not re.search(r"\bnan\b|\binf\b", AddingDrawing().update(trial, 50).text)


# ── The trials ───────────────────────────────────────────────────────────────────────────────────


def test_the_four_group_trials_on_file_are_all_there():
    assert {"walkup_2008", "pots_2004", "blanco_2010", "mta_1999", "grilo_2022"} <= {trial.key for trial in TRIALS if trial.solid}
    assert START in four_groups()


def test_the_numbers_of_a_known_trial():
    """CAMS: 18 of 76, 73 of 133, 83 of 139 and 113 of 140, so 91, 138 and 85 are predicted and 81 was seen."""
    sums = added_up(four_groups()["walkup_2008"])
    assert [each.of_hundred for each in sums] == [91, 138, 85]
    assert [each.possible for each in sums] == [True, False, True]
    assert sums[1].gap.text == "0.58 (0.37 to 0.92)" and [each.fits for each in sums] == [True, False, True]


def test_the_model_of_depression_trials_predicts_the_combined_arms():
    model, studies = adding_model()
    assert [part.name for part in model.components] == ["medication", "therapy"]
    assert {(each.treatment, each.against) for each in model.combinations} == {
        ("medication + therapy", "medication"),
        ("medication + therapy", "therapy"),
    }
    text = b.as_text(BEGUN.page())
    assert all(each.observed_text in text and each.predicted.text in text for each in model.combinations)
    assert all(f"- {study.short}" in text for study in studies)


# ── Predict first ────────────────────────────────────────────────────────────────────────────────


@EVERY_TRIAL
def test_the_combined_group_is_covered_until_it_is_predicted(trial):
    text = b.as_text(covered(trial).page())
    assert "covered" in text
    assert trial.both.text not in text and f"{trial.both.events} of {trial.both.n}" not in text
    assert not any(scale in text for scale in SCALES.values())
    for name in (NEITHER, MEDICATION, THERAPY):
        assert trial.groups[name].text in text
    assert trial.both.text in b.as_text(shown(trial).page())


@pytest.mark.parametrize("value", [None, "", "many", "101", -5, 3, 50.5, [50, 60], [], {"both": 50}, True])
def test_a_guess_that_cannot_be_read_leaves_the_question(value):
    assert AddThemUp().guessed(value).guess is None


@pytest.mark.parametrize("value", [55, "55", ["55"], [55]])
def test_a_guess_is_read_however_it_is_written(value):
    assert AddThemUp().guessed(value).prediction == 55


@EVERY_TRIAL
def test_a_prediction_is_locked(trial):
    state = shown(trial, 40)
    again = state.changed({"trial": trial.key, "predict": 80, "show": "yes"})
    assert again.prediction == state.prediction == 40
    elsewhere = next(each.key for each in TRIALS if each.key not in (START, trial.key))
    assert state.changed({"trial": elsewhere}).changed({"trial": trial.key}).prediction == 40
    assert state.fresh().changed({"trial": trial.key}).prediction == 40


@EVERY_TRIAL
@pytest.mark.parametrize("number", [0, 50, 100])
def test_the_gap_to_the_prediction_is_told_in_words(trial, number):
    (gap,) = [block for block in shown(trial, number).page() if block["is"] == "feedback"]
    seen = round(100 * trial.both.share)
    assert gap["text"].startswith(f"You said: {number} of 100.")
    assert ("That is what the trial saw" in gap["text"]) == (seen == number)
    assert seen == number or f"which is {abs(seen - number)} {'more' if seen > number else 'fewer'}" in gap["text"]
    low, high = (100 * end for end in trial.both.interval)
    assert ("inside the interval" in gap["text"]) == (low <= number <= high)


# ── What is said ─────────────────────────────────────────────────────────────────────────────────


@EVERY_TRIAL
def test_the_headline_says_what_was_seen_what_adding_predicts_and_how_sure(trial):
    state = shown(trial)
    assert f"{round(100 * trial.both.share)} {trial.did} with both" in state.headline
    assert all(str(each.of_hundred) in state.headline for each in added_up(trial))
    assert ("than there are people" in state.headline) == any(each.share > 1 for each in added_up(trial))
    text = b.as_text(state.page())
    assert state.headline.startswith(PRACTICE) == (not trial.solid)
    assert ("How sure" in text) == trial.solid and ("uncertain whether" in state.headline) == trial.solid
    if trial.solid:
        assert rating(trial).level in LEVELS and f": {rating(trial).level}" in text


@EVERY_TRIAL
def test_every_scale_is_worked_out_with_its_gap(trial):
    text = b.as_text(shown(trial).page())
    for each in added_up(trial):
        assert f"{SCALES[each.measure]}. " in text and each.gap.text in text
    assert text.count("cannot tell it from the sum") == sum(each.fits for each in added_up(trial))
    assert trial.study.short in text and not re.search(r"\bnan\b|\binf\b|None|[{}]", text)


def test_the_banned_word_is_not_used():
    assert not any("synerg" in b.as_text(shown(trial).page()).lower() for trial in TRIALS)


# ── Settings, notes and text ─────────────────────────────────────────────────────────────────────


@EVERY_TRIAL
@pytest.mark.parametrize("make", [covered, shown])
def test_the_controls_stand_on_what_is_shown(trial, make):
    state = make(trial)
    settings = [block for block in state.page() if block["is"] == "settings"]
    if not settings:
        assert state.guess is None
        return
    assert [control["name"] for control in settings[0]["controls"]] == ["trial", "predict", "show"]
    assert state.changed(b.chosen(settings[0], None)) == state


def test_the_first_prediction_offers_every_fifth_number():
    (control,) = [block for block in AddThemUp().page() if block["is"] == "places"]
    assert [key for key, _ in control["options"]] == list(NUMBERS) and {"0", "100"} <= set(NUMBERS)


def test_text_and_page_say_the_same():
    explorer = Explorer(AddThemUp())
    explorer.act({"do": "guess", "value": ["75"]})
    assert explorer.page.view["say"] == explorer.state.headline
    explorer.act({"do": "settings", "value": {"trial": "pots_2004"}})
    assert "still covered" in explorer.page.view["say"]
    explorer.act({"do": "settings", "value": {"trial": "pots_2004", "predict": 60, "show": "yes"}})
    assert explorer_text(AddThemUp(), 75, show="yes", predict=60, trial="pots_2004").startswith(explorer.page.text)


# ── The figure ───────────────────────────────────────────────────────────────────────────────────


@EVERY_TRIAL
def test_the_figure_says_in_words_and_in_its_table_what_it_draws(trial):
    picture = AddingDrawing().update(trial, 40)
    assert len(picture.alt) >= 40 and f'role="img" aria-label="{picture.alt[:20]}' in picture.svg and picture.caption.endswith(".")
    for name in (NEITHER, MEDICATION, THERAPY, BOTH):
        assert trial.groups[name].text in picture.text and f'id="group-{name}"' in picture.svg
    for each in added_up(trial):
        assert str(each.of_hundred) in picture.text
    assert all(light not in picture.svg for light, _ in COLOURS.values())
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:bold )?([\d.]+)px", picture.svg)]
    assert sizes and min(sizes) >= 9


def marks(svg: str, gid: str) -> int:
    """How many marks the group of this name holds."""
    group = re.search(rf'<g id="{gid}">(.*?)</g>\s*(?=<g id=|</g>)', svg, re.DOTALL)
    return group[1].count("<use") if group else 0


@EVERY_TRIAL
def test_a_covered_figure_draws_neither_the_combined_group_nor_a_sum(trial):
    drawing = AddingDrawing()
    open_svg, covered_svg = drawing.update(trial, 40).svg, drawing.update(trial).svg
    for gid in ("group-both", "guess", *(f"sum-{each.measure}" for each in added_up(trial) if each.possible)):
        assert marks(open_svg, gid) == 1 and marks(covered_svg, gid) == 0, gid
    assert marks(open_svg, "beyond") == sum(not each.possible for each in added_up(trial))
    assert marks(covered_svg, "group-neither") == 1


def test_a_drawing_used_again_gives_the_same_figure_as_a_new_one():
    drawing = AddingDrawing()
    for trial in TRIALS:
        drawing.update(trial, 40)
    for trial, guess in ((TRIALS[0], None), (four_groups()["walkup_2008"], 40), (TRIALS[-1], 60)):
        assert drawing.update(trial, guess) == AddingDrawing().update(trial, guess)
