"""The staircase: of 100 people who start, who is well, who has left and who is still unwell after each of STAR*D's four steps.

``climb(rates, stays)`` works it out. What was published is the share that came to remission in each step; how many go on between the steps
is assumed, and so is all that an audit finds. The file is ``content/evidence/staircase.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, one_of, read_toml, structure, wrong
from course.content.uses import Use

from .records import BRACED, dead_keys, ledger, with_ledger

#: What an audit may say of a step: how it is called, and what the step then was.
KINDS = {
    "not given": "the step did not happen as it is named",
    "other aim": "the step was aimed at something else",
    "not known": "nobody can tell whether the step worked",
}


@attrs.frozen
class Assumed:
    """A per cent that nobody on file measured, and how far the learner may move it."""

    label: str
    value: float
    says: str
    low: float = 0
    high: float = 100
    step: float = 5

    def __attrs_post_init__(self):
        if not 0 <= self.low <= self.value <= self.high <= 100:
            raise wrong(f"{self.value:g} lies outside {self.low:g} to {self.high:g}", "let the range hold the value, within 0 to 100")


@attrs.frozen
class Audited:
    """Something that an audit may find: what kind it is, what to ask, and what is known of how often it is so."""

    label: str
    kind: str = attrs.field(validator=one_of(*KINDS))
    asks: str
    known: str


@attrs.frozen
class Staircase:
    """The published shares by their keys, and all that is assumed."""

    steps: tuple[str, ...]
    first: str
    second: str
    assumed: dict[str, Assumed]
    findings: dict[str, Audited]
    explain: tuple[str, ...]
    not_for: tuple[str, ...]
    uses: tuple[Use, ...]

    @property
    def rates(self) -> tuple[float, ...]:
        """The share of those who came to each step that was well at its end."""
        return tuple(ledger()[key].value / 100 for key in self.steps)

    @property
    def doors(self) -> tuple[str, ...]:
        """The names of what is assumed of each door between two steps."""
        return tuple(f"stay_{number}" for number in range(1, len(self.steps)))

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that a learner may read, by the place where it stands."""
        yield from ((f"assumed.{key}", f"{each.label}. {each.says}") for key, each in self.assumed.items())
        yield from ((f"findings.{key}", f"{each.label}. {each.asks} {each.known}") for key, each in self.findings.items())
        yield from ((f"explain[{number}]", text) for number, text in enumerate(self.explain, 1))
        yield from ((f"not_for[{number}]", text) for number, text in enumerate(self.not_for, 1))
        yield from ((f"uses[{number}]", f"{each.ask} {each.answer}") for number, each in enumerate(self.uses, 1))


# ── The calculation ──────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Landing:
    """Where people stand after a step, as shares of all who started: ``came`` to it, ``well`` so far, ``left`` so far, and ``unwell`` and still there."""

    came: float
    well: float
    left: float
    unwell: float

    @property
    def people(self) -> tuple[int, int, int]:
        """Well, left and still unwell, as people of 100."""
        well, left, unwell = of_hundred((self.well, self.left, self.unwell))
        return well, left, unwell


def climb(rates: Sequence[float], stays: Sequence[float], later: float = 0.0) -> tuple[Landing, ...]:
    """Every landing. ``stays`` are the shares of those not well who go on through each door; ``later`` is the share of those who left that gets well."""
    came, well, left, landings = 1.0, 0.0, 0.0, []
    for rate, stay in zip(rates, (*stays, 1.0), strict=True):
        well += came * rate
        unwell = came * (1 - rate)
        landings.append(Landing(came, well, left, unwell))
        gone = unwell * (1 - stay)
        well, left, came = well + later * gone, left + (1 - later) * gone, unwell * stay
    return tuple(landings)


def if_nobody_leaves(rates: Sequence[float]) -> float:
    """The share that is well after all steps when everybody who is not well goes on."""
    return climb(rates, [1.0] * (len(rates) - 1))[-1].well


def fair_share(findings: int, share: float) -> float:
    """Of those not well after a step, the share in whom none of so many findings holds, each for the same share and apart from the others."""
    return (1 - share) ** findings


def of_hundred(shares: Sequence[float]) -> list[int]:
    """Shares as whole people of as many as they come to together, so that the people add up too."""
    edges = [round(100 * edge) for edge in accumulate(shares)]
    return [high - low for low, high in zip([0, *edges], edges, strict=False)]


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache
def staircase(content: Path = CONTENT) -> Staircase:
    """The staircase. Raises :class:`ContentError` with every slip in its file."""
    source = read_toml(content / "evidence" / "staircase.toml")
    made = structure(Staircase, source)
    findings = list(_slips(source, made, content))
    if findings:
        raise ContentError(findings)
    return made


def _slips(source: Source, made: Staircase, content: Path) -> Iterator[Finding]:
    known = ledger(with_ledger(content)).effects
    keys = (*made.steps, made.first, made.second)
    yield from dead_keys(source, "steps", keys, known)
    for key in keys:
        if key in known and known[key].measure != "percent":
            yield source.finding("steps", f"'{key}' is a {known[key].measure}", "name a per cent")
    for name in (*made.doors, "later", "share"):
        if name not in made.assumed:
            yield source.finding("assumed", f"'{name}' is missing", "add it, with label, value and says")
    for place, text in made.texts:
        yield from dead_keys(source, place, BRACED.findall(text), known)
