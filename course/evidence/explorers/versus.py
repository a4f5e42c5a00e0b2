"""*Versus what?*: say who is ahead under three comparators, then change what is compared, when, and how it is pooled.

The headline rewrites itself with every change, with the word of its certainty. The trials are those of :mod:`..comparisons`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..comparisons import Answer, Comparison, Row, Versus, comparison, comparisons, pool_rows
from ..pooling import MEASURES, CannotPool, includes_nothing, is_open, leave_one_out, more_or_fewer, trials_text
from ..rating import LITTLE, RULE_OF_THUMB, Rating, conclusion, of_hundred_more, rate
from ..words import of_hundred

#: The comparators that the learner predicts before any is shown, all in adults with depression.
START = "depression"
PREDICTED = ("medication", "therapy", "therapy-or-medication")
AHEAD = {"first": "the first-named is ahead", "same": "about the same", "second": "the second-named is ahead"}
SCALES = {"RR": "risk ratio", "OR": "odds ratio", "RD": "risk difference (of 100 people)"}
MODELS = {"fixed": "fixed effect", "DL": "random effects (DL)", "PM": "random effects (PM)", "REML": "random effects (REML)"}
NO_TICK = "No trial is ticked, so there is nothing to pool. Tick at least one."
NO_COUNTS = "No trial of this on file printed its counts. The course worked some out: tick a trial below to practise with it."
PRACTICE = "For practice only, because the course worked out some of these counts itself"
ABOUT_PEOPLE = "These are averages of the people in these trials. They are no forecast for one person."
MOST_DRAWN = 12


@attrs.frozen
class VersusWhat:
    """What is set and what was predicted. ``trials`` are the keys of the trials that are ticked."""

    guess: tuple[str, ...] | None = None
    set: str = START
    versus: str = "medication"
    time: str = "end"
    measure: str = "RR"
    method: str = "REML"
    knapp_hartung: bool = False
    trials: tuple[str, ...] = attrs.Factory(lambda self: _solid(comparison(self.set).trials(self.versus, self.time)), takes_self=True)

    name = "versus-what"
    title = "Versus what?"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> VersusWhat:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in AHEAD for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> VersusWhat:
        return VersusWhat(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> VersusWhat:
        """The state with these settings; when other trials are in question, all that may be pooled are ticked."""
        made = comparison(values.get("set", self.set))
        time = values.get("time", self.time)
        time = time if time in made.times else "end"
        versus = values.get("versus", self.versus)
        studied = made.studied(time)
        versus = versus if versus in studied else next(iter(studied))
        asked = (made.key, versus, time)
        trials = tuple(values.get("trials", self.trials)) if asked == (self.set, self.versus, self.time) else _solid(made.trials(versus, time))
        how = {"measure": values.get("measure", self.measure), "method": values.get("method", self.method)}
        hartung = bool(values["interval"]) if "interval" in values else self.knapp_hartung
        return VersusWhat(self.guess, *asked, **how, knapp_hartung=hartung, trials=trials)

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def made(self) -> Comparison:
        return comparison(self.set)

    @property
    def what(self) -> Versus:
        return self.made.versus(self.versus)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every trial that could be ticked."""
        return self.made.trials(self.versus, self.time)

    @property
    def ticked(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.key in self.trials)

    @property
    def answer(self) -> Answer | None:
        """The ticked trials, pooled; None where nothing can be."""
        try:
            return pool_rows(self.ticked, self.made, self.versus, self.measure, self.method, self.knapp_hartung) if self.ticked else None
        except CannotPool:
            return None

    @property
    def practice(self) -> bool:
        """Whether a count is among them that must not stand in a conclusion."""
        return not all(row.solid for row in self.ticked)

    @property
    def headline(self) -> str:
        """The finding in one breath: of 100 people, then what to make of it, then the ratio with its interval."""
        answer = self.answer
        if not self.ticked:
            return NO_TICK if _solid(self.rows) else NO_COUNTS
        if answer is None:
            return "In these trials nobody or everybody had the outcome, so there is no ratio. Choose the risk difference."
        people, numbers = _of_hundred_people(self.made, self.what, answer, self.made.window(self.time).label), _numbers(answer)
        if self.practice:
            return f"{PRACTICE}: {people} {numbers}"
        return f"{sentence(people)} {conclusion(rating(answer, self.what).level, _more(answer), *answer.labels, answer.good)} {numbers}"

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _solid(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row.key for row in rows if row.solid)


