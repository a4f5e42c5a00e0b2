"""The early-warning chart: the model against its limits, and a page that says what is assumed."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.mechanisms.explorers.warning import CALLERS, DAYS, PREDICTED, VISIT, WEEKS, EarlyWarning, card, found, week
from course.mechanisms.models.warning import CRISIS, daily_rise, first_day, pressure

RISE = st.floats(0, 0.3)
MONTHS = st.builds(
    EarlyWarning, caller=st.sampled_from(list(CALLERS)), sleep=st.sampled_from([3, 4, 5, 5.5, 6, 7, 8]), missed=st.integers(0, 7), delay=st.integers(0, 24)
)
GUESSED = EarlyWarning().guessed(["1", "2", "3", "4", "never"])


# ── Limits and closed forms ──────────────────────────────────────────────────────────────────────


@given(RISE, st.integers(1, 60))
def test_untouched_pressure_is_a_line_up_to_a_crisis(rise, days):
    assert pressure(rise, days) == pytest.approx([min(CRISIS, rise * day) for day in range(1, days + 1)])


@given(RISE, st.integers(1, 30), st.floats(0, 0.3))
def test_a_response_never_makes_any_day_worse_and_changes_nothing_before_it(rise, acted, falls):
    alone, called = pressure(rise, 30), pressure(rise, 30, acted, falls)
    assert called[: acted - 1] == alone[: acted - 1]
    assert all(now <= before + 1e-12 for now, before in zip(called, alone, strict=True))


@given(RISE, st.integers(1, 30))
def test_a_crisis_that_has_come_stays(rise, acted):
    course = pressure(rise, 60, acted, 0.5)
    day = first_day(course, CRISIS)
    assert day is None or set(course[day - 1 :]) == {CRISIS}


@given(st.floats(0, 9), st.integers(0, 7), st.integers(0, 7))
def test_less_sleep_or_more_missed_doses_never_push_less(short, one, other):
    low, high = sorted((one, other))
    assert daily_rise(0.002, short, 0.02, low, 0.006) <= daily_rise(0.002, short, 0.02, high, 0.006)
    assert daily_rise(0.002, -1, 0.02, 0, 0.006) == 0.002


def test_the_first_day_is_the_first_and_may_never_come():
    assert first_day([0.1, 0.4, 0.4, 1.0], 0.4) == 2
    assert first_day([0.1, 0.2], 0.4) is None


# ── The month ────────────────────────────────────────────────────────────────────────────────────


def test_signs_show_in_the_order_of_their_places_on_the_way():
    places = [variant["at"] for variant in card().variants.values()]
    assert places == sorted(places) and len(places) == 8
    days = [EarlyWarning().shows(sign) for sign in card().variants]
    assert days == sorted(days) and days[-1] <= EarlyWarning().shows("crisis")


@given(MONTHS)
def test_waiting_longer_never_brings_the_crisis_later(month):
    sooner = attrs.evolve(month, delay=max(0, month.delay - 1))
    assert (sooner.crisis or DAYS + 1) >= (month.crisis or DAYS + 1)


@given(MONTHS)
def test_a_call_never_brings_a_crisis_that_would_not_have_come(month):
    assert month.crisis is None or month.crisis == month.shows("crisis")


def test_who_notices_decides_how_much_time_there_is():
    days = {caller: EarlyWarning(caller=caller).acted for caller in CALLERS}
    assert days["nobody"] is None and days["visit"] == VISIT
    assert days["family"] < days["herself"] < days["visit"]


def test_enough_sleep_and_every_dose_keep_the_month_quiet():
    assert EarlyWarning(sleep=7, missed=0).shows("sleep") is None


def test_no_number_of_the_month_claims_a_source():
    assert all(not parameter.sourced for _, parameter in card().every_parameter)


# ── The explorer ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("odd", [None, "1", ["1"], ["1", "2", "3", "4", "soon"], ["1", "2", "3", "4", None], 7])
def test_a_guess_that_cannot_be_read_changes_nothing(odd):
    assert EarlyWarning().guessed(odd).guess is None


@pytest.mark.parametrize(("day", "answer"), [(1, "1"), (7, "1"), (8, "2"), (21, "3"), (22, "4"), (30, "4"), (None, "never")])
def test_a_day_belongs_to_its_week(day, answer):
    assert week(day) == answer and answer in WEEKS


def test_the_gap_is_told_for_each_guess_and_stands_through_changes():
    told = " ".join(str(block) for block in GUESSED.page())
    assert all(f"you said {WEEKS[guess]}" in told for guess in GUESSED.guess)
    assert GUESSED.changed({"caller": "visit", "sleep": 4}).fresh() == GUESSED
    assert set(found()) == set(PREDICTED)


@given(MONTHS)
def test_the_headline_names_the_day_that_the_figure_names(month):
    (figure,) = (block for block in attrs.evolve(month, guess=GUESSED.guess).page() if block["is"] == "figure")
    assert (f"day {month.crisis}" in figure["text"]) == (month.crisis is not None)
    if month.crisis is not None:
        assert f"day {month.crisis}" in month.headline
