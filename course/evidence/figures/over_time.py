"""One effect by comparator and time, so that a lead that fades is seen to fade."""

from __future__ import annotations

import textwrap

from course.evidence.records import Effect, ledger, statements
from course.evidence.timelines import Panel, Row, Timeline, timeline_of
from course.look import SERIES, Picture, new_figure, sentence, to_svg, tone

from .scale import Scale, place

_SHORT = {"risk ratio": "RR", "odds ratio": "OR", "SMD": "SMD"}
# In points.
_WIDTH, _ROW, _LEFT, _RIGHT, _HEAD, _FOOT, _TITLE = 432.0, 22.0, 168.0, 118.0, 26.0, 40.0, 15.0
_LETTERS = 53  # of a finding in words, on one line


def effects_over_time(key: str, title: str = "") -> Picture:
    """What both together bring, against each comparator, at the end of treatment, later, and after stopping.

    ``key`` names a timeline of ``content/evidence/timelines.toml``, as in ``"panic"``. Marks carry 95 % intervals; a finding that
    was printed without a number stands in words.
    """
    timeline = timeline_of(key)
    title = title or timeline.title
    rows = tuple(_table_row(timeline, panel, row) for panel in timeline.panels for row in panel.rows)
    alt = f"{sentence(title)}. " + " ".join(f"{against}, {when}: {found.rstrip('.')}." for against, when, _, found, _ in rows)
    sources = ", ".join(dict.fromkeys(source for *_, source in rows))
    caption = "Marks with their 95 % intervals; the dotted line is no difference. Measures are not mixed within a panel."
    if any(row.says for panel in timeline.panels for row in panel.rows):
        caption += " Words in place of a mark: the finding was printed without a number."
    caption += f" From {sources}."
    return Picture(_draw(timeline, title, alt), alt, caption, ("Comparison", "Time", "Outcome", "Finding", "Source"), rows)


def _table_row(timeline: Timeline, panel: Panel, row: Row) -> tuple[str, ...]:
    name = timeline.names[row.against]
    if row.says:
        told = statements()[row.says]
        return name, row.when, panel.title, told.says, told.study.short
    effect = ledger()[row.number]
    return name, row.when, f"{effect.outcome}, {effect.measure}", effect.text, effect.study.short


def _draw(timeline: Timeline, title: str, alt: str) -> str:
    lines = textwrap.wrap(title, 66)
    heights = [_HEAD + _ROW * _lines(panel) + _FOOT for panel in timeline.panels]
    height = _TITLE * len(lines) + 8 + sum(heights)
    figure = new_figure(_WIDTH / 72, height / 72, layout=None)
    figure.text(0, 1, "\n".join(lines), fontsize=11, fontweight="bold", va="top", linespacing=1.25)
    top = height - _TITLE * len(lines) - 8
    for panel, tall in zip(timeline.panels, heights, strict=True):
        body = tall - _HEAD - _FOOT
        axes = figure.add_axes((_LEFT / _WIDTH, (top - _HEAD - body) / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, body / height))
        _draw_panel(figure, axes, timeline, panel)
        figure.text(0, (top - 6) / height, panel.title, fontsize=10, va="top", color=tone("quiet"), fontweight="bold")
        top -= tall
    return to_svg(figure, alt)


def _lines(panel: Panel) -> int:
    """Rows and the name above each comparator."""
    return len(panel.rows) + len({row.against for row in panel.rows})


def _draw_panel(figure, axes, timeline: Timeline, panel: Panel) -> None:
    from matplotlib.transforms import blended_transform_factory

    scale = _scale([ledger()[row.number] for row in panel.rows if row.number])
    across = blended_transform_factory(figure.transFigure, axes.transData)
    axes.set_xlim(scale.low, scale.high)
    axes.set_ylim(_lines(panel) - 0.3, -0.5)
    line, before = 0, None
    for row in panel.rows:
        if before is None or row.against != before.against:
            figure.text(0, line, timeline.names[row.against], transform=across, va="center", fontsize=9.5, color=SERIES[row.against][0], fontweight="bold")
            line, before = line + 1, None
        figure.text(8 / _WIDTH, line, "\n".join(textwrap.wrap(row.when, 28)), transform=across, va="center", fontsize=9.5)
        if row.says:
            told = "\n".join(textwrap.wrap(statements()[row.says].says, _LETTERS))
            figure.text(_LEFT / _WIDTH, line, told, transform=across, va="center", fontsize=9, color=SERIES[row.against][0])
        else:
            _mark(figure, axes, across, scale, row, line, before)
        line, before = line + 1, row
    _dress(axes, scale)


def _mark(figure, axes, across, scale: Scale, row: Row, line: int, before: Row | None) -> None:
    """A mark with its interval, joined to the mark before it where both are of one paper."""
    colour, _, marker, style = SERIES[row.against]
    effect = ledger()[row.number]
    value, low, high = (place(scale.measure, number) for number in (effect.value, effect.low, effect.high))
    axes.plot([0, 0], [line - 0.5, line + 0.5], color=tone("control"), linestyle=":", linewidth=1.4, zorder=1)
    axes.plot([low, high], [line, line], color=colour, linewidth=2, clip_on=False)
    axes.plot([value], [line], color=colour, marker=marker, markersize=7, linestyle="none", clip_on=False, zorder=3, markeredgewidth=1.5, gid="mark")
    if before and before.number and ledger()[before.number].study == effect.study:
        axes.plot([place(scale.measure, ledger()[before.number].value), value], [line - 1, line], color=colour, linewidth=1, linestyle=style)
    figure.text(1, line, effect.text, transform=across, ha="right", va="center", fontsize=9.5)


def _scale(effects: list[Effect]) -> Scale:
    """Wide enough for every interval and for no difference."""
    measure = _SHORT[effects[0].measure]
    ends = [0.0, *(place(measure, end) for effect in effects for end in (effect.low, effect.high))]
    air = 0.05 * (max(ends) - min(ends))
    return Scale(measure, min(ends) - air, max(ends) + air)


def _dress(axes, scale: Scale) -> None:
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=3, color=tone("rule"))
    axes.set_xticks([tick for tick, _ in scale.ticks], [text for _, text in scale.ticks])
    axes.set_xlabel(f"{scale.name}: better with both →", fontsize=9)
