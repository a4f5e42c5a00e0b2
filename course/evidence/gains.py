"""Who gains more from both treatments than from one: what is on file for depression that is severe or not, chronic or not.

``gains().answer(cell, "medication", "end")`` is what can be said of one cell with its certainty, ``nearest`` the findings that cover half
of it, ``averages`` those that tell nobody apart. The file is ``content/evidence/gains.toml``; its numbers stand in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, one_of, read_toml, structure, wrong

from .certainty import LEVELS, require_hedge
from .claims import rows
from .records import BRACED, Effect, Statement, Study, dead_keys, ledger

ANY = "any"
SEVERITIES = {"severe": "severe", "milder": "not severe"}
COURSES = {"chronic": "chronic", "episodic": "not chronic"}
#: Versus what: how the second group is called.
COMPARATORS = {"medication": "medication alone", "therapy": "therapy alone"}
TIMES = {"end": "when treatment ends", "later": "half a year or more after the start"}

_SEVERITY = attrs.field(validator=one_of(ANY, *SEVERITIES))
_COURSE = attrs.field(validator=one_of(ANY, *COURSES))
_VERSUS = attrs.field(validator=one_of(*COMPARATORS))
_TIME = attrs.field(validator=one_of(*TIMES))
_CERTAINTY = attrs.field(validator=one_of(*LEVELS))


@attrs.frozen
class Cell:
    """One of the four kinds of depression."""

    severity: str
    course: str

    @property
    def key(self) -> str:
        return f"{self.severity}-{self.course}"

    @property
    def name(self) -> str:
        """``severe and chronic``."""
        severity, course = SEVERITIES[self.severity], COURSES[self.course]
        return "neither severe nor chronic" if (self.severity, self.course) == ("milder", "episodic") else f"{severity} {self._link} {course}"

    @property
    def _link(self) -> str:
        return "and" if self.course == "chronic" and self.severity == "severe" else "but"


CELLS = tuple(Cell(severity, course) for severity in SEVERITIES for course in COURSES)


@attrs.frozen
class Asked:
    """A question: in whom, versus what, when. ``any`` in whom means that nobody is told apart."""

    severity: str = _SEVERITY
    course: str = _COURSE
    versus: str = _VERSUS
    time: str = _TIME

    def covers(self, cell: Cell, versus: str, time: str) -> bool:
        same = (self.versus, self.time) == (versus, time)
        return same and self.severity in (ANY, cell.severity) and self.course in (ANY, cell.course)


@attrs.frozen
class Answered(Asked):
    """What can be said of a cell, how sure, and why not surer."""

    certainty: str = _CERTAINTY
    says: str
    because: tuple[str, ...]

    def __attrs_post_init__(self):
        require_hedge("an answer", self.certainty, self.says)


@attrs.frozen
class Gain(Asked):
    """A finding about both treatments and one alone. ``found`` says it in a few words where there are no two per cents to compare."""

    people: str
    says: str
    doubt: str
    certainty: str = _CERTAINTY
    both: str = ""
    alone: str = ""
    ratio: str = ""
    statement: str = ""
    found: str = ""

    def __attrs_post_init__(self):
        if bool(self.both) != bool(self.alone):
            raise wrong("it has one of both and alone", "give the two per cents, or neither")
        if not self.keys:
            raise wrong("it rests on no row of the ledger", "name both and alone, a ratio or a statement")
        if not self.both and not self.found:
            raise wrong("found is missing", "say the finding in a few words")

    @property
    def keys(self) -> tuple[str, ...]:
        """The rows of the ledger that it rests on."""
        return tuple(filter(None, (self.both, self.alone, self.ratio, self.statement)))

    @property
    def study(self) -> Study:
        return rows()[self.keys[0]].study

    @property
    def effect(self) -> Effect | None:
        """The ratio, where that is what was found."""
        return ledger()[self.ratio] if self.ratio else None

    @property
    def more(self) -> float | None:
        """How many more of 100 with both, where two per cents say so."""
        return ledger()[self.both].value - ledger()[self.alone].value if self.both else None

    @property
    def tells_apart(self) -> bool:
        """Whether it is about some people more than about others."""
        return (self.severity, self.course) != (ANY, ANY)


@attrs.frozen
class Gains:
    """Everything on file, with four texts about what it can and cannot show."""

    line: str
    average: str
    retraction: str
    severity: str
    answers: tuple[Answered, ...]
    rows: tuple[Gain, ...]

    def answer(self, cell: Cell, versus: str, time: str) -> Answered:
        return next(each for each in self.answers if each.covers(cell, versus, time))

    def nearest(self, cell: Cell, versus: str, time: str) -> tuple[Gain, ...]:
        """What was found in people who fit at least half of the description."""
        return tuple(row for row in self.rows if row.covers(cell, versus, time) and row.tells_apart)

    def averages(self, versus: str, time: str) -> tuple[Gain, ...]:
        """What was found over everybody."""
        return tuple(row for row in self.rows if row.covers(CELLS[0], versus, time) and not row.tells_apart)

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that may hold numbers, by its place in the file."""
        for name in ("line", "average", "retraction", "severity"):
            yield name, getattr(self, name)
        for number, answer in enumerate(self.answers, 1):
            yield f"answers[{number}].says", answer.says
            for reason in answer.because:
                yield f"answers[{number}].because", reason
        for number, row in enumerate(self.rows, 1):
            yield f"rows[{number}].says", row.says
            yield f"rows[{number}].doubt", row.doubt


@lru_cache
def gains(content: Path = CONTENT) -> Gains:
    """What is on file. Raises :class:`ContentError` with every slip in it."""
    source = read_toml(content / "evidence" / "gains.toml")
    made = structure(Gains, source)
    findings = [*_unknown(made, source, content), *_answered_otherwise_than_once(made, source)]
    if findings:
        raise ContentError(findings)
    return made


def _unknown(made: Gains, source: Source, content: Path) -> Iterator[Finding]:
    """Rows of the ledger that are not there, that were withdrawn, or that are of the wrong kind."""
    known = rows(content)
    named = [(place, key, "a number", Effect) for place, text in made.texts for key in BRACED.findall(text)]
    for number, row in enumerate(made.rows, 1):
        named += [(f"rows[{number}]", key, "a number", Effect) for key in (row.both, row.alone, row.ratio) if key]
        named += [(f"rows[{number}]", row.statement, "a finding in words", Statement)] if row.statement else []
    for place, key, kind, record in named:
        yield from dead_keys(source, place, [key], known)
        if key in known and not isinstance(known[key], record):
            yield source.finding(place, f"'{key}' is not {kind}", f"name {kind} of the ledger")
    for number, row in enumerate(made.rows, 1):
        for key in (row.both, row.alone):
            if key in known and getattr(known[key], "measure", "percent") != "percent":
                yield source.finding(f"rows[{number}]", f"'{key}' is not a per cent", "both and alone are two per cents")


def _answered_otherwise_than_once(made: Gains, source: Source) -> Iterator[Finding]:
    for cell in CELLS:
        for versus in COMPARATORS:
            for time in TIMES:
                count = sum(answer.covers(cell, versus, time) for answer in made.answers)
                if count != 1:
                    yield source.finding("answers", f"{cell.key} v {versus} at the time '{time}' has {count} answers", "give it exactly one")
