"""*Serotonin, plainly*: say what each of five findings is about, then look at what it can show, and at four leaps that do not follow.

The findings are data: :mod:`..serotonin`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.audit import sources
from course.evidence.certainty import VERBS

from ..records import ModelCard, model
from ..serotonin import QUESTIONS, Evidence, Leap, debate
from .card import card_blocks, explained, linked

LOOKS = {"finding": "one of the five findings", "leap": "one of four leaps that people make"}


def card() -> ModelCard:
    return model("serotonin-plainly")


@attrs.frozen
class SerotoninPlainly:
    """What is looked at, and what each finding was said to be about."""

    guess: tuple[str, ...] | None = None
    look: str = "finding"
    finding: str = "review"
    leap: str = "helps-so-lack"

    name = "serotonin-plainly"
    title = "Serotonin, plainly"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> SerotoninPlainly:
        fits = isinstance(value, (list, tuple)) and len(value) == len(debate().findings) and all(isinstance(each, str) and each in QUESTIONS for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> SerotoninPlainly:
        return SerotoninPlainly(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> SerotoninPlainly:
        return attrs.evolve(self, **{name: values[name] for name in ("look", "finding", "leap") if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def evidence(self) -> Evidence:
        return debate().findings[self.finding]

    @property
    def inference(self) -> Leap:
        return debate().leaps[self.leap]

    @property
    def headline(self) -> str:
        if self.look == "leap":
            return f"“{self.inference.label}.” That does not follow: it takes an answer to one question for an answer to another."
        others = " or ".join(words for about, (words, _) in QUESTIONS.items() if about != self.evidence.about)
        return f"{self.evidence.label}: this is about {self.evidence.question}. It does not tell you {others}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    asked = {key: linked(each.asked) for key, each in debate().findings.items()}
    return [
        b.heading("Serotonin, plainly", 4, eyebrow="Predict first"),
        b.prose("Headlines say that the serotonin theory of depression is dead, and others say that it is not. Patients ask whether they should stop their "
                "tablets. Here are five findings from that debate. For each one: does it tell you something about the cause of a depression, about whether the "
                "drug works, or about neither of the two? Your guesses are kept as you made them."),
        b.places(GUESS, "What is each finding about?", asked, {about: asks for about, (_, asks) in QUESTIONS.items()}, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: SerotoninPlainly) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(state.evidence.label if state.look == "finding" else state.inference.label, 4, eyebrow="Serotonin, plainly", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *(_finding(state.evidence) if state.look == "finding" else _leap(state.inference)),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *_sentences(),
        *card_blocks(card()),
    ]


def _gap(state: SerotoninPlainly) -> Iterator[b.Block]:
    """Each guess beside the question that the finding answers."""
    lines, right, promoted = [], 0, 0
    for each, guess in zip(debate().findings.values(), state.guess, strict=True):
        right += guess == each.about
        promoted += guess != each.about and guess == "helps"
        said = "as you said" if guess == each.about else f"you said: {QUESTIONS[guess][1]}"
        lines.append(f"{each.label}: {each.question} ({said}).")
    because = f"You took {promoted} of the others to be about whether the drug works. Only a trial against placebo asks that." if promoted else ""
    yield b.feedback("guess", f"{right} of your {len(lines)} guesses fit the question that was asked.", because, focus="guess")
    yield b.listing(lines)


def _settings(state: SerotoninPlainly) -> b.Block:
    parts = debate().findings if state.look == "finding" else debate().leaps
    asked = b.menu(state.look, "Finding" if state.look == "finding" else "Leap", {key: each.label for key, each in parts.items()}, getattr(state, state.look))
    return b.settings(SETTINGS, "What to look at", b.radio("look", "Look at", LOOKS, state.look), asked)


def _finding(each: Evidence) -> Iterator[b.Block]:
    yield b.listing([
        f"What was measured: {linked(each.measured)}",
        f"What it found: {linked(each.found)}",
        f"What it can show: {linked(each.can)}",
        f"What it cannot show: {linked(each.cannot)}",
        f"How sure: {each.certainty}. The word to use is “{VERBS[each.certainty]}”.",
        f"Read in: {sources(each.keys)}.",
    ])  # fmt: skip


def _leap(each: Leap) -> Iterator[b.Block]:
    yield b.listing([
        f"From {QUESTIONS[each.start][0]} to {QUESTIONS[each.end][0]}: does not follow.",
        f"The same leap elsewhere: {each.likeness}",
        f"Why not: {linked(each.because)}",
        f"Rests on: {sources(each.keys)}.",
    ])  # fmt: skip


def _sentences() -> Iterator[b.Block]:
    """What a clinician may say, and what to leave unsaid."""
    yield b.heading("What you may say to a patient", 4)
    yield b.listing([f"{linked(each.text)} {each.because}" for each in debate().say])
    yield b.heading("What to avoid", 4)
    yield b.listing([f"{each.text} {each.because}" for each in debate().avoid])


@lru_cache(maxsize=1)
def _drawing():
    from ..figures.questions import QuestionsDrawing

    return QuestionsDrawing(debate())


def _draw(state: SerotoninPlainly):
    if state.look == "leap":
        return _drawing().update(f"“{state.inference.label}” does not follow", leap=state.leap)
    return _drawing().update(f"{state.evidence.label}: about {state.evidence.question}, and about nothing else here", finding=state.finding)
