"""How sure we can be follows from what is on the screen: each doubt takes its step off, and names itself."""

from __future__ import annotations

import pytest

from course.evidence.certainty import LEVELS, VERBS
from course.evidence.pooling import Counts, pool_table
from course.evidence.rating import FEW_PEOPLE, LITTLE, NOT_STUDIED, WORTHWHILE, conclusion, of_hundred_more, rate

RISK = 0.4


def of(*tables, measure="RR", method="DL"):
    return pool_table([Counts(f"T{i}", *table) for i, table in enumerate(tables)], measure, method)


def rated(*tables, blinded=True, measure="RR"):
    people = sum(table[1] + table[3] for table in tables)
    return rate(of(*tables, measure=measure), people, RISK, blinded)


def steps(rating) -> dict[str, int]:
    return {reason.domain: reason.steps for reason in rating.reasons}


#: Many people, one clear answer in every trial.
CLEAR = ((600, 1000, 400, 1000), (590, 1000, 400, 1000), (610, 1000, 400, 1000))


def test_large_blinded_trials_that_agree_are_of_high_certainty():
    assert rated(*CLEAR) == rate(of(*CLEAR), 6000, RISK, True)
    assert (rated(*CLEAR).level, rated(*CLEAR).reasons) == ("high", ())


def test_knowing_the_treatment_is_a_risk_of_bias():
    assert steps(rated(*CLEAR, blinded=False)) == {"risk of bias": -1}
    assert rated(*CLEAR, blinded=False).level == "moderate"


def test_few_people_are_imprecise_however_clear_the_answer():
    few = rated((60, 70, 20, 70), (61, 70, 20, 70))
    assert FEW_PEOPLE > 4 * 70
    assert steps(few) == {"imprecision": -1} and "2 trials with 280 people are few to rest on" in few.reasons[0].because


def test_a_single_trial_is_imprecise_and_cannot_show_agreement():
    one = rated((600, 1000, 400, 1000))
    assert steps(one) == {"imprecision": -1, "inconsistency": 0} and "one trial with 2,000 people is few to rest on" in one.reasons[0].because


def test_an_interval_from_none_to_much_takes_a_step():
    wide = rated((130, 250, 100, 250), (120, 250, 105, 250), (133, 250, 110, 250))
    assert "imprecision" not in steps(wide), "a narrow interval that leaves out no difference"
    assert steps(rated((58, 110, 50, 110), (55, 110, 50, 110)))["imprecision"] == -1


def test_an_interval_from_harm_to_help_takes_two_steps_and_never_more():
    both_ways = rated((8, 20, 8, 20), (9, 20, 8, 20))
    assert steps(both_ways)["imprecision"] == -2
    assert "either side could be well ahead" in both_ways.reasons[0].because and "few to rest on" in both_ways.reasons[0].because


def test_trials_that_disagree_are_inconsistent():
    apart = rated((700, 1000, 400, 1000), (450, 1000, 400, 1000), (610, 1000, 400, 1000))
    assert steps(apart) == {"inconsistency": -1} and "the trials disagree (I² 9" in apart.reasons[0].because


def test_one_trial_that_carries_the_result_is_named():
    carried = rated((12, 17, 2, 17), (122, 247, 117, 229), (20, 35, 24, 36), measure="OR")
    assert "without T0 the result would be 0.90 (0.64 to 1.26)" in next(reason.because for reason in carried.reasons if reason.domain == "inconsistency")


def test_two_trials_cannot_carry_each_other():
    assert "inconsistency" not in steps(rated((600, 1000, 500, 1000), (600, 1000, 500, 1000)))


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_no_steps_lead_below_very_low(measure):
    worst = rated((12, 17, 2, 17), (8, 20, 8, 20), (2, 20, 9, 20), blinded=False, measure=measure)
    assert sum(steps(worst).values()) <= -3 and worst.level == "very low"


def test_no_trial_means_not_studied():
    assert rate(None, 0, RISK) == NOT_STUDIED and NOT_STUDIED.level == "not studied"


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_a_result_in_people_does_not_depend_on_the_scale(measure):
    """One trial whose control group has the very risk that is asked about."""
    result = of((60, 100, 40, 100), measure=measure)
    assert of_hundred_more(result, RISK) == pytest.approx(20)
    assert of_hundred_more(result, RISK, 1e9) == pytest.approx(60), "nobody is added beyond the hundred"


def test_every_level_has_its_word():
    assert tuple(VERBS) == LEVELS


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("more", [-WORTHWHILE, 0, LITTLE - 1, WORTHWHILE])
@pytest.mark.parametrize("good", [True, False])
def test_a_conclusion_carries_the_word_of_its_certainty(level, more, good):
    words = conclusion(level, more, "therapy alone", "medication alone", good)
    marks = {"moderate": "probably", "low": " may ", "very low": "uncertain whether", "not studied": "has not been studied"}
    assert {name for name, mark in marks.items() if mark in words} == ({level} if level != "high" else set())
    if level != "not studied":
        gain = more if good else -more
        assert ("about as many" if abs(gain) < LITTLE else "more people" if gain > 0 else "fewer people") in words
