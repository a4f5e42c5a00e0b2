"""The forest plot: a row a trial, the answer of all together below them, and where a new setting may fall.

``forest_plot(pooled)`` draws one. :class:`ForestDrawing` is for an explorer, which draws it anew at each change: its artists are
made once and only moved afterwards.
"""

from __future__ import annotations

import io
import math
import os
import textwrap
from pathlib import Path

import numpy as np

from course.evidence.pooling import METHODS, RATIOS, CannotPool, Pooled, is_open, trials_text
from course.look import Picture, any_letters, new_figure, sentence, to_svg, tone

from .scale import Scale, compact, place, scale_of, span

LABELS = ("group 1", "group 2")
MOST_ROWS = 40
FILES = ("svg", "png", "pdf")

# In points, from which every place is worked out: an automatic layout would be too slow.
_WIDTH, _ROW, _TITLE, _HEAD, _AXIS, _LINE, _CURVES = 432.0, 20.0, 15.0, 20.0, 21.0, 13.0, 120.0
_TEXT, _SMALL, _GAP = 9.5, 9.0, 10.0
_LETTER = 0.56  # the width of a letter, in heights
_LONGEST_NAME, _LONGEST_LABEL = 26, 30
_SQUARE = (9.0, 110.0)  # the area of a square without weight, and what all the weight there is adds
_NEW_SETTING = "Where a new\nsetting may fall"


def forest_plot(pooled: Pooled, title: str = "", labels: tuple[str, str] | None = None, drapery: bool = False) -> Picture:
    """Pooled trials as a forest plot, with its words and its table.

    ``title`` states the finding; without one the drawing words it. ``labels`` name the two groups where ``pooled`` does not. ``drapery`` adds the
    p-value functions: how well each possible effect goes with a trial, and with all of them.
    """
    check_pooled(pooled, "forest_plot")
    return ForestDrawing(min(len(pooled.trials), MOST_ROWS), drapery).update(pooled, title, labels)


def check_pooled(given, name: str) -> None:
    """What a plot of pooled trials says to anything else, such as the name of a set."""
    if not isinstance(given, Pooled):
        raise CannotPool(f'{name} draws trials that have been pooled; write {name}(pooled("depression"))')


