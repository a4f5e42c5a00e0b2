"""Published effects with their 95 % intervals, a line each."""

from __future__ import annotations

from course.evidence.records import CannotDraw, Effect, ledger
from course.look import Picture, new_figure, sentence, to_svg, tone

#: The value that means no difference, for the measures that have one.
NOTHING = {"risk ratio": 1, "odds ratio": 1, "hazard ratio": 1, "rate ratio": 1, "SMD": 0, "correlation": 0, "percentage points": 0}


def interval_plot(*keys: str, title: str = "") -> Picture:
    """Published effects with their 95 % intervals, one line each, all of the same measure."""
    effects = ledger().to_draw(*keys)
    measures = {effect.measure for effect in effects}
    if len(measures) > 1:
        raise CannotDraw(f"one plot shows one measure; these are {', '.join(sorted(measures))}")
    alt = f"{sentence(title or effects[0].outcome)}. " + " ".join(f"{effect.comparison}: {effect.text}{_reading(effect)}." for effect in effects)
    rows = tuple((effect.comparison, effect.text, effect.time, effect.study.short) for effect in effects)
    caption = f"{sentence(effects[0].outcome)}, {effects[0].measure} with its 95 % interval."
    return Picture(_draw_intervals(effects, title, alt), alt, caption, ("Comparison", "Effect", "Time", "Source"), rows)


def _reading(effect: Effect) -> str:
    """Whether the interval includes no difference, where there is one to include."""
    nothing = NOTHING.get(effect.measure)
    if nothing is None or effect.low is None:
        return ""
    return ", which includes no difference" if effect.low <= nothing <= effect.high else ", which leaves out no difference"


def _draw_intervals(effects: list[Effect], title: str, alt: str) -> str:
    figure = new_figure(6.4, 0.8 + 0.52 * len(effects))
    axes = figure.subplots()
    ink = tone("combined")
    for row, effect in enumerate(reversed(effects)):
        if effect.low is not None:
            axes.plot([effect.low, effect.high], [row, row], color=ink, linewidth=2)
        axes.plot([effect.value], [row], "D", color=ink, markersize=7)
    nothing = NOTHING.get(effects[0].measure)
    if nothing is not None:
        axes.axvline(nothing, color=tone("control"), linestyle=":", linewidth=1.4)
        axes.annotate("no difference", (nothing, 1), xycoords=("data", "axes fraction"), xytext=(4, 2), textcoords="offset points", fontsize=9)
    labels = [f"{effect.comparison}\n{effect.text}" for effect in reversed(effects)]
    axes.set_yticks(range(len(effects)), labels, ha="left")
    axes.tick_params(axis="y", length=0, pad=_label_width(labels))
    axes.set_ylim(-0.5, len(effects) - 0.5)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    if title:
        axes.set_title(title)
    axes.set_xlabel(_axis(effects[0].measure))
    return to_svg(figure, alt)


def _axis(measure: str) -> str:
    """The name of the axis, and how to read it where that is not plain."""
    if measure == "percent":
        return "Per cent"
    return sentence(measure) + (": above 1, more with the first-named" if measure.endswith("ratio") else "")


def _label_width(labels: list[str]) -> float:
    """Points to leave for the longest line of the labels, which stand at the left edge."""
    return 5.0 * max(len(line) for label in labels for line in label.split("\n")) + 8
