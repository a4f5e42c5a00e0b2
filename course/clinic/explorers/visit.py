"""*Twenty-five minutes*: say what a crowded visit will miss, then plan it yourself, let it be disturbed, and read the replay.

The rules are data: :mod:`..visit`. The patient is invented, and every minute is a teaching rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import attrs

from course.controls import blocks as b
from course.controls.crisis import crisis_note
from course.controls.explorer import GUESS, SETTINGS
from course.evidence.audit import linked, sources
from course.evidence.records import ledger, to_source

from ..visit import (
    ANSWERS,
    CARE,
    DONE,
    INTERRUPTION,
    LEFT_OUT,
    MISSED,
    OUTCOMES,
    PARTS,
    SHORT,
    UNHEARD,
    Plan,
    Replay,
    better,
    replay,
    visit,
)

#: What may be predicted of each part of the crowded visit.
GUESSES = {key: words for key, (words, _) in OUTCOMES.items() if key != LEFT_OUT}
#: How many minutes a plan may give to each part.
MOST = {"opening": 10, "safety": 10, "therapy": 15, "drug": 15, "close": 8, "notes": 8}
#: How the headline counts what went another way.
_LOST = {SHORT: "Cut short", UNHEARD: "Little said", MISSED: "Missed", LEFT_OUT: "Left out on purpose"}
LABEL = "Teaching rules: not for real visits"
#: What a plan says beside its minutes.
_CHOICES = ("order", "care", "element", "interruption", "answer")


@attrs.frozen
class TwentyFiveMinutes:
    """The plan that is replayed, and what was predicted of the crowded one."""

    guess: tuple[str, ...] | None = None
    plan: Plan = attrs.Factory(lambda: visit().crowded)

    name = "twenty-five-minutes"
    title = "Twenty-five minutes"

    # ── What the learner does ────────────────────────────────────────────────────────────────────

    def guessed(self, value: Any) -> TwentyFiveMinutes:
        fits = isinstance(value, (list, tuple)) and len(value) == len(PARTS) and all(isinstance(each, str) and each in GUESSES for each in value)
        return attrs.evolve(self, guess=tuple(value)) if fits else self

    def fresh(self) -> TwentyFiveMinutes:
        return TwentyFiveMinutes(guess=self.guess)

    def changed(self, values: dict[str, Any]) -> TwentyFiveMinutes:
        minutes = {part: round(values.get(part, self.plan.minutes[part])) for part in PARTS}
        choices = {name: values[name] for name in _CHOICES if name in values}
        return attrs.evolve(self, plan=attrs.evolve(self.plan, minutes=minutes, **choices))

    # ── What follows from it ─────────────────────────────────────────────────────────────────────

    @property
    def replay(self) -> Replay:
        return replay(self.plan)

    @property
    def at_first(self) -> bool:
        return self.plan == visit().crowded

    @property
    def headline(self) -> str:
        """How many parts had their minutes, which had not, when she went quiet, and when it ended."""
        shown = self.replay
        lost = [f"{words}: {', '.join(map(_name, shown.parts(outcome)))}." for outcome, words in _LOST.items() if shown.parts(outcome)]
        quiet = f"{visit().name} goes quiet at minute {shown.quiet[0]}." if shown.quiet else f"{visit().name} does not go quiet."
        return " ".join([f"{shown.count(DONE)} of {len(PARTS)} parts get what they need.", *lost, quiet, _ending(shown)])

    def page(self) -> list[b.Block]:
        return _before() if self.guess is None else _after(self)


def _ending(shown: Replay) -> str:
    over = shown.end - visit().minutes
    if over > 0:
        return f"The visit runs {over} minute{'s' * (over > 1)} over."
    if over < -1:
        return f"{-over} minutes are left over."
    return "1 minute is left over." if over else "The visit ends on time."


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def _before() -> list[b.Block]:
    crowded = visit().crowded
    order = visit().orders[crowded.order].parts
    came = visit().interruptions[crowded.interruption]
    return [
        b.heading("Twenty-five minutes", 4, eyebrow="Predict first"),
        b.prose(f"{visit().story}\n\nHere is a plan for the visit, in the order in which it is kept: "
                f"{', '.join(f'{_name(part)} {crowded.minutes[part]}' for part in order)}. That is {crowded.total} minutes for a visit of {visit().minutes}. "
                f"At minute {came.at} somebody knocks, and the door is answered. What will become of each part? Your guesses are kept as you made them."),
        b.places(GUESS, "What becomes of each part?", {part: visit().parts[part].label for part in PARTS}, GUESSES, submit="Lock my guesses and show me"),
        crisis_note(),
    ]  # fmt: skip


def _name(part: str) -> str:
    return visit().parts[part].short.lower()


def _after(state: TwentyFiveMinutes) -> list[b.Block]:
    return [
        b.heading("The crowded visit, replayed" if state.at_first else "Your visit, replayed", 4, eyebrow="Twenty-five minutes", focus="headline"),
        b.prose(state.headline, "lead"),
        *(_gap(state) if state.at_first else ()),
        _settings(state),
        b.prose(f"Your minutes come to {state.plan.total} of {visit().minutes}.", "quiet"),
        b.figure(_draw(state)),
        *_minute_by_minute(state.replay),
        *_hidden(state.replay),
        *_better(state.plan),
        *(() if state.at_first else [b.folded("Your guesses", list(_gap(state)))]),
        *_explained(),
        *_rules(),
        crisis_note(),
    ]


def _gap(state: TwentyFiveMinutes) -> Iterator[b.Block]:
    """Each guess beside what became of the part in the crowded visit."""
    found = replay(visit().crowded)
    lines, right, hopeful = [], 0, 0
    for part, guess in zip(PARTS, state.guess, strict=True):
        outcome = found.outcomes[part]
        right += guess == outcome
        hopeful += guess == DONE != outcome
        said = "as you said" if guess == outcome else f"you said: {GUESSES[guess]}"
        lines.append(f"{visit().parts[part].label}: {OUTCOMES[outcome][0]} ({said}).")
    because = "Minutes on the clock are not minutes in which somebody talks: from the moment she went quiet, a part may have all its time and bring nothing."
    yield b.feedback("guess", f"{right} of your {len(PARTS)} guesses are what the replay shows; {hopeful} were too hopeful.", because, focus="guess")
    yield b.listing(lines)


def _settings(state: TwentyFiveMinutes) -> b.Block:
    plan = state.plan
    controls = [
        b.menu("order", "Order", {key: each.label for key, each in visit().orders.items()}, plan.order),
        b.menu("interruption", "What comes between", {key: each.label for key, each in visit().interruptions.items()}, plan.interruption),
        b.radio("answer", "When it comes", ANSWERS, plan.answer),
        b.radio("care", "Whose care", CARE, plan.care),
        *([b.menu("element", "The step of therapy", {key: each.label for key, each in visit().elements.items()}, plan.element)] if plan.care == "own" else []),
        *(b.slider(part, visit().parts[part].label, 0, MOST[part], 1, plan.minutes[part], "minutes") for part in PARTS),
    ]
    return b.settings(SETTINGS, "Your plan, and what comes between", *controls)


def _minute_by_minute(shown: Replay) -> Iterator[b.Block]:
    """Every stretch of the visit in a line, with what was heard in it, and the minute in which she went quiet."""
    came = visit().interruptions[shown.plan.interruption]
    met, told, lines = came.met(shown.plan.answer), set(), []
    for piece in shown.pieces:
        when = f"Minute {piece.start} to {piece.end}"
        if piece.what == INTERRUPTION:
            lines.append((piece.start, f"{when}. {came.says} {met.says}"))
        else:
            said = "It goes on." if piece.what in told else _heard(shown, piece.what)
            lines.append((piece.start, f"{when}. {visit().parts[piece.what].label}. {said}"))
            told.add(piece.what)
    if shown.quiet:
        between = f"{came.says} {met.says} " if met and not met.minutes and shown.quiet[1] == INTERRUPTION else ""
        lines.append((shown.quiet[0] - 0.5, f"Minute {shown.quiet[0]}. {between}{visit().name} goes quiet. {_why_quiet(shown)}"))
    yield b.heading("Minute by minute", 4)
    yield b.listing([words for _, words in sorted(lines, key=lambda line: line[0])] + [_ending(shown)])


def _heard(shown: Replay, part: str) -> str:
    each, outcome = visit().parts[part], shown.outcomes[part]
    if outcome == DONE:
        told = each.told_split if shown.plan.care == "split" and each.told_split else each.told
        step = f" {visit().elements[shown.plan.element].words}" if part == "therapy" and shown.plan.care == "own" else ""
        return f"{told}{step}"
    return f"{OUTCOMES[outcome][1]} It {OUTCOMES[outcome][0]}."


def _why_quiet(shown: Replay) -> str:
    _, why = shown.quiet
    return "That was when it came between, and you kept to the plan." if why == INTERRUPTION else visit().quiet[why]


def _hidden(shown: Replay) -> Iterator[b.Block]:
    """What nobody learned."""
    lost = shown.parts(SHORT, UNHEARD, MISSED)
    if lost:
        yield b.heading("What you did not hear", 4)
        yield b.listing([f"{visit().parts[part].short} {OUTCOMES[shown.outcomes[part]][0]}. {_lost(shown, part)}" for part in lost])
    out = shown.parts(LEFT_OUT)
    if out:
        names = " and ".join(_name(part) for part in out)
        yield b.prose(f"Left out on purpose: {names}. Say so at the close, and name the day on which it comes instead.")


def _lost(shown: Replay, part: str) -> str:
    each = visit().parts[part]
    return each.quietly if each.quietly and shown.outcomes[part] == UNHEARD else each.hidden


def _better(plan: Plan) -> Iterator[b.Block]:
    """A plan that fits the same visit, behind a line."""
    found = better(plan)
    shown = replay(found)
    kept = ", ".join(f"{_name(part)} {found.minutes[part]}" for part in visit().orders[found.order].parts if found.minutes[part])
    out = " and ".join(_name(part) for part in shown.parts(LEFT_OUT))
    words = f"{visit().orders[found.order].label}. In minutes: {kept}. {_ending(shown)}"
    if plan.interruption != "none":
        words += f" When it comes between: {ANSWERS[found.answer].lower()}."
    if out:
        words += f" Left out on purpose, and said aloud: {out}."
    if plan.care == "split":
        words += " The minutes that split care frees in this visit are spent by somebody else. Nobody has shown that either way does more for her."
    yield b.folded("A plan that would have fitted", [b.prose(words)])


def _explained() -> Iterator[b.Block]:
    """What is known, how far two things that go together overlap, what is not known of each step, and tasks."""
    yield b.heading("What is known", 4)
    first, *more = (_with_sources(each.text, each.keys) for each in visit().explain)
    yield b.listing([first, _overlap(), *more])
    yield b.folded("What is not known of each step", [b.listing([f"{each.label}. {linked(each.unknown)}" for each in visit().elements.values()])])
    yield from b.tasks((use.ask, use.answer) for use in visit().uses)


def _overlap() -> str:
    """A correlation as overlap: squared, it is the share of the differences that two things have in common."""
    found = ledger()["fluckiger_2018.alliance"]
    share = round(100 * found.value**2)
    return (f"As an overlap: about {share} of every 100 parts of what differs between people's outcomes go with how the work together was rated, and "
            f"{100 - share} do not. That is the correlation of {to_source(found, found.number)} squared.")  # fmt: skip


def _with_sources(text: str, keys: tuple[str, ...]) -> str:
    """A text with its numbers linked, and the studies that it rests on without a number."""
    without_number = [key for key in keys if f"{{{key}}}" not in text]
    return f"{linked(text)} ({sources(without_number)})" if without_number else linked(text)


def _rules() -> Iterator[b.Block]:
    yield b.note(LABEL, "The patient is invented, and so is every minute. Each rule below is an assumption of this course. The replay must not be used for "
                        "planning a real visit to the minute, or for saying how much a minute of listening is worth.")  # fmt: skip
    needs = [f"{each.label}: needs {each.need} minutes; in split care {each.need_split} (assumption)." for each in visit().parts.values()]
    steps = [f"{each.label}: {each.need} minutes (assumption)." for each in visit().elements.values()]
    yield b.folded("Every rule", [
        b.heading("Minutes that each part needs", 4),
        b.listing(needs),
        b.heading("Minutes that each step of therapy needs", 4),
        b.listing(steps),
        b.heading("What follows", 4),
        b.listing([
            "The safety question is never squeezed: it takes what it needs, whatever was planned, and after time is up if it must. So does danger.",
            "Whatever else does not fit into the visit does not happen.",
            "She goes quiet when you go on before she has said why she came, when you type while she has more to say, or when something comes between and you "
            "do not stay with her. She may also stop when what she has begun on is cut short.",
            "From then on a part may have its minutes and bring little. A whole opening brings her back, and so does being asked what happened.",
            "Both treatments from one clinician, or from two, change only who spends the minutes. There is no bonus for either.",
        ]),
    ])  # fmt: skip


@lru_cache(maxsize=1)
def _drawing():
    from ..figures.visit import VisitDrawing

    return VisitDrawing()


def _draw(state: TwentyFiveMinutes):
    shown = state.replay
    lost = shown.count(SHORT, UNHEARD, MISSED)
    title = f"{shown.count(DONE)} of {len(PARTS)} parts get what they need" + (f", and {lost} do not" if lost else "")
    return _drawing().update(title, shown)
