"""``ask("m05-c1")`` and ``predict("m05-p1")``: a question in a lesson, marked at once, tried as often as you like."""

from __future__ import annotations

from course import notes
from course.controls import blocks as b
from course.controls.page import Page

from .marking import UNREADABLE, Verdict, mark
from .pages import filled, prediction_page, question_page, to_predict
from .records import Question, load_question


class Card:
    """A question on a page; the learner's answers stay in it while they try again."""

    def __init__(self, question: Question):
        self.question = question
        self.answers: dict = {}
        self.verdicts: dict[str, Verdict] = {}
        self.sure: str | None = None
        self.page = Page(question_page(question), self.act, question.title)

    def act(self, message: dict) -> None:
        part, answer = message.get("do"), message.get("value")
        if self.question.kind == "capstone" or (part != self.question.key and part not in self.question.fields):
            return
        verdict = mark(self.question, answer, part if part in self.question.fields else "")
        self.answers[part], self.verdicts = answer, {part: verdict}
        self.sure = message.get("sure") if message.get("sure") in b.SURE else None
        notes.write("answer", question=self.question.key, part=part, answer=answer, verdict=verdict.status, sure=self.sure)
        self.show(verdict)

    def show(self, verdict: Verdict) -> None:
        blocks = question_page(self.question, self.answers, self.verdicts, self.sure)
        self.page.show(blocks, focus="feedback", say=_said(verdict))


class Prediction(Card):
    """A question answered before what follows is shown. Once made, a prediction stands."""

    def show(self, verdict: Verdict) -> None:
        if verdict.status == UNREADABLE:
            return super().show(verdict)
        answer = self.answers[self.question.key]
        self.page.show(prediction_page(self.question, answer, verdict), focus="feedback", say=_said(verdict))


def _said(verdict: Verdict) -> str:
    return f"{b.JUDGEMENTS[verdict.status]}. {b.plain(filled(verdict.messages[0]))}"


def ask(question: str) -> None:
    """Ask a question in a lesson: ``ask("m05-c1")``. Answer, say how sure you are, and read why."""
    from IPython.display import display

    display(Card(load_question(question)).page)


def predict(question: str) -> None:
    """Ask for a prediction before a result is shown: ``predict("m05-p1")``."""
    from IPython.display import display

    display(Prediction(to_predict(question)).page)
