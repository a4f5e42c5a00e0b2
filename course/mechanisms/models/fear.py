"""Fear that is learned and unlearned by surprise, after Rescorla and Wagner: what is present shares out what was not expected.

At each trial the strengths of all that is present move towards what happened: ``change = rate * (what happened - sum of the strengths)``,
each by its own rate. So a thing that is always there when nothing bad happens, such as a place, a safety behaviour or the state that
a tablet brings, takes over a part of the unlearning, and keeps it when it is gone. ``practise(plan, rates)`` gives the strengths after
each exposure. Strengths are shares of the strongest fear that can be learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import attrs

#: What can be present beside a place.
FEARED, SAFETY, STATE = "feared", "safety", "state"
BEGAN = "where it began"
Strengths = dict[str, float]


@attrs.frozen
class Rates:
    """How fast each kind of thing gains or loses strength at one trial. Together they stay below 1, so that a trial never overshoots."""

    feared: float
    place: float
    safety: float
    state: float

    def __attrs_post_init__(self):
        if not 0 < sum(attrs.astuple(self)) < 1:
            raise ValueError(f"the rates add up to {sum(attrs.astuple(self)):g}: keep their sum between 0 and 1")


@attrs.frozen
class Plan:
    """How exposure is practised.

    ``safety`` is how much a person holds on to a safety behaviour (0 to 1), ``sedated`` whether a tablet changes the state during practice,
    ``learning`` what is left of the speed of learning (1 is all), ``gap_days`` the days between exposures, and ``refresh_days`` how
    long a trial dulls the next.
    """

    exposures: int
    places: int = 1
    safety: float = 0.0
    sedated: bool = False
    learning: float = 1.0
    gap_days: float = 7.0
    refresh_days: float = 0.5

    def place(self, exposure: int) -> str:
        """Where an exposure takes place: the places take turns."""
        return f"place {exposure % self.places + 1}"

    def freshness(self, exposure: int) -> float:
        """How much an exposure counts: all of it at first, and less when it follows the last one closely."""
        if exposure == 0 or self.refresh_days == 0:
            return 1.0
        return -math.expm1(-self.gap_days / self.refresh_days)


def learned(rate: float, trials: int) -> float:
    """What one thing alone has gained after some trials, in closed form."""
    return 1 - (1 - rate) ** trials


def trial(strengths: Strengths, present: dict[str, float], happened: float) -> Strengths:
    """The strengths after one trial. ``present`` are the things that were there, each with its rate.

    To be safer than safe is no surprise: without this a safety behaviour in a well-practised place would teach fear anew.
    """
    surprise = happened - clear(expected(strengths, present))
    return strengths | {thing: strengths.get(thing, 0.0) + rate * surprise for thing, rate in present.items()}


def expected(strengths: Strengths, present: Iterable[str]) -> float:
    """How much is feared when these things are there."""
    return sum(strengths.get(thing, 0.0) for thing in present)


def acquired(rates: Rates, trials: int) -> Strengths:
    """The fear that was learned, in the place where it began."""
    strengths: Strengths = {}
    for _ in range(trials):
        strengths = trial(strengths, {FEARED: rates.feared, BEGAN: rates.place}, 1.0)
    return strengths


def practise(plan: Plan, rates: Rates, begin: Strengths) -> list[Strengths]:
    """The strengths before practice and after each exposure, at which nothing bad happens."""
    course = [begin]
    for exposure in range(plan.exposures):
        speed = plan.learning * plan.freshness(exposure)
        present = {thing: speed * rate for thing, rate in _present(plan, rates, exposure).items()}
        course.append(trial(course[-1], present, 0.0))
    return course


def in_practice(plan: Plan, rates: Rates, course: list[Strengths], exposure: int) -> float:
    """What is feared at an exposure, before anything is learned from it."""
    return clear(expected(course[exposure], _present(plan, rates, exposure)))


def alone(strengths: Strengths, place: str = "") -> float:
    """What is feared without safety behaviour and without a tablet, in a place; a new one without a name."""
    return clear(expected(strengths, (FEARED, place)))


def clear(strength: float) -> float:
    """Nobody fears less than nothing."""
    return max(0.0, strength)


def _present(plan: Plan, rates: Rates, exposure: int) -> dict[str, float]:
    present = {FEARED: rates.feared, plan.place(exposure): rates.place}
    if plan.safety:
        present[SAFETY] = rates.safety * plan.safety
    if plan.sedated:
        present[STATE] = rates.state
    return present
