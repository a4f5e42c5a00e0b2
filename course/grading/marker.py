"""``check("m05-q1")``: marks the answer in the learner's variable, in a notebook or while nbgrader runs.

A right answer prints its reason. Every other answer raises :class:`NotYet` (or :class:`Recorded`, where the
key is not here), which draws itself as plain words; to nbgrader it is a failed check, worth 0. Nothing is ever written to stderr, which nbgrader would
take for a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import attrs

from course import notes
from course.content.reading import PlainError, wrapped
from course.controls.blocks import plain
from course.questions.marking import RECORDED, RIGHT, UNANSWERED, Verdict, mark
from course.questions.pages import filled
from course.questions.records import PRIVATE

from .answers import Asked, NoAnswer, asked, find_answer, find_sure
from .worksheet import UNKNOWN, Worksheet


class NotYet(PlainError):
    """An answer that is not right yet, as the words to the learner."""


class Recorded(PlainError):
    """An answer that only the instructor can mark. It is raised, so that without its key no question ever passes."""


@attrs.frozen
class Reply:
    """What a check cell says to an answer. ``status`` is that of the verdict, or ``None`` where there was no answer to mark."""

    part: Asked
    status: str | None
    text: str
    answer: Any = None
    sure: str | None = None


def check(question: str) -> None:
    """Check your answer to a question: ``check("m05-q1")`` reads the variable ``m05_q1``.

    Try as often as you like. Raises :class:`NotYet` with the reason until the answer is right.
    """
    said = reply(question, _learners_names())
    if said.status not in (None, UNANSWERED):
        notes.write("answer", question=said.part.key, answer=_noted(said.answer), verdict=said.status, sure=said.sure)
    if said.status != RIGHT:
        raise refusal(said)
    print(said.text)


def reply(question: str, names: Mapping[str, Any]) -> Reply:
    """What is said to the answer that these names hold: the same words in the notebook and in the feedback."""
    part = asked(question)
    sure, hint = find_sure(names, part)
    try:
        answer = find_answer(names, part)
    except NoAnswer as error:
        return Reply(part, None, wrapped(str(error)))
    verdict = mark(part.question, answer, part.field)
    return Reply(part, verdict.status, wrapped("\n".join([*_words(part, verdict), *filter(None, [hint])])), answer, sure)


def refusal(said: Reply) -> PlainError:
    """What a check cell raises with a reply that is not *right*."""
    return (Recorded if said.status == RECORDED else NotYet)(said.text)


def _words(part: Asked, verdict: Verdict) -> list[str]:
    words = [plain(filled(message)) for message in verdict.messages if message]
    if verdict.status == RECORDED and _marks_count():
        words.append(f"The key of {part.key} is not here. Set {PRIVATE} to the folder of private questions, then grade again.")
    start = {RIGHT: [f"Right ({_points(part)})."], RECORDED: [], UNANSWERED: []}.get(verdict.status, [f"Not yet ({_points(part)})."])
    return [*start, *words]


def _points(part: Asked) -> str:
    return "1 point" if part.points == 1 else f"{part.points} points"


def _marks_count() -> bool:
    """Whether nbgrader is grading now: then an instructor reads the words."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _learners_names() -> Mapping[str, Any]:
    """The learner's variables: those of the notebook, as the grader will read them, or of the program that called."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        return _as_graded(shell)
    return sys._getframe(2).f_globals


def _as_graded(shell) -> Mapping[str, Any]:
    """The notebook's names with the values that are read from the cells run so far, in the order in which they were run."""
    cells = shell.history_manager.input_hist_raw
    worksheet, seen = getattr(shell, "_course_worksheet", (None, 0))
    if worksheet is None or seen > len(cells):  # %reset begins again
        worksheet, seen = Worksheet(), 0
    for cell in cells[seen:]:
        worksheet.read(cell)
    shell._course_worksheet = worksheet, len(cells)
    return {name: worksheet.values.get(name, UNKNOWN) for name in shell.user_ns}


def _noted(answer: Any) -> Any:
    """The answer as it may stand in the notes: plain, short and flat, or only its kind."""
    if isinstance(answer, (list, tuple)):
        return [_noted(each) if not isinstance(each, (list, tuple)) else "list" for each in answer[:40]]
    if type(answer) is str:
        return answer[:400]
    return answer if type(answer) in (int, float, bool) else type(answer).__name__
