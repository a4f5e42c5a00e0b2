"""Fear, prediction, payoff: the model against its limits and closed forms, and a page that keeps the model and the trials apart."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.controls import blocks as b
from course.evidence import ledger
from course.evidence.records import BRACED
from course.mechanisms.explorers.payoff import DRUGS, PREDICTED, SHARED, STYLES, PredictionPayoff, card, found, learning, styles
from course.mechanisms.models.payoff import at_the_end, avoided, month_later

SHARE = st.floats(0, 1)
WAYS = st.builds(
    PredictionPayoff, drug=st.sampled_from(list(DRUGS)), safety=st.sampled_from([0, 0.25, 0.5, 0.75, 1]), places=st.integers(1, 4), gap=st.floats(0.1, 7)
)
GUESSED = PredictionPayoff().guessed(["plain"] * len(PREDICTED))


# ── Limits and closed forms ──────────────────────────────────────────────────────────────────────


@given(SHARE, st.floats(0, 90))
def test_without_minutes_or_without_anything_that_calms_fear_stays(start, minutes):
    assert at_the_end(start, 0, 0.02) == start == at_the_end(start, minutes)


@given(SHARE, st.floats(1, 90), st.floats(0, 0.05), st.floats(0, 0.05))
def test_what_calms_adds_up_and_a_longer_practice_goes_on_from_a_shorter_one(start, minutes, one, other):
    both = at_the_end(start, minutes, one, other)
    assert both == pytest.approx(at_the_end(start, minutes, one + other))
    assert both == pytest.approx(at_the_end(at_the_end(start, minutes / 2, one, other), minutes / 2, one, other))


@given(SHARE, SHARE, SHARE)
def test_a_month_later_fear_stands_between_what_was_left_and_what_there_was(before, after, returning):
    later = month_later(before, after, returning)
    assert min(before, after) - 1e-12 <= later <= max(before, after) + 1e-12
    assert month_later(before, after, 0) == after and month_later(before, after, 1) == pytest.approx(before)


@given(st.floats(0.05, 1), st.floats(0.5, 6))
def test_without_fear_nothing_is_avoided_and_at_half_it_is_half(half, steepness):
    assert avoided(0, half, steepness) == 0
    assert avoided(half, half, steepness) == pytest.approx(0.5)


@given(SHARE, SHARE)
def test_more_fear_never_leaves_less_avoided(one, other):
    low, high = sorted((one, other))
    assert avoided(low, 0.3, 2) <= avoided(high, 0.3, 2) <= 1


# ── On the day, and a month later ────────────────────────────────────────────────────────────────


def test_the_calmest_way_leaves_the_most_avoided_and_no_way_answers_all_three():
    seen = found()
    assert seen["falls"] == seen["most"] != seen["least"]


@given(WAYS)
def test_what_is_avoided_and_what_falls_stay_within_their_scales(state):
    assert 0 <= state.avoided <= 10
    assert 0 < state.falls <= 100 * learning()["feared"] / (learning()["feared"] + learning()["place"])
    assert 0 < state.broken <= 100


@given(st.integers(1, 4), st.floats(0.1, 7))
def test_more_of_a_prop_calms_more_and_pays_less(places, gap):
    ways = [PredictionPayoff(safety=held, places=places, gap=gap) for held in (0, 0.5, 1)]
    assert [way.falls for way in ways] == sorted(way.falls for way in ways)
    assert [way.avoided for way in ways] == sorted(way.avoided for way in ways)


def test_variety_and_spacing_each_leave_less_avoided():
    by_places = [PredictionPayoff(places=places).avoided for places in (1, 2, 3, 4)]
    by_spacing = [PredictionPayoff(gap=days).avoided for days in (0.1, 0.5, 1, 7)]
    assert by_places == sorted(by_places, reverse=True) and by_spacing == sorted(by_spacing, reverse=True)


def test_neither_variety_nor_spacing_makes_good_what_a_prop_takes():
    """As an answer on the page says."""
    ways = [PredictionPayoff(safety=1.0, places=places, gap=days) for places in (1, 2, 3, 4) for days in (0.1, 1, 7)]
    assert min(way.avoided for way in ways) > PredictionPayoff().avoided


def test_a_tablet_in_the_bag_is_a_prop_and_an_ssri_changes_nothing():
    prop, plain = PredictionPayoff(safety=1.0), PredictionPayoff()
    for state, same in ((PredictionPayoff(drug="bag"), prop), (PredictionPayoff(drug="ssri"), plain)):
        assert (state.falls, state.avoided) == (same.falls, same.avoided)


def test_a_sedative_calms_and_pays_less():
    on, plain = PredictionPayoff(drug="sedative"), PredictionPayoff()
    assert on.falls > plain.falls and on.avoided > plain.avoided


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def test_no_number_of_the_model_claims_a_source_and_those_it_shares_are_shown():
    assert not [place for place, parameter in card().every_parameter if parameter.sourced]
    said = b.as_text(GUESSED.page())
    assert all(f"{learning().parameters[name].label}: {learning().parameters[name].text}." in said for name in SHARED)
    assert not set(SHARED) & set(card().parameters), "one number, two places"


@pytest.mark.parametrize("key", card().variants)
def test_every_disorder_shows_numbers_of_the_ledger_versus_what_and_when(key):
    words = card().variants[key].words
    cited = BRACED.findall(words["first"] + words["second"])
    assert cited and all(number in ledger() for number in cited)
    (table,) = (block for block in GUESSED.page() if block["is"] == "columns")
    (shown,) = (column for column in table["columns"] if column["title"] == card().variants[key].label)
    assert shown["text"] == f"Certainty: {words['certainty']}" and "](http" in " ".join(shown["items"])


@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_but_none_says_how_sure_anybody_is(drug):
    quiet = [block["text"] for block in attrs.evolve(GUESSED, drug=drug).page() if block["is"] == "prose" and block["tone"] == "quiet"]
    assert len(quiet) == (drug != "none")


def test_the_gap_is_told_and_the_guess_stands_through_changes():
    right = b.as_text(PredictionPayoff().guessed(list(found().values())).page())
    assert f"{len(PREDICTED)} of your {len(PREDICTED)} guesses fit" in right and right.count("(as you said)") == len(PREDICTED)
    changed = GUESSED.changed({"drug": "bag", "places": 3})
    assert changed.fresh() == GUESSED and "Your guesses" in b.as_text(changed.page())


@settings(max_examples=20, deadline=None)  # a drawing takes as long as it takes
@given(WAYS)
def test_the_figure_says_what_the_headline_says(state):
    state = attrs.evolve(state, guess=GUESSED.guess)
    (figure,) = (block["text"] for block in state.page() if block["is"] == "figure")
    for words in (f"by {state.falls:.0f} of 100", f"{state.avoided:.1f} of 10 outings"):
        assert words in state.headline and words in figure.splitlines()[0]
    assert len([line for line in figure.splitlines() if ": Fear falls in practice" in line]) == 1 + len(STYLES) == 1 + len(styles())
