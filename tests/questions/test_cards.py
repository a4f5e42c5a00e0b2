"""A question card in a lesson says what a check cell says to the same answer, and never loses what the learner wrote."""

from __future__ import annotations

import contextlib
import io

import pytest

from course import notes
from course.content.reading import NotFound
from course.content.syllabus import ready_modules
from course.controls.blocks import as_text
from course.grading.answers import parts
from course.grading.marker import NotYet, check
from course.questions import mark, questions
from course.questions.card import Card, Prediction, predict
from course.questions.marking import RIGHT, UNREADABLE

QUESTIONS = {key: question for module in ready_modules() for key, question in questions(module.slug).items()}
CARDS = {key: question for key, question in QUESTIONS.items() if question.kind not in ("case", "capstone") and key[4] != "p"}
PREDICTIONS = {key: question for key, question in QUESTIONS.items() if key[4] == "p"}
PARTS = [(question, part) for question in CARDS.values() for part in parts(question)]
EVERY_PART = pytest.mark.parametrize(("question", "part"), PARTS, ids=[part.key for _, part in PARTS])
EVERY_PREDICTION = pytest.mark.parametrize("key", PREDICTIONS)


def answers(part) -> list:
    """What a browser can send for this part: every option, each foreseen mistake, the right answer, and slips."""
    question = part.question.fields[part.field] if part.field else part.question
    right = part.question.correct[part.field] if part.field else part.question.correct
    foreseen = [mistake.answer if isinstance(mistake.answer, (int, float)) else list(mistake.answer) for mistake in question.mistakes]
    offered = list(question.options) if question.kind == "choice" else [[key] for key in question.options]
    return [right, *foreseen, *offered, "", "nonsense", "1,5", []]


def said_by_check(part, answer) -> str:
    """The words of ``check`` to an answer that stands in this module's own variable."""
    globals()[part.variable] = answer
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            check(part.key)
    except NotYet as words:
        return str(words)
    finally:
        del globals()[part.variable]
    return printed.getvalue()


def without_score(words: str) -> list[str]:
    """Each line that is said, without the line on points that only an exercise has."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith(("Right (", "Not yet ("))]


def name_of(part) -> str:
    return part.field or part.question.key


@EVERY_PART
def test_a_card_says_what_a_check_cell_says(question, part):
    for answer in answers(part):
        card = Card(question)
        card.act({"do": name_of(part), "value": answer, "sure": "lean"})
        shown = as_text(card.page.view["blocks"])
        lines = without_score(said_by_check(part, answer))
        assert lines
        for line in lines:
            assert line in shown, answer


@EVERY_PART
def test_a_card_keeps_the_answer_and_announces_the_first_sentence(question, part):
    for answer in answers(part):
        card = Card(question)
        card.act({"do": name_of(part), "value": answer})
        control = next(block for block in card.page.view["blocks"] if block.get("name") == name_of(part))
        assert control["value"] == answer
        assert card.page.view["focus"] == "feedback"
        feedback = [block for block in card.page.view["blocks"] if block["is"] == "feedback"]
        assert len(feedback) == 1
        assert card.page.view["say"].startswith(feedback[0]["word"])


@EVERY_PART
def test_a_card_can_be_answered_again_until_it_is_right(question, part):
    card = Card(question)
    for answer in reversed(answers(part)):  # the right one comes last
        card.act({"do": name_of(part), "value": answer})
    assert card.verdicts[name_of(part)].status == RIGHT


@pytest.mark.parametrize("key", CARDS)
def test_a_fresh_card_tells_nothing_but_the_question(key):
    question = CARDS[key]
    blocks = Card(question).page.view["blocks"]
    assert not [block for block in blocks if block["is"] == "feedback"]
    text = as_text(blocks)
    reasons = [option.because for option in question.options.values()] + [question.because]
    assert not [because for because in reasons if because and because in text]


@pytest.mark.parametrize("key", CARDS)
def test_an_act_meant_for_another_page_changes_nothing(key):
    card = Card(CARDS[key])
    before = card.page.view
    for message in ({}, {"do": "m99-q1", "value": "a"}, {"value": "a"}):
        card.act(message)
    assert card.page.view == before
    assert notes.read() == []


@EVERY_PART
def test_an_answer_is_noted_with_how_sure_the_learner_was(question, part):
    Card(question).act({"do": name_of(part), "value": "nonsense", "sure": "guess"})
    (noted,) = notes.read()
    assert (noted["question"], noted["sure"], noted["answer"]) == (question.key, "guess", "nonsense")


@EVERY_PREDICTION
def test_a_prediction_stands_and_meets_what_was_published(key):
    question = PREDICTIONS[key]
    guesses = ["40", "12 %", "7,5", f"{question.answer:g}"] if question.kind == "number" else list(question.options)
    for guess in guesses:
        card = Prediction(question)
        card.act({"do": key, "value": guess, "sure": "guess"})
        shown = card.page.view["blocks"]
        assert not [block for block in shown if block.get("name") == key], "it can still be changed"
        text = as_text(shown)
        if question.kind == "number":
            assert f"Published: {question.answer:g}" in text
            assert f"You said {guess.replace(',', '.').removesuffix(' %')}" in text
        assert bool(question.reveals) == any(block["is"] == "figure" for block in shown)


@EVERY_PREDICTION
def test_what_cannot_be_read_is_no_prediction(key):
    question = PREDICTIONS[key]
    card = Prediction(question)
    card.act({"do": key, "value": "nonsense"})
    assert mark(question, "nonsense").status == UNREADABLE
    assert [block for block in card.page.view["blocks"] if block.get("name") == key], "it must still be open"
    assert question.because not in as_text(card.page.view["blocks"])


@pytest.mark.parametrize("key", [key for key, question in QUESTIONS.items() if question.kind == "case"])
def test_a_case_question_says_what_to_play(key):
    card = Card(QUESTIONS[key])
    assert f'play("{QUESTIONS[key].case}")' in as_text(card.page.view["blocks"])
    card.act({"do": key, "value": "a"})


@pytest.mark.parametrize("key", [key for key, question in QUESTIONS.items() if question.kind not in ("number", "choice")])
def test_what_cannot_be_predicted_says_so_at_once(key):
    with pytest.raises(NotFound, match=f"no prediction can be made of '{key}'"):
        predict(key)


@pytest.mark.parametrize("key", [key for key, question in QUESTIONS.items() if question.kind == "choice"])
def test_a_choice_can_be_predicted_as_it_is_read(key):
    first = next(iter(QUESTIONS[key].options))
    for guess in (first, [first], f" {first.upper()})"):
        card = Prediction(QUESTIONS[key])
        card.act({"do": key, "value": guess})
        assert "You chose: " in as_text(card.page.view["blocks"])
