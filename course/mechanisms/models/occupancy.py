"""Dose and target: the share of a medicine's targets that are occupied, as a curve that flattens.

``fit_curve(points)`` gives the :class:`Curve` through published points; ``curve.at(20)`` is the share at a dose.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs

#: As much as there is, in per cent: the top of the curve where one point alone cannot show it.
ALL = 100.0


@attrs.frozen
class Curve:
    """The law of mass action: of ``most`` per cent that can be occupied, half are at the dose ``half``."""

    half: float
    most: float = ALL

    def at(self, dose: float) -> float:
        """Per cent occupied at a dose."""
        return self.most * dose / (dose + self.half) if dose > 0 else 0.0

    def dose_for(self, share: float) -> float:
        """The dose that occupies this share, in per cent; infinite where the curve never comes there."""
        return self.half * share / (self.most - share) if share < self.most else math.inf


def fit_curve(points: Sequence[tuple[float, float]]) -> Curve:
    """The curve nearest to points of (dose, per cent), by least squares.

    One point cannot show where the curve ends: it is then taken to end at all of the targets.
    """
    if len(points) == 1:
        ((dose, share),) = points
        return Curve(dose * (ALL - share) / share)
    doses = [dose for dose, _ in points]
    lowest = _lowest(lambda log: _misfit(points, _with_top(points, math.exp(log))), math.log(min(doses) / 100), math.log(max(doses) * 100))
    return _with_top(points, math.exp(lowest))


def _with_top(points: Sequence[tuple[float, float]], half: float) -> Curve:
    """The best top for a half dose: a straight line through nought, so there is a formula; never more than all."""
    shape = [(dose / (dose + half), share) for dose, share in points]
    return Curve(half, min(ALL, sum(x * share for x, share in shape) / sum(x * x for x, _ in shape)))


def _misfit(points: Sequence[tuple[float, float]], curve: Curve) -> float:
    return sum((curve.at(dose) - share) ** 2 for dose, share in points)


def _lowest(of, low: float, high: float, rounds: int = 120) -> float:
    """Where a function with one valley is lowest: the golden section."""
    golden = (math.sqrt(5) - 1) / 2
    for _ in range(rounds):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if of(left) < of(right) else (left, high)
    return (low + high) / 2
