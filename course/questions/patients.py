"""The patients of the capstone: ``new_patient(m12_q8_variant)`` prints the one that the answer names.

A variant is a patient and a clinic, ``"17-valley"``. :func:`find_patient` makes the same :class:`Patient` of it in the notebook, the check
and the grader, from the variant alone. The file is ``content/capstone.toml``: templates, twists, menus, and what may not stand together.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, read_toml, shown, structure, wrapped, wrong
from course.content.settings import Setting, access_facts, settings
from course.evidence.certainty import LEVELS
from course.evidence.claims import claims
from course.evidence.instruments import instruments
from course.evidence.records import BRACED, dead_keys, ledger
from course.evidence.safety import safety_facts

FILE = "capstone.toml"
#: A variant as learners write it: ``17-valley``, ``17 Valley``.
WRITTEN = re.compile(r"0?(\d{1,2})\W{0,3}([a-z]+)")
EXAMPLE = "17-valley"


# ── The menus ────────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Target:
    """What a plan may aim at, and the measures that can show it."""

    text: str
    measures: tuple[str, ...]
    because: str = ""


@attrs.frozen
class Measure:
    """A scale of ``instruments.toml``, or a count with its own ``name``, ``high`` and ``band``. ``least`` is the lowest sensible stop rule."""

    text: str
    instrument: str = ""
    least: int = 0
    name: str = ""
    high: int = 0
    band: float = 0.0


@attrs.frozen
class Step:
    """A step of the audit; ``flag`` marks what comes before everything else where a story calls for it."""

    text: str
    flag: bool = False


@attrs.frozen
class Treatment:
    """A first treatment, or a ``step`` of safety that is none by itself. ``about`` is the fact of the patient that gives it a meaning."""

    text: str
    classes: tuple[str, ...] = ()
    medicine: bool = False
    step: bool = False
    about: str = ""


@attrs.frozen
class Therapy:
    """Therapy or a bridge to it: what a clinic needs for it, and the conditions it suits."""

    text: str
    needs: tuple[str, ...] = ()
    suits: tuple[str, ...] = ()
    because: str = ""


@attrs.frozen
class Owner:
    """Who answers in a crisis."""

    text: str
    needs: tuple[str, ...] = ()
    accepted: bool = False
    because: str = ""


@attrs.frozen
class Comparison:
    """A comparison to claim: the audited claim that keeps its certainty, the templates it speaks of, and what the plan must hold."""

    claim: str
    text: str
    templates: tuple[str, ...]
    holds: tuple[str, ...]


@attrs.frozen
class Word:
    """A word of certainty, and the level it stands for."""

    text: str
    level: str


@attrs.frozen
class Pair:
    """A class of treatments and a fact of the patient that may not stand together; with ``waits``, not before the twist's ``earliest`` week."""

    treatment: str
    fact: str
    says: str
    sources: tuple[str, ...]
    waits: bool = False


# ── The patients ─────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Template:
    """An illness and its course. ``judge`` is the first and last fair week for a judgement, counted from the start of treatment."""

    condition: str
    ages: tuple[int, ...]
    text: str
    takes: str
    starts: tuple[str, ...]
    targets: tuple[str, ...]
    scores: dict[str, int]
    audit: tuple[str, ...]
    judge: tuple[int, ...]
    facts: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        for name, pair in (("ages", self.ages), ("judge", self.judge)):
            if len(pair) != 2 or pair[0] >= pair[1]:
                raise wrong(f"{name} is {list(pair)}", "write two whole numbers, the smaller one first")


@attrs.frozen
class Twist:
    """What changes the plan: facts, red flags that come first in the audit, and steps without which no plan is safe."""

    text: str
    also: str = ""
    facts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    needs_says: str = ""
    starts: tuple[str, ...] = ()
    earliest: int = 0
    carries: bool = False
    ages: tuple[int, ...] = ()


@attrs.frozen
class Row:
    """The template and the twist of one patient."""

    template: str
    twist: str


@attrs.frozen
class People:
    """Names, works, homes and aims to draw from."""

    women: tuple[str, ...]
    others: tuple[str, ...]
    works: tuple[str, ...]
    homes: tuple[str, ...]
    aims: tuple[str, ...]


