"""*Skills over time*: guess how many relapse in the year after treatment, then set practice, sleep, and what a medicine does to learning.

The model is :mod:`..models.skills`. Three lines go through published shares; the line of both treatments is a hypothesis with a setting in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.content.words import in_a_sentence
from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.claims import find_claim, rows
from course.look import sentence

from ..models.skills import YEAR, built, gated, held_off, kept, relapsed, together
from ..records import ModelCard, model
from .card import card_blocks, explained, linked, slider

ARMS = {
    "stopped": "medicine stopped",
    "continued": "medicine continued",
    "therapy": "therapy ended",
    "both": "both, medicine stopped",
}
#: The arms of the trial that the model goes through.
PUBLISHED = ("stopped", "continued", "therapy")
SHARES = {"15": "about 15 of 100", "30": "about 30 of 100", "45": "about 45 of 100", "60": "about 60 of 100", "75": "about 75 of 100"}
INTERACTIONS = {"none": "nothing: each does its own work", "help": "help: it speeds learning up", "interference": "interference: it slows learning down"}
_DOES = {"none": "changes nothing in learning", "help": "helps learning", "interference": "interferes with learning"}
_SIGNS = {"none": 0, "help": 1, "interference": -1}
TABLETS = {"stopped": "stopped when therapy ends", "continued": "continued"}
#: The claim whose certainty is that of any interaction.
CLAIM = "F5"
#: What on file looks like each of the three.
LOOKS_LIKE = {
    "none": ("cuijpers_2014.contributions_independent", "cuijpers_2023.no_link_with_antidepressants"),
    "help": ("karpova_2011.both_reduced_fear", "harmer_2009.platform"),
    "interference": ("derubeis_2020.therapy_did_not_protect", "hollon_2016.may_interfere"),
}
_MOVED = ("strength", "practice", "later", "concentration", "sleep")
_MONTHS = (0, 3, 6, 9, 12)


def card() -> ModelCard:
    return model("skills-over-time")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


def published(arm: str) -> float:
    """The share that had relapsed within a year, as it was printed."""
    (point,) = card().variants[arm].points["relapsed"]
    return point.effect.value / 100


@attrs.frozen
class SkillsOverTime:
    """What is set, and how many of 100 were guessed to relapse in each group."""

    guess: tuple[str, ...] | None = None
    interaction: str = "none"
    tablets: str = "stopped"
    strength: float = _first("strength")
    practice: int = _first("practice")
    later: int = _first("later")
    concentration: float = _first("concentration")
    sleep: float = _first("sleep")

    name = "skills-over-time"
    title = "Skills over time"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> SkillsOverTime:
        fits = isinstance(value, (list, tuple)) and len(value) == len(ARMS) and all(each in SHARES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> SkillsOverTime:
        return SkillsOverTime(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> SkillsOverTime:
        return attrs.evolve(self, **{name: values[name] for name in ("interaction", "tablets", *_MOVED) if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def factor(self) -> float:
        """How many times as fast a person learns on the medicine."""
        return 1 + _SIGNS[self.interaction] * self.strength

    def skill(self, arm: str) -> list[float]:
        """The skill at the end of treatment and in each week of the year after it."""
        if arm not in ("therapy", "both"):
            return [0.0] * (YEAR + 1)
        rate = gated(card()["rate"], self.concentration, self.sleep)
        begun = built(int(card()["weeks"]), self.practice, rate * (self.factor if arm == "both" else 1), card()["fade"])
        return kept(begun, self.later, card()["rate"], card()["fade"])

    def relapsed(self, arm: str) -> list[float]:
        """The share that has relapsed, week by week of the year after treatment."""
        tablets = _of_medicine() if arm == "continued" or (arm == "both" and self.tablets == "continued") else 0.0
        return relapsed(published("stopped"), [together(tablets, _of_skill() * skill) for skill in self.skill(arm)[1:]])

    def after_a_year(self, arm: str) -> int:
        """How many of 100 have relapsed."""
        return round(100 * self.relapsed(arm)[-1])

    @property
    def headline(self) -> str:
        skill = self.skill("therapy")
        learned = f"Therapy leaves {100 * skill[0]:.0f} of 100 parts of the skill, and {100 * skill[-1]:.0f} a year later."
        numbers = f"Of 100 people, {self.after_a_year('therapy')} relapse in that year after therapy, and {self.after_a_year('both')} after both"
        return f"{learned} {numbers} if the medicine {_DOES[self.interaction]} and is then {self.tablets}."

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


@lru_cache(maxsize=1)
def _of_medicine() -> float:
    """The share of the risk that a continued medicine held off."""
    return held_off(published("continued"), published("stopped"))


@lru_cache(maxsize=1)
def _of_skill() -> float:
    """The share of the risk that a whole skill holds off, so that the settings that come first give the published share after therapy."""
    skill = SkillsOverTime().skill("therapy")[1:]
    return held_off(published("therapy"), published("stopped")) / (sum(skill) / len(skill))


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Skills over time", 4, eyebrow="Predict first"),
        b.prose("Four groups of 100 people have got over a depression: on medicine that is then stopped, on medicine that goes on, in therapy that ends, "
                "and on both, of which the medicine is stopped. How many relapse within a year? Your guesses are kept as you made them."),
        b.places(GUESS, "How many relapse within a year?", {key: sentence(words) for key, words in ARMS.items()}, SHARES, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: SkillsOverTime) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("The year after treatment", 4, eyebrow="Skills over time", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        *_certainty(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card()),
    ]


def _gap(state: SkillsOverTime) -> Iterator[b.Block]:
    """Three guesses beside a trial, and the fourth beside what nobody knows."""
    lines, near = [], 0
    for arm, guess in zip(ARMS, state.guess, strict=True):
        if arm in PUBLISHED:
            (point,) = card().variants[arm].points["relapsed"]
            off = int(guess) - point.effect.value
            near += nearest(point.effect.value) == guess
            lines.append(linked(f"{sentence(ARMS[arm])}: {{{point.number}}} in the trial; you said {SHARES[guess]}, {_off(off)}."))
        else:
            told = ", ".join(f"{SkillsOverTime(interaction=key).after_a_year('both')} if the medicine {does}" for key, does in _DOES.items())
            nobody = "no trial on file printed this share, and the model does not know it"
            lines.append(f"{sentence(ARMS[arm])}: {nobody}. You said {SHARES[guess]}. The model says {told}.")
    yield b.feedback("guess", f"{near} of your {len(PUBLISHED)} guesses about groups in the trial are the nearest there was.", focus="guess")
    yield b.listing(lines)


def nearest(per_cent: float) -> str:
    """Which of the answers lies nearest to a per cent."""
    return min(SHARES, key=lambda share: abs(int(share) - per_cent))


def _off(points: float) -> str:
    return "which is near" if abs(points) <= 7.5 else f"which is {abs(points):.0f} too {'many' if points > 0 else 'few'}"


def _settings(state: SkillsOverTime) -> b.Block:
    sliders = [name for name in _MOVED if name != "strength" or state.interaction != "none"]
    return b.settings(
        SETTINGS,
        "Practice, what lets it through, and what a medicine does to learning",
        b.menu("interaction", "What the medicine does to learning (nobody knows)", INTERACTIONS, state.interaction),
        b.menu("tablets", "In the group with both, the medicine is then", TABLETS, state.tablets),
        *(slider(name, card().parameters[name], getattr(state, name)) for name in sliders),
    )


def _certainty(state: SkillsOverTime) -> Iterator[b.Block]:
    """How sure anybody can be of the interaction, and the same settings under all three."""
    found = find_claim(CLAIM)
    yield b.heading(f"How sure is any interaction? {sentence(found.certainty)}", 4)
    yield b.prose(linked(f"A hypothesis, not an established mechanism. {found.wording}"))
    lines = []
    for key, words in INTERACTIONS.items():
        both = attrs.evolve(state, interaction=key).after_a_year("both")
        seen = "; ".join(f"{in_a_sentence(rows()[row].says)} ({rows()[row].study.linked}; {rows()[row].population})" for row in LOOKS_LIKE[key])
        lines.append(f"{sentence(words)}. With your other settings {both} of 100 relapse after both. What looks like it: {seen}.")
    yield b.listing(lines)


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import CurvesDrawing

    return CurvesDrawing({"stopped": "control", "continued": "medication", "therapy": "therapy", "both": "combined"})


def _draw(state: SkillsOverTime):
    from ..figures import Curve

    words = ARMS | ({"both": "both, medicine continued"} if state.tablets == "continued" else {})
    curves = [Curve(arm, words[arm], [(12 * week / YEAR, 100 * share) for week, share in enumerate(state.relapsed(arm))]) for arm in ARMS]
    marks = [(arm, 12, 100 * published(arm)) for arm in PUBLISHED]
    title = f"After both, {state.after_a_year('both')} of 100 relapse within a year if the medicine {_DOES[state.interaction]}"
    caption = (f"Teaching model. People of 100 who have relapsed, by months since treatment ended. The hollow marks are published "
               f"({card().rows[0].study.short}); the line of both treatments has none.")  # fmt: skip
    places = [(float(month), f"{month}") for month in _MONTHS]
    return _drawing().update(title, curves, "months since treatment ended", caption, places, marks)
