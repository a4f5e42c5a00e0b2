"""A visit as bars by the minute: what was planned, what each part was given, and when the patient went quiet."""

from __future__ import annotations

import textwrap

from matplotlib.collections import PolyCollection

from course.look import Picture, new_figure, sentence, to_svg, tone

from ..visit import DONE, INTERRUPTION, LEFT_OUT, MISSED, OUTCOMES, PARTS, SHORT, UNHEARD, Replay, visit

# In points, from which every place is worked out.
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD, _FOOT, _TITLE, _LETTERS_A_LINE = 432.0, 112.0, 118.0, 26.0, 20.0, 36.0, 15.0, 62
_LONGEST = 45  # minutes on the axis
#: The words of an outcome where they stand beside a bar.
_BESIDE_BAR = {DONE: "has its minutes", SHORT: "cut short", UNHEARD: "little is said", MISSED: "missed", LEFT_OUT: "left out"}


class VisitDrawing:
    """The bars, drawn once and moved at each update."""

    def __init__(self):
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._axes = axes = self.figure.add_axes((0.3, 0.2, 0.5, 0.6))
        axes.spines[:].set_visible(False)
        axes.set_xlim(0, _LONGEST)
        axes.set_ylim(len(PARTS) + 1, 0)
        axes.set_yticks([])
        axes.set_xticks(range(0, _LONGEST + 1, 5))
        axes.set_xlabel("minute of the visit")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        self._planned = self._bars("planned", facecolors="none", edgecolors=tone("control"), linewidths=1.2, linestyles=":")
        self._given = self._bars("given", facecolors=tone("ink"), edgecolors="none")
        self._came = self._bars("came-between", facecolors=tone("control"), edgecolors="none")
        axes.axvline(visit().minutes, color=tone("ink"), linewidth=1.4)
        axes.annotate("time is up", (visit().minutes, 0), xytext=(3, 2), textcoords="offset points", fontsize=9, va="bottom", annotation_clip=False)
        self._quiet = axes.axvline(0, color=tone("ink"), linewidth=1.4, linestyle="--")
        self._hush = axes.annotate("goes quiet", (0, 0), xytext=(3, 2), textcoords="offset points", fontsize=9, va="bottom", annotation_clip=False)
        self._labels, self._ends = [], []
        for row in range(len(PARTS) + 1):
            for texts, place, gap, side in ((self._labels, 0, -8, "right"), (self._ends, _LONGEST, 8, "left")):
                texts.append(axes.annotate("", (place, row + 0.5), xytext=(gap, 0), textcoords="offset points", ha=side, va="center", fontsize=9.5,
                                           annotation_clip=False))  # fmt: skip

    def _bars(self, name: str, **how) -> PolyCollection:
        bars = self._axes.add_collection(PolyCollection([], **how), autolim=False)
        bars.set_gid(name)
        return bars

    def update(self, title: str, shown: Replay) -> Picture:
        """The bars of this replay."""
        self.set(title, shown)
        alt = _alt(title, shown)
        caption = (
            f"Filled: the minutes that each part was given, of a visit of {visit().minutes}. Dotted: the minutes that were planned for it, had nothing come "
            "between. Every minute is a teaching rule, not a measurement."
        )
        return Picture(to_svg(self.figure, alt), alt, caption, ("Part", "Planned", "Given", "What became of it"), _rows(shown))

    def set(self, title: str, shown: Replay) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        body = _ROW * (len(PARTS) + 1)
        height = _TITLE * len(lines) + _HEAD + body + _FOOT
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_LEFT / _WIDTH, _FOOT / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, body / height))
        self._title.set_text("\n".join(lines))
        self._move(shown)
        self._say(shown)

    def _move(self, shown: Replay) -> None:
        order = visit().orders[shown.plan.order].parts
        planned, begun = [], 0
        for row, part in enumerate(order):
            planned.append(_bar(row, min(_LONGEST, begun), min(_LONGEST, begun + shown.plan.minutes[part]), 0.40))
            begun += shown.plan.minutes[part]
        self._planned.set_verts([bar for bar in planned if bar[0][0] != bar[2][0]])
        self._given.set_verts([_bar(order.index(piece.what), piece.start, piece.end, 0.26) for piece in shown.pieces if piece.what != INTERRUPTION])
        self._came.set_verts([_bar(len(order), piece.start, piece.end, 0.26) for piece in shown.pieces if piece.what == INTERRUPTION])

    def _say(self, shown: Replay) -> None:
        order = visit().orders[shown.plan.order].parts
        for row, part in enumerate(order):
            outcome = shown.outcomes[part]
            self._labels[row].set_text(visit().parts[part].short)
            self._ends[row].set_text(f"{OUTCOMES[outcome][1]} {_BESIDE_BAR[outcome]}")
        self._labels[-1].set_text("Comes between" if shown.given(INTERRUPTION) else "")
        self._ends[-1].set_text("")
        self._quiet.set_visible(shown.quiet is not None)
        self._hush.set_visible(shown.quiet is not None)
        minute = shown.quiet[0] if shown.quiet else 0
        self._quiet.set_xdata([minute, minute])
        self._hush.xy = (minute, 0)
        self._hush.set_ha("left" if minute < 12 else "right")
        self._hush.set_position((3 if minute < 12 else -3, 2))


def _bar(row: int, start: float, end: float, half: float) -> list[tuple[float, float]]:
    top, bottom = row + 0.5 - half, row + 0.5 + half
    return [(start, top), (start, bottom), (end, bottom), (end, top)]


def _rows(shown: Replay) -> tuple[tuple[str, ...], ...]:
    rows = []
    for part in visit().orders[shown.plan.order].parts:
        words = OUTCOMES[shown.outcomes[part]][0]
        rows.append((visit().parts[part].label, _minutes(shown.plan.minutes[part]), _minutes(shown.given(part)), words))
    came = shown.given(INTERRUPTION)
    if came:
        rows.append((visit().interruptions[shown.plan.interruption].label, _minutes(0), _minutes(came), "comes between"))
    return tuple(rows)


def _minutes(count: int) -> str:
    return f"{count} minute{'s' * (count != 1)}"


def _alt(title: str, shown: Replay) -> str:
    told = [f"{visit().parts[part].short}: planned {shown.plan.minutes[part]}, given {shown.given(part)}, {OUTCOMES[shown.outcomes[part]][0]}"
            for part in visit().orders[shown.plan.order].parts]  # fmt: skip
    quiet = f" She goes quiet at minute {shown.quiet[0]}." if shown.quiet else " She does not go quiet."
    return f"{sentence(title)}. In minutes. {'; '.join(told)}.{quiet} The visit ends at minute {shown.end}."
