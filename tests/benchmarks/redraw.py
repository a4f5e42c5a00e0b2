"""A setting of an explorer changed: its state, figure and words made anew, beside bare matplotlib saving the same figure.

Both draw the artists that are there already. What the browser needs to show them comes on top, for both alike.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.figure import Figure

from course.controls.explorer import GUESS, State
from course.explorers import EXPLORERS, load

AIM = "<= 1.5, and <= 150 ms"


def redraw_explorers(rounds: int, say) -> Iterator[tuple]:
    for name in EXPLORERS:
        say(f"Changing settings of {name}, {rounds} rounds ...")
        ours, bare = measure(load(name), rounds)
        if bare:  # one without a figure has no such baseline
            yield f"explorer {name}: a setting changed", "savefig of the same artists", "ms", ours, bare, AIM


def measure(state: State, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each round, the course's and matplotlib's own. Every setting has its turn; redraws without a figure do not count."""
    state = begun(state)
    ours, bare = [], []
    turn = 0
    while len(ours) < rounds and turn < 20 * rounds:
        turn += 1
        values = other_values(state, turn)
        with figures_saved() as saved:
            began = time.perf_counter()
            state = state.changed(values)
            state.page()
            spent = time.perf_counter() - began
        if not saved or turn < 4:  # the first turns only warm up
            continue
        began = time.perf_counter()
        for figure in saved:
            figure.savefig(io.StringIO(), format="svg")
        ours.append(1000 * spent)
        bare.append(1000 * (time.perf_counter() - began))
    return ours, bare


def begun(state: State) -> State:
    """The state after some prediction."""
    asked = next(block for block in state.page() if block.get("name") == GUESS)
    options = [key for key, _ in asked.get("options", [])]
    guess = {"places": options[:1] * len(asked.get("items", [])), "choice": (options or [""])[0], "number": 10}.get(asked["is"], options)
    return state.guessed(guess)


def other_values(state: State, turn: int) -> dict:
    """One setting, put to another of its values."""
    (block,) = (block for block in state.page() if block["is"] == "settings")
    control = block["controls"][turn % len(block["controls"])]
    now = control["value"]
    if control["is"] == "slider":
        return {control["name"]: control["low"] if now != control["low"] else control["high"]}
    keys = [key for key, _ in control["options"]]
    if control["is"] == "ticks":
        return {control["name"]: keys[: -1 if len(now) == len(keys) > 1 else None]}
    return {control["name"]: keys[(keys.index(now) + 1) % len(keys)]}


@contextmanager
def figures_saved() -> Iterator[list[Figure]]:
    """The figures that are written while it is open."""
    saved, savefig = [], Figure.savefig

    def noted(figure, *args, **kwargs):
        saved.append(figure)
        return savefig(figure, *args, **kwargs)

    Figure.savefig = noted
    try:
        yield saved
    finally:
        Figure.savefig = savefig
