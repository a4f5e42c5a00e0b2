"""Fear learning: the model against its closed forms and limits, and what its explorer says of safety behaviour, places, sedatives and SSRIs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.controls import blocks as b
from course.mechanisms.explorers.fear import MEDICINES, PREDICTED, STYLES, FearLearning, card, found
from course.mechanisms.models.fear import BEGAN, FEARED, Plan, Rates, acquired, alone, expected, in_practice, learned, practise, trial

RATES = Rates(feared=0.3, place=0.1, safety=0.3, state=0.15)
LEARNED = acquired(RATES, 10)
MANY = 2000
GUESSED = FearLearning().guessed(["plain", "plain", "plain"])


def after(**plan) -> dict[str, float]:
    plan = Plan(**{"exposures": 8, **plan})
    return practise(plan, RATES, LEARNED)[-1]


# ── Against closed forms ─────────────────────────────────────────────────────────────────────────


@given(st.floats(0.01, 0.9), st.integers(0, 60))
def test_one_thing_alone_learns_as_the_closed_form_says(rate, trials):
    strengths = {}
    for _ in range(trials):
        strengths = trial(strengths, {FEARED: rate}, 1.0)
    assert strengths.get(FEARED, 0.0) == pytest.approx(learned(rate, trials))


@given(st.integers(0, 40))
def test_things_present_together_share_what_is_learned_by_their_rates(trials):
    strengths = acquired(RATES, trials)
    assert expected(strengths, strengths) == pytest.approx(learned(RATES.feared + RATES.place, trials))
    assert strengths.get(FEARED, 0) * RATES.place == pytest.approx(strengths.get(BEGAN, 0) * RATES.feared)


COMPANY = [(0, False), (1, False), (0.5, True), (0, True)]


@pytest.mark.parametrize(("safety", "sedated"), COMPANY)
def test_what_stays_alone_after_endless_practice_follows_from_the_rates(safety, sedated):
    """All of the fear is unlearned, and each thing that was present has borne its share."""
    others = RATES.place + safety * RATES.safety + sedated * RATES.state
    assert alone(after(exposures=MANY, safety=safety, sedated=sedated)) == pytest.approx(LEARNED[FEARED] * others / (RATES.feared + others))


@pytest.mark.parametrize("places", [1, 2, 3, 4])
@pytest.mark.parametrize(("safety", "sedated"), COMPANY)
def test_endless_practice_is_free_of_fear_in_every_place(places, safety, sedated):
    plan = Plan(MANY, places=places, safety=safety, sedated=sedated)
    course = practise(plan, RATES, LEARNED)
    assert [in_practice(plan, RATES, course, MANY - turn) for turn in range(places)] == pytest.approx([0] * places, abs=1e-9)


def test_two_places_unlearn_as_worked_by_hand():
    """0.6 of fear; rates a half and a quarter: the first exposure takes 0.45, of which the feared thing bears two thirds."""
    first, second = practise(Plan(2, places=2), Rates(0.5, 0.25, 0.1, 0.1), {FEARED: 0.6})[1:]
    assert first[FEARED] == pytest.approx(0.3) and first["place 1"] == pytest.approx(-0.15)
    assert second[FEARED] == pytest.approx(0.15) and second["place 2"] == pytest.approx(-0.075)


# ── Limits ───────────────────────────────────────────────────────────────────────────────────────


NOTHING = [{"exposures": 0}, {"learning": 0.0}]


@pytest.mark.parametrize("plan", NOTHING)
def test_without_exposure_or_without_learning_fear_stays(plan):
    assert alone(after(**plan)) == alone(LEARNED)


def test_a_place_that_nobody_notices_keeps_no_fear_back():
    rates = Rates(0.3, 0.0, 0.3, 0.15)
    assert alone(practise(Plan(MANY), rates, acquired(rates, 10))[-1]) == pytest.approx(0, abs=1e-9)


def test_exposures_without_a_pause_teach_no_more_than_the_first():
    assert after(gap_days=0.0) == pytest.approx(after(exposures=1))


def test_exposures_far_apart_teach_as_if_nothing_dulled_them():
    assert after(gap_days=1000)[FEARED] == pytest.approx(after(refresh_days=0)[FEARED])


def test_rates_that_would_overshoot_are_refused():
    with pytest.raises(ValueError, match=r"the rates add up to 1\.2"):
        Rates(0.6, 0.2, 0.2, 0.2)


# ── Which way it points ──────────────────────────────────────────────────────────────────────────


@given(st.integers(0, 30), st.integers(1, 4), st.floats(0, 1), st.booleans())
def test_one_more_exposure_never_leaves_more_fear(exposures, places, safety, sedated):
    plan = {"places": places, "safety": safety, "sedated": sedated}
    assert alone(after(exposures=exposures + 1, **plan)) <= alone(after(exposures=exposures, **plan)) + 1e-12


MORE_LEFT = [("safety", [0, 0.25, 0.5, 1]), ("sedated", [False, True]), ("gap_days", [7, 2, 0.5, 0.1]), ("learning", [1.5, 1, 0.6, 0.2])]


@pytest.mark.parametrize(("what", "steps"), MORE_LEFT)
def test_each_step_that_takes_from_the_lesson_leaves_more_fear(what, steps):
    left = [alone(after(**{what: step})) for step in steps]
    assert left == sorted(left) and left[0] < left[-1]


def test_more_places_leave_less_fear_in_a_new_one():
    left = [alone(after(exposures=12, places=places)) for places in (1, 2, 3, 4)]
    assert left == sorted(left, reverse=True)


def test_fear_returns_with_the_place_most_where_it_began():
    strengths, plan = after(), Plan(8)
    assert in_practice(plan, RATES, [strengths] * 9, 8) < alone(strengths) < alone(strengths, BEGAN)


# ── The explorer ─────────────────────────────────────────────────────────────────────────────────


def test_the_calmest_practice_leaves_the_most_fear():
    assert found() == {"calmest": "safety", "least": "places", "most": "safety"}


@pytest.mark.parametrize("answer", ["plain", ["plain"], ["plain", "plain", "nowhere"], None, [1, 2, 3]])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert FearLearning().guessed(answer) == FearLearning()


def test_the_reveal_counts_the_guesses_and_says_the_gap():
    right = b.as_text(FearLearning().guessed(list(found().values())).page())
    wrong = b.as_text(GUESSED.page())
    assert f"{len(PREDICTED)} of your {len(PREDICTED)} guesses fit" in right and "(as you said)" in right
    assert "0 of your" in wrong and f"(you said {STYLES['plain'][0]})" in wrong


def test_the_guesses_stay_when_settings_change_and_come_back():
    changed = GUESSED.changed({"medicine": "sedative", "places": 4, "where": "began"})
    assert changed.guess == GUESSED.guess and changed != GUESSED
    assert changed.fresh() == GUESSED


def test_without_exposure_the_page_says_that_nothing_is_learned():
    state = GUESSED.changed({"exposures": 0})
    assert "nothing is learned" in state.headline and state.later == [pytest.approx(100 * alone(LEARNED))]


def test_an_ssri_changes_nothing_until_the_learner_moves_it():
    assert card()["ssri"] == 1 and card().parameters["ssri"].assumed
    on = GUESSED.changed({"medicine": "ssri"})
    assert on.later == GUESSED.later
    assert on.changed({"ssri": 1.5}).later[-1] < on.later[-1] < on.changed({"ssri": 0.5}).later[-1]


def test_a_sedative_calms_practice_and_leaves_more_fear_without_it():
    on = GUESSED.changed({"medicine": "sedative"})
    assert on.practised[0] < GUESSED.practised[0] and on.later[-1] > GUESSED.later[-1]
    assert "without the sedative" in on.headline


SURE = {"none": "", "sedative": "Certainty for people in treatment: low", "ssri": "Certainty for people in treatment: very low"}


@pytest.mark.parametrize("medicine", MEDICINES)
def test_every_tablet_has_its_certainty_on_the_page(medicine):
    assert SURE[medicine] in b.as_text(GUESSED.changed({"medicine": medicine}).page())


def test_no_number_of_this_model_passes_for_a_measured_one():
    assert not [name for name, parameter in card().every_parameter if parameter.sourced]
    assert "No number here was measured" in b.as_text(GUESSED.page())


@pytest.mark.parametrize("change", [{}, {"medicine": "sedative", "dulled": 0.0}, {"exposures": 16, "places": 4}, {"exposures": 1, "where": "began"}])
def test_the_figure_has_what_the_headline_says_in_its_words_and_its_table(change):
    state = GUESSED.changed(change)
    text = next(block for block in state.page() if block["is"] == "figure")["text"]
    last = text.splitlines()[-1]
    assert last.startswith(f"{state.exposures}:") and f"as practised {state.practised[-1]:.0f}" in last
    assert f"{state.later[-1]:.0f}" in text.splitlines()[0]
