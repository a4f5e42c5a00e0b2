"""``check("m05-q1")``: marks the answer in the learner's variable, in a notebook or while nbgrader runs.

A right answer prints its reason. Every other answer raises :class:`NotYet`, which draws itself as plain
words; to nbgrader it is a failed check, worth 0. Nothing is ever written to stderr, which nbgrader would
take for a failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

from course import notes
from course.content.reading import PlainError, wrapped
from course.controls.blocks import plain
from course.questions.marking import RECORDED, RIGHT, UNANSWERED, Verdict, mark
from course.questions.pages import filled
from course.questions.records import PRIVATE

from .answers import Asked, NoAnswer, asked, find_answer, find_sure


class NotYet(PlainError):
    """An answer that is not right yet, as the words to the learner."""


def check(question: str) -> None:
    """Check your answer to a question: ``check("m05-q1")`` reads the variable ``m05_q1``.

    Try as often as you like. Raises :class:`NotYet` with the reason until the answer is right.
    """
    part = asked(question)
    names = _learners_names()
    sure, hint = find_sure(names, part)
    try:
        answer = find_answer(names, part)
    except NoAnswer as error:
        raise NotYet(str(error)) from None
    verdict = mark(part.question, answer, part.field)
    if verdict.status != UNANSWERED:
        notes.write("answer", question=part.key, answer=_noted(answer), verdict=verdict.status, sure=sure)
    _say(part, verdict, hint)


def _say(part: Asked, verdict: Verdict, hint: str) -> None:
    words = [plain(filled(message)) for message in verdict.messages if message]
    if verdict.status == RECORDED and _marks_count():
        raise NotYet(f"The key of {part.key} is not here. Set {PRIVATE} to the folder of private questions, then grade again.")
    if verdict.status not in (RIGHT, RECORDED):
        start = [] if verdict.status == UNANSWERED else [f"Not yet ({_points(part)})."]
        raise NotYet("\n".join([*start, *words, *filter(None, [hint])]))
    start = [f"Right ({_points(part)})."] if verdict.status == RIGHT else []
    print(wrapped("\n".join([*start, *words, *filter(None, [hint])])))


def _points(part: Asked) -> str:
    return "1 point" if part.points == 1 else f"{part.points} points"


def _marks_count() -> bool:
    """Whether nbgrader is grading now, so that a question without its key must not pass."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _learners_names() -> Mapping[str, Any]:
    """The learner's variables: those of the notebook, or of the program that called."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        return shell.user_ns
    return sys._getframe(2).f_globals


def _noted(answer: Any) -> Any:
    """The answer as it may stand in the notes: plain and short, or only its kind."""
    if isinstance(answer, (str, int, float, bool)):
        return answer if not isinstance(answer, str) else answer[:400]
    if isinstance(answer, (list, tuple)):
        return [_noted(each) for each in answer[:40]]
    return type(answer).__name__
