"""Pooling trials: from each trial's counts or means to one answer, every step open to a student's eye.

``pool(effects)`` gives a :class:`Pooled` record: the estimate with its 95 % interval, how far the trials
disagree, what a new setting may see, and notes in plain sentences. The effects come from
:func:`trial_effects`, which turns a table of :class:`Counts` or :class:`Means` into one
:class:`TrialEffect` a trial and says which trials could not be used, and why.

Five measures: ``RR`` risk ratio, ``OR`` odds ratio, ``RD`` risk difference, ``SMD`` standardised mean
difference (Hedges' g), ``MD`` mean difference. Four methods: ``fixed``, ``DL`` (DerSimonian and Laird),
``PM`` (Paule and Mandel), ``REML``. Ratios are pooled as logarithms and shown as ratios. Group 1 stands
first in every comparison: a ratio above 1, or a difference above 0, means more in group 1.

No result is ever ``nan``: what cannot be worked out is ``None``, and a note says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtrit

from course.content.reading import PlainError, did_you_mean

MEASURES = {
    "RR": "risk ratio",
    "OR": "odds ratio",
    "RD": "risk difference",
    "SMD": "standardised mean difference",
    "MD": "mean difference",
}
RATIOS = ("RR", "OR")
METHODS = {
    "fixed": "fixed effect, inverse variance",
    "DL": "random effects, DerSimonian and Laird",
    "PM": "random effects, Paule and Mandel",
    "REML": "random effects, restricted maximum likelihood",
}
Z = float(ndtri(0.975))
LARGEST = 1e12  # beyond this a number in a table of trials is a slip, and its square would not fit
_NO_VARIANCE = 1e-15  # a trial this many times more precise than the least precise one has no variance to speak of


class CannotPool(PlainError, ValueError):
    """A request that has no answer, in one sentence."""


# ── Trials ───────────────────────────────────────────────────────────────────────────────────────


def _count(_instance, attribute, value):
    if type(value) is not int or value < 0:
        raise CannotPool(f"{attribute.name} is {value}; it must be a whole number, 0 or more")


def _finite(_instance, attribute, value):
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise CannotPool(f"{attribute.name} is {value:g}; it must be a number that could have been measured")


@attrs.frozen
class Counts:
    """A trial as a 2×2 table: how many of how many people had the outcome in each group."""

    trial: str
    events_1: int = attrs.field(validator=_count)
    n_1: int = attrs.field(validator=_count)
    events_2: int = attrs.field(validator=_count)
    n_2: int = attrs.field(validator=_count)

    def __attrs_post_init__(self):
        for group in (1, 2):
            events, people = getattr(self, f"events_{group}"), getattr(self, f"n_{group}")
            if not people:
                raise CannotPool(f"n_{group} is 0; a group needs people in it")
            if events > people:
                raise CannotPool(f"events_{group} is {events} and n_{group} is {people}; there cannot be more events than people")
            if people > LARGEST:
                raise CannotPool(f"n_{group} is {people}; no group is that large")

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """With and without the outcome in group 1, then in group 2."""
        return self.events_1, self.n_1 - self.events_1, self.events_2, self.n_2 - self.events_2


@attrs.frozen
class Means:
    """A trial that measured a score: mean, standard deviation and number of people in each group."""

    trial: str
    mean_1: float = attrs.field(validator=_finite)
    sd_1: float = attrs.field(validator=_finite)
    n_1: int = attrs.field(validator=_count)
    mean_2: float = attrs.field(validator=_finite)
    sd_2: float = attrs.field(validator=_finite)
    n_2: int = attrs.field(validator=_count)

    def __attrs_post_init__(self):
        for group in (1, 2):
            if getattr(self, f"sd_{group}") < 0:
                raise CannotPool(f"sd_{group} is {getattr(self, f'sd_{group}'):g}; a standard deviation is never below 0")
            if not 2 <= getattr(self, f"n_{group}") <= LARGEST:
                raise CannotPool(f"n_{group} is {getattr(self, f'n_{group}')}; a standard deviation needs at least two people")


@attrs.frozen
class TrialEffect:
    """One trial's effect. ``estimate`` and ``variance`` are on the scale that is pooled: ratios as logarithms."""

    trial: str
    measure: str
    estimate: float
    variance: float
    note: str = ""

    def __attrs_post_init__(self):
        _known(self.measure, MEASURES, "measure")
        if not math.isfinite(self.estimate) or abs(self.estimate) > LARGEST:
            raise CannotPool(f"the effect of {self.trial or 'a trial'} is {self.estimate:g}; it must be a number that could have been measured")
        if not 0 <= self.variance <= LARGEST**2:
            raise CannotPool(f"the variance of {self.trial or 'a trial'} is {self.variance:g}; it must be a number, 0 or more")

    @property
    def value(self) -> float:
        """The effect as people read it: a ratio, or a difference."""
        return shown(self.measure, self.estimate)

    @property
    def low(self) -> float:
        return shown(self.measure, self.estimate - Z * math.sqrt(self.variance))

    @property
    def high(self) -> float:
        return shown(self.measure, self.estimate + Z * math.sqrt(self.variance))

    @property
    def text(self) -> str:
        """``1.32 (0.91 to 1.92)``."""
        return interval_text(self.measure, self.value, self.low, self.high)


