"""Does the combined group do what adding up its parts predicts? Trials with four groups: neither treatment, each alone, and both.

``four_groups()`` gives the trials, ``added_up(trial)`` what the two gains add up to on three scales, beside what was seen. A combination
can do less than adding up on one scale and just that on another, so *more than the sum* means nothing until somebody names the scale.

``adding_model()`` is the same question put to all trials of depression at once (:mod:`.components`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache

import attrs

from course.content.words import in_a_sentence

from .comparisons import Comparison, comparison, comparisons
from .components import Arm as Part
from .components import Components, fit_components
from .pooling import TrialEffect, Z, is_open, pool
from .records import Study, ledger
from .trials import Arm

#: The three ways to add up: its measure, and what is done.
SCALES = {"RD": "Add the gains", "RR": "Multiply the chances", "OR": "Multiply the odds"}
NEITHER, MEDICATION, THERAPY, BOTH = "neither", "medication", "therapy", "both"
#: Which arms of a trial may stand in each group, the first that there is. Usual care stands in where nobody had a placebo.
_STANDS_FOR = {NEITHER: ("placebo", "other"), MEDICATION: ("medication",), THERAPY: ("therapy", "therapy_placebo"), BOTH: ("both",)}
#: The arms of depression trials as parts to add up.
_PARTS = {"medication": "medication", "therapy": "therapy", "both": "medication + therapy", "placebo": "placebo"}


@attrs.frozen
class Group:
    """One group of a trial: what was given, and how many of how many people had the outcome."""

    detail: str
    events: int
    n: int

    @property
    def share(self) -> float:
        return self.events / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share (Wilson 1927, J Am Stat Assoc 22:209), which never leaves 0 to 1."""
        shrunk = 1 + Z**2 / self.n
        middle = (self.share + Z**2 / (2 * self.n)) / shrunk
        half = Z / shrunk * math.sqrt(self.share * (1 - self.share) / self.n + Z**2 / (4 * self.n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def text(self) -> str:
        """``81 (73 to 86)`` of 100."""
        low, high = self.interval
        return f"{round(100 * self.share)} ({round(100 * low)} to {round(100 * high)})"

    @property
    def name(self) -> str:
        """What was given, as it stands inside a sentence."""
        return in_a_sentence(self.detail)

    @property
    def cells(self) -> tuple[float, float]:
        """People with and without the outcome, half a person added to each where one is nobody."""
        half = 0.5 if self.events in (0, self.n) else 0.0
        return self.events + half, self.n - self.events + half


@attrs.frozen
class FourGroups:
    """A trial with neither treatment, each alone, and both. ``people``, ``did`` and ``outcome`` make sentences."""

    key: str
    name: str
    title: str
    people: str
    did: str
    outcome: str
    groups: dict[str, Group] = attrs.field(hash=False)
    study: Study
    solid: bool

    @property
    def size(self) -> int:
        return sum(group.n for group in self.groups.values())

    @property
    def both(self) -> Group:
        return self.groups[BOTH]


@attrs.frozen
class AddedUp:
    """What one scale predicts for the combined group, and how far from it that group was.

    ``share`` may be more than 1: on some scales the sum asks for more people than there are. ``gap`` is what was seen against it, on the
    scale: a difference, a ratio of chances or a ratio of odds.
    """

    measure: str
    share: float
    gap: TrialEffect

    @property
    def possible(self) -> bool:
        return 0 <= self.share <= 1

    @property
    def fits(self) -> bool:
        """Whether what was seen cannot be told apart from the sum."""
        return is_open(self.gap)

    @property
    def of_hundred(self) -> int:
        return round(100 * self.share)


@lru_cache
def four_groups() -> dict[str, FourGroups]:
    """Every trial on file with all four groups at one time, by its key: the largest first, and those with counts worked out by the course last."""
    found = [trial for made in comparisons().values() if made.good for trial in _of_set(made)]
    return {trial.key: trial for trial in sorted(found, key=lambda trial: (not trial.solid, -trial.size))}


def _of_set(made: Comparison):
    times: dict[tuple, dict[str, Arm]] = defaultdict(dict)
    for arm in made.counted():
        times[arm.trial, arm.weeks].setdefault(arm.arm, arm)
    for (key, _weeks), arms in times.items():
        groups = {name: next((arms[kind] for kind in kinds if kind in arms), None) for name, kinds in _STANDS_FOR.items()}
        if all(groups.values()):
            yield _four(key, made, groups)


def _four(key: str, made: Comparison, arms: dict[str, Arm]) -> FourGroups:
    study = next(iter(arms.values())).study
    own = ledger().studies.get(key, study)
    groups = {name: Group(arm.detail, arm.events, arm.n) for name, arm in arms.items()}
    solid = not any(arm.inferred for arm in arms.values())
    return FourGroups(key, made.names.get(key, own.short), made.title, made.people, made.did, made.outcome, groups, study, solid)


def added_up(trial: FourGroups) -> tuple[AddedUp, ...]:
    """What adding up predicts for the combined group on each of the three scales."""
    return tuple(_added_up(trial, measure) for measure in SCALES)


def _added_up(trial: FourGroups, measure: str) -> AddedUp:
    """The place of each group on the scale, medication + therapy − neither, and the variance of all four together."""
    places, variances = zip(*(_place(trial.groups[name], measure) for name in (NEITHER, MEDICATION, THERAPY, BOTH)), strict=True)
    neither, medication, therapy, both = places
    total = medication + therapy - neither
    share = {"RD": lambda: total, "RR": lambda: math.exp(total), "OR": lambda: 1 / (1 + math.exp(-total))}[measure]()
    return AddedUp(measure, share, TrialEffect(trial.name, measure, both - total, sum(variances)))


def _place(group: Group, measure: str) -> tuple[float, float]:
    """Where a group stands on a scale (a share, its logarithm or its log odds), and the variance of that."""
    with_it, without = group.cells
    if measure == "RD":
        return group.share, with_it * without / (with_it + without) ** 3
    if measure == "RR":
        return math.log(with_it / (with_it + without)), 1 / with_it - 1 / (with_it + without)
    return math.log(with_it / without), 1 / with_it + 1 / without


def gap_as_pooled(trial: FourGroups):
    """The gap to the sum of the gains, as a result of one trial, so that its certainty can be rated."""
    return pool([_added_up(trial, "RD").gap])


@lru_cache
def adding_model() -> tuple[Components, tuple[Study, ...]]:
    """Medication and therapy as two parts, from all trials of depression at once; and where the counts were read."""
    times: dict[str, dict] = defaultdict(lambda: defaultdict(list))
    for arm in comparison("depression").counted():
        if arm.arm in _PARTS and not arm.inferred:
            times[arm.trial][arm.weeks].append(arm)
    chosen = [max(weeks.values(), key=len) for weeks in times.values()]
    parts = [Part(arm.trial, _PARTS[arm.arm], arm.events, arm.n) for arms in chosen if len(arms) > 1 for arm in arms]
    return fit_components(parts), tuple(dict.fromkeys(arm.study for arms in chosen if len(arms) > 1 for arm in arms))
