"""Is this answer right, and what should be said to it?

One function, :func:`mark`, decides for the card in a lesson, the check cell of an exercise and the grader.
It takes what the learner wrote, reads small slips kindly (``"B "`` for ``"b"``, ``3.0`` for ``3``, a number
in quotes, a decimal comma), and answers every other one in plain words. It never raises: it looks only at
plain Python values, one list deep, and asks no other object what it is.
"""

from __future__ import annotations

import re
from typing import Any

import attrs

from course.cases import Refused, load_case, replay
from course.content.reading import NotFound, shown

from . import capstone
from .records import LARGEST, Field, Option, Question
from .sentences import load_task, review

RIGHT, NOT_YET, UNANSWERED, UNREADABLE, RECORDED = "right", "not yet", "unanswered", "unreadable", "recorded"


@attrs.frozen
class Verdict:
    """A decision on one answer: its status, what to say, and the misconceptions it shows."""

    status: str
    messages: tuple[str, ...]
    misconceptions: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        return self.status == RIGHT


class _Unreadable(Exception):
    """An answer that is not of the form asked for, with what to write instead."""


def mark(question: Question, answer: Any, field: str = "") -> Verdict:
    """The verdict on an answer; for a plan or a capstone, on its part ``field``."""
    if answer is ... and question.kind == "capstone":
        return Verdict(UNANSWERED, (f"Not answered yet. Name your patient first: write a variant in {question.variable}_variant.",))
    if answer is ...:
        return Verdict(UNANSWERED, ("Not answered yet. Put your answer in place of the three dots, then run this cell again.",))
    if not question.has_key:
        return Verdict(RECORDED, ("Recorded. Your instructor marks this one.",))
    if question.kind == "capstone":
        return _mark_capstone(question, answer, field)
    answer = _plain(answer)
    try:
        if question.kind == "plan":
            return _mark_field(question.fields[field], answer)
        return _MARKS[question.kind](question, answer)
    except _Unreadable as error:
        return Verdict(UNREADABLE, (str(error),))


def example(question: Question, field: str = "") -> str:
    """How an answer to this question is written, as a line of Python with nothing given away."""
    if question.kind == "plan":
        part = question.fields[field]
        return f"{question.variable}_{field} = " + (f'"{next(iter(part.options))}"' if part.options else "20")
    if question.kind in ("choice", "choices"):
        # Letters that are no answer, so that the sample neither gives the key away nor rules anything out.
        sample = '"x"' if question.kind == "choice" else _listed(["x", "y"])
    elif question.kind == "number":
        sample = "3"
    elif question.kind == "order":
        sample = _listed(list(question.items))
    elif question.kind == "sentence":
        sample = '"""Your two or three sentences"""'
    elif question.kind == "case":
        sample = '"' + question.case + ':…"'
    elif question.kind == "capstone":
        return f'{question.variable}_variant = "{question.answer or capstone.EXAMPLE}"'
    else:
        places = list(question.places)
        sample = _listed([places[i % len(places)] for i in range(len(question.items))])
    return f"{question.variable} = {sample}"


def _listed(keys: list[str]) -> str:
    return "[" + ", ".join(f'"{key}"' for key in keys) + "]"


# ── The kinds ────────────────────────────────────────────────────────────────────────────────────


def _mark_choice(question: Question, answer: Any) -> Verdict:
    return _mark_option(question.options, answer)


def _mark_option(options: dict[str, Option], answer: Any) -> Verdict:
    option = options[read_key(answer, options)]
    if option.correct:
        return Verdict(RIGHT, (option.because,))
    return Verdict(NOT_YET, (option.because,), (option.misconception,))


def _mark_choices(question: Question, answer: Any) -> Verdict:
    picked = set(_read_keys(answer, question.options))
    wrong = [question.options[key] for key in question.options if key in picked and not question.options[key].correct]
    missed = [question.options[key] for key in question.options if key not in picked and question.options[key].correct]
    if not wrong and not missed:
        because = [question.because] if question.because else [question.options[key].because for key in sorted(picked)]
        return Verdict(RIGHT, tuple(because))
    foreseen = _foreseen(question, lambda mistake: set(mistake) == picked)
    if foreseen:
        return foreseen
    messages = [option.because for option in wrong] + [option.missed for option in missed]
    return Verdict(NOT_YET, tuple(messages), tuple(option.misconception for option in wrong))


