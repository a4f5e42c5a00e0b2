"""Three doors: the model against its limits and closed forms, and a page that says whose numbers they are and puts danger first."""

from __future__ import annotations

import math

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course.controls import blocks as b
from course.mechanisms.explorers.doors import ANSWERS, BARRIERS, CHILDREN, DANGERS, DOORS, INTERPRETERS, SEDATIVES, ThreeDoors, card
from course.mechanisms.models.doors import Costs, Door, burdens, lost_to, through

RATE = st.floats(0, 0.1)
COSTS = st.builds(Costs, RATE, RATE, RATE, RATE, RATE)
DOOR = st.builds(Door, st.integers(1, 20), st.floats(1, 30), st.floats(0, 1))
GUESSED = ThreeDoors().guessed(["childcare"] * len(DOORS))
STATES = st.builds(
    ThreeDoors,
    guess=st.just(GUESSED.guess),
    children=st.sampled_from(list(CHILDREN)),
    interpreter=st.sampled_from(list(INTERPRETERS)),
    danger=st.sampled_from(list(DANGERS)),
    sedative=st.sampled_from(list(SEDATIVES)),
    format=st.sampled_from(list(card().variants)),
    symptoms=st.integers(35, 75),
    weight=st.sampled_from([0, 0.3, 1, 5]),
)
#: For pages with their figures: a few, however long each takes.
DRAWN = settings(max_examples=20, deadline=None)


# ── Limits and closed forms ──────────────────────────────────────────────────────────────────────


@given(DOOR)
def test_where_nothing_costs_anything_everybody_gets_through(door):
    burden = burdens(door, Costs())
    assert through(burden) == 1 and not any(lost_to(burden).values())


@given(DOOR, COSTS)
def test_those_who_get_through_and_those_who_leave_are_all_there_were(door, costs):
    burden = burdens(door, costs)
    assert through(burden) + sum(lost_to(burden).values()) == pytest.approx(1)
    assert all(share >= 0 for share in lost_to(burden).values())


@given(DOOR, COSTS, st.sampled_from([field.name for field in attrs.fields(Costs)]))
def test_to_take_a_cost_away_never_keeps_anybody_out(door, costs, name):
    assert through(burdens(door, attrs.evolve(costs, **{name: 0.0}))) >= through(burdens(door, costs))


@given(st.integers(1, 20), RATE)
def test_one_cost_alone_is_a_rate_at_each_appointment(appointments, rate):
    door = Door(appointments, 0, 0)
    assert through(burdens(door, Costs(childcare=rate))) == pytest.approx(math.exp(-rate) ** appointments)


@given(DOOR, RATE)
def test_without_words_no_language_is_missed_and_without_weeks_no_danger(door, rate):
    assert through(burdens(attrs.evolve(door, words=0), Costs(language=rate))) == 1
    assert through(burdens(attrs.evolve(door, weeks=0), Costs(danger=rate, life=rate))) == 1


@given(DOOR, DOOR, COSTS)
def test_both_ask_for_the_appointments_of_each_and_the_weeks_of_the_longer(one, other, costs):
    both = burdens(one.beside(other), costs)
    for name in ("childcare", "language", "symptoms"):
        assert both[name] == pytest.approx(burdens(one, costs)[name] + burdens(other, costs)[name])
    for name in ("danger", "life"):
        assert both[name] == pytest.approx(max(burdens(one, costs)[name], burdens(other, costs)[name]))


# ── The three doors ──────────────────────────────────────────────────────────────────────────────


@given(STATES)
def test_nobody_is_more_likely_to_get_through_two_treatments_than_through_one_of_them(state):
    assert state.through("both") <= min(state.through("therapy"), state.through("medication")) + 1e-9


@given(STATES, st.sampled_from(list(DOORS)))
def test_to_open_a_way_never_keeps_anybody_out(state, door):
    opened = (("children", "there"), ("interpreter", "professional"), ("danger", "none"))
    assert all(attrs.evolve(state, **{name: value}).through(door) >= state.through(door) for name, value in opened)


@given(STATES, st.sampled_from(list(DOORS)))
def test_a_sedative_and_a_relative_who_interprets_open_nothing(state, door):
    """Nobody has measured the first, and the page says so."""
    assert attrs.evolve(state, sedative="nights").through(door) == attrs.evolve(state, sedative="none").through(door)
    assert attrs.evolve(state, interpreter="relative").through(door) == attrs.evolve(state, interpreter="none").through(door)


