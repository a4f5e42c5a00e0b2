"""One play of a case: the single engine behind the widget, the text, the grader and the tests.

>>> session = Session(load_case("grace"))
>>> step = session.choose("ask-safety")
>>> session.week, session.scores["phq9"]

A :class:`Session` knows nothing of Jupyter and nothing of the learner: the same choices always give the
same story, scores and receipt.
"""

from __future__ import annotations

import zlib

import attrs

from course.content.reading import did_you_mean, shown
from course.content.settings import Setting, settings
from course.evidence.instruments import instruments

from .records import ARRIVAL, CAUSES, Case, Move, Option, Scene

#: A play passes when this many of its decisions were best or reasonable: four in five.
GOOD, OF = 4, 5


class Refused(ValueError):
    """A choice or receipt that cannot be played, with the reason in a sentence."""


@attrs.frozen
class Reading:
    """The scores at one visit: the week, each scale's score, and each scale's points so far by cause."""

    scene: str
    week: int
    scores: dict[str, int]
    causes: dict[str, dict[str, int]]


@attrs.frozen
class Step:
    """One decision: where, what was chosen, and the scores before it."""

    scene: Scene
    option: Option
    before: Reading


class Session:
    """A case in play. ``choices`` are played at once, so a session can be taken up again where it stood.

    Where a case has clinics, the first choice is one of them; it is no decision, and no :class:`Step` is made of it.
    """

    def __init__(self, case: Case, choices: tuple[str, ...] | list[str] = ()):
        self.case = case
        self.steps: list[Step] = []
        self.readings: list[Reading] = []
        self.remembered: set[str] = set()
        self._scores: dict[str, int] = {}
        self._causes: dict[str, dict[str, int]] = {}
        self.clinic: Setting | None = None
        if case.clinics:
            self.scene = case.arrival
        else:
            self._enter(case.scenes[case.start])
        for key in choices:
            self.choose(key)

    # ── Where the story stands ──

    @property
    def week(self) -> int:
        return self.scene.week

    @property
    def scores(self) -> dict[str, int]:
        return self.readings[-1].scores if self.readings else {}

    @property
    def causes(self) -> dict[str, dict[str, int]]:
        """For each scale, the points moved so far by medication, therapy, time and life."""
        return self.readings[-1].causes

    @property
    def finished(self) -> bool:
        return self.scene.ends

    @property
    def arriving(self) -> bool:
        """Whether the clinic is still to be chosen."""
        return self.scene.key == ARRIVAL

    @property
    def choices(self) -> tuple[str, ...]:
        made = tuple(step.option.key for step in self.steps)
        return (self.clinic.key, *made) if self.clinic else made

    @property
    def options(self) -> list[Option]:
        """The options open now, in the author's order."""
        return [option for option in self.scene.options if self._holds(option)]

    @property
    def best(self) -> Option:
        """The best option open now; of the clinics, where none is better, the first."""
        if self.arriving:
            return self.options[0]
        return next(option for option in self.options if option.quality == "best")

    @property
    def story(self) -> str:
        """The scene's text with the passages that belong to this path, scores filled in."""
        parts = [self.scene.text, *(passage.text for passage in self.scene.passages if self._holds(passage))]
        return "\n\n".join(self.fill(part) for part in parts)

    def fill(self, text: str) -> str:
        """The text with ``{phq9}`` and the like replaced by the scores of now."""
        for scale, score in self.scores.items():
            text = text.replace("{" + scale + "}", str(score))
        return text.strip()

    def _holds(self, condition) -> bool:
        here = set(self.clinic.holds) if self.clinic else set()
        happened = set(condition.when) <= self.remembered and not set(condition.unless) & self.remembered
        return happened and set(condition.needs) <= here and not set(condition.lacks) & here

    @property
    def closed(self) -> list[str]:
        """The access facts that the options of this scene need and this clinic does not have, each once."""
        if not self.clinic:
            return []
        needed = [fact for option in self.scene.options for fact in self.clinic.lacking(option.needs)]
        return list(dict.fromkeys(needed))

    # ── What moves it on ──

    def choose(self, key: str) -> Step | None:
        """Take an option and go on to the next scene; None where a clinic was chosen. Raises :class:`Refused` with the options there are."""
        if self.arriving:
            return self._arrive(key)
        if self.finished:
            raise Refused(f"the story has ended; '{shown(key)}' is one choice too many")
        open_now = {option.key: option for option in self.options}
        if not isinstance(key, str) or key not in open_now:
            hint = did_you_mean(key, open_now)
            raise Refused(f"at week {self.week} ({self.scene.title}) there is no option '{shown(key)}'; {hint}")
        step = Step(self.scene, open_now[key], self.readings[-1])
        self.steps.append(step)
        self.remembered |= set(step.option.remember)
        self._apply(step.option.moves)
        self._enter(self.case.scenes[step.option.next])
        return step

    def _arrive(self, key: str) -> None:
        if key not in self.case.clinics:
            hint = did_you_mean(key, self.case.clinics, f"write one of: {', '.join(self.case.clinics)}")
            raise Refused(f"the first choice names the clinic, and '{shown(key)}' is none; {hint}")
        self.clinic = settings()[key]
        self._enter(self.case.scenes[self.case.start])

    def _enter(self, scene: Scene) -> None:
        self.scene = scene
        for scale, score in scene.sets.items():
            if scale not in self._scores:
                self._scores[scale] = score
                self._causes[scale] = dict.fromkeys(CAUSES, 0)
        causes = {scale: dict(points) for scale, points in self._causes.items()}
        self.readings.append(Reading(scene.key, scene.week, dict(self._scores), causes))

    def _apply(self, moves: dict[str, Move]) -> None:
        for scale, move in moves.items():
            if scale not in self._scores:
                continue
            self._scores[scale] = instruments()[scale].clamp(self._scores[scale] + move.total)
            for cause in CAUSES:
                self._causes[scale][cause] += getattr(move, cause)

    def points(self, scale: str) -> list[tuple[int, int]]:
        """(week, score) at each visit so far where it was measured; of several readings in one week the last."""
        return sorted({reading.week: reading.scores[scale] for reading in self.readings if self._measured(reading, scale)}.items())

    def _measured(self, reading: Reading, scale: str) -> bool:
        return scale in reading.scores and scale not in self.case.scenes[reading.scene].unmeasured

    # ── What it was worth ──

    @property
    def unsafe(self) -> list[Step]:
        return [step for step in self.steps if step.option.quality == "unsafe"]

    @property
    def share(self) -> float:
        """The share of decisions that were best or reasonable, from 0 to 1."""
        good = sum(step.option.quality in ("best", "reasonable") for step in self.steps)
        return good / len(self.steps) if self.steps else 0.0

    @property
    def passed(self) -> bool:
        """Finished, no unsafe step, and at least ``GOOD`` in ``OF`` decisions best or reasonable."""
        return self.finished and not self.unsafe and self.share >= GOOD / OF

    def verdict(self) -> str:
        """Why this play passes, or what is still to mend, in a sentence or two."""
        if not self.finished:
            return f"Not yet: the story is not finished. It stands at week {self.week}, {self.scene.title}."
        if self.unsafe:
            where = "; ".join(f"week {step.scene.week}, {step.scene.title}" for step in self.unsafe)
            return f"Not yet: an unsafe choice ({where}). One unsafe step outweighs every good one. Play it again from there."
        good = round(self.share * len(self.steps))
        counted = f"{good} of {len(self.steps)} decisions were best or reasonable, and none was unsafe"
        if not self.passed:
            return f"Not yet: {counted}; {GOOD} in {OF} are needed."
        return f"Passed: {counted}."

    # ── The same story told otherwise ──

    def along_the_best(self) -> Session:
        """This path, continued along the best options to its end."""
        other = Session(self.case, self.choices)
        while not other.finished:
            other.choose(other.best.key)
        return other

    def until(self, decisions: int) -> Session:
        """This path up to a number of decisions."""
        return Session(self.case, self.choices[: decisions + bool(self.clinic)])

    def twin(self) -> Session:
        """This path with the case's named choice swapped, continued along the best options.

        Where the learner made that very choice, the twin makes the best one; where the path never came to
        that scene, the first accepted path is swapped instead.
        """
        named = self.case.debrief.twin
        base = self
        if named.scene not in [step.scene.key for step in self.steps]:
            base = Session(self.case, self.case.accepted_at(self.clinic.key if self.clinic else "")[0].choices)
        at = [step.scene.key for step in base.steps].index(named.scene)
        other = base.until(at)
        same = base.steps[at].option.key == named.option
        other.choose(other.best.key if same else named.option)
        return other.along_the_best()

    # ── The receipt ──

    def receipt(self) -> str:
        """What a learner hands in: key, version, variant, choices, and a checksum against slips."""
        variant = self.clinic.key if self.clinic else BASE_VARIANT
        body = ":".join([self.case.key, f"v{self.case.version}", variant, ".".join(step.option.key for step in self.steps)])
        return f"{body}:{_checksum(body)}"


