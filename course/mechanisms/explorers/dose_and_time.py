"""*Dose and time*: guess how soon four things happen, then move dose, half-life, missed doses and stopping, and watch fast and slow clocks.

The model is :mod:`..models.occupancy` with :mod:`..models.level`; how people fare (:mod:`..models.slow`) is set beside it and not worked out from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..models.level import course_of_levels, days_until_left, days_until_steady, left, missed, one_dose, steady_high, stopped, taken
from ..models.occupancy import Curve, fit_curve
from ..models.slow import lead, relapsed, weeks_until_relapsed
from ..records import ModelCard, Variant, model
from .card import LABEL, card_blocks, explained, linked, slider

MEDICINE = "citalopram"
LOOKS = {"dose": "Dose and target", "start": "Starting", "missed": "Missing tablets", "stop": "Stopping"}
#: What is predicted, for the medicine and settings that come first.
PREDICTED = {
    "target": "Tablets begun: half of the targets it will occupy in the end are occupied",
    "lead": "Tablets begun: half of the average lead over placebo at six weeks is there",
    "gone": "Tablets stopped: nine tenths of the medicine have left the body",
    "relapse": "Tablets stopped: half of those who relapse within a year have relapsed",
}
TIMES = {"day": "within a day", "week": "within a week", "month": "within a month", "later": "later than a month"}
_ENDS = {"day": 1.0, "week": 7.0, "month": 31.0}

WEEK, YEAR, WEEKS_A_MONTH = 7, 52.18, 52.18 / 12
SIX = 6  # weeks of the trials behind the lead over placebo
STOPPING = 12 * WEEK
CLOCKS = (3, 9 * WEEK)  # day 3 and week 9 after stopping
HALF, GONE = 0.5, 0.1
_MOST_DOSES = 3 * WEEK  # more than that are too many teeth to draw


def card() -> ModelCard:
    return model("dose-and-time")


@attrs.frozen
class DoseAndTime:
    """What is set, and what was predicted. ``half_dose`` is None where the curve comes from published points."""

    guess: tuple[str, ...] | None = None
    medicine: str = MEDICINE
    look: str = "stop"
    dose: float = attrs.Factory(lambda self: card().variants[self.medicine]["dose"], takes_self=True)
    half_life: float = attrs.Factory(lambda self: card().variants[self.medicine]["half_life"], takes_self=True)
    half_dose: float | None = attrs.Factory(lambda self: _half_dose(self.variant), takes_self=True)
    missed: int = attrs.Factory(lambda: card()["missed"])
    taper: int = attrs.Factory(lambda: card()["taper"])

    name = "dose-and-time"
    title = "Dose and time"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> DoseAndTime:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in TIMES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> DoseAndTime:
        return DoseAndTime(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> DoseAndTime:
        """The state with these settings; another medicine brings its own dose and half-life."""
        medicine = values.get("medicine", self.medicine)
        same = {name: values.get(name, getattr(self, name)) for name in ("look", "missed", "taper")}
        if medicine != self.medicine:
            return DoseAndTime(self.guess, medicine, **same)
        own = {name: values.get(name, getattr(self, name)) for name in ("dose", "half_life", "half_dose")}
        return DoseAndTime(self.guess, medicine, **same, **own)

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def variant(self) -> Variant:
        return card().variants[self.medicine]

    @property
    def words(self) -> dict[str, str]:
        return self.variant.words

    @property
    def curve(self) -> Curve:
        """Through the published points, or through the dose that is assumed to occupy half."""
        points = self.variant.points.get("occupied")
        return _fitted(self.medicine) if points else Curve(self.half_dose)

    @property
    def high(self) -> float:
        """The level just after a dose of somebody who takes every dose."""
        return steady_high(self.half_life)

    @property
    def dose_per_level(self) -> float:
        """What a level of 1 is as a dose on the curve. Published occupancy was seen after one dose, or in people who took every dose."""
        return self.dose / one_dose(self.half_life) if self.words["measured"] == "single" else self.dose

    def days(self, doses: Sequence[float], steady: bool = True) -> list[tuple[float, float, float]]:
        """Day, level in per cent of the usual high, and per cent occupied."""
        curve, per_level, high = self.curve, self.dose_per_level, self.high
        return [(day, 100 * level / high, curve.at(per_level * level)) for day, level in course_of_levels(self.half_life, doses, steady)]

    def lows(self, doses: Sequence[float], steady: bool = True) -> list[tuple[float, float, float]]:
        """The same just before each dose, after what there was at the start."""
        days = self.days(doses, steady)
        before = [first for first, second in pairwise(days) if first[0] == second[0]]
        return [days[0] if steady else (0.0, 0.0, 0.0), *before, days[-1]]

    @property
    def horizon(self) -> int:
        """Days until the level has come to rest, and three at least."""
        return max(3, math.ceil(7 * self.half_life / 24))

    def lead(self, weeks: float) -> float | None:
        """The share of the six-week lead over placebo, where one is on file."""
        return lead(weeks, self.variant["early_lead"], 1, SIX) if "early_lead" in self.variant.parameters else None

    def relapsed(self, weeks: float) -> float | None:
        """The share that has relapsed after stopping, where a trial is on file."""
        for point in self.variant.points.get("relapsed", ()):
            return relapsed(weeks, point.effect.value / 100, point.at * WEEKS_A_MONTH)
        return None

    @property
    def headline(self) -> str:
        return _HEADLINES[self.look](self)

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _half_dose(variant: Variant) -> float | None:
    return variant["half_dose"] if "half_dose" in variant.parameters else None


@lru_cache
def _fitted(medicine: str) -> Curve:
    return fit_curve([(point.at, point.effect.value) for point in card().variants[medicine].points["occupied"]])


# ── Headlines ────────────────────────────────────────────────────────────────────────────────────


def _dose_headline(state: DoseAndTime) -> str:
    now, twice = state.curve.at(state.dose), state.curve.at(2 * state.dose)
    start = f"{sentence(state.words['name'])} {state.dose:g} mg occupies about {now:.0f} of 100 {state.words['target']}."
    return f"{start} Twice the dose would not occupy twice as many: about {twice:.0f}.{_window(state, now)}"


def _window(state: DoseAndTime, now: float) -> str:
    """Where the share stands among the published lines."""
    lines = _lines(state)
    if not lines:
        return ""
    above = [what for share, what in lines if now > share]
    return f" That is above the line where {above[-1]}." if above else f" That is below the line where {lines[0][1]}."


def _lines(state: DoseAndTime) -> list[tuple[float, str]]:
    return [(each.value, each.label) for name, each in state.variant.parameters.items() if name.endswith("_above")]


def _start_headline(state: DoseAndTime) -> str:
    if state.words["measured"] == "single":
        left_over = _what_is_left(state, *_before_next(state, 0))
        return f"{sentence(state.words['name'])} is at its target within hours of each dose. Before the next day's dose {left_over}."
    reached, steady = _day(_days_until_reached(state)), _day(days_until_steady(state.half_life))
    parts = [f"Half of the {state.words['target']} that it will occupy are occupied {reached}; the level stops climbing {steady}."]
    if state.lead(1) is not None:
        parts.append(f"After one week {100 * state.lead(1):.0f} of every 100 points of the average lead over placebo are there, and the rest comes over weeks.")
    return " ".join(parts)


def _missed_headline(state: DoseAndTime) -> str:
    tablets = "one missed tablet" if state.missed == 1 else f"{state.missed} missed tablets"
    usual, after = (_what_is_left(state, *_before_next(state, count)) for count in (0, state.missed))
    return f"After {tablets} {after}. Before any other next dose {usual}."


def _what_is_left(state: DoseAndTime, level: float, share: float) -> str:
    """``about 25 % of the usual high level is left, and 51 of 100 serotonin transporters are occupied``."""
    if round(level) < 1 and round(share) < 1:
        return "nothing of it is left"
    return f"about {level:.0f} % of the usual high level is left, and {share:.0f} of 100 {state.words['target']} are occupied"


def _before_next(state: DoseAndTime, missed_doses: int) -> tuple[float, float]:
    """Level and occupied share just before the dose that comes after some missed ones."""
    level = state.high * left(state.half_life, missed_doses + 1)
    return 100 * level / state.high, state.curve.at(state.dose_per_level * level)


def _stop_headline(state: DoseAndTime) -> str:
    days = {day: (level, share) for day, level, share in state.lows(stopped(STOPPING, state.taper))}
    parts = []
    for day in CLOCKS:
        gone = state.relapsed(_weeks_without(state, day))
        people = "" if gone is None else f"; {_people(100 * gone)} would have relapsed"
        parts.append(f"{_named(day)}: {_what_is_left(state, *days[day])}{people}.")
    return " ".join(parts)


def _people(of_hundred: float) -> str:
    return f"about {of_hundred:.0f} of 100 people" if round(of_hundred) else "hardly anyone"


def _weeks_without(state: DoseAndTime, day: float) -> float:
    """Weeks since the last dose, however small."""
    return max(0, day / WEEK - state.taper)


def _named(day: int) -> str:
    return f"Week {day // WEEK}" if day % WEEK == 0 else f"Day {day}"


_HEADLINES = {"dose": _dose_headline, "start": _start_headline, "missed": _missed_headline, "stop": _stop_headline}


# ── When things happen ───────────────────────────────────────────────────────────────────────────


def _days_until_reached(state: DoseAndTime) -> float:
    """Days until half of what will be occupied are, just before the next dose."""
    days = state.lows(taken(state.horizon), steady=False)
    return next(day for day, _, share in days if share >= HALF * days[-1][2])


def _days_until_lead(state: DoseAndTime) -> float:
    return next(day for day in range(SIX * WEEK + 1) if state.lead(day / WEEK) >= HALF)


def _days_until_half_relapsed(state: DoseAndTime) -> float:
    (point,) = state.variant.points["relapsed"]
    share = point.effect.value / 100
    return WEEK * weeks_until_relapsed(HALF * share, share, point.at * WEEKS_A_MONTH)


def when_it_happens() -> dict[str, float]:
    """Days until each thing that is predicted, for the medicine and settings that come first."""
    state = DoseAndTime()
    return {
        "target": _days_until_reached(state),
        "lead": _days_until_lead(state),
        "gone": days_until_left(GONE, state.half_life),
        "relapse": _days_until_half_relapsed(state),
    }


def in_words(days: float) -> str:
    """Which of the answers a number of days is."""
    return next((key for key, end in _ENDS.items() if days <= end), "later")


def _day(days: float) -> str:
    return "within hours" if days < 1 else f"by day {math.ceil(days)}" if days <= _ENDS["month"] else f"by week {math.ceil(days / WEEK)}"


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Dose and time", 4, eyebrow="Predict first"),
        b.prose("Think of a person who begins an SSRI, takes it every day, responds, and stops it at once a year later. How soon does each of these happen? "
                "Guess all four before you see any. Your guesses are kept as you made them."),
        b.places(GUESS, "How soon?", PREDICTED, TIMES, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: DoseAndTime) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(LOOKS[state.look], 4, eyebrow=f"{LABEL} · {state.variant.label}", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_FIGURES[state.look](state)),
        *_note(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *card_blocks(card(), state.variant),
        *explained(card()),
    ]


def _settings(state: DoseAndTime) -> b.Block:
    variant, own = state.variant, []
    if state.half_dose is not None:
        own.append(slider("half_dose", variant.parameters["half_dose"], state.half_dose))
    if state.look != "dose":
        own.append(slider("half_life", variant.parameters["half_life"], state.half_life))
    if state.look == "missed":
        own.append(slider("missed", card().parameters["missed"], state.missed))
    if state.look == "stop":
        own.append(slider("taper", card().parameters["taper"], state.taper))
    return b.settings(
        SETTINGS,
        "What is taken, and what to look at",
        b.menu("medicine", "Medicine", {key: each.label for key, each in card().variants.items()}, state.medicine),
        b.radio("look", "Look at", LOOKS, state.look),
        slider("dose", variant.parameters["dose"], state.dose),
        *own,
    )


def _note(state: DoseAndTime) -> Iterator[b.Block]:
    """What the figure cannot say about this medicine."""
    said = []
    points = state.variant.points.get("occupied", ())
    worst = max(points, key=lambda point: abs(state.curve.at(point.at) - point.effect.value), default=None)
    if state.look == "dose" and worst and len(points) > 1:
        says = f"{state.curve.at(worst.at):.0f} of 100"
        said.append(linked(f"The curve is too simple: at {worst.at:g} {worst.unit} it says {says}, and the study found {{{worst.number}}}."))
    if state.look == "start" and state.lead(1) is None:
        said.append("How fast people come to feel better on it is not in this model.")
    if state.look == "stop":
        said.append("How many relapse after stopping it is not in this model." if state.relapsed(1) is None else linked(_where_relapse_is_from(state)))
    if said:
        yield b.prose(" ".join(said), "quiet")


def _where_relapse_is_from(state: DoseAndTime) -> str:
    (point,) = state.variant.points["relapsed"]
    return f"The line of relapse is drawn from one published share: {{{point.number}}} at {point.effect.time}, {state.words['relapsed']}."


def _gap(state: DoseAndTime) -> Iterator[b.Block]:
    """Each guess beside what the model and the trials say."""
    found = when_it_happens()
    lines = []
    for (key, what), guess in zip(PREDICTED.items(), state.guess, strict=True):
        days = found[key]
        seen = in_words(days)
        verdict = "as you said" if seen == guess else f"you said {TIMES[guess]}, which is {'too soon' if _rank(guess) < _rank(seen) else 'too late'}"
        lines.append(f"{what}: {_about(days)}, {verdict}.")
    right = sum(in_words(found[key]) == guess for key, guess in zip(PREDICTED, state.guess, strict=True))
    text = f"With the settings that come first, {right} of your {len(PREDICTED)} guesses fit."
    yield b.feedback("guess", text, focus="guess")
    yield b.listing(lines)


def _rank(time: str) -> int:
    return list(TIMES).index(time)


def _about(days: float) -> str:
    """``about 12 days``, ``about 17 weeks``."""
    if days < 1:
        return "within hours"
    return f"about {days:.0f} day{'s' * (round(days) != 1)}" if days <= _ENDS["month"] else f"about {days / WEEK:.0f} weeks"


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def _dose_drawing():
    from ..figures import DoseDrawing

    return DoseDrawing()


@lru_cache(maxsize=1)
def _days_drawing():
    from ..figures import DaysDrawing

    return DaysDrawing()


def _draw_dose(state: DoseAndTime):
    points = [(point.at, point.effect.value, point.effect.study.short) for point in state.variant.points.get("occupied", ())]
    highest = state.variant.parameters["dose"].high
    return _dose_drawing().update(state.curve, state.dose, highest, state.words["name"], state.words["target"], points, _lines(state))


def _fast(state: DoseAndTime, doses: Sequence[float], steady: bool = True) -> list:
    """The two lines of the medicine itself: hour by hour over days, and just before each dose where there are many."""
    from ..figures import Line

    days = (state.lows if len(doses) > _MOST_DOSES else state.days)(doses, steady)
    return [
        Line("level", "in the body", [(day, level) for day, level, _ in days]),
        Line("target", "targets occupied", [(day, share) for day, _, share in days]),
    ]


_COMES = {"steady": "Each dose adds to what is left of the last", "single": "Each dose comes and goes within the day"}


def _draw_start(state: DoseAndTime):
    from ..figures import Line

    slow = state.lead(1) is not None
    last = max(SIX * WEEK, state.horizon) if slow else state.horizon
    lines = _fast(state, taken(last), steady=False)
    if slow:
        lines.append(Line("people", "lead over placebo, share of six weeks", [(day, 100 * state.lead(day / WEEK)) for day in range(SIX * WEEK + 1)]))
    title = f"The target is half reached {_day(_days_until_reached(state))}, the lead over placebo grows for weeks"
    return _days_drawing().update(title if slow else _COMES[state.words["measured"]], lines, "the first dose", _table_days(last))


def _draw_missed(state: DoseAndTime):
    last = state.missed + 1 + state.horizon
    title = f"{state.missed} missed tablet{'s' * (state.missed != 1)}: what is in the body falls faster than the share of targets occupied"
    return _days_drawing().update(title, _fast(state, missed(state.missed, last)), "the last tablet before the gap", _table_days(last, state.missed + 1))


def _draw_stop(state: DoseAndTime):
    from ..figures import Line

    lines = _fast(state, stopped(STOPPING, state.taper))
    gone = next((day for day, level in lines[0].points if level <= 100 * GONE), STOPPING)
    title = f"Nine tenths are gone {_day(gone)}"
    if state.relapsed(1) is not None:
        points = [(day, 100 * state.relapsed(_weeks_without(state, day))) for day in range(STOPPING + 1)]
        lines.append(Line("people", "have relapsed, of those who stopped", points))
        title += ", relapses gather over months"
    return _days_drawing().update(title, lines, "the last full dose", _table_days(STOPPING))


_FIGURES = {"dose": _draw_dose, "start": _draw_start, "missed": _draw_missed, "stop": _draw_stop}


def _table_days(last: int, also: int = 0) -> list[float]:
    """Days for the table: each of the first few, and then every week or so."""
    early = [day for day in (0, 1, 2, 3, 5) if day <= last]
    step = WEEK if last <= SIX * WEEK else 2 * WEEK
    return sorted({*early, *range(step, last + 1, step), last, *((also,) if also else ()), *(CLOCKS if last >= CLOCKS[1] else ())})
