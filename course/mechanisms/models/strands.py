"""Four strands of one falling score: what the medicine, the placebo response, the natural course and regression to the mean each take off.

``four_strands(setting)`` gives the average, ``thirty(setting)`` the thirty people behind it. The strands of a person add up to that
person's fall, and the average of thirty people is the average: nothing is lost on the way. The thirty are the same at each call.
"""

from __future__ import annotations

from functools import lru_cache

import attrs
import numpy as np

from .slow import lead

STRANDS = ("regression", "natural", "placebo", "medicine")
PEOPLE, SEED = 30, 2026
LAST = 6  # weeks
TABLETS = 7  # a week
#: How unlike each other people are in what they get from being treated at all (the spread of a logarithm).
_PLACEBO_SPREAD = 0.5


@attrs.frozen
class Gap:
    """The average lead of medicine over placebo by the starting score, in points.

    Up to ``line`` it is ``below``, from ``reached`` on ``above``, and between the two it rises evenly. ``flat`` is the same for everybody.
    """

    line: float
    below: float
    reached: float
    above: float
    flat: float

    def at(self, start: float, grows: bool) -> float:
        if not grows:
            return self.flat
        return float(np.interp(start, [self.line, self.reached], [self.below, self.above]))


@attrs.frozen
class Setting:
    """One trial's worth of people. Shares are of the starting score at the last week; ``missed`` is tablets a week."""

    start: float
    gap: Gap
    grows: bool
    missed: int
    placebo: float
    natural: float
    reliability: float
    usual: float
    differs: float
    own_course: float
    measuring: float
    early_lead: float
    early_placebo: float


def four_strands(setting: Setting, week: float = LAST) -> dict[str, float]:
    """How many points each strand has taken off the average score by a week."""
    if not week:
        return dict.fromkeys(STRANDS, 0.0)
    return {
        # The first score was high partly by chance; the next one lies nearer to the person's own usual score, whenever it is taken.
        "regression": (1 - setting.reliability) * (setting.start - setting.usual),
        "natural": setting.natural * setting.start * week / LAST,
        "placebo": setting.placebo * setting.start * lead(week, setting.early_placebo, 2, LAST),
        "medicine": setting.gap.at(setting.start, setting.grows) * (1 - setting.missed / TABLETS) * lead(week, setting.early_lead, 1, LAST),
    }


@attrs.frozen(eq=False)
class Thirty:
    """Thirty people at a week: ``falls`` has a row a person and a column a strand."""

    start: float
    falls: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        return np.maximum(0.0, self.start - self.falls.sum(axis=1))

    @property
    def average(self) -> dict[str, float]:
        """The strands of the average."""
        means = np.round(self.falls.mean(axis=0), 9) + 0.0  # nought without a sign
        return dict(zip(STRANDS, means.tolist(), strict=True))

    @property
    def halved(self) -> int:
        """How many have halved their score."""
        return int((self.scores <= self.start / 2).sum())

    @property
    def halved_anyway(self) -> int:
        """How many would have halved it if the medicine had taken nothing off."""
        return int((self.scores + self.falls[:, STRANDS.index("medicine")] <= self.start / 2).sum())


def thirty(setting: Setting, week: float = LAST) -> Thirty:
    """Thirty people at a week. They differ in their own course, in chance at each measuring, and in what treatment does for them."""
    means, chance = four_strands(setting, week), _chance()
    falls = np.column_stack([
        means["regression"] + (setting.measuring * _standard(chance["measuring"][round(week)]) if week else np.zeros(PEOPLE)),
        means["natural"] + setting.own_course * week / LAST * _standard(chance["own"]),
        means["placebo"] * _share(_PLACEBO_SPREAD * chance["placebo"]),
        means["medicine"] * _share(setting.differs * chance["medicine"]),
    ])  # fmt: skip
    # No score falls below nought: what would be too much stays with the person's own course.
    falls[:, STRANDS.index("natural")] -= np.maximum(0, falls.sum(axis=1) - setting.start)
    return Thirty(setting.start, falls)


@lru_cache(maxsize=1)
def _chance() -> dict[str, np.ndarray]:
    """The draws behind the thirty people: always the same."""
    draw = np.random.default_rng(SEED)
    return {"own": draw.standard_normal(PEOPLE), "placebo": draw.standard_normal(PEOPLE), "medicine": draw.standard_normal(PEOPLE),
            "measuring": draw.standard_normal((LAST + 1, PEOPLE))}  # fmt: skip


def _standard(draws: np.ndarray) -> np.ndarray:
    """Moved and stretched so that their mean is exactly 0 and their spread 1."""
    return (draws - draws.mean()) / draws.std()


def _share(logs: np.ndarray) -> np.ndarray:
    """Shares above nought whose mean is exactly 1."""
    return np.exp(logs) / np.exp(logs).mean()
