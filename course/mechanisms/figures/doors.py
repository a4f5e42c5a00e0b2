"""Three treatments as three bars of a hundred people: who gets through, and what the others left over."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import attrs

from course.look import Picture, new_figure, to_svg, tone

from .panel import SMALL, TEXT

# In points, from which every place is worked out.
_WIDTH, _EDGE, _ROW, _TITLE, _FOOT = 432.0, 12.0, 62.0, 15.0, 22.0
_LETTERS_A_LINE, _A_LETTER = 66, 4.9
_HIGH = 0.5  # of a row


@attrs.frozen
class Passage:
    """One treatment: what it is called, how many of 100 get through, and how many leave over what."""

    label: str
    through: float
    lost: dict[str, float] = attrs.field(hash=False)


class DoorsDrawing:
    """The figure: a bar a treatment in the colour of its ``series``, then one piece for each of ``barriers``. The pieces are made once."""

    def __init__(self, series: Sequence[str], barriers: dict[str, str]):
        self._barriers = barriers
        self._height = _ROW * len(series)
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._axes = axes = self.figure.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.set(xlim=(0, 100), ylim=(len(series) - 0.5, -0.5), yticks=[], xticks=range(0, 101, 20))
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=3, color=tone("rule"), labelsize=SMALL)
        rows = range(len(series))
        self._names = [axes.annotate("", (0, row - _HIGH / 2), xytext=(0, 4), textcoords="offset points", fontsize=TEXT, annotation_clip=False) for row in rows]
        self._pieces = [[self._piece(row, tone(name)), *(self._piece(row, None) for _ in barriers)] for row, name in zip(rows, series, strict=True)]

    def _piece(self, row: int, colour: str | None):
        """A piece of a bar with its words: filled where people get through, and only bordered where they leave."""
        (bar,) = self._axes.barh([row], [0], height=_HIGH, facecolor=colour or "none", edgecolor=tone("quiet"), linewidth=0.9)
        words = self._axes.text(0, row, "", ha="center", va="center", fontsize=SMALL, linespacing=1.2, color=tone("paper" if colour else "ink"))
        return bar, words

    def update(self, title: str, doors: Sequence[Passage], caption: str) -> Picture:
        """The drawing of these treatments."""
        self.set(title, doors)
        told = "; ".join(f"{door.label}: {door.through:.0f} get through, {_left(door, self._barriers)}" for door in doors)
        alt = f"{title}. {told}."
        rows = []
        for door in doors:
            rows.append((f"{door.label}, get through", f"{door.through:.0f}"))
            rows += [(f"{door.label}, leave over {words}", f"{door.lost[key]:.0f}") for key, words in self._barriers.items()]
        return Picture(to_svg(self.figure, alt), alt, caption, ("Treatment", "Of 100 people"), tuple(rows))

    def set(self, title: str, doors: Sequence[Passage]) -> None:
        """Move every artist to where these treatments want it."""
        self._lay_out(title)
        for name, pieces, door in zip(self._names, self._pieces, doors, strict=True):
            name.set_text(f"{door.label}: {door.through:.0f} of 100 get through")
            start = 0.0
            for (bar, words), (label, length) in zip(pieces, [("through", door.through), *((self._barriers[key], door.lost[key]) for key in self._barriers)],
                                                     strict=True):  # fmt: skip
                bar.set(x=start, width=length)
                words.set_x(start + length / 2)
                words.set_text(_fitting(label, length))
                start += length

    def _lay_out(self, title: str) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + self._height + _FOOT
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_EDGE / _WIDTH, _FOOT / height, (_WIDTH - 2 * _EDGE) / _WIDTH, self._height / height))
        self._title.set_text("\n".join(lines))


def _fitting(label: str, length: float) -> str:
    """The first word of a label with its number, the number alone, or nothing: what has room in a piece of this length."""
    label = label.split()[0]
    room, number = length / 100 * (_WIDTH - 2 * _EDGE), f"{length:.0f}"
    if room >= _A_LETTER * len(label):
        return f"{label}\n{number}"
    return number if length >= 1 and room >= 2 * _A_LETTER * len(number) else ""


def _left(door: Passage, barriers: dict[str, str]) -> str:
    lost = [f"{door.lost[key]:.0f} leave over {words}" for key, words in barriers.items() if door.lost[key] >= 0.5]
    return ", ".join(lost) or "nobody leaves"
