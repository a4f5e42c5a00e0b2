"""What formulas say of a queue: one clinician (M/M/1), several (M/M/c, Erlang C), and Little's law, which needs no assumption at all.

People come at ``arrivals`` a week, a clinician sees ``served`` a week, ``busy`` is the share of their time that is booked. The formulas
hold where people come independently of each other, visits vary as much as the exponential does, and nobody gives up.
"""

from __future__ import annotations

import math

from course.content.reading import PlainError


def busy(arrivals: float, served: float, clinicians: int = 1) -> float:
    """The share of the clinicians' time that is booked."""
    return arrivals / (served * clinicians)


def chance_of_waiting(arrivals: float, served: float, clinicians: int = 1) -> float:
    """Erlang C: how likely it is that everybody is busy when somebody comes.

    >>> round(chance_of_waiting(1.5, 1, 2), 4)
    0.6429
    """
    load, share = arrivals / served, busy(arrivals, served, clinicians)
    if not 0 <= share < 1:
        raise PlainError(f"{100 * share:g} % of the time is booked, so the queue grows without end; give fewer arrivals or more clinicians")
    blocked = 1.0  # Erlang B, one clinician after the other: it never grows too large for a number
    for each in range(1, clinicians + 1):
        blocked = load * blocked / (each + load * blocked)
    return blocked / (1 - share * (1 - blocked))


def mean_wait(arrivals: float, served: float, clinicians: int = 1) -> float:
    """The average wait before a visit, in weeks.

    >>> mean_wait(9, 10)
    0.9
    """
    return round(chance_of_waiting(arrivals, served, clinicians) / (clinicians * served - arrivals), 12)


def mean_queue(arrivals: float, served: float, clinicians: int = 1) -> float:
    """How many wait on average, by Little's law."""
    return people_waiting(arrivals, mean_wait(arrivals, served, clinicians))


def people_waiting(arrivals: float, weeks: float) -> float:
    """Little's law: people waiting = people who join a week × weeks they wait."""
    return arrivals * weeks


def visits_waited(share: float) -> float:
    """How many visits long the average wait for one clinician is, when this share of the time is booked: 97 % makes it 32 visits.

    >>> round(visits_waited(0.97), 1)
    32.3
    """
    return share / (1 - share) if share < 1 else math.inf