@attrs.frozen
class LeftOut:
    """A trial that could not be used, with the reason in a sentence."""

    trial: str
    reason: str


def shown(measure: str, estimate: float) -> float:
    """An estimate as people read it: logarithms turned back into ratios."""
    return math.exp(max(-700.0, min(700.0, estimate))) if measure in RATIOS else estimate


def number_text(measure: str, value: float) -> str:
    """A value as it is printed: risk differences in percentage points, all else with two decimals.

    A ratio too small or too large to mean anything is only said to be so.
    """
    if measure == "RD":
        return _signed(100 * max(-1.0, min(1.0, value)), 1)  # an approximate interval can run past everybody
    if measure in RATIOS and not 0.001 <= value <= 1000:
        return "under 0.001" if value < 1 else "over 1,000"
    if measure in RATIOS and value < 0.005:
        return f"{value:.3f}"
    return _signed(value, 2)


def interval_text(measure: str, value: float, low: float | None, high: float | None) -> str:
    """``1.32 (0.91 to 1.92)``; without an interval where there is none."""
    unit = " percentage points" if measure == "RD" else ""
    if low is None or high is None:
        return f"{number_text(measure, value)}{unit}"
    return f"{number_text(measure, value)}{unit} ({number_text(measure, low)} to {number_text(measure, high)})"


def _signed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not float(text.replace(",", "")) else text.replace("-", "−")


def _known(word: str, words, kind: str) -> None:
    if word not in words:
        raise CannotPool(f"there is no {kind} '{word}'; {did_you_mean(word, words, 'use one of: ' + ', '.join(words))}")


# ── One trial's effect ───────────────────────────────────────────────────────────────────────────

_HALF = "A cell of the table is 0, so 0.5 was added to all four cells before the ratio was worked out."
_HALF_VARIANCE = "Everybody or nobody had the outcome in each group, so 0.5 was added to all four cells to get a variance; the difference itself is as counted."


def risk_ratio(table: Counts) -> TrialEffect | LeftOut:
    """How many times as likely the outcome is in group 1 as in group 2.

    A trial with no outcome in either group, or with the outcome in everybody, says nothing about a ratio
    and is left out. Any other zero cell: 0.5 is added to each cell, and the note says so.

    Variance of the logarithm 1/a − 1/n₁ + 1/c − 1/n₂ (Katz 1978, Biometrics 34:469); zero cells after the
    Cochrane Handbook, chapter 10.
    """
    out = _no_contrast(table)
    if out:
        return out
    (a, b, c, d), note = _half_added(table)
    n1, n2 = a + b, c + d
    return TrialEffect(table.trial, "RR", math.log(a / n1) - math.log(c / n2), b / (a * n1) + d / (c * n2), note)


