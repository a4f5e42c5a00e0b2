"""Skills over time: practice makes a skill, weeks without it wear it down, and what is left holds some relapses off.

``built`` is the skill at the end of treatment and ``kept`` how it goes on from there, both between 0 and 1; ``relapsed`` is the share that
has relapsed when something holds relapse off. Two published shares fix how much a treatment holds off: see :func:`held_off`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

YEAR = 52  # weeks


def practised(skill: float, times: float, rate: float) -> float:
    """The skill after some practice: each time takes the same share of what is still to learn."""
    return 1 - (1 - skill) * (1 - rate) ** times


def built(weeks: int, practice: float, rate: float, fade: float) -> float:
    """The skill after weeks of treatment with some practices a week, between which it fades a little."""
    skill = 0.0
    for _ in range(weeks):
        skill = practised(skill * (1 - fade), practice, rate)
    return skill


def kept(skill: float, practice: float, rate: float, fade: float, weeks: int = YEAR) -> list[float]:
    """The skill at the end of treatment and in each week after it. Practice on one's own brings back what faded, and nothing new."""
    course = [skill]
    for _ in range(weeks):
        course.append(skill * practised(course[-1] * (1 - fade) / skill, practice, rate) if skill else 0.0)
    return course


def gated(rate: float, *gates: float) -> float:
    """The rate of learning that gates such as sleep and concentration let through."""
    return rate * math.prod(gates)


def held_off(relapsed: float, without: float) -> float:
    """The share of the risk that was held off, when ``relapsed`` had relapsed by a time, and ``without`` by then without it."""
    return 1 - math.log(1 - relapsed) / math.log(1 - without)


def relapsed(without: float, protection: Sequence[float]) -> list[float]:
    """The share that has relapsed, week by week, when ``without`` relapse by the end if nothing holds it off.

    ``protection`` is the share of the risk that is held off in each week.
    """
    risk = -math.log(1 - without) / len(protection)
    shares, total = [0.0], 0.0
    for held in protection:
        total += risk * (1 - held)
        shares.append(-math.expm1(-total))
    return shares


def together(*protections: float) -> float:
    """What several protections hold off, when none of them changes another."""
    return 1 - math.prod(1 - each for each in protections)
