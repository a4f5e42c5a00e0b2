"""*Three doors*: guess what keeps people from getting through three treatments, then open what stands in the way and watch who gets through.

The model is :mod:`..models.doors`. Its numbers are assumptions: no trial on file has measured such costs, and it says nothing of what a
treatment does for those who get through. The formats of a session are the variants of its card.
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

from ..models.doors import Costs, Door, burdens, lost_to, through
from ..records import ModelCard, Variant, model
from .card import card_blocks, explained, slider

DOORS = {"therapy": "trauma-focused therapy", "medication": "medication", "both": "both"}
SERIES = {"therapy": "therapy", "medication": "medication", "both": "combined"}
#: What people leave over, in a word or two.
BARRIERS = {"childcare": "childcare", "language": "language", "danger": "danger at home", "symptoms": "symptoms", "life": "other reasons"}
ANSWERS = {
    "childcare": "nobody to look after the children",
    "language": "no interpreter",
    "symptoms": "how bad the symptoms are",
    "life": "other reasons: work, illness, moving house",
}
CHILDREN = {"none": "Nobody to look after the children", "there": "Childcare at the time of the visits"}
INTERPRETERS = {
    "none": "No interpreter, and the visits are in English",
    "relative": "A relative interprets",
    "professional": "A professional interpreter, or a clinician who speaks her language",
}
DANGERS = {"none": "No", "unasked": "Yes, and nobody has asked", "plan": "Yes, with a safety plan made in private"}
SEDATIVES = {"none": "No sedative", "sessions": "Before sessions", "nights": "Every night"}
_CHOSEN = ("children", "interpreter", "danger", "sedative", "format")
_MOVED = ("symptoms", "weight")


def card() -> ModelCard:
    return model("three-doors")


def _first(name: str):
    return attrs.Factory(lambda: card()[name])


@attrs.frozen
class ThreeDoors:
    """What stands in one made-up person's way, and what was guessed to keep most people from each treatment."""

    guess: tuple[str, ...] | None = None
    children: str = "none"
    interpreter: str = "none"
    danger: str = "none"
    sedative: str = "none"
    format: str = "weekly"
    symptoms: float = _first("symptoms")
    weight: float = _first("weight")

    name = "three-doors"
    title = "Three doors"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> ThreeDoors:
        fits = isinstance(value, (list, tuple)) and len(value) == len(DOORS) and all(each in ANSWERS for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> ThreeDoors:
        return ThreeDoors(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> ThreeDoors:
        return attrs.evolve(self, **{name: values[name] for name in (*_CHOSEN, *_MOVED) if name in values})

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def variant(self) -> Variant:
        """The format of the sessions."""
        return card().variants[self.format]

    def door(self, key: str) -> Door:
        """What a treatment asks for in this format."""
        therapy = Door(int(card()["sessions"]), self.variant["weeks"], 1.0)
        visits = Door(int(card()["visits"]), card()["weeks"], card()["words"])
        return {"therapy": therapy, "medication": visits, "both": therapy.beside(visits)}[key]

    @property
    def costs(self) -> Costs:
        """What each appointment and each week costs, as shares of the people who are still there."""
        danger = {"none": 0.0, "unasked": card()["danger"], "plan": card()["planned"]}[self.danger]
        above = (self.symptoms - card().parameters["symptoms"].low) / 10
        return Costs(
            childcare=card()["childcare"] / 100 * self.variant["home"] * (self.children == "none"),
            language=card()["language"] / 100 * (self.interpreter != "professional"),
            symptoms=self.weight / 100 * above,
            danger=danger / 100 * self.variant["overheard"],
            life=card()["life"] / 100,
        )

    def burden(self, key: str) -> dict[str, float]:
        return burdens(self.door(key), self.costs)

    def through(self, key: str) -> float:
        """How many of 100 get through a treatment."""
        return 100 * through(self.burden(key))

    def lost(self, key: str) -> dict[str, float]:
        """How many of 100 leave over each thing."""
        return {name: 100 * share for name, share in lost_to(self.burden(key)).items()}

    def heaviest(self, key: str) -> str:
        """What keeps most people from getting through a treatment."""
        lost = self.lost(key)
        return max(lost, key=lost.get)

    @property
    def headline(self) -> str:
        counts = [f"{self.through(key):.0f} get through {DOORS[key]}" for key in DOORS]
        lost = self.lost("therapy")
        worst = self.heaviest("therapy")
        other = "" if worst == "symptoms" else f" Over symptoms {lost['symptoms']:.0f} leave."
        most = f"From therapy {lost[worst]:.0f} leave over {BARRIERS[worst]}, more than over anything else.{other}"
        return f"{_first_of_all(self)}Of 100 people in her place {counts[0]}, {counts[1]} and {counts[2]}. {most}"

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _first_of_all(state: ThreeDoors) -> str:
    return "Danger at home comes before any door: see her alone today, ask, and plan. " if state.danger == "unasked" else ""


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    return [
        b.heading("Three doors", 4, eyebrow="Predict first"),
        b.prose("Vesna is 34 and bakes bread at night. She has had PTSD since a robbery. She speaks Serbian first, and at home are two small children. "
                "Three doors are open to her: weekly trauma-focused therapy, visits for a medicine, or both. Of 100 people in her place, some get through "
                "and some leave on the way. Over what do the most leave? Your guesses are kept as you made them."),
        b.places(GUESS, "What keeps the most people from getting through?", {key: sentence(words) for key, words in DOORS.items()},
                 {key: sentence(words) for key, words in ANSWERS.items()}, submit="Lock my guesses and show me"),
    ]  # fmt: skip


def _after(state: ThreeDoors) -> list[b.Block]:
    at_first = state == state.fresh()
    return [
        b.heading("Who gets through", 4, eyebrow="Three doors", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if at_first else ()),
        _settings(state),
        b.figure(_draw(state)),
        b.prose("To get through is not to get better. What a treatment does for those who do is no part of this model: trials say it, below."),
        *_noted(state),
        *(() if at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *explained(card()),
        *card_blocks(card(), state.variant),
    ]


def _gap(state: ThreeDoors) -> Iterator[b.Block]:
    """Each guess beside the model, which is no truth."""
    start, lines, right = ThreeDoors(), [], 0
    for key, guess in zip(DOORS, state.guess, strict=True):
        worst = start.heaviest(key)
        right += worst == guess
        said = "as you said" if worst == guess else f"you said {BARRIERS[guess]}, over which {start.lost(key)[guess]:.0f} leave"
        lines.append(f"{sentence(DOORS[key])}: {BARRIERS[worst]}, over which {start.lost(key)[worst]:.0f} of 100 leave ({said}).")
    text = f"{right} of your {len(DOORS)} guesses fit this model. Its numbers are assumed, so a gap is a question to ask of your own clinic, and no mistake."
    yield b.feedback("guess", text, focus="guess")
    yield b.listing(lines)


def _settings(state: ThreeDoors) -> b.Block:
    return b.settings(
        SETTINGS,
        "What stands in her way, and what has been opened",
        b.menu("children", "Children", CHILDREN, state.children),
        b.menu("interpreter", "Language", INTERPRETERS, state.interpreter),
        b.menu("danger", "Danger at home", DANGERS, state.danger),
        b.menu("sedative", "Sedative on board", SEDATIVES, state.sedative),
        b.menu("format", "Sessions", {key: each.label for key, each in card().variants.items()}, state.format),
        *(slider(name, card().parameters[name], getattr(state, name)) for name in _MOVED),
    )


_SEDATIVE = (
    "A sedative changes nothing in this model: nobody knows whether it keeps people in treatment. What it may change is what stays. Certainty low: in one "
    "trial, {rothbaum_2014.ptsd_alprazolam} of those with alprazolam before exposure sessions still had PTSD a few months later, and "
    "{rothbaum_2014.ptsd_placebo} with placebo. The VA/DoD guideline of 2023 recommends against benzodiazepines in PTSD. Whoever takes one every day must not "
    "stop at once."
)
_NOTES = {
    "relative": "A relative who interprets counts in this model as no interpreter: she may leave out what he must not hear, and he may have to carry it.",
    "plan": "A plan is not the end of danger. Ask again at each visit, alone, and decide with her whether trauma work begins meanwhile.",
    "unasked": "A safety plan names a signal, a place, a person and a service near her. It is made with her alone, and with a professional interpreter.",
    "video": "Sessions by video at home can be overheard. Ask whether she is alone, agree on a word that means stop, and on another place if there is none.",
}


def _noted(state: ThreeDoors) -> Iterator[b.Block]:
    """What a setting means that the bars cannot show."""
    told = [_NOTES[key] for key in (state.interpreter, state.danger) if key in _NOTES]
    if state.format == "video" and state.danger != "none":
        told.append(_NOTES["video"])
    if state.sedative != "none":
        told.append(linked(_SEDATIVE))
    yield from (b.prose(text, "quiet") for text in told)


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import DoorsDrawing

    return DoorsDrawing(tuple(SERIES.values()), BARRIERS)


def _draw(state: ThreeDoors):
    from ..figures import Passage

    doors = [Passage(sentence(words), state.through(key), state.lost(key)) for key, words in DOORS.items()]
    most = f"more leave over {BARRIERS[state.heaviest('therapy')]} than over anything else"
    title = f"{state.through('therapy'):.0f} of 100 get through trauma-focused therapy; {most}"
    order = ", ".join(BARRIERS.values())
    caption = f"Teaching model: every number is assumed. Filled: people who get through. Bordered: people who leave, in this order over {order}."
    return _drawing().update(title, doors, caption)
