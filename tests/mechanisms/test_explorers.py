"""The explorers of the room ask first, tell the gap in words, keep every setting within its range, and show the card at every step."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from course.content.reading import NotFound
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence import ledger
from course.explorers import EXPLORERS, explorer_text, load
from course.mechanisms.explorers.dose_and_time import CLOCKS, LOOKS, PREDICTED, TIMES, DoseAndTime, in_words, when_it_happens
from course.mechanisms.explorers.strands import GROWS, FourStrands
from course.mechanisms.records import model, models

ROOM = [name for name, (module, _) in EXPLORERS.items() if module.startswith("course.mechanisms.")]
GUESSES = {
    "dose-and-time": ["week", "month", "day", "week"],
    "four-strands": 60,
    "prediction-payoff": ["plain", "varied", "prop"],
    "three-doors": ["language", "life", "symptoms"],
    "early-warning": ["1", "2", "3", "4", "never"],
}
EVERY_EXPLORER = pytest.mark.parametrize("name", [name for name in ROOM if name in GUESSES])
BROKEN = re.compile(r"\bnan\b|\binf\b|None|\{\w+\.\w+\}|-0\b")


def guessed(name: str):
    return load(name).guessed(GUESSES[name])


def settings(state) -> b.Block:
    return next(block for block in state.page() if block["is"] == "settings")


def text(state) -> str:
    return b.as_text(state.page())


def every_end(state):
    """The state with each control at each of its ends and options, one at a time."""
    for control in settings(state)["controls"]:
        ends = (control["low"], control["high"]) if control["is"] == "slider" else [key for key, _ in control["options"]]
        for end in ends:
            yield state.changed({control["name"]: end})


# ── Of every explorer ────────────────────────────────────────────────────────────────────────────


@EVERY_EXPLORER
def test_nothing_is_shown_before_the_prediction(name):
    shown = load(name).page()
    assert [block["eyebrow"] for block in shown if block["is"] == "heading"] == ["Predict first"]
    assert not any(block["is"] in ("figure", "settings", "folded", "listing", "note") for block in shown)


@EVERY_EXPLORER
@pytest.mark.parametrize("value", [None, "first", [], ["day"], -1, 101, float("nan"), True, {"day": 1}])
def test_a_guess_that_cannot_be_read_leaves_the_question(name, value):
    assert load(name).guessed(value).guess is None


@EVERY_EXPLORER
def test_the_prediction_is_locked_and_the_reveal_tells_the_gap_in_words(name):
    explorer = Explorer(load(name))
    explorer.act({"do": "guess", "value": GUESSES[name]})
    explorer.act({"do": "guess", "value": GUESSES[name]})
    (gap,) = [block for block in explorer.page.view["blocks"] if block["is"] == "feedback"]
    assert gap["word"] == "Your guess ○" and explorer.page.view["focus"] == "headline"
    assert explorer.page.view["say"] == explorer.state.headline


@EVERY_EXPLORER
def test_every_setting_at_its_ends_gives_a_whole_page(name):
    start = guessed(name)
    for state in (start, *every_end(start)):
        for further in (state, *every_end(state)):
            assert further.headline and not BROKEN.search(further.headline), further
        said = text(state)
        assert not BROKEN.search(said), BROKEN.search(said)
        assert sum(block["is"] == "figure" for block in state.page()) == 1


@EVERY_EXPLORER
def test_the_card_is_there_at_every_step_with_all_that_it_says(name):
    card = model(name)
    for state in (guessed(name), *every_end(guessed(name))):
        said = text(state)
        assert "Teaching model: not for real patients" in said
        assert all(words in said for words in (*card.not_for, *(b.plain(each) for each in card.assumptions if "{" not in each)))
        assert all(row.study.short in said for row in card.rows)


@EVERY_EXPLORER
def test_a_setting_that_is_assumed_says_so(name):
    card = model(name)
    for state in (guessed(name), *every_end(guessed(name))):
        known = {**card.parameters, **(state.variant.parameters if hasattr(state, "variant") else {})}
        for control in settings(state)["controls"]:
            if control["is"] == "slider":
                assert control["label"].endswith(" (assumed)") == known[control["name"]].assumed, control["label"]


@EVERY_EXPLORER
def test_back_to_the_start_keeps_the_guess(name):
    state = guessed(name)
    assert all(each.fresh() == state for each in every_end(state))


@EVERY_EXPLORER
def test_the_text_twin_takes_every_setting_by_its_name(name):
    control = settings(guessed(name))["controls"][-1]
    value = control["high"] if control["is"] == "slider" else control["options"][-1][0]
    assert f"now {value:g}" in explorer_text(load(name), GUESSES[name], **{control["name"]: value})


@EVERY_EXPLORER
@pytest.mark.parametrize("value", ["much", None, True, float("nan"), [1]])
def test_the_text_twin_says_which_numbers_a_slider_takes(name, value):
    for control in (each for each in settings(guessed(name))["controls"] if each["is"] == "slider"):
        with pytest.raises(NotFound, match=f"^{control['name']} cannot be '.*'; write a number from {control['low']:g} to {control['high']:g}$"):
            explorer_text(load(name), GUESSES[name], **{control["name"]: value})


@EVERY_EXPLORER
def test_a_figure_is_drawn_with_the_same_artists_and_nothing_stays_from_before(name):
    def figure(state):
        return next(block["html"] for block in state.page() if block["is"] == "figure")

    start = guessed(name)
    first = figure(start)
    for state in every_end(start):
        figure(state)
    assert figure(start) == first


def test_every_model_has_an_explorer_by_its_name():
    assert set(models()) <= set(EXPLORERS)


# ── Dose and time ────────────────────────────────────────────────────────────────────────────────

START = guessed("dose-and-time")


def test_each_answer_is_right_for_one_thing_that_is_predicted():
    assert [in_words(days) for days in when_it_happens().values()] == ["day", "month", "week", "later"]
    assert list(when_it_happens()) == list(PREDICTED)


@pytest.mark.parametrize("guess", [[each] * len(PREDICTED) for each in TIMES], ids=list(TIMES))
def test_a_guess_is_called_too_soon_or_too_late(guess):
    said = text(DoseAndTime().guessed(guess))
    order = list(TIMES)
    assert said.count("too late") == order.index(guess[0]) and said.count("too soon") == len(order) - 1 - order.index(guess[0])
    assert "1 of your 4 guesses fit" in said


def test_twice_the_dose_is_not_twice_the_targets():
    for medicine in model("dose-and-time").variants:
        state = START.changed({"medicine": medicine}).changed({"look": "dose"})
        assert state.curve.at(2 * state.dose) < 1.5 * state.curve.at(state.dose)
        assert "would not occupy twice as many" in state.headline


def test_withdrawal_and_relapse_run_on_different_clocks():
    """On day 3 most of the level has gone and hardly anyone has relapsed; in week 9 it is the other way round."""
    lows = {day: level for day, level, _ in START.lows([1, *[0] * CLOCKS[1]])}
    three, nine = (START.relapsed(day / 7) for day in CLOCKS)
    assert lows[3] < 30 and three < 0.02 and lows[CLOCKS[1]] < 1e-6 and nine > 0.2
    assert START.headline.startswith("Day 3: ") and "Week 9: nothing of it is left" in START.headline


def test_a_taper_spreads_the_fall():
    def steepest(state):
        from course.mechanisms.models.level import stopped

        shares = [share for *_, share in state.lows(stopped(84, state.taper))]
        return max(before - after for before, after in pairwise(shares))

    assert steepest(START.changed({"taper": 8})) < steepest(START)


def test_the_window_of_haloperidol_is_the_published_one():
    state = START.changed({"medicine": "haloperidol"}).changed({"look": "dose"})
    lines = [ledger()[f"kapur_2000.{name}_above"].value for name in ("response", "prolactin", "movement")]
    assert all(f"{line:g} %" in next(block["text"] for block in state.page() if block["is"] == "figure") for line in lines)
    for line, words in zip(lines, ("response grew", "raised prolactin", "movement side effects"), strict=True):
        above = state.changed({"dose": state.curve.dose_for(line + 0.1)})
        assert f"above the line where {words}" in above.headline
    assert "below the line where response grew more likely" in state.changed({"dose": state.curve.dose_for(lines[0] - 0.1)}).headline


def test_another_medicine_brings_its_own_dose():
    for look in LOOKS:
        state = START.changed({"look": look, "dose": 40}).changed({"medicine": "haloperidol"})
        assert (state.look, state.dose) == (look, model("dose-and-time").variants["haloperidol"]["dose"])


def test_where_no_trial_is_on_file_no_relapse_is_drawn():
    state = START.changed({"medicine": "methylphenidate"})
    assert state.relapsed(9) is None and "relapsed" not in state.headline
    assert "How many relapse after stopping it is not in this model." in text(state)


# ── Four strands ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("guess", "words"), [(100, "above it"), (0, "below it"), (21, "That is close")])
def test_the_guess_is_set_beside_the_model(guess, words):
    assert words in text(FourStrands().guessed(guess))


def test_the_headline_says_the_whole_fall_and_the_medicines_part():
    for lead in GROWS:
        state = FourStrands().guessed(50).changed({"lead": lead})
        falls = state.people.average
        assert f"falls by {sum(falls.values()):.1f} points" in state.headline and f"strand is {falls['medicine']:.1f} of them" in state.headline


def test_when_every_tablet_is_missed_the_same_people_get_better():
    state = FourStrands().guessed(50).changed({"missed": 7})
    assert state.share == 0 and state.people.halved == state.people.halved_anyway
