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

from course import notes
from course.content.reading import PlainError, wrapped
from course.controls.blocks import plain
from course.questions.marking import RECORDED, RIGHT, UNANSWERED, Verdict, mark
from course.questions.pages import filled
from course.questions.records import PRIVATE

from .answers import Asked, NoAnswer, asked, find_answer, find_sure


class NotYet(PlainError):
    """An answer that is not right yet, as the words to the learner."""


class Recorded(PlainError):
    """An answer that only the instructor can mark. It is raised, so that without its key no question ever passes."""


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
    if verdict.status == RECORDED:
        words += [f"The key of {part.key} is not here. Set {PRIVATE} to the folder of private questions, then grade again."] if _marks_count() else []
        raise Recorded("\n".join([*words, *filter(None, [hint])]))
    if verdict.status != RIGHT:
        start = [] if verdict.status == UNANSWERED else [f"Not yet ({_points(part)})."]
        raise NotYet("\n".join([*start, *words, *filter(None, [hint])]))
    print(wrapped("\n".join([f"Right ({_points(part)}).", *words, *filter(None, [hint])])))


def _points(part: Asked) -> str:
    return "1 point" if part.points == 1 else f"{part.points} points"


def _marks_count() -> bool:
    """Whether nbgrader is grading now: then an instructor reads the words."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _learners_names() -> Mapping[str, Any]:
    """The learner's variables: those of the notebook, or of the program that called."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        return shell.user_ns
    return sys._getframe(2).f_globals


def _noted(answer: Any) -> Any:
    """The answer as it may stand in the notes: plain, short and flat, or only its kind."""
    if isinstance(answer, (list, tuple)):
        return [_noted(each) if not isinstance(each, (list, tuple)) else "list" for each in answer[:40]]
    if type(answer) is str:
        return answer[:400]
    return answer if type(answer) in (int, float, bool) else type(answer).__name__