def odds_ratio(table: Counts) -> TrialEffect | LeftOut:
    """How many times the odds of the outcome are in group 1 those in group 2.

    Trials without any contrast are left out and zero cells get 0.5, as in :func:`risk_ratio`.

    Variance of the logarithm 1/a + 1/b + 1/c + 1/d (Woolf 1955, Ann Hum Genet 19:251).
    """
    out = _no_contrast(table)
    if out:
        return out
    (a, b, c, d), note = _half_added(table)
    return TrialEffect(table.trial, "OR", math.log(a) - math.log(b) - math.log(c) + math.log(d), 1 / a + 1 / b + 1 / c + 1 / d, note)


def risk_difference(table: Counts) -> TrialEffect:
    """How many more people of one had the outcome in group 1 than in group 2; times 100, of a hundred.

    Every trial counts, also one without any outcome. Where both groups are at 0 % or 100 % the variance
    comes from cells with 0.5 added, and the note says so.

    Variance p₁(1 − p₁)/n₁ + p₂(1 − p₂)/n₂ (Wald; Cochrane Handbook, chapter 10).
    """
    difference = table.events_1 / table.n_1 - table.events_2 / table.n_2
    a, b, c, d = table.cells
    variance, note = a * b / (a + b) ** 3 + c * d / (c + d) ** 3, ""
    if not variance:
        a, b, c, d = (cell + 0.5 for cell in table.cells)
        variance, note = a * b / (a + b) ** 3 + c * d / (c + d) ** 3, _HALF_VARIANCE
    return TrialEffect(table.trial, "RD", difference, variance, note)


def mean_difference(means: Means) -> TrialEffect | LeftOut:
    """How many points higher the mean of group 1 is than that of group 2, on the trial's own scale.

    Variance sd₁²/n₁ + sd₂²/n₂ (Cochrane Handbook, chapter 10).
    """
    variance = means.sd_1**2 / means.n_1 + means.sd_2**2 / means.n_2
    if not variance:
        return _no_spread(means)
    return TrialEffect(means.trial, "MD", means.mean_1 - means.mean_2, variance)


def standardised_mean_difference(means: Means) -> TrialEffect | LeftOut:
    """How many standard deviations higher the mean of group 1 is: Hedges' g, for trials with different scales.

    The pooled standard deviation, the small-sample correction 1 − 3/(4N − 9), and the variance
    N/(n₁n₂) + g²/(2(N − 3.94)) (Hedges 1981, J Educ Stat 6:107, as used in Cochrane reviews: Deeks and
    Higgins 2010, Statistical algorithms in Review Manager 5).
    """
    n1, n2 = means.n_1, means.n_2
    total = n1 + n2
    pooled = math.sqrt(((n1 - 1) * means.sd_1**2 + (n2 - 1) * means.sd_2**2) / (total - 2))
    if not pooled:
        return _no_spread(means)
    g = (1 - 3 / (4 * total - 9)) * (means.mean_1 - means.mean_2) / pooled
    return TrialEffect(means.trial, "SMD", g, total / (n1 * n2) + g**2 / (2 * (total - 3.94)))


def _no_contrast(table: Counts) -> LeftOut | None:
    a, b, c, d = table.cells
    if a == c == 0:
        return LeftOut(table.trial, "nobody had the outcome in either group, so the trial says nothing about a ratio; a risk difference can use it")
    if b == d == 0:
        return LeftOut(table.trial, "everybody had the outcome in both groups, so the trial says nothing about a ratio; a risk difference can use it")
    return None


def _half_added(table: Counts):
    if 0 in table.cells:
        return tuple(cell + 0.5 for cell in table.cells), _HALF
    return table.cells, ""


def _no_spread(means: Means) -> LeftOut:
    return LeftOut(means.trial, "both standard deviations are 0, so the trial has no variance to weigh it by")


MEASURE_OF = {
    "RR": (risk_ratio, Counts),
    "OR": (odds_ratio, Counts),
    "RD": (risk_difference, Counts),
    "SMD": (standardised_mean_difference, Means),
    "MD": (mean_difference, Means),
}


