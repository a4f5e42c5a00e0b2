"""Fast and slow clocks on one chart: what is in the body, what it occupies, and how people fare, over days."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from course.look import Picture, sentence, to_svg, tone

from .panel import Panel

_MOST_LINES = 3
#: How each line is drawn: colour, style, width.
_STYLES = {"level": ("medication", ":", 1.6), "target": ("medication", "-", 2.2), "people": ("combined", "-", 2.8)}
_WEEKS_FROM = 21  # days, from which on the axis counts weeks


@attrs.frozen
class Line:
    """One line: its kind (``level``, ``target`` or ``people``), what it is called, and (day, per cent) from left to right."""

    kind: str
    label: str
    points: Sequence[tuple[float, float]]

    def at(self, day: float) -> float:
        """The value on a day: of the last point that is no later."""
        return next(value for when, value in reversed(self.points) if when <= day + 1e-9)


class DaysDrawing:
    """The figure over days."""

    def __init__(self):
        self._panel = Panel(labels=_MOST_LINES)
        self._axes = axes = self._panel.axes
        axes.set(ylim=(0, 102), yticks=range(0, 101, 20), yticklabels=[f"{tick} %" for tick in range(0, 101, 20)])
        self._lines = {}
        for kind, (series, style, width) in _STYLES.items():
            (self._lines[kind],) = axes.plot([], [], color=tone(series), linestyle=style, linewidth=width)
            self._lines[kind].set_gid(kind)

    @property
    def figure(self):
        return self._panel.figure

    def update(self, title: str, lines: Sequence[Line], since: str, days: Sequence[float]) -> Picture:
        """The drawing of these lines. ``since`` says what the days are counted from, ``days`` are those of the table."""
        self.set(title, lines, since)
        alt = f"{title}. " + " ".join(f"{sentence(line.label)}: {_told(line, days)}." for line in lines)
        caption = f"Teaching model. In the body: per cent of the usual high level; where there are many doses, just before each. By days since {since}."
        rows = tuple((_day(day), *(f"{line.at(day):.0f} %" for line in lines)) for day in days)
        return Picture(to_svg(self.figure, alt), alt, caption, (f"Since {since}", *(line.label for line in lines)), rows)

    def set(self, title: str, lines: Sequence[Line], since: str) -> None:
        """Move every artist to where these lines want it."""
        last = max(line.points[-1][0] for line in lines)
        weeks = last > _WEEKS_FROM
        self._panel.lay_out(title, f"{'weeks' if weeks else 'days'} since {since}")
        self._axes.set_xlim(0, last)
        step = 7 * max(1, round(last / 7 / 7)) if weeks else max(1, round(last / 8))
        ticks = range(0, int(last) + 1, step)
        self._axes.set_xticks(ticks, [f"{tick / 7:g}" if weeks else f"{tick}" for tick in ticks])
        drawn = {line.kind: line for line in lines}
        for kind, artist in self._lines.items():
            artist.set_data(*zip(*drawn[kind].points, strict=True) if kind in drawn else ([], []))
        self._panel.label([(line.points[-1][1], line.label.replace(", ", ",\n"), tone(_STYLES[line.kind][0])) for line in lines])


def _told(line: Line, days: Sequence[float]) -> str:
    first, middle, last = days[0], days[len(days) // 2], days[-1]
    return ", ".join(f"{line.at(day):.0f} % {_day(day).lower()}" for day in (first, middle, last))


def _day(day: float) -> str:
    return f"Week {day / 7:g}" if day > 7 and day % 7 == 0 else f"Day {day:g}"