def _mark_number(question: Question, answer: Any) -> Verdict:
    number = read_number(answer)
    # A whisker of slack, so that 0.1 + 0.2 counts as 0.3.
    if abs(number - question.answer) <= question.tolerance + 1e-9:
        return Verdict(RIGHT, (question.because,))
    foreseen = _foreseen(question, lambda mistake: abs(number - mistake) <= max(question.tolerance, 0.005))
    return foreseen or Verdict(NOT_YET, ("That is not the number. Write down each step, and look at what you divided by what.",))


def _mark_order(question: Question, answer: Any) -> Verdict:
    given = _read_keys(answer, question.items, every=True)
    if given == list(question.answer):
        return Verdict(RIGHT, (question.because,))
    foreseen = _foreseen(question, lambda mistake: list(mistake) == given)
    if foreseen:
        return foreseen
    in_place = next(i for i, (mine, right) in enumerate(zip(given, question.answer, strict=True)) if mine != right)
    start = f"The first {in_place} are in place. " if in_place > 1 else "The first is in place. " if in_place else ""
    hint = question.items[given[in_place]].hint
    return Verdict(NOT_YET, (f"{start}“{question.items[given[in_place]].text}” does not come next. {hint}".strip(),))


def _mark_sort(question: Question, answer: Any) -> Verdict:
    given = _read_places(question, answer)
    if given == question.correct:
        return Verdict(RIGHT, (question.because,))
    foreseen = _foreseen(question, lambda mistake: list(mistake) == given)
    if foreseen:
        return foreseen
    messages = []
    for item, place in zip(question.items.values(), given, strict=True):
        if place != item.place:
            messages.append(f"“{item.text}” does not belong to “{question.places[place]}”. {item.hint}".strip())
    return Verdict(NOT_YET, tuple(messages))


def _mark_field(field: Field, answer: Any) -> Verdict:
    if field.options:
        return _mark_option(field.options, answer)
    number = read_number(answer)
    if field.low <= number <= field.high:
        return Verdict(RIGHT, (field.because,))
    for mistake in field.mistakes:
        if number == mistake.answer:
            return Verdict(NOT_YET, (mistake.because,), (mistake.misconception,))
    return Verdict(NOT_YET, ("That number does not fit this plan. Look again at what has to happen by then.",))


def _mark_case(question: Question, answer: Any) -> Verdict:
    if not isinstance(answer, (str, list, tuple)):
        raise _Unreadable(f"This answer is {_kind(answer)}. Paste your receipt in quotes, or write the list of your choices.")
    if not isinstance(answer, str) and not all(isinstance(each, str) for each in answer):
        raise _Unreadable("Each choice in the list is a text in quotes, as in [\"first-choice\", \"second-choice\"].")
    try:
        receipt_or_choices = answer.strip(" \t\n'\"“”‘’") if isinstance(answer, str) else [_clean(each) for each in answer]
        session = replay(load_case(question.case), receipt_or_choices)
    except Refused as error:
        raise _Unreadable(f"The case could not be replayed: {error}.") from None
    status = RIGHT if session.passed else NOT_YET
    missteps = [step.option.because for step in session.unsafe]
    return Verdict(status, (session.verdict(), *missteps))


# ── A plan for one patient ───────────────────────────────────────────────────────────────────────


def _mark_capstone(question: Question, answer: Any, part: str) -> Verdict:
    """The verdict on one part of a plan: a dictionary by field, in which the variant names the patient. A text alone is the variant."""
    written = {key: value for key, value in answer.items() if type(key) is str} if type(answer) is dict else {"variant": answer}
    blank = [field for field in capstone.reads(part) if written.get(field, ...) is ...]
    try:
        if "variant" in blank:
            raise _Unreadable(f"No patient yet: write a variant in {question.variable}_variant, as in \"{capstone.EXAMPLE}\".")
        patient = _read_patient(_plain(written["variant"]))
        if blank:
            names = ", ".join(f"{question.variable}_{field}" for field in blank)
            return Verdict(UNANSWERED, (f"Not answered yet: {names}. This check reads them all.",))
        plan = {field: _read_field(question, field, _plain(written[field])) for field in capstone.reads(part) if field != "variant"}
    except _Unreadable as error:
        return Verdict(UNREADABLE, (str(error),))
    found = capstone.problems(part, patient, plan)
    return Verdict(NOT_YET, tuple(found)) if found else Verdict(RIGHT, (question.fields[part].because,))


