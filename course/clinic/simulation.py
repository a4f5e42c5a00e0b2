"""A clinic in weeks, person by person: ``simulate(clinic("harbour"), seed=1)`` gives what became of everybody who was referred.

The events are SimPy's; every person is a generator that waits for them. All chance comes from ``random.Random``: one stream for the arrivals and one for each
person, so that the same people come to a clinic before and after a change. The same seed gives the same :class:`Run` everywhere.

A clinician's hours are spread over the week: with 30 hours a week, a visit of 20 minutes takes a ninetieth of a week.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Generator
from random import Random
from typing import NamedTuple

import attrs
import simpy

from .desks import BOOKED, ROUTINE, URGENT, Desk, exponential
from .records import Scenario, Step

INTAKE = "intake"
#: What may become of somebody. Everybody referred is in exactly one of these at the end.
REMITTED, TREATED, ADVISED, ELSEWHERE = "remission", "treated, no remission", "assessed and advised", "sent elsewhere at triage"
GAVE_UP, MISSED, REFUSED, LEFT = "gave up waiting", "missed a first visit", "did not want what was offered", "left treatment early"
WAITING, IN_CARE = "waiting for a first visit", "in care"
LOST = (GAVE_UP, MISSED, REFUSED, LEFT)
OUTCOMES = (REMITTED, TREATED, ADVISED, ELSEWHERE, *LOST, WAITING, IN_CARE)
#: Nobody is taken to miss every visit, or to be sure to leave, however many barriers there are.
MOST_MISSED, MOST_LEAVE = 95.0, 99.0
#: What sets streams of chance apart that would begin with the same seed: the clinic's own from that of the arrivals, and each run's people from the next run's.
_OWN_STREAM, _PEOPLE_APART = 2**40, 1_000_003


@attrs.define(slots=True, eq=False)
class Person:
    """Somebody who was referred. ``began`` is when a treatment began, ``until`` when the patience of somebody in a queue ends, and ``luck``
    their own chances once they are in care, from their ``seed``."""

    group: str
    referred: float
    seed: int
    outcome: str = WAITING
    began: float | None = None
    until: float = math.inf
    luck: Random | None = None


class Wait(NamedTuple):
    """How long somebody waited at one place, until they came in."""

    place: str
    group: str
    began: float
    weeks: float


@attrs.frozen
class Tally:
    """What became of the people of one group, or of all: how many by outcome, and how many began a treatment."""

    outcomes: dict[str, int] = attrs.field(hash=False)
    treated: int

    @property
    def referred(self) -> int:
        return sum(self.outcomes.values())

    @property
    def remitted(self) -> int:
        return self.outcomes[REMITTED]

    @property
    def lost(self) -> int:
        return sum(self.outcomes[each] for each in LOST)


@attrs.frozen
class Little:
    """The two sides of Little's law before one desk: people in the queue, counted week by week; and arrivals a week times weeks in it."""

    counted: float
    arrivals_a_week: float
    weeks: float


@attrs.frozen
class Run:
    """One run: what became of the people referred from week 0 on, and how the queues stood."""

    seed: int
    weeks: int
    groups: dict[str, Tally] = attrs.field(hash=False)
    waits: tuple[Wait, ...] = attrs.field(repr=False)
    queues: dict[str, tuple[int, ...]] = attrs.field(hash=False, repr=False)
    busy: dict[str, float] = attrs.field(hash=False)
    little: dict[str, Little] = attrs.field(hash=False)
    cost: float
    visits: int

    @property
    def everybody(self) -> Tally:
        parts = self.groups.values()
        return Tally({each: sum(part.outcomes[each] for part in parts) for each in OUTCOMES}, sum(part.treated for part in parts))

    def waited(self, place: str, since: float = 0, group: str | None = None) -> list[float]:
        """The waits of those who came in at a place from a week on, of one group or of all."""
        return [each.weeks for each in self.waits if each.place == place and each.began >= since and group in (None, each.group)]


def simulate(scenario: Scenario, seed: int, before: Scenario | None = None) -> Run:
    """One run. The clinic works as it did ``before`` (or as it does now) for the weeks of settling, and as ``scenario`` from week 0."""
    made = Clinic(before or scenario, seed)
    if made.env.now < 0:
        made.env.run(until=0)
    made.work_as(scenario)
    Way(made.count_queues())
    made.env.run(until=scenario.weeks)
    return made.result()


