"""Adding treatments up: what each part of a combination does, if parts simply add on the log-odds scale.

``fit_components(arms)`` takes every arm of every trial. A treatment such as ``"CBT + SSRI"`` is read as its parts, and
one effect a part is estimated from all trials at once: each :class:`Component` is the odds ratio of adding that part to
anything else. ``predict("CBT + SSRI")`` multiplies them up, and :attr:`Components.combinations` sets that beside what
trials of the combination saw. If the two differ, parts do not simply add up.

The additive network model (Welton 2009, Am J Epidemiol 169:1158; frequentist: Rücker, Petropoulou and Schwarzer 2020,
Biom J 62:808). Contrasts within a trial share its baseline arm, so their covariance is kept; trials need not be
connected, as long as the parts connect them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import attrs
import numpy as np
from scipy.special import chdtrc

from .pooling import CannotPool, Counts, LeftOut, TrialEffect, Z, interval_text, listed, pool_table, shown

SEPARATOR = "+"
INACTIVE = ("placebo",)
_ROUNDING = 1e-8


@attrs.frozen
class Arm:
    """One arm of a trial: its treatment, how many people had the outcome, and how many there were."""

    trial: str
    treatment: str
    events: int
    n: int

    def __attrs_post_init__(self):
        if type(self.events) is not int or type(self.n) is not int or self.events < 0:
            raise CannotPool(f"{self.trial}, {self.treatment}: events and n must be whole numbers, 0 or more")
        if not self.n:
            raise CannotPool(f"{self.trial}, {self.treatment}: n is 0; an arm needs people in it")
        if self.events > self.n:
            raise CannotPool(f"{self.trial}, {self.treatment}: events is {self.events} and n is {self.n}; there cannot be more events than people")
        if not all(self.parts):
            raise CannotPool(f"{self.trial}: the treatment is '{self.treatment}'; write its parts with a + between them")

    @property
    def parts(self) -> tuple[str, ...]:
        """``("CBT", "SSRI")``."""
        return parts_of(self.treatment)


def parts_of(treatment: str) -> tuple[str, ...]:
    """The parts of a treatment, in alphabetical order: ``"SSRI + CBT"`` and ``"CBT+SSRI"`` are one."""
    return tuple(sorted({" ".join(part.split()) for part in treatment.split(SEPARATOR)}))


def joined(parts: Sequence[str]) -> str:
    return f" {SEPARATOR} ".join(parts)


@attrs.frozen
class Component:
    """A part, or a whole treatment, as an odds ratio; ``None`` where these trials cannot tell."""

    name: str
    log_odds_ratio: float | None
    standard_error: float | None

    @property
    def odds_ratio(self) -> float | None:
        return None if self.log_odds_ratio is None else shown("OR", self.log_odds_ratio)

    @property
    def low(self) -> float | None:
        return None if self.log_odds_ratio is None else shown("OR", self.log_odds_ratio - Z * self.standard_error)

    @property
    def high(self) -> float | None:
        return None if self.log_odds_ratio is None else shown("OR", self.log_odds_ratio + Z * self.standard_error)

    @property
    def text(self) -> str:
        """``2.05 (1.38 to 3.04)``."""
        if self.log_odds_ratio is None:
            return "cannot be told from these trials"
        return interval_text("OR", self.odds_ratio, self.low, self.high)


@attrs.frozen
class Combination:
    """What adding up predicts for a combination, beside what trials of it saw against one of its own parts."""

    treatment: str
    against: str
    trials: int
    observed: TrialEffect | None
    observed_text: str
    predicted: Component


@attrs.frozen
class Components:
    """The additive model's result.

    ``q`` on ``df`` degrees of freedom is what disagrees between trials and with adding up together;
    ``adding_q`` on ``adding_df`` is the part of it that comes from adding up (``None`` where no network is
    left to compare with). ``parts`` and ``covariance`` are the working numbers behind ``predict``.
    """

    method: str
    components: tuple[Component, ...]
    inactive: tuple[str, ...]
    trials: int
    arms: int
    tau2: float
    q: float
    df: int
    q_p: float | None
    i2: float
    adding_q: float | None
    adding_df: int | None
    adding_p: float | None
    combinations: tuple[Combination, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]
    parts: tuple[str, ...]
    effects: np.ndarray = attrs.field(repr=False, eq=False)
    covariance: np.ndarray = attrs.field(repr=False, eq=False)
    seen: np.ndarray = attrs.field(repr=False, eq=False)

    def predict(self, treatment: str, against: str = "") -> Component:
        """The odds ratio that adding up gives for a treatment, against nothing active or against another treatment.

        >>> arms = [Arm("1", "A", 30, 60), Arm("1", "placebo", 20, 60), Arm("2", "A+B", 40, 60), Arm("2", "A", 30, 60)]
        >>> fit_components(arms).predict("A + B").text
        '4.00 (1.41 to 11.35)'
        """
        row = self._row(treatment) - (self._row(against) if against else 0)
        name = joined(parts_of(treatment)) + (f" against {joined(parts_of(against))}" if against else "")
        return _estimate(name, row, self.effects, self.covariance, self.seen)

    def _row(self, treatment: str) -> np.ndarray:
        row = np.zeros(len(self.parts))
        for part in parts_of(treatment):
            if part in self.parts:
                row[self.parts.index(part)] = 1
            elif part.lower() not in self.inactive:
                raise CannotPool(f"no trial has '{part}'; there is: {', '.join(self.parts)}")
        return row


def fit_components(arms: Sequence[Arm], method: str = "DL", inactive: Sequence[str] = INACTIVE) -> Components:
    """Each part's odds ratio, from all arms of all trials at once, if parts add up.

    ``method`` is ``fixed`` or ``DL``. ``inactive`` names what counts as nothing (a pill placebo): its effect
    is set to none, everything else is against it. A zero cell: 0.5 is added to every arm of that trial. A
    trial with one arm, or with no contrast at all, is left out, and said so.

    Generalised least squares on contrasts with each trial's first arm; τ² by the method of moments (Jackson,
    White and Riley 2012, Stat Med 31:3805; in the additive model Rücker 2020): (Q − df) / tr(PS), P the fixed-effect
    residual projection and S the pattern of τ², 1 for a contrast and ½ between contrasts of one trial.
    """
    if method not in ("fixed", "DL"):
        raise CannotPool(f"there is no method '{method}' for components; use fixed or DL")
    inactive = tuple(word.strip().lower() for word in inactive)
    trials, left_out, notes = _usable(arms)
    names = sorted({part for group in trials.values() for arm in group for part in arm.parts if part.lower() not in inactive})
    if not names:
        raise CannotPool("no trial is left with an active treatment to compare; check the treatment column")
    blocks = [_contrasts(group, lambda arm: arm.parts, names) for group in trials.values()]
    fit = _least_squares(blocks, len(names), method)
    components = tuple(_estimate(name, row, fit.effects, fit.covariance, fit.seen) for name, row in zip(names, np.eye(len(names)), strict=True))
    notes += _notes(trials, components, names, inactive, fit)
    adding_q, adding_df, adding_p = _test_of_adding_up(trials, inactive, blocks, len(names))
    result = Components(
        method, components, inactive, len(trials), sum(map(len, trials.values())), fit.tau2, fit.q, fit.df,
        float(chdtrc(fit.df, fit.q)) if fit.df else None, max(0.0, 100 * (fit.q - fit.df) / fit.q) if fit.q > 0 and fit.df else 0.0,
        adding_q, adding_df, adding_p, (), tuple(left_out), tuple(notes), tuple(names), fit.effects, fit.covariance, fit.seen,
    )  # fmt: skip
    return attrs.evolve(result, combinations=_combinations(trials, result, method))


def _usable(arms: Sequence[Arm]):
    """Trials by name with at least two arms and some contrast; the others with the reason."""
    groups: dict[str, list[Arm]] = defaultdict(list)
    for arm in arms:
        groups[arm.trial].append(arm)
    trials, left_out, notes = {}, [], []
    for trial, group in groups.items():
        if len({arm.parts for arm in group}) < 2:
            reason = "it has a single arm, so there is nothing to compare" if len(group) == 1 else "all its arms have the same treatment"
            left_out.append(LeftOut(trial, reason))
        elif not any(arm.events for arm in group) or all(arm.events == arm.n for arm in group):
            left_out.append(LeftOut(trial, "everybody or nobody had the outcome in every arm, so it says nothing about odds"))
        else:
            trials[trial] = group
            if any(arm.events in (0, arm.n) for arm in group):
                notes.append(f"{trial}: in one of its arms everybody or nobody had the outcome, so 0.5 was added to each cell of the trial.")
    if not trials:
        raise CannotPool(f"no trial is left to compare{f' ({left_out[0].trial}: {left_out[0].reason})' if left_out else ''}; give at least two arms a trial")
    return trials, left_out, notes


@attrs.frozen
class _Block:
    """One trial's contrasts with its first arm: log odds ratios, their covariance, the design, and the shape of τ²."""

    y: np.ndarray
    covariance: np.ndarray
    design: np.ndarray
    shared: np.ndarray


