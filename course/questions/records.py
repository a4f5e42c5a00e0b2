"""What a question must look like.

``load_question("m05-q2")`` reads ``content/questions/05_depression.toml``. The kinds share one record:

==========  ==========================================  ==============================================
kind        the learner writes                          the author gives
==========  ==========================================  ==============================================
choice      ``"b"``                                     ``options``, exactly one correct
choices     ``["a", "c"]``                              ``options``, some correct
number      ``12``                                      ``answer``, ``tolerance``, ``mistakes``
order       ``["c", "a", "b"]``                         ``items``, ``answer``, ``mistakes``
match       ``["2", "1"]``, one place for each item     ``items``, ``places`` used once each, ``mistakes``
sort        ``["2", "1", "2"]``                         ``items``, ``places``, ``mistakes``
plan        one variable a field                        ``fields``, each a small choice or number
case        a receipt or a list of choices              ``case``
sentence    two or three sentences to a patient         ``task``, a key of ``sentences.toml``
capstone    one variable a field, for one patient       ``answer``: the variant of the model plan
==========  ==========================================  ==============================================

Every wrong answer that an author can foresee carries a reason and names its misconception.

A question with ``private = true`` keeps its key elsewhere: the course holds its stem and options, and the
file of the same name below the folder in ``COURSE_PRIVATE`` holds the whole record.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs

from course.content.reading import (
    CONTENT,
    NotFound,
    Source,
    converter,
    did_you_mean,
    one_of,
    read_toml,
    shown,
    structure,
    wrong,
)

from .sentences import load_task

KINDS = ("choice", "choices", "number", "order", "match", "sort", "plan", "case", "sentence", "capstone")
PRIVATE = "COURSE_PRIVATE"
KEY = re.compile(r"m(\d\d)-[a-z]\d+")
#: What a learner types for an option, an item or a place; and the name of a field, which ends a variable.
TYPED = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIELD = re.compile(r"[a-z]+")
#: Numbers beyond this are not read as an answer.
LARGEST = 1e15


class Literal:
    """A foreseen answer as the learner would write it: a text, a number, or a list of texts."""


@converter.register_structure_hook
def _literal(value: Any, _) -> Literal:
    return tuple(value) if isinstance(value, list) else value


@attrs.frozen
class Option:
    """One answer to choose. ``missed`` is what to say to someone who left out a correct one."""

    text: str
    because: str = ""
    correct: bool = False
    misconception: str = ""
    missed: str = ""
    cites: tuple[str, ...] = ()


@attrs.frozen
class Mistake:
    """A wrong answer that the author foresaw."""

    answer: Literal
    because: str
    misconception: str


@attrs.frozen
class Item:
    """A thing to order, match or sort. ``hint`` helps without giving the place away."""

    text: str
    place: str = ""
    hint: str = ""


@attrs.frozen
class Field:
    """One part of a plan: a choice (``options``), or a number from ``low`` to ``high``; of a capstone, what its check looks at (``label``)."""

    label: str
    points: int = 1
    options: dict[str, Option] = {}
    low: float | None = None
    high: float | None = None
    unit: str = ""
    because: str = ""
    mistakes: tuple[Mistake, ...] = ()

    @property
    def kind(self) -> str:
        return "choice" if self.options else "number"


@attrs.frozen
class Question:
    """A question of any kind; see the table above for which parts belong to which kind.

    ``because`` explains the right answer. ``reveals`` names per cents in the ledger that a prediction is held
    against once it is made. ``given`` marks arithmetic on made-up numbers. ``safety`` means
    that the module is not passed without it. A sentence names its ``task``.
    """

    key: str
    kind: str = attrs.field(validator=one_of(*KINDS))
    stem: str
    title: str = ""
    points: int = 0
    objective: str = ""
    safety: bool = False
    given: bool = False
    private: bool = False
    because: str = ""
    options: dict[str, Option] = {}
    answer: Literal = None
    tolerance: float = 0.0
    unit: str = ""
    items: dict[str, Item] = {}
    places: dict[str, str] = {}
    fields: dict[str, Field] = {}
    case: str = ""
    task: str = ""
    mistakes: tuple[Mistake, ...] = ()
    cites: tuple[str, ...] = ()
    reveals: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if not KEY.fullmatch(self.key):
            raise wrong(f"the key is '{self.key}'", "write it like m05-q2")
        for problem, remedy in _untypable(self):
            raise wrong(problem, remedy)
        if self.private and not self.has_key:
            return
        for problem, remedy in _misfits(self):
            raise wrong(problem, remedy)

    @property
    def module_number(self) -> str:
        return self.key[1:3]

    @property
    def variable(self) -> str:
        """The name of the learner's variable: ``m05_q2``."""
        return self.key.replace("-", "_")

    @property
    def has_key(self) -> bool:
        """Whether the right answer is here (it is not, for a private question outside grading)."""
        if self.kind in ("choice", "choices"):
            return any(option.correct for option in self.options.values())
        if self.kind == "plan":
            return all(field.low is not None or any(option.correct for option in field.options.values())
                       for field in self.fields.values())
        if self.kind in ("match", "sort"):
            return all(item.place for item in self.items.values())
        return self.kind in ("case", "sentence") or self.answer is not None

    @property
    def total(self) -> int:
        """Its points; where it has parts, those of its parts together."""
        return sum(field.points for field in self.fields.values()) if self.fields else self.points

    @property
    def all_options(self) -> tuple[Option, ...]:
        """The options of the question, and those of its fields."""
        return *self.options.values(), *(option for field in self.fields.values() for option in field.options.values())

    @property
    def all_mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes that the question foresees, and those that its fields do."""
        return *self.mistakes, *(mistake for field in self.fields.values() for mistake in field.mistakes)

    @property
    def asks(self) -> tuple[str, ...]:
        """Every text that stands there before an answer."""
        labels = (field.label for field in self.fields.values())
        return self.title, self.stem, *(each.text for each in (*self.all_options, *self.items.values())), *self.places.values(), *labels

    @property
    def explains(self) -> tuple[str, ...]:
        """Every text that an answer can meet."""
        reasons = (each.because for each in (*self.all_options, *self.all_mistakes, *self.fields.values()))
        return self.because, *reasons, *(option.missed for option in self.all_options), *(item.hint for item in self.items.values())

    @property
    def correct(self) -> Any:
        """One right answer, as a learner would write it; for a plan, a dictionary by field."""
        if self.kind == "choice":
            return next(key for key, option in self.options.items() if option.correct)
        if self.kind == "choices":
            return [key for key, option in self.options.items() if option.correct]
        if self.kind in ("match", "sort"):
            return [item.place for item in self.items.values()]
        if self.kind == "order":
            return list(self.answer)
        if self.kind == "plan":
            return {name: _field_answer(field) for name, field in self.fields.items()}
        if self.kind == "sentence":
            return load_task(self.task).model
        return self.answer


def _field_answer(field: Field) -> Any:
    if field.kind == "number":
        return int(field.low) if float(field.low).is_integer() else field.low
    return next(key for key, option in field.options.items() if option.correct)


# ── What must hold inside a question ─────────────────────────────────────────────────────────────


def _untypable(question: Question):
    """Keys that a learner could not write, as (problem, remedy)."""
    in_fields = [key for field in question.fields.values() for key in field.options]
    for key in (*question.options, *question.items, *question.places, *in_fields):
        if not TYPED.fullmatch(key):
            yield f"an answer's key is '{key}'", "write small letters, digits and hyphens, as in a or no-change"
    for name in question.fields:
        if not FIELD.fullmatch(name):
            yield f"a field is named '{name}'", "write small letters only, as in drug"


def _misfits(question: Question):
    """Every contradiction inside a question, as (problem, remedy)."""
    yield from _CHECKS[question.kind](question)
    options = [*question.options.values(), *(option for field in question.fields.values() for option in field.options.values())]
    for option in options:
        if not option.because:
            yield f"the option '{option.text[:30]}' has no because", "say why it is right or wrong, in clinical terms"
        if not option.correct and not option.misconception:
            yield f"the wrong option '{option.text[:30]}' names no misconception", "add misconception = \"…\""
    for mistake in question.mistakes:
        for form in _misread(question, mistake.answer):
            yield f"the mistake {shown(mistake.answer)} is no answer to this question", form


def _misread(question: Question, answer: Any):
    """What a foreseen answer should look like, where it is not of the form that its kind reads."""
    if question.kind == "number" and not _is_number(answer):
        yield "write a number, as in answer = 12"
    if question.kind == "choices" and not _are_keys(answer, question.options):
        yield f"write a list of some of these, each once: {', '.join(question.options)}"
    if question.kind == "order" and not (_are_keys(answer, question.items) and len(answer) == len(question.items)):
        yield f"write a list of all of these: {', '.join(question.items)}"
    if question.kind in ("match", "sort") and not (_are_keys(answer, question.places, once=False) and len(answer) == len(question.items)):
        yield f"write a list of {len(question.items)} of these, in the order of the items: {', '.join(question.places)}"
    if question.kind in ("choice", "plan"):
        yield "put the reason at the option or field itself"
    if question.kind in ("case", "capstone", "sentence"):
        yield f"take it away: a {question.kind} answers for itself"


def _is_number(value: Any) -> bool:
    """Whether this is a number of ordinary size; not infinite, and not what is called nan."""
    return type(value) in (int, float) and abs(value) < LARGEST


def _are_keys(value: Any, known, once: bool = True) -> bool:
    """Whether this is a list of known keys."""
    fits = isinstance(value, tuple) and all(isinstance(key, str) and key in known for key in value)
    return fits and not (once and len(set(value)) < len(value))


def _choice(question: Question):
    correct = [key for key, option in question.options.items() if option.correct]
    if len(correct) != 1:
        yield f"{len(correct)} options are correct", "a choice has exactly one; for more, write kind = \"choices\""
    if len(question.options) < 3:
        yield f"it has {len(question.options)} options", "give a key and at least two plausible wrong ones"


def _choices(question: Question):
    correct = [option.correct for option in question.options.values()]
    if not any(correct) or all(correct):
        yield "all options are correct, or none is", "give at least one of each"
    for key, option in question.options.items():
        if option.correct and not option.missed:
            yield f"the correct option '{key}' has no missed", "say what to tell someone who left it out"


def _number(question: Question):
    if not _is_number(question.answer):
        yield f"the answer is {shown(repr(question.answer))}", "write a number, as in answer = 12"
    if not 0 <= question.tolerance < LARGEST:
        yield f"the tolerance is {question.tolerance}", "write 0 or more"
    yield from _needs_mistakes(question)


def _order(question: Question):
    if not _are_keys(question.answer, question.items) or len(question.answer) != len(question.items):
        yield "the answer does not name every item once", f"order these: {', '.join(question.items)}"
    yield from _needs_mistakes(question)


def _sort(question: Question):
    for key, item in question.items.items():
        if item.place not in question.places:
            yield f"the item '{key}' belongs to '{item.place}'", did_you_mean(item.place, question.places)
    yield from _needs_mistakes(question)


def _match(question: Question):
    yield from _sort(question)
    if sorted(item.place for item in question.items.values()) != sorted(question.places):
        yield "a place is used twice or not at all", "to match is one to one; otherwise write kind = \"sort\""


def _plan(question: Question):
    if len(question.fields) < 2:
        yield f"it has {len(question.fields)} fields", "a plan has at least two"
    for name, field in question.fields.items():
        if bool(field.options) == (field.low is not None and field.high is not None):
            yield f"the field '{name}' is neither a choice nor a number", "give options, or both low and high"
        if field.options and not any(option.correct for option in field.options.values()):
            yield f"the field '{name}' has no correct option", "mark at least one with correct = true"
        if not field.options and not (_is_number(field.low) and _is_number(field.high) and field.low <= field.high):
            yield f"the field '{name}' goes from {field.low} to {field.high}", "write two numbers, the smaller one as low"
        for mistake in field.mistakes:
            if field.options or not _is_number(mistake.answer):
                problem = f"the mistake {shown(mistake.answer)} is no answer to the field '{name}'"
                yield problem, "write a number; in a choice the options hold their reasons"
            elif field.low <= mistake.answer <= field.high:
                yield f"the mistake {mistake.answer} is right in the field '{name}'", "give a wrong one"


def _case(question: Question):
    if not question.case:
        yield "it names no case", "add case = \"grace\", or another key"


def _sentence(question: Question):
    if not question.task:
        yield "it names no task", "add task = \"first-weeks\", or another key of sentences.toml"


def _capstone(question: Question):
    from .capstone import PARTS, variants

    if list(question.fields) != list(PARTS):
        yield f"its parts are {', '.join(question.fields) or 'none'}", f"write a table for each of these, in this order: {', '.join(PARTS)}"
    if question.answer not in variants():
        yield f"the model plan is for '{shown(question.answer)}'", "name a variant, as in answer = \"17-valley\""


def _needs_mistakes(question: Question):
    if not question.mistakes:
        yield "it foresees no mistake", f"add at least one [[{question.key}.mistakes]]"
    for mistake in question.mistakes:
        if mistake.answer == question.correct or (isinstance(mistake.answer, tuple) and list(mistake.answer) == question.correct):
            yield f"the mistake {shown(mistake.answer)} is the right answer", "give a wrong one"


_CHECKS = {
    "choice": _choice,
    "choices": _choices,
    "number": _number,
    "order": _order,
    "match": _match,
    "sort": _sort,
    "plan": _plan,
    "case": _case,
    "sentence": _sentence,
    "capstone": _capstone,
}


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


def question_files(content: Path = CONTENT) -> list[Path]:
    return sorted((content / "questions").glob("*.toml"))


def questions(module: str, content: Path = CONTENT) -> dict[str, Question]:
    """The questions of a module by key, with the private keys where grading runs."""
    return _questions(module, content, os.environ.get(PRIVATE, ""))


@lru_cache
def _questions(module: str, content: Path, private: str) -> dict[str, Question]:
    found = read_questions(content / "questions" / f"{module}.toml")
    overlay = Path(private) / f"{module}.toml" if private else None
    if overlay is None or not overlay.is_file():
        return found
    keyed = read_questions(overlay)
    for key in keyed:
        if key not in found or not found[key].private:
            source = Source(None, overlay)
            private_keys = [key for key, question in found.items() if question.private]
            raise source.error(key, "the course has no private question of this name", did_you_mean(key, private_keys))
    return {**found, **keyed}


def read_questions(path: Path) -> dict[str, Question]:
    """The questions in one file, in its order."""
    source = read_toml(path)
    tables = {key: {"key": key, **table} if isinstance(table, dict) else table for key, table in source.data.items()}
    found = structure(dict[str, Question], Source(tables, path))
    number = path.stem[:2]
    for key in found:
        if key[1:3] != number:
            raise source.error(key, f"it is not a question of module {number}", f"write m{number}-…, or move it")
    return found


def load_question(key: str, content: Path = CONTENT) -> Question:
    """The question with this key; a :class:`NotFound` with the nearest key when there is none."""
    files = [path for path in question_files(content) if path.stem[:2] == key[1:3]]
    found = questions(files[0].stem, content) if files else {}
    if key in found:
        return found[key]
    known = found or {name for path in question_files(content) for name in questions(path.stem, content)}
    raise NotFound(f"no question '{key}'; {did_you_mean(key, known)}")