@given(STATES)
def test_danger_at_home_costs_most_unasked_and_more_by_video(state):
    unasked, planned, none = (attrs.evolve(state, danger=each).through("therapy") for each in ("unasked", "plan", "none"))
    assert unasked < planned < none
    at_home, away = (attrs.evolve(state, danger="unasked", format=each).lost("therapy")["danger"] for each in ("video", "weekly"))
    assert at_home > away


def test_sessions_day_after_day_change_therapy_and_leave_the_visits_alone():
    weekly, massed = ThreeDoors(), ThreeDoors(format="massed")
    assert massed.through("therapy") > weekly.through("therapy") and massed.through("medication") == weekly.through("medication")


def test_not_every_door_is_kept_shut_by_the_same_thing_and_none_by_symptoms():
    worst = {ThreeDoors().heaviest(door) for door in DOORS}
    assert len(worst) > 1 and "symptoms" not in worst and worst <= set(ANSWERS)


def test_that_symptoms_cost_little_is_an_assumption_that_the_learner_can_overturn():
    parameter = card().parameters["weight"]
    assert parameter.assumed and parameter.low == 0
    assert ThreeDoors(weight=parameter.high).heaviest("therapy") == "symptoms"
    assert ThreeDoors(weight=5 * parameter.value).heaviest("therapy") != "symptoms", "an answer on the page says: many times as much"


def test_with_all_ways_open_the_doors_come_near_each_other():
    def apart(state: ThreeDoors) -> float:
        counts = [state.through(door) for door in DOORS]
        return max(counts) - min(counts)

    assert apart(ThreeDoors(children="there", interpreter="professional")) < apart(ThreeDoors()) / 4


def test_no_number_of_the_model_claims_a_source():
    assert not [place for place, parameter in card().every_parameter if parameter.sourced]


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@given(STATES)
def test_danger_that_nobody_has_asked_about_is_said_before_any_number(state):
    assert state.headline.startswith("Danger at home comes before any door") == (state.danger == "unasked")


@DRAWN
@given(STATES)
def test_every_page_says_that_to_get_through_is_not_to_get_better(state):
    said = b.as_text(state.page())
    assert "To get through is not to get better" in said and "every number is assumed" in str([block.get("html") for block in state.page()])


def _quiet(state: ThreeDoors) -> str:
    return " ".join(block["text"] for block in state.page() if block["is"] == "prose" and block["tone"] == "quiet")


@pytest.mark.parametrize("sedative", SEDATIVES)
def test_a_sedative_brings_its_trial_its_certainty_and_the_warning(sedative):
    told = _quiet(attrs.evolve(GUESSED, sedative=sedative))
    assert all((words in told) == (sedative != "none") for words in ("Certainty low", "https://doi.org/", "must not stop at once"))


NOTED = [
    ({"interpreter": "relative"}, "counts in this model as no interpreter"),
    ({"danger": "unasked"}, "made with her alone"),
    ({"danger": "plan", "format": "video"}, "can be overheard"),
]


@pytest.mark.parametrize(("change", "words"), NOTED)
def test_what_the_bars_cannot_show_is_said_only_where_it_is_set(change, words):
    assert words in _quiet(GUESSED.changed(change)) and words not in _quiet(GUESSED)


def test_the_gap_is_told_for_each_door_and_the_guess_stands_through_changes():
    said = b.as_text(GUESSED.page())
    fits = sum(ThreeDoors().heaviest(door) == "childcare" for door in DOORS)
    assert f"{fits} of your {len(DOORS)} guesses fit" in said
    assert said.count("(as you said)") == fits and said.count(f"you said {BARRIERS['childcare']}") == len(DOORS) - fits
    assert GUESSED.changed({"danger": "plan", "weight": 2}).fresh() == GUESSED


@DRAWN
@given(STATES)
def test_the_figure_and_its_table_say_what_the_headline_says(state):
    (figure,) = (block["text"] for block in state.page() if block["is"] == "figure")
    for key, words in DOORS.items():
        count = f"{state.through(key):.0f}"
        assert f"{count} get through {words}" in state.headline
        (row,) = (line for line in figure.splitlines() if line.lower().startswith(f"{words}, get through"))
        assert row.endswith(f" {count}")


@given(STATES)
def test_whatever_keeps_the_most_people_out_is_named(state):
    lost = state.lost("therapy")
    others = [share for name, share in lost.items() if name != state.heaviest("therapy")]
    assume(max(lost.values()) > max(others))
    assert f"over {BARRIERS[state.heaviest('therapy')]}, more than over anything else" in state.headline
