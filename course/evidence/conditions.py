"""``conditions()``: one table over the conditions of the course: medication alone, therapy alone, both, order, and after stopping.

Each cell says what is known, versus what and when, and how sure anyone can be. The file is ``content/evidence/conditions.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Source, one_of

from .audit import as_words, filled
from .certainty import LEVELS, require_hedge
from .claims import rows
from .records import BRACED, Link, dead_keys, ledger, read_tables, to_source

#: The columns, in the order in which they are read.
COLUMNS = {"medication": "Medication alone", "therapy": "Therapy alone", "both": "Both", "order": "Order", "stopping": "After stopping"}


@attrs.frozen
class Cell:
    """What is known, with its numbers; how sure anyone can be; and the ``rows`` of the ledger that say it without a number."""

    says: str
    certainty: str = attrs.field(validator=one_of(*LEVELS))
    rows: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        require_hedge("a cell", self.certainty, self.says.lower())

    @property
    def keys(self) -> tuple[str, ...]:
        """Every row of the ledger that it rests on."""
        return tuple(dict.fromkeys([*BRACED.findall(self.says), *self.rows]))

    @property
    def when(self) -> str:
        """When all that was measured, as its rows say."""
        return "; ".join(dict.fromkeys(rows()[key].time for key in self.keys if rows()[key].time))


@attrs.frozen
class Condition:
    """One row of the table, and the module that teaches it."""

    title: str
    module: str
    medication: Cell
    therapy: Cell
    both: Cell
    order: Cell
    stopping: Cell

    @property
    def cells(self) -> Iterator[tuple[str, Cell]]:
        """The cells by their columns."""
        return ((name, getattr(self, name)) for name in COLUMNS)


@lru_cache
def conditions_known(content: Path = CONTENT) -> dict[str, Condition]:
    """Every condition by its key. Raises :class:`~course.content.reading.ContentError` with every slip in the file."""

    def check(source: Source, key: str, condition: Condition) -> None:
        for name, cell in condition.cells:
            found = list(dead_keys(source, f"{key}.{name}", BRACED.findall(cell.says), ledger(content).effects, "number"))
            found += dead_keys(source, f"{key}.{name}.rows", cell.rows, rows(content), "row")
            if found:
                raise ContentError(found)

    return read_tables(Condition, content / "evidence" / "conditions.toml", check)


def texts(made: dict[str, Condition]) -> Iterator[tuple[str, str]]:
    """Every text by its place, for the search after numbers without a source."""
    return ((f"{key}.{name}.says", cell.says) for key, condition in made.items() for name, cell in condition.cells)


@attrs.frozen(repr=False)
class Table:
    """The table, which shows itself: as a table in a notebook, row by row elsewhere."""

    conditions: tuple[Condition, ...]

    def _repr_markdown_(self) -> str:
        head = ["Condition", *COLUMNS.values()]
        lines = [head, ["---"] * len(head), *([f"**{each.title}**", *(_cell(cell, to_source) for _, cell in each.cells)] for each in self.conditions)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def __repr__(self) -> str:
        return "\n\n".join(map(_row_by_row, self.conditions))


def _row_by_row(condition: Condition) -> str:
    return "\n".join([condition.title, *(f"  {COLUMNS[name]}: {_cell(cell, as_words).replace('*', '')}" for name, cell in condition.cells)])


def _cell(cell: Cell, link: Link) -> str:
    """The words, the times, the certainty, and where the findings in words were read."""
    read = "; ".join(dict.fromkeys(_read_in(key, link) for key in cell.rows))
    parts = (filled(cell.says, link), cell.when and f"When: {cell.when}.", f"*{cell.certainty.capitalize()}.*", read and f"({read})")
    return " ".join(filter(None, parts))


def _read_in(key: str, link: Link) -> str:
    study = rows()[key].study
    return study.short if link is as_words else study.linked


def conditions() -> Table:
    """What medication alone, therapy alone, both, their order and stopping are known to do in each condition, and how surely."""
    return Table(tuple(conditions_known().values()))
