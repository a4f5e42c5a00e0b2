"""The axis of pooled trials: where a value stands on it, how much of it is shown, and which values are written below.

Ratios are drawn by their logarithms, so that twice as often and half as often stand equally far from no difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import attrs

from course.evidence.pooling import MEASURES, RATIOS, Pooled, number_text
from course.look import sentence

_SMALLEST_SPAN = 1e-6
_MOST_TICKS = 7
_FARTHEST = 690.0  # a logarithm beyond this has no number


@attrs.frozen
class Scale:
    """The part of an axis that is shown, from ``low`` to ``high``, in the units in which trials are pooled."""

    measure: str
    low: float
    high: float

    @property
    def name(self) -> str:
        """``Risk ratio``; a risk difference with its unit."""
        return sentence(MEASURES[self.measure]) + (", percentage points" if self.measure == "RD" else "")

    def shows(self, place: float) -> bool:
        return self.low <= place <= self.high

    def cut(self, place: float) -> float:
        """The place, or the end of the axis that it lies beyond."""
        return min(max(place, self.low), self.high)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Places with the values to write there, seven at most."""
        if self.measure not in RATIOS:
            factor = 100 if self.measure == "RD" else 1
            return [(value / factor, _plain(value)) for value in _even(self.low * factor, self.high * factor)]
        low, high = max(self.low, -_FARTHEST), min(self.high, _FARTHEST)
        values = _even(math.exp(low), math.exp(high)) if high - low < math.log(4) else _decades(low, high)
        return [(math.log(value), _plain(value)) for value in values if value > 0]


def scale_of(pooled: Pooled) -> Scale:
    """An axis that holds no difference, every estimate, and as much of the intervals as does not squeeze the rest."""
    places = [trial.estimate for trial in pooled.trials]
    ends = [place(pooled.measure, end) for trial in pooled.trials for end in (trial.low, trial.high)]
    ends += [place(pooled.measure, end) for end in (pooled.low, pooled.high, pooled.prediction_low, pooled.prediction_high) if end is not None]
    least, most = min(0.0, *places), max(0.0, *places)
    beyond = max(0.5 * (most - least), 1.6 * median((high - low) / 2 for low, high in zip(ends[::2], ends[1::2], strict=True)))
    low, high = min(least, max(min(ends), least - beyond)), max(most, min(max(ends), most + beyond))
    if pooled.measure == "RD":
        low, high = max(low, -1.0), min(high, 1.0)
    air = 0.04 * (high - low) if high - low > _SMALLEST_SPAN else 0.5
    return Scale(pooled.measure, low - air, high + air)


def place(measure: str, value: float) -> float:
    """Where a value stands, in the units in which trials are pooled."""
    return math.log(value) if measure in RATIOS else value


def compact(measure: str, value: float, low: float | None, high: float | None) -> str:
    """A value with its interval for a column whose heading has the unit."""
    if low is None or high is None:
        return number_text(measure, value)
    return f"{number_text(measure, value)} ({span(measure, low, high)})"


def span(measure: str, low: float, high: float) -> str:
    """``0.47 to 5.72``; in a narrow column ``under`` and ``over`` are signs."""
    return f"{number_text(measure, low)} to {number_text(measure, high)}".replace("under ", "<").replace("over ", ">")


def _even(low: float, high: float) -> list[float]:
    """Round numbers at even steps between two ends."""
    rough = (high - low) / (_MOST_TICKS - 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(each * size for each in (1, 2, 2.5, 5, 10, 20) if (high - low) / (each * size) <= _MOST_TICKS - 1)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Round numbers at nearly even steps of a logarithmic axis, 1 among them."""
    first, last = math.floor(low / math.log(10)), math.ceil(high / math.log(10))
    candidates: list[Sequence[float]] = [[m * 10.0**e for e in range(first, last + 1) for m in marks] for marks in ((1, 2, 3, 5), (1, 2, 5), (1, 3), (1,))]
    candidates += [[10.0**e for e in range(first, last + 1) if e % every == 0] for every in (2, 3, 5, 10, 25, 50, 100, 200)]
    inside = [[value for value in values if low <= math.log(value) <= high] for values in candidates]
    return next((values for values in inside if len(values) <= _MOST_TICKS), [1.0])


def _plain(value: float) -> str:
    """The shortest way to write a round number."""
    if value and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}".replace("e+", "e").replace("e0", "e").replace("e-0", "e-").replace("-", "−")
    return f"{value:.6g}".replace("-", "−")
