"""A month before an episode: pressure rises with short nights and missed doses, signs show on its way, and a response turns it round.

``pressure(daily, days, acted, falls)`` gives the pressure at the end of each day, from 0 (none) to 1 (a crisis, which stays one).
Days are counted from 1; everything else is a share of the way to a crisis.
"""

from __future__ import annotations

from collections.abc import Sequence

CRISIS = 1.0
NEAR = 1e-9  # many small steps add up to almost, and not quite, a whole


def daily_rise(base: float, short_hours: float, per_hour: float, missed: float, per_dose: float) -> float:
    """How much the pressure rises in a day: by itself, for each hour of sleep too little, and for each dose missed in a week."""
    return base + per_hour * max(0.0, short_hours) + per_dose * missed


def pressure(rise: float, days: int, acted: int | None = None, falls: float = 0.0) -> list[float]:
    """The pressure at the end of each day. From the day ``acted`` on it falls, and a crisis that has come stays."""
    course, now = [], 0.0
    for day in range(1, days + 1):
        if now < CRISIS:
            turned = acted is not None and day >= acted
            now = max(0.0, now - falls if turned else now + rise)
            now = CRISIS if now >= CRISIS - NEAR else now
        course.append(now)
    return course


def first_day(course: Sequence[float], level: float) -> int | None:
    """The first day on which the pressure has come to a level; none when it never does."""
    return next((day for day, now in enumerate(course, 1) if now >= level - NEAR), None)
