"""The ledger: every published number that the course prints, with the study it was read in.

``ledger()["wiles_2013.response_both"]`` gives an :class:`Effect`: the value, its interval, what was
compared in whom and when, and the :class:`Study` behind it. A number that is not in the ledger may not
stand in a lesson, case or question.

A finding that is not one number is a :class:`Statement`: it is shown, and never pooled. ``statements()`` gives all of them.

The files are ``content/evidence/studies.csv`` (a row a study: what kind of study it is), ``references.json`` (where it was
published), ``effects.csv`` (a row a number) and ``statements.csv`` (a row a finding in words).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, PlainError, Source, did_you_mean, one_of, read_csv, read_toml, shown, structure

from .references import Reference, citation, read_references

KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
#: Who withdrew something and when: ``by its authors in 2016``.
BY_WHOM = re.compile(r"\bby \w.*\b(19|20)\d\d\b")
CITED = re.compile(r"\{([a-z0-9_]+\.[a-z0-9_]+)\}")
#: Whatever stands in braces: in a text that is shown, a score or a number of the ledger.
BRACED = re.compile(r"\{([^{}]*)\}")
LARGEST = 1e15

T = TypeVar("T")

#: How a number of each measure is written after its digits.
UNITS = {
    "percent": " %",
    "risk ratio": "",
    "odds ratio": "",
    "hazard ratio": "",
    "SMD": "",
    "count": "",
    "points": " points",
    "weeks": " weeks",
    "months": " months",
    "years": " years",
    "mg": " mg",
    "score": "",
    "minutes": " minutes",
    "days": " days",
    "US dollars": " US dollars",
    "correlation": "",
    "percentage points": " percentage points",
    "rate ratio": "",
    "slope": "",
    "cm": " cm",
    "kg": " kg",
    "mg per day": " mg a day",
    "mg per kg": " mg per kg",
    "mmol/L": " mmol/L",
    "cells per microlitre": " cells per microlitre",
}


#: What kind of study something is: what a reader asks first. Those that give people a treatment come first.
TRIALS = ("randomised trial", "non-randomised trial")
DESIGNS = (
    *TRIALS, "meta-analysis", "network meta-analysis", "individual-patient meta-analysis", "review", "cohort", "registry", "survey",
    "scale study", "laboratory study", "animal study", "guideline", "label", "official document", "opinion", "news report",
    "retraction notice",
)  # fmt: skip


@attrs.frozen
class Study:
    """A publication or an official document: where it was published, and what kind of study it is.

    ``withdrawn`` is empty, or says in a sentence what was withdrawn, by whom and when.
    """

    reference: Reference
    design: str
    withdrawn: str = ""

    @property
    def key(self) -> str:
        return self.reference.key

    @property
    def authors(self) -> str:
        """``Kuyken et al.``"""
        return self.reference.authors

    @property
    def year(self) -> int:
        return self.reference.year

    @property
    def doi(self) -> str:
        return self.reference.doi

    @property
    def pmid(self) -> str:
        return self.reference.pmid

    @property
    def address(self) -> str:
        return self.reference.address

    @property
    def link(self) -> str:
        """Where to read it: the DOI if there is one, else PubMed, else the official address."""
        return self.reference.link

    @property
    def short(self) -> str:
        """``Kuyken 2015``; a body keeps its whole name."""
        return f"{self.reference.author[0].name} {self.year}"

    @property
    def linked(self) -> str:
        """``[Kuyken 2015](https://doi.org/…)``: its short name, linked to where to read it."""
        return f"[{self.short}]({self.link})" if self.link else self.short

    @property
    def citation(self) -> str:
        """One line for a list of sources."""
        return f"{citation(self.reference)} {self.withdrawn}".rstrip()


@attrs.frozen
class Effect:
    """One published number.

    ``value`` with ``low`` and ``high`` (its 95 % interval where one was printed), in the unit of ``measure``.
    ``status`` is ``seen`` (read in the source), or ``retracted`` (read in a version since withdrawn: it may
    be shown only in the story of that retraction).
    """

    study: Study
    name: str
    value: float
    low: float | None
    high: float | None
    measure: str
    population: str
    comparison: str
    outcome: str
    time: str
    status: str = attrs.field(validator=one_of("seen", "retracted"))
    decimals: int = 0

    @property
    def key(self) -> str:
        return f"{self.study.key}.{self.name}"

    @property
    def text(self) -> str:
        """The number as people read it: ``46 %``, ``1.27 (1.14 to 1.39)``."""
        unit = UNITS[self.measure]
        shown = f"{self.value:,.{self.decimals}f}{unit}"
        if self.low is not None and self.high is not None:
            shown += f" ({self.low:.{self.decimals}f} to {self.high:.{self.decimals}f}{unit})"
        return shown

    @property
    def number(self) -> str:
        """The number without its interval: ``46 %``."""
        return f"{self.value:,.{self.decimals}f}{UNITS[self.measure]}"

    @property
    def meaning(self) -> str:
        """What the number counts, in whom, compared with what, and when."""
        parts = [self.outcome, self.population, self.comparison, self.time]
        return "; ".join(part for part in parts if part)


@attrs.frozen
class Statement:
    """A published finding that is not one number: a recommendation, or a result told in words.

    It is shown and never pooled. ``status`` is as in an :class:`Effect`.
    """

    study: Study
    name: str
    says: str
    population: str
    comparison: str
    time: str
    status: str = attrs.field(validator=one_of("seen", "retracted"))

    @property
    def key(self) -> str:
        return f"{self.study.key}.{self.name}"

    @property
    def meaning(self) -> str:
        """In whom, compared with what, and when."""
        return "; ".join(part for part in (self.population, self.comparison, self.time) if part)


#: What makes the words for a number of the ledger: without its interval in a sentence, with it in a list.
Link = Callable[[Effect, str], str]


def to_source(effect: Effect, words: str) -> str:
    """The words, linked to where the number was read; where there is no link, with the name of the study."""
    return f'[{words}]({effect.study.link} "{effect.study.short}")' if effect.study.link else f"{words} ({effect.study.short})"


class CannotDraw(PlainError, ValueError):
    """Numbers that make no figure together, in one sentence."""


class Ledger:
    """Studies and effects by key."""

    def __init__(self, studies: dict[str, Study], effects: dict[str, Effect]):
        self.studies, self.effects = studies, effects

    def __getitem__(self, key: str) -> Effect:
        try:
            return self.effects[key]
        except KeyError:
            raise NotFound(f"no number '{shown(key)}' in the ledger; {did_you_mean(key, self.effects)}") from None

    def __contains__(self, key: str) -> bool:
        return key in self.effects

    def to_draw(self, *keys: str) -> list[Effect]:
        """The numbers with these keys, of which none was withdrawn: a figure tells no story of a retraction."""
        if not keys:
            raise NotFound("there is nothing to draw; name a number of the ledger, as in wiles_2013.response_both")
        effects = [self[str(key)] for key in keys]
        for effect in effects:
            if effect.status == "retracted":
                raise NotFound(f"'{effect.key}' comes from a withdrawn version; only the story of its retraction may show it")
        return effects

    def study(self, key: str) -> Study:
        """The study with this key; a :class:`NotFound` with the nearest key when there is none."""
        try:
            return self.studies[key]
        except KeyError:
            raise NotFound(f"no study '{key}' in the ledger; {did_you_mean(key, self.studies)}") from None

    def fill(self, text: str, link: Link = to_source) -> str:
        """The text with each ``{study.name}`` replaced by what ``link`` makes of its number: as a rule, the number linked to where it was read."""
        return CITED.sub(lambda found: link(self[found[1]], self[found[1]].number), text)


STUDY_COLUMNS = ("key", "design", "withdrawn")
EFFECT_COLUMNS = (
    "study", "name", "value", "low", "high", "measure", "population", "comparison", "outcome", "time", "status",
)  # fmt: skip
STATEMENT_COLUMNS = tuple(field.name for field in attrs.fields(Statement))


def with_ledger(folder: Path) -> Path:
    """The folder itself if a ledger lies in it, else the course's own content."""
    return folder if (folder / "evidence" / "effects.csv").is_file() else CONTENT


def ledger(content: Path = CONTENT) -> Ledger:
    """The ledger below a content folder. Raises :class:`ContentError` with every slip in its three files."""
    return _ledger(content)


@lru_cache
def _ledger(content: Path) -> Ledger:
    findings: list = []
    folder = content / "evidence"
    references = read_references(folder / "references.json", findings)
    studies = read_studies(folder / "studies.csv", references, findings)
    if not findings:  # else a reference may only seem to be left over
        source = Source(None, folder / "references.json")
        left = [key for key in references if key not in studies]
        findings += [source.finding(key, "there is no such study in studies.csv", did_you_mean(key, studies)) for key in left]
    effects = read_effects(folder / "effects.csv", studies, findings)
    if findings:
        raise ContentError(findings)
    return Ledger(studies, effects)


def read_studies(path: Path, references: dict[str, Reference | None], findings: list) -> dict[str, Study]:
    """The studies in a file by key, each with its reference; its slips go to the findings."""
    return _collect(read_csv(path, STUDY_COLUMNS), lambda row: _study(row, references), findings)


def read_effects(path: Path, studies: dict[str, Study], findings: list) -> dict[str, Effect]:
    """The numbers in a file by key, each of one of the studies; its slips go to the findings."""
    return _collect(read_csv(path, EFFECT_COLUMNS), lambda row: _effect(row, studies), findings)


@lru_cache
def statements(content: Path = CONTENT) -> dict[str, Statement]:
    """Every finding in words, by its key. Raises :class:`ContentError` with every slip in the file."""
    findings: list = []
    book = ledger(content)
    made = _collect(read_csv(content / "evidence" / "statements.csv", STATEMENT_COLUMNS), lambda row: _statement(row, book), findings)
    if findings:
        raise ContentError(findings)
    return made


def _collect(rows: list[Source], make, findings: list) -> dict:
    """Records by key; slips and keys that come twice go to the findings."""
    made: dict = {}
    for row in rows:
        where = f"line {row.data['line']}"
        try:
            record = make(row)
        except ContentError as error:
            findings += error.findings
            continue
        if record.key in made:
            findings.append(row.finding(where, f"the key '{record.key}' stands here twice", "keep one of the two"))
        made[record.key] = record
    return made


def _study(row: Source, references: dict[str, Reference | None]) -> Study:
    cells, where = row.data, f"line {row.data['line']}"
    key = cells["key"]
    if not KEY.fullmatch(key):
        raise row.error(where, f"the key is '{key}'", "write it like kuyken_2015")
    if key not in references:
        raise row.error(where, f"the study '{key}' has no reference", f"add it to references.json; {did_you_mean(key, references)}")
    if references[key] is None:
        raise ContentError([])  # its own slip has been named
    if cells["design"] not in DESIGNS:
        raise row.error(where, f"no design '{cells['design']}'", did_you_mean(cells["design"], DESIGNS))
    if cells["withdrawn"] and not BY_WHOM.search(cells["withdrawn"]):
        raise row.error(where, "withdrawn does not say by whom and when", "write it like: Retracted by its authors in 2016, because …")
    return Study(references[key], cells["design"], cells["withdrawn"])


def _effect(row: Source, studies: dict[str, Study]) -> Effect:
    cells, where = row.data, f"line {row.data['line']}"
    study = study_of(row, studies)
    status = _status(row, study)
    if cells["measure"] not in UNITS:
        hint = did_you_mean(cells["measure"], UNITS)
        raise row.error(where, f"no measure '{cells['measure']}'", hint)
    numbers = {name: number_in(row, name, float, optional=name != "value") for name in ("value", "low", "high")}
    _check_interval(row, numbers)
    if not cells["population"].strip():
        raise row.error(where, "population is empty", "say in whom it was seen, or that it is not about people")
    plain = {name: cells[name] for name in ("name", "measure", "population", "comparison", "outcome", "time")}
    decimals = max(len(cells[name].partition(".")[2]) for name in ("value", "low", "high"))
    return Effect(study=study, **plain, **numbers, status=status, decimals=decimals)


def _statement(row: Source, book: Ledger) -> Statement:
    cells, where = row.data, f"line {row.data['line']}"
    study = study_of(row, book.studies)
    made = Statement(study, *(cells[name] for name in ("name", "says", "population", "comparison", "time")), _status(row, study))
    if not KEY.fullmatch(made.name):
        raise row.error(where, f"the name is '{made.name}'", "write it like no_difference")
    if not made.says.strip():
        raise row.error(where, "it says nothing", "write the finding in a sentence")
    if made.key in book:
        raise row.error(where, f"the key '{made.key}' names a number too", "give one of the two another name")
    return made


def study_of(row: Source, studies: dict[str, Study]) -> Study:
    """The study that a row names; an error with the nearest key when there is none."""
    key = row.data["study"]
    if key not in studies:
        raise row.error(f"line {row.data['line']}", f"no study '{key}'", did_you_mean(key, studies, "add it to studies.csv"))
    return studies[key]


def _status(row: Source, study: Study) -> str:
    status, where = row.data["status"], f"line {row.data['line']}"
    if status not in ("seen", "retracted"):
        raise row.error(where, f"the status is '{status}'", "write seen or retracted")
    if status == "retracted" and not study.withdrawn:
        raise row.error(where, f"it is retracted, and '{study.key}' was not withdrawn", "write seen, or say in studies.csv who withdrew the study")
    if status == "seen" and study.withdrawn:
        raise row.error(where, f"it is seen, and '{study.key}' was withdrawn", "write retracted, or give it to the study that stands in its place")
    return status


def gathered(make: Callable[[Source], T], rows: Iterable[Source]) -> list[T]:
    """What ``make`` gives for each row; a :class:`ContentError` with the slips of all of them where one has any."""
    made, findings = [], []
    for row in rows:
        try:
            made.append(make(row))
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return made


def read_tables(cls: type[T], path: Path, check: Callable[[Source, str, T], None]) -> dict[str, T]:
    """The tables of a TOML file as records by key, each checked; a :class:`ContentError` with every slip in the file."""
    file = read_toml(path)

    def make(row: Source) -> tuple[str, T]:
        key, data = row.data
        made = structure(cls, Source(data, path), key)
        check(file, key, made)
        return key, made

    return dict(gathered(make, (Source(item, path) for item in file.data.items())))


def dead_keys(source: Source, where: str, keys: Iterable[str], known: Mapping[str, Effect | Statement], kind: str = "row") -> Iterator[Finding]:
    """The keys that lead to nothing in the ledger, or to what was withdrawn."""
    for key in keys:
        if key not in known:
            yield source.finding(where, f"no {kind} '{key}' in the ledger", did_you_mean(key, known))
        elif known[key].status == "retracted":
            yield source.finding(where, f"'{key}' comes from a withdrawn version", "only the story of its retraction may show it")


def number_in(row: Source, column: str, kind: type, optional: bool = False):
    """The number in a cell; ``None`` where an optional one is empty, and an error for anything else."""
    text, where = row.data[column], f"line {row.data['line']}"
    if not text and optional:
        return None
    try:
        number = kind(text)
        if not abs(number) < LARGEST:  # also infinite, or not a number at all
            raise ValueError(text)
        return number
    except ValueError:
        raise row.error(where, f"{column} is '{text}'", "write a number with a decimal point") from None


def _check_interval(row: Source, numbers: dict) -> None:
    value, low, high = numbers["value"], numbers["low"], numbers["high"]
    where = f"line {row.data['line']}"
    if (low is None) != (high is None):
        raise row.error(where, "the interval has only one end", "give both low and high, or neither")
    if low is not None and not low <= value <= high:
        raise row.error(where, f"{value:g} lies outside {low:g} to {high:g}", "check the three numbers at the source")
