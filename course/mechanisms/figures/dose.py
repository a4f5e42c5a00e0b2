"""Dose and target: the curve, the published points it was fitted to, the dose that is set, and the lines above which something grew likelier."""

from __future__ import annotations

from course.look import Picture, sentence, to_svg, tone

from ..models.occupancy import Curve
from .panel import Panel

_STEPS = 60
_MOST_LINES = 3


class DoseDrawing:
    """The figure of dose and target."""

    def __init__(self):
        self._panel = Panel(labels=_MOST_LINES)
        self._axes = axes = self._panel.axes
        axes.set(ylim=(0, 100), yticks=range(0, 101, 20), yticklabels=[f"{tick} %" for tick in range(0, 101, 20)])
        blue, ink = tone("medication"), tone("ink")
        self._lines = [axes.plot([], [], color=tone("control"), linestyle=":", linewidth=1.4)[0] for _ in range(_MOST_LINES)]
        (self._curve,) = axes.plot([], [], color=blue, linewidth=2)
        (self._points,) = axes.plot(
            [], [], "D", color=ink, markerfacecolor="none", markersize=11, markeredgewidth=1.5, linestyle="none", zorder=3, clip_on=False
        )
        (self._now,) = axes.plot([], [], "o", color=blue, markersize=7, linestyle="none", zorder=4, clip_on=False)
        for artist, name in ((self._curve, "curve"), (self._points, "published"), (self._now, "dose")):
            artist.set_gid(name)

    @property
    def figure(self):
        return self._panel.figure

    def update(self, curve: Curve, dose: float, highest: float, name: str, target: str, points=(), lines=()) -> Picture:
        """The drawing at a dose. ``points`` are (dose, per cent, study), ``lines`` are (per cent, what grew likelier above it)."""
        title = f"{sentence(name)} {dose:g} mg: about {curve.at(dose):.0f} of 100 {target} occupied"
        self.set(curve, dose, highest, title, points, lines)
        alt = _alt(title, curve, highest, points, lines)
        return Picture(
            to_svg(self.figure, alt), alt, _caption(points, lines), ("Dose", "Occupied, by the curve", "Published"), _rows(curve, dose, highest, points)
        )

    def set(self, curve: Curve, dose: float, highest: float, title: str, points, lines) -> None:
        """Move every artist to where this curve wants it."""
        self._panel.lay_out(title, "dose, mg", labelled=bool(lines))
        self._axes.set_xlim(0, highest)
        doses = [highest * i / _STEPS for i in range(_STEPS + 1)]
        self._curve.set_data(doses, [curve.at(each) for each in doses])
        self._points.set_data([at for at, _, _ in points], [share for _, share, _ in points])
        self._now.set_data([dose], [curve.at(dose)])
        for artist, each in zip(self._lines, [*lines, *[None] * (_MOST_LINES - len(lines))], strict=True):
            artist.set_data(([0, highest], [each[0]] * 2) if each else ([], []))
        self._panel.label([(share, _broken(f"{share:g} %: {what}"), tone("ink")) for share, what in lines])


def _broken(words: str) -> str:
    """On two lines, broken near the middle."""
    places = [i for i, letter in enumerate(words) if letter == " "]
    middle = min(places, key=lambda i: abs(i - len(words) / 2))
    return f"{words[:middle]}\n{words[middle + 1 :]}"


def _alt(title: str, curve: Curve, highest: float, points, lines) -> str:
    parts = [title, f"The curve rises steeply at first and flattens to {curve.at(highest):.0f} of 100 at {highest:g} mg"]
    if points:
        parts.append("Published: " + ", ".join(f"{share:g} % at {at:g} mg" for at, share, _ in points))
    parts += [f"Above {share:g} % {what}" for share, what in lines]
    return ". ".join(parts) + "."


def _caption(points, lines) -> str:
    said = ["Teaching model. The line is the curve, the full mark the dose that is set."]
    if points:
        said.append(f"The hollow marks are published ({', '.join(dict.fromkeys(study for *_, study in points))}).")
    if lines:
        said.append("The dotted lines are published.")
    return " ".join(said)


def _rows(curve: Curve, dose: float, highest: float, points) -> tuple[tuple[str, str, str], ...]:
    published = {at: f"{share:g} %, {study}" for at, share, study in points}
    doses = sorted({dose, *published, *(highest * i / 4 for i in range(5))})
    return tuple((f"{each:g} mg" + (" (set)" if each == dose else ""), f"{curve.at(each):.0f} %", published.get(each, "–")) for each in doses)
