"""The pages of a case: what the widget draws and what :func:`course.cases.reader.read` prints.

Each function takes a :class:`Session` as it stands and gives blocks. Nothing here knows of Jupyter.
"""

from __future__ import annotations

from course.content.settings import access_facts, settings
from course.content.words import in_a_sentence
from course.controls import blocks as b
from course.controls.crisis import crisis_note
from course.evidence import ledger
from course.evidence.instruments import Instrument, instruments
from course.look import sentence

from .records import CAUSES, Accepted, Case, Option
from .session import Session, Step

CAUSE_NAMES = {"medication": "The medication", "therapy": "The therapy", "time": "Time", "life": "Life outside the clinic", "cannot-tell": "Cannot tell"}

#: A lead smaller than this many points is no answer to "which one moved it".
CLOSE_CALL = 3


def opening_page(case: Case, done: Session | None = None) -> list[b.Block]:
    """The title, what the case asks, what to expect, and a way in; with ``done``, a way back to where you were."""
    blocks = [b.heading(case.title, 3, eyebrow="A case to play"), b.prose(_ledger(case.opening))]
    if case.content_note:
        blocks.append(b.note("Before you begin", case.content_note))
    if case.sensitive:
        blocks.append(crisis_note())
    blocks.append(b.prose(INVENTED, tone="quiet"))
    if done and done.finished:
        return [*blocks, b.buttons(resume="See your debrief again", start="Play it anew")]
    if done and done.steps:
        return [*blocks, b.buttons(resume=f"Resume at week {done.week}", start="Start again")]
    return [*blocks, b.buttons(start="Begin")]


INVENTED = "This person is invented, and so is how the scores move. Nothing here predicts what will happen to a real patient."


def scene_page(session: Session, submit: str = "Choose") -> list[b.Block]:
    """Who and when, the story, the scores so far, and the options."""
    scene = session.scene
    options = {option.key: _ledger(session.fill(option.text)) for option in session.options}
    return [
        *_path_so_far(session, len(session.steps)),
        b.heading(scene.title, 3, eyebrow=_who_and_when(session), focus="scene"),
        b.prose(_ledger(session.story)),
        *_scores(session),
        *_not_to_be_had(session),
        b.choice(scene.key, _ledger(session.fill(scene.question)), options, submit),
    ]


def feedback_page(session: Session) -> list[b.Block]:
    """What the last choice led to, and why; then a way on."""
    step = session.steps[-1]
    onward = "See how it ended" if session.finished else f"Continue to week {session.week}"
    return [
        *_path_so_far(session, len(session.steps) - 1),
        b.heading(step.scene.title, 3, eyebrow=_who_and_when(session, step.scene.week)),
        b.prose(f"You chose: {_ledger(session.fill(step.option.text))}"),
        _consequence(session, step),
        b.buttons(onward=onward),
    ]


def ending_page(session: Session) -> list[b.Block]:
    """How the story ended."""
    return [b.heading(session.scene.title, 3, eyebrow=_who_and_when(session), focus="scene"), b.prose(_ledger(session.story)), *_scores(session)]


def debrief_page(session: Session, guess: str = "") -> list[b.Block]:
    """Everything to be learned from one finished play. ``guess`` is the learner's answer to "which one moved it"."""
    case, debrief = session.case, session.case.debrief
    return [
        *ending_page(session),
        b.heading("Debrief", 3, focus="debrief"),
        b.feedback("passed" if session.passed else "not yet", _without_its_word(session.verdict()), focus="verdict"),
        *_paths(session),
        b.heading("Two turning points", 4),
        b.listing([f"Week {case.scenes[point.scene].week}, {case.scenes[point.scene].title}: {_ledger(point.why)}" for point in debrief.turning_points]),
        *_elsewhere(session),
        *_which_moved_it(session, guess),
        *_twin(session),
        *_thousand(case),
        b.heading("Take along", 4),
        b.prose(_ledger(debrief.take_along)),
        *_again(session),
        b.receipt("Your receipt, to hand in as an answer where an exercise asks for it", session.receipt()),
    ]


# ── Parts ────────────────────────────────────────────────────────────────────────────────────────


def _ledger(text: str) -> str:
    """Text with its published numbers filled in."""
    return ledger().fill(text).strip()


def _who_and_when(session: Session, week: int | None = None) -> str:
    where = f" · {session.clinic.title}" if session.clinic else ""
    return f"Week {session.week if week is None else week} · {session.case.name}, {session.case.age}{where}"


def _not_to_be_had(session: Session) -> list[b.Block]:
    """What a better place would offer at this moment, so that a closed door is seen and not forgotten."""
    missing = [access_facts()[fact] for fact in session.closed]
    return [b.prose(f"Not to be had at {session.clinic.title} now: {'; '.join(map(in_a_sentence, missing))}.", tone="quiet")] if missing else []


def _elsewhere(session: Session) -> list[b.Block]:
    """The first step at which the best path of each other clinic parts from the best path here."""
    if not session.clinic:
        return []
    here = _best_steps(session, session.clinic.key)
    said = [_parting(here, _best_steps(session, key), settings()[key].title) for key in session.case.clinics if key != session.clinic.key]
    return [b.heading("The same person in another clinic", 4), b.listing(said)]


def _best_steps(session: Session, clinic: str) -> list[Step]:
    return Session(session.case, (clinic,)).along_the_best().steps


def _parting(here: list[Step], there: list[Step], where: str) -> str:
    for mine, other in zip(here, there, strict=False):
        if mine.option.key != other.option.key:
            return f"{where}: at week {other.scene.week}, {other.scene.title}, the best step would have been: {_ledger(other.option.text)}"
    return f"{where}: the best path is the same as here."


