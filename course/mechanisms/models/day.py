"""A day of tasks: how likely each is done, when a medicine covers some hours and skills stand ready in others.

A task can fail in two ways: attention slips away from it, or it is lost (forgotten, begun too late, left without a plan).
:func:`done` puts the two together. Everything here is a chance between 0 and 1, or an hour of the day.
"""

from __future__ import annotations

MOST = 0.95  # no slip is certain


def slipping(slip: float, covered: bool, effect: float, sleep: float, enough: float, per_hour: float) -> float:
    """The chance that attention slips: less by ``effect`` under cover, more by ``per_hour`` for each hour of sleep below ``enough``."""
    short = max(0.0, enough - sleep)
    return min(MOST, slip * (1 - effect if covered else 1) * (1 + per_hour * short))


def losing(lost: float, skills: int, effect: float) -> float:
    """The chance that a task is lost: each skill that stands ready takes the same share of what is left."""
    return lost * (1 - effect) ** skills


def done(slip: float, lost: float) -> float:
    """The chance that a task gets done: it is neither lost nor slipped away from."""
    return (1 - slip) * (1 - lost)


def covers(hour: float, start: float, hours: float) -> bool:
    """Whether a medicine taken at ``start`` that lasts so many hours covers this hour of the day."""
    return start <= hour < start + hours
