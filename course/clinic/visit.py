"""A visit of 25 minutes, planned and then replayed: ``replay(plan)`` is what was heard, what was missed, and when the patient went quiet.

The file is ``content/visit.toml``. Every minute in it is a teaching rule, an assumption of this course. What happens follows from the plan
alone: there is no chance in it. The safety question always gets what it needs, and an interruption by danger is never hurried.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, did_you_mean, one_of, read_toml, structure, wrong
from course.content.uses import Use
from course.evidence.claims import rows
from course.evidence.records import BRACED, dead_keys, with_ledger

FILE = "visit.toml"
SAFETY, OPENING, NOTES, CLOSE = "safety", "opening", "notes", "close"
TALKING = ("therapy", "drug")
PARTS = (OPENING, SAFETY, *TALKING, CLOSE, NOTES)
CARE = {"own": "You give the therapy too", "split": "A therapist elsewhere gives the therapy"}
ANSWERS = {"stay": "Stay with the person", "on": "Keep to the plan"}
START = "start"
INTERRUPTION = "interruption"
#: What became of a part: the words, and the shape.
DONE, SHORT, UNHEARD, MISSED, LEFT_OUT = "done", "short", "unheard", "missed", "left out"
OUTCOMES = {
    DONE: ("gets its minutes", "●"),
    SHORT: ("is cut short", "◐"),
    UNHEARD: ("has its minutes, and little is said", "▽"),
    MISSED: ("is missed", "○"),
    LEFT_OUT: ("is left out on purpose", "–"),
}


@attrs.frozen
class Part:
    """A part of the visit: the minutes that it needs, what comes of it, and what stays hidden without it."""

    label: str
    short: str
    need: int
    need_split: int
    told: str
    hidden: str
    told_split: str = ""
    quietly: str = ""


@attrs.frozen
class Element:
    """One step of therapy: the minutes that it needs, how it sounds, and what nobody knows of it."""

    label: str
    need: int
    words: str
    unknown: str


@attrs.frozen
class Order:
    """The parts from the first minute to the last."""

    label: str
    parts: tuple[str, ...]

    def __attrs_post_init__(self):
        if sorted(self.parts) != sorted(PARTS):
            raise wrong("an order without one of the parts, or with one twice", f"name each of: {', '.join(PARTS)}")


@attrs.frozen
class Answer:
    """A way to meet an interruption.

    ``quiet``: she stops talking. ``reopens``: if she had stopped, she begins again. ``deaf``: for how many minutes nothing is taken in.
    """

    minutes: int
    says: str
    quiet: bool = False
    reopens: bool = False
    deaf: int = 0


@attrs.frozen
class Interruption:
    """Something that was not planned: at a minute, or before or after a part. Without ``on`` it is never hurried."""

    label: str
    says: str
    leave_out: tuple[str, ...]
    at: int | None = None
    part: str = attrs.field(default="", validator=one_of("", START, *PARTS))
    after: bool = False
    stay: Answer | None = None
    on: Answer | None = None

    @property
    def urgent(self) -> bool:
        return self.stay is not None and self.on is None

    def met(self, answer: str) -> Answer | None:
        """What happens when it is answered this way."""
        return self.on if answer == "on" and self.on else self.stay


@attrs.frozen
class Plan:
    """Minutes for each part, their order, and what comes between."""

    minutes: dict[str, int] = attrs.field(hash=False)
    order: str = "person"
    element: str = "activation"
    care: str = attrs.field(default="own", validator=one_of(*CARE))
    interruption: str = "none"
    answer: str = attrs.field(default="stay", validator=one_of(*ANSWERS))

    def __attrs_post_init__(self):
        if sorted(self.minutes) != sorted(PARTS) or any(minutes < 0 for minutes in self.minutes.values()):
            raise wrong("a plan without minutes for a part", f"give 0 or more minutes to each of: {', '.join(PARTS)}")

    @property
    def total(self) -> int:
        return sum(self.minutes.values())


@attrs.frozen
class Text:
    """What to make of it, with the rows that it rests on."""

    text: str
    keys: tuple[str, ...]


@attrs.frozen
class Visit:
    """The rules and the patient."""

    minutes: int
    patient: str
    story: str
    parts: dict[str, Part]
    elements: dict[str, Element]
    orders: dict[str, Order]
    crowded: Plan
    interruptions: dict[str, Interruption]
    quiet: dict[str, str]
    explain: tuple[Text, ...]
    uses: tuple[Use, ...]

    @property
    def name(self) -> str:
        """What the patient is called: ``patient`` begins with it."""
        return self.patient.partition(",")[0]

    def need(self, part: str, plan: Plan) -> int:
        """How many minutes a part needs: the therapy's depend on the element, and in split care the therapist has them."""
        if plan.care == "split":
            return self.parts[part].need_split
        return self.elements[plan.element].need if part == "therapy" else self.parts[part].need

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that speaks of more than the invented patient, by its place."""
        yield from ((f"elements.{key}", each.unknown) for key, each in self.elements.items())
        yield from ((f"explain[{number}]", each.text) for number, each in enumerate(self.explain, 1))
        yield from ((f"uses[{number}]", f"{each.ask} {each.answer}") for number, each in enumerate(self.uses, 1))


# ── The replay ───────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Piece:
    """A stretch of the visit: a part, or the interruption."""

    what: str
    start: int
    end: int

    @property
    def minutes(self) -> int:
        return self.end - self.start


@attrs.frozen
class Replay:
    """How a plan went. ``quiet`` is the minute in which she went quiet and the key of the reason, or None."""

    plan: Plan
    pieces: tuple[Piece, ...]
    outcomes: dict[str, str] = attrs.field(hash=False)
    quiet: tuple[int, str] | None

    @property
    def end(self) -> int:
        return self.pieces[-1].end if self.pieces else 0

    def given(self, part: str) -> int:
        """How many minutes a part, or the interruption, was given."""
        return sum(piece.minutes for piece in self.pieces if piece.what == part)

    def count(self, *outcomes: str) -> int:
        return sum(outcome in outcomes for outcome in self.outcomes.values())

    def parts(self, *outcomes: str) -> list[str]:
        """The parts that came to one of these ends, in the order of the plan."""
        return [part for part in visit().orders[self.plan.order].parts if self.outcomes[part] in outcomes]


def replay(plan: Plan) -> Replay:
    """The visit minute by minute. It stops when time is up, unless the safety question or danger still needs its minutes."""
    made = visit()
    came = made.interruptions[plan.interruption]
    tape = _Tape(came.met(plan.answer), made.minutes, came.urgent)
    if came.part == START:
        tape.interrupt()
    for part in made.orders[plan.order].parts:
        planned = max(plan.minutes[part], made.need(part, plan)) if part == SAFETY else plan.minutes[part]
        if came.part == part and not came.after:
            tape.interrupt()
        for _ in range(planned):
            if came.at is not None and tape.clock >= came.at:
                tape.interrupt()
            tape.minute(part, always=part == SAFETY)
        if came.part == part and came.after:
            tape.interrupt()
    silent = _silent(plan, tape)
    outcomes = {part: _outcome(part, plan, tape, silent) for part in PARTS}
    return Replay(plan, tuple(tape.pieces), outcomes, min((*silent[:1], *_cuts(tape, outcomes)), default=None))


class _Tape:
    """What was done in each minute, and how much of each part could be taken in."""

    def __init__(self, met: Answer | None, length: int, urgent: bool):
        self.met, self.length, self.urgent = met, length, urgent
        self.pieces: list[Piece] = []
        self.given = dict.fromkeys(PARTS, 0)
        self.heard = dict.fromkeys(PARTS, 0)
        self.deaf_until, self.came_at = 0, None

    @property
    def clock(self) -> int:
        return self.pieces[-1].end if self.pieces else 0

    def minute(self, part: str, always: bool) -> None:
        """One minute of a part, where there is time for it."""
        if self.clock >= self.length and not always:
            return
        self.given[part] += 1
        self.heard[part] += part == NOTES or self.clock >= self.deaf_until
        self._add(part, 1)

    def interrupt(self) -> None:
        """The interruption, once. When time is up only danger is still met."""
        if self.met is None or self.came_at is not None or (self.clock >= self.length and not self.urgent):
            return
        self.came_at = self.clock
        self.deaf_until = self.clock + self.met.deaf
        if self.met.minutes:
            self._add(INTERRUPTION, self.met.minutes)

    def _add(self, what: str, minutes: int) -> None:
        last = self.pieces[-1] if self.pieces else None
        if last and last.what == what:
            self.pieces[-1] = attrs.evolve(last, end=last.end + minutes)
        else:
            self.pieces.append(Piece(what, self.clock, self.clock + minutes))


def _outcome(part: str, plan: Plan, tape: _Tape, silent: list[tuple[int, str]]) -> str:
    need = visit().need(part, plan)
    if not plan.minutes[part] and part != SAFETY:
        return LEFT_OUT
    if not tape.given[part]:
        return MISSED
    if part == SAFETY and tape.urgent and tape.came_at is not None:
        return DONE  # she has said yes
    if tape.given[part] < need:
        return SHORT
    return UNHEARD if tape.heard[part] < need or _in_silence(part, tape, silent) else DONE


def _in_silence(part: str, tape: _Tape, silent: list[tuple[int, str]]) -> bool:
    """Whether some of the part fell into the time in which she said little. Notes need nobody to talk, and the opening asks her to."""
    if not silent or part in (NOTES, OPENING):
        return False
    since, until = silent[0][0], _again(tape, silent[0][0])
    return any(since <= piece.start < until for piece in tape.pieces if piece.what == part)


def _again(tape: _Tape, since: int) -> int:
    """The minute in which she talks again: after a whole opening, or after an interruption that reopened the talk."""
    opened = [piece.end for piece in tape.pieces if piece.what == OPENING and piece.start >= since and tape.heard[OPENING] >= visit().parts[OPENING].need]
    if tape.met and tape.met.reopens and tape.came_at is not None and tape.came_at >= since:
        opened.append(tape.came_at)
    return min(opened, default=tape.clock + 1)


def _silent(plan: Plan, tape: _Tape) -> list[tuple[int, str]]:
    """The minutes in which she had a reason to stop talking, the first one first."""
    found = [(tape.came_at, INTERRUPTION)] if tape.came_at is not None and tape.met.quiet else []
    need = visit().need(OPENING, plan)
    opened = max((piece.end for piece in tape.pieces if piece.what == OPENING), default=0) if tape.heard[OPENING] >= need else None
    for piece in tape.pieces:
        if piece.what in TALKING and (opened is None or piece.start < opened):
            found.append((piece.start, "aim"))
        if piece.what == NOTES and any(later.start > piece.start and later.what in (OPENING, *TALKING) for later in tape.pieces):
            found.append((piece.start, "screen"))
    return sorted(found)


def _cuts(tape: _Tape, outcomes: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The minutes in which something that she had begun on had to stop half way, though the visit went on."""
    for part in TALKING:
        stopped = max((piece.end for piece in tape.pieces if piece.what == part), default=0)
        if outcomes[part] == SHORT and stopped < tape.clock:
            yield stopped, "cut"


