"""Lines over time or over steps, in per cent, each with its label at its end; hollow marks are published."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from course.look import SERIES, Picture, sentence, to_svg, tone

from .panel import Panel


@attrs.frozen
class Curve:
    """One line: which of the drawing's lines it is, what it is called, and its per cents from left to right."""

    kind: str
    label: str
    points: Sequence[tuple[float, float]]

    def at(self, place: float) -> float:
        return next(value for where, value in reversed(self.points) if where <= place + 1e-9)


class CurvesDrawing:
    """A figure of a few lines. ``series`` names the look of each kind of line: a series of the palette."""

    def __init__(self, series: dict[str, str]):
        self._series = series
        self._panel = Panel(labels=len(series), apart=9.0)
        self._axes = axes = self._panel.axes
        axes.set(ylim=(0, 102), yticks=range(0, 101, 20))
        self._lines, self._marks = {}, {}
        for kind, name in series.items():
            _, _, marker, style = SERIES[name]
            (self._lines[kind],) = axes.plot([], [], color=tone(name), linestyle=style, linewidth=2.8 if name == "combined" else 2)
            self._lines[kind].set_gid(kind)
            (self._marks[kind],) = axes.plot([], [], marker, color=tone(name), markerfacecolor="none", markersize=8, markeredgewidth=1.6, linestyle="none",
                                             zorder=3, clip_on=False)  # fmt: skip
            self._marks[kind].set_gid(f"published-{kind}")

    @property
    def figure(self):
        return self._panel.figure

    def update(self, title: str, curves: Sequence[Curve], across: str, caption: str, places: Sequence[tuple[float, str]], published=()) -> Picture:
        """The drawing of these lines. ``places`` are those of the table with their names; ``published`` are (kind, place, per cent)."""
        self.set(title, curves, across, places, published)
        first, last = places[0], places[-1]
        told = " ".join(f"{sentence(each.label)}: from {each.at(first[0]):.0f} to {each.at(last[0]):.0f}." for each in curves)
        alt = f"{title}. {told}"
        rows = tuple((name, *(f"{each.at(place):.0f}" for each in curves)) for place, name in places)
        return Picture(to_svg(self.figure, alt), alt, caption, (sentence(across), *(each.label for each in curves)), rows)

    def set(self, title: str, curves: Sequence[Curve], across: str, places: Sequence[tuple[float, str]], published=()) -> None:
        """Move every artist to where these lines want it."""
        self._panel.lay_out(title, across)
        last = max(each.points[-1][0] for each in curves)
        self._axes.set_xlim(0, last or 1)
        ticks = [place for place, _ in places]
        self._axes.set_xticks(ticks, [f"{place:g}" for place in ticks])
        drawn = {each.kind: each for each in curves}
        marks = {kind: (place, share) for kind, place, share in published}
        for kind, line in self._lines.items():
            line.set_data(*zip(*drawn[kind].points, strict=True) if kind in drawn else ([], []))
            self._marks[kind].set_data(*zip(marks[kind], strict=True) if kind in marks else ([], []))
        self._panel.label([(each.points[-1][1], _ending(each), tone(self._series[each.kind])) for each in curves])


def _ending(curve: Curve) -> str:
    """What a line is called and where it ends, on two lines where the name has a comma."""
    return f"{curve.label} {curve.points[-1][1]:.0f}".replace(", ", ",\n")