def _read_patient(answer: Any) -> capstone.Patient:
    try:
        return capstone.find_patient(answer)
    except NotFound as error:
        raise _Unreadable(str(error)) from None


def _read_field(question: Question, field: str, answer: Any) -> Any:
    """One field of a plan, read kindly; what cannot be read is named by its variable."""
    known = capstone.menu(field)
    try:
        if field in capstone.LISTS:
            return _at_least_one(_read_keys(answer, known))
        return read_key(answer, known) if known else read_number(answer)
    except _Unreadable as error:
        raise _Unreadable(f"{question.variable}_{field}: {error}") from None


def _at_least_one(keys: list[str]) -> list[str]:
    if not keys:
        raise _Unreadable("Your list is empty. Name at least one.")
    return keys


def _mark_sentence(question: Question, answer: Any) -> Verdict:
    made = review(load_task(question.task), answer[0] if isinstance(answer, (list, tuple)) and len(answer) == 1 else answer)
    status = UNREADABLE if made.unreadable else RIGHT if made.passed else NOT_YET
    return Verdict(status, made.messages, made.misconceptions)


_MARKS = {
    "choice": _mark_choice,
    "choices": _mark_choices,
    "number": _mark_number,
    "order": _mark_order,
    "match": _mark_sort,
    "sort": _mark_sort,
    "case": _mark_case,
    "sentence": _mark_sentence,
}


def _foreseen(question: Question, same) -> Verdict | None:
    """The author's own message to this wrong answer, if it was foreseen."""
    for mistake in question.mistakes:
        if same(mistake.answer):
            return Verdict(NOT_YET, (mistake.because,), (mistake.misconception,))
    return None


# ── Only what is plain ───────────────────────────────────────────────────────────────────────────

_STRANGE = object()
_SCALARS = (type(None), bool, int, float, str)
_LISTS = (list, tuple, set, frozenset)


def _plain(answer: Any) -> Any:
    """The answer, where whatever is not plain Python has become ``_STRANGE``."""
    if type(answer) in _LISTS:
        return type(answer)(_plain_inside(each) for each in answer)
    if type(answer) is dict:
        return {_plain_inside(key): _plain_inside(value) for key, value in answer.items()}
    return _plain_inside(answer)


def _plain_inside(value: Any) -> Any:
    """A plain value; of a list within a list only its kind, since no answer goes that deep."""
    if type(value) in _SCALARS:
        return value
    if type(value) in (*_LISTS, dict):
        return type(value)()
    return float.__add__(value, 0.0) if issubclass(type(value), float) else _STRANGE  # a number of numpy's is a float


# ── Reading kindly ───────────────────────────────────────────────────────────────────────────────


def _kind(answer: Any) -> str:
    """What the learner wrote, in words."""
    names = {bool: "True or False", int: "a number", float: "a number", str: "a text", type(None): "None", list: "a list", tuple: "a list"}
    return names.get(type(answer), "something in curly brackets" if isinstance(answer, (set, frozenset, dict)) else "something else")


def _clean(key: Any) -> Any:
    """A key as we write it: ``" B."`` and ``“b”`` are ``b``; the number 2 is the key ``2``."""
    if isinstance(key, (int, float)) and not isinstance(key, bool) and key in range(1000):
        return str(int(key))
    return key.strip(" \t\n.)('\"“”‘’").lower() if isinstance(key, str) else key


def read_key(answer: Any, known) -> str:
    """One key among ``known``."""
    if isinstance(answer, (list, tuple)) and len(answer) == 1:
        answer = answer[0]
    letters = ", ".join(known)
    if isinstance(answer, (list, tuple, set, dict)):
        raise _Unreadable(f"Choose one answer, not {_kind(answer)}. Write one of {letters}, in quotes.")
    key = _clean(answer)
    if not isinstance(key, str) or key not in known:
        this = f"“{shown(answer)}” is" if isinstance(answer, str) else f"This is {_kind(answer)},"
        raise _Unreadable(f"{this} not one of the answers. Write one of {letters}, in quotes.")
    return key


