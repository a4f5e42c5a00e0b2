"""One panel with a title that wraps and labels at the ends of its lines, every place worked out in points.

An automatic layout would be too slow to draw again at each change.
"""

from __future__ import annotations

import textwrap

from course.evidence.figures.relapse import spread
from course.look import new_figure, tone

TEXT, SMALL = 9.5, 9.0
_WIDTH, _TITLE, _AXIS, _LEFT, _EDGE = 432.0, 15.0, 36.0, 40.0, 14.0
_LETTERS_A_LINE = 66


class Panel:
    """A figure with one pair of axes.

    Where there are labels, ``right`` points are kept free for them, of which there are ``labels`` at most, ``apart`` points from the axes.
    """

    def __init__(self, labels: int, right: float = 130.0, body: float = 190.0, apart: float = 5.0):
        self._right, self._body = right, body
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self.axes = axes = self.figure.add_axes((0.1, 0.2, 0.6, 0.6))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.tick_params(length=3, color=tone("rule"))
        self._labels = [axes.annotate("", (1, 0), xycoords=("axes fraction", "data"), xytext=(apart, 0), textcoords="offset points", va="center",
                                      fontsize=TEXT, linespacing=1.1, annotation_clip=False) for _ in range(labels)]  # fmt: skip

    def lay_out(self, title: str, across: str, labelled: bool = True) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        top = _TITLE * len(lines) + 8
        height = top + self._body + _AXIS
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        right = self._right if labelled else _EDGE
        self.axes.set_position((_LEFT / _WIDTH, _AXIS / height, (_WIDTH - _LEFT - right) / _WIDTH, self._body / height))
        self.axes.set_xlabel(across, fontsize=TEXT)
        self._title.set_text("\n".join(lines))

    def label(self, written: list[tuple[float, str, str]]) -> None:
        """Write labels at the right: (height, words, colour), moved apart where they would meet."""
        low, high = self.axes.get_ylim()
        line = 1.2 * TEXT / self._body * (high - low)
        # Labels of two lines need more room: each is placed by its middle.
        tallest = max((words.count("\n") + 1 for _, words, _ in written), default=1)
        heights = spread([height for height, _, _ in written], line * tallest)
        for note, place in zip(self._labels, [*zip(written, heights, strict=True), *[None] * (len(self._labels) - len(written))], strict=True):
            note.set_visible(place is not None)
            if place is not None:
                (_, words, colour), height = place
                note.set_text(words)
                note.set_color(colour)
                note.xy = (1, height)
