"""An explorer predicts first and once, applies settings at once, leaves the focus where it is, and notes the prediction."""

from __future__ import annotations

import attrs
import pytest

from course import notes
from course.controls import blocks as b
from course.controls.explorer import Explorer


@attrs.frozen
class Half:
    """The smallest explorer: half of a number."""

    guess: int | None = None
    whole: int = 10

    name = "half"
    title = "Half"

    @property
    def headline(self) -> str:
        return f"Half of {self.whole} is {self.whole / 2:g}."

    def guessed(self, value):
        return attrs.evolve(self, guess=value) if isinstance(value, int) else self

    def changed(self, values):
        return attrs.evolve(self, whole=values["whole"])

    def fresh(self):
        return Half(self.guess)

    def page(self):
        if self.guess is None:
            return [b.number("guess", "What is half of 10?")]
        settings = b.settings("settings", "Number", b.slider("whole", "Whole", 0, 100, 2, self.whole))
        return [b.heading(self.headline, focus="headline"), settings]


@pytest.fixture
def explorer():
    return Explorer(Half())


def predicted(explorer) -> Explorer:
    explorer.act({"do": "guess", "value": 4})
    return explorer


def test_nothing_is_shown_before_the_prediction(explorer):
    before = explorer.page.view
    for message in (
        {},
        {"do": "settings", "value": {"whole": 20}},
        {"do": "settings", "value": None},
        {"do": "guess", "value": "four"},
        {"do": "other", "value": 4},
    ):
        explorer.act(message)
    assert explorer.page.view == before and notes.read() == []


def test_the_prediction_is_noted_and_leads_to_the_headline(explorer):
    view = predicted(explorer).page.view
    assert (view["focus"], view["say"]) == ("headline", "Half of 10 is 5.")
    (noted,) = notes.read()
    assert {"did": "predict", "explorer": "half", "answer": 4}.items() <= noted.items()


def test_the_prediction_is_locked(explorer):
    predicted(explorer).act({"do": "guess", "value": 5})
    assert explorer.state.guess == 4 and len(notes.read()) == 1


def test_a_setting_applies_at_once_and_is_announced_without_moving_the_focus(explorer):
    predicted(explorer).act({"do": "settings", "value": {"whole": 20}})
    assert explorer.page.text.startswith("### Half of 20 is 10.")
    assert (explorer.page.view["focus"], explorer.page.view["say"]) == ("", "Half of 20 is 10.")


def test_what_cannot_stand_in_a_setting_changes_nothing(explorer):
    for value in ({"whole": "20"}, {"other": 20}, [], "whole", 7):
        predicted(explorer).act({"do": "settings", "value": value})
        assert explorer.state.whole == 10


def test_back_to_the_start_keeps_the_prediction(explorer):
    predicted(explorer).act({"do": "settings", "value": {"whole": 20}})
    explorer.act({"do": "settings", "value": None})
    assert explorer.state == Half(guess=4)


def test_a_view_names_the_turn_that_it_answers(explorer):
    """The page leaves a control alone that the learner has moved on since."""
    predicted(explorer).page._hear({"do": "settings", "value": {"whole": 20}, "turn": "cc-1:7"})
    assert explorer.page.view["turn"] == "cc-1:7"
