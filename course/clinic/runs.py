"""Many runs of a clinic, and what they come to: ``summary(clinic("valley"), seeds=30)`` gives each measure with the band of its runs.

One run is luck. Every number here is the average over runs, and its band holds eight of ten of them. ``side_by_side`` sets a clinic beside
the one that it was, met by the same made-up people; :func:`in_words` says what came of it.
"""

from __future__ import annotations

import csv
import io
import math
import os
import statistics
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context

import attrs

from course.content.words import in_a_sentence

from .records import Scenario
from .simulation import INTAKE, LOST, Run, simulate

#: The first seed. From here on already the first two runs of each of the course's clinics are ordinary ones, so that a first answer is not far from the last.
FIRST_SEED = 13
#: Fewer runs than this are done here: to start other processes would take longer.
WORTH_SHARING = 8


@attrs.frozen
class Band:
    """An average over runs, and the band that holds eight of ten of them."""

    mean: float
    low: float
    high: float

    def text(self, unit: str = "", digits: int = 0) -> str:
        """``14 (11 to 17) weeks``."""
        mean, low, high = (f"{each:,.{digits}f}" for each in (self.mean, self.low, self.high))
        return f"{mean} ({low} to {high}) {unit}".rstrip()


def band(values: Iterable[float | None]) -> Band | None:
    """The band of some runs; None where none of them has such a number."""
    known = sorted(each for each in values if each is not None)
    if not known:
        return None
    return Band(statistics.fmean(known), _quantile(known, 0.1), _quantile(known, 0.9))


def _quantile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@attrs.frozen
class Measures:
    """What one run comes to. Waits are averages of those who came in during the second half; counts are of people referred from week 0."""

    seed: int
    waits: dict[str, float | None] = attrs.field(hash=False)
    group_waits: dict[str, dict[str, float | None]] = attrs.field(hash=False)
    referred: int
    treated: int
    remitted: int
    lost: int
    lost_by: dict[str, int] = attrs.field(hash=False)
    groups: dict[str, tuple[int, int, int]] = attrs.field(hash=False)  # referred, treated, lost
    busy: dict[str, float] = attrs.field(hash=False)
    queues: dict[str, tuple[int, ...]] = attrs.field(hash=False, repr=False)
    cost: float


def measured(scenario: Scenario, seed: int, before: Scenario | None = None) -> Measures:
    """One run and what it comes to."""
    return _measures(simulate(scenario, seed, before))


def _measures(run: Run) -> Measures:
    half, everybody = run.weeks / 2, run.everybody
    places = (INTAKE, *(key for key in run.queues if key != INTAKE))
    return Measures(
        seed=run.seed,
        waits={place: _average(run.waited(place, half)) for place in places},
        group_waits={place: {group: _average(run.waited(place, half, group)) for group in run.groups} for place in places},
        referred=everybody.referred, treated=everybody.treated, remitted=everybody.remitted, lost=everybody.lost,
        lost_by={reason: everybody.outcomes[reason] for reason in LOST},
        groups={key: (tally.referred, tally.treated, tally.lost) for key, tally in run.groups.items()},
        busy=run.busy, queues=run.queues, cost=run.cost,
    )  # fmt: skip


def _average(waits: list[float]) -> float | None:
    return statistics.fmean(waits) if waits else None


# ── Many of them ─────────────────────────────────────────────────────────────────────────────────

#: What is counted in every run, and of what.
COUNTS = ("referred", "treated", "remitted", "lost", "cost")


@attrs.frozen
class Summary:
    """What many runs of a clinic come to."""

    scenario: Scenario
    runs: tuple[Measures, ...] = attrs.field(repr=False)

    def wait(self, place: str, group: str | None = None) -> Band | None:
        """Weeks waited at a place: ``intake``, or a course such as ``therapy``."""
        return band(run.waits.get(place) if group is None else run.group_waits.get(place, {}).get(group) for run in self.runs)

    def count(self, what: str) -> Band:
        return band(getattr(run, what) for run in self.runs)

    def lost_by(self, reason: str) -> Band:
        return band(run.lost_by[reason] for run in self.runs)

    def busy(self, role: str) -> Band | None:
        """Per cent of a role's time, or of the care manager's list."""
        return band(100 * run.busy[role] if role in run.busy else None for run in self.runs)

    def treated_of_100(self, group: str | None = None) -> Band | None:
        """How many of 100 people referred began a treatment within the year; None where nobody was, or there is no such group."""
        return band(_of_100(*(run.groups.get(group, (0, 0))[:2] if group else (run.referred, run.treated))) for run in self.runs)

    @property
    def treated_by_group(self) -> dict[str, float]:
        """How many of 100 began a treatment, on average, in each group of which anybody came."""
        return {group: share.mean for group in self.scenario.groups if (share := self.treated_of_100(group))}

    def queue(self, place: str) -> list[Band]:
        """How many wait at a place, week by week; nothing where the clinic has no such place."""
        return [band(counts) for counts in zip(*(run.queues.get(place, ()) for run in self.runs), strict=True)]

    @property
    def places(self) -> tuple[str, ...]:
        """Where anybody waits, the first visit first."""
        return tuple(place for place in self.runs[0].waits if self.wait(place))

    @property
    def cost_of_remission(self) -> float:
        """Dollars for each person in remission."""
        remitted = self.count("remitted").mean
        return self.count("cost").mean / remitted if remitted else math.inf


def _of_100(whole: int, part: int) -> float | None:
    return 100 * part / whole if whole else None


