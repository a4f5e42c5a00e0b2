"""The arms of published trials: who was given what, and how many of them had which outcome.

``trials(condition="PTSD", outcome="remission")`` gives the arms, an :class:`Arm` a row. The file is
``content/evidence/trials.csv``. Where the counts were not printed, ``counts_from`` says where they come from.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, NotFound, Source, did_you_mean, read_csv

from .records import Study, gathered, ledger, number_in, study_of

ARMS = ("both", "medication", "therapy", "therapy_placebo", "placebo", "other")
#: Where the counts come from: printed so; a per cent times the people; a published data set; worked out by the course
#: (for practice, never in a headline); or there are none, only the size of the arm or a mean.
COUNTS_FROM = ("reported", "percent", "data set", "inferred", "none")


@attrs.frozen
class Arm:
    """One arm of a trial for one outcome.

    ``harm`` is true where the events are bad, as relapses are. ``weeks`` is the time of measuring, ``primary`` whether this was the
    trial's main outcome: ``None`` is not known. ``study`` is where the numbers were read.
    """

    trial: str
    condition: str
    population: str
    arm: str
    detail: str
    outcome: str
    harm: bool
    weeks: int | None
    n: int | None
    events: int | None
    counts_from: str
    mean: float | None
    sd: float | None
    study: Study
    primary: bool | None
    inferred: bool

    @property
    def key(self) -> tuple:
        """What tells this row from every other."""
        return self.trial, self.outcome, self.weeks, self.arm, self.detail


COLUMNS = tuple(field.name for field in attrs.fields(Arm))


def trials(condition: str = "", outcome: str = "", content: Path = CONTENT) -> tuple[Arm, ...]:
    """The arms of published trials, all or those of one condition and one outcome."""
    arms = _arms(content)
    for column, wanted in (("condition", condition), ("outcome", outcome)):
        known = {getattr(arm, column) for arm in arms}
        if wanted and wanted not in known:
            raise NotFound(f"no trial with the {column} '{wanted}'; {did_you_mean(wanted, known)}")
        arms = tuple(arm for arm in arms if not wanted or getattr(arm, column) == wanted)
    return arms


@lru_cache
def _arms(content: Path) -> tuple[Arm, ...]:
    studies, there = ledger(content).studies, set()

    def make(row: Source) -> Arm:
        arm = _arm(row, studies)
        if arm.key in there:
            raise row.error(f"line {row.data['line']}", f"this arm of '{arm.trial}' stands here twice", "keep one, or say in detail what differs")
        there.add(arm.key)
        return arm

    return tuple(gathered(make, read_csv(content / "evidence" / "trials.csv", COLUMNS)))


def _arm(row: Source, studies: dict[str, Study]) -> Arm:
    cells, where = row.data, f"line {row.data['line']}"
    words = {name: cells[name] for name in ("trial", "condition", "population", "detail", "outcome")}
    for name in ("trial", "condition", "outcome"):
        if not words[name].strip():
            raise row.error(where, f"{name} is empty", "fill it in, or leave the row out")
    whole = {name: number_in(row, name, int, optional=True) for name in ("weeks", "n", "events")}
    scores = {name: number_in(row, name, float, optional=True) for name in ("mean", "sd")}
    yes = {"harm": _yes(row, "harm"), "inferred": _yes(row, "inferred"), "primary": _yes(row, "primary") if cells["primary"] else None}
    chosen = {"arm": _one_of(row, "arm", ARMS), "counts_from": _one_of(row, "counts_from", COUNTS_FROM)}
    arm = Arm(**words, **whole, **scores, **yes, **chosen, study=study_of(row, studies))
    if arm.study.withdrawn or (arm.trial in studies and studies[arm.trial].withdrawn):
        raise row.error(where, f"'{arm.trial}' was withdrawn", "leave its counts out: only the story of its retraction may show them")
    _check_counts(row, arm)
    return arm


def _check_counts(row: Source, arm: Arm) -> None:
    where = f"line {row.data['line']}"
    if min((number for number in (arm.weeks, arm.n, arm.events, arm.sd) if number is not None), default=0) < 0 or arm.n == 0:
        raise row.error(where, "a number is below what can be counted", "check it at the source")
    if (arm.events is None) != (arm.counts_from == "none"):
        raise row.error(where, f"events is '{row.data['events']}' and counts_from is '{arm.counts_from}'", "give both, or neither and write none")
    if arm.events is not None and (arm.n is None or arm.events > arm.n):
        raise row.error(where, f"events is {arm.events} and n is {row.data['n'] or 'empty'}", "there cannot be more events than people")
    if arm.inferred != (arm.counts_from == "inferred"):
        raise row.error(where, f"inferred is '{row.data['inferred']}' and counts_from is '{arm.counts_from}'", "let them agree")


def _one_of(row: Source, column: str, allowed: tuple[str, ...]) -> str:
    if row.data[column] not in allowed:
        raise row.error(f"line {row.data['line']}", f"{column} is '{row.data[column]}'", f"write one of: {', '.join(allowed)}")
    return row.data[column]


def _yes(row: Source, column: str) -> bool:
    return _one_of(row, column, ("yes", "no")) == "yes"
