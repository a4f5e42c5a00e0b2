"""Figures of published numbers. Every value comes from the ledger by its key."""

from __future__ import annotations

from course.look import SERIES, Picture, new_figure, to_svg

from .records import Effect, ledger

PEOPLE = 1000
_ACROSS = 100
#: The value that means no difference, for the measures that have one.
NOTHING = {"risk ratio": 1, "odds ratio": 1, "hazard ratio": 1, "rate ratio": 1, "SMD": 0, "correlation": 0, "percentage points": 0}


def icon_array(*keys: str, labels: tuple[str, ...] = (), outcome: str = "") -> Picture:
    """How many of 1,000 people reached the outcome in each group, one dot a person.

    ``keys`` name per cents in the ledger; ``labels`` replace the groups' own words.
    """
    effects = [ledger()[key] for key in keys]
    for effect in effects:
        if effect.measure != "percent":
            raise ValueError(f"'{effect.key}' is a {effect.measure}; an icon array shows per cents")
    labels = labels or tuple(effect.comparison for effect in effects)
    outcome = outcome or effects[0].outcome
    counts = [round(effect.value * PEOPLE / 100) for effect in effects]
    said = "; ".join(f"{label}: {count} of 1,000" for label, count in zip(labels, counts, strict=True))
    alt = f"{_sentence(outcome)}. {said}."
    rows = tuple((label, f"{count} of 1,000", effect.study.short) for label, count, effect in zip(labels, counts, effects, strict=True))
    return Picture(_draw_icons(labels, counts, alt), alt, f"{_sentence(outcome)}: of 1,000 people, by published rates.", ("Group", "People", "Source"), rows)


def _draw_icons(labels, counts, alt: str) -> str:
    """One panel a group: filled dots for people who reached the outcome, open ones for the others."""
    figure = new_figure(6.4, 1.05 * len(counts))
    panels = figure.subplots(len(counts), 1, squeeze=False)[:, 0]
    ink, rule = _tone("medication"), _tone("control")
    for panel, label, count in zip(panels, labels, counts, strict=True):
        places = [(i % _ACROSS, -(i // _ACROSS)) for i in range(PEOPLE)]
        filled, empty = places[:count], places[count:]
        panel.plot(*_columns(filled), "o", color=ink, markersize=3.4, markeredgewidth=0)
        panel.plot(*_columns(empty), "o", color="none", markeredgecolor=rule, markersize=3.1, markeredgewidth=0.5)
        panel.set_title(f"{label}: {count} of 1,000", fontsize=10)
        panel.set_xlim(-0.8, _ACROSS - 0.2)
        panel.set_aspect("equal")
        panel.axis("off")
    return to_svg(figure, alt)


def _columns(places):
    return [x for x, _ in places], [y for _, y in places]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _tone(series: str) -> str:
    return SERIES[series][0]


def interval_plot(*keys: str, title: str = "") -> Picture:
    """Published effects with their 95 % intervals, one line each, all of the same measure."""
    effects = [ledger()[key] for key in keys]
    measures = {effect.measure for effect in effects}
    if len(measures) > 1:
        raise ValueError(f"one plot shows one measure; these are {', '.join(sorted(measures))}")
    alt = f"{_sentence(title or effects[0].outcome)}. " + " ".join(f"{effect.comparison}: {effect.text}{_reading(effect)}." for effect in effects)
    rows = tuple((effect.comparison, effect.text, effect.time, effect.study.short) for effect in effects)
    caption = f"{_sentence(effects[0].outcome)}, {effects[0].measure} with its 95 % interval."
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
    ink = _tone("combined")
    for row, effect in enumerate(reversed(effects)):
        if effect.low is not None:
            axes.plot([effect.low, effect.high], [row, row], color=ink, linewidth=2)
        axes.plot([effect.value], [row], "D", color=ink, markersize=7)
    nothing = NOTHING.get(effects[0].measure)
    if nothing is not None:
        axes.axvline(nothing, color=_tone("control"), linestyle=":", linewidth=1.4)
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
    return measure.capitalize() + (": above 1, more with the first-named" if measure.endswith("ratio") else "")


def _label_width(labels: list[str]) -> float:
    """Points to leave for the longest line of the labels, which stand at the left edge."""
    return 5.0 * max(len(line) for label in labels for line in label.split("\n")) + 8
