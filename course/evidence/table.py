"""A student's own table, read from a CSV file and pooled.

``pool_file(path, "RR")`` and ``components_file(path)`` do it all; ``read_trials`` and ``read_arms`` give what :mod:`.pooling`
and :mod:`.components` need. What cannot be read is one :class:`~course.content.reading.ContentError` with the row and what to
write there. Rows are counted as a spreadsheet counts them: the header is row 1. Commas, semicolons or tabs may stand between
cells; with semicolons or tabs a decimal comma is understood. Columns beyond the needed ones are ignored.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import attrs

from course.content.reading import ContentError, Source, did_you_mean

from .components import INACTIVE, Arm, Components, fit_components, joined
from .pooling import MEASURE_OF, MEASURES, CannotPool, Counts, Means, Pooled, pool_table

COUNT_COLUMNS = ("trial", "events_1", "n_1", "events_2", "n_2")
MEAN_COLUMNS = ("trial", "mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
ARM_COLUMNS = ("trial", "treatment", "events", "n")
MOST_ROWS = 5000
MOST_BYTES = 5_000_000
MOST_PARTS = 200  # beyond them the additive model takes minutes
_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(\.0{1,2})?")  # a spreadsheet may write 12.0; 1.000 could be a thousand
_NUMBER = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_MINUS = str.maketrans({"−": "-", "–": "-", "\u00a0": " "})


def read_trials(path: Path, measure: str = "RR") -> list[Counts] | list[Means]:
    """The trials in a student's file: counts for RR, OR and RD; means for SMD and MD."""
    if measure not in MEASURES:
        raise CannotPool(f"there is no measure '{measure}'; {did_you_mean(measure, MEASURES, 'use one of: ' + ', '.join(MEASURES))}")
    kind = MEASURE_OF[measure][1]
    columns = COUNT_COLUMNS if kind is Counts else MEAN_COLUMNS
    other = MEAN_COLUMNS if kind is Counts else COUNT_COLUMNS
    hint = "SMD or MD" if kind is Counts else "RR, OR or RD"
    whole = ("events_1", "events_2", "n_1", "n_2")

    def make(row: _Row):
        return kind(row.text("trial"), **{name: row.whole(name) if name in whole else row.number(name) for name in columns[1:]})

    trials = _records(Path(path), columns, make, f"for these columns use --measure {hint}", other)
    first_row: dict[str, int] = {}
    for row, trial in trials:
        if trial.trial in first_row:
            problem = f"the trial '{trial.trial}' stands in row {first_row[trial.trial]} already"
            raise Source(None, Path(path)).error(f"row {row}", problem, "write one row a trial, or its people count twice")
        first_row[trial.trial] = row
    return [trial for _, trial in trials]


def read_arms(path: Path) -> list[Arm]:
    """The arms in a student's file, a row an arm."""
    arms = _records(Path(path), ARM_COLUMNS, lambda row: Arm(row.text("trial"), row.text("treatment"), row.whole("events"), row.whole("n")))
    first_row: dict[tuple, int] = {}
    parts: set[str] = set()
    for row, arm in arms:
        parts.update(arm.parts)
        if len(parts) > MOST_PARTS:
            problem = f"here the table has more than {MOST_PARTS} different treatments"
            raise Source(None, Path(path)).error(f"row {row}", problem, "give one treatment one name everywhere, and take one question at a time")
        place = (arm.trial, arm.parts)
        if place in first_row:
            problem = f"the trial '{arm.trial}' has '{joined(arm.parts)}' in row {first_row[place]} already"
            raise Source(None, Path(path)).error(f"row {row}", problem, "add the two arms together, or name what differs between them")
        first_row[place] = row
    return [arm for _, arm in arms]


def pool_file(path: Path, measure: str = "RR", method: str = "REML", knapp_hartung: bool = False) -> Pooled:
    """A student's file, pooled. A table without an answer is a finding too: ``file: table: why; what to do``."""
    trials = read_trials(path, measure)
    return _answered(path, lambda: pool_table(trials, measure, method, knapp_hartung))


def components_file(path: Path, method: str = "DL", inactive: Sequence[str] = INACTIVE) -> Components:
    """A student's file of arms, as the additive model's result."""
    arms = read_arms(path)
    return _answered(path, lambda: fit_components(arms, method, inactive))


def _answered(path: Path, work_out: Callable):
    try:
        return work_out()
    except CannotPool as error:
        problem, _, remedy = str(error).rpartition("; ")
        raise Source(None, Path(path)).error("table", problem or remedy, remedy if problem else "check the numbers at their source") from None


