"""What findings about serotonin are about: ``debate().findings["review"]`` is what was measured, what it can show and what it cannot.

The file is ``content/serotonin.toml``. Three questions are kept apart. A finding answers one of them; a leap takes it for an answer to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, ContentError, Finding, Source, one_of, read_toml, structure, wrong
from course.evidence.certainty import LEVELS, NOT_STUDIED, require_hedge
from course.evidence.claims import rows
from course.evidence.records import with_ledger

from .targets import unknown_rows

FILE = "serotonin.toml"
#: The three questions: how each is named, and what a learner is offered for it.
QUESTIONS = {
    "cause": ("what caused a depression", "the cause of a depression"),
    "helps": ("whether the drug works", "whether the drug works"),
    "body": ("what the drug does in the body", "neither of the two"),
}


@attrs.frozen
class Evidence:
    """One finding: what was measured, and what it can and cannot show."""

    label: str
    asked: str
    about: str = attrs.field(validator=one_of(*QUESTIONS))
    measured: str
    found: str
    can: str
    cannot: str
    certainty: str = attrs.field(validator=one_of(*(level for level in LEVELS if level != NOT_STUDIED)))
    keys: tuple[str, ...]

    def __attrs_post_init__(self):
        require_hedge("what a finding can show", self.certainty, self.can)
        if not self.keys:
            raise wrong("a finding without evidence", "name rows of the ledger")

    @property
    def question(self) -> str:
        return QUESTIONS[self.about][0]

    @property
    def texts(self) -> tuple[str, ...]:
        return self.asked, self.measured, self.found, self.can, self.cannot


@attrs.frozen
class Leap:
    """An answer to one question, taken for an answer to another; ``likeness`` is the same leap where anybody sees that it fails."""

    label: str
    start: str = attrs.field(validator=one_of(*QUESTIONS))
    end: str = attrs.field(validator=one_of(*QUESTIONS))
    likeness: str
    because: str
    keys: tuple[str, ...]

    def __attrs_post_init__(self):
        if self.start == self.end:
            raise wrong("a leap that stays where it is", "let start and end be two questions")

    @property
    def texts(self) -> tuple[str, ...]:
        return self.label, self.likeness, self.because


@attrs.frozen
class Sentence:
    """Something a clinician may or should not say, and why."""

    text: str
    because: str


@attrs.frozen
class Debate:
    """The findings, the leaps, and what to say."""

    findings: dict[str, Evidence]
    leaps: dict[str, Leap]
    say: tuple[Sentence, ...]
    avoid: tuple[Sentence, ...]

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that a learner may read, by the place where it stands."""
        for name, parts in (("findings", self.findings), ("leaps", self.leaps)):
            for key, part in parts.items():
                yield from ((f"{name}.{key}", text) for text in part.texts)
        for name in ("say", "avoid"):
            for number, sentence in enumerate(getattr(self, name), 1):
                yield from ((f"{name}[{number}]", text) for text in (sentence.text, sentence.because))


@lru_cache
def debate(content: Path = CONTENT) -> Debate:
    """The debate. Raises :class:`ContentError` with every slip in its file."""
    source = read_toml(content / FILE)
    made = structure(Debate, source)
    findings = list(_slips(source, made, content))
    if findings:
        raise ContentError(findings)
    return made


def _slips(source: Source, made: Debate, content: Path) -> Iterator[Finding]:
    known = rows(with_ledger(content))
    for name, parts in (("findings", made.findings), ("leaps", made.leaps)):
        for key, part in parts.items():
            yield from unknown_rows(source, f"{name}.{key}", part.keys, " ".join(part.texts), known)
