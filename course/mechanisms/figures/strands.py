"""One falling score split into four strands, each with its own pattern, and below it the thirty people behind the average."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from course.evidence.figures.relapse import spread
from course.look import Picture, new_figure, to_svg, tone

from ..models.strands import STRANDS

#: strand: (name, colour, pattern), from the top of the fall to its foot.
LOOKS = {
    "regression": ("regression to the mean", "rule", ""),
    "natural": ("natural course", "control", "..."),
    "placebo": ("placebo response", "quiet", "///"),
    "medicine": ("medicine", "medication", ""),
}
# In points, from which every place is worked out: an automatic layout would be too slow.
_WIDTH, _TITLE, _UPPER, _LOWER, _BETWEEN, _AXIS, _LEFT, _RIGHT = 432.0, 15.0, 210.0, 160.0, 42.0, 36.0, 32.0, 150.0
_TEXT, _LETTERS_A_LINE = 9.5, 66


class StrandsDrawing:
    """The figure of the four strands and the thirty people."""

    def __init__(self, people: int, weeks: int):
        from matplotlib.collections import LineCollection

        self.weeks = weeks
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._upper, self._lower = (self.figure.add_axes((0.1, y, 0.6, 0.3)) for y in (0.6, 0.1))
        for axes in (self._upper, self._lower):
            axes.set_xlim(0, weeks)
            axes.set_xticks(range(weeks + 1))
            axes.grid(axis="y")
            axes.set_axisbelow(True)
            axes.tick_params(length=3, color=tone("rule"))
        self._lower.set_xlabel("weeks", fontsize=_TEXT)
        self._bands = {strand: self._band(strand) for strand in STRANDS}
        (self._total,) = self._upper.plot([], [], color=tone("ink"), linewidth=2.4)
        self._people = self._lower.add_collection(LineCollection([[(0, 0), (1, 0)]] * people, colors=tone("control"), linewidths=0.8), autolim=False)
        self._people.set_gid("people")
        (self._average,) = self._lower.plot([], [], color=tone("ink"), linewidth=2.8)
        (self._half,) = self._lower.plot([], [], color=tone("medication"), linestyle="--", linewidth=1.4)
        self._now = [axes.plot([], [], color=tone("ink"), linestyle=":", linewidth=1.2)[0] for axes in (self._upper, self._lower)]
        self._labels = {strand: self._note(self._upper) for strand in (*STRANDS, "total")}
        self._below = {name: self._note(self._lower) for name in ("average", "half")}

    def _band(self, strand: str):
        _, colour, pattern = LOOKS[strand]
        filled = colour in ("medication", "rule")
        band = self._upper.fill_between(
            [0, 1], [0, 0], [1, 1], facecolor=tone(colour) if filled else "none", edgecolor=tone(colour), hatch=pattern, linewidth=0.8
        )
        band.set_gid(strand)
        return band

    @staticmethod
    def _note(axes):
        return axes.annotate("", (1, 0), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points", va="center", fontsize=_TEXT,
                             annotation_clip=False)  # fmt: skip

    def update(self, title: str, start: float, falls: Sequence[dict[str, float]], people: np.ndarray, week: int) -> Picture:
        """The drawing of the strands week by week (``falls``) and of people's scores (a row a person, a column a week), looked at in a week."""
        self.set(title, start, falls, people, week)
        alt = _alt(title, start, falls, people, week)
        return Picture(
            to_svg(self.figure, alt), alt, _CAPTION, ("Week", *(LOOKS[strand][0] for strand in STRANDS), "whole fall", "average score"), _rows(start, falls)
        )

    def set(self, title: str, start: float, falls: Sequence[dict[str, float]], people: np.ndarray, week: int) -> None:
        """Move every artist to where these people want it."""
        self._lay_out(title)
        weeks = np.arange(self.weeks + 1)
        edges = start - np.cumsum([[0.0] * len(weeks), *([each[strand] for each in falls] for strand in STRANDS)], axis=0)
        for strand, above, below in zip(STRANDS, edges[:-1], edges[1:], strict=True):
            self._bands[strand].set_data(weeks, below, above)
        self._total.set_data(weeks, edges[-1])
        self._average.set_data(weeks, people.mean(axis=0))
        self._half.set_data([0, self.weeks], [start / 2] * 2)
        self._people.set_segments([np.column_stack([weeks, row]) for row in people])
        self._upper.set_ylim(0, start + 1)
        self._lower.set_ylim(0, max(people.max(), start) + 2)
        for line, axes in zip(self._now, (self._upper, self._lower), strict=True):
            line.set_data([week, week], axes.get_ylim())
        self._label(start, edges, people)

    def _lay_out(self, title: str) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + 10 + _UPPER + _BETWEEN + _LOWER + _AXIS
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        width = (_WIDTH - _LEFT - _RIGHT) / _WIDTH
        self._lower.set_position((_LEFT / _WIDTH, _AXIS / height, width, _LOWER / height))
        self._upper.set_position((_LEFT / _WIDTH, (_AXIS + _LOWER + _BETWEEN) / height, width, _UPPER / height))
        self._title.set_text("\n".join(lines))

    def _label(self, start: float, edges: np.ndarray, people: np.ndarray) -> None:
        """Each strand by the middle of its band at the last week, moved apart where two would meet."""
        low, high = self._upper.get_ylim()
        ends = edges[:, -1]
        places = [*((above + below) / 2 for above, below in pairwise(ends)), ends[-1] - 0.5]
        words = [f"{LOOKS[strand][0]} {above - below:.1f}" for strand, above, below in zip(STRANDS, ends[:-1], ends[1:], strict=True)]
        words.append(f"average score {ends[-1]:.1f}")
        for note, place, text in zip(self._labels.values(), spread(places, 1.35 * _TEXT / _UPPER * (high - low)), words, strict=True):
            note.set_text(text)
            note.xy = (1, place)
        apart = 1.35 * _TEXT / _LOWER * self._lower.get_ylim()[1]
        below = {"average": people[:, -1].mean(), "half": start / 2}
        texts = {"average": "average of the thirty", "half": "half of the first score"}
        for (name, note), place in zip(self._below.items(), spread(list(below.values()), apart), strict=True):
            note.set_text(texts[name])
            note.xy = (1, place)


_CAPTION = ("Teaching model. Above: the average score over six weeks; each band is a strand of its fall, in points at the last week. "
            "Below: thirty made-up people with that average.")  # fmt: skip


def _alt(title: str, start: float, falls, people: np.ndarray, week: int) -> str:
    parts = ", ".join(f"{LOOKS[strand][0]} {falls[week][strand]:.1f}" for strand in STRANDS)
    then = people[:, week]
    where = f"The thirty people then stand between {then.min():.0f} and {then.max():.0f}"
    return f"{title}. From {start:g} at the start, points off by week {week}: {parts}. {where}."


def _rows(start: float, falls) -> tuple[tuple[str, ...], ...]:
    rows = []
    for week, each in enumerate(falls):
        whole = sum(each.values())
        rows.append((f"Week {week}", *(f"{each[strand]:.1f}" for strand in STRANDS), f"{whole:.1f}", f"{start - whole:.1f}"))
    return tuple(rows)