BASE_VARIANT = "base"


def _checksum(body: str) -> str:
    """Four characters that change with any slip. Not a secret: a forged receipt is only a played one."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    number, letters = zlib.crc32(body.encode("utf-8", "surrogatepass")), ""
    for _ in range(4):
        number, digit = divmod(number, len(alphabet))
        letters += alphabet[digit]
    return letters


def replay(case: Case, answer: str | list[str] | tuple[str, ...]) -> Session:
    """The session behind a receipt or a plain list of choices. Raises :class:`Refused` with the reason."""
    choices = _choices_of_receipt(case, answer) if isinstance(answer, str) else answer
    return Session(case, tuple(choices))


def _choices_of_receipt(case: Case, receipt: str) -> list[str]:
    parts = "".join(receipt.split()).lower().split(":")  # as copied: with capitals, or broken over two lines
    if len(parts) != 5:
        raise Refused("this is not a whole receipt; copy it again from its first letter to its last")
    key, version, variant, choices, checksum = parts
    if key != case.key:
        raise Refused(f"this receipt is from the case '{shown(key)}'; this question asks for '{case.key}'")
    if _checksum(":".join(parts[:4])) != checksum:
        raise Refused("the receipt has a slip in it; copy it again, or write the list of your choices")
    if version != f"v{case.version}":
        raise Refused(f"the receipt is from version {shown(version[1:])} of this case, which is now at {case.version}; play it again")
    if variant not in (case.clinics or (BASE_VARIANT,)):
        raise Refused(f"there is no variant '{shown(variant)}' of this case; play it again")
    made = choices.split(".") if choices else []
    return [variant, *made] if case.clinics else made
