"""What the model of a clinic must be told: ``clinic("harbour")`` gives a :class:`Scenario`, ``read_scenario(path)`` an instructor's own.

The file is ``content/clinic.toml``. ``base`` is what its three clinics share, ``clinics`` what each has of its own, and ``sources`` says of
every number where it comes from: a key of the ledger (then it is the ledger's value), ``assumption``, or ``setting`` for what a clinic or
a learner chooses. A scenario file is a clinic of the same form; with ``like = "valley"`` it says only what differs.

Shares and risks are in per cent, times in weeks, lengths of visits in minutes, staff in hours a week.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, one_of, read_toml, shown, structure, wrong
from course.content.uses import Use
from course.evidence.claims import rows
from course.evidence.records import BRACED, Effect, dead_keys, ledger, with_ledger

ASSUMPTION, SETTING = "assumption", "setting"
FILE = "clinic.toml"
#: How a visit's length varies: always the same, or as the formulas of queueing assume.
LENGTHS = ("fixed", "exponential")
#: Beyond these a run would take minutes, or the memory of a small machine.
MOST_REFERRALS, MOST_WEEKS, MOST_VISITS, MOST_CLINICIANS = 200.0, 520, 100, 1000
LARGEST, LONGEST_TITLE = 1e9, 120
#: What no figure can hold: line breaks and what has no shape.
_UNDRAWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def _said(value: float) -> str:
    """A number as a message names it; one of hundreds of digits has no short form."""
    return f"{value:g}" if not abs(value) > 1e300 or value in (math.inf, -math.inf) else "beyond all counting"


def _per_cent(_record, field, value):
    if not 0 <= value <= 100:
        raise wrong(f"'{field.name}' is {_said(value)} %", "write a per cent from 0 to 100")


def _at_least(low: float, most: float):
    """An attrs validator: a number from ``low`` to ``most``."""

    def validate(_record, field, value):
        if not low <= value <= most:
            raise wrong(f"'{field.name}' is {_said(value)}", f"write a number from {low:g} to {most:,.0f}")

    return validate


def _costs(_record, field, value):
    for key, each in value.items():
        if not 0 <= each <= LARGEST:
            raise wrong(f"'{field.name}' has {_said(each)} for '{shown(key)}'", f"write dollars a week, from 0 to {LARGEST:,.0f}")


def _title(_record, field, value):
    if not value.strip() or len(value) > LONGEST_TITLE or _UNDRAWABLE.search(value):
        raise wrong(f"'{field.name}' is empty, or no name on one line", f"write at most {LONGEST_TITLE} letters")


def _above_nought(_record, field, value):
    if not 1e-3 <= value <= LARGEST:
        raise wrong(f"'{field.name}' is {_said(value)}", "write a number above 0" if value < 1 else f"write a number of at most {LARGEST:,.0f}")


def _referrals(_record, field, value):
    if value != 0 and not 0.01 <= value <= MOST_REFERRALS:
        raise wrong(f"'{field.name}' is {_said(value)}", f"write 0, or a number from 0.01 to {MOST_REFERRALS:g}")


@attrs.frozen
class Barrier:
    """What stands between some people and a visit.

    ``missed`` times as many visits are missed, and ``leaves`` times as many people leave. Where the clinic offers one of ``eased_by``,
    both are 1 again.
    """

    title: str = attrs.field(validator=_title)
    missed: float = attrs.field(default=1.0, validator=_at_least(0, 20))
    leaves: float = attrs.field(default=1.0, validator=_at_least(0, 20))
    eased_by: tuple[str, ...] = ()


@attrs.frozen
class Group:
    """People who share the same barriers, and how many of every 100 referred they are. Nothing else tells groups apart."""

    title: str = attrs.field(validator=_title)
    share: float = attrs.field(validator=_per_cent)
    barriers: tuple[str, ...] = ()


@attrs.frozen
class Staff:
    """Who sees people: how many clinicians, their hours a week with people in all, and what an hour costs in dollars."""

    title: str = attrs.field(validator=_title)
    hours: float = attrs.field(validator=_at_least(0, 4000))
    clinicians: int = 1
    cost_an_hour: float = attrs.field(default=0.0, validator=_at_least(0, LARGEST))

    def __attrs_post_init__(self):
        if self.clinicians < 1:
            raise wrong(f"'clinicians' is {self.clinicians}", "write 1 or more; write hours = 0 where nobody works in this role")
        if self.clinicians > MOST_CLINICIANS:
            raise wrong(f"'clinicians' is {_said(self.clinicians)}", f"write at most {MOST_CLINICIANS:,}")
        if self.hours > 80 * self.clinicians:
            raise wrong(f"{self.hours:g} hours a week for {self.clinicians} clinician{'s' * (self.clinicians != 1)}", "write at most 80 hours for each")


@attrs.frozen
class Intake:
    """The first visit: who gives it, and its length."""

    staff: str
    minutes: float = attrs.field(validator=_above_nought)


@attrs.frozen
class Step:
    """A treatment: so many visits, so many weeks apart, and what they come to.

    A ``visits`` step takes the staff's time visit by visit. A ``course`` holds a weekly place from its first session to its last, for
    ``size`` people at once. ``leaves`` is how many of 100 leave before its end, ``remission`` how many of 100 who stay reach remission.
    Who has not reached it goes on to the step ``then``, or is done.
    """

    title: str = attrs.field(validator=_title)
    kind: str = attrs.field(validator=one_of("visits", "course"))
    staff: str
    minutes: float = attrs.field(validator=_above_nought)
    visits: int = attrs.field(validator=_at_least(1, MOST_VISITS))
    every_weeks: float = attrs.field(validator=_above_nought)
    remission: float = attrs.field(validator=_per_cent)
    leaves: float = attrs.field(default=0.0, validator=_per_cent)
    size: int = attrs.field(default=1, validator=_at_least(1, 100))
    then: str = ""


@attrs.frozen
class Route:
    """What people are to have first, of every 100 who are assessed. Two steps begin at once; no step is advice alone."""

    title: str = attrs.field(validator=_title)
    share: float = attrs.field(validator=_per_cent)
    steps: tuple[str, ...] = ()


@attrs.frozen
class Missed:
    """How many of 100 first visits are missed after ``weeks`` of waiting, with straight lines between; and of later visits."""

    weeks: tuple[float, ...]
    first: tuple[float, ...]
    later: float = attrs.field(validator=_per_cent)
    comes_again: float = attrs.field(validator=_per_cent)
    reminder: float = attrs.field(default=1.0, validator=_at_least(0, 1))

    def __attrs_post_init__(self):
        if len(self.weeks) != len(self.first) or not self.weeks:
            raise wrong(f"{len(self.weeks)} weeks stand beside {len(self.first)} shares of missed first visits", "write as many of one as of the other")
        if list(self.weeks) != sorted(set(self.weeks)) or self.weeks[0] < 0:
            raise wrong("the weeks of missed first visits do not grow", "write them from the shortest wait to the longest")
        if not all(0 <= week <= LARGEST for week in self.weeks):
            raise wrong("'weeks' holds what is no number of weeks", f"write numbers from 0 to {LARGEST:,.0f}")
        for share in self.first:
            if not 0 <= share <= 100:
                raise wrong(f"'first' holds {_said(share)} %", "write per cents from 0 to 100")

    def after(self, weeks: float) -> float:
        """How many of 100 first visits are missed after this wait."""
        if weeks <= self.weeks[0]:
            return self.first[0]
        for i in range(1, len(self.weeks)):
            if weeks <= self.weeks[i]:
                passed = (weeks - self.weeks[i - 1]) / (self.weeks[i] - self.weeks[i - 1])
                return self.first[i - 1] + passed * (self.first[i] - self.first[i - 1])
        return self.first[-1]


@attrs.frozen
class Registry:
    """A care manager's list: who is on it is called and measured, and the prescriber hears of it.

    Each person takes ``minutes`` a month. The odds of remission are multiplied by ``odds``; nobody waits for a place on the list.
    """

    staff: str
    minutes: float = attrs.field(validator=_above_nought)
    odds: float = attrs.field(validator=_at_least(0, 20))


@attrs.frozen
class Integrated:
    """One clinician who gives both in long visits: to ``share`` of 100 who are to have both, in visits of ``minutes``.

    No trial has set this beside split care. So ``benefit``, in per cent more remissions than on medication alone, begins at nothing.
    """

    share: float = attrs.field(default=0.0, validator=_per_cent)
    minutes: float = attrs.field(default=40.0, validator=_above_nought)
    benefit: float = attrs.field(default=0.0, validator=_at_least(0, 100))


@attrs.frozen
class Scenario:
    """A clinic. ``patience_weeks`` is how long people wait on average before they give up; ``accepts_group`` how many of 100 who ask for
    therapy take a place in a group that is free today; ``together`` times as many reach remission on both as on medication."""

    title: str = attrs.field(validator=_title)
    referrals_a_week: float = attrs.field(validator=_referrals)
    urgent: float = attrs.field(validator=_per_cent)
    sent_elsewhere: float = attrs.field(validator=_per_cent)
    refuses: float = attrs.field(validator=_per_cent)
    patience_weeks: float = attrs.field(validator=_above_nought)
    intake: Intake
    staff: dict[str, Staff] = attrs.field(hash=False)
    groups: dict[str, Group] = attrs.field(hash=False)
    barriers: dict[str, Barrier] = attrs.field(hash=False)
    missed: Missed
    steps: dict[str, Step] = attrs.field(hash=False)
    routes: dict[str, Route] = attrs.field(hash=False)
    accepts_group: float = attrs.field(default=0.0, validator=_per_cent)
    together: float = attrs.field(default=1.0, validator=_at_least(0, 5))
    registry: Registry | None = None
    integrated: Integrated = Integrated()
    offers: tuple[str, ...] = ()
    offer_costs: dict[str, float] = attrs.field(factory=dict, validator=_costs, hash=False)
    lengths: str = attrs.field(default="fixed", validator=one_of(*LENGTHS))
    weeks: int = attrs.field(default=52, validator=_at_least(1, MOST_WEEKS))
    settle_weeks: int = attrs.field(default=52, validator=_at_least(0, MOST_WEEKS))

    def places(self, step: Step) -> int:
        """How many people can be in this course at once."""
        return math.floor(self.staff[step.staff].hours * 60 / step.minutes * step.every_weeks + 1e-9) * step.size

    @property
    def registry_places(self) -> int:
        """How many people the care manager's list can hold: so many minutes a month each."""
        made = self.registry
        return math.floor(self.staff[made.staff].hours * 60 * 52 / 12 / made.minutes + 1e-9) if made else 0

    @property
    def cost_a_week(self) -> float:
        """Dollars: everybody's hours, and what is offered."""
        return sum(each.hours * each.cost_an_hour for each in self.staff.values()) + sum(self.offer_costs.get(offer, 0.0) for offer in self.offers)


