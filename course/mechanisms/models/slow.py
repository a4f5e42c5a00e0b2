"""The slow clocks: how an average lead over placebo grows over weeks, and how relapses gather over months.

Each takes its shape from one published number and from the assumption that what happens in a week is the same share of what is left.
"""

from __future__ import annotations

import math


def lead(weeks: float, early: float, early_weeks: float, whole_weeks: float) -> float:
    """The share of the whole lead that is there after some weeks, when ``early`` of it was there after ``early_weeks``.

    The whole lead is the one at ``whole_weeks``.
    """
    rate = lead_rate(early, early_weeks, whole_weeks)
    if rate < 1e-9:  # an even growth
        return weeks / whole_weeks
    return -math.expm1(-rate * weeks) / -math.expm1(-rate * whole_weeks)


def lead_rate(early: float, early_weeks: float, whole_weeks: float) -> float:
    """How fast it grows: the share of what is still to come that comes in a week (as a rate). Found by halving."""
    if early <= early_weeks / whole_weeks:
        return 0.0
    low, high = 1e-9, 100.0
    for _ in range(200):
        rate = (low + high) / 2
        low, high = (low, rate) if math.expm1(-rate * early_weeks) / math.expm1(-rate * whole_weeks) > early else (rate, high)
    return (low + high) / 2


def relapsed(weeks: float, by_then: float, then_weeks: float) -> float:
    """The share that has relapsed after some weeks, when ``by_then`` had after ``then_weeks`` and relapses come evenly."""
    return 1 - (1 - by_then) ** (weeks / then_weeks)


def weeks_until_relapsed(share: float, by_then: float, then_weeks: float) -> float:
    """After how many weeks this share has relapsed."""
    return then_weeks * math.log(1 - share) / math.log(1 - by_then)
