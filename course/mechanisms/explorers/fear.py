"""*Fear learning*: guess which way of practising is calmest and which lasts, then change what is present and see where fear returns.

The model is :mod:`..models.fear`. The guess is about four ways of practising, each with as many exposures.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..models.fear import BEGAN, Plan, Rates, Strengths, acquired, alone, in_practice, practise
from ..records import ModelCard, model
from .card import card_blocks, explained, slider

#: Four ways of practising, by the settings in which each differs from the first.
STYLES = {
    "plain": ("one place, with nothing to hold on to", {}),
    "places": ("four places in turn, with nothing to hold on to", {"places": 4}),
    "safety": ("one place, holding on to a safety behaviour", {"safety": 1.0}),
    "sedative": ("one place, with a sedative before each exposure", {"medicine": "sedative"}),
}
PREDICTED = {
    "calmest": "Least fear while practising, on average",
    "least": "Least fear afterwards, alone in a new place",
    "most": "Most fear afterwards, alone in a new place",
}
MEDICINES = {"none": "No tablet", "sedative": "A sedative before each exposure, not afterwards", "ssri": "An SSRI throughout"}
WHERE = {"new": "alone in a new place", "began": "alone where it began"}
_MOVED = ("exposures", "places", "safety", "gap")
_OF_MEDICINE = {"none": (), "sedative": ("dulled", "calm"), "ssri": ("ssri",)}


def card() -> ModelCard:
    return model("fear-learning")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class FearLearning:
    """How exposure is practised, where fear is asked about afterwards, and what was predicted."""

    guess: tuple[str, ...] | None = None
    medicine: str = "none"
    where: str = "new"
    exposures: int = _first("exposures")
    places: int = _first("places")
    safety: float = _first("safety")
    gap: float = _first("gap")
    dulled: float = _first("dulled")
    calm: float = _first("calm")
    ssri: float = _first("ssri")

    name = "fear-learning"
    title = "Fear learning"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> FearLearning:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PREDICTED) and all(each in STYLES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> FearLearning:
        return FearLearning(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> FearLearning:
        names = ("medicine", "where", *_MOVED, "dulled", "calm", "ssri")
        return attrs.evolve(self, **{name: values[name] for name in names if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def plan(self) -> Plan:
        speed = {"none": 1.0, "sedative": self.dulled, "ssri": self.ssri}[self.medicine]
        return Plan(self.exposures, self.places, self.safety, self.medicine == "sedative", speed, self.gap, card()["refresh"])

    @property
    def course(self) -> list[Strengths]:
        return practise(self.plan, _rates(), _begin())

    @property
    def practised(self) -> list[float]:
        """What is felt while practising, of 100, by how many exposures came before."""
        felt = 1 - self.calm if self.medicine == "sedative" else 1.0
        return [100 * felt * in_practice(self.plan, _rates(), self.course, done) for done in range(self.exposures + 1)]

    @property
    def later(self) -> list[float]:
        """What is feared alone and without a tablet, of 100, by how many exposures there have been."""
        return [100 * alone(strengths, BEGAN if self.where == "began" else "") for strengths in self.course]

    @property
    def headline(self) -> str:
        before, after = self.later[0], self.later[-1]
        if not self.exposures:
            return f"Without an exposure nothing is learned: fear {WHERE[self.where]} stays at {before:.0f} of 100."
        times = f"{self.exposures} exposure{'s' * (self.exposures != 1)}"
        return f"After {times} fear is {self.practised[-1]:.0f} of 100 in the way it was practised, and {after:.0f} {WHERE[self.where]}. {_return(self)}"

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


@lru_cache(maxsize=1)
def _rates() -> Rates:
    return Rates(card()["feared"], card()["place"], card()["cue"], card()["state"])


@lru_cache(maxsize=1)
def _begin() -> Strengths:
    return acquired(_rates(), int(card()["trials"]))


def _return(state: FearLearning) -> str:
    """What the difference between the two is."""
    back = round(state.later[-1]) - round(state.practised[-1])
    if back <= 0:
        return "Nothing of it returns there."
    return f"So {back} of 100 return with the change of place{_and_of_what(state)}."


def _and_of_what(state: FearLearning) -> str:
    gone = [words for words, there in (("without the safety behaviour", state.safety), ("without the sedative", state.medicine == "sedative")) if there]
    return "".join(f", {words}" for words in gone)


def found() -> dict[str, str]:
    """Which way of practising answers each question, with the settings that come first."""
    styles = {key: FearLearning().changed(values) for key, (_, values) in STYLES.items()}
    felt = {key: _mean(state.practised[:-1]) for key, state in styles.items()}
    later = {key: state.later[-1] for key, state in styles.items()}
    return {"calmest": min(felt, key=felt.get), "least": min(later, key=later.get), "most": max(later, key=later.get)}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    times = f"{card()['exposures']:g}"
    return [
        b.heading("Fear learning", 4, eyebrow="Predict first"),
        b.prose(f"Four people are afraid of riding the bus. Each practises {times} times, in a different way, and nothing bad happens. "
                "What does a simple model of learning say of them, while they practise and afterwards? Your guesses are kept as you made them."),
        b.places(GUESS, "Which way of practising?", PREDICTED, {key: words for key, (words, _) in STYLES.items()}, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: FearLearning) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading(sentence(WHERE[state.where]), 4, eyebrow="Fear learning", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_uncertain(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def _gap(state: FearLearning) -> Iterator[b.Block]:
    """Each guess beside the model, and the four ways side by side."""
    seen = found()
    right = sum(seen[key] == guess for key, guess in zip(PREDICTED, state.guess, strict=True))
    lines = []
    for (key, what), guess in zip(PREDICTED.items(), state.guess, strict=True):
        said = "as you said" if seen[key] == guess else f"you said {STYLES[guess][0]}"
        lines.append(f"{what}: {STYLES[seen[key]][0]} ({said}).")
    same = seen["calmest"] == seen["most"]
    because = "The way that is calmest to practise is the way that leaves most fear: what was held on to took a share of the lesson." if same else ""
    yield b.feedback("guess", f"{right} of your {len(PREDICTED)} guesses fit this model. It is a model, not a trial.", because, focus="guess")
    yield b.listing(lines)
    yield b.folded("The four ways side by side", [b.listing(_side_by_side())])


def _side_by_side() -> list[str]:
    lines = []
    for words, values in STYLES.values():
        state = FearLearning().changed(values)
        lines.append(f"{sentence(words)}: {_mean(state.practised[:-1]):.0f} of 100 on average while practising, {state.later[-1]:.0f} afterwards.")
    return lines


def _settings(state: FearLearning) -> b.Block:
    own = [slider(name, card().parameters[name], getattr(state, name)) for name in (*_MOVED, *_OF_MEDICINE[state.medicine])]
    return b.settings(
        SETTINGS,
        "How exposure is practised, and where fear is asked about",
        b.menu("medicine", "Tablets", MEDICINES, state.medicine),
        b.menu("where", "Afterwards", {key: sentence(words) for key, words in WHERE.items()}, state.where),
        *own,
    )


def _uncertain(state: FearLearning) -> Iterator[b.Block]:
    """How sure anybody can be of the tablet that is set."""
    if state.medicine == "sedative":
        yield b.prose("Certainty for people in treatment: low. A benzodiazepine may cost some of what exposure teaches once it is stopped; "
                      "most trials found no difference while it was taken.", "quiet")  # fmt: skip
    elif state.medicine == "ssri":
        yield b.prose("Certainty for people in treatment: very low. It is uncertain whether an SSRI makes exposure easier to learn from, harder, or neither. "
                      "The slider is a question, not a finding.", "quiet")  # fmt: skip


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import CurvesDrawing

    return CurvesDrawing({"practice": "therapy", "later": "combined"})


def _draw(state: FearLearning):
    from ..figures import Curve

    curves = [
        Curve("practice", "as practised", list(enumerate(state.practised))),
        Curve("later", WHERE[state.where], list(enumerate(state.later))),
    ]
    step = 1 if state.exposures <= 8 else 2
    places = [(float(done), f"{done}") for done in range(0, state.exposures + 1, step)]
    title = f"Fear falls to {state.practised[-1]:.0f} of 100 in practice, and to {state.later[-1]:.0f} {WHERE[state.where]}"
    caption = "Teaching model. Fear of 100, the strongest that can be learned, by how many exposures have been done. No number here was measured."
    return _drawing().update(title, curves, "exposures done", caption, places)
