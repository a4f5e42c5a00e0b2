"""What a model of this room must say of itself: ``model("dose-and-time")`` gives its :class:`ModelCard`.

The file is ``content/mechanisms.toml``, a table a model. A number in it is one of three things, and says which: read in a study (its
``source`` is a key of the ledger, and its value must be the ledger's), an ``assumption`` of this course, or a ``setting`` that is the
learner's to choose. What a model is fitted to are :class:`Point` records: what was published, and at which dose or time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, read_toml, structure, wrong
from course.content.uses import Use
from course.evidence.claims import rows
from course.evidence.records import BRACED, UNITS, Effect, Ledger, Statement, ledger, with_ledger

ASSUMPTION, SETTING = "assumption", "setting"
FILE = "mechanisms.toml"


@attrs.frozen
class Parameter:
    """One number of a model. ``low`` and ``high`` are how far the learner may move it, in steps of ``step``."""

    label: str
    value: float
    source: str
    says: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float = 1

    def __attrs_post_init__(self):
        if (self.low is None) != (self.high is None):
            raise wrong("the range has only one end", "give both low and high, or neither")
        if self.low is not None and not self.low <= self.value <= self.high:
            raise wrong(f"{self.value:g} lies outside {self.low:g} to {self.high:g}", "let the range hold the value")
        if self.step <= 0:
            raise wrong(f"step is {self.step:g}", "write a step above 0")
        if not (self.label.strip() and self.says.strip()):
            raise wrong("a text is empty", "fill in label and says")

    @property
    def sourced(self) -> bool:
        return self.source not in (ASSUMPTION, SETTING)

    @property
    def assumed(self) -> bool:
        return self.source == ASSUMPTION

    @property
    def text(self) -> str:
        """The number with its unit: ``36 hours``."""
        return f"{self.value:g} {self.unit}".rstrip()

    @property
    def range(self) -> str:
        """How far it may be moved: ``6 to 240 hours``."""
        return "" if self.low is None else f"{self.low:g} to {self.high:g} {self.unit}".rstrip()


@attrs.frozen
class Point:
    """What was published at one dose or time: ``at`` with its ``unit``, which the row of the ledger names too, and the row's key."""

    at: float
    unit: str
    number: str

    @property
    def effect(self) -> Effect:
        return ledger()[self.number]


@attrs.frozen
class Variant:
    """The same model for one medicine or one situation, with the words that make its sentences."""

    label: str
    words: dict[str, str] = attrs.field(factory=dict, hash=False)
    parameters: dict[str, Parameter] = attrs.field(factory=dict, hash=False)
    points: dict[str, tuple[Point, ...]] = attrs.field(factory=dict, hash=False)

    def __getitem__(self, name: str) -> float:
        return self.parameters[name].value


