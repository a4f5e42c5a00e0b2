"""What a case must look like: a graph of scenes, where options move scores and carry reasons.

``load_case("grace")`` reads ``content/cases/grace.toml``. What holds inside one record is checked here;
what holds over the whole graph (every scene reachable, every path ends, unsafe choices are caught) is
checked in :mod:`course.cases.paths`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import (
    CONTENT,
    ContentError,
    Finding,
    NotFound,
    Source,
    did_you_mean,
    one_of,
    read_toml,
    structure,
    wrong,
)
from course.content.settings import access_facts, settings

CAUSES = ("medication", "therapy", "time", "life")
QUALITIES = ("best", "reasonable", "weak", "unsafe")
TOPICS = ("suicide", "violence", "trauma", "mania", "bipolar-history", "toxicity", "pregnancy", "psychosis", "withdrawal")
#: A case on one of these opens with a content note, and shows crisis help.
SENSITIVE = ("suicide", "violence", "trauma")

#: The scene in which a case with clinics begins. Its options are the clinics, and it is no decision of the clinician.
ARRIVAL = "clinic"

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@attrs.frozen
class Move:
    """Points by which an option moves one scale, by cause."""

    medication: int = 0
    therapy: int = 0
    time: int = 0
    life: int = 0

    @property
    def total(self) -> int:
        return self.medication + self.therapy + self.time + self.life


@attrs.frozen
class Option:
    """One thing the clinician may do: what it is, how good, what happens, and why.

    ``when`` and ``unless`` name facts that earlier options put into ``remember``; ``needs`` and ``lacks`` name access facts
    that must, or must not, hold in the clinic.
    """

    key: str
    text: str
    quality: str = attrs.field(validator=one_of(*QUALITIES))
    consequence: str
    because: str
    next: str
    moves: dict[str, Move] = {}
    remember: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if not SLUG.fullmatch(self.key):
            raise wrong(f"the option's key is '{self.key}'", "write small letters and hyphens, as in ask-safety")


@attrs.frozen
class Passage:
    """A sentence or two that stands in a scene only for those who did something before, or did not, or in some clinics only."""

    text: str
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@attrs.frozen
class Scene:
    """A moment: its week, what you see, the question, and the options. A scene without options is an ending.

    ``sets`` gives scores their first values. ``unmeasured`` names scales that nobody filled in at this visit:
    they keep moving, and are not shown. ``rescue`` marks the scene in which an unsafe choice meets its
    consequence and a safe way back; ``red_flag`` one about danger, which no clinic may close.
    """

    week: int
    title: str
    text: str
    question: str = ""
    sets: dict[str, int] = {}
    unmeasured: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    rescue: bool = False
    red_flag: bool = False
    options: tuple[Option, ...] = ()
    key: str = ""

    def __attrs_post_init__(self):
        if self.week < 0:
            raise wrong(f"the week is {self.week}", "count from 0, the first visit")
        if self.options and not self.question:
            raise wrong("a scene with options has no question", "add question = \"…\"")
        if not self.options:
            return
        keys = [option.key for option in self.options]
        for key in {key for key in keys if keys.count(key) > 1}:
            raise wrong(f"the option '{key}' stands here twice", "give each option its own key")
        best = [option for option in self.options if option.quality == "best"]
        by_clinic = bool(best) and all(option.needs or option.lacks for option in best)
        if len(best) != 1 and not by_clinic and self.key != ARRIVAL:
            problem = f"{len(best)} options are best" + (f" ({', '.join(option.key for option in best)})" if best else "")
            raise wrong(problem, "exactly one option of a scene is best, or one in each clinic")

    @property
    def ends(self) -> bool:
        return not self.options

    @property
    def best(self) -> Option:
        """Its best option; the first of them where each clinic has its own."""
        return next(option for option in self.options if option.quality == "best")


@attrs.frozen
class Contrast:
    """The other half of a pair that shares its first scene word for word except for ``fact``."""

    of: str
    fact: str


@attrs.frozen
class Accepted:
    """A path that a careful clinician could take, and what it trades for what."""

    name: str
    choices: tuple[str, ...]
    trade_off: str


@attrs.frozen
class TurningPoint:
    """A scene on which the story turned, and why."""

    scene: str
    why: str


@attrs.frozen
class Twin:
    """The choice to swap when the debrief shows what the same path would have been without it.

    ``says`` is for those who did otherwise and now see this choice made; ``instead`` for those who made it and
    now see the best one.
    """

    scene: str
    option: str
    says: str
    instead: str


@attrs.frozen
class Rate:
    """A group of people in the debrief, and the ledger key of the share that reached the outcome."""

    label: str
    rate: str


@attrs.frozen
class Thousand:
    """What happened to 1,000 people like this one, by published rates."""

    title: str
    outcome: str
    groups: tuple[Rate, ...]
    says: str

    def __attrs_post_init__(self):
        if not self.groups:
            raise wrong("it has no groups", "name at least one, with its label and rate")


@attrs.frozen
class Debrief:
    """What the learner takes along."""

    turning_points: tuple[TurningPoint, ...]
    twin: Twin
    thousand: Thousand
    take_along: str


@attrs.frozen
class Case:
    """A branching vignette.

    ``safety`` lists the dangers that the case is about; ``scales`` the scores it follows, by their key in
    ``instruments.toml``; ``accepted`` at least two good paths; ``clinics`` the settings in which it can be met, if it matters where.
    Then the first of the choices, and of every accepted path, is a clinic. Weeks count from the first visit.
    """

    key: str
    title: str
    module: str
    version: int
    name: str
    age: int
    patient: str
    opening: str
    start: str
    safety: tuple[str, ...]
    scales: tuple[str, ...]
    scenes: dict[str, Scene]
    accepted: tuple[Accepted, ...]
    debrief: Debrief
    content_note: str = ""
    contrast: Contrast | None = None
    clinics: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if self.version < 1:
            raise wrong(f"the version is {self.version}", "begin with version = 1 and count up")
        if not self.scales:
            raise wrong("it follows no scale", "write scales = [\"phq9\"], or another key of instruments.toml")
        for topic in self.safety:
            if topic not in TOPICS:
                raise wrong(f"safety names '{topic}'", did_you_mean(topic, TOPICS))
        if set(self.safety) & set(SENSITIVE) and not self.content_note:
            raise wrong("there is no content_note", "a case about suicide, violence or trauma opens with one")

    @property
    def arrival(self) -> Scene:
        """The scene before the first, in which one of its clinics is chosen."""
        there = [settings()[key] for key in self.clinics]
        options = (Option(clinic.key, f"{clinic.title}. {clinic.text}", "reasonable", "", "", self.start) for clinic in there)
        text = f"The same person can walk into any of these {len(there)} clinics. What you can offer {self.name} depends on where you work."
        return Scene(0, "Where you work", text, f"In which clinic do you meet {self.name}?", options=tuple(options), key=ARRIVAL)

    def accepted_at(self, clinic: str = "") -> list[Accepted]:
        """The accepted paths of one of its clinics; all of them where it has none."""
        return [path for path in self.accepted if not self.clinics or path.choices[0] == clinic]

    @property
    def sensitive(self) -> bool:
        """Whether crisis help is shown with this case."""
        return bool(set(self.safety) & set(SENSITIVE))


def case_keys(content: Path = CONTENT) -> list[str]:
    """The keys of every case, in alphabetical order."""
    return sorted(path.stem for path in (content / "cases").glob("*.toml"))


def load_case(key: str, content: Path = CONTENT) -> Case:
    """The case with this key.

    Raises :class:`NotFound` with the nearest key when there is no such case, and
    :class:`~course.content.reading.ContentError` when its file has slips.
    """
    if key not in case_keys(content):
        raise NotFound(f"no case '{key}'; {did_you_mean(key, case_keys(content))}")
    return _load(content / "cases" / f"{key}.toml")


@lru_cache
def _load(path: Path) -> Case:
    return read_case(path)


def read_case(path: Path) -> Case:
    """A case from its file; every reference inside it is known to exist."""
    source = read_toml(path)
    case = structure(Case, Source(_with_keys(source.data), path))
    findings = list(_broken_references(case, source))
    if case.key != path.stem:
        findings.append(source.finding("key", f"it is '{case.key}'", f"write key = \"{path.stem}\", like the file"))
    if findings:
        raise ContentError(findings)
    return case


def _with_keys(data: dict) -> dict:
    """The same tables, where each scene also knows its own key."""
    scenes = data.get("scenes")
    if not isinstance(scenes, dict):
        return data
    named = {key: {"key": key, **scene} if isinstance(scene, dict) else scene for key, scene in scenes.items()}
    return {**data, "scenes": named}


def _broken_references(case: Case, source: Source) -> Iterator[Finding]:
    """Names that lead nowhere: scenes, scales and remembered facts."""

    def missing(where: str, what: str, name: str, known) -> Finding:
        return source.finding(where, f"no {what} '{name}'", did_you_mean(name, known))

    if case.start not in case.scenes:
        yield missing("start", "scene", case.start, case.scenes)
    for clinic in case.clinics:
        if clinic not in settings():
            yield missing("clinics", "clinic", clinic, settings())
    facts = {fact for scene in case.scenes.values() for option in scene.options for fact in option.remember}
    for scene in case.scenes.values():
        here = f"scenes.{scene.key}"
        for key, scales in (("sets", scene.sets), ("unmeasured", scene.unmeasured)):
            for scale in scales:
                if scale not in case.scales:
                    yield missing(f"{here}.{key}", "scale", scale, case.scales)
        for condition in (*scene.passages, *scene.options):
            for fact in (*condition.when, *condition.unless):
                if fact not in facts:
                    yield missing(here, "remembered fact", fact, facts)
            for fact in (*condition.needs, *condition.lacks):
                if fact not in access_facts():
                    yield missing(here, "access fact", fact, access_facts())
                elif not case.clinics:
                    yield source.finding(here, f"it depends on '{fact}', and the case has no clinics", "name them: clinics = [\"harbour\", …]")
        for option in scene.options:
            there = f"{here}.{option.key}"
            if option.next not in case.scenes:
                yield missing(f"{there}.next", "scene", option.next, case.scenes)
            for scale in option.moves:
                if scale not in case.scales:
                    yield missing(f"{there}.moves", "scale", scale, case.scales)
    yield from _broken_debrief(case, missing)


def _broken_debrief(case: Case, missing: Callable[..., Finding]) -> Iterator[Finding]:
    debrief = case.debrief
    for point in debrief.turning_points:
        if point.scene not in case.scenes:
            yield missing("debrief.turning_points", "scene", point.scene, case.scenes)
    twin = debrief.twin
    if twin.scene not in case.scenes:
        yield missing("debrief.twin.scene", "scene", twin.scene, case.scenes)
    else:
        options = [option.key for option in case.scenes[twin.scene].options]
        if twin.option not in options:
            yield missing("debrief.twin.option", "option", twin.option, options)
