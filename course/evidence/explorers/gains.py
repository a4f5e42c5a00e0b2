"""*Who gains?*: say how many more recover with both in four kinds of depression, then look for a trial that could have told you.

Most cells have none. The page says what comes nearest, what is only an average, and why one cannot be read from the other.
The findings are those of :mod:`..gains`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..audit import filled, to_source
from ..gains import CELLS, COMPARATORS, COURSES, SEVERITIES, TIMES, Answered, Cell, Gain, gains
from ..pooling import risk_1
from ..rating import LITTLE
from ..records import Effect

MANY = 15  # of 100 people
GUESSES = {
    "fewer": "fewer with both",
    "same": f"about as many, less than {LITTLE} apart",
    "some": f"{LITTLE} to {MANY - 1} more with both",
    "many": f"{MANY} or more with both",
    "nobody": "nobody knows",
}
#: What the learner predicts, and where the settings begin.
VERSUS, TIME = "medication", "end"
#: What a ratio is turned into people with: a made-up number who get better on one treatment.
SAY = 40
NO_TRIAL = "No trial on file looked at exactly these people."
NOTHING_NEAR = "No trial on file comes near."
ABOUT_PEOPLE = "These are findings in groups. They are no forecast for one person, and no reason to withhold either treatment from anybody who wants it."


@attrs.frozen
class WhoGains:
    """What is set, and what was predicted for each cell."""

    guess: tuple[str, ...] | None = None
    cell: Cell = CELLS[0]
    versus: str = VERSUS
    time: str = TIME

    name = "who-gains"
    title = "Who gains?"

    def guessed(self, value: Any) -> WhoGains:
        fits = isinstance(value, (list, tuple)) and len(value) == len(CELLS) and all(each in GUESSES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> WhoGains:
        return WhoGains(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> WhoGains:
        cell = Cell(values.get("severity", self.cell.severity), values.get("course", self.cell.course))
        return WhoGains(self.guess, cell, values.get("versus", self.versus), values.get("time", self.time))

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def answer(self) -> Answered:
        return gains().answer(self.cell, self.versus, self.time)

    @property
    def nearest(self) -> tuple[Gain, ...]:
        return gains().nearest(self.cell, self.versus, self.time)

    @property
    def exact(self) -> tuple[Gain, ...]:
        """Findings in exactly these people."""
        return tuple(row for row in self.nearest if (row.severity, row.course) == (self.cell.severity, self.cell.course))

    @property
    def headline(self) -> str:
        """What can be said, with the word of its certainty, and whether anybody looked at exactly these people."""
        return f"{self.answer.says} {'' if self.exact else NO_TRIAL}".strip()

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Who gains?", 4, eyebrow="Predict first"),
        b.prose("Depression can be severe or not, and chronic or not. Take 100 people of each kind who have both treatments, and 100 who have "
                f"{COMPARATORS[VERSUS]}. How many more get better with both {TIMES[TIME]}? Guess all four before you see any. Your guesses are kept as "
                "you made them."),
        b.places(GUESS, "Of 100 people, how many more get better with both?", {cell.key: sentence(cell.name) for cell in CELLS}, GUESSES,
                 submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: WhoGains) -> list[b.Block]:
    return [
        b.heading(sentence(state.cell.name), 4, eyebrow=f"Both v {COMPARATORS[state.versus]}, {TIMES[state.time]}", focus="headline"),
        b.prose(state.headline, "lead"),
        *_gap(state),
        _settings(state),
        b.heading(f"How sure: {state.answer.certainty}", 4),
        b.listing([_linked(reason) for reason in state.answer.because]),
        *_nearest(state),
        *_averages(state),
        *_all_four(state),
        b.heading("Why nobody can fill in the four cells", 4),
        b.prose(_linked(gains().average)),
        b.folded("A finding that had to be taken back", [b.prose(_linked(gains().retraction))]),
        b.folded("Why severity is thought to matter", [b.prose(_linked(gains().severity))]),
        b.folded("Where the line is drawn", [b.prose(_linked(gains().line))]),
        b.prose(ABOUT_PEOPLE, "quiet"),
    ]


def _linked(text: str) -> str:
    """A text with its numbers, each with its interval and linked to where it was read."""

    def number(effect: Effect, _words: str) -> str:
        return to_source(effect, effect.text)

    return filled(text, number)


def _gap(state: WhoGains) -> Iterator[b.Block]:
    """The guess beside what was found, for the comparator and the time that were guessed."""
    if (state.versus, state.time) != (VERSUS, TIME):
        return
    guess = state.guess[CELLS.index(state.cell)]
    found = "; ".join(_short(row) for row in state.nearest)
    near = f"What comes nearest says: {found}." if found else f"{NOTHING_NEAR} So nobody can say how far off a guess is."
    yield b.feedback("guess", f"You said: {GUESSES[guess]}. {near} {_verdict(guess, state.nearest)}".strip(), focus="guess")


def _short(row: Gain) -> str:
    """A finding in a few words: ``25 more of 100 (Keller 2000)``."""
    said = row.found if row.more is None else f"{row.more:.0f} more of 100"
    return f"{said} ({row.study.short})"


def _verdict(guess: str, near: tuple[Gain, ...]) -> str:
    """What to make of a guess: nobody is right or wrong where trials do not settle it."""
    if guess == "nobody":
        return "That is the most careful answer that the trials allow."
    return "None of it settles your guess: these people are only partly the ones you guessed about." if near else ""


def _settings(state: WhoGains) -> b.Block:
    return b.settings(
        SETTINGS,
        "In whom, versus what, and when",
        b.menu("severity", "How severe", {key: sentence(words) for key, words in SEVERITIES.items()}, state.cell.severity),
        b.menu("course", "How long", {key: sentence(words) for key, words in COURSES.items()}, state.cell.course),
        b.menu("versus", "Both v what", {key: sentence(words) for key, words in COMPARATORS.items()}, state.versus),
        b.menu("time", "When", {key: sentence(words) for key, words in TIMES.items()}, state.time),
    )


def _nearest(state: WhoGains) -> Iterator[b.Block]:
    yield b.heading("What comes nearest", 4)
    if not state.nearest:
        yield b.prose(NOTHING_NEAR)
        return
    yield b.listing([f"{_told(row)} {_mixed(row)}".strip() for row in state.nearest])


def _averages(state: WhoGains) -> Iterator[b.Block]:
    yield b.heading("What is only an average", 4)
    yield b.prose("Here severe and milder, chronic and not chronic stand together. The average need not hold in any of the four.")
    yield b.listing([_told(row) for row in gains().averages(state.versus, state.time)])


def _told(row: Gain) -> str:
    """A finding: in whom, the numbers, how many of 100, the doubt, how sure by itself, and where it was read."""
    return " ".join(filter(None, (f"{sentence(row.people)}: {_linked(row.says)}", _of_hundred(row), _linked(row.doubt), f"Certainty: {row.certainty}.",
                                  f"Source: {row.study.linked}.")))  # fmt: skip


def _of_hundred(row: Gain) -> str:
    """The finding in people; a ratio needs a number to start from, which is made up and says so."""
    if row.more is not None:
        return f"That is {row.more:.0f} more of 100 with both; an interval is not on file."
    if row.effect is None:
        return ""
    people = f"Suppose {SAY} of 100 people get better on {COMPARATORS[row.versus]}: then {_people(row.effect, row.effect.value)} do with both"
    if row.effect.low is None:
        return f"{people}; an interval is not on file."
    return f"{people} ({_people(row.effect, row.effect.low)} to {_people(row.effect, row.effect.high)})."


def _people(effect: Effect, ratio: float) -> int:
    return round(100 * risk_1("RR" if effect.measure == "risk ratio" else "OR", ratio, SAY / 100))


def _mixed(row: Gain) -> str:
    """Who is not told apart here."""
    parts = [words for words, value in (("severe and milder", row.severity), ("chronic and other", row.course)) if value == "any"]
    return f"Not told apart: {' or '.join(parts)} depression." if parts else ""


def _all_four(state: WhoGains) -> Iterator[b.Block]:
    """Every cell in a line, with the guess where there is one."""
    guessed = (state.versus, state.time) == (VERSUS, TIME)
    yield b.heading("All four at a glance", 4)
    lines = []
    for cell, guess in zip(CELLS, state.guess, strict=True):
        near = gains().nearest(cell, state.versus, state.time)
        said = f" You said: {GUESSES[guess]}." if guessed else ""
        found = "no trial comes near" if not near else "1 finding comes near" if len(near) == 1 else f"{len(near)} findings come near"
        lines.append(f"{sentence(cell.name)}: certainty {gains().answer(cell, state.versus, state.time).certainty}; {found}.{said}")
    yield b.listing(lines)