class Way:
    """A generator that waits for SimPy's events, one after the other.

    A SimPy process does more, for which nobody here has a use: it can be interrupted and can fail. It also needs two events of its own.
    """

    __slots__ = ("_on",)

    def __init__(self, steps: Generator):
        self._on = steps.send
        first = next(steps, None)
        if first is not None:
            first.callbacks.append(self)

    def __call__(self, event: simpy.Event) -> None:
        try:
            following = self._on(event.value)
        except StopIteration:
            return
        following.callbacks.append(self)


class Clinic:
    """A scenario at work."""

    def __init__(self, scenario: Scenario, seed: int):
        self.env = simpy.Environment(-float(scenario.settle_weeks))
        self.seed, self.luck = seed, Random(_OWN_STREAM + seed)
        self.people: list[Person] = []
        self.waits: list[Wait] = []
        self.desks: dict[str, Desk] = {}  # by staff
        self.visits = 0
        self.on_list = 0  # of the care manager
        # How many wait or are on the list, week by week from week 0: by the place that people wait for, by staff, and in all.
        self.queues: dict[str, list[int]] = defaultdict(list)
        self.before_desks: dict[str, list[int]] = defaultdict(list)
        self.listed: list[int] = []
        self.work_as(scenario)
        Way(self.arrivals())

    def work_as(self, scenario: Scenario) -> None:
        """Work by this scenario from now on. Whoever has begun something goes on with it."""
        self.scenario = scenario
        self.listed_places = scenario.registry_places
        self.burdens = {key: _burden(scenario, key) for key in scenario.groups}
        courses = {step.staff: step for step in scenario.steps.values() if step.kind == "course"}
        self.groups_led = [key for key, step in scenario.steps.items() if step.kind == "course" and step.size > 1]
        for role, staff in scenario.staff.items():
            places = scenario.places(courses[role]) if role in courses else staff.clinicians * (staff.hours > 0)
            if role not in self.desks:
                self.desks[role] = Desk(self.env)
            self.desks[role].resize(places)

    # ── The way to a first visit ─────────────────────────────────────────────────────────────────

    def arrivals(self) -> Generator:
        """People come. Who they are is drawn here, as much for each: so they are the same in a clinic that works otherwise."""
        env, people = self.env, self.people
        drawn = Random(self.seed)
        chance = drawn.random
        while self.scenario.referrals_a_week:
            yield env.timeout(exponential(drawn, 1 / self.scenario.referrals_a_week))
            person = Person(_one_of(self.scenario.groups, chance()), env.now, self.seed * _PEOPLE_APART + len(people))
            people.append(person)
            elsewhere, rank, refuses, wish, missed = chance(), chance(), chance(), chance(), chance()
            patience = exponential(drawn, 1.0)
            if 100 * elsewhere < self.scenario.sent_elsewhere:
                person.outcome = ELSEWHERE
            else:
                rank = URGENT if 100 * rank < self.scenario.urgent else ROUTINE
                Way(self.journey(person, rank, refuses, wish, missed, patience))

    def journey(self, person: Person, rank: int, refuses: float, wish: float, missed: float, patience: float) -> Generator:
        """One person from triage to the end of care."""
        lost = yield from self.first_visit(person, rank, missed, patience)
        steps = self.scenario.routes[_one_of(self.scenario.routes, wish)].steps
        if lost or not steps:
            person.outcome = lost or ADVISED
        elif 100 * refuses < self.scenario.refuses:
            person.outcome = REFUSED
        else:
            person.outcome, person.luck = IN_CARE, Random(person.seed)
            person.outcome = yield from self.care(person, steps)

    def first_visit(self, person: Person, rank: int, chance: float, patience: float) -> Generator:
        """How it was lost, or "" for somebody who came. A visit that is missed has taken its time all the same."""
        env, asked = self.env, person.referred
        until = person.referred + patience * self.scenario.patience_weeks
        while True:
            intake = self.scenario.intake
            desk, person.until = self.desks[intake.staff], until
            if not (desk.take() or (yield desk.ask(rank, until - env.now))):
                return GAVE_UP
            person.until = math.inf
            came_in = env.now
            missed = self.missed_first(person, came_in - asked, chance)
            yield env.timeout(self.length_of(intake.minutes, intake.staff))
            desk.free()
            if not missed:
                self.waits.append(Wait(INTAKE, person.group, came_in, came_in - person.referred))
                return ""
            if 100 * self.luck.random() >= self.scenario.missed.comes_again:
                return MISSED
            asked, chance = env.now, self.luck.random()

    # ── Treatment ────────────────────────────────────────────────────────────────────────────────

    def care(self, person: Person, steps: tuple[str, ...]) -> Generator:
        """How it ends. Who stayed and is not better goes on to the next step, until there is none."""
        while True:
            lost, chance = yield from self.both(person, steps) if len(steps) == 2 else self.given(person, steps[0])
            if lost:
                return lost
            if 100 * person.luck.random() < chance:
                return REMITTED
            then = next((self.scenario.steps[key].then for key in steps if self.scenario.steps[key].then), "")
            if not then:
                return TREATED
            steps = (then,)

    def given(self, person: Person, key: str) -> Generator:
        """One step: how the person was lost ("" if not), and how many of 100 remit who stay like this one."""
        return (yield from self.course(person, key) if self.scenario.steps[key].kind == "course" else self.visit_by_visit(person, key))

    def both(self, person: Person, steps: tuple[str, ...]) -> Generator:
        """Medication and therapy: from two clinicians, each as soon as there is a place, or in one clinician's long visits."""
        visits, course = sorted(steps, key=lambda key: self.scenario.steps[key].kind == "course")
        one = self.scenario.integrated
        if 100 * person.luck.random() < one.share:
            lost, chance = yield from self.visit_by_visit(person, visits, one.minutes)
            return lost, min(100.0, chance * (1 + one.benefit / 100))
        beside = Person(person.group, self.env.now, person.seed)
        beside.luck = Random(person.luck.getrandbits(48))
        ended = self.env.event()
        Way(self.until_ended(self.course(beside, course), ended))
        lost, chance = yield from self.visit_by_visit(person, visits)
        lost_therapy, of_therapy = ended.value if ended.processed else (yield ended)
        if lost_therapy:
            return lost, chance
        return "", of_therapy if lost else min(100.0, chance * self.scenario.together)

    @staticmethod
    def until_ended(steps: Generator, ended: simpy.Event) -> Generator:
        ended.succeed((yield from steps))

    def visit_by_visit(self, person: Person, key: str, minutes: float = 0) -> Generator:
        """Visits so many weeks apart. One that is missed takes its time and has to be made up."""
        env, luck, step = self.env, person.luck, self.scenario.steps[key]
        person.began = env.now if person.began is None else person.began
        listed = self.on_list < self.listed_places
        self.on_list += listed
        leaves, missed = self.risks(person, step)
        desk, attended, lost = self.desks[step.staff], 0, ""
        while attended < step.visits and not lost:
            yield env.timeout(step.every_weeks)
            if not desk.take():
                yield desk.ask(BOOKED)
            yield env.timeout(self.length_of(minutes or step.minutes, step.staff))
            desk.free()
            attended += luck.random() >= missed
            lost = LEFT if luck.random() < leaves else ""
        self.on_list -= listed
        return lost, _times_odds(step.remission, self.scenario.registry.odds) if listed else step.remission

    def course(self, person: Person, key: str) -> Generator:
        """Wait for a place, come or not, and hold it to the end. A free place in a group may be taken instead."""
        env, luck = self.env, person.luck
        accepts, patience = 100 * luck.random() < self.scenario.accepts_group, exponential(luck, self.scenario.patience_weeks)
        if accepts and self.scenario.steps[key].size == 1:
            key = next((group for group in self.groups_led if self.desks[self.scenario.steps[group].staff].open), key)
        step, asked = self.scenario.steps[key], env.now
        desk = self.desks[step.staff]
        person.until = asked + patience
        if not (desk.take() or (yield desk.ask(ROUTINE, patience))):
            return GAVE_UP, 0.0
        person.until = math.inf
        waited, lost = env.now - asked, ""
        while self.missed_first(person, waited, luck.random()) and not lost:
            yield env.timeout(step.every_weeks)
            lost = MISSED if 100 * luck.random() >= self.scenario.missed.comes_again else ""
        if not lost:
            self.waits.append(Wait(key, person.group, env.now, env.now - asked))
            person.began = env.now if person.began is None else person.began
            sessions, lost = self.sessions(person, step)
            yield env.timeout(sessions * step.every_weeks)
        desk.free()
        return lost, step.remission

    def sessions(self, person: Person, step: Step) -> tuple[int, str]:
        """How many sessions a course comes to, with those that are missed, and whether the person leaves before its end."""
        leaves, missed = self.risks(person, step)
        luck, attended, held = person.luck, 0, 0
        while attended < step.visits:
            held += 1
            attended += luck.random() >= missed
            if luck.random() < leaves:
                return held, LEFT
        return held, ""

    # ── Chances and times ────────────────────────────────────────────────────────────────────────

    def missed_first(self, person: Person, waited: float, chance: float) -> bool:
        missed = self.scenario.missed.after(waited) * self.burdens[person.group][0]
        return 100 * chance < min(MOST_MISSED, missed)

    def risks(self, person: Person, step: Step) -> tuple[float, float]:
        """How likely somebody is to leave after a visit of this step, and to miss one."""
        more_missed, more_leave = self.burdens[person.group]
        leaves = 1 - (1 - min(step.leaves * more_leave, MOST_LEAVE) / 100) ** (1 / step.visits)
        return leaves, min(MOST_MISSED, self.scenario.missed.later * more_missed) / 100

    def length_of(self, minutes: float, role: str) -> float:
        """The weeks that a visit takes of one clinician's hours."""
        staff = self.scenario.staff[role]
        weeks = minutes / 60 * staff.clinicians / max(staff.hours, 0.01)  # hours may have just gone, with somebody in the room
        self.visits += self.env.now >= 0
        return weeks if self.scenario.lengths == "fixed" else exponential(self.luck, weeks)

    # ── What is counted ──────────────────────────────────────────────────────────────────────────

    def count_queues(self) -> Generator:
        """How many wait at each place, at the beginning of each week from week 0."""
        while True:
            self.count_queue()
            yield self.env.timeout(1)

    def count_queue(self) -> None:
        self.queues[INTAKE].append(self.desks[self.scenario.intake.staff].waiting((URGENT, ROUTINE)))
        for key, step in self.scenario.steps.items():
            if step.kind == "course":
                self.queues[key].append(self.desks[step.staff].waiting())
        for role, desk in self.desks.items():
            self.before_desks[role].append(desk.waiting())
        self.listed.append(self.on_list)

    def result(self) -> Run:
        scenario, weeks = self.scenario, self.scenario.weeks
        self.count_queue()
        for desk in self.desks.values():
            desk.close()
        cohort = [person for person in self.people if person.referred >= 0]
        for person in cohort:
            if person.until <= self.env.now:  # gone, though their turn to be called has not come
                person.outcome = GAVE_UP
        return Run(
            seed=self.seed,
            weeks=weeks,
            groups={key: _tally([person for person in cohort if person.group == key]) for key in scenario.groups},
            waits=tuple(wait for wait in self.waits if wait.began >= 0),
            queues={key: tuple(counts) for key, counts in self.queues.items()},
            busy=self.busy(),
            little={
                role: Little(_mean(self.before_desks[role]), desk.asked / weeks, desk.queued / desk.asked) for role, desk in self.desks.items() if desk.asked
            },
            cost=scenario.cost_a_week * weeks,
            visits=self.visits,
        )

    def busy(self) -> dict[str, float]:
        """How much of the time each role was with people, or how much of its list was taken."""
        shares = {role: desk.held / desk.places / self.scenario.weeks for role, desk in self.desks.items() if desk.places}
        if self.listed_places:
            shares[self.scenario.registry.staff] = _mean(self.listed) / self.listed_places
        return shares


def _tally(people: list[Person]) -> Tally:
    counts = dict.fromkeys(OUTCOMES, 0)
    for person in people:
        counts[person.outcome] += 1
    return Tally(counts, sum(person.began is not None for person in people))


def _burden(scenario: Scenario, group: str) -> tuple[float, float]:
    """How many times as many visits this group misses, and as many of it leave, with what the clinic offers."""
    missed = leaves = 1.0
    for key in scenario.groups[group].barriers:
        barrier = scenario.barriers[key]
        if not any(offer in scenario.offers for offer in barrier.eased_by):
            missed, leaves = missed * barrier.missed, leaves * barrier.leaves
    return missed, leaves


def _one_of(shared: dict, drawn: float) -> str:
    """The key that a draw from 0 to 1 falls on, by the shares of all."""
    left = 100 * drawn
    for key, each in shared.items():
        left -= each.share
        if left < 0:
            return key
    return key


def _times_odds(per_cent: float, times: float) -> float:
    """The per cent whose odds are so many times those of this one."""
    odds = times * per_cent
    return 100 * odds / (odds + 100 - per_cent) if odds else 0.0


def _mean(counts: list[int]) -> float:
    return sum(counts) / len(counts)