@attrs.frozen
class ModelCard:
    """What a model says, what it rests on, and what it must not be used for.

    ``says`` is the model in a few sentences; ``fitted_to`` are the rows of the ledger that shaped it; ``assumptions`` are what nobody
    has measured; ``not_for`` what it must not be used for. ``explain`` is what to make of it, with numbers as ``{study.name}``, and
    ``uses`` are tasks for the learner.
    """

    key: str
    title: str
    says: str
    fitted_to: tuple[str, ...]
    assumptions: tuple[str, ...]
    not_for: tuple[str, ...]
    explain: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    parameters: dict[str, Parameter] = attrs.field(factory=dict, hash=False)
    variants: dict[str, Variant] = attrs.field(factory=dict, hash=False)

    def __attrs_post_init__(self):
        for name in ("assumptions", "not_for"):
            if not getattr(self, name):
                raise wrong(f"{name} is empty", "every model assumes something, and every model can be misused: say what and how")

    def __getitem__(self, name: str) -> float:
        return self.parameters[name].value

    @property
    def rows(self) -> tuple[Effect | Statement, ...]:
        """What it is fitted to."""
        return tuple(rows()[key] for key in self.fitted_to)

    @property
    def every_parameter(self) -> Iterator[tuple[str, Parameter]]:
        """Every number, by the place where it stands in the file."""
        for name, parameter in self.parameters.items():
            yield f"parameters.{name}", parameter
        for key, variant in self.variants.items():
            for name, parameter in variant.parameters.items():
                yield f"variants.{key}.parameters.{name}", parameter

    @property
    def every_point(self) -> Iterator[tuple[str, Point]]:
        """Every published point, by the place where it stands in the file."""
        for key, variant in self.variants.items():
            for name, points in variant.points.items():
                for point in points:
                    yield f"variants.{key}.points.{name}", point

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that a learner may read, by the place where it stands."""
        yield "says", self.says
        for place in ("assumptions", "not_for", "explain"):
            for text in getattr(self, place):
                yield place, text
        for use in self.uses:
            yield "uses", f"{use.ask} {use.answer}"
        for place, parameter in self.every_parameter:
            yield place, parameter.says
        for key, variant in self.variants.items():
            for words in variant.words.values():
                yield f"variants.{key}.words", words


@lru_cache
def models(content: Path = CONTENT) -> dict[str, ModelCard]:
    """Every model by its key. Raises :class:`ContentError` with every slip in the file."""
    source, findings, made = read_toml(content / FILE), [], {}
    for key, data in source.data.items():
        try:
            made[key] = structure(ModelCard, Source({"key": key, **data} if isinstance(data, dict) else data, source.path), key)
            findings += _slips(source, made[key], content)
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return made


def model(key: str) -> ModelCard:
    """The card of the model with this key; a :class:`NotFound` with the nearest key when there is none."""
    known = models()
    if key not in known:
        raise NotFound(f"no model '{key}'; {did_you_mean(key, known)}")
    return known[key]


# ── What a record cannot know by itself ──────────────────────────────────────────────────────────


def _slips(source: Source, card: ModelCard, content: Path) -> Iterator[Finding]:
    """Names that lead nowhere or to what was withdrawn, and numbers that are not the ledger's."""
    content = with_ledger(content)
    book, known = ledger(content), rows(content)
    for key in card.fitted_to:
        yield from _row(source, f"{card.key}.fitted_to", key, known)
    for place, parameter in card.every_parameter:
        if parameter.sourced:
            yield from _sourced(source, f"{card.key}.{place}", parameter, known)
    for place, point in card.every_point:
        yield from _published(source, f"{card.key}.{place}", point, card, book)
    for place, text in card.texts:
        for key in BRACED.findall(text):
            yield from _row(source, f"{card.key}.{place}", key, book.effects)


def _row(source: Source, where: str, key: str, known: dict) -> Iterator[Finding]:
    if key not in known:
        yield source.finding(where, f"no row '{key}' in the ledger", did_you_mean(key, known, f"or write '{ASSUMPTION}'"))
    elif known[key].status != "seen":
        yield source.finding(where, f"'{key}' has been withdrawn", "choose one that stands")


def _sourced(source: Source, where: str, parameter: Parameter, known: dict) -> Iterator[Finding]:
    """A number with a source is the ledger's own; a finding in words cannot be compared, and must say so in its text."""
    yield from _row(source, where, parameter.source, known)
    row = known.get(parameter.source)
    if isinstance(row, Effect):
        if parameter.value != row.value:
            yield source.finding(where, f"the value is {parameter.value:g} and the ledger has {row.value:g}", f"write {row.value:g}")
        if parameter.unit != UNITS[row.measure].strip():
            yield source.finding(where, f"the unit is '{parameter.unit}' and the ledger has '{UNITS[row.measure].strip()}'", "let them agree")


def _published(source: Source, where: str, point: Point, card: ModelCard, book: Ledger) -> Iterator[Finding]:
    """A point stands in the ledger, at the dose or time that its row names, and the card owns to it."""
    yield from _row(source, where, point.number, book.effects)
    if point.number not in book:
        return
    row = book[point.number]
    if not re.search(rf"(?<![\d.]){point.at:g} {point.unit}\b", f"{row.comparison}; {row.time}"):
        yield source.finding(where, f"'{point.number}' was not seen at {point.at:g} {point.unit}", f"its row says: {row.comparison}; {row.time}")
    if point.number not in card.fitted_to:
        yield source.finding(where, f"'{point.number}' is not among what the model is fitted to", "add it to fitted_to")