def few(scenario: Scenario, seeds: int, before: Scenario | None = None) -> Summary:
    """A summary of runs done here, one after the other; each run is done once for any number of summaries."""
    return Summary(scenario, tuple(_kept(scenario, seed, before) for seed in range(FIRST_SEED, FIRST_SEED + seeds)))


_kept = lru_cache(maxsize=256)(measured)


def summary(scenario: Scenario, seeds: int, before: Scenario | None = None, moved: Callable[[str], None] = lambda what: None) -> Summary:
    """A summary of many runs, done by all processors side by side. ``moved`` hears of each that is done."""
    jobs = [(scenario, seed, before) for seed in range(FIRST_SEED, FIRST_SEED + seeds)]
    return Summary(scenario, tuple(sorted(_done(jobs, moved), key=lambda run: run.seed)))


def _done(jobs: list[tuple], moved: Callable[[str], None]) -> Iterator[Measures]:
    workers = min(os.cpu_count() or 1, len(jobs))
    if workers < 2 or len(jobs) < WORTH_SHARING:
        for job in jobs:
            yield measured(*job)
            moved("")
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:  # the same on every system
        for future in as_completed([pool.submit(measured, *job) for job in jobs]):
            run = future.result()
            moved("")
            yield run


# ── In words, and as a table ─────────────────────────────────────────────────────────────────────


def in_words(after: Summary, before: Summary | None = None) -> str:
    """A paragraph: what happens in the clinic, and beside it what happened as it was."""
    scenario = after.scenario
    runs = f"{len(after.runs)} runs of {scenario.weeks} weeks"
    parts = [f"{scenario.title}, {runs}; in brackets what eight of ten runs lie between."]
    parts += [f"{_place(scenario, place)}: {_beside(after.wait(place), before and before.wait(place), 'weeks')}." for place in after.places]
    treated, lost, remitted = (_beside(after.count(what), before and before.count(what)) for what in ("treated", "lost", "remitted"))
    parts.append(f"Of {after.count('referred').mean:.0f} people referred, {treated} began a treatment, {lost} were lost, "
                 f"and {remitted} were in remission within the time looked at.")  # fmt: skip
    parts.append(_fairness(after))
    parts.append(_fullest(after))
    parts.append(f"Staff and offers cost {after.count('cost').mean:,.0f} dollars" + (f", against {before.count('cost').mean:,.0f}." if before else "."))
    parts.append("This is a teaching model with assumed numbers; it predicts no real clinic.")
    return " ".join(filter(None, parts))


def _place(scenario: Scenario, place: str) -> str:
    return f"The wait for {'a first visit' if place == INTAKE else in_a_sentence(scenario.steps[place].title)}"


def _beside(now: Band, was: Band | None, unit: str = "") -> str:
    """``7.3 (4.4 to 10.0; as it is 14.8) weeks``."""
    digits = 1 if unit else 0
    return f"{now.text('', digits).removesuffix(')')}{f'; as it is {was.mean:.{digits}f}' if was else ''}) {unit}".rstrip()


def _fairness(made: Summary) -> str:
    """Which group is treated most, and which least."""
    shares = made.treated_by_group
    if len(shares) < 2:
        return ""
    most, least = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    first, last = (f"{made.scenario.groups[group].title} ({shares[group]:.0f} of 100)" for group in (most, least))
    return f"Most often treated: {first}; least often: {last}."


def _fullest(made: Summary) -> str:
    """Whose time is booked most."""
    full = {role: share.mean for role in made.scenario.staff if (share := made.busy(role))}
    if not full:
        return ""
    role = max(full, key=full.__getitem__)
    return f"Fullest: {made.scenario.staff[role].title}, {full[role]:.0f} % of the time."


def rows_of(made: Summary) -> list[tuple[str, str, str, Band]]:
    """Every measure of a summary: (measure, of what, unit, band)."""
    scenario = made.scenario
    rows = [("wait", place, "weeks", made.wait(place)) for place in made.places]
    rows += [(f"wait for {place}", group, "weeks", made.wait(place, group)) for place in made.places for group in scenario.groups]
    rows += [(what, "everybody", "dollars" if what == "cost" else "people", made.count(what)) for what in COUNTS]
    rows += [("lost", reason, "people", made.lost_by(reason)) for reason in LOST]
    rows += [("treated of 100", group, "people", made.treated_of_100(group)) for group in scenario.groups]
    rows += [("busy", role, "per cent", made.busy(role)) for role in scenario.staff]
    rows += [(f"waiting for {place}", f"week {week}", "people", each) for place in made.places for week, each in enumerate(made.queue(place))]
    return [row for row in rows if row[-1] is not None]


def as_csv(after: Summary, before: Summary | None = None) -> str:
    """Every measure as a table; a first column says which clinic."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("clinic", "measure", "of", "unit", "mean", "low", "high"))
    for name, made in (("as changed", after), ("as it is", before)) if before else (("", after),):
        for measure, of, unit, each in rows_of(made):
            writer.writerow((name or made.scenario.title, measure, of, unit, *(f"{number:.3f}" for number in (each.mean, each.low, each.high))))
    return file.getvalue()


def as_data(after: Summary, before: Summary | None = None) -> dict:
    """The same as plain data."""
    words = {"title": after.scenario.title, "runs": len(after.runs), "weeks": after.scenario.weeks, "words": in_words(after, before)}
    return words | {"measures": _plain(after)} | ({"as it is": {"title": before.scenario.title, "measures": _plain(before)}} if before else {})


def _plain(made: Summary) -> list[dict]:
    return [{"measure": measure, "of": of, "unit": unit, "mean": each.mean, "low": each.low, "high": each.high} for measure, of, unit, each in rows_of(made)]
