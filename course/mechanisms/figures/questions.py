"""Findings against the question that each of them answers, and the leap from one question to another."""

from __future__ import annotations

import textwrap

from course.look import Picture, new_figure, to_svg, tone

from ..serotonin import QUESTIONS, Debate

# In points, from which every place is worked out.
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD, _TITLE, _LETTERS_A_LINE = 432.0, 178.0, 8.0, 28.0, 46.0, 15.0, 62
_TEXT = 9.5
_CAPTION = (
    "A full mark: the question that the finding answers. A dash: it says nothing about that. "
    "Where a leap is looked at, a dotted arrow below goes from one question to another."
)


class QuestionsDrawing:
    """The findings, drawn once. At an update only the band behind a finding, or the arrow of a leap, moves."""

    def __init__(self, made: Debate):
        self._made, self._rows = made, list(made.findings)
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._body = _ROW * (len(self._rows) + 1)
        self._axes = axes = self.figure.add_axes((0.4, 0.1, 0.5, 0.7))
        axes.set_xlim(0, len(QUESTIONS))
        axes.set_ylim(self._body, 0)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks([])
        self._band = axes.fill([0] * 4, [0] * 4, color=tone("rule"), alpha=0.45, linewidth=0, zorder=0)[0]
        self._band.set_gid("looked-at")
        self._write(axes)
        self._mark(axes)
        (self._shaft,) = axes.plot([], [], color=tone("ink"), linestyle=":", linewidth=1.8)
        (self._from,) = axes.plot([], [], "o", color=tone("ink"), markersize=7, fillstyle="none")
        (self._to,) = axes.plot([], [], color=tone("ink"), markersize=9, linestyle="none")
        self._says = axes.text(0, 0, "", ha="center", va="bottom", fontsize=9)

    def _write(self, axes) -> None:
        for row, key in enumerate(self._rows):
            axes.annotate(self._made.findings[key].label, (0, _height(row)), xytext=(-8, 0), textcoords="offset points", ha="right", va="center",
                          fontsize=_TEXT, annotation_clip=False)  # fmt: skip
        axes.annotate("A leap from one to another", (0, _height(len(self._rows))), xytext=(-8, 0), textcoords="offset points", ha="right", va="center",
                      fontsize=_TEXT, color=tone("quiet"), annotation_clip=False)  # fmt: skip
        axes.axhline(_ROW * len(self._rows), color=tone("rule"), linewidth=0.8)
        for place, (words, _) in enumerate(QUESTIONS.values()):
            axes.annotate("\n".join(textwrap.wrap(words, 15)), (place + 0.5, 0), xytext=(0, 4), textcoords="offset points", ha="center", va="bottom",
                          fontsize=_TEXT, annotation_clip=False)  # fmt: skip

    def _mark(self, axes) -> None:
        for name, marker, size, colour in (("answers", "o", 10, tone("ink")), ("silent", "_", 5, tone("control"))):
            places = [(_column(about) + 0.5, _height(row)) for row, key in enumerate(self._rows) for about in QUESTIONS
                      if (about == self._made.findings[key].about) == (name == "answers")]  # fmt: skip
            (line,) = axes.plot([x for x, _ in places], [y for _, y in places], marker, color=colour, markersize=size, linestyle="none")
            line.set_gid(name)

    def update(self, title: str, finding: str = "", leap: str = "") -> Picture:
        """The findings with a band behind one of them, or with the arrow of a leap."""
        self.set(title, finding, leap)
        alt = _alt(self._made, title, finding, leap)
        rows = [(each.label, each.question, each.certainty) for each in self._made.findings.values()]
        rows += [(f"Leap: {each.label}", f"from {QUESTIONS[each.start][0]} to {QUESTIONS[each.end][0]}", "does not follow")
                 for each in self._made.leaps.values()]  # fmt: skip
        return Picture(to_svg(self.figure, alt), alt, _CAPTION, ("Finding or leap", "Question that it answers", "How sure"), tuple(rows))

    def set(self, title: str, finding: str = "", leap: str = "") -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + _HEAD + self._body + 4
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_LEFT / _WIDTH, 4 / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, self._body / height))
        self._title.set_text("\n".join(lines))
        top = _ROW * self._rows.index(finding) if finding else 0
        self._band.set_xy([(0, top), (len(QUESTIONS), top), (len(QUESTIONS), top + _ROW), (0, top + _ROW)] if finding else [(0, 0)] * 4)
        self._leap(self._made.leaps[leap] if leap else None)

    def _leap(self, leap) -> None:
        height = _height(len(self._rows)) + 4
        start, end = (_column(leap.start) + 0.5, _column(leap.end) + 0.5) if leap else (0.0, 0.0)
        self._shaft.set_data([start, end] if leap else [], [height, height] if leap else [])
        self._from.set_data([start] if leap else [], [height] if leap else [])
        self._to.set_data([end] if leap else [], [height] if leap else [])
        self._to.set_marker(">" if end > start else "<")
        self._says.set_position(((start + end) / 2, height - 3))
        self._says.set_text("does not follow" if leap else "")


def _height(row: int) -> float:
    return _ROW * (row + 0.5)


def _column(about: str) -> int:
    return list(QUESTIONS).index(about)


def _alt(made: Debate, title: str, finding: str, leap: str) -> str:
    told = "; ".join(f"{each.label}: {each.question}" for each in made.findings.values())
    looked = ""
    if finding:
        looked = f" Marked: {made.findings[finding].label}."
    elif leap:
        looked = f" An arrow leaps from {QUESTIONS[made.leaps[leap].start][0]} to {QUESTIONS[made.leaps[leap].end][0]}."
    return f"{title}. The question that each finding answers. {told}.{looked}"
