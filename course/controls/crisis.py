"""Crisis help: shown wherever suicide, violence or trauma comes up.

The words ship in ``content/safety.toml`` for the United States. A learner or instructor elsewhere puts the
words that fit into ``my/crisis.txt``, and the course shows those instead.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from course import notes
from course.content.reading import CONTENT, Source, read_toml, structure

from . import blocks as b

#: Own words beyond this are cut, so that a wrong file cannot fill the page.
MOST_CHARACTERS = 500


@attrs.frozen
class Crisis:
    """Whom to call, and how to set another line."""

    title: str
    text: str
    own: str


def read_crisis(content: Path = CONTENT) -> Crisis:
    source = read_toml(content / "safety.toml")
    return structure(Crisis, Source(source.data.get("crisis"), source.path), "crisis")


def crisis_words() -> str:
    """The crisis help set by the reader, or the United States' line."""
    try:
        own = (notes.home() / "my" / "crisis.txt").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        own = ""
    return own[:MOST_CHARACTERS] or read_crisis().text


def crisis_note() -> b.Block:
    """The notice as a block."""
    return b.note(read_crisis().title, crisis_words())


@attrs.frozen(repr=False)
class Notice:
    """A notice that a notebook shows as text of its own, and a terminal as plain words."""

    title: str
    text: str
    own: str

    def _repr_markdown_(self) -> str:
        return f"> **{self.title}**\n>\n> {self.text}\n>\n> {self.own}"

    def __repr__(self) -> str:
        return f"{self.title}\n{self.text}\n\n{self.own}"


def crisis_help() -> Notice:
    """Show whom to call in a crisis, and how to set the line of another country."""
    return Notice(read_crisis().title, crisis_words(), read_crisis().own)