def better(plan: Plan) -> Plan:
    """A plan for the same visit in which every part that is kept gets what it needs.

    Person first, the interruption met by staying; what does not fit is left out on purpose, and spare minutes belong to nobody.
    """
    made = visit()
    came = made.interruptions[plan.interruption]
    bare = attrs.evolve(plan, order="person", answer="stay")
    minutes = {part: made.need(part, bare) for part in PARTS}
    room = made.minutes - (came.stay.minutes if came.stay else 0)
    for part in came.leave_out:
        if sum(minutes.values()) > room:
            minutes[part] = 0
    return attrs.evolve(bare, minutes=minutes)


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache
def visit(content: Path = CONTENT) -> Visit:
    """The rules of the visit. Raises :class:`ContentError` with every slip in the file."""
    source = read_toml(content / FILE)
    made = structure(Visit, source)
    findings = list(_slips(source, made, content))
    if findings:
        raise ContentError(findings)
    return made


def _slips(source: Source, made: Visit, content: Path) -> Iterator[Finding]:
    known = rows(with_ledger(content))
    if sorted(made.parts) != sorted(PARTS):
        yield source.finding("parts", "the parts are not those of a visit", f"write: {', '.join(PARTS)}")
    for place, key, there in (("order", made.crowded.order, made.orders), ("element", made.crowded.element, made.elements),
                              ("interruption", made.crowded.interruption, made.interruptions)):  # fmt: skip
        if key not in there:
            yield source.finding(f"crowded.{place}", f"there is no '{key}'", did_you_mean(key, there))
    for key, each in made.interruptions.items():
        if key != "none" and (each.stay is None or (each.at is None) == (not each.part)):
            yield source.finding(f"interruptions.{key}", "it has no time, or two, or no way to stay", "write at or part, and stay")
        for part in each.leave_out:
            if part not in TALKING:
                yield source.finding(f"interruptions.{key}.leave_out", f"'{part}' cannot be left out", f"write: {', '.join(TALKING)}")
    for number, each in enumerate(made.explain, 1):
        yield from dead_keys(source, f"explain[{number}]", each.keys, known)
    for place, text in made.texts:
        yield from dead_keys(source, place, BRACED.findall(text), known)
