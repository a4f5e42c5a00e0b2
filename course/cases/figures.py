"""Figures of one play of a case."""

from __future__ import annotations

from course.evidence.instruments import instruments
from course.look import SERIES, TONES, Picture, new_figure, to_svg

from .records import CAUSES
from .session import Session

_SERIES_OF = {"medication": "medication", "therapy": "therapy", "time": "control", "life": "combined"}


def trajectory(session: Session, scale: str, other: Session | None = None, label: str = "", other_label: str = "") -> Picture:
    """One scale over the weeks of a play, beside the same weeks of another play where one is given."""
    tool = instruments()[scale]
    label = label or "Your path"
    plays = [(label, session, "medication")] + ([(other_label, other, "control")] if other else [])
    figure = new_figure(6.4, 3.0)
    axes = figure.subplots()
    first = session.points(scale)[0][1]
    axes.axhspan(first - tool.band, min(first + tool.band, tool.high), color=TONES["rule"][0], alpha=0.35, linewidth=0)
    axes.annotate(f"within {tool.band:g} points of the start", (0.995, first), xycoords=("axes fraction", "data"),
                  ha="right", va="center", fontsize=9, color=TONES["quiet"][0])  # fmt: skip
    lines = [play.points(scale) for _, play, _ in plays]
    highest = max(lines, key=lambda points: points[-1][1])
    for (name, _, series), points in zip(plays, lines, strict=True):
        colour, _, marker, line = SERIES[series]
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker, linestyle=line, linewidth=2, markersize=6)
        axes.annotate(name, points[-1], xytext=(6, 7 if points is highest else -13), textcoords="offset points", fontsize=9.5, color=colour)
    _dress(axes, tool, max(play.week for _, play, _ in plays))
    said = [f"{name}: " + ", ".join(f"{score} at week {week}" for week, score in play.points(scale)) for name, play, _ in plays]
    alt = f"{tool.name} over the weeks of the story, lower is better. " + ". ".join(said) + "."
    weeks = sorted({week for _, play, _ in plays for week, _ in play.points(scale)})
    rows = tuple((f"week {week}", *(_score_at(play, scale, week) for _, play, _ in plays)) for week in weeks)
    head = ("Week", *(name for name, _, _ in plays))
    return Picture(to_svg(figure, alt), alt, f"{tool.name}, week by week. Invented for teaching.", head, rows)


def by_cause(session: Session, scale: str) -> Picture:
    """Points moved on one scale by medication, therapy, time and life, as the story's author set them."""
    tool = instruments()[scale]
    moved = session.causes[scale]
    figure = new_figure(6.4, 2.2)
    axes = figure.subplots()
    for row, cause in enumerate(reversed(CAUSES)):
        colour = SERIES[_SERIES_OF[cause]][0]
        axes.barh(row, moved[cause], color=colour, height=0.55, hatch={"therapy": "//", "time": ".."}.get(cause), edgecolor=TONES["paper"][0])
        side = 4 if moved[cause] >= 0 else -4
        axes.annotate(_signed(moved[cause]), (moved[cause], row), xytext=(side, 0), textcoords="offset points",
                      ha="left" if side > 0 else "right", va="center", fontsize=9.5)  # fmt: skip
    axes.set_yticks(range(len(CAUSES)), reversed(CAUSES))
    axes.axvline(0, color=TONES["ink"][0], linewidth=1)
    axes.margins(x=0.18)
    axes.set_xlabel(f"points on the {tool.name} (less is better)")
    said = ", ".join(f"{cause} {_signed(moved[cause])}" for cause in CAUSES)
    alt = f"What moved the {tool.name} in this story: {said}."
    rows = tuple((cause, _signed(moved[cause])) for cause in CAUSES)
    caption = "Points by cause, as the author of the story set them. In a real person nobody can see these apart."
    return Picture(to_svg(figure, alt), alt, caption, ("Cause", "Points"), rows)


def _score_at(session: Session, scale: str, week: int) -> str:
    return str(dict(session.points(scale)).get(week, "–"))


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", "−") if points else "0"


def _dress(axes, tool, last_week: int) -> None:
    axes.set_ylim(tool.low, tool.high)
    axes.set_xlim(-0.5, max(last_week, 1) * 1.14)
    axes.set_xlabel("week")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel(tool.name)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
