"""Which trials may be pooled, for whom and versus what: named sets of the arms of trials.

``comparison("depression").trials(versus="medication")`` gives the trials of one comparison, a :class:`Row` each: the counts, and where
they come from. Two shorthands for lessons: ``pooled("depression", versus="medication")`` is the pooled result and says itself in words,
``read_aloud("walkup_2008", versus="medication")`` is one trial's counts, said aloud.

A set lumps things together that another person might keep apart; ``lumped`` says what. Counts that the course worked out itself are for
practice: a row that holds them is never pooled unless somebody asks for it.

The file is ``content/evidence/comparisons.toml``; the counts stand in ``trials.csv``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, one_of, read_toml, structure, wrong
from course.content.words import in_a_sentence
from course.controls.blocks import plain

from . import pooling
from .pooling import Counts, Pooled
from .records import Study, ledger
from .trials import ARMS, Arm, trials
from .words import usual_risk, words_of_pooled

_COUNTS_FROM = {
    "reported": "counts as printed",
    "percent": "counts from the printed per cents",
    "data set": "counts from a published data set",
    "inferred": "counts worked out by the course from what was printed: for practice, not for a conclusion",
}

#: The published data set that rows with counts from a data set were read in.
DATA_SET = "linde_2016"


# ── Records ──────────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Versus:
    """What is compared: group 1 stands first, group 2 is the comparator.

    ``question`` is what a clinician would ask, ``doubt`` what this comparison cannot tell. ``blinded`` is true where nobody knew who was
    given what. ``details`` narrows group 2 to arms described so.
    """

    group_1: str
    group_2: str
    first: str = attrs.field(validator=one_of(*ARMS))
    second: str = attrs.field(validator=one_of(*ARMS))
    question: str
    doubt: str
    blinded: bool = False
    details: tuple[str, ...] = ()

    def holds(self, arm: Arm, group: int) -> bool:
        """Whether this arm of a trial belongs in group 1 or 2."""
        if group == 1:
            return arm.arm == self.first
        return arm.arm == self.second and (not self.details or arm.detail in self.details)


@attrs.frozen
class Window:
    """A span of weeks in which an outcome counts. ``outcomes`` replaces the set's own; ``undated`` takes rows without weeks in."""

    label: str
    first: int
    last: int
    outcomes: tuple[str, ...] = ()
    undated: bool = False

    def holds(self, arm: Arm) -> bool:
        return self.undated if arm.weeks is None else self.first <= arm.weeks <= self.last


@attrs.frozen
class Row:
    """One trial of a comparison: its counts, how long after the start, where they were read, and what was given."""

    key: str
    table: Counts
    weeks: int | None
    counts_from: str
    study: Study
    population: str
    detail_1: str
    detail_2: str

    @property
    def solid(self) -> bool:
        """Whether the counts may stand in a conclusion: those worked out by the course may not."""
        return self.counts_from != "inferred"

    @property
    def people(self) -> int:
        return self.table.n_1 + self.table.n_2

    @property
    def note(self) -> str:
        """Where the counts come from, and when people were asked: ``counts as printed, 12 weeks``."""
        return _COUNTS_FROM[self.counts_from] + ("" if self.weeks is None else f", {self.weeks} weeks")

    @property
    def sources(self) -> str:
        """Where the counts were read, linked: the trial, and the data set that printed them if there is one."""
        studies = [self.study] + [ledger().study(DATA_SET)] * (self.counts_from == "data set" and self.study.key != DATA_SET)
        return " and ".join(study.linked for study in studies)


@attrs.frozen
class Comparison:
    """People with an outcome, and every trial that counted it.

    ``people`` and ``did`` make sentences (*of 100 adults with depression, 56 responded*); ``outcome`` is the same as a noun.
    ``good`` is false where the outcome is to be avoided. ``times`` are the windows by name, ``lumped`` what is taken together here.
    """

    key: str
    title: str
    people: str
    condition: str
    populations: tuple[str, ...]
    outcomes: tuple[str, ...]
    did: str
    outcome: str
    lumped: str
    good: bool
    times: dict[str, Window]
    comparators: dict[str, Versus]
    names: dict[str, str]
    arms: tuple[Arm, ...]

    def trials(self, versus: str = "medication", time: str = "end") -> tuple[Row, ...]:
        """The trials that compared these two by this time, in the order of their years; empty where there is none."""
        what, arms = self.versus(versus), self.counted(time)
        found = (self._row(key, [arm for arm in arms if arm.trial == key], what) for key in dict.fromkeys(arm.trial for arm in arms))
        return tuple(sorted(filter(None, found), key=lambda row: (row.key.split("_")[1], row.key)))

    def versus(self, key: str) -> Versus:
        if key not in self.comparators:
            raise NotFound(f"there is no comparator '{key}'; {did_you_mean(key, self.comparators)}")
        return self.comparators[key]

    def window(self, time: str) -> Window:
        if time not in self.times:
            raise NotFound(f"'{self.key}' has no time '{time}'; {did_you_mean(time, self.times)}")
        return self.times[time]

    def studied(self, time: str = "end") -> dict[str, Versus]:
        """The comparators that at least one trial has by this time."""
        return {key: versus for key, versus in self.comparators.items() if self.trials(key, time)}

    def counted(self, time: str = "end") -> tuple[Arm, ...]:
        """The arms of these people in which the outcome was counted by this time."""
        window = self.window(time)
        outcomes = window.outcomes or self.outcomes
        counted = (arm for arm in self.arms if arm.events is not None and arm.outcome in outcomes and window.holds(arm))
        return tuple(arm for arm in counted if not self.populations or arm.population in self.populations)

    def _row(self, key: str, arms: Sequence[Arm], what: Versus) -> Row | None:
        """The trial at its last measuring in which both groups were counted."""
        pairs = [
            (one, two) for one in arms if what.holds(one, 1) for two in arms if what.holds(two, 2) and (one.outcome, one.weeks) == (two.outcome, two.weeks)
        ]
        if not pairs:
            return None
        one, two = max(pairs, key=lambda pair: -1 if pair[0].weeks is None else pair[0].weeks)
        table = Counts(_trial_name(key, self.names), one.events, one.n, two.events, two.n)
        counts_from = max(one.counts_from, two.counts_from, key=list(_COUNTS_FROM).index)
        return Row(key, table, one.weeks, counts_from, one.study, one.population, one.detail, two.detail)


