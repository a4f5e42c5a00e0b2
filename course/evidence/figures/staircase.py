"""Four steps as bars: of 100 who started, how many are well, have left, or are still unwell, beside two readings of the total."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from course.look import Picture, new_figure, sentence, to_svg, tone

from ..records import Effect
from ..staircase import Landing

# In points.
_WIDTH, _LEFT, _RIGHT, _BODY, _FOOT, _TITLE, _LETTERS_A_LINE = 432.0, 40.0, 4.0, 190.0, 34.0, 15.0, 62
_GROUPS = ("well", "left", "still unwell")
_TOO_SMALL = 6  # people of 100: a bar lower than this has no room for its number
_APART = 7  # of 100: between two names beside the last bar
_BAR = 0.72


class StaircaseDrawing:
    """The bars, drawn once and moved at each update."""

    def __init__(self, first: Effect, second: Effect, steps: int):
        self._readings, self._steps = (first, second), steps
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._axes = axes = self.figure.add_axes((0.1, 0.1, 0.7, 0.7))
        places, readings = list(range(1, steps + 1)), [steps + 2.0, steps + 2.9]
        axes.set_xlim(0.5, steps + 3.35)
        axes.set_ylim(0, 100)
        axes.set_xticks([*places, *readings], [*(f"after\nstep {step}" for step in places), "first\nreported", "re-\nanalysed"])
        axes.tick_params(axis="x", length=0)
        axes.set_yticks([0, 25, 50, 75, 100])
        axes.set_ylabel("people of 100 who started")
        faces = {"well": (tone("ink"), tone("ink")), "left": ("none", tone("control")), "still unwell": (tone("rule"), tone("rule"))}
        inside = {"well": tone("paper"), "left": tone("ink"), "still unwell": tone("ink")}
        self._bars = {group: axes.bar(places, [0] * steps, _BAR, facecolor=face, edgecolor=edge, linewidth=1) for group, (face, edge) in faces.items()}
        for bar in self._bars["left"]:
            bar.set_linestyle(":")
        self._numbers = {group: [axes.text(place, 0, "", ha="center", va="center", fontsize=9.5, color=colour) for place in places]
                         for group, colour in inside.items()}  # fmt: skip
        self._names = {group: axes.annotate("", (steps + _BAR / 2, 0), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9)
                       for group in _GROUPS}  # fmt: skip
        axes.bar(readings, [effect.value for effect in self._readings], _BAR, facecolor="none", edgecolor=tone("ink"), linewidth=1.4)
        for place, effect in zip(readings, self._readings, strict=True):
            axes.annotate(effect.number, (place, effect.value), xytext=(0, 3), textcoords="offset points", ha="center", va="bottom", fontsize=9.5)

    def update(self, title: str, landings: Sequence[Landing]) -> Picture:
        """The bars of this staircase."""
        people = [landing.people for landing in landings]
        self.set(title, people)
        rows = tuple((f"After step {number}", *map(str, counted)) for number, counted in enumerate(people, 1))
        rows += tuple((f"{words}, {effect.study.short}", effect.text, "not told", "not told")
                      for effect, words in zip(self._readings, ("First reported", "Re-analysed"), strict=True))  # fmt: skip
        told = "; ".join(f"after step {number} {well} well, {left} left, {unwell} still unwell" for number, (well, left, unwell) in enumerate(people, 1))
        first, second = self._readings
        alt = f"{sentence(title)}. Of 100 who started: {told}. The total first reported is {first.number}, re-analysed {second.number}."
        caption = (
            "Of 100 people who started the first step. Dark: well. Dotted outline: left between two steps, not well. Light: still there and unwell. The two "
            f"bars at the right are published totals ({first.study.short}; {second.study.short}). Shares that come to remission are published; leaving is "
            "assumed."
        )
        return Picture(to_svg(self.figure, alt), alt, caption, ("Step or reading", "Well", "Left", "Still unwell"), rows)

    def set(self, title: str, people: Sequence[tuple[int, int, int]]) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + 10 + _BODY + _FOOT
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_LEFT / _WIDTH, _FOOT / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, _BODY / height))
        self._title.set_text("\n".join(lines))
        for step, counted in enumerate(people):
            bottom = 0
            for group, count in zip(_GROUPS, counted, strict=True):
                self._bars[group][step].set_y(bottom)
                self._bars[group][step].set_height(count)
                number = self._numbers[group][step]
                number.set_position((step + 1, bottom + count / 2))
                number.set_text(str(count) if count >= _TOO_SMALL else "")
                bottom += count
        self._name(people[-1])

    def _name(self, last: tuple[int, int, int]) -> None:
        """The groups named beside the last bar, each at its own height."""
        bottom, before = 0.0, -_APART
        for group, count in zip(_GROUPS, last, strict=True):
            height = max(bottom + count / 2, before + _APART)
            self._names[group].set_text((group if count >= _TOO_SMALL else f"{count} {group}") if count else "")
            self._names[group].xy = (self._steps + _BAR / 2, height)
            before = height if count else before
            bottom += count