def _contrasts(group: Sequence[Arm], parts, names: Sequence[str]) -> _Block:
    half = 0.5 if any(arm.events in (0, arm.n) for arm in group) else 0.0
    events = np.array([arm.events + half for arm in group])
    others = np.array([arm.n - arm.events + half for arm in group])
    log_odds, variance = np.log(events) - np.log(others), 1 / events + 1 / others
    place = {name: i for i, name in enumerate(names)}
    rows = np.zeros((len(group), len(names)))
    for row, arm in zip(rows, group, strict=True):
        row[[place[part] for part in parts(arm) if part in place]] = 1
    count = len(group) - 1
    shared = np.full((count, count), 0.5) + 0.5 * np.eye(count)
    return _Block(log_odds[1:] - log_odds[0], np.diag(variance[1:]) + variance[0], rows[1:] - rows[0], shared)


@attrs.frozen
class _Fit:
    effects: np.ndarray
    covariance: np.ndarray
    seen: np.ndarray
    q: float
    df: int
    tau2: float


def _least_squares(blocks: Sequence[_Block], count: int, method: str) -> _Fit:
    """Fixed effect first, for Q and τ²; then again with τ² where it is above 0. Trial by trial, so that large tables fit."""
    seen, rank = _seen(blocks, count)
    fixed = _solve(blocks, count, 0.0)
    effects, covariance = fixed
    q = sum(float(r @ np.linalg.solve(b.covariance, r)) for b in blocks for r in [b.y - b.design @ effects])
    df = sum(len(b.y) for b in blocks) - rank
    if df == 0 or q < 1e-12:
        q = 0.0 if df == 0 else max(q, 0.0)
    tau2 = 0.0
    if method == "DL" and df > 0 and q > df:
        inner, trace = np.zeros((count, count)), 0.0
        for block in blocks:
            w = np.linalg.inv(block.covariance)
            wx = w @ block.design
            trace += float(np.sum(w * block.shared))
            inner += wx.T @ block.shared @ wx
        spread = trace - float(np.sum(covariance * inner))
        tau2 = (q - df) / spread if spread > _ROUNDING else 0.0
        effects, covariance = _solve(blocks, count, tau2)
    return _Fit(effects, covariance, seen, q, df, tau2)


