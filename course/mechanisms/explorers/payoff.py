"""*Fear, prediction, payoff*: guess where fear falls most and where least is avoided later, then move props, variety, tablets and spacing.

What is learned is the model of *Fear learning* (:mod:`..models.fear`), with its numbers; :mod:`..models.payoff` adds the minutes of one
practice and the month after the last. The disorders at the end are the variants of the card, in words with their numbers from the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.audit import linked
from course.look import sentence

from ..models.fear import FEARED, Plan, Rates, Strengths, acquired, alone, in_practice, practise
from ..models.payoff import at_the_end, avoided, month_later
from ..records import ModelCard, model
from .card import card_blocks, explained, slider

#: Four ways of practising, by the settings in which each differs from the first.
STYLES = {
    "plain": ("one place, once a week, nothing to hold on to", {}),
    "varied": ("four places in turn, once a week, nothing to hold on to", {"places": 4}),
    "prop": ("one place, once a week, water bottle in hand", {"safety": 1.0}),
    "massed": ("one place, all in one day, nothing to hold on to", {"gap": 0.1}),
}
SHORT = {"plain": "one place, weekly", "varied": "four places, weekly", "prop": "bottle in hand", "massed": "all in one day"}
PREDICTED = {
    "falls": "Fear falls most in practice",
    "least": "Least is avoided a month later",
    "most": "Most is avoided a month later",
}
DRUGS = {
    "none": "No tablet",
    "bag": "A sedative in the bag, never swallowed",
    "sedative": "A sedative before each practice, none in the month after",
    "ssri": "An SSRI every day, now and in the month after",
}
_MOVED = ("safety", "places", "gap")
#: Numbers of *Fear learning* that this page uses as they stand there.
SHARED = ("feared", "place", "cue", "state", "trials", "dulled", "refresh")
OUTINGS = 10


def card() -> ModelCard:
    return model("prediction-payoff")


def learning() -> ModelCard:
    """The card of the model that says what is learned."""
    return model("fear-learning")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class PredictionPayoff:
    """How somebody practises, and which way was predicted to do what."""

    guess: tuple[str, ...] | None = None
    drug: str = "none"
    safety: float = _first("safety")
    places: int = _first("places")
    gap: float = _first("gap")

    name = "prediction-payoff"
    title = "Fear, prediction, payoff"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> PredictionPayoff:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in STYLES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> PredictionPayoff:
        return PredictionPayoff(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> PredictionPayoff:
        return attrs.evolve(self, **{name: values[name] for name in ("drug", *_MOVED) if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def held(self) -> float:
        """How much a person holds on to something that makes them feel safe; a tablet in the bag is held on to every time."""
        return 1.0 if self.drug == "bag" else self.safety

    @property
    def plan(self) -> Plan:
        sedated = self.drug == "sedative"
        speed = learning()["dulled"] if sedated else 1.0
        return Plan(int(card()["practices"]), int(self.places), self.held, sedated, speed, self.gap, learning()["refresh"])

    @property
    def course(self) -> list[Strengths]:
        return practise(self.plan, _rates(), _begin())

    @property
    def falls(self) -> float:
        """How far fear has fallen at the end of a practice, on average, from the first minute of the first; of 100."""
        ends = [at_the_end(in_practice(self.plan, _rates(), self.course, done), card()["minutes"], *self._calming) for done in range(self.plan.exposures)]
        return 100 * (alone(_begin()) - sum(ends) / len(ends))

    @property
    def _calming(self) -> tuple[float, ...]:
        return card()["settles"], card()["props"] * self.held, card()["tablet"] * self.plan.sedated

    @property
    def broken(self) -> float:
        """How much of the prediction that something bad will happen is gone when nothing is held on to, in per cent."""
        before = alone(_begin())
        return 100 * (before - alone(self.course[-1])) / before

    @property
    def avoided(self) -> float:
        """How many of ten outings in new places are avoided a month after the last practice, without prop or sedative."""
        fear = month_later(alone(_begin()), alone(self.course[-1]), card()["returns"])
        return OUTINGS * avoided(fear, card()["half"], card()["steepness"])

    @property
    def headline(self) -> str:
        broken = f"Alone, with nothing to hold on to, {self.broken:.0f} % of the prediction is broken"
        later = f"{self.avoided:.1f} of {OUTINGS} outings are avoided a month later"
        return f"Fear falls by {self.falls:.0f} of 100 in practice. {broken}, and {later}.{_shared(self)}"

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


@lru_cache(maxsize=1)
def _rates() -> Rates:
    return Rates(learning()["feared"], learning()["place"], learning()["cue"], learning()["state"])


@lru_cache(maxsize=1)
def _begin() -> Strengths:
    return {FEARED: acquired(_rates(), int(learning()["trials"]))[FEARED]}


def _shared(state: PredictionPayoff) -> str:
    """What took its part of the lesson."""
    if state.held:
        what = "The tablet in the bag" if state.drug == "bag" else "What was held on to"
        return f" {what} took a part of the lesson."
    return " The sedative took a part of the lesson." if state.drug == "sedative" else ""


def styles() -> dict[str, PredictionPayoff]:
    """The four ways of practising, with the settings that come first."""
    return {key: PredictionPayoff().changed(values) for key, (_, values) in STYLES.items()}


def found() -> dict[str, str]:
    """Which way of practising answers each question."""
    made = styles()
    falls = {key: state.falls for key, state in made.items()}
    later = {key: state.avoided for key, state in made.items()}
    return {"falls": max(falls, key=falls.get), "least": min(later, key=later.get), "most": max(later, key=later.get)}


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Fear, prediction, payoff", 4, eyebrow="Predict first"),
        b.prose(f"Four people have panic attacks and avoid the bus. Each rides it {card()['practices']:g} times, in a different way, and nothing bad happens. "
                "In which way does fear fall most on the day, and in which is least avoided a month later? Your guesses are kept as you made them."),
        b.places(GUESS, "Which way of practising?", PREDICTED, {key: sentence(words) for key, (words, _) in STYLES.items()},
                 submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: PredictionPayoff) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("On the day, and a month later", 4, eyebrow="Fear, prediction, payoff", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_uncertain(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *_disorders(),
        *explained(card()),
        *card_blocks(card()),
        b.folded("The numbers it shares with Fear learning, all of them assumed", [b.listing(_taken_over())]),
    ]


def _gap(state: PredictionPayoff) -> Iterator[b.Block]:
    """Each guess beside the model, which is no truth."""
    seen = found()
    right = sum(seen[key] == guess for key, guess in zip(PREDICTED, state.guess, strict=True))
    lines = []
    for (key, what), guess in zip(PREDICTED.items(), state.guess, strict=True):
        said = "as you said" if seen[key] == guess else f"you said {SHORT[guess]}"
        lines.append(f"{what}: {STYLES[seen[key]][0]} ({said}).")
    because = "In this model the calmest way is also the one that leaves most avoided: what was held on to took a part of the lesson."
    text = f"{right} of your {len(PREDICTED)} guesses fit this model. It is a model, not a trial."
    yield b.feedback("guess", text, because if seen["falls"] == seen["most"] else "", focus="guess")
    yield b.listing(lines)


def _settings(state: PredictionPayoff) -> b.Block:
    sliders = [slider(name, card().parameters[name], getattr(state, name)) for name in _MOVED if name != "safety" or state.drug != "bag"]
    return b.settings(SETTINGS, "Your way of practising", b.menu("drug", "Drug on board", DRUGS, state.drug), *sliders)


_CERTAINTY = {
    "bag": "Whether a tablet that stays in the bag costs learning has not been studied in the trials of this course. The model treats it as any prop.",
    "sedative": "Certainty for people in treatment: low. A benzodiazepine may hold back what exposure leaves, seen after it is stopped; while it was taken "
                "most trials found no difference. Whoever takes one every day must not stop it at once.",
    "ssri": "Certainty for people in treatment: very low. It is uncertain whether an SSRI makes exposure easier to learn from, harder, or neither, "
            "so in this model it changes nothing.",
}  # fmt: skip


def _uncertain(state: PredictionPayoff) -> Iterator[b.Block]:
    """How sure anybody can be of the drug that is set."""
    if state.drug in _CERTAINTY:
        yield b.prose(_CERTAINTY[state.drug], "quiet")


def _disorders() -> Iterator[b.Block]:
    """What trials found of both treatments, disorder by disorder: no part of the model."""
    yield b.heading("From the model to trials: four disorders", 4)
    yield b.prose("Nothing here comes out of the model. It is what trials found when two treatments were given together: against what, and counted when.")
    made = card().variants.values()
    yield b.columns(*((each.label, f"Certainty: {each.words['certainty']}", [linked(each.words["first"]), linked(each.words["second"])]) for each in made))


def _taken_over() -> list[str]:
    numbers = (learning().parameters[name] for name in SHARED)
    return [f"{each.label}: {each.text}. {linked(each.says)}" for each in numbers]


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import PayoffDrawing

    return PayoffDrawing(1 + len(STYLES), 100 * alone(_begin()))


def _draw(state: PredictionPayoff):
    from ..figures import Way

    ways = [Way("as you set it", state.falls, state.avoided), *(Way(SHORT[key], each.falls, each.avoided) for key, each in styles().items())]
    title = f"Fear falls by {state.falls:.0f} of 100 in practice, and {state.avoided:.1f} of {OUTINGS} outings are avoided a month later"
    caption = (f"Teaching model; no number here was measured. At the left how far fear has fallen by the end of a practice, on average, from "
               f"{100 * alone(_begin()):.0f} of 100 at the very first minute. At the right what is avoided without prop or sedative.")  # fmt: skip
    return _drawing().update(title, ways, caption)
