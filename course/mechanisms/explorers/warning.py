"""*The early-warning chart*: guess when signs show and what a call buys, then move sleep, missed doses, who notices and how long the call waits.

The model is :mod:`..models.warning`; the signs are the variants of its card. Its numbers are assumptions: nobody has measured such a month.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..models.warning import CRISIS, daily_rise, first_day, pressure
from ..records import ModelCard, model
from .card import card_blocks, explained, slider

DAYS = 30
#: Who may ring, and by which sign they notice; without a sign, on the day of the next visit.
CALLERS = {
    "nobody": ("nobody", None),
    "herself": ("Nell herself, when food has lost its taste", "meals"),
    "family": ("her brother, who lives with her and has the page", "sleep"),
    "visit": ("you, at the next visit on day 28", None),
}
VISIT = 28
WEEKS = {"1": "in week 1", "2": "in week 2", "3": "in week 3", "4": "in week 4 or after", "never": "not in this month"}
PREDICTED = {
    "sleep": "She is up long before the alarm, and is not tired",
    "plans": "Three new plans before breakfast",
    "money": "Money goes",
    "alone": "A crisis, if nobody rings",
    "called": "A crisis, if her brother rings two days after he first sees her up",
}
_MOVED = ("sleep", "missed", "delay")


def card() -> ModelCard:
    return model("early-warning")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class EarlyWarning:
    """What is set, and in which week each of five things was guessed to come."""

    guess: tuple[str, ...] | None = None
    caller: str = "family"
    sleep: float = _first("sleep")
    missed: float = _first("missed")
    delay: float = _first("delay")

    name = "early-warning"
    title = "The early-warning chart"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> EarlyWarning:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in WEEKS for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> EarlyWarning:
        return EarlyWarning(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> EarlyWarning:
        return attrs.evolve(self, **{name: values[name] for name in ("caller", *_MOVED) if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def rise(self) -> float:
        return daily_rise(card()["base"], card()["enough"] - self.sleep, card()["short"], self.missed, card()["dose"])

    @property
    def untold(self) -> list[float]:
        """The pressure at the end of each day when nobody rings."""
        return pressure(self.rise, DAYS)

    @property
    def acted(self) -> int | None:
        """The day on which something is done; none when nobody rings, or nobody has noticed in time."""
        _, sign = CALLERS[self.caller]
        if sign:
            noticed = self.shows(sign)
            return None if noticed is None else noticed + int(self.delay)
        return VISIT if self.caller == "visit" else None

    @property
    def course(self) -> list[float]:
        """The pressure at the end of each day, as it is set."""
        return pressure(self.rise, DAYS, self.acted, card()["falls"])

    def shows(self, sign: str) -> int | None:
        """The day on which a sign first shows when nobody rings; a crisis is the last of them."""
        return first_day(self.untold, CRISIS if sign == "crisis" else card().variants[sign]["at"])

    @property
    def crisis(self) -> int | None:
        """The day of the crisis, as it is set."""
        return first_day(self.course, CRISIS)

    @property
    def headline(self) -> str:
        alone, now = self.shows("crisis"), self.crisis
        if alone is None:
            return "With these nights and doses no crisis comes within the month, whoever rings."
        start = f"If nobody rings, the crisis comes on day {alone}."
        if self.caller == "nobody":
            return f"{start} The first sign showed {alone - self.shows('sleep')} days before."
        if now is None:
            return f"{start} With the call on day {self.acted} it does not come within the month."
        return f"{start} The call {'would come' if self.acted and self.acted > now else 'came'} too late: the crisis is still on day {now}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def found() -> dict[str, str]:
    """The week in which each guessed thing comes, with the settings that come first."""
    first = EarlyWarning()
    called = attrs.evolve(first, caller="family", delay=2)
    days = {sign: first.shows(sign) for sign in ("sleep", "plans", "money")}
    return {name: week(day) for name, day in (days | {"alone": first.shows("crisis"), "called": called.crisis}).items()}


def week(day: int | None) -> str:
    """Which of the answers a day belongs to."""
    return "never" if day is None else str(min(4, (day + 6) // 7))


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("The early-warning chart", 4, eyebrow="Predict first"),
        b.prose("Nell is 33, has bipolar I disorder and writes a diary. Since the first of the month she has slept five hours in place of seven. "
                "In which week does each of these come, in a simple model? Your guesses are kept as you made them."),
        b.places(GUESS, "When does it come?", PREDICTED, WEEKS, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: EarlyWarning) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("Days, and who may ring", 4, eyebrow="The early-warning chart", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        b.folded("Her signs, day by day, if nobody rings", [b.listing(_diary(state))]),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def _gap(state: EarlyWarning) -> Iterator[b.Block]:
    """Each guess beside the model, which is no truth."""
    seen = found()
    same = sum(seen[name] == guess for name, guess in zip(PREDICTED, state.guess, strict=True))
    found_so = f"{same} of your {len(PREDICTED)} guesses fit the model. It is a teaching model, and another person has other signs."
    pairs = zip(PREDICTED.items(), state.guess, strict=True)
    yield b.feedback("guess", found_so, focus="guess")
    yield b.listing([f"{what}: {WEEKS[seen[name]]} in the model; you said {WEEKS[guess]}." for (name, what), guess in pairs])


def _diary(state: EarlyWarning) -> list[str]:
    days = [(state.shows(sign), variant.label) for sign, variant in card().variants.items()]
    return [f"Day {day}: {label}." if day else f"Not in this month: {label}." for day, label in days]


def _settings(state: EarlyWarning) -> b.Block:
    controls = [slider(name, card().parameters[name], getattr(state, name)) for name in ("sleep", "missed")]
    if CALLERS[state.caller][1]:
        controls.append(slider("delay", card().parameters["delay"], state.delay))
    menu = b.menu("caller", "Who rings", {key: sentence(words) for key, (words, _) in CALLERS.items()}, state.caller)
    return b.settings(SETTINGS, "Nights, doses, and the call", menu, *controls)


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import CurvesDrawing

    return CurvesDrawing({"called": "combined", "alone": "control"})


def _draw(state: EarlyWarning):
    from ..figures import Curve

    curves = [
        Curve("called", "as set", [(day, 100 * now) for day, now in enumerate(state.course, 1)]),
        Curve("alone", "if nobody rings", [(day, 100 * now) for day, now in enumerate(state.untold, 1)]),
    ]
    ticks = [(float(day), f"{day}") for day in range(1, DAYS + 1, 7)]
    day = state.crisis
    title = f"The crisis comes on day {day}" if day else "No crisis comes within the month"
    caption = "Teaching model. How far on the way to a crisis, of 100, at the end of each day. No number here was measured."
    return _drawing().update(title, curves, "day of the month", caption, ticks)
