"""Published figures worked out again from their own parts: ``recomputed()`` shows them beside what was printed.

Each row of ``content/evidence/recomputed.csv`` names a figure that a study printed, and the counts, per cents or effect size that
stand in the same study. The figure is worked out by :mod:`course.evidence.pooling` and compared as printed: two numbers agree when
they are the same after rounding to the printed decimals. A row that differs says why, as far as that can be known.

``effect`` names the printed number in the ledger. ``published`` holds it as printed: where it is not in the ledger, or where it was
printed with fewer decimals than its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, Source, did_you_mean, read_csv
from course.look import Table

from .pooling import (
    CannotPool,
    Counts,
    LeftOut,
    NumberNeeded,
    TrialEffect,
    Z,
    number_needed_from_g,
    number_needed_to_treat,
    odds_ratio,
    risk_difference,
    risk_ratio,
)
from .records import Ledger, Study, gathered, ledger, number_in, study_of

COLUMNS = ("study", "effect", "part", "published", "what", "measure", "events_1", "n_1", "events_2", "n_2", "rate_1", "rate_2", "size", "why")
#: The parts of a figure, and how each is named after it.
PARTS = {"value": "", "low": "lower end of the interval", "high": "upper end of the interval", "log": "its logarithm", "se": "standard error of the logarithm"}


@attrs.frozen
class Recomputed:
    """One published figure, and the same worked out again. ``why`` says why they differ; it is empty where they agree."""

    study: Study
    what: str
    part: str
    published: str
    ours: float
    why: str = ""

    @property
    def decimals(self) -> int:
        return len(self.published.partition(".")[2])

    @property
    def difference(self) -> float:
        """Ours less the published one, both as exact as they are known."""
        return self.ours - float(self.published)

    @property
    def agrees(self) -> bool:
        """Whether ours is what was printed, once it is rounded to as many decimals."""
        return abs(self.difference) <= 0.5 * 10**-self.decimals + 1e-9

    @property
    def rounded(self) -> str:
        """Ours with as many decimals as were printed; a half goes up, as in print."""
        return str(Decimal(f"{self.ours:.9f}").quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP))

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is shown."""
        name = ", ".join(words for words in (f"{self.study.short}: {self.what}", PARTS[self.part]) if words)
        less = f"{round(self.difference, self.decimals + 1) + 0:+.{self.decimals + 1}f}"
        result = f"differs: {self.why}" if self.why else "as printed"
        return name, *(number.replace("-", "−") for number in (self.published, self.rounded, less)), result


def recomputed() -> Table:
    """Every published figure beside the one worked out again. Those that differ come first, each with the reason."""
    figures = sorted(recomputed_figures(), key=lambda figure: figure.agrees)
    agree = sum(figure.agrees for figure in figures)
    caption = (
        f"{len(figures)} published figures, worked out again from the counts or per cents printed with them. "
        f"{agree} come out as printed; {len(figures) - agree} do not, and stand first with the reason."
    )
    return Table(caption, ("Figure", "Published", "Ours", "Difference", "Result"), tuple(figure.cells for figure in figures))


@lru_cache
def recomputed_figures(content: Path = CONTENT) -> tuple[Recomputed, ...]:
    """Every row of the course's own file, worked out."""
    return read_recomputed(content / "evidence" / "recomputed.csv", ledger(content))


def read_recomputed(path: Path, book: Ledger) -> tuple[Recomputed, ...]:
    """Every row of a file, worked out. Raises :class:`~course.content.reading.ContentError` with every slip in it."""
    return tuple(gathered(lambda row: _figure(row, book), read_csv(path, COLUMNS)))


def _figure(row: Source, book: Ledger) -> Recomputed:
    cells, where = row.data, f"line {row.data['line']}"
    study = study_of(row, book.studies)
    for column, known in (("part", PARTS), ("measure", MEASURES)):
        if cells[column] not in known:
            raise row.error(where, f"{column} is '{cells[column]}'", did_you_mean(cells[column], known, f"write one of: {', '.join(known)}"))
    if not cells["what"].strip():
        raise row.error(where, "it does not say what was worked out", "write, as in: Response, odds ratio")
    figure = Recomputed(study, cells["what"], cells["part"], _published(row, study, book), _worked_out(row), cells["why"])
    if figure.agrees and figure.why:
        raise row.error(where, f"'{figure.what}' agrees after all, and has a reason why it does not", "take the reason out")
    if not figure.agrees and not figure.why:
        raise row.error(where, f"'{figure.what}' is printed as {figure.published} and comes out as {figure.rounded}", "say why, or mend the row")
    return figure