@attrs.frozen
class Capstone:
    """The whole file."""

    asks: dict[str, str]
    says: dict[str, str]
    targets: dict[str, Target]
    measures: dict[str, Measure]
    audit: dict[str, Step]
    treatments: dict[str, Treatment]
    therapies: dict[str, Therapy]
    owners: dict[str, Owner]
    claims: dict[str, Comparison]
    certainties: dict[str, Word]
    pairs: tuple[Pair, ...]
    templates: dict[str, Template]
    twists: dict[str, Twist]
    patients: dict[str, Row]
    people: People

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that speaks of the world and not of one patient, by its place."""
        for name in ("asks", "says"):
            yield from ((f"{name}.{key}", text) for key, text in getattr(self, name).items())
        for menu in ("targets", "measures", "audit", "treatments", "therapies", "owners", "claims", "certainties"):
            for key, each in getattr(self, menu).items():
                yield f"{menu}.{key}", f"{each.text} {getattr(each, 'because', '')}".strip()
        yield from ((f"pairs[{number}].says", pair.says) for number, pair in enumerate(self.pairs, 1))
        yield from ((f"twists.{key}.needs_says", twist.needs_says) for key, twist in self.twists.items())

    @property
    def stories(self) -> Iterator[tuple[str, str]]:
        """Every text that tells of an invented patient, by its place."""
        for menu in ("templates", "twists"):
            for key, each in getattr(self, menu).items():
                yield f"{menu}.{key}.text", each.text
        for name in ("works", "homes", "aims"):
            yield from ((f"people.{name}", text) for text in getattr(self.people, name))


@attrs.frozen
class Patient:
    """One patient in one clinic, as the variant makes them."""

    variant: str
    template_key: str
    template: Template
    twist: Twist
    clinic: Setting
    name: str
    age: int
    work: str
    home: str
    aim: str

    @property
    def facts(self) -> tuple[str, ...]:
        return *self.template.facts, *self.twist.facts

    @property
    def flags(self) -> tuple[str, ...]:
        """What an audit must ask first: suicide always, and what the story adds."""
        return "suicide", *self.twist.flags

    @property
    def starts(self) -> tuple[str, ...]:
        """First treatments that suit, before pairs are looked at."""
        return *self.template.starts, *self.twist.starts

    @property
    def takes(self) -> str:
        """Everything swallowed, in one line."""
        return f"{self.template.takes}; {self.twist.also}" if self.twist.also else self.template.takes

    @property
    def text(self) -> str:
        """The patient as the notebook prints them."""
        scores = ", ".join(f"{measure_name(key)} {score}" for key, score in self.template.scores.items())
        lines = [
            f"{self.name}, {self.age}, {self.work}, {self.home}.",
            f"{self.template.text} {self.twist.text}".replace("NAME", self.name),
            f"Takes: {self.takes}.",
            f"Scores today (week 0): {scores}. Nobody has asked about suicide in words yet.",
            f"Asked what for, {self.name} says: “I want {self.aim}.”",
            f"The clinic: {self.clinic.title}. {self.clinic.text}",
            "This person is invented, for learning.",
        ]
        return "\n\n".join(lines)


def measure_name(key: str) -> str:
    """``PHQ-9``, or the name of a count."""
    measure = capstone().measures[key]
    return instruments()[measure.instrument].name if measure.instrument else measure.name or measure.text


def band_and_high(key: str) -> tuple[float, int]:
    """The change that is more than noise on a measure, and its highest score."""
    measure = capstone().measures[key]
    if measure.instrument:
        scale = instruments()[measure.instrument]
        return scale.band, scale.high
    return measure.band, measure.high


# ── A variant and its patient ────────────────────────────────────────────────────────────────────


def variants() -> list[str]:
    """Every variant, ``"01-harbour"`` first."""
    return [f"{number}-{clinic}" for number in capstone().patients for clinic in settings()]


def find_patient(written: Any) -> Patient:
    """The patient of a variant as a learner wrote it. Raises :class:`NotFound` with a sentence where there is none."""
    if type(written) is not str:
        raise NotFound(f'The variant is a text in quotes: a number and a clinic, as in "{EXAMPLE}".')
    found = WRITTEN.fullmatch(written.strip(" \t\n.'\"“”‘’").lower())
    variant = f"{int(found[1]):02d}-{found[2]}" if found else ""
    if variant not in variants():
        last, clinics = max(capstone().patients), ", ".join(settings())
        raise NotFound(f"There is no patient “{shown(written)}”. Write a number from 1 to {int(last)} and a clinic ({clinics}), as in \"{EXAMPLE}\".")
    return _patient(variant)


@cache
def _patient(variant: str) -> Patient:
    number, _, clinic = variant.partition("-")
    book = capstone()
    row = book.patients[number]
    template, twist, chance = book.templates[row.template], book.twists[row.twist], random.Random(variant)
    youngest, oldest = twist.ages or template.ages
    names = book.people.women if twist.carries else (*book.people.women, *book.people.others)
    return Patient(
        variant, row.template, template, twist, settings()[clinic],
        _pick(chance, names), _pick(chance, range(youngest, oldest + 1)), _pick(chance, book.people.works),
        _pick(chance, book.people.homes), _pick(chance, book.people.aims),
    )  # fmt: skip


def _pick(chance: random.Random, things) -> Any:
    """One of these things. Only ``random()`` is promised to stay the same in every version of Python."""
    return things[int(chance.random() * len(things))]


_drawn: list[str] = []


def draw() -> str:
    """Another variant by chance, none twice until all have been drawn. It counts for nothing until an answer names it."""
    if len(_drawn) >= len(variants()):
        _drawn.clear()
    _drawn.append(random.SystemRandom().choice([variant for variant in variants() if variant not in _drawn]))
    return _drawn[-1]


def new_patient(variant: Any = ...) -> None:
    """Print the patient of a variant: ``new_patient("17-valley")``.

    With three dots in its place it draws a patient by chance, and says how to keep this one.
    """
    drawn = draw() if variant is ... else None
    try:
        patient = find_patient(variant if drawn is None else drawn)
    except NotFound as error:
        print(wrapped(str(error)))
        return
    print(wrapped(f"Patient {patient.variant}\n\n{patient.text}"))
    if drawn is not None:
        print(wrapped(f'\nTo keep this patient, write "{patient.variant}" in place of the three dots in the cell above, and run both cells again.'))
        print(wrapped("To meet somebody else, leave the dots and run this cell again."))


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache
def capstone(content: Path = CONTENT) -> Capstone:
    """The file as records. Raises :class:`ContentError` with every name in it that leads nowhere."""
    source = read_toml(content / FILE)
    book = structure(Capstone, source)
    found = list(_dead_names(book, source, content))
    if found:
        raise ContentError(found)
    return book


def _dead_names(book: Capstone, source: Source, content: Path) -> Iterator[Finding]:
    """Names that lead nowhere."""
    facts = {fact for each in (*book.templates.values(), *book.twists.values()) for fact in each.facts}
    classes = {name for each in book.treatments.values() for name in each.classes}
    for where, kind, keys, known in _named(book, facts, classes, content):
        for key in keys:
            if key not in known:
                yield source.finding(where, f"no {kind} '{key}'", did_you_mean(key, known))
    for key, measure in book.measures.items():
        if not measure.instrument and bool(measure.name) != (measure.high > 0 and measure.band > 0):
            yield source.finding(f"measures.{key}", "a count has a name, and high and band above 0", "give all three, or the key of an instrument")
    for where, text in book.texts:
        yield from dead_keys(source, where, BRACED.findall(text), ledger(content).effects, "number")
    for key, claim in book.claims.items():
        for held in claim.holds:
            yield from _unheld(f"claims.{key}.holds", held, source, {"any", *classes}, {"any", *book.therapies})


def _named(book: Capstone, facts: set[str], classes: set[str], content: Path) -> Iterator[tuple]:
    """(place, kind, names, what there is) of every name in the file."""
    steps = {key for key, each in book.treatments.items() if each.step}
    flags = {key for key, each in book.audit.items() if each.flag}
    for key, each in book.targets.items():
        yield f"targets.{key}.measures", "measure", each.measures, book.measures
    for key, each in book.measures.items():
        yield f"measures.{key}.instrument", "instrument", [each.instrument] if each.instrument else [], instruments(content)
    for key, each in book.treatments.items():
        yield f"treatments.{key}.about", "fact of a patient", [each.about] if each.about else [], facts
    for menu in ("therapies", "owners"):
        for key, each in getattr(book, menu).items():
            yield f"{menu}.{key}.needs", "access fact", each.needs, access_facts(content)
    for key, each in book.claims.items():
        yield f"claims.{key}.claim", "claim", [each.claim], claims(content)
        yield f"claims.{key}.templates", "template", each.templates, book.templates
    yield "certainties", "level of certainty", [each.level for each in book.certainties.values()], LEVELS
    for number, each in enumerate(book.pairs, 1):
        yield f"pairs[{number}].treatment", "class of treatments", [each.treatment], classes
        yield f"pairs[{number}].fact", "fact of a patient", [each.fact], facts
        yield f"pairs[{number}].sources", "safety fact", each.sources, safety_facts(content)
    for key, each in book.templates.items():
        yield f"templates.{key}.starts", "treatment", each.starts, book.treatments
        yield f"templates.{key}.raises", "class of treatments", each.raises, classes
        yield f"templates.{key}.targets", "target", each.targets, book.targets
        yield f"templates.{key}.scores", "measure", each.scores, book.measures
        yield f"templates.{key}.audit", "step of the audit", each.audit, book.audit
    for key, each in book.twists.items():
        yield f"twists.{key}.flags", "red flag", each.flags, flags
        yield f"twists.{key}.needs", "step of safety", each.needs, steps
        yield f"twists.{key}.starts", "treatment", each.starts, book.treatments
    for key, each in book.patients.items():
        yield f"patients.{key}.template", "template", [each.template], book.templates
        yield f"patients.{key}.twist", "twist", [each.twist], book.twists


def _unheld(where: str, held: str, source: Source, classes: set[str], therapies: set[str]) -> Iterator[Finding]:
    """What is wrong with one thing that a claim asks the plan to hold."""
    kind, _, names = held.partition(":")
    known = {"medicine": classes, "therapy": therapies}.get(kind)
    if known is None:
        yield source.finding(where, f"nothing can be read from '{held}'", 'write "medicine:any" or "therapy:any"')
        return
    for name in names.split("|"):
        if name not in known:
            yield source.finding(where, f"no {kind} '{name}'", did_you_mean(name, known))
