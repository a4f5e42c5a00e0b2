"""Four groups of a trial with their intervals, and hollow marks where adding up on each scale would put the combined group."""

from __future__ import annotations

import textwrap

from course.evidence.adding import BOTH, MEDICATION, NEITHER, THERAPY, AddedUp, FourGroups, added_up
from course.look import SERIES, Picture, new_figure, sentence, to_svg, tone

#: group: (its row, the series that it is drawn as).
_GROUPS = {
    NEITHER: ("Neither", "control"),
    MEDICATION: ("Medication alone", "medication"),
    THERAPY: ("Therapy alone", "therapy"),
    BOTH: ("Both together", "combined"),
}
_SUMS = {"RD": "Gains added", "RR": "Chances multiplied", "OR": "Odds multiplied"}
_GUESS = "You said"
# In points, from which every place is worked out: an automatic layout would be too slow.
_WIDTH, _ROW, _TITLE, _AXIS, _LEFT, _RIGHT = 432.0, 25.0, 15.0, 36.0, 118.0, 84.0
_TEXT, _LETTERS_A_LINE = 9.5, 66


class AddingDrawing:
    """The figure of *Add them up*, to be drawn at each change: its artists are made once and only moved afterwards."""

    def __init__(self):
        from matplotlib.collections import LineCollection
        from matplotlib.transforms import blended_transform_factory

        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._axes = axes = self.figure.add_axes((0.3, 0.2, 0.4, 0.6))
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.set(xlim=(0, 100), yticks=[], xticks=range(0, 101, 20))
        axes.tick_params(axis="x", length=3, color=tone("rule"))
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        self._intervals = axes.add_collection(LineCollection([], linewidths=2, clip_on=False), autolim=False)
        self._intervals.set_gid("intervals")
        self._groups = {name: self._mark(f"group-{name}", SERIES[series][2], tone(series), tone(series)) for name, (_, series) in _GROUPS.items()}
        self._sums = {measure: self._mark(f"sum-{measure}", "D", tone("ink"), "none") for measure in _SUMS}
        self._beyond = self._mark("beyond", ">", tone("ink"), tone("ink"), 6)
        self._guess = self._mark("guess", "|", tone("ink"), tone("ink"), 14)
        (self._seen,) = axes.plot([], [], color=tone("quiet"), linewidth=0.9, clip_on=False, zorder=1)
        across = blended_transform_factory(self.figure.transFigure, axes.transData)
        self._words = [[self.figure.text(x, 0, "", transform=across, ha=align, va="center", fontsize=_TEXT) for _ in range(len(_GROUPS) + len(_SUMS) + 1)]
                       for x, align in ((0, "left"), (1, "right"))]  # fmt: skip

    def _mark(self, gid: str, marker: str, edge: str, face: str, size: float = 8):
        (mark,) = self._axes.plot([], [], marker=marker, color=edge, markerfacecolor=face, markersize=size, markeredgewidth=1.6, linestyle="none",
                                  clip_on=False, zorder=3)  # fmt: skip
        mark.set_gid(gid)
        return mark

    def update(self, trial: FourGroups, guess: int | None = None) -> Picture:
        """The drawing of a trial; without a guess the combined group stays covered."""
        sums = added_up(trial) if guess is not None else ()
        title = _finding(trial, sums)
        rows = _rows(trial, sums, guess)
        self._lay_out(title, trial.did, len(rows))
        self._place_groups(trial, covered=guess is None)
        self._place_sums(trial, sums, guess)
        self._write([(label, text) for label, text, _ in rows])
        alt = _alt(trial, title, rows)
        table = tuple((label, what, text) for label, text, what in rows)
        return Picture(to_svg(self.figure, alt), alt, _caption(trial, guess is None), ("Row", "Meaning", "Of 100 people (95 % interval)"), table)

    def _lay_out(self, title: str, did: str, rows: int) -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        top, body = _TITLE * len(lines) + 8, rows * _ROW
        height = top + body + _AXIS
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_LEFT / _WIDTH, _AXIS / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, body / height))
        self._axes.set_ylim(rows - 0.5, -0.5)
        self._axes.set_xlabel(f"Of 100 people, how many {did}", fontsize=_TEXT)
        self._title.set_text("\n".join(lines))

    def _place_groups(self, trial: FourGroups, covered: bool) -> None:
        segments, colours = [], []
        for row, (name, (_, series)) in enumerate(_GROUPS.items()):
            hidden = covered and name == BOTH
            group = trial.groups[name]
            self._groups[name].set_data([] if hidden else [100 * group.share], [] if hidden else [row])
            if not hidden:
                segments.append([(100 * end, row) for end in group.interval])
                colours.append(tone(series))
        self._intervals.set_segments(segments)
        self._intervals.set_color(colours)

    def _place_sums(self, trial: FourGroups, sums: tuple[AddedUp, ...], guess: int | None) -> None:
        """The hollow marks, an arrow where the sum asks for more people than there are, the guess, and a line down from what was seen."""
        first = len(_GROUPS)
        places = {each.measure: (100 * each.share, first + i) for i, each in enumerate(sums) if each.possible}
        beyond = [(100 if each.share > 1 else 0, first + i) for i, each in enumerate(sums) if not each.possible]
        for measure, mark in self._sums.items():
            x, y = places.get(measure, (None, None))
            mark.set_data([] if x is None else [x], [] if x is None else [y])
        self._beyond.set_data([x for x, _ in beyond], [y for _, y in beyond])
        self._guess.set_data([] if guess is None else [guess], [] if guess is None else [first + len(sums)])
        seen = 100 * trial.both.share
        self._seen.set_data([] if guess is None else [seen, seen], [] if guess is None else [first - 1, first + len(sums) + 0.4])

    def _write(self, rows: list[tuple[str, str]]) -> None:
        for column, cells in zip(self._words, zip(*rows, strict=True), strict=True):
            for i, word in enumerate(column):
                word.set(text=cells[i] if i < len(cells) else "", y=min(i, len(cells) - 1), visible=i < len(cells))


