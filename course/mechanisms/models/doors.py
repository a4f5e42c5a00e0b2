"""Who gets through a treatment: what keeps people away adds up over the appointments and the weeks that it asks for.

Each thing that keeps people away has a cost: a rate at which people leave for good, at each appointment or in each week. Rates add up, so of
a group that starts, :func:`through` is the share that is still there at the end, and :func:`lost_to` says what the others left over.
Nothing here says what a treatment does for those who get through.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs


@attrs.frozen
class Door:
    """What a treatment asks for: its appointments, the weeks that they take, and how much of an appointment rests on words (1 is all)."""

    appointments: int
    weeks: float
    words: float

    def beside(self, other: Door) -> Door:
        """Both treatments at once: every appointment of each, in the weeks of the longer one."""
        appointments = self.appointments + other.appointments
        words = (self.appointments * self.words + other.appointments * other.words) / appointments
        return Door(appointments, max(self.weeks, other.weeks), words)


@attrs.frozen
class Costs:
    """What keeps people away: rates of leaving at each appointment, at each appointment that rests on words, and in each week."""

    childcare: float = 0.0
    language: float = 0.0
    symptoms: float = 0.0
    danger: float = 0.0
    life: float = 0.0


def burdens(door: Door, costs: Costs) -> dict[str, float]:
    """What each of the costs comes to over the whole treatment."""
    return {
        "childcare": door.appointments * costs.childcare,
        "language": door.appointments * door.words * costs.language,
        "symptoms": door.appointments * costs.symptoms,
        "danger": door.weeks * costs.danger,
        "life": door.weeks * costs.life,
    }


def through(burden: Mapping[str, float]) -> float:
    """The share that gets through."""
    return math.exp(-sum(burden.values()))


def lost_to(burden: Mapping[str, float]) -> dict[str, float]:
    """The share that left over each thing: together all who did not get through."""
    whole = sum(burden.values())
    return {name: (1 - through(burden)) * each / whole if whole else 0.0 for name, each in burden.items()}
