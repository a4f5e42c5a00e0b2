"""*A working Tuesday*: guess how much of a day gets done, then move the cover of a medicine, the skills and the night before.

The model is :mod:`..models.day`; its tasks are the variants of its card. Its numbers are assumptions: no trial has measured such a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..models.day import covers, done, losing, slipping
from ..records import ModelCard, model
from .card import card_blocks, explained, slider

DAYS = {"none": "neither", "medicine": "medicine alone", "skills": "skills alone", "both": "both"}
SHARES = {"3": "about 3 of 10", "5": "about 5 of 10", "7": "about 7 of 10", "9": "about 9 of 10"}
SKILLS = {"memory": "a list outside the head", "blocks": "blocks of time", "if-then": "an if-then plan"}
#: Where the skills stand ready: from this hour, to that one.
PLACES = {"whole": ("the whole day", 0, 24), "morning": ("the morning", 0, 12), "afternoon": ("the afternoon", 12, 17), "evening": ("the evening", 17, 24)}
_MOVED = ("start", "hours", "sleep")


def card() -> ModelCard:
    return model("working-tuesday")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class WorkingTuesday:
    """What is set, and how many of ten tasks were guessed to get done on each of four days."""

    guess: tuple[str, ...] | None = None
    day: str = "medicine"
    skills: tuple[str, ...] = tuple(SKILLS)
    place: str = "whole"
    start: float = _first("start")
    hours: float = _first("hours")
    sleep: float = _first("sleep")

    name = "working-tuesday"
    title = "A working Tuesday"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> WorkingTuesday:
        fits = isinstance(value, (list, tuple)) and len(value) == len(DAYS) and all(each in SHARES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> WorkingTuesday:
        return WorkingTuesday(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> WorkingTuesday:
        known = {name: values[name] for name in ("day", "place", *_MOVED) if name in values}
        return attrs.evolve(self, **known, **({"skills": tuple(values["skills"])} if "skills" in values else {}))

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def lasting(self) -> float:
        """The hours that the medicine covers; none on a day without it."""
        return self.hours if self.day in ("medicine", "both") else 0.0

    def ready(self, hour: float) -> int:
        """How many skills stand ready at an hour."""
        _, first, last = PLACES[self.place]
        return len(self.skills) if self.day in ("skills", "both") and first <= hour < last else 0

    def slots(self) -> list:
        """The tasks of the day in their order."""
        from ..figures import Slot

        found = []
        for variant in card().variants.values():
            hour = variant["hour"]
            covered = covers(hour, self.start, self.lasting)
            slip = slipping(variant["slip"], covered, card()["medicine"], self.sleep, card()["enough"], card()["short"])
            lost = losing(variant["lost"], self.ready(hour), card()["skill"])
            found.append(Slot(hour, variant.label, done(slip, lost), covered, self.ready(hour)))
        return found

    def finished(self, covered: bool | None = None) -> float:
        """How many tasks get done on average: of all, or of those inside or outside the cover."""
        return sum(slot.chance for slot in self.slots() if covered is None or slot.covered == covered)

    @property
    def headline(self) -> str:
        slots = self.slots()
        inside = sum(slot.covered for slot in slots)
        total = f"On a Tuesday with {DAYS[self.day]}, about {self.finished():.1f} of {len(slots)} tasks get done."
        if not self.lasting:
            return f"{total} No hour is covered by a medicine."
        outside = f"{self.finished(False):.1f} of {len(slots) - inside} outside it" if inside < len(slots) else "none lies outside it"
        return f"{total} Of {inside} tasks inside the cover {self.finished(True):.1f} get done, {outside}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("A working Tuesday", 4, eyebrow="Predict first"),
        b.prose("Mona is 36, has ADHD and works in a claims office. Ten tasks stand in her day, from the lunch to be packed at eight to lights "
                "out at half past ten. How many get done on average, on each of four Tuesdays? Your guesses are kept as you made them."),
        b.places(GUESS, "How many of ten tasks get done?", {key: sentence(words) for key, words in DAYS.items()}, SHARES, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: WorkingTuesday) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("What the day holds", 4, eyebrow="A working Tuesday", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def _gap(state: WorkingTuesday) -> Iterator[b.Block]:
    """Each guess beside the model, which is no truth."""
    lines, near = [], 0
    for day, guess in zip(DAYS, state.guess, strict=True):
        total = WorkingTuesday(day=day).finished()
        near += nearest(total) == guess
        lines.append(f"{sentence(DAYS[day])}: the model has {total:.1f} of 10; you said {SHARES[guess]}.")
    found = f"{near} of your {len(DAYS)} guesses are the nearest to the model. It is a teaching model, so a gap is a question to ask, and no mistake."
    yield b.feedback("guess", found, focus="guess")
    yield b.listing(lines)


def nearest(tasks: float) -> str:
    """Which of the answers lies nearest to a number of tasks."""
    return min(SHARES, key=lambda share: abs(int(share) - tasks))


def _settings(state: WorkingTuesday) -> b.Block:
    controls = [b.menu("day", "This Tuesday has", DAYS, state.day)]
    if state.day in ("medicine", "both"):
        controls += [slider(name, card().parameters[name], getattr(state, name)) for name in ("start", "hours")]
    if state.day in ("skills", "both"):
        controls += [
            b.ticks("skills", "Skills that stand ready", SKILLS, list(state.skills)),
            b.menu("place", "They stand ready in", {key: words for key, (words, _, _) in PLACES.items()}, state.place),
        ]
    return b.settings(SETTINGS, "Cover, skills and the night before", *controls, slider("sleep", card().parameters["sleep"], state.sleep))


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import DayDrawing

    return DayDrawing(len(card().variants))


def _draw(state: WorkingTuesday):
    title = f"With {DAYS[state.day]}, about {state.finished():.1f} of {len(card().variants)} tasks get done"
    return _drawing().update(title, state.slots(), state.start, state.lasting)
