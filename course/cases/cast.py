"""``cast()``: who the people of the cases are, as a reader would take them, so that no trait can come to stand for *difficult*.

The file is ``content/cast.toml``, a table each. ``share_hard("gender")`` gives, for each value of a trait, how many of those people have a hard turn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Source, did_you_mean, one_of, read_toml, structure

from .records import Case, case_keys, load_case

#: What a tired colleague may call difficult: anger, missed visits, an own way with tablets, a treatment declined.
HARD = ("anger", "missed", "tablets", "declined")
#: Who has one of these has little money, in most stories; or served.
PUBLIC = ("Medicaid", "Medicare", "veterans", "none")
ENDINGS = ("taper", "stopping", "transfer")


@attrs.frozen
class Ending:
    """The turn in which something ends: what kind, and in which scene it is decided."""

    kind: str = attrs.field(validator=one_of(*ENDINGS))
    scene: str


@attrs.frozen
class Person:
    """One patient: ``heritage`` as name and story suggest it, ``insurance`` and ``family`` as they are told, and the ``hard`` turns of the story."""

    gender: str = attrs.field(validator=one_of("woman", "man", "nonbinary"))
    heritage: str
    work: str
    family: str
    insurance: str = "not said"
    hard: tuple[str, ...] = ()
    ending: Ending | None = None


@lru_cache
def cast(content: Path = CONTENT) -> dict[str, Person]:
    """Every patient by the key of the case. Raises :class:`~course.content.reading.ContentError` with every slip in the file."""
    source = read_toml(content / "cast.toml")
    people = {key: structure(Person, Source(table, source.path)) for key, table in source.data.items()}
    found = [finding for key, person in people.items() for finding in _slips(source, key, person, content)]
    found += [source.finding(key, "this case has nobody in the cast", f"add a table [{key}]") for key in case_keys(content) if key not in people]
    if found:
        raise ContentError(found)
    return people


def _slips(source: Source, key: str, person: Person, content: Path):
    if key not in case_keys(content):
        yield source.finding(key, f"no case '{key}'", did_you_mean(key, case_keys(content)))
        return
    for turn in person.hard:
        if turn not in HARD:
            yield source.finding(f"{key}.hard", f"no hard turn '{turn}'", did_you_mean(turn, HARD))
    scenes = load_case(key, content).scenes
    if person.ending and person.ending.scene not in scenes:
        yield source.finding(f"{key}.ending.scene", f"no scene '{person.ending.scene}'", did_you_mean(person.ending.scene, scenes))


TRAITS: dict[str, Callable[[Person, Case], str]] = {
    "gender": lambda person, case: person.gender,
    "heritage": lambda person, case: person.heritage,
    "age": lambda person, case: "under 30" if case.age < 30 else "30 to 49" if case.age < 50 else "50 and over",
    "insurance": lambda person, case: "public or none" if person.insurance in PUBLIC else "not said" if person.insurance == "not said" else "private",
}


def share_hard(trait: str) -> dict[str, tuple[int, int]]:
    """For each value of a trait: how many people have it, and how many of these have a hard turn."""
    counted: dict[str, tuple[int, int]] = {}
    for key, person in cast().items():
        value = TRAITS[trait](person, load_case(key))
        people, hard = counted.get(value, (0, 0))
        counted[value] = (people + 1, hard + bool(person.hard))
    return counted