def trial_effects(trials: Sequence[Counts | Means], measure: str) -> tuple[tuple[TrialEffect, ...], tuple[LeftOut, ...]]:
    """Each trial's effect, and the trials that could not be used with the reason.

    >>> kept, left_out = trial_effects([Counts("A", 23, 32, 19, 35), Counts("B", 0, 20, 0, 21)], "RR")
    >>> kept[0].text
    '1.32 (0.91 to 1.92)'
    >>> left_out[0].trial
    'B'
    """
    _known(measure, MEASURES, "measure")
    work_out, kind = MEASURE_OF[measure]
    for trial in trials:
        if not isinstance(trial, kind):
            needs = "events and people" if kind is Counts else "means and standard deviations"
            raise CannotPool(f"a {MEASURES[measure]} needs {needs} in each group; '{trial.trial}' has something else")
    found = [work_out(trial) for trial in trials]
    return tuple(f for f in found if isinstance(f, TrialEffect)), tuple(f for f in found if isinstance(f, LeftOut))


# ── How far trials disagree ──────────────────────────────────────────────────────────────────────


def tau_squared(estimates: Sequence[float], variances: Sequence[float], method: str = "REML") -> float:
    """How much the trials' true effects vary, as a variance; 0 when chance alone explains the differences.

    ``DL``: (Q − (k − 1)) / (Σw − Σw²/Σw) with w = 1/v (DerSimonian and Laird 1986, Control Clin Trials 7:177).
    ``PM``: the τ² at which Σ(y − μ)²/(v + τ²) = k − 1 (Paule and Mandel 1982, J Res Natl Bur Stand 87:377;
    DerSimonian and Kacker 2007, Contemp Clin Trials 28:105). ``REML``: the highest point of the restricted
    likelihood (Viechtbauer 2005, J Educ Behav Stat 30:261), looked for over the whole range so that a second
    hump is not mistaken for it. All are cut off at 0.
    """
    _known(method, METHODS, "method")
    y, v = np.asarray(estimates, float), np.asarray(variances, float)
    if method == "fixed" or len(y) < 2:
        return 0.0
    scale = v.max()
    tau2 = {"DL": _tau_dl, "PM": _tau_pm, "REML": _tau_reml}[method](y / math.sqrt(scale), v / scale)
    return float(tau2 * scale)


def _tau_dl(y, v) -> float:
    w = 1 / v
    spread = w.sum() - (w**2).sum() / w.sum()
    return max(0.0, (_cochran_q(y, v) - (len(y) - 1)) / spread)


def _tau_pm(y, v) -> float:
    """Newton's steps from 0 rise to the root and never pass it, because the left side falls and is convex."""
    tau2 = 0.0
    for _ in range(500):
        w = 1 / (v + tau2)
        squares = (y - w @ y / w.sum()) ** 2
        surplus = w @ squares - (len(y) - 1)
        step = surplus / (w**2 @ squares) if surplus > 0 else 0.0
        tau2 += step
        if step <= 1e-15 * tau2:
            break
    return tau2


def _tau_reml(y, v) -> float:
    largest = 4 * float(np.ptp(y)) ** 2 + 1
    grid = np.concatenate([[0.0], largest * np.logspace(-10, 0, 120)])
    best = int(np.argmax(_restricted_likelihood(grid, y, v)))
    if _reml_slope(grid[best], y, v) > 0:
        low, high = grid[best], grid[min(best + 1, len(grid) - 1)]
    elif best:
        low, high = grid[best - 1], grid[best]
    else:
        return 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _reml_slope(middle, y, v) > 0 else (low, middle)
    return (low + high) / 2


def _restricted_likelihood(grid, y, v):
    w = 1 / (v + grid[:, None])
    mean = (w @ y) / w.sum(1)
    return 0.5 * (np.log(w).sum(1) - np.log(w.sum(1)) - (w * (y - mean[:, None]) ** 2).sum(1))


def _reml_slope(tau2: float, y, v) -> float:
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(w**2 @ (y - mean) ** 2 - w.sum() + (w**2).sum() / w.sum())


