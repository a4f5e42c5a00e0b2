"""*Order machine*: put four orders of the same two treatments in order, then see what trials found of each, and where there is none.

The results are data: :mod:`..orders`. No trial has set all four beside each other, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import attrs

from course.content.words import in_a_sentence
from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.audit import sources
from course.evidence.certainty import NOT_STUDIED
from course.look import sentence

from ..orders import NO_TRIAL, ORDERS, Pair, Route, orders
from ..records import ModelCard, model
from .card import card_blocks, explained, linked

#: The pair that is put in order before anything is shown.
PAIR = "sri-exposure"


def card() -> ModelCard:
    return model("order-machine")


@attrs.frozen
class OrderMachine:
    """The pair that is looked at, and the order in which the four were put."""

    guess: tuple[str, ...] | None = None
    pair: str = PAIR

    name = "order-machine"
    title = "Order machine"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> OrderMachine:
        fits = isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value) and sorted(value) == sorted(ORDERS)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> OrderMachine:
        return OrderMachine(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> OrderMachine:
        return attrs.evolve(self, pair=values.get("pair", self.pair))

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def made(self) -> Pair:
        return orders()[self.pair]

    @property
    def headline(self) -> str:
        """How many of the four a trial has looked at, and what came out."""
        found = {key: self.made.order(key) for key in ORDERS}
        told = [f"{in_a_sentence(self.made.name(key))}: {order.words}" for key, order in found.items() if order.result != NO_TRIAL]
        missing = sum(order.result == NO_TRIAL for order in found.values())
        none = f" For {missing} of the {len(ORDERS)} there is no trial on file." if missing else ""
        return f"In {self.made.who}, {'; '.join(told)}.{none}"

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    made = orders()[PAIR]
    return [
        b.heading("Order machine", 4, eyebrow="Predict first"),
        b.prose(f"The same two treatments, {made.medicine} and {made.therapy}, in {made.who}: does it matter which comes first? "
                "Put the four orders in yours, the one you expect to do best at the top. Your order is kept as you made it."),
        b.order(GUESS, "From the best to the least good, half a year on", {key: made.name(key) for key in ORDERS}, submit="Lock my order and show me"),
    ]  # fmt: skip


def _after(state: OrderMachine) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(state.made.label, 4, eyebrow=sentence(state.made.who), focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        b.settings(SETTINGS, "Which pair", b.menu("pair", "Pair", {key: f"{pair.label} ({pair.who})" for key, pair in orders().items()}, state.pair)),
        *_each(state.made),
        *_routes(state.made),
        *(() if at_first else [b.folded("Your order", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def agreement(guess: tuple[str, ...], pair: Pair) -> tuple[int, int]:
    """How many pairs of orders stand in the guess as their trials came out, and how many there are to compare."""
    placed = [(one, other) for one, other in combinations(guess, 2) if None not in (pair.order(one).place, pair.order(other).place)]
    apart = [(one, other) for one, other in placed if pair.order(one).place != pair.order(other).place]
    return sum(pair.order(one).place < pair.order(other).place for one, other in apart), len(apart)


def _gap(state: OrderMachine) -> Iterator[b.Block]:
    """The learner's order, and beside each what a trial found."""
    made = orders()[PAIR]
    right, of = agreement(state.guess, made)
    text = f"{right} of the {of} comparisons in your order go the way the trials went."
    because = "No trial has set the four beside each other. Each was compared with something else, so this is a reading of several trials and not a ranking."
    yield b.feedback("guess", text, because, focus="guess")
    yield b.listing([f"{made.name(key)}: {made.order(key).words}." for key in state.guess], ordered=True)


def _each(made: Pair) -> Iterator[b.Block]:
    """Every order with its trial, or without one."""
    yield b.heading("What trials found", 4)
    lines = []
    for key in ORDERS:
        order = made.order(key)
        head = f"{order.shape} {made.name(key)}: {order.words}."
        lines.append(head if order.result == NO_TRIAL else f"{head} Certainty {order.certainty}. {linked(order.says)} ({sources(order.keys)})")
    yield b.listing(lines)


def _routes(made: Pair) -> Iterator[b.Block]:
    yield b.heading("How it might come about", 4)
    yield b.listing([f"{linked(route.says)}{_sure(route)}" for route in made.routes])


def _sure(route: Route) -> str:
    return "" if route.certainty == NOT_STUDIED else f" Certainty {route.certainty}. ({sources(route.keys)})"
