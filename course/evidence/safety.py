"""What a prescriber must not get wrong: ``safety_fact("lithium-toxicity")`` says what is so, what to do, for whom, and where it was read.

The facts are the tables ``[facts.*]`` of ``content/safety.toml``. Their texts hold numbers as ``{study.name}``;
``ledger().fill(fact.fact)`` puts them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, read_toml, structure, wrong

from .records import BRACED, Ledger, Study, dead_keys, ledger

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@attrs.frozen
class SafetyFact:
    """Something that is so (``fact``), what to do about it (``action``), and for whom (``applies_to``).

    ``sources`` are keys of studies. ``reread`` is the key of a document that must be read again before each release, because it is
    about to change or was not read in full; it is empty for everything else.
    """

    key: str
    fact: str
    action: str
    applies_to: str
    sources: tuple[str, ...]
    reread: str = ""

    def __attrs_post_init__(self):
        if not KEY.fullmatch(self.key):
            raise wrong(f"the key is '{self.key}'", "write it like lithium-toxicity")
        if not all(text.strip() for text in (self.fact, self.action, self.applies_to)):
            raise wrong("a text is empty", "fill in fact, action and applies_to")
        if not self.sources:
            raise wrong("it names no source", "name the studies or documents in sources")

    @property
    def time_critical(self) -> bool:
        """Whether something must be read again before each release."""
        return bool(self.reread)

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that a learner may read, by the name of its key."""
        yield from (("fact", self.fact), ("action", self.action), ("applies_to", self.applies_to))


@attrs.frozen
class Document:
    """A document that is about to change: the day on which it was last ``checked``, and the last day (``until``) on which that may be relied on."""

    key: str
    checked: date
    until: date

    def __attrs_post_init__(self):
        if self.until <= self.checked:
            raise wrong("'until' is not after 'checked'", "write the day by which it must be read again")

    @property
    def note(self) -> str:
        """The two days in words."""
        return f"Last read on {in_words(self.checked)}. Later than {in_words(self.until)}, read it again before you rely on it."


def in_words(day: date) -> str:
    """A day as people write it: 31 December 2026."""
    return f"{day.day} {day:%B %Y}"


@lru_cache
def safety_facts(content: Path = CONTENT) -> dict[str, SafetyFact]:
    """Every fact by its key. Raises :class:`ContentError` with every slip, names that lead nowhere included."""
    path = content / "safety.toml"
    made, source = read_safety(path), Source(None, path)
    findings = [finding for fact in made.values() for finding in _findings(fact, source, ledger(content))]
    findings += _undated({fact.reread for fact in made.values() if fact.reread}, read_documents(path), source)
    if findings:
        raise ContentError(findings)
    return made


def _undated(named: set[str], dated: dict[str, Document], source: Source) -> Iterator[Finding]:
    """Documents to read again that have no date, and dates that nothing rests on."""
    for key in sorted(named - dated.keys()):
        yield source.finding("documents", f"'{key}' is to be read again and has no date", f"add {key} = {{ checked = …, until = … }}")
    for key in sorted(dated.keys() - named):
        yield source.finding(f"documents.{key}", "no fact is to be read again there", did_you_mean(key, named - dated.keys(), "take the line out"))


def read_safety(path: Path) -> dict[str, SafetyFact]:
    """The facts in a file, without a look at what they cite."""
    source = read_toml(path)
    tables = source.data.get("facts", {})
    if not isinstance(tables, dict):
        raise source.error("facts", "it is not a table", "write [facts.lithium-toxicity] and its keys below")
    keyed = {key: {"key": key, **table} if isinstance(table, dict) else table for key, table in tables.items()}
    return structure(dict[str, SafetyFact], Source(keyed, path), "facts")


def read_documents(path: Path) -> dict[str, Document]:
    """The documents to read again, by the key of the study."""
    source = read_toml(path)
    tables = source.data.get("documents", {})
    if not isinstance(tables, dict):
        raise source.error("documents", "it is not a table", "write [documents] and a line for each below")
    keyed = {key: {"key": key, **table} if isinstance(table, dict) else table for key, table in tables.items()}
    return structure(dict[str, Document], Source(keyed, path), "documents")


@lru_cache
def documents(content: Path = CONTENT) -> dict[str, Document]:
    """Every document that must be read again, by the key of its study. Raises :class:`ContentError`."""
    safety_facts(content)
    return read_documents(content / "safety.toml")


def overdue(day: date, content: Path = CONTENT) -> list[Finding]:
    """What must be read again on this day, with the facts that rest on it."""
    source = Source(None, content / "safety.toml")
    return [
        source.finding(
            f"documents.{document.key}",
            f"it was to be read again by {in_words(document.until)}, and {', '.join(_resting_on(document.key, content))} may be out of date",
            "read it, mend what has changed, and write the new days",
        )
        for document in documents(content).values()
        if day > document.until
    ]


def _resting_on(document: str, content: Path) -> list[str]:
    return [key for key, fact in safety_facts(content).items() if fact.reread == document]


def _findings(fact: SafetyFact, source: Source, known: Ledger) -> Iterator[Finding]:
    """Names in a fact that lead nowhere, or to what was withdrawn."""
    where = f"facts.{fact.key}"
    for place, keys in (("sources", fact.sources), ("reread", (fact.reread,) if fact.reread else ())):
        for key in keys:
            if key not in known.studies:
                yield source.finding(f"{where}.{place}", f"no study '{key}' in the ledger", did_you_mean(key, known.studies))
            elif known.studies[key].withdrawn:
                yield source.finding(f"{where}.{place}", f"'{key}' was withdrawn", "cite what stands in its place")
    for place, text in fact.texts:
        yield from dead_keys(source, f"{where}.{place}", BRACED.findall(text), known.effects, "number")
        for key in BRACED.findall(text):
            if key in known and known[key].study.key not in fact.sources:
                yield source.finding(f"{where}.sources", f"the study of '{key}' is not among them", "add it")


def safety_fact(key: str, content: Path = CONTENT) -> SafetyFact:
    """The fact with this key; a :class:`NotFound` with the nearest one when there is none."""
    known = safety_facts(content)
    if key not in known:
        raise NotFound(f"no safety fact '{key}'; {did_you_mean(key, known)}")
    return known[key]


def sources_of(fact: SafetyFact, content: Path = CONTENT) -> tuple[Study, ...]:
    """The studies and documents in which a fact was read."""
    return tuple(ledger(content).study(key) for key in fact.sources)