def _cochran_q(y, v) -> float:
    w = 1 / v
    return float(w @ (y - w @ y / w.sum()) ** 2)


# ── Pooling ──────────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Pooled:
    """Trials pooled into one answer.

    ``estimate`` and ``standard_error`` are on the pooled scale (logarithm for ratios); ``value``, ``low``,
    ``high`` and the prediction interval are as people read them. ``weights`` are per cents in the order of
    ``trials``. ``i2`` is a per cent. ``None`` means that there is no such number; ``notes`` says why.
    """

    measure: str
    method: str
    knapp_hartung: bool
    trials: tuple[TrialEffect, ...]
    weights: tuple[float, ...]
    estimate: float
    standard_error: float | None
    value: float
    low: float | None
    high: float | None
    q: float
    df: int
    q_p: float | None
    i2: float
    h: float | None
    tau2: float
    prediction_low: float | None
    prediction_high: float | None
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """``1.25 (1.14 to 1.37)``."""
        return interval_text(self.measure, self.value, self.low, self.high)

    @property
    def prediction_text(self) -> str:
        """``0.86 to 2.10``, or nothing."""
        if self.prediction_low is None:
            return ""
        return f"{number_text(self.measure, self.prediction_low)} to {number_text(self.measure, self.prediction_high)}"


def pool(effects: Sequence[TrialEffect], method: str = "REML", knapp_hartung: bool = False, left_out: Sequence[LeftOut] = ()) -> Pooled:
    """All trials' effects as one, each weighted by how much it tells.

    ``knapp_hartung`` takes the interval from the spread that was seen, with Student's t: honest for few trials.

    Weights w = 1/(v + τ²), μ = Σwy/Σw, standard error 1/√Σw (DerSimonian and Laird 1986, Control Clin Trials 7:177).
    Hartung and Knapp: standard error √(Σw(y − μ)² / ((k − 1)Σw)), t on k − 1 degrees of freedom, without the ad
    hoc rule that forbids a narrower interval (2001, Stat Med 20:3875). Q = Σ(y − μ)²/v at τ² = 0 (Cochran 1954,
    Biometrics 10:101). I² = (Q − df)/Q and H = √(Q/df) (Higgins and Thompson 2002, Stat Med 21:1539). Prediction
    interval μ ± t√(τ² + se²), t on k − 2, with the standard error in use (Higgins, Thompson and Spiegelhalter
    2009, J R Stat Soc A 172:137).

    >>> kept, _ = trial_effects([Counts("A", 23, 32, 19, 35), Counts("B", 32, 59, 29, 57)], "RR")
    >>> pool(kept, method="fixed").text
    '1.18 (0.91 to 1.52)'
    """
    _known(method, METHODS, "method")
    left_out, notes = list(left_out), []
    used = _with_variance(effects, left_out, notes)
    if not used:
        reason = f" ({left_out[0].reason})" if left_out else ""
        raise CannotPool(f"no trial is left to pool{reason}; add a trial, or choose another measure")
    measure = used[0].measure
    if any(effect.measure != measure for effect in used):
        raise CannotPool("the trials are on different measures; work out the same one for all of them")
    notes += list(dict.fromkeys(_zero_cell_note(used, measure)))
    y, v = np.array([e.estimate for e in used]), np.array([e.variance for e in used])
    if not v.any():
        return _without_variance(used, measure, method, left_out, notes)
    return _weighted(used, y, v, method, knapp_hartung, left_out, notes)


def _with_variance(effects, left_out, notes):
    """The effects that can be weighed; others go to ``left_out``. Without any variance at all, everything stays."""
    largest = max((effect.variance for effect in effects), default=0)
    if not largest:
        return list(effects)
    used = []
    for effect in effects:
        if effect.variance > _NO_VARIANCE * largest:
            used.append(effect)
        else:
            left_out.append(LeftOut(effect.trial, "its variance is 0, so it would outweigh all other trials together"))
    return used