def _trial_name(key: str, names: dict[str, str]) -> str:
    """``Naeem 2010``; where a team has two trials in a year, ``Grilo 2005 (orlistat)``."""
    if key in names:
        return names[key]
    author, _, rest = key.partition("_")
    year, _, which = rest.partition("_")
    study = ledger().studies.get(key)
    return (study.short if study else f"{author.capitalize()} {year}") + (f" ({which})" if which else "")


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


@attrs.frozen
class _Times:
    """A window as the file has it."""

    label: str
    to: int
    outcomes: tuple[str, ...] = ()
    undated: bool = False
    since: int = 0

    def __attrs_post_init__(self):
        if not 0 <= self.since <= self.to:
            raise wrong(f"the weeks run from {self.since} to {self.to}", "let them run forwards")


@attrs.frozen
class _Set:
    """A set as the file has it."""

    title: str
    people: str
    condition: str
    outcomes: tuple[str, ...]
    did: str
    outcome: str
    lumped: str
    times: dict[str, _Times]
    populations: tuple[str, ...] = ()
    good: bool = True

    def __attrs_post_init__(self):
        if "end" not in self.times:
            raise wrong("times.end is missing", "say which weeks are the end of treatment")


@attrs.frozen
class _File:
    names: dict[str, str]
    versus: dict[str, Versus]
    sets: dict[str, _Set]


def comparison(name: str, content: Path = CONTENT) -> Comparison:
    """The set of this name: ``comparison("depression")``."""
    sets = comparisons(content)
    if name not in sets:
        raise NotFound(f"there is no set of trials '{name}'; {did_you_mean(name, sets)}")
    return sets[name]


@lru_cache
def comparisons(content: Path = CONTENT) -> dict[str, Comparison]:
    """Every set by its key, in the order of the file. Raises :class:`ContentError` with every slip in it."""
    source = read_toml(content / "evidence" / "comparisons.toml")
    file = structure(_File, source)
    made = {key: _comparison(key, each, file, content) for key, each in file.sets.items()}
    findings = [finding for each in made.values() for finding in _findings(each, source, content)]
    if findings:
        raise ContentError(findings)
    return made


def _comparison(key: str, each: _Set, file: _File, content: Path) -> Comparison:
    times = {name: Window(time.label, time.since, time.to, time.outcomes, time.undated) for name, time in each.times.items()}
    arms = tuple(arm for arm in trials(content=content) if arm.condition == each.condition)
    return Comparison(
        key, each.title, each.people, each.condition, each.populations, each.outcomes, each.did, each.outcome, each.lumped, each.good,
        times, file.versus, file.names, arms,
    )  # fmt: skip


def _findings(made: Comparison, source: Source, content: Path) -> Iterator[Finding]:
    """What a set names and no trial has."""
    where = f"sets.{made.key}"
    if not made.arms:
        yield source.finding(
            where, f"no trial has the condition '{made.condition}'", did_you_mean(made.condition, {arm.condition for arm in trials(content=content)})
        )
        return
    for field, named, known in (
        ("outcomes", made.outcomes, {arm.outcome for arm in made.arms}),
        ("outcomes", [outcome for time in made.times.values() for outcome in time.outcomes], {arm.outcome for arm in made.arms}),
        ("populations", made.populations, {arm.population for arm in made.arms}),
    ):
        for name in named:
            if name not in known:
                yield source.finding(f"{where}.{field}", f"no trial of {made.condition} has '{name}'", did_you_mean(name, known))
    for time in made.times:
        if not made.studied(time):
            yield source.finding(f"{where}.times.{time}", "no trial has counts in these weeks", "widen the weeks, or leave the time out")
    if {arm.harm for arm in made.arms if arm.outcome in made.outcomes} == {made.good}:
        yield source.finding(f"{where}.good", f"good is {str(made.good).lower()}, and trials.csv says otherwise", "let them agree")


