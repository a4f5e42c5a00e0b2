"""Two treatments in four orders: ``orders()["sri-exposure"].order("medicine-first")`` is what a trial found, how sure that is, and where it was read.

The file is ``content/orders.toml``. An order without an entry has no trial on file, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, did_you_mean, one_of, read_toml, structure, wrong
from course.evidence.certainty import LEVELS, NOT_STUDIED, require_hedge
from course.evidence.claims import rows
from course.evidence.records import with_ledger
from course.look import sentence

from .targets import unknown_rows

FILE = "orders.toml"
NO_TRIAL = "no trial"
ORDERS = {
    "together": "Both at once",
    "medicine-first": "{medicine} first, then {therapy} added",
    "therapy-first": "{therapy} first, then {medicine} added",
    "medicine-stops": "Both, then the medicine stops",
}
#: What a trial found: the words, the shape, and a place from the best downwards where it has one.
RESULTS = {
    "ahead": ("ahead of what it was compared with", "●", 0),
    "mixed": ("trials disagree", "◐", 1),
    "no clear gain": ("no clear gain", "○", 1),
    "behind": ("behind what it was compared with", "▼", 2),
    "no comparison": ("nothing to compare with", "–", None),
    NO_TRIAL: ("no trial on file", "·", None),
}


@attrs.frozen
class Order:
    """What was found of one order."""

    result: str = attrs.field(validator=one_of(*RESULTS))
    certainty: str = attrs.field(validator=one_of(*LEVELS))
    says: str
    keys: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if (self.result == NO_TRIAL) != (not self.keys):
            raise wrong("an order without evidence", "name rows of the ledger, or leave the order out")
        require_hedge("a text", self.certainty, self.says)

    @property
    def words(self) -> str:
        return RESULTS[self.result][0]

    @property
    def shape(self) -> str:
        return RESULTS[self.result][1]

    @property
    def place(self) -> int | None:
        """From the best downwards; None where no trial says."""
        return RESULTS[self.result][2]


@attrs.frozen
class Route:
    """A mechanism that people speak of, and how sure it is in patients."""

    says: str
    certainty: str = attrs.field(validator=one_of(*LEVELS))
    keys: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if (self.certainty == NOT_STUDIED) != (not self.keys):
            raise wrong("a route without evidence", f"name rows of the ledger, or call it {NOT_STUDIED}")
        require_hedge("a text", self.certainty, self.says)


@attrs.frozen
class Pair:
    """A medicine and a therapy for the same people."""

    label: str
    who: str
    medicine: str
    therapy: str
    orders: dict[str, Order] = attrs.field(hash=False)
    routes: tuple[Route, ...] = ()

    def order(self, key: str) -> Order:
        """What was found of an order; one that says so where no trial is on file."""
        return self.orders.get(key, Order(NO_TRIAL, NOT_STUDIED, "This order has not been studied in a trial on file."))

    def name(self, key: str) -> str:
        """``An SRI first, then exposure with response prevention added``."""
        return sentence(ORDERS[key].format(medicine=self.medicine, therapy=self.therapy))


@lru_cache
def orders(content: Path = CONTENT) -> dict[str, Pair]:
    """Every pair by its key. Raises :class:`ContentError` with every slip in the file."""
    source = read_toml(content / FILE)
    made = structure(_Orders, source).pairs
    findings = list(_slips(source, made, content))
    if findings:
        raise ContentError(findings)
    return made


@attrs.frozen
class _Orders:
    pairs: dict[str, Pair]


def _slips(source: Source, made: dict[str, Pair], content: Path) -> Iterator[Finding]:
    known = rows(with_ledger(content))
    for pair_key, pair in made.items():
        for key, order in pair.orders.items():
            where = f"pairs.{pair_key}.orders.{key}"
            if key not in ORDERS:
                yield source.finding(where, f"there is no order '{key}'", did_you_mean(key, ORDERS))
            yield from unknown_rows(source, where, order.keys, order.says, known)
        for number, route in enumerate(pair.routes, 1):
            yield from unknown_rows(source, f"pairs.{pair_key}.routes[{number}]", route.keys, route.says, known)
