"""*The waiting room*: guess a wait, then spend clinicians' hours and watch who waits, who is treated, who is lost, and what it costs.

A change is answered from a few runs, and worked out from more of them while the page stands (:meth:`WaitingRoom.refined`). The clinic as it
is stands beside it all the time, met by the same made-up people.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.content.settings import access_facts
from course.content.words import either, in_a_sentence
from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.audit import linked, row_linked

from ..queues import visits_waited
from ..records import ASSUMPTION, Scenario, card, clinic, clinics, published
from ..runs import Band, Summary, few
from ..simulation import INTAKE, LOST

#: Runs that a change is answered from at once, and at last.
FEW, RUNS = 2, 20
PLACE, THERAPIST = "therapy", "therapist"
#: Hours a week that may be added: setting: (staff, label, most, step).
HOURS = {
    "prescriber": ("prescriber", "More hours for prescribers", 16, 2),
    "therapist": (THERAPIST, "More hours for therapists", 16, 2),
    "group": ("group-leader", "More hours for a group", 8, 2),
    "registry": ("care-manager", "More hours for a care manager", 16, 2),
}
_MOVED = ("clinic", *HOURS, "offers", "integrated", "benefit")
CLOSE = 2  # weeks
LABEL = "Teaching model"


@attrs.frozen
class WaitingRoom:
    """What is set, how long the wait was guessed to be, and how many runs it is worked out from."""

    guess: float | None = None
    clinic: str = "harbour"
    prescriber: float = 0
    therapist: float = 8
    group: float = 0
    registry: float = 0
    offers: tuple[str, ...] = ()
    integrated: float = 0
    benefit: float = 0
    runs: int = FEW

    name = "waiting-room"
    title = "The waiting room"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> WaitingRoom:
        fits = type(value) in (int, float) and 0 <= value <= 104
        return attrs.evolve(self, guess=value) if fits else self

    def fresh(self) -> WaitingRoom:
        return WaitingRoom(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> WaitingRoom:
        made = attrs.evolve(self, runs=FEW, **{name: values[name] for name in _MOVED if name in values})
        return attrs.evolve(made, offers=tuple(offer for offer in _to_add(made.clinic) if offer in made.offers))

    def refined(self) -> WaitingRoom | None:
        """The same worked out from one more run, or None when it has enough of them."""
        if self.guess is None or self.runs >= RUNS:
            return None
        finer = attrs.evolve(self, runs=self.runs + 1)
        _ = finer.now, finer.was  # done here, so that no page has to wait for it
        return finer

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def as_it_is(self) -> Scenario:
        return clinic(self.clinic)

    @property
    def scenario(self) -> Scenario:
        base = self.as_it_is
        more = {role: getattr(self, name) for name, (role, *_) in HOURS.items()}
        staff = {role: attrs.evolve(each, hours=each.hours + more.get(role, 0)) for role, each in base.staff.items()}
        both = attrs.evolve(base.integrated, share=self.integrated, benefit=self.benefit)
        return attrs.evolve(base, staff=staff, offers=(*base.offers, *self.offers), integrated=both)

    @property
    def now(self) -> Summary:
        """The clinic as it is changed."""
        return few(self.scenario, self.runs, self.as_it_is)

    @property
    def was(self) -> Summary:
        """The clinic as it is."""
        return few(self.as_it_is, self.runs, self.as_it_is)

    @property
    def headline(self) -> str:
        now, was = self.now, self.was
        wait, before = now.wait(PLACE), was.wait(PLACE)
        treated, least = now.treated_of_100(), _least(now)
        waits = f"The wait for therapy is {_weeks(wait)} by the second half of the year; with nothing done it is {_weeks(before)}."
        of_100 = f"Of 100 people referred, {treated.mean:.0f} begin a treatment ({was.treated_of_100().mean:.0f} with nothing done)"
        return f"{waits} {of_100}; of {in_a_sentence(now.scenario.groups[least].title)}, {now.treated_of_100(least).mean:.0f}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _to_add(key: str) -> tuple[str, ...]:
    """What a clinic could offer and does not."""
    return tuple(offer for offer in clinic(key).offer_costs if offer not in clinic(key).offers)


def _weeks(wait: Band | None) -> str:
    return f"{wait.mean:.0f} week{'s' * (f'{wait.mean:.0f}' != '1')}" if wait else "not known, because nobody came in"


def _least(made: Summary) -> str:
    """The group of which the smallest share is treated."""
    shares = made.treated_by_group
    return min(shares, key=shares.__getitem__)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    start = WaitingRoom()
    base = start.as_it_is
    return [
        b.heading("The waiting room", 4, eyebrow="Predict first"),
        b.prose(f"At {base.title}, an invented clinic, {base.referrals_a_week:g} people are referred each week. "
                f"Therapists have {base.staff[THERAPIST].hours:g} hours a week with people, and the wait for therapy is about 14 weeks. "
                f"You give the therapists {start.therapist:g} more hours a week. "
                "How long is the wait in the second half of the year that follows? Your guess is kept as you made it."),
        b.number(GUESS, "The wait for therapy then", "weeks", submit="Lock my guess and show me", bounds=(0, 104)),
    ]  # fmt: skip


def _after(state: WaitingRoom) -> list[b.Block]:
    at_first = attrs.evolve(state, runs=FEW) == state.fresh()
    return [
        b.heading(f"{state.as_it_is.title}: {_spent(state)}", 4, eyebrow=f"{LABEL} · {state.runs} runs", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        b.listing(list(_beside(state))),
        *(() if at_first else [b.folded("Your guess", list(_gap(state)))]),
        *_card(),
    ]


def _spent(state: WaitingRoom) -> str:
    hours = sum(getattr(state, name) for name in HOURS)
    extra = state.scenario.cost_a_week - state.as_it_is.cost_a_week
    return f"{hours:g} more hours a week, {extra:,.0f} dollars" if extra or hours else "nothing added"


def _gap(state: WaitingRoom) -> Iterator[b.Block]:
    found = attrs.evolve(state.fresh(), runs=state.runs).now.wait(PLACE).mean
    off = state.guess - found
    close = "That is close" if abs(off) <= CLOSE else f"Your guess is {abs(off):.0f} weeks {'above' if off > 0 else 'below'} it"
    text = f"You said {state.guess:g} weeks. With {state.fresh().therapist:g} more hours the model says {found:.0f}. {close}."
    because = "The queue that is there has to be worked off first. And when the wait falls, fewer people give up, so more are there to be seen."
    yield b.feedback("guess", text, because, focus="guess")


def _settings(state: WaitingRoom) -> b.Block:
    extra = [b.slider(name, label, 0, most, step, getattr(state, name), "hours a week") for name, (_, label, most, step) in HOURS.items()]
    offers = {offer: access_facts()[offer] for offer in _to_add(state.clinic)}
    return b.settings(
        SETTINGS, "What you spend, and on what",
        b.menu("clinic", "The clinic", {key: each.title for key, each in clinics().items()}, state.clinic),
        *extra,
        b.ticks("offers", "What you add", offers, list(state.offers)),
        b.slider("integrated", "Of those who are to have both, how many have both from one prescriber", 0, 100, 10, state.integrated, "of 100"),
        b.slider("benefit", "Benefit of that beyond medication (assumed; not studied)", 0, 50, 5, state.benefit, "% more remissions"),
    )  # fmt: skip


def _beside(state: WaitingRoom) -> Iterator[str]:
    now, was = state.now, state.was
    treated, lost, remitted = (f"{now.count(what).text()}, with nothing done {was.count(what).mean:.0f}" for what in ("treated", "lost", "remitted"))
    yield f"Wait for a first visit: {now.wait(INTAKE).text('weeks', 1)}, with nothing done {was.wait(INTAKE).mean:.1f}."
    yield f"Began a treatment: {treated}, of {now.count('referred').mean:.0f} people referred in the year."
    most = max(LOST, key=lambda reason: now.lost_by(reason).mean)
    yield f"Lost: {lost}. Most of them: {most} ({now.lost_by(most).mean:.0f})."
    yield f"In remission within the year: {remitted}. Many are still in care then."
    yield f"Cost of the year: {now.count('cost').mean:,.0f} dollars, with nothing done {was.count('cost').mean:,.0f}."
    if now.cost_of_remission < math.inf:
        yield f"Cost for each person in remission: {now.cost_of_remission:,.0f} dollars, with nothing done {was.cost_of_remission:,.0f}."
    for role, staff in now.scenario.staff.items():
        if share := now.busy(role):
            yield f"{staff.title}: {share.mean:.0f} % of the time is taken."
    yield _little(now)
    yield _full(now)


def _little(now: Summary) -> str:
    queue, wait = now.queue(PLACE), now.wait(PLACE)
    waiting = statistics.fmean(each.mean for each in queue[len(queue) // 2:])  # the half year in which the wait is taken
    joined = waiting / wait.mean if wait and wait.mean else 0.0
    if joined < 0.1:  # a person in ten weeks: less than that is no queue to speak of
        return "Little's law: nobody to speak of waits for therapy."
    return f"Little's law: {waiting:.0f} people waiting and {wait.mean:.1f} weeks each mean that about {joined:.1f} leave the queue a week."


def _full(now: Summary) -> str:
    share = now.busy("prescriber").mean / 100
    if share >= 0.995:  # it prints as 100 %, where the formula has no end
        return "Prescribers have no free time at all: whatever goes wrong stays in the queue."
    waits = f"{visits_waited(share):.0f} visits long; at 80 % it is {visits_waited(0.8):.0f}"
    return f"By formula, one clinician who is {100 * share:.0f} % full keeps people waiting {waits}."


def _card() -> Iterator[b.Block]:
    made = card()
    assumed = [f"{place}: {number.says}" for place, number in made.numbers.items() if number.source == ASSUMPTION]
    yield b.note(f"{LABEL}: not for real clinics", f"{linked(made.says)}\n\nIt must not be used for {either(made.not_for)}.")
    yield b.folded("Model card: what it is fitted to, and what is assumed", [
        b.heading("Read in studies", 4),
        b.listing([row_linked(row) for row in published(made)]),
        b.heading("Assumed", 4),
        b.listing([linked(text) for text in (*made.assumptions, *assumed)]),
    ])  # fmt: skip
    yield b.heading("What is known", 4)
    yield b.listing([linked(text) for text in made.explain])
    yield from b.tasks((linked(use.ask), linked(use.answer)) for use in made.uses)


@lru_cache(maxsize=4)
def _drawing(groups: int):
    from ..figures import WaitsDrawing

    return WaitsDrawing(groups)


def _draw(state: WaitingRoom):
    now, was = state.now, state.was
    least = _least(now)
    title = f"The wait for therapy is {_weeks(now.wait(PLACE))}, with nothing done {_weeks(was.wait(PLACE))}; "
    title += f"least often treated: {in_a_sentence(now.scenario.groups[least].title)}"
    return _drawing(len(now.scenario.groups)).update(title, PLACE, now, was)
