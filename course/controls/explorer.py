"""An explorer: predict first, then change one thing after another and see the headline rewrite itself.

What the learner sees follows from a *state*, a frozen record without any Jupyter in it. :class:`Explorer` puts a state on a page,
and every act of the learner makes the next state.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from course import notes

from . import blocks as b
from .page import Page

GUESS, SETTINGS = "guess", "settings"
PAUSE = 0.02  # seconds between two pieces of refining: time for what the learner does


class State(Protocol):
    """What an explorer is made of. Every method is pure: it gives a new state or a list of blocks.

    A state that is worked out from chance may also have ``refined``: it gives the same state worked out a little more exactly, or None.

    ``page`` holds, before the prediction, one control that sends ``GUESS``, and after it one ``settings`` block of the
    name ``SETTINGS``. ``headline`` is the sentence to announce when something changed.
    """

    name: str
    title: str

    @property
    def guess(self) -> Any:
        """The prediction, or None before it is made. It is locked: an explorer never asks for it again."""

    @property
    def headline(self) -> str: ...

    def guessed(self, value: Any) -> State:
        """The state with this prediction; the same state when it cannot be read."""

    def changed(self, values: dict[str, Any]) -> State:
        """The state with these settings."""

    def fresh(self) -> State:
        """The settings as they were at first; the prediction stands."""

    def page(self) -> list[b.Block]: ...


def refined(state: State) -> State | None:
    """The state worked out a little more exactly; None where it is exact enough."""
    return state.refined() if hasattr(state, "refined") else None


class Explorer:
    """A state on a page. The prediction goes into the learner's notes."""

    def __init__(self, state: State):
        self.state = state
        self._later: asyncio.TimerHandle | None = None
        self.page = Page(state.page(), self.act, state.title)

    def act(self, message: dict) -> None:
        do, value = message.get("do"), message.get("value")
        if do == GUESS and self.state.guess is None:
            self.predict(value)
        elif do == SETTINGS and self.state.guess is not None:
            self.change(value)

    def predict(self, value: Any) -> None:
        self.state = self.state.guessed(value)
        if self.state.guess is not None:
            notes.write("predict", explorer=self.state.name, answer=value)
            self.page.show(self.state.page(), focus="headline", say=self.state.headline)
            self.refine_later()

    def change(self, value: Any) -> None:
        """A setting was changed, or with None all of them go back to the start. The focus stays where it is."""
        if value is None:
            self.state = self.state.fresh()
        else:
            settings = next(block for block in self.page.view["blocks"] if block["is"] == "settings")
            self.state = self.state.changed(b.chosen(settings, value))
        self.page.show(self.state.page(), say=self.state.headline)
        self.refine_later()

    def refine_later(self) -> None:
        """Refine between the learner's acts, a piece at a time, on the loop that their messages come by: so no act waits for long."""
        if self._later:
            self._later.cancel()
        self._later = None
        if hasattr(self.state, "refined"):
            try:
                self._later = asyncio.get_running_loop().call_later(PAUSE, self.refine)
            except RuntimeError:  # nobody runs a loop here, and what is shown stays as it is
                return

    def refine(self) -> None:
        """One piece more; what has come of all of them is shown at the end."""
        finer = refined(self.state)
        if finer is None:
            self.page.show(self.state.page())
        else:
            self.state = finer
            self.refine_later()
