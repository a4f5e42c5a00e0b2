"""*Target map*: guess what an antidepressant reaches, then look at any treatment or any target: how far, how sure, and where nothing is on file.

The map is data: :mod:`..targets`.
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
from course.look import sentence

from ..records import ModelCard, model
from ..targets import KINDS, NOTHING, REACHES, Cell, targets
from .card import card_blocks, explained, linked

#: What is predicted, for the treatment that comes first.
TREATMENT, TARGET = "antidepressant", "sleep"
PREDICTED = ("low-mood", "trauma", "sleep", "thinking", "relationships", "early")
LOOKS = {"treatment": "one treatment, over all targets", "target": "one target, over all treatments"}


def card() -> ModelCard:
    return model("target-map")


@attrs.frozen
class TargetMap:
    """What is looked at, and what was predicted."""

    guess: tuple[str, ...] | None = None
    look: str = "treatment"
    treatment: str = TREATMENT
    target: str = TARGET

    name = "target-map"
    title = "Target map"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> TargetMap:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in REACHES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> TargetMap:
        return TargetMap(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> TargetMap:
        return attrs.evolve(self, **{name: values[name] for name in ("look", "treatment", "target") if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What is looked at, with what reaches furthest and is surest first."""
        found = targets().column(self.treatment) if self.look == "treatment" else targets().row(self.target)
        order = list(REACHES)
        return tuple(sorted(found, key=lambda cell: (order.index(cell.reach), list(VERBS).index(cell.certainty))))

    @property
    def subject(self) -> str:
        return targets().treatments[self.treatment].label if self.look == "treatment" else targets().targets[self.target].label

    def other(self, cell: Cell) -> str:
        """The name of what a cell sets against the subject."""
        return targets().targets[cell.target].label if self.look == "treatment" else targets().treatments[cell.treatment].label

    @property
    def headline(self) -> str:
        count = {reach: sum(cell.reach == reach for cell in self.cells) for reach in REACHES}
        what = "targets" if self.look == "treatment" else "treatments"
        told = [f"{REACHES[reach][1]} {words} {count[reach]}" for reach, words in _COUNTED[self.look].items() if count[reach]]
        return f"{self.subject}, of {len(self.cells)} {what}: {', '.join(told)}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


_EMPTY = "nothing on file for"
#: How the headline counts what is looked at.
_COUNTED = {
    "treatment": {"reaches": "reaches", "in part": "reaches in part", "no gain": "no gain found for", "hinders": "gets in the way of", NOTHING: _EMPTY},
    "target": {"reaches": "reached by", "in part": "in part by", "no gain": "no gain found from", "hinders": "hindered by", NOTHING: _EMPTY},
}

# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    made = targets()
    asked = {key: made.targets[key].label for key in PREDICTED}
    return [
        b.heading("Target map", 4, eyebrow="Predict first"),
        b.prose(f"An {made.treatments[TREATMENT].label.lower()}: which of these does it reach by itself, going by what is on file? "
                "“Does nothing here” means that somebody looked. “Nothing on file” means that nobody did, or that it was not found. "
                "Your guesses are kept as you made them."),
        b.places(GUESS, "How far does it reach?", asked, {key: sentence(words) for key, (words, _) in REACHES.items()}, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: TargetMap) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(state.subject, 4, eyebrow="Target map", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_each(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def _gap(state: TargetMap) -> Iterator[b.Block]:
    """Each guess beside what is on file."""
    lines, right, emptiness = [], 0, 0
    for key, guess in zip(PREDICTED, state.guess, strict=True):
        cell = targets().cell(key, TREATMENT)
        right += cell.reach == guess
        emptiness += cell.reach == NOTHING and guess != NOTHING
        said = "as you said" if cell.reach == guess else f"you said: {REACHES[guess][0]}"
        lines.append(f"{targets().targets[key].label}: {_found(cell)} ({said}).")
    because = f"For {emptiness} of the others nothing is on file, so nobody can say whether you are right." if emptiness else ""
    yield b.feedback("guess", f"{right} of your {len(PREDICTED)} guesses are what the map says.", because, focus="guess")
    yield b.listing(lines)


def _found(cell: Cell) -> str:
    return cell.words if cell.reach == NOTHING else f"{cell.words}, certainty {cell.certainty}"


def _settings(state: TargetMap) -> b.Block:
    made = targets()
    asked = (b.menu("treatment", "Treatment", {key: each.label for key, each in made.treatments.items()}, state.treatment) if state.look == "treatment" else
             b.menu("target", "Target", {key: f"{KINDS[each.kind][:-1]}: {each.label}" for key, each in made.targets.items()}, state.target))  # fmt: skip
    return b.settings(SETTINGS, "What to look at", b.radio("look", "Look at", LOOKS, state.look), asked)


def _each(state: TargetMap) -> Iterator[b.Block]:
    """Every cell that is on file with its sources, and the rest in one line."""
    yield b.heading("What that rests on", 4)
    known = [cell for cell in state.cells if cell.reach != NOTHING]
    if known:
        heads = [f"{cell.shape} {state.other(cell)}: {cell.words}. Certainty {cell.certainty}." for cell in known]
        yield b.listing([f"{head} {linked(cell.says)} ({sources(cell.keys)})" for head, cell in zip(heads, known, strict=True)])
    empty = [state.other(cell) for cell in state.cells if cell.reach == NOTHING]
    if empty:
        yield b.prose(f"Nothing on file, which is not the same as no effect: {'; '.join(empty)}.", "quiet")


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import ReachDrawing

    return ReachDrawing(targets())


def _draw(state: TargetMap):
    chosen = {state.look: getattr(state, state.look)}
    reached = sum(cell.reach in ("reaches", "in part") for cell in state.cells)
    title = (f"{state.subject}: reaches {reached} of {len(state.cells)} targets, wholly or in part" if state.look == "treatment" else
             f"{state.subject}: reached by {reached} of {len(state.cells)} treatments, wholly or in part")  # fmt: skip
    return _drawing().update(title, **chosen)