def _read_keys(answer: Any, known, every: bool = False) -> list[str]:
    """A list of keys among ``known``; with ``every``, each of them once."""
    sample = _listed(list(known)[:2])
    if isinstance(answer, str):
        answer = [part for part in answer.replace(";", ",").split(",") if part.strip()]
    if isinstance(answer, (set, frozenset)):
        if every:
            raise _Unreadable(f"Curly brackets lose the order. Use square ones, as in {sample}.")
        answer = sorted(answer, key=lambda each: each if isinstance(each, str) else "")
    if not isinstance(answer, (list, tuple)):
        raise _Unreadable(f"Write a list in square brackets, as in {sample}. This is {_kind(answer)}.")
    keys = [_clean(each) for each in answer]
    for key, written in zip(keys, answer, strict=True):
        if not isinstance(key, str) or key not in known:
            raise _Unreadable(_unknown_key(written, key, known))
    if len(set(keys)) < len(keys):
        raise _Unreadable("One answer stands twice in your list. Name each only once.")
    if every and len(keys) != len(known):
        raise _Unreadable(f"Your list has {len(keys)} of {len(known)}. Put each of {', '.join(known)} in it once.")
    return keys


def _unknown_key(written: Any, key: Any, known) -> str:
    """What to say to a key that is not there; two keys run together mean a missing comma."""
    for first in known:
        if isinstance(key, str) and key.startswith(first) and key[len(first):] in known:
            return f'A comma seems to be missing: "{first}" and "{key[len(first):]}" run together. Write "{first}", "{key[len(first):]}".'
    this = f"“{shown(written)}” is" if isinstance(written, str) else f"Your list holds {_kind(written)}, which is"
    return f"{this} not one of the answers. Use {', '.join(known)}, each in quotes, with commas between."


#: A comma before three digits: thousands to some, decimals to others.
_THOUSANDS = re.compile(r"[-−]?\d{1,3}(,\d{3})+")


def read_number(answer: Any) -> float:
    """A number, also from a text with a unit-free number and a decimal comma."""
    if isinstance(answer, bool):
        raise _Unreadable("Write a number, as in 3.5. This is True or False.")
    if isinstance(answer, tuple) and len(answer) == 2 and all(type(part) is int and part in range(10**9) for part in answer):
        raise _Unreadable(f"Write the decimals after a point, not a comma: {answer[0]}.{answer[1]}")
    if isinstance(answer, str):
        if _THOUSANDS.fullmatch(answer.strip()):
            raise _Unreadable(f"“{shown(answer)}” can be read in two ways. Write a whole number without a comma, as in 1000, and decimals after a point.")
        text = answer.strip(" \t\n'\"“”‘’").rstrip("%").strip().replace("−", "-").replace(",", ".")
        try:
            answer = float(text)
        except ValueError:
            raise _Unreadable(f"“{shown(answer)}” is not a number alone. Write digits only, as in 3.5.") from None
    if not isinstance(answer, (int, float)):
        raise _Unreadable(f"Write one number, as in 3.5. This is {_kind(answer)}.")
    if not abs(answer) < LARGEST:  # also infinite, or not a number at all
        raise _Unreadable("Write a number of ordinary size, as in 3.5.")
    return float(answer)


def _read_places(question: Question, answer: Any) -> list[str]:
    """One place for each item, in the items' order; a dictionary by item is read as well."""
    sample = example(question).partition("= ")[2]
    if isinstance(answer, dict):
        named = {_clean(key): place for key, place in answer.items()}
        absent = [key for key in question.items if key not in named]
        if absent:
            raise _Unreadable(f"No place yet for {', '.join(absent)}. Write one for each, as in {sample}.")
        answer = [named[key] for key in question.items]
    if isinstance(answer, str):
        answer = [part for part in answer.replace(";", ",").split(",") if part.strip()]
    if not isinstance(answer, (list, tuple)):
        raise _Unreadable(f"Write a list in square brackets, as in {sample}. This is {_kind(answer)}.")
    places = [_clean(each) for each in answer]
    for written, place in zip(answer, places, strict=True):
        if not isinstance(place, str) or place not in question.places:
            raise _Unreadable(_unknown_key(written, place, question.places))
    if len(places) != len(question.items):
        raise _Unreadable(f"Your list has {len(places)} entries for {len(question.items)} items. Write one for each, in their order.")
    return places
