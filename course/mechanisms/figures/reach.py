"""The map of what each treatment reaches: targets down, treatments across, a shape for how far and words for how sure."""

from __future__ import annotations

import textwrap

from course.evidence.certainty import NOT_STUDIED
from course.look import Picture, new_figure, to_svg, tone

from ..targets import NOTHING, REACHES, Targets

# In points, from which every place is worked out.
_WIDTH, _LEFT, _RIGHT, _ROW, _HEAD, _TITLE, _GAP = 432.0, 168.0, 26.0, 29.0, 70.0, 15.0, 12.0
_TEXT, _SMALL, _LETTERS_A_LINE = 9.5, 9.0, 66
#: How each reach is drawn: marker and how far it is filled.
_MARKS = {"reaches": ("o", "full"), "in part": ("o", "left"), "no gain": ("o", "none"), "hinders": ("v", "full"), NOTHING: ("_", "full")}
_SHORT = {"high": "high", "moderate": "mod.", "low": "low", "very low": "v. low"}


class ReachDrawing:
    """The map, drawn once. At an update only the band behind a column or a row moves."""

    def __init__(self, made: Targets):
        self._made = made
        self._heights = _heights(made)
        self._body = max(self._heights.values()) + _ROW / 2 + 4
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25)
        self._axes = axes = self.figure.add_axes((0.3, 0.1, 0.6, 0.7))
        axes.set_xlim(0, len(made.treatments))
        axes.set_ylim(self._body, -4)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.set_yticks([])
        self._band = axes.fill([0, 0, 0, 0], [0, 0, 0, 0], color=tone("rule"), alpha=0.45, linewidth=0, zorder=0)[0]
        self._band.set_gid("looked-at")
        self._write(axes)
        self._mark(axes)

    def _write(self, axes) -> None:
        """Targets at the left in their groups, treatments above."""
        across, before = _WIDTH - _LEFT - _RIGHT, None
        for key, target in self._made.targets.items():
            axes.annotate(target.label, (0, self._heights[key]), xytext=(-8, 0), textcoords="offset points", ha="right", va="center", fontsize=_TEXT,
                          annotation_clip=False)  # fmt: skip
            if before not in (None, target.kind):
                axes.axhline(self._heights[key] - _ROW / 2 - _GAP / 2, color=tone("rule"), linewidth=0.8)
            before = target.kind
        for place, treatment in enumerate(self._made.treatments.values()):
            axes.annotate(treatment.short, ((place + 0.5), -4), xytext=(-across / len(self._made.treatments) / 4, 4), textcoords="offset points", rotation=40,
                          ha="left", va="bottom", rotation_mode="anchor", fontsize=_TEXT, color=tone(treatment.series), annotation_clip=False)  # fmt: skip

    def _mark(self, axes) -> None:
        for reach, (marker, fill) in _MARKS.items():
            cells = [cell for target in self._made.targets for cell in self._made.row(target) if cell.reach == reach]
            places = [(self._column(cell.treatment) + 0.5, self._heights[cell.target] - (0 if reach == NOTHING else 6)) for cell in cells]
            colour = tone("control") if reach == NOTHING else tone("ink")
            (line,) = axes.plot([x for x, _ in places], [y for _, y in places], marker, color=colour, fillstyle=fill, markerfacecoloralt="none",
                                markersize=4 if reach == NOTHING else 9, linestyle="none", clip_on=False)  # fmt: skip
            line.set_gid(reach.replace(" ", "-"))
        for cell in self._made.cells:
            place = self._column(cell.treatment) + 0.5, self._heights[cell.target] + 7
            axes.annotate(_SHORT[cell.certainty], place, ha="center", va="center", fontsize=_SMALL)

    def _column(self, treatment: str) -> int:
        return list(self._made.treatments).index(treatment)

    def update(self, title: str, treatment: str = "", target: str = "") -> Picture:
        """The map with a band behind one treatment or one target."""
        self.set(title, treatment, target)
        alt = _alt(self._made, title, treatment, target)
        return Picture(to_svg(self.figure, alt), alt, _CAPTION, ("Target and treatment", "How far", "How sure"), _rows(self._made))

    def set(self, title: str, treatment: str = "", target: str = "") -> None:
        lines = textwrap.wrap(title, _LETTERS_A_LINE)
        height = _TITLE * len(lines) + _HEAD + self._body + 4
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        self._axes.set_position((_LEFT / _WIDTH, 0, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, (self._body + 4) / height))
        self._title.set_text("\n".join(lines))
        left, right, top, bottom = 0, len(self._made.treatments), -4.0, self._body
        if treatment:
            left, right = self._column(treatment), self._column(treatment) + 1
        elif target:
            top, bottom = self._heights[target] - _ROW / 2, self._heights[target] + _ROW / 2
        shown = bool(treatment or target)
        self._band.set_xy([(left, top), (right, top), (right, bottom), (left, bottom)] if shown else [(0, 0)] * 4)


_CAPTION = (
    "A full mark: reaches it. Half: in part. Hollow: does nothing here that could be found. Triangle: gets in its way. Dash: nothing on file, which is not "
    "the same as no effect. Below each mark how sure that is (mod. is moderate, v. low is very low)."
)


def _heights(made: Targets) -> dict[str, float]:
    """How far down each target stands: a row each, and a gap between the groups."""
    heights, down, before = {}, _ROW / 2, None
    for key, target in made.targets.items():
        down += _GAP if before not in (None, target.kind) else 0
        heights[key], down, before = down, down + _ROW, target.kind
    return heights


def _alt(made: Targets, title: str, treatment: str, target: str) -> str:
    looked = made.column(treatment) if treatment else made.row(target) if target else ()
    told = [f"{_name(made, cell, treatment)} {cell.words} ({cell.certainty})" for cell in looked if cell.reach != NOTHING]
    empty = sum(cell.reach == NOTHING for cell in looked)
    return f"{title}. " + "; ".join([*told, f"nothing on file for {empty}"]) + "."


def _name(made: Targets, cell, treatment: str) -> str:
    return f"{made.targets[cell.target].label}:" if treatment else f"{made.treatments[cell.treatment].short}:"


def _rows(made: Targets) -> tuple[tuple[str, ...], ...]:
    """A row for each cell, and one for what is empty in each row of the map: a table as wide as the map would fit no small screen."""
    rows = []
    for key, target in made.targets.items():
        known = [cell for cell in made.row(key) if cell.reach != NOTHING]
        rows += [(f"{target.label}, {made.treatments[cell.treatment].short}", cell.words, cell.certainty) for cell in known]
        rest = "any treatment" if not known else f"the other {len(made.treatments) - len(known)}"
        rows.append((f"{target.label}, {rest}", REACHES[NOTHING][0], NOT_STUDIED))
    return tuple(rows)
