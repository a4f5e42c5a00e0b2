"""Waits and people treated by group, and the queue week by week: the clinic as it is changed, beside the clinic as it is."""

from __future__ import annotations

import io
import os
import textwrap
from pathlib import Path

from course.content.reading import PlainError
from course.content.words import in_a_sentence
from course.look import SERIES, Picture, any_letters, new_figure, to_svg, tone

from ..runs import Band, Summary
from ..simulation import INTAKE

FILES = ("svg", "png", "pdf")
#: The clinic as it is changed and as it is: (series of the palette, its words).
LOOKS = {"now": ("combined", "as changed"), "was": ("control", "as it is")}
# In points, from which every place is worked out: an automatic layout would be too slow to draw at each change.
_WIDTH, _TITLE, _ROW, _BETWEEN, _AXIS, _NAMES, _QUEUE, _EDGE = 460.0, 15.0, 24.0, 16.0, 34.0, 104.0, 120.0, 14.0
_TEXT, _LETTERS_A_LINE, _LETTERS_A_NAME = 9.0, 68, 18
#: More groups than these are left to the table.
MOST_GROUPS = 8


class WaitsDrawing:
    """The figure of a clinic. Its artists are made once, for so many groups, and moved at each ``update``."""

    def __init__(self, groups: int):
        self.groups = min(groups, MOST_GROUPS)
        self.figure = new_figure(_WIDTH / 72, 5, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._wait, self._treated, self._queue = (self.figure.add_axes((0.1, 0.1 + y / 4, 0.6, 0.2)) for y in (2, 1, 0))
        self._dots = {axes: {look: self._series(axes, look) for look in LOOKS} for axes in (self._wait, self._treated)}
        for axes in (self._wait, self._treated, self._queue):
            axes.set_axisbelow(True)
            axes.tick_params(length=3, color=tone("rule"), labelsize=_TEXT)
        for axes in (self._wait, self._treated):
            axes.grid(axis="x")
            axes.set_ylim(self.groups - 0.5, -0.5)
        self._treated.set_yticks([])
        self._queue.grid(axis="y")
        self._queue.set_xlabel("weeks from the change", fontsize=_TEXT)
        self._lines = {look: self._queue.plot([], [], SERIES[series][3], color=tone(series), linewidth=2.2)[0] for look, (series, _) in LOOKS.items()}
        self._band = self._queue.fill_between([0, 1], [0, 0], [1, 1], facecolor=tone("rule"), edgecolor="none", alpha=0.6)
        self._names = {look: self._queue.annotate("", (1, 0), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points", va="center",
                                                  fontsize=_TEXT, annotation_clip=False) for look in LOOKS}  # fmt: skip

    def _series(self, axes, look: str):
        from matplotlib.collections import LineCollection

        series, above = LOOKS[look][0], -0.16 if look == "now" else 0.16
        (marks,) = axes.plot([], [], SERIES[series][2], color=tone(series), markersize=6, clip_on=False)
        bars = axes.add_collection(LineCollection([[(0, 0), (0, 0)]], colors=tone(series), linewidths=1.6), autolim=False)
        marks.set_gid(f"marks-{look}")
        bars.set_gid(f"bands-{look}")
        return marks, bars, above

    def update(self, title: str, place: str, now: Summary, was: Summary | None = None) -> Picture:
        """The drawing of the queue for one place, of a clinic beside the one that it was."""
        self.set(title, place, now, was)
        alt = _alt(title, place, now, was)
        return Picture(to_svg(self.figure, alt), alt, _caption(now), *_table(place, now, was))

    def set(self, title: str, place: str, now: Summary, was: Summary | None = None) -> None:
        """Move every artist to where these runs want it."""
        self._lay_out(title)
        shown = list(now.scenario.groups)[: self.groups]
        words = [textwrap.fill(now.scenario.groups[group].title, _LETTERS_A_NAME) for group in shown]
        self._wait.set_yticks(range(len(shown)), words)
        what = "a first visit" if place == INTAKE else in_a_sentence(now.scenario.steps[place].title)
        self._wait.set_xlabel(f"weeks of wait for {what}", fontsize=_TEXT)
        self._treated.set_xlabel("treated, of 100 referred", fontsize=_TEXT)
        self._queue.set_title(f"People waiting for {what}", fontsize=_TEXT, fontweight="normal", loc="left")
        both = {"now": now, "was": was}
        for axes, of in ((self._wait, lambda made, group: made.wait(place, group)), (self._treated, lambda made, group: made.treated_of_100(group))):
            bands = {look: [of(made, group) if made else None for group in shown] for look, made in both.items()}
            for look, series in self._dots[axes].items():
                _move(series, bands[look])
            axes.set_xlim(0, 100 if axes is self._treated else max([4.0, *(1.08 * each.high for row in bands.values() for each in row if each)]))
        self._draw_queue({look: made.queue(place) if made else [] for look, made in both.items()})

    def _draw_queue(self, queues: dict[str, list[Band]]) -> None:
        now = queues["now"]
        weeks = range(len(now))
        self._queue.set_xlim(0, max(len(now) - 1, 1))
        top = max([4.0, *(each.high for row in queues.values() for each in row)])
        self._queue.set_ylim(0, 1.08 * top)
        self._band.set_data(list(weeks), [each.low for each in now], [each.high for each in now])
        ends = {look: row[-1].mean for look, row in queues.items() if row}
        apart = 1.3 * _TEXT / _QUEUE * 1.08 * top
        if len(ends) == 2 and abs(ends["now"] - ends["was"]) < apart:
            middle, over = sum(ends.values()) / 2, 1 if ends["now"] >= ends["was"] else -1
            ends = {"now": middle + over * apart / 2, "was": middle - over * apart / 2}
        for look, row in queues.items():
            self._lines[look].set_data(list(range(len(row))), [each.mean for each in row])
            self._names[look].set_text(f"{LOOKS[look][1]} {row[-1].mean:.0f}" if row else "")
            self._names[look].xy = (1, ends.get(look, 0))

    def _lay_out(self, title: str) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        head, dots = _TITLE * len(lines) + 10, _ROW * self.groups
        height = head + dots + _AXIS + _BETWEEN + _QUEUE + _AXIS
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        bottom, half = _AXIS + _QUEUE + _BETWEEN + _AXIS, (_WIDTH - _NAMES - 2 * _EDGE) / 2
        self._wait.set_position((_NAMES / _WIDTH, bottom / height, half / _WIDTH, dots / height))
        self._treated.set_position(((_NAMES + half + _EDGE) / _WIDTH, bottom / height, half / _WIDTH, dots / height))
        self._queue.set_position((32 / _WIDTH, _AXIS / height, (_WIDTH - 32 - 84) / _WIDTH, _QUEUE / height))
        self._title.set_text("\n".join(lines))


def _move(series, bands: list[Band | None]) -> None:
    marks, bars, above = series
    known = [(row + above, each) for row, each in enumerate(bands) if each]
    marks.set_data([each.mean for _, each in known], [row for row, _ in known])
    bars.set_segments([[(each.low, row), (each.high, row)] for row, each in known])


def _caption(now: Summary) -> str:
    return (f"Teaching model, {len(now.runs)} runs. Marks are averages, bars and the grey band hold eight of ten runs. "
            "Diamonds and the solid line: as changed. Crosses and the dotted line: the clinic as it is.")  # fmt: skip


def _alt(title: str, place: str, now: Summary, was: Summary | None) -> str:
    ends = now.queue(place)
    before = was.queue(place) if was else []
    beside = f" (as it is {before[-1].mean:.0f})" if before else ""
    return f"{title}. People waiting go from {ends[0].mean:.0f} to {ends[-1].mean:.0f} in {len(ends) - 1} weeks{beside}."


def _table(place: str, now: Summary, was: Summary | None) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = ("Group", "weeks of wait", "treated of 100") + (("weeks of wait as it is", "treated of 100 as it is") if was else ())
    rows = []
    for group, each in now.scenario.groups.items():
        cells = [cell for made in (now, was) if made for cell in (_cell(made.wait(place, group), 1), _cell(made.treated_of_100(group)))]
        rows.append((each.title, *cells))
    return head, tuple(rows)


def _cell(each: Band | None, digits: int = 0) -> str:
    return each.text(digits=digits) if each else "nobody"


def save_waits(path: Path, now: Summary, was: Summary | None = None) -> None:
    """The figure of the longest queue as a file, in the kind that its ending names."""
    place = max(now.places, key=lambda place: now.wait(place).mean, default="")
    if not place:
        raise PlainError(f"{path}: nobody was seen, so there is nothing to draw; write more referrals or more hours")
    waits = [made.wait(place).mean for made in (now, was) if made and made.wait(place)]
    title = f"{now.scenario.title}: the longest wait is {waits[0]:.0f} weeks" + (f", against {waits[1]:.0f} as it is" if len(waits) > 1 else "")
    drawing, file = WaitsDrawing(len(now.scenario.groups)), io.BytesIO()
    picture = drawing.update(title, place, now, was)
    with any_letters():
        drawing.figure.savefig(file, format=path.suffix.lower().removeprefix("."), dpi=200, facecolor="white", bbox_inches="tight", pad_inches=0.1,
                               metadata={"Title": picture.alt})  # fmt: skip
    half = path.with_name(".figure.half")  # the file is there whole or not at all
    try:
        half.write_bytes(file.getvalue())
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)