def _published(row: Source, study: Study, book: Ledger) -> str:
    """The figure as it was printed: from the ledger, or from the row itself."""
    cells, where = row.data, f"line {row.data['line']}"
    if not cells["effect"]:
        if study.withdrawn:
            raise row.error(where, f"'{study.key}' was withdrawn", "only the story of its retraction may show its numbers")
        number_in(row, "published", float)
        return cells["published"]
    key = f"{study.key}.{cells['effect']}"
    if key not in book:
        raise row.error(where, f"no number '{key}' in the ledger", did_you_mean(key, book.effects))
    effect = book[key]
    if effect.status == "retracted":
        raise row.error(where, f"'{key}' comes from a withdrawn version", "only the story of its retraction may show it")
    printed = getattr(effect, cells["part"], None)
    if printed is None:
        raise row.error(where, f"'{key}' has no {cells['part']} in the ledger", "write value, or low and high where it has an interval")
    if cells["published"] and number_in(row, "published", float) != printed:
        raise row.error(where, f"published is {cells['published']}, and '{key}' is {printed:g} in the ledger", "write the same number")
    return cells["published"] or f"{printed:.{effect.decimals}f}"


# ── Working it out ───────────────────────────────────────────────────────────────────────────────


def _worked_out(row: Source) -> float:
    needs, work_out = MEASURES[row.data["measure"]]
    kinds = {"events_1": int, "n_1": int, "events_2": int, "n_2": int}
    try:
        return float(work_out(row.data["part"], *(number_in(row, column, kinds.get(column, float)) for column in needs)))
    except (CannotPool, ZeroDivisionError, ValueError) as error:
        reason = str(error).partition(";")[0] if isinstance(error, CannotPool) else "these numbers give no result"
        raise row.error(f"line {row.data['line']}", reason, f"{row.data['measure']} is worked out from {', '.join(needs)}") from None


def _of_effect(effect: TrialEffect | LeftOut, part: str) -> float:
    if isinstance(effect, LeftOut):
        raise CannotPool(effect.reason)
    return {"log": effect.estimate, "se": math.sqrt(effect.variance)}[part] if part in ("log", "se") else getattr(effect, part)


def _from_counts(measure: Callable[[Counts], TrialEffect | LeftOut]) -> Callable[..., float]:
    return lambda part, *counts: _of_effect(measure(Counts("", *counts)), part)


def _percent(part: str, events: int, people: int) -> float:
    """A per cent, or an end of its plain interval: p ± 1.96 √(p(1 − p)/n) (Wald; Cochrane Handbook, chapter 10)."""
    table = Counts("", events, people, 0, 1)  # the second group only fills the table
    share = table.events_1 / table.n_1
    sides = {"value": 0, "low": -1, "high": 1}
    if part not in sides:
        raise CannotPool(f"a per cent has no {part}")
    return 100 * (share + sides[part] * Z * math.sqrt(share * (1 - share) / people))


def _only_value(work_out: Callable[..., float]) -> Callable[..., float]:
    """A way of working out that gives one number, without an interval."""

    def checked(part: str, *numbers: float) -> float:
        if part != "value":
            raise CannotPool(f"from these only the number itself follows, and no {part}")
        return work_out(*numbers)

    return checked


def _needed(difference: float) -> float:
    number = NumberNeeded(abs(difference), None, None).number
    if number is None:
        raise CannotPool("the two groups do not differ, so no number is needed")
    return number


def _odds(percent: float) -> float:
    return percent / (100 - percent)


_COUNTS = ("events_1", "n_1", "events_2", "n_2")
_RATES = ("rate_1", "rate_2")
#: How each measure is worked out, and from which columns.
MEASURES: dict[str, tuple[tuple[str, ...], Callable[..., float]]] = {
    "percent": (("events_1", "n_1"), _percent),
    "RR": (_COUNTS, _from_counts(risk_ratio)),
    "OR": (_COUNTS, _from_counts(odds_ratio)),
    "NNT": (_COUNTS, _only_value(lambda *counts: _needed(number_needed_to_treat(risk_difference(Counts("", *counts))).benefit))),
    "NNT from per cents": (_RATES, _only_value(lambda first, second: _needed((first - second) / 100))),
    "RR from per cents": (_RATES, _only_value(lambda first, second: first / second)),
    "OR from per cents": (_RATES, _only_value(lambda first, second: _odds(first) / _odds(second))),
    "NNT from SMD": (("size",), _only_value(number_needed_from_g)),
    "SMD from correlation": (("size",), _only_value(lambda r: 2 * r / math.sqrt(1 - r**2))),
}
