"""A working Tuesday: the model against its limits and closed forms, and an explorer that says what is assumed."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.mechanisms.explorers.day import DAYS, PLACES, SHARES, SKILLS, WorkingTuesday, nearest
from course.mechanisms.models.day import MOST, covers, done, losing, slipping
from course.mechanisms.records import model

CHANCE = st.floats(0, 1)
CARD = model("working-tuesday")
GUESSED = WorkingTuesday().guessed(["3", "5", "5", "7"])
PLAIN = {"sleep": 8, "enough": 7, "per_hour": 0.2}


# ── Limits and closed forms ──────────────────────────────────────────────────────────────────────


@given(CHANCE, CHANCE)
def test_a_task_is_done_when_neither_happens(slip, lost):
    assert done(slip, lost) == pytest.approx(1 - slip - lost + slip * lost)


@given(st.floats(0, MOST))
def test_without_cover_or_with_a_medicine_that_does_nothing_slips_stay_as_they_are(slip):
    assert slipping(slip, False, 1, **PLAIN) == slip == slipping(slip, True, 0, **PLAIN)


@given(CHANCE, st.floats(4, 9))
def test_a_whole_effect_takes_every_slip_away_and_no_slip_is_ever_certain(slip, sleep):
    assert slipping(slip, True, 1, sleep, 7, 0.2) == 0
    assert slipping(slip, False, 0, sleep, 7, 0.2) <= MOST


@given(st.floats(0.01, 0.5), st.floats(4, 9), st.floats(4, 9))
def test_less_sleep_never_makes_slips_rarer_and_more_than_enough_changes_nothing(slip, one, other):
    short, long = sorted((one, other))
    assert slipping(slip, False, 0, short, 7, 0.2) >= slipping(slip, False, 0, long, 7, 0.2)
    assert slipping(slip, False, 0, 7, 7, 0.2) == slipping(slip, False, 0, 9, 7, 0.2) == slip


@given(CHANCE, st.integers(0, 3), CHANCE)
def test_each_skill_takes_the_same_share_of_what_is_left(lost, skills, effect):
    assert losing(lost, skills + 1, effect) == pytest.approx(losing(lost, skills, effect) * (1 - effect))
    assert losing(lost, 0, effect) == lost


def test_cover_begins_at_its_hour_and_is_over_at_its_end():
    assert [covers(hour, 7, 8) for hour in (6.5, 7, 14.9, 15)] == [False, True, True, False]
    assert not covers(7, 7, 0)


# ── The day ──────────────────────────────────────────────────────────────────────────────────────


def test_a_day_with_neither_is_what_its_card_says():
    expected = [(1 - task["slip"]) * (1 - task["lost"]) for task in CARD.variants.values()]
    assert [slot.chance for slot in WorkingTuesday(day="none").slots()] == pytest.approx(expected)


def test_what_is_inside_and_outside_the_cover_is_the_whole_day():
    for hours in range(3, 15):
        day = WorkingTuesday(day="both", hours=hours)
        assert day.finished() == pytest.approx(day.finished(True) + day.finished(False))


@pytest.mark.parametrize("place", PLACES)
def test_skills_help_only_where_they_stand_ready(place):
    before, after = WorkingTuesday(day="none").slots(), WorkingTuesday(day="skills", place=place).slots()
    _, first, last = PLACES[place]
    for one, other in zip(before, after, strict=True):
        assert (other.chance > one.chance) == (first <= one.hour < last)


def test_the_settings_that_come_first_set_neither_treatment_above_the_other_by_a_whole_task():
    assert abs(WorkingTuesday(day="medicine").finished() - WorkingTuesday(day="skills").finished()) < 1


def test_no_number_of_a_task_claims_a_source():
    assert all(not parameter.sourced for _, parameter in CARD.every_parameter)


# ── The explorer ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("odd", [None, "3", ["3"], ["3", "5", "5", "8"], ["3", "5", "5", None], 7])
def test_a_guess_that_cannot_be_read_changes_nothing(odd):
    assert WorkingTuesday().guessed(odd).guess is None


def test_the_gap_is_told_for_each_day_and_the_guess_stands_through_changes():
    told = " ".join(str(block) for block in GUESSED.page())
    assert all(f"you said {SHARES[guess]}" in told for guess in GUESSED.guess)
    assert GUESSED.changed({"day": "both", "skills": ["memory"]}).fresh() == GUESSED


@given(st.floats(0, 10))
def test_the_nearest_answer_is_the_nearest(tasks):
    assert abs(int(nearest(tasks)) - tasks) == min(abs(int(share) - tasks) for share in SHARES)


@pytest.mark.parametrize("day", DAYS)
def test_the_headline_counts_the_same_tasks_as_the_figure(day):
    state = attrs.evolve(GUESSED, day=day, skills=tuple(SKILLS))
    (figure,) = (block for block in state.page() if block["is"] == "figure")
    assert f"{state.finished():.1f} of 10" in state.headline and f"{state.finished():.1f} of 10" in figure["text"]
