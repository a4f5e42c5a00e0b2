"""What each treatment reaches: ``targets().cell("sleep", "cbt")`` is how far, how sure, and on which rows of the ledger that rests.

The file is ``content/targets.toml``. A pair without a cell has nothing on file, which is not the same as a cell in which no gain was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, did_you_mean, one_of, read_toml, structure, wrong
from course.evidence.certainty import LEVELS, NOT_STUDIED, require_hedge
from course.evidence.claims import rows
from course.evidence.records import BRACED, Effect, with_ledger

FILE = "targets.toml"
NOTHING = "nothing"
#: How far a treatment reaches a target: the words and the shape.
REACHES = {
    "reaches": ("reaches it", "●"),
    "in part": ("reaches it in part", "◐"),
    "no gain": ("does nothing here that could be found", "○"),
    "hinders": ("gets in its way", "▼"),
    NOTHING: ("nothing on file", "·"),
}
KINDS = {"symptom": "Symptoms", "function": "Functions", "belief": "Beliefs"}


@attrs.frozen
class Target:
    """What a treatment is for."""

    label: str
    kind: str = attrs.field(validator=one_of(*KINDS))


@attrs.frozen
class Treatment:
    """A column of the map; ``short`` where its name is long."""

    label: str
    series: str = attrs.field(validator=one_of("medication", "therapy"))
    short: str = attrs.field(default=attrs.Factory(lambda self: self.label, takes_self=True))


@attrs.frozen
class Cell:
    """How far one treatment reaches one target."""

    target: str
    treatment: str
    reach: str = attrs.field(validator=one_of(*REACHES))
    certainty: str = attrs.field(validator=one_of(*LEVELS))
    says: str
    keys: tuple[str, ...]

    def __attrs_post_init__(self):
        known = self.reach != NOTHING
        if known != bool(self.keys) or known == (self.certainty == NOT_STUDIED):
            raise wrong("a cell without evidence", "name rows of the ledger and a certainty, or leave the cell out")
        if known:
            require_hedge("a cell", self.certainty, self.says)

    @property
    def words(self) -> str:
        """``reaches it in part``."""
        return REACHES[self.reach][0]

    @property
    def shape(self) -> str:
        return REACHES[self.reach][1]


@attrs.frozen
class Targets:
    """The whole map."""

    targets: dict[str, Target]
    treatments: dict[str, Treatment]
    cells: tuple[Cell, ...]

    def cell(self, target: str, treatment: str) -> Cell:
        """The cell of a pair; one that says so where nothing is on file."""
        found = (cell for cell in self.cells if (cell.target, cell.treatment) == (target, treatment))
        return next(found, Cell(target, treatment, NOTHING, NOT_STUDIED, "Nothing on file here: this has not been studied in what was gathered.", ()))

    def column(self, treatment: str) -> tuple[Cell, ...]:
        """Every target against one treatment."""
        return tuple(self.cell(target, treatment) for target in self.targets)

    def row(self, target: str) -> tuple[Cell, ...]:
        """Every treatment against one target."""
        return tuple(self.cell(target, treatment) for treatment in self.treatments)


@lru_cache
def targets(content: Path = CONTENT) -> Targets:
    """The map. Raises :class:`ContentError` with every slip in it."""
    source = read_toml(content / FILE)
    made = structure(Targets, source)
    findings = list(_slips(source, made, content))
    if findings:
        raise ContentError(findings)
    return made


def _slips(source: Source, made: Targets, content: Path) -> Iterator[Finding]:
    known = rows(with_ledger(content))
    pairs = [(cell.target, cell.treatment) for cell in made.cells]
    for number, cell in enumerate(made.cells, 1):
        where = f"cells[{number}]"
        for name, there in ((cell.target, made.targets), (cell.treatment, made.treatments)):
            if name not in there:
                yield source.finding(where, f"no '{name}'", did_you_mean(name, there))
        if pairs.index((cell.target, cell.treatment)) != number - 1:
            yield source.finding(where, f"{cell.target} against {cell.treatment} stands there twice", "keep one")
        yield from unknown_rows(source, where, cell.keys, cell.says, known)


def unknown_rows(source: Source, where: str, keys: tuple[str, ...], text: str, known: dict) -> Iterator[Finding]:
    """Rows that are not in the ledger, that were withdrawn, or that are no number where a number is wanted."""
    for key in (*keys, *BRACED.findall(text)):
        if key not in known:
            yield source.finding(where, f"no row '{key}' in the ledger", did_you_mean(key, known))
        elif known[key].status != "seen":
            yield source.finding(where, f"'{key}' has been withdrawn", "choose one that stands")
    for key in BRACED.findall(text):
        if key in known and not isinstance(known[key], Effect):
            yield source.finding(where, f"'{key}' is not a number", "name a number of the ledger, or say it in words")
