"""Where people wait: a number of places, a queue before them, and people whose patience ends.

A :class:`Desk` is a clinician's time, or a course with so many places. It keeps its own sums, so that Little's law can be looked at in every run.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from random import Random

import simpy

#: Who goes first: somebody who is booked already, then the urgent, then the others.
BOOKED, URGENT, ROUTINE = 0, 1, 2
_GRID = 2.0**20  # parts of a week
_log = math.log  # looked up once: this is drawn for everybody


def exponential(luck: Random, mean: float) -> float:
    """A waiting time without memory, on a grid of about a millionth of a week.

    The logarithm may differ in its last digit from one machine to another; on a grid it does not.
    """
    return int(-mean * _log(1.0 - luck.random()) * _GRID) / _GRID


class Desk:
    """A number of places and the queue before them. Who is booked goes first, then the urgent, then the others, each in turn.

    Somebody who gives up is not taken out of the queue but passed over when their turn comes: their patience is known from the start.
    """

    def __init__(self, env: simpy.Environment, places: int = 0):
        self.env, self.places, self.taken = env, places, 0
        self.queues: tuple[deque, ...] = (deque(), deque(), deque())
        self.held = 0.0  # place-weeks since week 0
        self.asked = 0
        self.queued = 0.0  # weeks in the queue since week 0, of all together
        self._since = 0.0

    @property
    def open(self) -> bool:
        """Is there a place now?"""
        return self.taken < self.places

    def take(self) -> bool:
        """Take a place if there is one now. If not, :meth:`ask` for one."""
        free = self.open
        if free:
            self.asked += self.env.now >= 0
            self._book(1)
        return free

    def ask(self, rank: int = ROUTINE, patience: float = math.inf) -> simpy.Event:
        """An event that comes when there is a place: with True, or with False for somebody who had given up by then."""
        event, now = self.env.event(), self.env.now
        self.asked += now >= 0
        self.queues[rank].append((event, now, now + patience))
        return event

    def free(self) -> None:
        """A place is free again: the next in the queue has it."""
        self._book(-1)
        if any(self.queues):
            self._let_in()

    def resize(self, places: int) -> None:
        """More places, or fewer: nobody is sent away, but fewer are let in."""
        self.places = places
        self._let_in()

    def _let_in(self) -> None:
        now = self.env.now
        while self.open:
            queue = next((queue for queue in self.queues if queue), None)
            if queue is None:
                return
            event, joined, until = queue.popleft()
            self._leave_queue(joined, min(now, until))
            if until > now:
                self._book(1)
            event.succeed(until > now)

    def _book(self, change: int) -> None:
        now = self.env.now
        if now > 0:
            self.held += self.taken * (now - self._since)
            self._since = now
        self.taken += change

    def _leave_queue(self, joined: float, left: float) -> None:
        self.queued += max(left, 0.0) - max(joined, 0.0)

    def waiting(self, ranks: Iterable[int] = (BOOKED, URGENT, ROUTINE)) -> int:
        """How many wait and have not given up."""
        now = self.env.now
        return sum(until > now for rank in ranks for _, _, until in self.queues[rank])

    def close(self) -> None:
        """Bring the sums up to now, as nobody else will."""
        self._book(0)
        for queue in self.queues:
            for _, joined, until in queue:
                self._leave_queue(joined, min(self.env.now, until))