# ── For lessons ──────────────────────────────────────────────────────────────────────────────────


@attrs.frozen(repr=False)
class Answer(Pooled):
    """A pooled result that knows what was compared, and says itself in words. ``labels`` are the names of the two groups."""

    group_1: str
    group_2: str
    outcome: str
    risk_2: float
    good: bool
    people: int
    rows: tuple[Row, ...]

    @property
    def labels(self) -> tuple[str, str]:
        return self.group_1, self.group_2

    @property
    def words(self) -> tuple[str, ...]:
        return words_of_pooled(self, self.group_1, self.group_2, self.outcome, self.risk_2)

    def __repr__(self) -> str:
        return "\n".join(self.words)

    def _repr_markdown_(self) -> str:
        first, *more = self.words
        return "\n\n".join((f"**{first}**", *more))


def pool_rows(rows: Sequence[Row], made: Comparison, versus: str, measure: str = "RR", method: str = "REML", knapp_hartung: bool = False) -> Answer:
    """These trials of a comparison as one answer. Without any trial, a :class:`~course.evidence.pooling.CannotPool`."""
    tables, what = [row.table for row in rows], made.versus(versus)
    result = pooling.pool_table(tables, measure, method, knapp_hartung)
    fields = {field.name: getattr(result, field.name) for field in attrs.fields(Pooled)}
    people = sum(row.people for row in rows if row.table.trial in {trial.trial for trial in result.trials})
    return Answer(**fields, group_1=what.group_1, group_2=what.group_2, outcome=made.outcome, risk_2=usual_risk(tables), good=made.good, people=people,
                  rows=tuple(rows))  # fmt: skip


def pooled(
    name: str, versus: str = "medication", time: str = "end", measure: str = "RR", method: str = "REML", knapp_hartung: bool = False,
    without: Sequence[str] = (),
) -> Answer:  # fmt: skip
    """Pool the trials of one set: ``pooled("depression", versus="medication", without=("naeem_2010",))``.

    What you get shows itself in words, and can be drawn: ``forest_plot(pooled("depression"))``. Trials whose counts the course
    worked out itself are not among them.
    """
    made = comparison(name)
    rows = [row for row in made.trials(versus, time) if row.solid]
    left_out = [without] if isinstance(without, str) else list(without)
    for key in left_out:
        if key not in {row.key for row in rows}:
            raise NotFound(f"there is no trial '{key}' to leave out; {did_you_mean(key, [row.key for row in rows])}")
    rows = [row for row in rows if row.key not in left_out]
    if not rows:
        words = f"{made.versus(versus).group_1} with {made.versus(versus).group_2}"
        raise NotFound(f"no trial is left that compared {words} in '{name}'; {_instead(made, time)}")
    return pool_rows(rows, made, versus, measure, method, knapp_hartung)


def _instead(made: Comparison, time: str) -> str:
    studied = [key for key in made.studied(time) if any(row.solid for row in made.trials(key, time))]
    return "there is: " + ", ".join(f'versus="{key}"' for key in studied)


@attrs.frozen(repr=False)
class Said:
    """A trial's counts said aloud, with where they were read."""

    words: str
    row: Row

    def __repr__(self) -> str:
        return plain(f"{self.words}\nSource: {self.row.sources}, {self.row.note}.")

    def _repr_markdown_(self) -> str:
        return f"{self.words}\n\nSource: {self.row.sources}, {self.row.note}."


def read_aloud(trial: str, versus: str = "medication", time: str = "end") -> Said:
    """One trial's counts as somebody would say them: ``read_aloud("walkup_2008", versus="medication")``."""
    sets = [made for made in comparisons().values() if any(arm.trial == trial for arm in made.arms)]
    known = {row.key for made in comparisons().values() for when in made.times for key in made.comparators for row in made.trials(key, when)}
    if trial not in known:
        raise NotFound(f"there is no trial '{trial}' to read aloud; {did_you_mean(trial, known)}")
    found = [(made, row) for made in sets if time in made.times for row in made.trials(versus, time) if row.key == trial]
    if not found:
        there = [key for made in sets for key in made.comparators for row in (made.trials(key, time) if time in made.times else ()) if row.key == trial]
        raise NotFound(f"'{trial}' has no counts versus '{versus}' at the time '{time}'; " + _offered(there, sets, trial))
    made, row = found[0]
    return Said(pooling.read_aloud(row.table, in_a_sentence(row.detail_1), in_a_sentence(row.detail_2), made.outcome), row)


def _offered(there: Sequence[str], sets: Sequence[Comparison], trial: str) -> str:
    if there:
        return "there is: " + ", ".join(f'versus="{key}"' for key in dict.fromkeys(there))
    times = {time for made in sets for time in made.times for key in made.comparators if any(row.key == trial for row in made.trials(key, time))}
    return "there is: " + ", ".join(f'time="{time}"' for time in sorted(times))
