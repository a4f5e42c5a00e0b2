"""*Four strands*: guess how much of a fall is the medicine's, then change severity, missed tablets and what is assumed, and watch the strands.

The model is :mod:`..models.strands`. Its thirty people are made up, and the same at each call.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs
import numpy as np

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS

from ..models.strands import LAST, PEOPLE, STRANDS, Gap, Setting, Thirty, thirty
from ..records import ModelCard, model
from .card import LABEL, card_blocks, explained, slider

GROWS = {"severity": "grows with severity (Fournier 2010)", "flat": "is the same for everybody (Fountoulakis 2013)"}
#: What the learner may move, in the order of the page.
_MOVED = ("start", "missed", "week", "placebo", "natural", "reliability", "differs")
CLOSE = 5  # points of 100
_NAMES = {"regression": "regression to the mean", "natural": "natural course", "placebo": "placebo response"}


def card() -> ModelCard:
    return model("four-strands")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class FourStrands:
    """What is set, and how many of every 100 points the medicine was guessed to have taken off."""

    guess: float | None = None
    lead: str = "severity"
    start: float = _first("start")
    missed: int = _first("missed")
    week: int = _first("week")
    placebo: float = _first("placebo")
    natural: float = _first("natural")
    reliability: float = _first("reliability")
    differs: float = _first("differs")

    name = "four-strands"
    title = "Four strands"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> FourStrands:
        fits = type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 100
        return attrs.evolve(self, guess=value) if fits else self

    def fresh(self) -> FourStrands:
        return FourStrands(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> FourStrands:
        return attrs.evolve(self, **{name: values[name] for name in ("lead", *_MOVED) if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def setting(self) -> Setting:
        own = {name: getattr(self, name) for name in _MOVED if name != "week"}
        fixed = {name: card()[name] for name in ("usual", "own_course", "measuring", "early_lead")}
        return Setting(gap=_gap_of(card()), grows=self.lead == "severity", early_placebo=card()["early_placebo"] / 100, **own, **fixed)

    @property
    def people(self) -> Thirty:
        """The thirty people in the week that is looked at."""
        return thirty(self.setting, self.week)

    @property
    def share(self) -> float:
        """How many of every 100 points of the fall are the medicine's."""
        falls = self.people.average
        return 100 * falls["medicine"] / sum(falls.values()) if sum(falls.values()) else 0.0

    @property
    def headline(self) -> str:
        people = self.people
        falls, without = people.average, people.halved_anyway
        whole = sum(falls.values())
        fall = f"By week {self.week} the average score falls by {whole:.1f} points."
        strand = f"The medicine's strand is {falls['medicine']:.1f} of them, {self.share:.0f} of every 100."
        return f"{fall} {strand} Of these thirty people {people.halved} have halved their score; without that strand {without} would have."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _gap_of(made: ModelCard) -> Gap:
    """The lead over placebo, in points, from what was published and what is assumed."""
    return Gap(made["line"], made["below"] * made["spread"], made["reached"], made["threshold"], made["flat"])


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Four strands", 4, eyebrow="Predict first"),
        b.prose("A group of people with depression takes an antidepressant in a trial, and the average score falls. Four things may lie behind it: what the "
                "medicine adds over placebo, being treated at all, the natural course, and a first score that was high by chance. "
                "How much of it is the medicine's? Your guess is kept as you made it."),
        b.number(GUESS, "Of every 100 points of the fall, how many does the medicine add over placebo?", "points of 100",
                 submit="Lock my guess and show me", bounds=(0, 100)),
    ]  # fmt: skip


def _after(state: FourStrands) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(f"Week {state.week}: one score, four strands", 4, eyebrow=f"{LABEL} · Four strands", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_thirty(state),
        *(() if at_first else [b.folded("Your guess", list(_gap(state)))]),
        *card_blocks(card()),
        *explained(card()),
    ]


def _gap(state: FourStrands) -> Iterator[b.Block]:
    """The guess beside the model, with the settings that come first."""
    found, guess = state.fresh().share, state.guess
    off = guess - found
    close = "That is close" if abs(off) <= CLOSE else f"Your guess is {abs(off):.0f} points of 100 {'above' if off > 0 else 'below'} it"
    text = f"You said {guess:g} of every 100 points. With the settings that come first the model says {found:.0f}. {close}."
    because = "The lead over placebo is published; how the rest is shared out is assumed. So the medicine's share is about this size, and no number is exact."
    yield b.feedback("guess", text, because, focus="guess")


def _settings(state: FourStrands) -> b.Block:
    own = [slider(name, card().parameters[name], getattr(state, name)) for name in _MOVED]
    return b.settings(SETTINGS, "Whom, when, and what is assumed", b.menu("lead", "The lead over placebo", GROWS, state.lead), *own)


def _thirty(state: FourStrands) -> Iterator[b.Block]:
    people = state.people
    worse, turned = int((people.scores >= people.start).sum()), people.halved - people.halved_anyway
    no_better = f"{worse} stand{'s' * (worse == 1)} no better than at the start"
    yield b.listing([
        f"Of the thirty people, {people.halved} halved their score and {no_better}. The average shows neither.",
        f"For {turned} of them the medicine's strand made the difference. The model knows for which; in a clinic nobody can.",
    ])  # fmt: skip


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import StrandsDrawing

    return StrandsDrawing(PEOPLE, LAST)


def _draw(state: FourStrands):
    setting = state.setting
    weeks = [thirty(setting, week) for week in range(LAST + 1)]
    falls = weeks[state.week].average
    largest = max(STRANDS, key=falls.__getitem__)
    title = f"The medicine's strand is {falls['medicine']:.1f} of {sum(falls.values()):.1f} points by week {state.week}"
    title += "" if largest == "medicine" else f"; the {_NAMES[largest]} takes off most"
    return _drawing().update(title, state.start, [each.average for each in weeks], np.column_stack([each.scores for each in weeks]), state.week)