def _zero_cell_note(used, measure: str):
    names = [effect.trial for effect in used if effect.note]
    if names:
        yield f"{_few_of(names)}: {next(e.note for e in used if e.note)}"


def _few_of(names: Sequence[str]) -> str:
    """Names of trials in a sentence, the first three where there are many."""
    names = [name or "a trial without a name" for name in names]
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return listed(names)


def listed(names: Sequence[str]) -> str:
    """``CBT, IPT and SSRI``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def trials_text(count: int) -> str:
    """``1 trial``, ``3 trials``."""
    return f"{count} trial{'s' * (count != 1)}"


def _without_variance(used, measure, method, left_out, notes) -> Pooled:
    mean = float(np.mean([e.estimate for e in used]))
    notes.append("No trial has a variance, so all count the same and no interval can be worked out.")
    return Pooled(
        measure, method, False, tuple(used), (100 / len(used),) * len(used), mean, None, shown(measure, mean), None, None,
        q=0.0, df=len(used) - 1, q_p=None, i2=0.0, h=None, tau2=0.0,
        prediction_low=None, prediction_high=None, left_out=tuple(left_out), notes=tuple(notes),
    )  # fmt: skip


def _weighted(used, y, v, method, knapp_hartung, left_out, notes) -> Pooled:
    measure, k = used[0].measure, len(used)
    tau2 = tau_squared(y, v, method)
    w = 1 / (v + tau2)
    mean, error = float(w @ y / w.sum()), math.sqrt(1 / w.sum())
    q, df = (_cochran_q(y, v), k - 1) if k > 1 else (0.0, 0)
    notes += _notes_on_spread(k, q, tau2, method)
    factor = Z
    if knapp_hartung:
        knapp_hartung, error, factor = _hartung_knapp(y, w, mean, error, method, notes)
    prediction = (None, None)
    if method != "fixed" and k > 2:
        half = float(stdtrit(k - 2, 0.975)) * math.hypot(math.sqrt(tau2), error)
        prediction = (shown(measure, mean - half), shown(measure, mean + half))
    low, high = shown(measure, mean - factor * error), shown(measure, mean + factor * error)
    return Pooled(
        measure, method, knapp_hartung, tuple(used), tuple(float(x) for x in 100 * w / w.sum()), mean, error, shown(measure, mean), low, high,
        q=q, df=df, q_p=float(chdtrc(df, q)) if df else None, i2=max(0.0, 100 * (q - df) / q) if q > 0 else 0.0,
        h=math.sqrt(q / df) if df else None, tau2=tau2, prediction_low=prediction[0], prediction_high=prediction[1],
        left_out=tuple(left_out), notes=tuple(notes),
    )  # fmt: skip


def _notes_on_spread(k: int, q: float, tau2: float, method: str):
    if k == 1:
        return ["There is one trial, so nothing is pooled: the result is the trial itself, and whether trials differ cannot be known."]
    notes = []
    if method != "fixed" and not tau2:
        notes.append("The trials differ no more than chance would make them, so τ² is 0, as with a fixed effect. That does not prove they agree.")
    if method != "fixed" and k == 2:
        notes.append("With two trials there is no prediction interval: it needs at least three.")
    return notes


def _hartung_knapp(y, w, mean, error, method, notes):
    """Whether it was used, the standard error and the multiplier of the interval."""
    k = len(y)
    if k == 1:
        notes.append("Hartung and Knapp's interval needs at least two trials; this is the ordinary one.")
        return False, error, Z
    ratio = float(w @ (y - mean) ** 2) / (k - 1)
    if np.ptp(y) <= 1e-12 * max(1.0, float(np.abs(y).max())):
        notes.append("All trials have the same effect, so Hartung and Knapp's interval would have no width; this is the ordinary one.")
        return False, error, Z
    factor = float(stdtrit(k - 1, 0.975))
    if factor * math.sqrt(ratio) < Z:
        notes.append("Hartung and Knapp's interval is narrower here than the ordinary one: read it with care.")
    if method == "fixed":
        notes.append("Hartung and Knapp's interval is meant for random effects.")
    return True, error * math.sqrt(ratio), factor


def pool_table(trials: Sequence[Counts | Means], measure: str, method: str = "REML", knapp_hartung: bool = False) -> Pooled:
    """A table of trials, pooled: :func:`trial_effects` and :func:`pool` in one step."""
    kept, left_out = trial_effects(trials, measure)
    return pool(kept, method, knapp_hartung, left_out)


def leave_one_out(pooled: Pooled) -> tuple[tuple[str, Pooled], ...]:
    """The answer without each trial in turn: does one trial carry the result? Empty for a single trial."""
    trials = pooled.trials
    if len(trials) < 2:
        return ()
    return tuple((left.trial, pool([t for t in trials if t is not left], pooled.method, pooled.knapp_hartung)) for left in trials)


# ── Number needed to treat ───────────────────────────────────────────────────────────────────────


@attrs.frozen
class NumberNeeded:
    """How many people are treated for one more good outcome, with the interval the long way round if need be.

    ``benefit``, ``low`` and ``high`` are differences in the share of people who do well: above 0 is benefit.
    """

    benefit: float
    low: float | None
    high: float | None

    @property
    def number(self) -> int | None:
        """People to treat, rounded up; ``None`` when there is no difference and no number is large enough."""
        return _needed(self.benefit)

    @property
    def text(self) -> str:
        """``NNT(benefit) 4 (3 to 9)``; where the interval includes no difference it runs through infinity."""
        point = _needed_text(self.benefit)
        if self.low is None or self.high is None:
            return point
        nearer, farther = sorted((self.low, self.high), key=lambda end: -abs(end))
        if _needed(nearer) is None:
            return point
        if _needed(farther) is None:
            return f"{point}, from {_needed_text(nearer)} to infinity"
        if self.low > 0 or self.high < 0:
            return f"{point} ({_needed(nearer):,} to {_needed(farther):,})"
        return f"{point}, from {_needed_text(self.high)} through infinity to {_needed_text(self.low)}"


def number_needed_to_treat(difference: TrialEffect | Pooled, outcome_is_good: bool = True) -> NumberNeeded:
    """How many people need group 1's treatment, in place of group 2's, for one more to do well.

    Give a risk difference. For a bad outcome such as relapse say ``outcome_is_good=False``.

    1/|risk difference|, the interval from its ends, through infinity when it includes 0 (Altman 1998, BMJ
    317:1309). Rounded up, as in the Cochrane Handbook, chapter 15.

    >>> number_needed_to_treat(risk_difference(Counts("A", 23, 32, 19, 35))).text
    'NNT(benefit) 6, from NNT(benefit) 3 through infinity to NNT(harm) 20'
    """
    if difference.measure != "RD":
        raise CannotPool(f"a number needed to treat comes from a risk difference, not from a {MEASURES[difference.measure]}; give the counts")
    if outcome_is_good:
        return NumberNeeded(difference.value, difference.low, difference.high)
    low, high = (None, None) if difference.low is None else (-difference.high, -difference.low)
    return NumberNeeded(-difference.value, low, high)


def number_needed_from_ratio(ratio: TrialEffect | Pooled, risk_2: float, outcome_is_good: bool = True) -> NumberNeeded:
    """The number needed to treat that a pooled ratio means for people whose risk without treatment is ``risk_2``.

    The interval takes ``risk_2`` as known. (Cochrane Handbook, chapter 15.)
    """
    if ratio.measure not in RATIOS:
        raise CannotPool("give a risk ratio or an odds ratio")
    if not 0 < risk_2 < 1:
        raise CannotPool(f"the risk is {risk_2:g}; it must lie between 0 and 1")

    def benefit(value: float | None) -> float | None:
        if value is None:
            return None
        gain = risk_1(ratio.measure, value, risk_2) - risk_2
        return gain if outcome_is_good else -gain

    ends = [benefit(ratio.low), benefit(ratio.high)]
    low, high = (None, None) if None in ends else sorted(ends)
    return NumberNeeded(benefit(ratio.value), low, high)


def risk_1(measure: str, ratio: float, risk_2: float) -> float:
    """The share of group 1 with the outcome that a ratio means where ``risk_2`` of group 2 have it; never more than everybody.

    Risk ratio: risk₁ = RR × risk₂. Odds ratio: risk₁ = OR·risk₂ / (1 − risk₂ + OR·risk₂). (Cochrane Handbook, chapter 15.)
    """
    return min(1.0, ratio * risk_2) if measure == "RR" else ratio * risk_2 / (1 - risk_2 + ratio * risk_2)


def number_needed_from_g(g: float) -> float | None:
    """The number needed to treat that a standardised mean difference stands for, unrounded; ``None`` for no difference.

    1/(2Φ(g/√2) − 1) (Kraemer and Kupfer 2006, Biol Psychiatry 59:990): success means doing better than
    somebody picked at random from the other group.
    """
    share = abs(2 * float(ndtr(g / math.sqrt(2))) - 1)
    return 1 / share if share > 1e-12 else None


def _needed(difference: float) -> int | None:
    if abs(difference) < 1e-12:
        return None
    return math.ceil(round(1 / abs(difference), 9))


def _needed_text(difference: float) -> str:
    number = _needed(difference)
    if number is None:
        return "NNT infinite"
    return f"NNT({'benefit' if difference > 0 else 'harm'}) {number:,}"


# ── A 2×2 table in words ─────────────────────────────────────────────────────────────────────────


def read_aloud(table: Counts, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome") -> str:
    """A 2×2 table as somebody would say it at the bedside: counts first, then of 100, then the ratio.

    >>> print(read_aloud(Counts("A", 12, 24, 6, 24), "both treatments", "medication", "a response"))
    With both treatments, 12 of 24 people had a response (50 %). With medication, 6 of 24 did (25 %). Of 100 people like \
