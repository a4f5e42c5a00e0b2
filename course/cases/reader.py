"""``read("grace")``: the same case as text, to a receipt, without a widget."""

from __future__ import annotations

from course.controls.blocks import as_text

from . import pages
from .records import load_case
from .session import Refused, Session


def read(case: str, choices: list[str] | tuple[str, ...] = ()) -> None:
    """Print a case as text, up to where your choices lead.

    ``read("grace")`` shows the first scene and its options; ``read("grace", ["ask-safety"])`` what that leads
    to and the next scene; and so on to the debrief and the receipt.
    """
    print(story_text(case, choices))


def story_text(case: str, choices: list[str] | tuple[str, ...] = ()) -> str:
    """The text that :func:`read` prints."""
    if isinstance(choices, str):
        choices = [choices]
    record = load_case(case)
    session = Session(record)
    parts = [as_text(pages.opening_page(record))]
    for key in choices:
        try:
            step = session.choose(key)
        except Refused as error:
            parts.append(f"Not played: {error}.")
            break
        if step:
            parts.append(as_text(_without_path(pages.feedback_page(session))))
    if session.finished:
        parts.append(as_text(pages.debrief_page(session, guess="cannot-tell")))
    else:
        parts += [as_text(_without_path(pages.scene_page(session))), how_to_go_on(session)]
    return "\n\n".join(parts)


def _without_path(blocks: list) -> list:
    """The page without the folded steps, which a text already shows above."""
    return [block for block in blocks if block["is"] != "folded"]


def how_to_go_on(session: Session) -> str:
    """The line to run next, with the choices made so far."""
    made = "".join(f'"{key}", ' for key in session.choices)
    first = session.options[0].key
    return f'To choose, add its name to the list, as in: read("{session.case.key}", [{made}"{first}"])'
