"""How people fared after treatment: the shares who had relapsed, or were still well, at the times a trial printed.

``course_of("fava-1998")`` gives a :class:`Course`: its arms, each with its published points. The file is
``content/evidence/courses.toml``. A point names a per cent of the ledger; nothing is typed in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, NotFound, Source, did_you_mean, one_of, wrong

from .records import Effect, Ledger, ledger, read_tables

SERIES = ("medication", "therapy", "combined", "control")
_TIME = re.compile(r"(\d+(?:\.\d+)?) (weeks?|months?|years?)\b")
_MONTHS = {"week": 12 / 52.18, "month": 1, "year": 12}


@attrs.frozen
class Point:
    """A published share: the key of a per cent, of people who had ``relapsed`` or of those still ``well``."""

    months: float
    relapsed: str = ""
    well: str = ""

    def __attrs_post_init__(self):
        if bool(self.relapsed) == bool(self.well):
            raise wrong("a point has one number", "give the key under relapsed or under well, and not under both")
        if self.months <= 0:
            raise wrong(f"months is {self.months:g}", "write the months since the start, above 0")

    @property
    def key(self) -> str:
        return self.relapsed or self.well


@attrs.frozen
class Arm:
    """One group: what it is called, how its line is drawn, and its points in the order of time."""

    label: str
    series: str = attrs.field(validator=one_of(*SERIES))
    points: tuple[Point, ...]

    def __attrs_post_init__(self):
        times = [point.months for point in self.points]
        if not times or times != sorted(set(times)):
            raise wrong("the points are not one after the other in time", "write at least one, the earliest first")


@attrs.frozen
class Course:
    """One trial's course. ``title`` states the finding, ``outcome`` what is counted, ``start`` what the months are counted from."""

    title: str
    outcome: str
    start: str
    arms: tuple[Arm, ...]
    note: str = ""

    def __attrs_post_init__(self):
        if len(self.arms) < 2:
            raise wrong("there is nothing to compare", "write two arms or more")
        if len({bool(point.well) for arm in self.arms for point in arm.points}) > 1:
            raise wrong("some points count relapses and some count people still well", "keep to one of the two")

    @property
    def counts_well(self) -> bool:
        return bool(self.arms[0].points[0].well)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(point.key for arm in self.arms for point in arm.points)


@lru_cache
def courses(content: Path = CONTENT) -> dict[str, Course]:
    """Every course by its key. Raises :class:`ContentError` with every slip in the file."""
    book = ledger(content)
    return read_tables(Course, content / "evidence" / "courses.toml", lambda source, key, course: _check_numbers(source, key, course, book))


def course_of(key: str) -> Course:
    """The course with this key; a :class:`NotFound` with the nearest key when there is none."""
    known = courses()
    if key not in known:
        raise NotFound(f"no course '{key}'; {did_you_mean(key, known)}")
    return known[key]


def _check_numbers(source: Source, key: str, course: Course, book: Ledger) -> None:
    findings = []
    for arm in course.arms:
        shares = []
        for point in arm.points:
            where = f"{key}.{arm.label}"
            effect = seen(source, where, point.key, book)
            if effect.measure != "percent":
                raise source.error(where, f"'{point.key}' is a {effect.measure}", "a course shows per cents")
            if not _times_agree(point.months, effect.time):
                findings.append(source.finding(where, f"months is {point.months:g} and the ledger says '{effect.time}'", "let them agree"))
            shares.append(effect.value)
        if shares != sorted(shares, reverse=course.counts_well):
            findings.append(source.finding(f"{key}.{arm.label}", "fewer have relapsed later than earlier", "check that all points are of the same people"))
    if len({effect.study.key for effect in map(book.__getitem__, course.keys)}) > 1 and not course.note:
        findings.append(source.finding(key, "the numbers are of more than one paper", "say in the note why they are one course"))
    if findings:
        raise ContentError(findings)


def seen(source: Source, where: str, key: str, book: Ledger) -> Effect:
    """A number that may be drawn: in the ledger, and not withdrawn."""
    if key not in book:
        raise source.error(where, f"no number '{key}' in the ledger", did_you_mean(key, book.effects))
    if book[key].status != "seen":
        raise source.error(where, f"'{key}' has been withdrawn", "choose a number that stands")
    return book[key]


def _times_agree(months: float, words: str) -> bool:
    """Whether a time in words is these months, to half a month; words without a time say nothing against it."""
    found = _TIME.search(words)
    return not found or abs(float(found[1]) * _MONTHS[found[2].rstrip("s")] - months) <= 0.5