def save_forest(pooled: Pooled, path: Path, title: str = "", labels: tuple[str, str] | None = None) -> None:
    """A forest plot as a file that stands alone, in the kind that its ending names: svg, png or pdf.

    The file carries what the plot shows as its title. Nothing is written before the drawing is whole.
    """
    kind = path.suffix.lower().removeprefix(".")
    drawing = ForestDrawing(min(len(pooled.trials), MOST_ROWS))
    picture = drawing.update(pooled, title, labels)
    file = io.BytesIO()
    with any_letters():
        drawing.figure.savefig(file, format=kind, dpi=200, facecolor="white", bbox_inches="tight", pad_inches=0.1, metadata={"Title": picture.alt})
    half = path.with_name(".figure.half")  # the file is there whole or not at all, also on a full disk
    try:
        half.write_bytes(file.getvalue())
        os.replace(half, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        half.unlink(missing_ok=True)


class ForestDrawing:
    """A forest plot that can be drawn many times a minute.

    At most ``rows_at_most`` trials get a row, those that count most; the others stand in the table.
    """

    def __init__(self, rows_at_most: int = MOST_ROWS, drapery: bool = False):
        self.rows_at_most = rows_at_most
        self.figure = new_figure(_WIDTH / 72, 3, layout=None)
        self._title = self.figure.text(0, 1, "", fontsize=11, fontweight="bold", va="top", linespacing=1.25, parse_math=False)
        self._axes = axes = self.figure.add_axes((0.3, 0.2, 0.4, 0.6))
        self._make_marks(axes)
        self._make_words(axes)
        self._curves = _Curves(self.figure, rows_at_most) if drapery else None

    def update(self, pooled: Pooled, title: str = "", labels: tuple[str, str] | None = None) -> Picture:
        """The drawing of these trials."""
        labels = labels or labels_of(pooled)
        title = title or finding(pooled, labels)
        self.set(pooled, title, labels)
        alt = _alt(pooled, title, labels)
        caption = _caption(pooled, self.rows_at_most, self._curves is not None)
        return Picture(to_svg(self.figure, alt), alt, caption, *_table(pooled))

    # ── Artists, made once ───────────────────────────────────────────────────────────────────────

    def _make_marks(self, axes) -> None:
        """Each group of marks carries a name, by which it is found in the SVG."""
        from matplotlib.collections import LineCollection

        ink, quiet = tone("ink"), tone("quiet")
        self._nothing = axes.axvline(0, color=tone("control"), linestyle=":", linewidth=1.4, clip_on=False)
        self._together = axes.axvline(0, color=quiet, linestyle="-", linewidth=0.6, clip_on=False)
        self._intervals = axes.add_collection(LineCollection([], colors=quiet, linewidths=1.5, clip_on=False), autolim=False)
        self._squares = axes.scatter([], [], marker="s", color=quiet, linewidths=0, clip_on=False, zorder=3)
        self._squares.set_gid("trials")
        (self._diamond,) = axes.fill([0, 0, 0, 0], [0, 0, 0, 0], color=ink, linewidth=1, clip_on=False, zorder=3)
        self._diamond.set_gid("together")
        (self._new_setting,) = axes.plot([], [], color=ink, linewidth=1.3, clip_on=False)
        self._new_setting.set_gid("new-setting")
        (self._caps,) = axes.plot([], [], color=ink, linestyle="none", marker="|", markersize=7, clip_on=False)
        self._arrows = {}
        for marker in "<>":
            (self._arrows[marker],) = axes.plot([], [], marker=marker, color=quiet, markersize=5, linestyle="none", clip_on=False, zorder=4)
            self._arrows[marker].set_gid("beyond" + {"<": "-left", ">": "-right"}[marker])
        self._rules = [axes.plot([0, 1], [0, 0], color=tone("rule"), linewidth=0.8, clip_on=False, zorder=1)[0] for _ in range(2)]

    def _make_words(self, axes) -> None:
        from matplotlib.transforms import blended_transform_factory

        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.set_yticks([])
        axes.tick_params(axis="x", length=3, color=tone("rule"))
        across = blended_transform_factory(self.figure.transFigure, axes.transData)
        for rule in self._rules:
            rule.set_transform(across)

        def column(x: float, align: str) -> list:
            return [self.figure.text(x, 0, "", transform=across, ha=align, va="center", fontsize=_TEXT, parse_math=False) for _ in range(self.rows_at_most + 3)]

        self._columns = column(0, "left"), column(1 - 46 / _WIDTH, "right"), column(1, "right")
        for cells in self._columns:
            for cell in (cells[0], cells[-2]):
                cell.set_fontweight("bold")
        self._sides = [self.figure.text(0, 0, "", ha=align, va="top", fontsize=_SMALL, parse_math=False) for align in ("right", "left")]

    # ── Data, set at each change ─────────────────────────────────────────────────────────────────

    def set(self, pooled: Pooled, title: str, labels: tuple[str, str]) -> None:
        """Move every artist to where these trials want it."""
        scale, shown = scale_of(pooled), heaviest(pooled, self.rows_at_most)
        rows = [(_short(trial.trial), compact(scale.measure, trial.value, trial.low, trial.high), _weight(weight)) for trial, weight in shown]
        self._lay_out(pooled, scale, rows, title, labels)
        self._set_trials(scale, shown)
        self._set_together(pooled, scale, len(shown))
        self._write(pooled, scale, rows)
        if self._curves:
            self._curves.set(pooled, scale, shown)

    def _lay_out(self, pooled: Pooled, scale: Scale, rows, title: str, labels) -> None:
        """The height from the number of rows, the width of the plot from what the words leave."""
        whole = title.replace(pooled.text, pooled.text.replace(" ", "\u00a0"))  # a line does not break inside the result
        lines = textwrap.wrap(whole, int(_WIDTH / (11 * _LETTER)))
        names = max(_wide(line, _TEXT) for line in [name for name, _, _ in rows] + [_NEW_SETTING.split("\n")[1]])
        together = compact(scale.measure, pooled.value, pooled.low, pooled.high)
        numbers = max(_wide(text, _TEXT) for text in (_heading(scale)[0], together, *(text for _, text, _ in rows)))
        left, right = names + _GAP, _WIDTH - 46 - numbers - _GAP
        bottom_row = len(rows) + (1.75 if pooled.prediction_low is not None else 0.25)
        top, body = _TITLE * len(lines) + 6 + _HEAD, (bottom_row + 1) * _ROW
        words, bottom = self._side_words(scale, labels, left, right)
        curves = _CURVES if self._curves else 0
        height = top + body + _AXIS + bottom + curves
        self.figure.set_size_inches(_WIDTH / 72, height / 72)
        start, width = left / _WIDTH, (right - left) / _WIDTH
        self._axes.set_position((start, (_AXIS + bottom + curves) / height, width, body / height))
        if self._curves:
            self._curves.axes.set_position((start, _AXIS / height, width, (curves - _AXIS - 12) / height))
        self._axes.set_xlim(scale.low, scale.high)
        self._axes.set_ylim(bottom_row + 0.5, -0.5)
        self._title.set_text("\n".join(lines))
        for side, (x, text, line) in zip(self._sides, words, strict=True):
            side.set(x=x / _WIDTH, y=(curves + bottom - 2 - line * _LINE) / height, text=text)

    def _side_words(self, scale: Scale, labels, left: float, right: float):
        """What lies on each side of no difference: beside each other where there is room, else one below the other."""
        more = "more" if scale.measure in (*RATIOS, "RD") else "higher"
        first, second = (textwrap.shorten(label, _LONGEST_LABEL, placeholder="…") for label in labels)
        texts = f"← {more} with {second}", f"{more} with {first} →"
        middle = left + (scale.cut(0.0) - scale.low) / (scale.high - scale.low) * (right - left)
        ends = max(middle - 8, _wide(texts[0], _SMALL)), min(middle + 8, _WIDTH - _wide(texts[1], _SMALL))
        beside = ends[1] - ends[0] >= 12
        return ((ends[0], texts[0], 0), (ends[1], texts[1], 0 if beside else 1)), _LINE * (1 if beside else 2) + 4

    def _set_trials(self, scale: Scale, shown) -> None:
        places = [(trial.estimate, place(scale.measure, trial.low), place(scale.measure, trial.high)) for trial, _ in shown]
        heaviest_weight = max(weight for _, weight in shown)
        self._intervals.set_segments([[(scale.cut(low), row), (scale.cut(high), row)] for row, (_, low, high) in enumerate(places)])
        self._squares.set_offsets([(estimate, row) for row, (estimate, _, _) in enumerate(places)])
        self._squares.set_sizes([_SQUARE[0] + _SQUARE[1] * weight / heaviest_weight for _, weight in shown])
        self._beyond = {"<": [row for row, (_, low, _) in enumerate(places) if low < scale.low],
                        ">": [row for row, (_, _, high) in enumerate(places) if high > scale.high]}  # fmt: skip

    def _set_together(self, pooled: Pooled, scale: Scale, rows: int) -> None:
        """The diamond, the prediction interval below it, and the arrows of whatever runs off the axis."""
        row, below = rows + 0.25, rows + 1.5
        ends = [place(scale.measure, end) for end in (pooled.low, pooled.high) if end is not None] or [pooled.estimate] * 2
        least = 0.008 * (scale.high - scale.low)  # a diamond without an interval is still a mark
        left, right = scale.cut(min(ends[0], pooled.estimate - least)), scale.cut(max(ends[1], pooled.estimate + least))
        self._diamond.set_xy([(left, row), (pooled.estimate, row - 0.33), (right, row), (pooled.estimate, row + 0.33)])
        self._together.set_data([pooled.estimate] * 2, [1, 0])
        self._note_beyond(scale, ends, row)
        known = pooled.prediction_low is not None
        self._new_setting.set_visible(known)
        self._caps.set_visible(known)
        if known:
            ends = [place(scale.measure, end) for end in (pooled.prediction_low, pooled.prediction_high)]
            self._new_setting.set_data([scale.cut(end) for end in ends], [below, below])
            caps = [end for end in ends if scale.shows(end)]
            self._caps.set_data(caps, [below] * len(caps))
            self._note_beyond(scale, ends, below)
        for marker, end in (("<", scale.low), (">", scale.high)):
            self._arrows[marker].set_data([end] * len(self._beyond[marker]), self._beyond[marker])
            self._arrows[marker].set_visible(bool(self._beyond[marker]))

    def _note_beyond(self, scale: Scale, ends, row: float) -> None:
        if ends[0] < scale.low:
            self._beyond["<"].append(row)
        if ends[1] > scale.high:
            self._beyond[">"].append(row)

    def _write(self, pooled: Pooled, scale: Scale, rows) -> None:
        """The columns of words: heading, trials, all together, a new setting."""
        k = len(rows)
        unused, empty = self.rows_at_most - k, ("", "", "")
        together = "Together", compact(scale.measure, pooled.value, pooled.low, pooled.high), ""
        new_setting = (_NEW_SETTING, span(scale.measure, pooled.prediction_low, pooled.prediction_high), "") if pooled.prediction_text else empty
        written = [("Trial", *_heading(scale)), *rows, *[empty] * unused, together, new_setting]
        heights = [-1.0, *range(k), *[0] * unused, k + 0.25, k + 1.5]
        for i, (words, y) in enumerate(zip(written, heights, strict=True)):
            for column, text in zip(self._columns, words, strict=True):
                column[i].set(text=text, y=y, visible=bool(text))
        for rule, y in zip(self._rules, (-0.5, k - 0.4), strict=True):
            rule.set_ydata([y, y])
        self._axes.set_xticks([tick for tick, _ in scale.ticks], [text for _, text in scale.ticks])


class _Curves:
    """The drapery: p-value functions of the trials and of all together, over the same axis."""

    def __init__(self, figure, rows_at_most: int):
        self.axes = axes = figure.add_axes((0.3, 0.05, 0.4, 0.2))
        axes.set_ylim(0, 1.02)
        axes.set_yticks([0.05, 0.5, 1], ["0.05", "0.5", "1"])
        axes.set_ylabel("p-value", fontsize=_SMALL)
        axes.axhline(0.05, color=tone("control"), linestyle=":", linewidth=1)
        self._trials = [axes.plot([], [], color=tone("control"), linewidth=0.8)[0] for _ in range(rows_at_most)]
        (self._together,) = axes.plot([], [], color=tone("ink"), linewidth=2)
        self._together.set_gid("drapery")

    def set(self, pooled: Pooled, scale: Scale, shown) -> None:
        steps = np.linspace(-4, 4, 161)
        heights = [math.erfc(abs(step) / math.sqrt(2)) for step in steps]
        for i, line in enumerate(self._trials):
            line.set_visible(i < len(shown))
            if i < len(shown):
                trial = shown[i][0]
                line.set_data(trial.estimate + math.sqrt(trial.variance) * steps, heights)
        self._together.set_visible(pooled.standard_error is not None)
        if pooled.standard_error is not None:
            places = np.linspace(scale.low, scale.high, 321)
            distances = (places - pooled.estimate) / pooled.standard_error
            df = pooled.df if pooled.knapp_hartung else None
            self._together.set_data(places, [p_value(distance, df) for distance in distances])
        self.axes.set_xlim(scale.low, scale.high)
        self.axes.set_xticks([tick for tick, _ in scale.ticks], [text for _, text in scale.ticks])


def p_value(distance: float, df: int | None = None) -> float:
    """The two-sided p-value this many standard errors from an estimate: normal, or Student's t on ``df`` degrees of freedom.

    Student's t by its finite series (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
    """
    if df is None:
        return math.erfc(abs(distance) / math.sqrt(2))
    angle = math.atan2(abs(distance), math.sqrt(df))
    cosine, odd = math.cos(angle), df % 2
    term, total = (cosine if odd else 1.0), 0.0
    for i in range(1 + odd, df, 2):
        total += term
        term *= cosine**2 * i / (i + 1)
    inside = 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total
    return max(0.0, 1 - inside)


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


def labels_of(pooled: Pooled) -> tuple[str, str]:
    """The names of the two groups, where what was pooled knows them."""
    return getattr(pooled, "labels", LABELS)


def finding(pooled: Pooled, labels: tuple[str, str]) -> str:
    """What the trials show together, short enough for a title."""
    first, second = labels
    if pooled.low is None:
        return sentence(f"{first} against {second}: {pooled.text}, without an interval")
    if is_open(pooled):
        return f"Not settled which of the two brings more: {pooled.text}"
    more = "More" if pooled.measure in (*RATIOS, "RD") else "Higher"
    less = "Less" if pooled.measure in (*RATIOS, "RD") else "Lower"
    return f"{more if pooled.estimate > 0 else less} with {first} than with {second}: {pooled.text}"


def heaviest(pooled: Pooled, most: int):
    """The trials that count most with their weights, in the order in which they were given."""
    pairs = list(zip(pooled.trials, pooled.weights, strict=True))
    kept = sorted(range(len(pairs)), key=lambda i: -pairs[i][1])[:most]
    return [pairs[i] for i in sorted(kept)]


def _alt(pooled: Pooled, title: str, labels) -> str:
    parts = [sentence(title), f"Forest plot of {trials_text(len(pooled.trials))}, {labels[0]} against {labels[1]}"]
    if pooled.text not in title:
        parts.append(f"Together {pooled.text}")
    if pooled.prediction_text:
        parts.append(f"A new setting may fall anywhere from {pooled.prediction_text}")
    return ". ".join(parts) + "."


def _caption(pooled: Pooled, most: int, drapery: bool) -> str:
    parts = [f"Each square is a trial, larger where it counts more, with its 95 % interval. The diamond is all of them together: {METHODS[pooled.method]}"]
    parts[0] += ", with Hartung and Knapp's interval." if pooled.knapp_hartung else "."
    if pooled.prediction_low is not None:
        parts.append("The thin line below it is the prediction interval: where the true effect of a new setting may fall.")
    parts.append("The dotted line is no difference. An arrow means that an interval goes on beyond the axis.")
    if drapery:
        parts.append("Below, a curve for each trial and a thick one for all: the higher, the better that effect goes with what was seen.")
    if len(pooled.trials) > most:
        parts.append(f"The {most} trials that count most have a row; the other {len(pooled.trials) - most} stand in the table.")
    parts += [f"Left out: {each.trial}, because {each.reason}." for each in pooled.left_out]
    return " ".join(parts)


def _table(pooled: Pooled):
    rows = [(trial.trial, trial.text, _weight(weight)) for trial, weight in zip(pooled.trials, pooled.weights, strict=True)]
    rows.append(("Together", pooled.text, "100.0 %"))
    if pooled.prediction_text:
        unit = " percentage points" if pooled.measure == "RD" else ""
        rows.append(("Where a new setting may fall", pooled.prediction_text + unit, "–"))
    return ("Trial", f"{Scale(pooled.measure, 0, 1).name.partition(',')[0]} (95 % interval)", "Weight"), tuple(rows)


def _heading(scale: Scale) -> tuple[str, str]:
    return {"RD": "Difference of 100", "SMD": "Std. difference", "MD": "Difference"}.get(scale.measure, scale.name), "Weight"


def _weight(weight: float) -> str:
    return f"{weight:.1f} %"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _wide(text: str, size: float) -> float:
    """About how many points a text takes, on the safe side."""
    return _LETTER * size * len(text)
