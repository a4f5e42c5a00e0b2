"""*Staircase*: predict how many are well after four steps, then let people leave between them, and ask what a failed step was.

The shares of each step are published; who leaves, and what an audit finds, is assumed: :mod:`..staircase`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.content.words import either
from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS

from ..audit import linked
from ..records import ledger, to_source
from ..staircase import KINDS, Landing, climb, fair_share, if_nobody_leaves, staircase

CLOSE = 3  # people of 100
LABEL = "Teaching model: not for real patients"


def _first(name: str):
    return attrs.Factory(lambda: staircase().assumed[name].value)


@attrs.frozen
class StaircaseState:
    """How many go on at each door, what the audit found, and how many of 100 were guessed to be well in the end."""

    guess: float | None = None
    after: str = "1"
    stay_1: float = _first("stay_1")
    stay_2: float = _first("stay_2")
    stay_3: float = _first("stay_3")
    later: float = _first("later")
    found: tuple[str, ...] = ()
    share: float = _first("share")

    name = "staircase"
    title = "The audit and the staircase"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> StaircaseState:
        fits = type(value) in (int, float) and math.isfinite(value) and 0 <= value <= 100
        return attrs.evolve(self, guess=value) if fits else self

    def fresh(self) -> StaircaseState:
        return StaircaseState(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> StaircaseState:
        own = {name: values[name] for name in ("after", *staircase().assumed) if name in values}
        found = tuple(values["found"]) if "found" in values else self.found
        return attrs.evolve(self, found=found, **own)

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def landings(self) -> tuple[Landing, ...]:
        return climb(staircase().rates, [getattr(self, door) / 100 for door in staircase().doors], self.later / 100)

    @property
    def in_the_end(self) -> tuple[int, int, int]:
        """Well, left and still unwell after the last step, of 100."""
        return self.landings[-1].people

    @property
    def failed(self) -> tuple[int, int]:
        """Of 100 who started: how many were there and not well after the step looked at, and in how many of them no finding holds."""
        landing = self.landings[int(self.after) - 1]
        return round(100 * landing.unwell), round(100 * landing.unwell * fair_share(len(self.found), self.share / 100))

    @property
    def headline(self) -> str:
        """The total with these doors, who left, and what the audit leaves of a failed step."""
        well, left, unwell = self.in_the_end
        if left or self.landings != self.fresh().landings:
            said = f"Of 100 who start, {well} are well in the end, {left} have left without being well, and {unwell} are unwell after all four steps."
        else:
            said = f"If nobody leaves, {well} of 100 are well after four steps and {unwell} are not."
        return f"{said} {self.audited}" if self.found else said

    @property
    def audited(self) -> str:
        failed, fair = self.failed
        return f"Of the {failed} who are not well after step {self.after}, {fair} have had what the step is named after, if your {_findings(len(self.found))}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _findings(count: int) -> str:
    return "finding holds" if count == 1 else f"{count} findings hold"


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    steps = ", ".join(f"{to_source(ledger()[key], ledger()[key].number)} in step {number}" for number, key in enumerate(staircase().steps, 1))
    return [
        b.heading("The audit and the staircase", 4, eyebrow="Predict first"),
        b.prose("In a large programme, outpatients with depression could climb four steps of treatment. Of those who came to a step, this share came to "
                f"remission: {steps}. Now think of 100 people who begin with the first step, of whom nobody ever leaves. How many are well after the fourth? "
                "Your guess is kept as you made it."),
        b.number(GUESS, "Of 100 who start, how many are well after four steps, if nobody leaves?", "people of 100", "Lock my guess and show me",
                 bounds=(0, 100)),
    ]  # fmt: skip


def _after(state: StaircaseState) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("Four steps, and the doors between them", 4, eyebrow="The audit and the staircase", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_readings(state),
        *_audit(state),
        *(() if at_first else [b.folded("Your guess", list(_gap(state)))]),
        *_known(),
        *_card(),
    ]


def _gap(state: StaircaseState) -> Iterator[b.Block]:
    """The guess beside the total when nobody leaves, and beside the sum of the four shares."""
    total, guess = round(100 * if_nobody_leaves(staircase().rates)), state.guess
    added = round(100 * sum(staircase().rates))
    off = guess - total
    close = "That is close." if abs(off) <= CLOSE else f"Your guess is {abs(off):g} {'above' if off > 0 else 'below'} it."
    because = "Each share is one of those who came to that step. Of the first 100, fewer and fewer are still there to be helped."
    if guess > total + CLOSE:
        because = f"Added up, the four shares come to {added}. But each is a share of fewer people than the one before."
    text = f"You said {guess:g} of 100. If nobody leaves, the four steps come to {total}. {close}"
    yield b.feedback("guess", text, because, focus="guess")


def _settings(state: StaircaseState) -> b.Block:
    sliders = {
        name: b.slider(name, f"{each.label} (assumed)", each.low, each.high, each.step, getattr(state, name), "%") for name, each in staircase().assumed.items()
    }
    steps = {str(number): f"Those not well after step {number}" for number in range(1, len(staircase().steps) + 1)}
    return b.settings(
        SETTINGS,
        "Who goes on, and what the audit finds",
        *(sliders[name] for name in (*staircase().doors, "later")),
        b.ticks("found", "The audit finds", {key: each.label for key, each in staircase().findings.items()}, list(state.found)),
        sliders["share"],
        b.menu("after", "Whom the audit looks at", steps, state.after),
    )


def _readings(state: StaircaseState) -> Iterator[b.Block]:
    """Both published totals beside the learner's own."""
    first, second = ledger()[staircase().first], ledger()[staircase().second]
    well, left, _ = state.in_the_end
    total = round(100 * if_nobody_leaves(staircase().rates))
    yield b.heading("Two readings of one programme, and yours", 4)
    yield b.listing([
        f"As first reported: {to_source(first, first.number)}. From the four steps the model makes it {total} of 100, if nobody leaves.",
        f"Re-analysed: {to_source(second, second.number)}. The authors of the programme dispute it. It is lower than what was reported for the first step "
        "alone, so it does not differ only in who left.",
        f"Yours: {well} of 100 with the doors as you set them, {_than(well - total)} if nobody left; {left} have left without being well. "
        f"You predicted {state.guess:g}.",
    ])  # fmt: skip