def rating(answer: Answer, what: Versus) -> Rating:
    return rate(answer, answer.people, answer.risk_2, what.blinded)


def _more(answer: Answer) -> float:
    return of_hundred_more(answer, answer.risk_2)


def _of_hundred_people(made: Comparison, what: Versus, answer: Answer, when: str) -> str:
    second = round(100 * answer.risk_2)
    first = round(100 * answer.risk_2 + _more(answer))
    return f"of 100 {made.people}, about {first} {made.did} with {what.group_1} and {second} with {what.group_2} {when}."


def _numbers(answer: Answer) -> str:
    trials = trials_text(len(answer.trials))
    return f"{sentence(MEASURES[answer.measure])} {answer.text}; {includes_nothing(answer)}. {trials}, {answer.people:,} people."


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    made = comparison(START)
    pairs = {key: f"{sentence(made.versus(key).group_1)} v {made.versus(key).group_2}" for key in PREDICTED}
    return [
        b.heading("Versus what?", 4, eyebrow="Predict first"),
        b.prose(f"“Together is better” is half a sentence. Better than what? Think of {made.people}. Who has more people responding when treatment ends? "
                "Guess all three before you see any. Your guesses are kept as you made them."),
        b.places(GUESS, "Who is ahead?", pairs, AHEAD, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: VersusWhat) -> list[b.Block]:
    return [
        b.heading(f"{sentence(state.what.group_1)} v {state.what.group_2}", 4, eyebrow=state.made.title, focus="headline"),
        b.prose(state.headline, "lead"),
        *_gap(state),
        _settings(state),
        *_figure(state),
        *_certainty(state),
        *_in_people(state),
        *_without_each(state),
        *_what_to_know(state),
        b.prose(ABOUT_PEOPLE, "quiet"),
    ]


def _gap(state: VersusWhat) -> Iterator[b.Block]:
    """The guess beside what the trials say, where one was made."""
    if (state.set, state.time) != (START, "end") or state.versus not in PREDICTED or state.answer is None:
        return
    guess, answer = state.guess[PREDICTED.index(state.versus)], state.answer
    first, second = answer.labels
    said = {"first": f"{first} ahead", "same": "about the same", "second": f"{second} ahead"}
    more = _more(answer)
    seen = "same" if abs(more) < LITTLE else "first" if more > 0 else "second"
    found = f"about as many with {first} as with {second}" if not round(more) else f"{more_or_fewer(more)} of 100 with {first}"
    agrees = "Your guess and their best estimate agree" if guess == seen else f"Their best estimate reads: {said[seen]}"
    settled = ", but the interval includes no difference, so they do not settle it." if is_open(answer) else "."
    yield b.feedback("guess", f"You said: {said[guess]}. With these settings the trials say {found}. {agrees}{settled}", focus="guess")


def _settings(state: VersusWhat) -> b.Block:
    made, studied = state.made, state.made.studied(state.time)
    times = {key: window.label for key, window in made.times.items()}
    counted = {key: f"{_side_by_side(versus)} ({trials_text(len(made.trials(key, state.time)))})" for key, versus in studied.items()}
    return b.settings(
        SETTINGS,
        "What is compared, and how",
        b.menu("set", "In whom", {key: each.title for key, each in comparisons().items()}, state.set),
        b.menu("versus", "Versus what", counted, state.versus),
        b.menu("time", "When", times, state.time),
        b.menu("measure", "Scale", SCALES, state.measure),
        b.menu("method", "Way of pooling", MODELS, state.method),
        b.ticks("interval", "Interval", {"hartung": "Hartung and Knapp's, which is honest about few trials"}, ["hartung"] * state.knapp_hartung),
        b.ticks("trials", "Trials to pool", {row.key: _offered(row) for row in state.rows}, list(state.trials)),
    )


def _side_by_side(versus: Versus) -> str:
    """Short enough for a menu: ``Both v medication alone``."""
    return f"{sentence(versus.group_1).removesuffix(' treatments')} v {versus.group_2}"


def _offered(row: Row) -> str:
    """A trial as its tick says it: name, counts, and why it is not ticked at first."""
    table = row.table
    said = f"{table.trial}: {table.events_1} of {table.n_1} v {table.events_2} of {table.n_2}"
    return said if row.solid else f"{said} ({row.note})"


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import ForestDrawing

    return ForestDrawing(MOST_DRAWN)


def _figure(state: VersusWhat) -> Iterator[b.Block]:
    if state.answer is not None:
        yield b.figure(_drawing().update(state.answer, _finding(state.answer), state.answer.labels))


def _finding(answer: Answer) -> str:
    """The title of the figure: short, because the headline above says it in full."""
    if is_open(answer):
        return f"Not settled: {answer.text}"
    return f"More with {answer.labels[0] if answer.estimate > 0 else answer.labels[1]}: {answer.text}"


def _certainty(state: VersusWhat) -> Iterator[b.Block]:
    if state.answer is None or state.practice:
        return
    found = rating(state.answer, state.what)
    yield b.heading(f"How sure: {found.level}", 4)
    if found.reasons:
        yield b.listing([str(reason) for reason in found.reasons])
    yield b.folded("How this is worked out", [b.prose(RULE_OF_THUMB)])


def _in_people(state: VersusWhat) -> Iterator[b.Block]:
    """The ratio with its interval in people, the range for a new place, and what the pooling noted."""
    answer = state.answer
    if answer is None:
        return
    said = [of_hundred(answer, answer.risk_2, *answer.labels, answer.outcome), _new_place(answer), *answer.notes]
    said += [f"Left out: {each.trial}, because {each.reason}." for each in answer.left_out]
    yield b.heading("In people", 4)
    yield b.listing([words for words in said if words])


def _new_place(answer: Answer) -> str:
    if answer.prediction_low is None:
        return ""
    low, high = (more_or_fewer(of_hundred_more(answer, answer.risk_2, end)) for end in (answer.prediction_low, answer.prediction_high))
    return f"In a new place like these the true difference may be anything from {low} to {high} of 100 people (prediction interval)."


def _without_each(state: VersusWhat) -> Iterator[b.Block]:
    """The result without each trial in turn."""
    answer = state.answer
    if answer is None or len(answer.trials) < 2:
        return
    people = {row.table.trial: row.people for row in answer.rows}
    yield b.heading("Does one trial carry it?", 4)
    yield b.listing([f"Without {name} ({people[name]:,} people) it would be {without.text}." for name, without in leave_one_out(answer)])


def _what_to_know(state: VersusWhat) -> Iterator[b.Block]:
    yield b.heading("What this comparison can and cannot say", 4)
    said = [f"The question behind it: {state.what.question}", state.what.doubt, state.made.lumped]
    if len(state.made.times) == 1:
        said.append("No other time is on file here, so whether a lead lasts cannot be seen.")
    yield b.listing(said)
    yield b.folded("Where the counts come from", [b.listing([_read_in(row) for row in state.rows])])


def _read_in(row: Row) -> str:
    """A trial with what was given, and links to where its counts were read."""
    return f"{row.table.trial}, {row.population}: {row.detail_1} v {row.detail_2}. {sentence(row.note)}: {row.sources}."