these, that is 25 more with both treatments; the data fit anything from 1 fewer to 51 more. Risk ratio 2.00 (0.90 to 4.45): \
the interval includes no difference.
    """
    first = f"With {group_1}, {table.events_1:,} of {table.n_1:,} people had {outcome} ({_percent(table.events_1, table.n_1)})."
    second = f"With {group_2}, {table.events_2:,} of {table.n_2:,} did ({_percent(table.events_2, table.n_2)})."
    difference = risk_difference(table)
    said = [more_or_fewer(100 * share, "no more and no fewer") for share in (difference.value, max(-1.0, difference.low), min(1.0, difference.high))]
    hundred = f"Of 100 people like these, that is {said[0]} with {group_1}; the data fit anything from {said[1]} to {said[2]}."
    ratio = risk_ratio(table)
    if isinstance(ratio, LeftOut):
        last = f"There is no risk ratio: {ratio.reason.split(',')[0]}."
    else:
        last = f"Risk ratio {ratio.text}: {includes_nothing(ratio)}."
        last += f" {ratio.note}" if ratio.note else ""
        if is_open(difference) != is_open(ratio):
            last += " Near the border the two intervals can disagree, because each is an approximation: do not lean on either."
    return " ".join((first, second, hundred, last))


def includes_nothing(result: TrialEffect | Pooled) -> str:
    """Whether the interval includes no difference, in words."""
    if result.low is None:
        return "there is no interval to judge it by"
    return f"the interval {'includes' if is_open(result) else 'leaves out'} no difference"


def is_open(result: TrialEffect | Pooled) -> bool:
    """Whether the interval includes no difference, so that nothing is settled; false where there is no interval."""
    nothing = 1 if result.measure in RATIOS else 0
    return result.low is not None and result.low <= nothing <= result.high


def _percent(events: int, people: int) -> str:
    return f"{100 * events / people:.0f} %"


def more_or_fewer(of_hundred: float, none: str = "no more") -> str:
    """``25 more`` or ``3 fewer``: people of a hundred, in whole numbers."""
    people = round(of_hundred)
    return f"{abs(people)} {'more' if people > 0 else 'fewer'}" if people else none