@attrs.frozen
class _Row:
    """One row's cells by column, and how to complain about one."""

    cells: dict[str, str]
    where: str
    source: Source
    decimal_comma: bool

    def text(self, column: str) -> str:
        value = " ".join(self.cells[column].split())
        if not value:
            raise self._error(f"{column} is empty", "fill it in, or take the row out")
        if not value.isprintable() or len(value) > 200:
            raise self._error(f"{column} cannot be read", "write a short name in ordinary letters")
        return value

    def whole(self, column: str) -> int:
        text = self._filled(column)
        found = _WHOLE.fullmatch(self._plain(text))
        if not found:
            raise self._error(f"{column} is '{_short(text)}'", "write a whole number, without spaces or thousands marks")
        if int(found[1]) < 0:
            raise self._error(f"{column} is {int(found[1])}", "a count is 0 or more")
        return int(found[1])

    def number(self, column: str) -> float:
        text = self._plain(self._filled(column))
        if not _NUMBER.fullmatch(text):
            remedy = "write a number with a decimal point" if not self.decimal_comma else "write a number, without thousands marks"
            raise self._error(f"{column} is '{_short(self.cells[column].strip())}'", remedy)
        return float(text)

    def _plain(self, text: str) -> str:
        return text.replace(",", ".") if self.decimal_comma and "." not in text and text.count(",") == 1 else text

    def _filled(self, column: str) -> str:
        text = self.cells[column].translate(_MINUS).strip()
        if not text:
            raise self._error(f"{column} is empty", "write the number, or take the row out")
        return text

    def _error(self, problem: str, remedy: str) -> ContentError:
        return self.source.error(self.where, problem, remedy)


def _short(text: str) -> str:
    text = "".join(c if c.isprintable() else " " for c in text)
    return text if len(text) <= 30 else text[:27] + "…"


def _records(path: Path, columns: Sequence[str], make: Callable, other_hint: str = "", other: Sequence[str] = ()) -> list[tuple[int, object]]:
    """The records of a file with the row each stands in."""
    source = Source(None, path)
    found = []
    for row in _rows(source, columns, other_hint, other):
        try:
            found.append((int(row.where.removeprefix("row ")), make(row)))
        except CannotPool as error:
            problem, _, remedy = str(error).partition("; ")
            raise source.error(row.where, problem, remedy or "check the row at its source") from None
    if not found:
        raise source.error("row 2", "there is a header and nothing below it", "write one row a " + ("trial" if "treatment" not in columns else "trial's arm"))
    return found


def _rows(source: Source, columns: Sequence[str], other_hint: str, other: Sequence[str]) -> Iterator[_Row]:
    text = _text(source)
    mark = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True, skipinitialspace=True)
    header, filled, row = None, 0, 0
    try:
        for row, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(source, row, cells, columns, other_hint, other)
                continue
            filled += 1
            if filled > MOST_ROWS:
                raise source.error(f"row {row}", f"the table has more than {MOST_ROWS:,} rows", "pool the trials of one question at a time")
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                raise source.error(f"row {row}", f"it has {len(cells)} cells where the header has {len(header)}", _too_many(mark))
            cells += [""] * (len(header) - len(cells))
            yield _Row(dict(zip(header, cells, strict=False)), f"row {row}", source, mark != ",")
    except csv.Error as error:
        raise source.error(f"row {row + 1}", f"it is not CSV ({error})", "close every quote") from None


def _too_many(mark: str) -> str:
    return "put text with commas in double quotes, and write decimals with a point" if mark == "," else "put text with such marks in double quotes"


def _text(source: Source) -> str:
    """The file's text, whatever mark of its encoding it starts with; a huge file is refused before it is read."""
    try:
        with source.path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise source.error("file", "there is no such file", "check its name and folder") from None
    except (OSError, ValueError) as error:
        raise source.error("file", f"it cannot be read ({getattr(error, 'strerror', None) or error})", "give a CSV file") from None
    if len(raw) > MOST_BYTES:
        where = f"row {MOST_ROWS + 2}" if raw.count(b"\n") > MOST_ROWS + 1 else "file"
        raise source.error(where, f"the file is larger than a table of {MOST_ROWS:,} rows", "pool the trials of one question at a time")
    try:
        text = raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise source.error(f"row {row}", "a character is not UTF-8", "save the table as “CSV UTF-8”") from None
    if "\0" in text:
        raise source.error(f"row {text[: text.index(chr(0))].count(chr(10)) + 1}", "this is not a text file", "save the table as “CSV UTF-8”")
    if not text.strip():
        raise source.error("row 1", "the file is empty", "write a header and one row a trial")
    return text


def _separator(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _header(source: Source, row: int, cells: Sequence[str], columns: Sequence[str], other_hint: str, other: Sequence[str]) -> list[str]:
    names = [re.sub(r"[\s.-]+", "_", cell.strip().lower()) for cell in cells]
    for name in columns:
        if names.count(name) > 1:
            raise source.error(f"row {row}", f"the column '{name}' stands there twice", "keep one of the two")
    missing = [name for name in columns if name not in names]
    if missing:
        if other and set(other) <= set(names):
            raise source.error(f"row {row}", f"the column '{missing[0]}' is missing", other_hint)
        extra = [name for name in names if name and name not in columns]
        problem = f"the column '{missing[0]}' is missing" + ("" if len(missing) == 1 else f", and {len(missing) - 1} more")
        near = get_close_matches(missing[0], extra, n=1, cutoff=0.6)
        hint = f"is it '{_short(near[0])}'? " if near else ""
        raise source.error(f"row {row}", problem, f"{hint}the header is: {','.join(columns)}")
    return names
