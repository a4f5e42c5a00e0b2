"""What every explorer of this room shows beside its figure: the model's card, and which setting is sourced, assumed or free."""

from __future__ import annotations

from collections.abc import Iterator

from course.controls import blocks as b
from course.evidence.audit import filled, to_source
from course.evidence.claims import rows
from course.evidence.records import Effect

from ..records import ModelCard, Parameter, Variant

LABEL = "Teaching model"


def linked(text: str) -> str:
    """A text with its numbers, each linked to where it was read."""
    return filled(text, to_source)


def sources(keys: tuple[str, ...]) -> str:
    """The studies of some rows of the ledger, each once, linked to where to read it."""
    return "; ".join(dict.fromkeys(rows()[key].study.linked for key in keys))


def slider(name: str, parameter: Parameter, value: float) -> b.Control:
    """A parameter that the learner may move; its label says where it is assumed."""
    label = f"{parameter.label} (assumed)" if parameter.assumed else parameter.label
    return b.slider(name, label, parameter.low, parameter.high, parameter.step, value, parameter.unit)


def explained(card: ModelCard) -> Iterator[b.Block]:
    """What to make of it, and tasks whose answers open."""
    yield b.heading("What is known", 4)
    yield b.listing([linked(text) for text in card.explain])
    yield b.heading("Now use it", 4)
    for number, use in enumerate(card.uses, 1):
        yield b.prose(f"{number}. {linked(use.ask)}")
        yield b.folded("Compare your answer", [b.prose(linked(use.answer))])


def card_blocks(card: ModelCard, variant: Variant | None = None) -> Iterator[b.Block]:
    """The card: that this is a teaching model and what it is not for in sight, the rest behind a line that opens."""
    yield b.note(f"{LABEL}: not for real patients", f"{linked(card.says)}\n\nIt must not be used for {_either(card.not_for)}.")
    yield b.folded("Model card: what it is fitted to, and what is assumed", [
        b.heading("Fitted to", 4),
        b.listing([_row(row) for row in card.rows]),
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


def _either(parts: tuple[str, ...]) -> str:
    """``choosing a dose; or predicting a course``."""
    return parts[0] if len(parts) == 1 else "; ".join(parts[:-1]) + f"; or {parts[-1]}"


def _row(row) -> str:
    if isinstance(row, Effect):
        return f"{to_source(row, row.text)} {row.outcome} ({row.comparison or row.population})"
    return f"{row.says} ({row.study.linked})"


def _parameter(parameter: Parameter) -> str:
    """A number with where it comes from: a study, an assumption with its range, or the learner."""
    kind = rows()[parameter.source].study.linked if parameter.sourced else "assumption" if parameter.assumed else "yours to set"
    reach = f", from {parameter.range}" if parameter.range else ""
    return f"{parameter.label}: {parameter.text} ({kind}{reach}). {linked(parameter.says)}"