def _solve(blocks: Sequence[_Block], count: int, tau2: float):
    """Effects and their covariance; the shortest solution where some parts cannot be told apart."""
    information, score = np.zeros((count, count)), np.zeros(count)
    for block in blocks:
        w = np.linalg.inv(block.covariance + tau2 * block.shared)
        information += block.design.T @ w @ block.design
        score += block.design.T @ w @ block.y
    covariance = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    return covariance @ score, covariance


def _seen(blocks: Sequence[_Block], count: int):
    """The projection on what the design can see (a row it leaves unchanged can be estimated), and its rank."""
    gram = np.zeros((count, count))
    for block in blocks:
        gram += block.design.T @ block.design
    values, vectors = np.linalg.eigh(gram)
    kept = vectors[:, values > _ROUNDING * max(1.0, values.max())]
    return kept @ kept.T, kept.shape[1]


def _estimate(name: str, row: np.ndarray, effects, covariance, seen) -> Component:
    if np.abs(seen @ row - row).max(initial=0.0) > 1e-6:
        return Component(name, None, None)
    return Component(name, float(row @ effects), math.sqrt(max(0.0, float(row @ covariance @ row))))


def _notes(trials, components, names, inactive, fit) -> list[str]:
    notes = []
    unknown = [c.name for c in components if c.log_odds_ratio is None]
    if unknown:
        why = "It may stand in each arm of its trials." if _has_inactive(trials, inactive) else "Name the arm that counts as no treatment, as placebo does."
        notes.append(f"The effect of {listed(unknown)} alone cannot be told: no chain of comparisons sets it apart. {why}")
    islands = _islands(trials)
    if islands > 1:
        notes.append(f"The treatments fall into {islands} networks without a trial between them; only the assumption that parts add up joins them.")
    if not any(len(arm.parts) > 1 for group in trials.values() for arm in group):
        notes.append("No arm is a combination, so nothing here can show whether parts add up.")
    if fit.df == 0:
        notes.append("There are only just enough comparisons to estimate each part, so neither disagreement nor adding up can be checked.")
    elif not fit.tau2 and fit.q <= fit.df:
        notes.append("The trials differ no more from the model than chance would make them, so τ² is 0. That does not prove that parts add up.")
    return notes