def _than(more: int) -> str:
    return f"{abs(more)} {'more' if more > 0 else 'fewer'} than" if more else "as many as"


def _audit(state: StaircaseState) -> Iterator[b.Block]:
    """What a failed step was, and what to ask."""
    yield b.heading("What does “a failed step” mean?", 4)
    failed, fair = state.failed
    if not state.found:
        yield b.prose(f"{failed} of 100 are there and not well after step {state.after}. Nothing has been audited, so all of them count as a treatment that "
                      "failed. Tick what you would look for.")  # fmt: skip
        return
    yield b.prose(f"{state.audited} For the other {failed - fair} it is too early to say that the treatment failed. The shares of remission stay as they were "
                  "published: an audit changes what a failure means and not how many are well.")  # fmt: skip
    lines = []
    for key in state.found:
        each = staircase().findings[key]
        lines.append(f"{each.label}: {KINDS[each.kind]}. Ask: {each.asks} {linked(each.known)}")
    yield b.listing(lines)


def _known() -> Iterator[b.Block]:
    yield b.heading("What is known", 4)
    yield b.listing([linked(text) for text in staircase().explain])
    yield from b.tasks((use.ask, use.answer) for use in staircase().uses)


def _card() -> Iterator[b.Block]:
    """What is published, what is assumed, and what the model must not be used for."""
    yield b.note(LABEL, "The shares of the four steps are published; everything else is assumed. "
                        f"The model must not be used for {either(staircase().not_for)}.")  # fmt: skip
    published = [f"{to_source(effect, effect.number)} {effect.outcome}, {effect.comparison.lower()} ({effect.population})"
                 for effect in (ledger()[key] for key in (*staircase().steps, staircase().first, staircase().second))]  # fmt: skip
    yield b.folded("Model card: what is published, and what is assumed", [
        b.heading("Published", 4),
        b.listing(published),
        b.heading("Assumed", 4),
        b.listing([
            *(f"{each.label}: {each.value:g} % (assumption, from {each.low:g} to {each.high:g} %). {each.says}" for each in staircase().assumed.values()),
            "Those who go on come to remission in the next step at its published share, whoever they are.",
            "Each finding of the audit holds apart from the others and for the same share after every step. All who are well had a fair trial.",
            "Nobody who is well relapses between the steps. In life many do.",
        ]),
    ])  # fmt: skip


@lru_cache(maxsize=1)
def _drawing():
    from ..figures.staircase import StaircaseDrawing

    return StaircaseDrawing(ledger()[staircase().first], ledger()[staircase().second], len(staircase().steps))


def _draw(state: StaircaseState):
    well, left, _ = state.in_the_end
    title = f"{well} of 100 are well after four steps, if nobody leaves" if state.landings == state.fresh().landings else (
        f"{well} of 100 are well in the end; {left} have left without being well")  # fmt: skip
    return _drawing().update(title, state.landings)
