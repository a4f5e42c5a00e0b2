"""The page of a question: what its card draws, and what a notebook's question cell says.

Pure functions of a question and what was answered so far.
"""

from __future__ import annotations

from typing import Any

from course.content.reading import NotFound
from course.controls import blocks as b
from course.evidence import ledger

from .marking import RECORDED, RIGHT, Verdict, read_key, read_number
from .records import Field, Question, load_question
from .sentences import load_task

_CONTROL = {"choice": b.choice, "choices": b.several, "order": b.order}


def question_page(
    question: Question, answers: dict[str, Any] | None = None, verdicts: dict[str, Verdict] | None = None, sure: str | None = None
) -> list[b.Block]:
    """The question with its control, and below it what was said to the last answer.

    ``answers`` and ``verdicts`` are by part: a plan has one for each field, every other kind has one named
    like the question. ``sure`` is how sure the learner said they were.
    """
    answers, verdicts = answers or {}, verdicts or {}
    blocks = [b.heading(question.title or "Your answer", 4, eyebrow="Safety question" if question.safety else "")]
    if question.kind == "plan":
        blocks.append(b.prose(filled(question.stem)))
        for name, field in question.fields.items():
            blocks += [_field_control(name, field, answers.get(name)), *verdict_blocks(question, verdicts.get(name))]
        return blocks
    if question.kind == "capstone":
        return [*blocks, b.prose(filled(question.stem)), b.prose("This plan is written in the exercise, in cells of its own.")]
    if question.kind == "case":
        return [*blocks, b.prose(filled(question.stem)), b.prose(f'This question is a case to play: play("{question.case}")')]
    if question.kind == "sentence":
        blocks.append(b.prose(scene(question)))
    blocks.append(_control(question, answers.get(question.key), sure or True))
    return [*blocks, *verdict_blocks(question, verdicts.get(question.key))]


def filled(text: str) -> str:
    """Text with its published numbers filled in."""
    return ledger().fill(text).strip()


def _control(question: Question, value: Any, sure: bool | str) -> b.Block:
    if question.kind == "sentence":
        return _writing(question, value, sure)
    stem, texts = filled(question.stem), {key: filled(option.text) for key, option in question.options.items()}
    if question.kind == "number":
        return b.number(question.key, stem, question.unit, sure=sure, value=value)
    if question.kind in ("match", "sort"):
        items = {key: item.text for key, item in question.items.items()}
        return b.places(question.key, stem, items, question.places, sure=sure, value=value)
    if question.kind == "order":
        texts = {key: item.text for key, item in question.items.items()}
    return _CONTROL[question.kind](question.key, stem, texts, submit="Check", sure=sure, value=value)


def _writing(question: Question, value: Any, sure: bool | str) -> b.Block:
    label, hint = f"Your words to {load_task(question.task).name}", "Two or three sentences. A check looks for a few words in them, and sees no more than that."
    return b.writing(question.key, filled(question.stem), label, hint, sure=sure, value=value)


def scene(question: Question) -> str:
    """Whom a sentence is written to, and what that person has just said."""
    task = load_task(question.task)
    return "\n\n".join(filter(None, (filled(task.scene), f"“{task.says}”" if task.says else "")))


def _field_control(name: str, field: Field, value: Any) -> b.Block:
    if field.options:
        return b.choice(name, filled(field.label), {key: filled(option.text) for key, option in field.options.items()}, submit="Check", value=value)
    return b.number(name, filled(field.label), field.unit, value=value)


def verdict_blocks(question: Question, verdict: Verdict | None) -> list[b.Block]:
    """What to say to an answer; nothing where there is none yet."""
    if verdict is None:
        return []
    first, *more = [filled(message) for message in verdict.messages]
    sources = cited(question) if verdict.status in (RIGHT, RECORDED) else ()
    return [b.feedback(verdict.status, "\n\n".join([first, *more]), sources=sources)]


def cited(question: Question) -> tuple[tuple[str, str], ...]:
    """(short citation, link) of the studies behind a question."""
    keys = [*question.cites, *(key for option in question.options.values() for key in option.cites)]
    studies = [ledger().study(key) for key in dict.fromkeys(keys)]
    return tuple((study.short, study.link) for study in studies)


def to_predict(key: str) -> Question:
    """The question with this key, if it is one that can be predicted. Raises :class:`NotFound` otherwise."""
    question = load_question(key)
    if question.kind not in ("number", "choice") or not question.has_key:
        raise NotFound(f"no prediction can be made of '{key}'; ask(\"{key}\") shows it")
    return question


def prediction_page(question: Question, answer: Any, verdict: Verdict) -> list[b.Block]:
    """A prediction beside what was published: the gap in words, the reason, and the people as dots."""
    from course.evidence.figures import icon_array

    if question.kind == "number":
        number = read_number(answer)
        gap = abs(number - question.answer)
        said = f"You said {number:g}{_unit(question)}. Published: {question.answer:g}{_unit(question)}, "
        said += "just what you said." if gap == 0 else f"{gap:.3g} away from your guess."
    else:
        said = f"You chose: {filled(question.options[read_key(answer, question.options)].text)}"
    reason = filled(question.because) if question.because else filled(verdict.messages[0])
    blocks = [
        b.heading(question.title or "Your prediction", 4),
        b.prose(filled(question.stem)),
        b.feedback("right" if verdict.right else "guess", said, reason, cited(question)),
    ]
    if question.reveals:
        blocks.append(b.figure(icon_array(*question.reveals)))
    return blocks


def _unit(question: Question) -> str:
    return f" {question.unit}" if question.unit else ""
