"""The funnel plot: does what a trial found go with how small it was?"""

from __future__ import annotations

import math

from course.evidence.pooling import MEASURES, RATIOS, Pooled, Z, pool, shown, trials_text
from course.look import Picture, new_figure, sentence, to_svg, tone

from .forest import check_pooled, labels_of
from .scale import Scale, compact

ENOUGH = 10
_MOST_NAMED = 12
_FEW = "With fewer than ten trials a funnel says little, so nothing is tested or concluded from it."
_MANY = "A lopsided funnel can come from missing small trials, from small trials that differ in kind, or from chance: the plot cannot tell which."


def funnel_plot(pooled: Pooled, title: str = "", labels: tuple[str, str] | None = None) -> Picture:
    """Each trial by its effect and its standard error, large trials at the top, within the lines that chance alone would keep.

    ``title`` states the finding; without one the drawing counts the trials between the lines. ``labels`` name the two groups where ``pooled`` does not.
    """
    check_pooled(pooled, "funnel_plot")
    middle = pool(pooled.trials, "fixed")
    points = [(trial, math.sqrt(trial.variance)) for trial in pooled.trials]
    inside = sum(abs(trial.estimate - middle.estimate) <= Z * error for trial, error in points)
    k = len(points)
    title = title or (f"{inside} of {k} trials lie where chance alone would put them" if k >= ENOUGH else f"{trials_text(k)}: too few for a funnel")
    alt = f"{sentence(title)}. Funnel plot: {inside} of {k} lie between the lines around the fixed effect, {middle.text}."
    caption = (f"Funnel plot: {MEASURES[pooled.measure]} across, standard error downwards. The dashed lines hold 95 % of trials if all had the fixed "
               f"effect and nothing but chance moved them. {_MANY if k >= ENOUGH else _FEW}")  # fmt: skip
    rows = tuple((trial.trial, trial.text, f"{error:.2f}", "yes" if abs(trial.estimate - middle.estimate) <= Z * error else "no") for trial, error in points)
    head = ("Trial", f"{sentence(MEASURES[pooled.measure])} (95 % interval)", "Standard error", "Between the lines")
    svg = _draw(pooled.measure, middle, points, title, labels or labels_of(pooled), alt)
    return Picture(svg, alt, caption, head, (*rows, _middle_row(pooled.measure, middle)))


def _middle_row(measure: str, middle: Pooled) -> tuple[str, ...]:
    error = "–" if middle.standard_error is None else f"{middle.standard_error:.2f}"
    return "Fixed effect of all", compact(measure, shown(measure, middle.estimate), middle.low, middle.high), error, "–"


def _draw(measure: str, middle: Pooled, points, title: str, labels, alt: str) -> str:
    figure = new_figure(6.0, 4.0)
    axes = figure.subplots()
    deepest = 1.08 * max(error for _, error in points) or 1.0
    scale = _scale(measure, middle, points, deepest)
    sides = [middle.estimate - Z * deepest, middle.estimate, middle.estimate + Z * deepest]
    axes.plot(sides, [deepest, 0, deepest], color=tone("control"), linestyle="--", linewidth=1.2)
    axes.plot([middle.estimate] * 2, [deepest, 0], color=tone("control"), linewidth=1)
    places = [trial.estimate for trial, _ in points], [error for _, error in points]
    marks = axes.scatter(*places, s=38, color=tone("ink"), linewidths=0, zorder=3, clip_on=False)
    marks.set_gid("trials")
    if len(points) <= _MOST_NAMED:
        _name(axes, scale, points, deepest, middle.estimate)
    axes.set_xlim(scale.low, scale.high)
    axes.set_ylim(deepest, 0)
    axes.set_xticks([tick for tick, _ in scale.ticks], [text for _, text in scale.ticks])
    more = "more" if measure in (*RATIOS, "RD") else "higher"
    axes.set_xlabel(scale.name + f": {more} with {labels[0]} →")
    axes.set_ylabel("Standard error: large trials at the top")
    axes.set_title(title, loc="left")
    return to_svg(figure, alt)


def _scale(measure: str, middle: Pooled, points, deepest: float) -> Scale:
    """Wide enough for every trial and for the foot of the funnel."""
    places = [trial.estimate for trial, _ in points] + [middle.estimate - Z * deepest, middle.estimate + Z * deepest]
    air = 0.08 * (max(places) - min(places)) or 0.5
    return Scale(measure, min(places) - air, max(places) + air)


def _name(axes, scale: Scale, points, deepest: float, middle: float) -> None:
    """The trials' names beside their points, where there is room; the table has them all."""
    taken: list[tuple[float, float]] = []
    for trial, error in sorted(points, key=lambda point: point[1]):
        x, y = (trial.estimate - scale.low) / (scale.high - scale.low), error / deepest
        if any(abs(y - there) < 0.06 and abs(x - across) < 0.35 for across, there in taken):
            continue
        taken.append((x, y))
        name = trial.trial if len(trial.trial) <= 26 else trial.trial[:25].rstrip() + "…"
        left = x > 0.65 or (x > 0.25 and trial.estimate < middle)
        axes.annotate(name, (trial.estimate, error), xytext=(-7 if left else 7, 0), textcoords="offset points",
                      ha="right" if left else "left", va="center", fontsize=9, parse_math=False)  # fmt: skip