def _rows(trial: FourGroups, sums: tuple[AddedUp, ...], guess: int | None) -> list[tuple[str, str, str]]:
    """A row's label, its numbers, and what it is."""
    rows = [(label, trial.groups[name].text, trial.groups[name].detail) for name, (label, _) in _GROUPS.items()]
    if guess is None:
        return [*rows[:-1], (rows[-1][0], "covered", rows[-1][2])]
    rows += [(_SUMS[each.measure], of_hundred(each), "what adding up on this scale predicts for both together") for each in sums]
    return [*rows, (_GUESS, str(guess), "your prediction")]


def of_hundred(each: AddedUp) -> str:
    """``91``; where a scale asks for what cannot be, it says so."""
    return str(each.of_hundred) if each.possible else f"{each.of_hundred}: impossible"


def _finding(trial: FourGroups, sums: tuple[AddedUp, ...]) -> str:
    if not sums:
        return "Neither, medication, therapy: what will both together bring?"
    numbers = list(dict.fromkeys("an impossible number" if not each.possible else str(each.of_hundred) for each in sorted(sums, key=lambda each: each.share)))
    said = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} or {numbers[-1]}, depending on the scale"
    return f"{round(100 * trial.both.share)} of 100 with both; adding up predicts {said}"


def _alt(trial: FourGroups, title: str, rows) -> str:
    said = "; ".join(f"{label} {text}" for label, text, _ in rows)
    return f"{sentence(title)}{'' if title.endswith('?') else '.'} {trial.name}, of 100 people, with 95 % intervals: {said}."


def _caption(trial: FourGroups, covered: bool) -> str:
    start = f"{trial.name}: of 100 {trial.people}, how many {trial.did}. Each full mark is a group of the trial with its 95 % interval."
    if covered:
        return f"{start} The group with both is covered until you have predicted it."
    return f"{start} Each hollow mark is what adding up predicts on one scale; the thin line is what was seen."
