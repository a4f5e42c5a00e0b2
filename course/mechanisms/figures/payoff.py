"""Ways of practising beside each other: at the left how far fear falls in practice, at the right what is avoided a month later."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import attrs

from course.look import Picture, new_figure, to_svg, tone

from .panel import SMALL, TEXT

# In points, from which every place is worked out.
_WIDTH, _LEFT, _BETWEEN, _RIGHT, _ROW, _TITLE, _HEAD, _FOOT = 432.0, 118.0, 24.0, 18.0, 34.0, 15.0, 36.0, 24.0
_LETTERS_A_LINE, _LETTERS_A_NAME = 66, 20
_HIGH = 0.5  # of a row
_OUTINGS = 10


@attrs.frozen
class Way:
    """One way of practising: what it is called, how far fear falls in it (of 100), and how many of ten outings are avoided a month later."""

    label: str
    falls: float
    avoided: float


class PayoffDrawing:
    """The figure: a row a way, the first of them the learner's own. Its bars are made once; at an update they change their length."""

    def __init__(self, ways: int, most: float):
        self._height = _ROW * ways
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._falls = self._panel(ways, "Fear falls in practice,\nof 100", most)
        self._avoided = self._panel(ways, "Avoided a month later,\nof 10", _OUTINGS)
        self._names = [self._falls[0].annotate("", (0, row), xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=TEXT,
                                               annotation_clip=False) for row in range(ways)]  # fmt: skip
        self._names[0].set_fontweight("bold")

    def _panel(self, ways: int, head: str, most: float):
        """Axes with a bar and a number a row; the learner's own bar is in ink."""
        axes = self.figure.add_axes((0.3, 0.1, 0.3, 0.6))
        axes.set(xlim=(0, most * 1.16), ylim=(ways - 0.5, -0.5), yticks=[])
        axes.set_xticks(range(0, int(most) + 1, 20 if most > _OUTINGS else 2))
        axes.tick_params(length=3, color=tone("rule"), labelsize=SMALL)
        axes.set_title(head, fontsize=TEXT, fontweight="normal", loc="left", pad=6)
        bars = axes.barh(range(ways), [0] * ways, height=_HIGH, color=[tone("combined"), *[tone("control")] * (ways - 1)])
        numbers = [axes.annotate("", (0, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=TEXT) for row in range(ways)]
        return axes, bars, numbers

    def update(self, title: str, ways: Sequence[Way], caption: str) -> Picture:
        """The drawing of these ways of practising."""
        self.set(title, ways)
        told = "; ".join(f"{way.label}: fear falls by {way.falls:.0f}, {way.avoided:.1f} avoided" for way in ways)
        alt = f"{title}. {told}."
        rows = tuple((way.label, f"{way.falls:.0f}", f"{way.avoided:.1f}") for way in ways)
        return Picture(to_svg(self.figure, alt), alt, caption, ("Way of practising", "Fear falls in practice, of 100", "Avoided a month later, of 10"), rows)

    def set(self, title: str, ways: Sequence[Way]) -> None:
        """Move every artist to where these ways want it."""
        self._lay_out(title)
        for name, way in zip(self._names, ways, strict=True):
            name.set_text("\n".join(textwrap.wrap(way.label, _LETTERS_A_NAME)))
        _lengthen(self._falls, [(way.falls, f"{way.falls:.0f}") for way in ways])
        _lengthen(self._avoided, [(way.avoided, f"{way.avoided:.1f}") for way in ways])

    def _lay_out(self, title: str) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + _HEAD + self._height + _FOOT
        across = (_WIDTH - _LEFT - _BETWEEN - _RIGHT) / 2
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        for place, (axes, _, _) in enumerate((self._falls, self._avoided)):
            axes.set_position(((_LEFT + place * (across + _BETWEEN)) / _WIDTH, _FOOT / height, across / _WIDTH, self._height / height))
        self._title.set_text("\n".join(lines))


def _lengthen(panel, written: Sequence[tuple[float, str]]) -> None:
    """Give each bar of a panel its length, and write its number at its end."""
    _, bars, numbers = panel
    for row, (bar, number, (length, words)) in enumerate(zip(bars, numbers, written, strict=True)):
        bar.set_width(length)
        number.xy = (length, row)
        number.set_text(words)
