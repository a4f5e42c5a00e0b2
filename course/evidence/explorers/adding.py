"""*Add them up*: see neither treatment and each alone, predict both together, then see what adding up predicts on three scales.

Each trial is predicted before its combined group is shown, and each prediction is locked. The sums are those of :mod:`..adding`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.content.words import in_a_sentence
from course.controls import blocks as b
from course.controls.explorer import GUESS, SETTINGS
from course.look import sentence

from ..adding import BOTH, MEDICATION, NEITHER, SCALES, THERAPY, AddedUp, FourGroups, added_up, adding_model, four_groups, gap_as_pooled
from ..pooling import more_or_fewer, number_text
from ..rating import Rating, rate
from ..words import words_of_components

START = "walkup_2008"
STEP, MIDDLE = 5, 50
NUMBERS = {str(number): str(number) for number in range(0, 101, STEP)}
COVERED, SHOWN = "no", "yes"
PRACTICE = "For practice only, because the course worked out some of these counts itself"
SCALE_MATTERS = """“More than the sum” is no sentence until it names a scale. On one scale two treatments can do just what their sum predicts, and on \
another less, in the same people on the same day. Nothing about the treatments has changed. Only the way of adding has.

For people, the gains are the natural scale: how many more of 100 get better. That scale has a ceiling, because there are never more than 100. \
Multiplying chances runs past it soonest. Odds have no ceiling, which is why many models add there."""
A_TEST = """To say that two treatments do more than add up, a trial has to show it on a named scale with an interval. That takes far more people \
than showing that both beat one. These trials were not made for it."""
MODEL_INTRO = """In depression no trial on file has all four groups with counts. A model can put them together: each trial says what it can about \
medication, about therapy, or about both, and the model supposes that the two add up on the log-odds scale. Then it says what both should have \
done. Therapies of all kinds stand together here, and so do medications."""


@attrs.frozen
class AddThemUp:
    """What is set. ``guess`` is every locked prediction by trial; ``draft`` the number set for a trial that is still covered."""

    guess: tuple[tuple[str, int], ...] | None = None
    trial: str = START
    draft: int = MIDDLE

    name = "add-them-up"
    title = "Add them up"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> AddThemUp:
        value = value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value
        fits = type(value) in (int, str) and str(value) in NUMBERS
        return attrs.evolve(self, guess=((START, int(value)),)) if fits else self

    def fresh(self) -> AddThemUp:
        return AddThemUp(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> AddThemUp:
        """Another trial comes covered; when a covered one is to be shown, the number that stands there is locked."""
        trial = values.get("trial", self.trial)
        if trial != self.trial or self.prediction is not None:
            return AddThemUp(self.guess, trial)
        draft = int(values.get("predict", self.draft))
        if values.get("show") == SHOWN:
            return AddThemUp((*self.guess, (trial, draft)), trial)
        return AddThemUp(self.guess, trial, draft)

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def four(self) -> FourGroups:
        return four_groups()[self.trial]

    @property
    def prediction(self) -> int | None:
        """The locked prediction for the trial that is set; without one its combined group is covered."""
        return dict(self.guess or ()).get(self.trial)

    @property
    def headline(self) -> str:
        """What both together brought, what adding up predicts, and how sure anybody can be of the gap."""
        if self.prediction is None:
            return f"{self.four.title}. Predict first: the group with both is still covered."
        said = f"{_seen(self.four)} {_predicted(self.four)}"
        return f"{said} {_conclusion(self.four)}" if self.four.solid else f"{PRACTICE}: {in_a_sentence(said)}"

    def page(self) -> list[b.Block]:
        if self.guess is None:
            return _before(self)
        return _covered(self) if self.prediction is None else _shown(self)


def rating(trial: FourGroups) -> Rating:
    """How sure one can be that both do more, or less, than the sum of the gains."""
    predicted = next(each for each in added_up(trial) if each.measure == "RD").share
    return rate(gap_as_pooled(trial), trial.size, min(1.0, max(0.0, predicted)))


def _seen(trial: FourGroups) -> str:
    low, high = (round(100 * end) for end in trial.both.interval)
    return f"Of 100 {trial.people}, {_hundred(trial, BOTH)} {trial.did} with both (95 % interval {low} to {high})."


def _hundred(trial: FourGroups, group: str) -> int:
    return round(100 * trial.groups[group].share)


def _predicted(trial: FourGroups) -> str:
    how = {"RD": "Adding the gains of each predicts {}", "RR": "multiplying the chances {}", "OR": "multiplying the odds {}"}
    parts = [how[each.measure].format(_number(each)) for each in added_up(trial)]
    return f"{parts[0]}, {parts[1]}, and {parts[2]}."


def _number(each: AddedUp) -> str:
    if each.possible:
        return str(each.of_hundred)
    return f"{each.of_hundred} ({'more than there are people' if each.share > 1 else 'fewer than nobody'})"


def _conclusion(trial: FourGroups) -> str:
    """Whether both do more or less than the sum of the gains, with the word of its certainty."""
    level, gap = rating(trial).level, next(each for each in added_up(trial) if each.measure == "RD")
    side = "more" if gap.gap.estimate > 0 else "less"
    words = {"high": f"do {side}", "moderate": f"probably do {side}", "low": f"may do {side}"}
    if level not in words or gap.fits:
        return "It is uncertain whether both do more or less than the sum of their gains."
    return f"Both {words[level]} than the sum of their gains."


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before(state: AddThemUp) -> list[b.Block]:
    return [
        b.heading("Add them up", 4, eyebrow="Predict first"),
        b.prose(f"{state.four.title}: one trial, four groups. Three of them you may see. What did the fourth bring, with both together? Your number is kept "
                "as you made it."),
        b.listing(_groups(state.four, covered=True)),
        _figure(state),
        b.places(GUESS, f"Of 100 {state.four.people}, how many {state.four.did} with both?", {BOTH: sentence(state.four.both.name)}, NUMBERS,
                 submit="Lock my number and show me"),
    ]  # fmt: skip


def _covered(state: AddThemUp) -> list[b.Block]:
    """A further trial, before its prediction."""
    return [
        b.heading(state.four.name, 4, eyebrow="Predict first", focus="headline"),
        b.prose(state.headline, "lead"),
        _settings(state),
        b.listing(_groups(state.four, covered=True)),
        _figure(state),
    ]


def _shown(state: AddThemUp) -> list[b.Block]:
    return [
        b.heading(state.four.title, 4, eyebrow=state.four.name, focus="headline"),
        b.prose(state.headline, "lead"),
        _gap(state),
        _settings(state),
        _figure(state),
        b.heading("Three ways to add up", 4),
        b.listing([_way(state.four, each) for each in added_up(state.four)]),
        b.prose(_which_fit(state.four)),
        b.heading("More than the sum, on which scale?", 4),
        b.prose(SCALE_MATTERS),
        *_certainty(state),
        b.folded("Where the counts come from", [b.listing([*_groups(state.four, covered=False), *_notes(state.four)])]),
        *_model(),
    ]


def _groups(trial: FourGroups, covered: bool) -> list[str]:
    """Each group: what was given, how many of 100, the counts, and where they were read."""
    labels = {NEITHER: "Neither", MEDICATION: "Medication alone", THERAPY: "Therapy alone", BOTH: "Both"}
    return [
        f"{labels[name]} ({group.name}): {group.text} of 100 {trial.did}; {group.events} of {group.n} people, {trial.study.linked}"
        for name, group in trial.groups.items()
        if not (covered and name == BOTH)
    ]


def _notes(trial: FourGroups) -> Iterator[str]:
    """What the groups of this trial are not."""
    if "placebo" in trial.groups[THERAPY].name:
        yield "People with therapy alone took a placebo as well, so everybody took a tablet."
    if "placebo" not in trial.groups[NEITHER].name:
        yield f"Nobody had a placebo. The first group had {trial.groups[NEITHER].name}, in which some people are treated too."
    if not trial.solid:
        yield f"{PRACTICE}: only per cents or sizes of groups were printed."


def _gap(state: AddThemUp) -> b.Block:
    """The prediction beside what was seen, and the way of adding up that it came nearest to."""
    seen, guess = _hundred(state.four, BOTH), state.prediction
    low, high = (100 * end for end in state.four.both.interval)
    far = "That is what the trial saw" if seen == guess else f"The trial saw {seen}, which is {more_or_fewer(seen - guess)}"
    inside = "inside the interval" if low <= guess <= high else "outside the interval"
    return b.feedback("guess", f"You said: {guess} of 100. {far}; your number lies {inside}. {_nearest_way(state.four, guess)}", focus="guess")


def _nearest_way(trial: FourGroups, guess: int) -> str:
    sums = sorted(added_up(trial), key=lambda each: each.share)
    if not sums[0].of_hundred <= guess <= sums[-1].of_hundred:
        return f"It is {'below' if guess < sums[0].of_hundred else 'above'} what any of the three ways to add up predicts."
    near = min(sums, key=lambda each: abs(100 * each.share - guess))
    return f"Of the three ways to add up, it is nearest to this: {SCALES[near.measure].lower()}."


def _settings(state: AddThemUp) -> b.Block:
    """The menu of trials, and the prediction; once it is locked, both of its controls have one choice left and so keep the focus."""
    locked = state.prediction
    if locked is None:
        predict = b.slider("predict", "Of 100 people with both", 0, 100, STEP, state.draft)
        show = b.radio("show", "The group with both", {COVERED: "Keep it covered", SHOWN: "Lock my number and show it"}, COVERED)
    else:
        predict = b.menu("predict", "Of 100 people with both", {str(locked): f"{locked}, locked"}, str(locked))
        show = b.radio("show", "The group with both", {SHOWN: "It is shown"}, SHOWN)
    return b.settings(
        SETTINGS,
        "Which trial, and your prediction",
        b.menu("trial", "In whom", {key: _offered(each) for key, each in four_groups().items()}, state.trial),
        predict,
        show,
    )


def _offered(trial: FourGroups) -> str:
    return f"{trial.title} ({trial.name}{'' if trial.solid else ', for practice'})"


@lru_cache(maxsize=1)
def _drawing():
    from ..figures import AddingDrawing

    return AddingDrawing()


def _figure(state: AddThemUp) -> b.Block:
    return b.figure(_drawing().update(state.four, state.prediction))


def _way(trial: FourGroups, each: AddedUp) -> str:
    """One scale: the sum worked out, and how far what was seen is from it."""
    return f"{SCALES[each.measure]}. {_worked_out(trial, each)} {_apart(each)}"


def _worked_out(trial: FourGroups, each: AddedUp) -> str:
    """The arithmetic, as somebody would do it with rounded numbers."""
    cells = [trial.groups[name].cells for name in (NEITHER, MEDICATION, THERAPY)]
    neither, medication, therapy = (with_it / (with_it + without) for with_it, without in cells)
    if each.measure == "RD":
        return (f"Medication alone brought {more_or_fewer(100 * (medication - neither))} of 100, therapy alone {more_or_fewer(100 * (therapy - neither))}. "
                f"Put on top of {round(100 * neither)}, that makes {_number(each)}.")  # fmt: skip
    if each.measure == "RR":
        times = f"{number_text('RR', medication / neither)} times as likely with medication, {number_text('RR', therapy / neither)} times with therapy"
        return f"Getting better was {times}. Both factors on {round(100 * neither)} of 100 make {_number(each)}."
    odds = [with_it / without for with_it, without in cells]
    times = f"{number_text('OR', odds[1] / odds[0])} times as high with medication, {number_text('OR', odds[2] / odds[0])} times with therapy"
    return f"The odds were {times}. Both factors on odds of {number_text('OR', odds[0])} make {_number(each)} of 100."


def _apart(each: AddedUp) -> str:
    """What was seen against the sum on this scale."""
    name = {"RD": "The difference from the sum", "RR": "Seen over predicted, as a ratio of chances,", "OR": "Seen over predicted, as a ratio of odds,"}
    side = "more" if each.gap.estimate > 0 else "less"
    verdict = "the trial cannot tell it from the sum." if each.fits else f"{side} than the product, and chance alone does not explain it."
    return f"{name[each.measure]} is {each.gap.text}: {verdict}"


def _which_fit(trial: FourGroups) -> str:
    sums = added_up(trial)
    closest = min(sums, key=lambda each: abs(each.share - trial.both.share))
    fitting = [SCALES[each.measure].lower() for each in sums if each.fits and each.possible]
    cannot = [SCALES[each.measure].lower() for each in sums if not each.possible]
    said = [f"The nearest prediction comes from this scale: {SCALES[closest.measure].lower()}."]
    said.append(f"Not told apart from what was seen: {'; '.join(fitting)}." if fitting else "None of the three can stand beside what was seen.")
    if cannot:
        said.append(f"Asks for what cannot be: {'; '.join(cannot)}.")
    return " ".join(said)


def _certainty(state: AddThemUp) -> Iterator[b.Block]:
    if not state.four.solid:
        return
    found = rating(state.four)
    yield b.heading(f"How sure that both do more or less than add up: {found.level}", 4)
    yield b.listing([str(reason) for reason in found.reasons])
    yield b.prose(A_TEST)


def _model() -> Iterator[b.Block]:
    """All trials of depression at once, as two parts that add up."""
    model, studies = adding_model()
    yield b.heading("Adding up in depression, from many trials", 4)
    yield b.prose(MODEL_INTRO)
    first, *more = words_of_components(model)
    yield b.prose(first)
    yield b.listing([sentence(each) for each in more])
    yield b.folded("Where the counts of the model come from", [b.listing([study.linked for study in studies])])
