"""What every explorer of this room shows beside its figure: the model's card, and which setting is sourced, assumed or free."""

from __future__ import annotations

from collections.abc import Iterator

from course.content.words import either
from course.controls import blocks as b
from course.evidence.audit import linked, row_linked
from course.evidence.claims import rows

from ..records import ModelCard, Parameter, Variant

LABEL = "Teaching model"


def slider(name: str, parameter: Parameter, value: float) -> b.Control:
    """A parameter that the learner may move; its label says where it is assumed."""
    label = f"{parameter.label} (assumed)" if parameter.assumed else parameter.label
    return b.slider(name, label, parameter.low, parameter.high, parameter.step, value, parameter.unit)


def explained(card: ModelCard) -> Iterator[b.Block]:
    """What to make of it, and tasks whose answers open."""
    yield b.heading("What is known", 4)
    yield b.listing([linked(text) for text in card.explain])
    yield from b.tasks((linked(use.ask), linked(use.answer)) for use in card.uses)


def card_blocks(card: ModelCard, variant: Variant | None = None) -> Iterator[b.Block]:
    """The card: that this is a teaching model and what it is not for in sight, the rest behind a line that opens."""
    yield b.note(f"{LABEL}: not for real patients", f"{linked(card.says)}\n\nIt must not be used for {either(card.not_for)}.")
    yield b.folded("Model card: what it is fitted to, and what is assumed", [
        b.heading("Fitted to", 4),
        b.listing([row_linked(row) for row in card.rows]),
        b.heading("Assumed", 4),
        b.listing([linked(text) for text in card.assumptions]),
        *_numbers(card, variant),
    ])  # fmt: skip


def _numbers(card: ModelCard, variant: Variant | None) -> Iterator[b.Block]:
    """Every number of a model that has any."""
    numbers = [_parameter(parameter) for parameter in _shown(card, variant)]
    if numbers:
        yield b.heading("Every number in it", 4)
        yield b.listing(numbers)


def _shown(card: ModelCard, variant: Variant | None) -> Iterator[Parameter]:
    yield from card.parameters.values()
    yield from variant.parameters.values() if variant else ()


def _parameter(parameter: Parameter) -> str:
    """A number with where it comes from: a study, an assumption with its range, or the learner."""
    kind = rows()[parameter.source].study.linked if parameter.sourced else "assumption" if parameter.assumed else "yours to set"
    reach = f", from {parameter.range}" if parameter.range else ""
    return f"{parameter.label}: {parameter.text} ({kind}{reach}). {linked(parameter.says)}"
