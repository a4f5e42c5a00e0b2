"""Finding a learner's answer: which variable, and what stands in it.

Pure Python, so that the check cell, the grader and the browser's Python read answers alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from course.content.reading import NotFound, did_you_mean
from course.controls.blocks import SURE
from course.questions import Question, load_question
from course.questions.capstone import FIELDS, PARTS, find_patient, reads
from course.questions.marking import example

from .worksheet import UNKNOWN

#: A name that looks like an answer's, also with a slip in it: m05_q2, m5_q2, M05q2.
ANSWER_NAME = re.compile(r"m\d+_?q\d+\w*", re.IGNORECASE)


@attrs.frozen
class Asked:
    """A question, or one field of a plan, as a check cell names it: ``m05-q2``, ``m05-q7-drug``."""

    question: Question
    field: str = ""

    @property
    def key(self) -> str:
        return f"{self.question.key}-{self.field}" if self.field else self.question.key

    @property
    def variable(self) -> str:
        """The learner's variable; for a part of a capstone, the one that names the patient."""
        return f"{self.question.variable}_variant" if self.question.kind == "capstone" else self.key.replace("-", "_")

    @property
    def fields(self) -> dict[str, str]:
        """What a part of a capstone reads: the learner's variables by field, the variant first. Empty for every other question."""
        return {field: f"{self.question.variable}_{field}" for field in reads(self.field)} if self.question.kind == "capstone" else {}

    @property
    def safety(self) -> bool:
        """Whether the module is not passed without it: of a capstone, its part on safety."""
        return self.question.safety and (not self.fields or self.field == "safety")

    @property
    def writes(self) -> tuple[str, ...]:
        """The variables that its answer cell holds."""
        return tuple(f"{self.question.variable}_{field}" for field in PARTS[self.field]) if self.question.kind == "capstone" else (self.variable,)

    @property
    def points(self) -> int:
        return self.question.fields[self.field].points if self.field else self.question.points


def asked(key: str) -> Asked:
    """What a check cell asks for. Raises :class:`NotFound` with the nearest name."""
    key = str(key)
    head, _, field = key.partition("-")[2].partition("-")
    question = load_question(f"{key[:3]}-{head}")
    if question.fields and not field:
        raise NotFound(f"'{key}' has parts; check one of them: {', '.join(part.key for part in parts(question))}")
    if field and field not in question.fields:
        raise NotFound(f"no part '{field}' in '{question.key}'; {did_you_mean(field, question.fields)}")
    return Asked(question, field)


def parts(question: Question) -> list[Asked]:
    """What of a question is checked on its own: each field of a plan, each part of a capstone, or the question itself."""
    if question.fields:
        return [Asked(question, field) for field in question.fields]
    return [Asked(question)]


#: Said in the notebook already, so that nobody meets it for the first time in a mark.
UNREAD = "{variable} comes out of code, and an answer is read, not run. Write the value itself, in this form: {example}"


class NoAnswer(Exception):
    """There is no answer to mark, with a sentence on why."""


def find_answer(names: Mapping[str, Any], asked: Asked) -> Any:
    """The value of the learner's variable; for a part of a capstone, a dictionary of all that it reads. Raises :class:`NoAnswer` where one is missing."""
    if asked.fields and _names_somebody(names.get(asked.variable)):
        return {field: _value(names, variable, asked) for field, variable in asked.fields.items()}
    return _value(names, asked.variable, asked)


def _names_somebody(variant: Any) -> bool:
    try:
        return bool(find_patient(variant))
    except NotFound:
        return False


def _value(names: Mapping[str, Any], variable: str, asked: Asked) -> Any:
    if names.get(variable) is UNKNOWN:
        raise NoAnswer(UNREAD.format(variable=variable, example=example(asked.question, asked.field)))
    if variable in names:
        return names[variable]
    written = [name for name in names if ANSWER_NAME.fullmatch(name) and not _is_of_another(name)]
    hint = did_you_mean(variable, written, "Run the cell above this one first.")
    if hint.startswith("did you mean"):
        hint = f"Did you write it as{hint.removeprefix('did you mean')}"
    raise NoAnswer(f"There is no answer named {variable} yet. {hint}")


def _is_of_another(name: str) -> bool:
    """Whether this is the right name of some answer, or of how sure the learner was."""
    try:
        asked(name.replace("_", "-"))
    except NotFound:
        return name.endswith("_sure") or _is_field(name)
    return True


def _is_field(name: str) -> bool:
    """Whether this is a variable of a capstone."""
    key, _, field = name.rpartition("_")
    try:
        return field in FIELDS and load_question(key.replace("_", "-")).kind == "capstone"
    except NotFound:
        return False


def find_sure(names: Mapping[str, Any], asked: Asked) -> tuple[str | None, str]:
    """How sure the learner said they were, and a hint where that word is not one of the four."""
    given = names.get(f"{asked.variable}_sure")
    if given is None or given is ...:
        return None, ""
    word = str(given).strip().lower()
    if word in SURE:
        return word, ""
    return None, f"How sure you are is one of: {', '.join(SURE)}. It never marks."