def _has_inactive(trials, inactive) -> bool:
    return any(all(part.lower() in inactive for part in arm.parts) for group in trials.values() for arm in group)


def _islands(trials) -> int:
    """How many separate networks the treatments make, with each combination as one treatment."""
    home: dict[tuple, tuple] = {}

    def root(node):
        home.setdefault(node, node)
        while home[node] != node:
            home[node] = home[home[node]]
            node = home[node]
        return node

    for group in trials.values():
        for arm in group[1:]:
            home[root(arm.parts)] = root(group[0].parts)
    return len({root(node) for node in list(home)})


def _test_of_adding_up(trials, inactive, blocks, count: int):
    """Q of the additive model less Q with each combination as a treatment of its own (Rücker 2020)."""
    whole = sorted({arm.parts for group in trials.values() for arm in group})
    plain = [_contrasts(group, lambda arm: (arm.parts,), whole) for group in trials.values()]
    added, free = _least_squares(blocks, count, "fixed"), _least_squares(plain, len(whole), "fixed")
    df = added.df - free.df
    if df <= 0:
        return None, None, None
    q = max(0.0, added.q - free.q)
    return q, df, float(chdtrc(df, q))


def _combinations(trials, result: Components, method: str) -> tuple[Combination, ...]:
    """Each combination against each of its own parts that it met in a trial."""
    met: dict[tuple, list[Counts]] = defaultdict(list)
    for trial, group in trials.items():
        for whole in group:
            for part in group:
                if set(part.parts) < set(whole.parts):
                    met[whole.parts, part.parts].append(Counts(trial, whole.events, whole.n, part.events, part.n))
    combinations = []
    for (whole, part), tables in sorted(met.items()):
        try:
            pooled = pool_table(tables, "OR", method)
            observed, text = TrialEffect("", "OR", pooled.estimate, pooled.standard_error**2), pooled.text
        except CannotPool as error:
            observed, text = None, str(error)
        combinations.append(Combination(joined(whole), joined(part), len(tables), observed, text, result.predict(joined(whole), joined(part))))
    return tuple(combinations)
