"""``play("grace")``: a case in the notebook, choice by choice, kept in the learner's notes as it goes."""

from __future__ import annotations

from course import notes
from course.controls import blocks as b
from course.controls.page import Page

from . import pages
from .records import ARRIVAL, Case, load_case
from .session import Refused, Session

NOT_KEPT = "Your choices could not be saved: the folder my cannot be written. You can play on; copy the receipt at the end."


class Player:
    """A case on a page. Every act of the learner calls the method of its name, or is a choice in the scene."""

    def __init__(self, case: Case):
        self.case = case
        self.session = Session(case)
        self.guess = ""
        self.kept = True
        done = _where_it_was_left(case)
        self._done = done
        self.page = Page(pages.opening_page(case, done), self.act, case.title)

    def act(self, message: dict) -> None:
        """What the browser sent: a button by its name, or a choice by the name of its scene."""
        do, value = message.get("do"), message.get("value")
        act = {"start": self.start, "resume": self.resume, "onward": self.onward}.get(do)
        if act:
            act()
        elif do == "cause" and self.session.finished and value in pages.CAUSE_NAMES:
            self.show_cause(value)
        elif do == "again" and self.session.finished and str(value) in map(str, range(len(self.session.steps))):
            self.play_from(int(value))
        elif do == self.session.scene.key:
            self.choose(value)

    def start(self) -> None:
        self._begin(Session(self.case))

    def resume(self) -> None:
        """Back to where the notes end."""
        self.session = self._done or Session(self.case)
        self._show_debrief("debrief") if self.session.finished else self._show_scene()

    def play_from(self, decision: int) -> None:
        """Again from an earlier decision; the choices before it stand."""
        self._begin(self.session.until(decision))

    def _begin(self, session: Session) -> None:
        self.session, self.guess = session, ""
        self.kept = notes.write("start", case=self.case.key, version=self.case.version, choices=list(session.choices))
        self._show_scene()

    def choose(self, key: str) -> None:
        try:
            step = self.session.choose(key)
        except Refused:
            return self._show_scene()  # a page older than the story: draw it anew
        scene = step.scene.key if step else ARRIVAL
        self.kept &= notes.write("choose", case=self.case.key, version=self.case.version, scene=scene, option=key)
        if not step:
            return self._show_scene()
        blocks = pages.feedback_page(self.session)
        judged = b.JUDGEMENTS[step.option.quality]
        self._show(blocks, focus="feedback", say=f"{judged}. {b.plain(blocks[-2]['text'])}")

    def onward(self) -> None:
        if not self.session.finished:
            return self._show_scene()
        notes.write("finish", case=self.case.key, version=self.case.version, passed=self.session.passed)
        self._show_debrief("scene")

    def show_cause(self, guess: str) -> None:
        self.guess = guess
        notes.write("attribute", case=self.case.key, version=self.case.version, cause=guess)
        self._show_debrief("cause", b.plain(pages.cause_feedback(self.session, guess)["text"]))

    def _show_scene(self) -> None:
        self._show(pages.scene_page(self.session), focus="scene", say=f"Week {self.session.week}. {self.session.scene.title}.")

    def _show_debrief(self, focus: str, say: str = "The story has ended. Your debrief follows.") -> None:
        self._show(pages.debrief_page(self.session, self.guess), focus=focus, say=say)

    def _show(self, blocks: list[b.Block], focus: str, say: str) -> None:
        if not self.kept:
            blocks = [b.note("Not saved", NOT_KEPT), *blocks]
        self.page.show(blocks, focus, say)


def _where_it_was_left(case: Case) -> Session | None:
    """The session of the last play in the notes; None when there is none, or it no longer fits the case."""
    choices = notes.choices_so_far(case.key, case.version)
    try:
        return Session(case, choices) if choices else None
    except Refused:
        return None


def play(case: str) -> None:
    """Play a case: read the story, choose what you would do, and see what follows.

    ``play("grace")``. Your choices are kept as you make them; run the cell again to go on where you were.
    The same case as text, without a widget: ``read("grace")``.
    """
    from IPython.display import display

    display(Player(load_case(case)).page)