def _path_so_far(session: Session, decisions: int) -> list[b.Block]:
    """Each of the first decisions as one line that opens, in the words of its time."""
    return [_earlier(session.until(number)) for number in range(1, decisions + 1)]


def _earlier(then: Session) -> b.Block:
    step = then.steps[-1]
    told = [b.prose(_ledger(then.fill(text))) for text in (step.option.text, step.option.consequence)]
    return b.folded(f"Week {step.scene.week} · {step.scene.title}: {b.JUDGEMENTS[step.option.quality]}", told)


def _consequence(session: Session, step: Step) -> b.Block:
    option = step.option
    text = _ledger(session.fill(option.consequence))
    return b.feedback(option.quality, text, _ledger(session.fill(option.because)), _sources(option))


def _sources(option: Option) -> tuple[tuple[str, str], ...]:
    studies = [ledger().study(key) for key in option.cites]
    return tuple((study.short, study.link) for study in studies)


def _scores(session: Session) -> list[b.Block]:
    """A small chart of each scale that has a value, and the same in words."""
    shown = []
    for scale in session.case.scales:
        points = session.points(scale)
        if not points:
            continue
        tool = instruments()[scale]
        words = _scores_in_words(tool, points)
        if scale in session.scene.unmeasured:
            words = f"{tool.name}: not measured at this visit. Last time: {words}"
        shown.append(b.trend(tool.name, tool.low, tool.high, tool.band, points, words))
    return shown


def _scores_in_words(tool: Instrument, points: list[tuple[int, int]]) -> str:
    """The chart's text twin: the score, what has changed since the first visit, and every visit."""
    (first_week, first), (_, last) = points[0], points[-1]
    words = f"{tool.name} {last}, {tool.severity(last)}."
    if len(points) == 1:
        return words
    visits = ", ".join(f"{score} at week {week}" for week, score in points)
    return f"{words} Since week {first_week}: {tool.change(first, last)}. Visits: {visits}. The grey band is {tool.band:g} points around the first score."


def _paths(session: Session) -> list[b.Block]:
    mine = ("Your path", "What you chose, and how good it was.", [_line(step) for step in session.steps])
    good = session.case.accepted_at(session.clinic.key if session.clinic else "")[:2]
    beside = "two good ones" if len(good) == 2 else "a good one"
    return [b.heading(f"Your path beside {beside}", 4), b.columns(mine, *(_accepted(session.case, path) for path in good))]


def _line(step: Step) -> str:
    return f"Week {step.scene.week}: {_ledger(step.option.text)} ({b.JUDGEMENTS[step.option.quality]})"


def _accepted(case: Case, path: Accepted) -> tuple[str, str, list[str]]:
    steps = Session(case, path.choices).steps
    return (path.name, f"Its trade-off: {_ledger(path.trade_off)}", [_line(step) for step in steps])


def _without_its_word(verdict: str) -> str:
    """The verdict without the word that the feedback shows above it."""
    return sentence(verdict.partition(": ")[2])


def _which_moved_it(session: Session, guess: str) -> list[b.Block]:
    scale = session.case.scales[0]
    name = instruments()[scale].name
    blocks = [b.heading("Which one moved it?", 4)]
    if not guess:
        legend = f"Think of the {name} from the first visit to the last. What moved it most?"
        return [*blocks, b.choice("cause", legend, CAUSE_NAMES, "Show me")]
    from .figures import by_cause

    return [*blocks, cause_feedback(session, guess), b.figure(by_cause(session, scale))]


def cause_feedback(session: Session, guess: str) -> b.Block:
    """What to say to a learner's answer to "which one moved it"."""
    moved = session.causes[session.case.scales[0]]
    first, second = sorted(CAUSES, key=lambda cause: -abs(moved[cause]))[:2]
    lead = abs(moved[first]) - abs(moved[second])
    right = "cannot-tell" if lead < CLOSE_CALL else first
    if right == "cannot-tell":
        text = f"{CAUSE_NAMES[first]} and {CAUSE_NAMES[second].lower()} moved it by nearly the same. No one at the bedside could tell them apart."
    else:
        text = f"In this story it was {CAUSE_NAMES[first].lower()}, by {lead} points more than the next. You know this only because the author drew it."
    return b.feedback("right" if guess == right else "not yet", f"You said: {CAUSE_NAMES[guess].lower()}. {text}", focus="cause")


def _twin(session: Session) -> list[b.Block]:
    from .figures import trajectory

    twin, scale = session.twin(), session.case.scales[0]
    named = session.case.debrief.twin
    swapped = next(step for step in twin.steps if step.scene.key == named.scene)
    said = named.says if swapped.option.key == named.option else named.instead
    return [
        b.heading("The same story with one choice swapped", 4),
        b.prose(f"At week {swapped.scene.week}: {_ledger(swapped.option.text)} {_ledger(said)}"),
        b.figure(trajectory(session, scale, twin, other_label="One choice swapped")),
    ]


def _thousand(case: Case) -> list[b.Block]:
    from course.evidence.figures import icon_array

    thousand = case.debrief.thousand
    picture = icon_array(*(group.rate for group in thousand.groups), labels=tuple(group.label for group in thousand.groups), outcome=thousand.outcome)
    return [b.heading(thousand.title, 4), b.figure(picture), b.prose(_ledger(thousand.says))]


def _again(session: Session) -> list[b.Block]:
    places = {str(n): f"Week {step.scene.week}, {step.scene.title}" for n, step in enumerate(session.steps)}
    return [b.heading("Play from here", 4), b.choice("again", "Go back to a decision and choose otherwise.", places, "Play from here")]
