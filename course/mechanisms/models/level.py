"""What is in the body over days: one compartment, one dose a day, taken up at once, and half of it gone after each half-life.

Levels are shares of the average level of somebody who takes every dose for good (``1.0``). ``course_of_levels(36, [1, 1, 0, 1])`` gives
the level over four days on which the third dose was missed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

HOURS = 24.0
#: When in a day the level is worked out, as shares of the day: just after the dose, and up to just before the next.
_IN_A_DAY = (0.0, 0.25, 0.5, 0.75, 1.0)


def left(half_life_hours: float, days: float) -> float:
    """The share that is left after some days without a dose."""
    return 2.0 ** (-HOURS * days / half_life_hours)


def days_until_left(share: float, half_life_hours: float) -> float:
    """After how many days no more than this share is left."""
    return -math.log2(share) * half_life_hours / HOURS


def days_until_steady(half_life_hours: float, short_of: float = 0.05) -> float:
    """After how many days of taking it the level is as high as it will get, but for a last small part."""
    return days_until_left(short_of, half_life_hours)


def one_dose(half_life_hours: float) -> float:
    """How much one daily dose adds to the level."""
    return math.log(2) * HOURS / half_life_hours


def steady_high(half_life_hours: float) -> float:
    """The level just after a dose, when every dose has been taken for long: a geometric series."""
    return one_dose(half_life_hours) / (1 - left(half_life_hours, 1))


def steady_low(half_life_hours: float) -> float:
    """The level just before the next dose, when every dose has been taken for long."""
    return steady_high(half_life_hours) * left(half_life_hours, 1)


def course_of_levels(half_life_hours: float, doses: Sequence[float], steady: bool = False) -> list[tuple[float, float]]:
    """The level over the days of a list of daily doses (1 is the usual dose, 0 a missed one), as (day, level).

    ``steady`` begins with somebody who has taken every dose for long, else with nothing in the body.
    """
    level = steady_low(half_life_hours) if steady else 0.0
    found = []
    for day, dose in enumerate(doses):
        level += dose * one_dose(half_life_hours)
        found += [(day + part, level * left(half_life_hours, part)) for part in _IN_A_DAY]
        level *= left(half_life_hours, 1)
    return found


# ── What a person does with the tablets: a dose on day 0, and then ────────────────────────────────


def taken(days: int) -> list[float]:
    """Every dose."""
    return [1.0] * (days + 1)


def missed(count: int, days: int) -> list[float]:
    """Some doses in a row missed, and then taken as before."""
    return [0.0 if 1 <= day <= count else 1.0 for day in range(days + 1)]


def stopped(days: int, taper_weeks: int = 0) -> list[float]:
    """Stopped at once, or after weeks of smaller and smaller doses in equal steps, a step a week."""
    return [1.0] + [max(0.0, 1 - ((day - 1) // 7 + 1) / (taper_weeks + 1)) for day in range(1, days + 1)]