@attrs.frozen
class Number:
    """Where a number comes from: ``source`` is a key of the ledger, ``assumption`` or ``setting``, and ``says`` a sentence on it."""

    source: str
    says: str

    @property
    def sourced(self) -> bool:
        return self.source not in (ASSUMPTION, SETTING)


@attrs.frozen
class Card:
    """What the model says, what it assumes, and what it must not be used for. ``numbers`` are its numbers by their place in the file."""

    title: str
    says: str
    assumptions: tuple[str, ...]
    not_for: tuple[str, ...]
    explain: tuple[str, ...]
    uses: tuple[Use, ...]
    fitted_to: tuple[str, ...] = ()
    numbers: dict[str, Number] = attrs.field(factory=dict, hash=False)

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that a learner may read, by its place."""
        yield "card.says", self.says
        for place in ("assumptions", "not_for", "explain"):
            for text in getattr(self, place):
                yield f"card.{place}", text
        for use in self.uses:
            yield "card.uses", f"{use.ask} {use.answer}"
        for place, number in self.numbers.items():
            yield f"sources.{place}", number.says


# ── The course's own clinics ─────────────────────────────────────────────────────────────────────


@lru_cache
def _read(content: Path = CONTENT) -> tuple[Card, dict[str, Scenario]]:
    source = read_toml(content / FILE)
    for part in ("card", "base", "clinics", "sources"):
        if not isinstance(source.data.get(part), dict):
            raise source.error(part, "it is missing", "add this table")
    sources = {place: structure(Number, Source(each, source.path), f"sources.{place}") for place, each in source.data["sources"].items()}
    card = attrs.evolve(structure(Card, Source(source.data["card"], source.path), "card"), numbers=sources)
    findings = [*_slips(source, card, content)]
    made = {}
    for key, own in source.data["clinics"].items():
        try:
            made[key] = _scenario(Source(merged(source.data["base"], own), source.path), f"clinics.{key}")
        except ContentError as error:
            findings += error.findings
    if findings:
        raise ContentError(findings)
    return card, made


def clinics(content: Path = CONTENT) -> dict[str, Scenario]:
    """The three clinics by their keys. Raises :class:`ContentError` with every slip in the file."""
    return _read(content)[1]


def clinic(key: str) -> Scenario:
    """The clinic with this key; a :class:`NotFound` with the nearest key when there is none."""
    if key not in clinics():
        raise NotFound(f"no clinic '{key}'; {did_you_mean(key, clinics())}")
    return clinics()[key]


def card(content: Path = CONTENT) -> Card:
    """What the model says of itself."""
    return _read(content)[0]


# ── An instructor's own ──────────────────────────────────────────────────────────────────────────


def read_scenario(path: Path) -> tuple[Scenario, Scenario | None]:
    """The scenario of a file, and the clinic that it says it is like, to set beside it; None where it names none."""
    source = read_toml(path)
    data = dict(source.data)
    like = data.pop("like", None)
    if like is None:
        return _scenario(Source(data, path)), None
    if not isinstance(like, str) or like not in clinics():
        raise source.error("like", f"no clinic '{shown(like)}'", did_you_mean(str(like), clinics()))
    base = _plain()[like]
    if unknown := _unknown(source, data, base):
        raise ContentError(unknown)
    made = _scenario(Source(merged(base, data), path))
    return made, attrs.evolve(clinic(like), weeks=made.weeks, settle_weeks=made.settle_weeks)


@lru_cache
def _plain() -> dict[str, dict]:
    """The three clinics as plain data, to be changed."""
    data = read_toml(CONTENT / FILE).data
    return {key: merged(data["base"], own) for key, own in data["clinics"].items()}


def merged(base: dict, own: dict) -> dict:
    """The base with what is its own put in its place, table by table."""
    made = dict(base)
    for key, value in own.items():
        made[key] = merged(made[key], value) if isinstance(value, dict) and isinstance(made.get(key), dict) else value
    return made


def changed(scenario: Scenario, **hours: float) -> Scenario:
    """The clinic with other hours for some of its staff."""
    return attrs.evolve(scenario, staff={key: attrs.evolve(each, hours=hours.get(key, each.hours)) for key, each in scenario.staff.items()})


def one_queue(arrivals: float, served: float, clinicians: int = 1, weeks: int = 300) -> Scenario:
    """A clinic that is one queue: each clinician sees ``served`` people a week on average, and nobody misses, leaves or gives up."""
    base = clinic("mill")
    prescriber = attrs.evolve(base.staff["prescriber"], hours=40.0 * clinicians, clinicians=clinicians)
    return attrs.evolve(
        base, referrals_a_week=arrivals, sent_elsewhere=0, urgent=0, patience_weeks=1e9, lengths="exponential", weeks=weeks, settle_weeks=100,
        intake=attrs.evolve(base.intake, minutes=40 * 60 / served), missed=Missed((0,), (0,), 0, 0), offers=(),
        staff=base.staff | {"prescriber": prescriber}, routes={"advice": Route("Advice", 100)},
    )  # fmt: skip


#: What a file may add to a clinic: each with the key that a whole one brings, and its name in a message.
_PARTS = {"groups": ("share", "group"), "staff": ("hours", "staff"), "steps": ("kind", "step"), "routes": ("share", "route"), "barriers": ("missed", "barrier")}


def _unknown(source: Source, data: dict, base: dict) -> list[Finding]:
    """Groups, staff, steps … that the clinic does not have, where the file does not bring them whole: mostly a slip of the pen."""
    return [
        source.finding(f"{part}.{key}", f"{base.get('title', 'the clinic')} has no {what} '{key}'", did_you_mean(key, base[part]))
        for part, (brings, what) in _PARTS.items() if isinstance(data.get(part), dict)
        for key, each in data[part].items() if key not in base[part] and not (isinstance(each, dict) and "title" in each and brings in each)
    ]  # fmt: skip


# ── What a record cannot know by itself ──────────────────────────────────────────────────────────


def _scenario(source: Source, where: str = "") -> Scenario:
    made = structure(Scenario, source, where)
    if findings := [source.finding(f"{where}.{place}".strip("."), *rest) for place, *rest in _contradictions(made)]:
        raise ContentError(findings)
    return made


def _contradictions(made: Scenario) -> Iterator[tuple[str, str, str]]:
    """Names that lead nowhere, shares that do not come to 100, staff who are not there, and steps without an end."""
    dead = [*_names(made)]
    yield from dead
    for part in ("groups", "routes"):
        total = math.fsum(each.share for each in getattr(made, part).values())
        if abs(total - 100) > 0.05:
            yield part, f"the shares come to {total:g} %", "let them come to 100"
    round_trip = _loop(made.steps)
    if round_trip:
        yield f"steps.{round_trip[0]}.then", f"the steps go round without an end ({' → '.join(round_trip)})", 'end one of them with then = ""'
    elif not dead:
        yield from _nobody(made)


def _names(made: Scenario) -> Iterator[tuple[str, str, str]]:
    asked = [("intake.staff", made.intake.staff, made.staff), *([("registry.staff", made.registry.staff, made.staff)] if made.registry else [])]
    for key, step in made.steps.items():
        asked.append((f"steps.{key}.staff", step.staff, made.staff))
        if step.then:
            asked.append((f"steps.{key}.then", step.then, made.steps))
    asked += [(f"routes.{key}.steps", step, made.steps) for key, route in made.routes.items() for step in route.steps]
    asked += [(f"groups.{key}.barriers", barrier, made.barriers) for key, group in made.groups.items() for barrier in group.barriers]
    kinds = {id(made.staff): "staff", id(made.steps): "step", id(made.barriers): "barrier"}
    for place, name, known in asked:
        if name not in known:
            yield place, f"there is no {kinds[id(known)]} '{name}'", did_you_mean(name, known)
    known = {*made.offer_costs, *(offer for barrier in made.barriers.values() for offer in barrier.eased_by)}
    for offer in made.offers:
        if offer not in known:
            yield "offers", f"no barrier is eased by '{offer}'", did_you_mean(offer, known)
    for key, route in made.routes.items():
        kinds_of = [made.steps[step].kind for step in route.steps if step in made.steps]
        if len(route.steps) > 2 or (len(kinds_of) == 2 and sorted(kinds_of) != ["course", "visits"]):
            yield f"routes.{key}.steps", f"it begins {len(route.steps)} steps at once", "name one step, or a step of visits and a course"


def _loop(steps: dict[str, Step]) -> list[str]:
    """The first round trip among the steps, or none."""
    for key in steps:
        path = [key]
        while (following := steps[path[-1]].then) in steps:
            path.append(following)
            if following in path[:-1]:
                return path[path.index(following):]
    return []


def _nobody(made: Scenario) -> Iterator[tuple[str, str, str]]:
    """Steps that people are sent to and nobody gives, and staff who would have to be in two places."""
    if not made.staff[made.intake.staff].hours and made.referrals_a_week:
        yield f"staff.{made.intake.staff}.hours", "nobody is there to give the first visit", "write more than 0 hours"
    leads: dict[str, str] = {}
    see = {made.intake.staff, *(step.staff for step in made.steps.values() if step.kind == "visits")}
    for key, step in made.steps.items():
        if step.kind == "course" and (leads.setdefault(step.staff, key) != key or step.staff in see):
            yield f"steps.{key}.staff", f"'{step.staff}' is needed for something else as well", "give each course its own staff"
    if made.registry and made.registry.staff in {*leads, *see}:  # their hours would be there twice
        yield "registry.staff", f"'{made.registry.staff}' is needed for something else as well", "give the list its own staff"
    for key in _reached(made):
        step = made.steps[key]
        empty = made.places(step) == 0 if step.kind == "course" else not made.staff[step.staff].hours
        if empty:
            hours = f"{made.staff[step.staff].hours:g} hours a week"
            yield f"staff.{step.staff}.hours", f"people are sent to '{key}', and {hours} leave no place in it", "write more hours, or send nobody there"


def _reached(made: Scenario) -> list[str]:
    """The steps that somebody is sent to."""
    found: list[str] = []
    waiting = [step for route in made.routes.values() if route.share for step in route.steps]
    while waiting:
        key = waiting.pop()
        if key and key not in found:
            found.append(key)
            waiting.append(made.steps[key].then)
    return found


# ── Sources ──────────────────────────────────────────────────────────────────────────────────────


def numbers_of(data: Any, place: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a table, by its place: ``steps.medication.minutes``."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from numbers_of(value, f"{place}.{key}".lstrip("."))
    elif isinstance(data, list):
        for i, value in enumerate(data, 1):
            yield from numbers_of(value, f"{place}.{i}")
    elif type(data) in (int, float):
        yield place, data


def source_of(place: str, sources: dict[str, Number]) -> Number | None:
    """Where the number at this place comes from; ``groups.*.share`` speaks for every group."""
    if place in sources:
        return sources[place]
    parts = place.split(".")
    for i in range(len(parts)):
        if (pattern := ".".join([*parts[:i], "*", *parts[i + 1:]])) in sources:
            return sources[pattern]
    return None


def _slips(source: Source, made: Card, content: Path) -> Iterator[Finding]:
    """Numbers without a source or unlike the ledger's, and names in texts that lead nowhere."""
    content = with_ledger(content)
    known = rows(content)
    tables = [("base", source.data["base"]), *((f"clinics.{key}", own) for key, own in source.data["clinics"].items())]
    for table, data in tables:
        for place, value in numbers_of(data):
            number = source_of(place, made.numbers)
            if number is None:
                yield source.finding(f"{table}.{place}", "it has no source", f'add it to sources, with a key of the ledger or "{ASSUMPTION}"')
            elif number.sourced:
                yield from _as_published(source, f"{table}.{place}", value, number.source, known)
    yield from dead_keys(source, "card.fitted_to", made.fitted_to, known)
    for place, text in made.texts:
        yield from dead_keys(source, place, BRACED.findall(text), ledger(content).effects)


def _as_published(source: Source, where: str, value: float, key: str, known: dict) -> Iterator[Finding]:
    if key not in known:
        yield source.finding(where, f"no row '{key}' in the ledger", did_you_mean(key, known, f"or write '{ASSUMPTION}'"))
    elif known[key].status != "seen":
        yield source.finding(where, f"'{key}' has been withdrawn", "choose one that stands")
    elif isinstance(known[key], Effect) and known[key].value != value:
        yield source.finding(where, f"the value is {value:g} and the ledger has {known[key].value:g}", f"write {known[key].value:g}")


def published(made: Card) -> list:
    """The rows of the ledger that the model rests on, each once."""
    keys = dict.fromkeys([*made.fitted_to, *(number.source for number in made.numbers.values() if number.sourced)])
    return [rows()[key] for key in keys]
