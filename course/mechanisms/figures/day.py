"""A day on a clock strip: the hours that a medicine covers, and for each task how likely it is to get done."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from course.look import Picture, to_svg, tone

from .panel import SMALL, Panel

_FIRST, _LAST = 7, 23.5
_WIDE = 0.8  # of an hour


@attrs.frozen
class Slot:
    """One task of the day: its hour, what it is, its chance of getting done, whether it is covered, and how many skills stand ready."""

    hour: float
    label: str
    chance: float
    covered: bool
    skills: int


class DayDrawing:
    """The strip. Its bars are made once; at an update they only change their height, colour and mark."""

    def __init__(self, slots: int):
        self._panel = Panel(labels=0)
        axes = self._panel.axes
        axes.set(xlim=(_FIRST, _LAST), ylim=(0, 112), yticks=range(0, 101, 20), yticklabels=[f"{tick} %" for tick in range(0, 101, 20)])
        axes.set_xticks(range(8, 24, 2), [f"{hour}:00" for hour in range(8, 24, 2)], fontsize=SMALL)
        self._cover = axes.axvspan(0, 0, color=tone("medication"), alpha=0.12, linewidth=0)
        self._cover.set_gid("cover")
        self._bars = axes.bar([0] * slots, [0] * slots, width=_WIDE, zorder=2)
        (self._ready,) = axes.plot([], [], "^", color=tone("therapy"), markersize=7, linestyle="none")
        self._ready.set_gid("skills")

    @property
    def figure(self):
        return self._panel.figure

    def update(self, title: str, slots: Sequence[Slot], start: float, hours: float) -> Picture:
        """The strip for these tasks; with no hours there is no cover."""
        self.set(title, slots, start, hours)
        told = ", ".join(f"{slot.label} {_clock(slot.hour)} {100 * slot.chance:.0f} %" for slot in slots)
        cover = f"Cover from {_clock(start)} to {_clock(start + hours)}. " if hours else "No cover. "
        alt = f"{title}. {cover}Chance of each task: {told}."
        caption = "Teaching model. Bars: the chance that a task gets done. Shaded: the hours that the medicine covers. Triangles: a skill stands ready there."
        rows = tuple((_clock(slot.hour), slot.label, f"{100 * slot.chance:.0f} %", "yes" if slot.covered else "no", f"{slot.skills}") for slot in slots)
        return Picture(to_svg(self.figure, alt), alt, caption, ("Hour", "Task", "Chance", "Covered", "Skills ready"), rows)

    def set(self, title: str, slots: Sequence[Slot], start: float, hours: float) -> None:
        """Move every artist to where this day wants it."""
        self._panel.lay_out(title, "hour of the day", labelled=False)
        self._cover.set(x=start, width=hours)
        for bar, slot in zip(self._bars, slots, strict=True):
            bar.set(x=slot.hour - _WIDE / 2, height=100 * slot.chance, facecolor=tone("medication" if slot.covered else "control"))
        ready = [slot for slot in slots if slot.skills]
        self._ready.set_data([slot.hour for slot in ready], [100 * slot.chance + 6 for slot in ready])


def _clock(hour: float) -> str:
    """``15:30``."""
    return f"{int(hour)}:{round(60 * (hour % 1)):02d}"
