"""The prescriber's sentence: what the check finds agrees with readers, danger is never passed in silence, and nothing it says gives a text away.

``sentences.csv`` holds texts written and labelled for this test: ``build`` to write the cues by, ``held`` to measure them with.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest

from course.content.reading import CONTENT, ContentError, NotFound
from course.controls.blocks import as_text, plain
from course.evidence.records import BRACED
from course.questions import load_question, mark, questions
from course.questions.card import Card
from course.questions.cues import BadCue, Words
from course.questions.marking import NOT_YET, RIGHT, UNREADABLE
from course.questions.pages import filled
from course.questions.sentences import load_task, reading_grade, review, sentences

LISTS = sentences()
TASKS = LISTS.tasks
SAFETY = LISTS.crisis.answered_by
LABELLED = list(csv.DictReader(io.StringIO((Path(__file__).parent / "sentences.csv").read_text(encoding="utf-8"))))
HELD = [row for row in LABELLED if row["half"] == "held"]
EVERY_TASK = pytest.mark.parametrize("key", TASKS)
ASKED = [question for path in (CONTENT / "questions").glob("*.toml") for question in questions(path.stem).values() if question.kind == "sentence"]


def found(row: dict) -> tuple[set, set]:
    """The moves and the slips that the check finds in a labelled text."""
    made = review(load_task(row["task"]), row["text"])
    return {key for key, _ in made.found}, {key for key, _ in made.slips}


def labelled(row: dict) -> tuple[set, set]:
    return set(row["found"].split()), set(row["slips"].split())


def passes(row: dict) -> bool:
    """Whether a reader would let this text pass: every need met, no slip."""
    moves, slips = labelled(row)
    return moves >= set(TASKS[row["task"]].needs) and not slips


# ── Agreement with readers ──


def test_there_are_enough_labelled_texts_and_half_of_them_are_held_out():
    assert len(LABELLED) >= 70 and len(HELD) * 2 >= len(LABELLED)
    assert len({row["text"] for row in LABELLED}) == len(LABELLED)
    assert {row["task"] for row in HELD} == set(TASKS)
    for row in LABELLED:
        assert labelled(row)[0] <= set(TASKS[row["task"]].needs) and labelled(row)[1] <= set(LISTS.slips), row["text"]


def test_on_texts_held_out_the_check_agrees_with_the_labels():
    verdicts = sum(review(load_task(row["task"]), row["text"]).passed == passes(row) for row in HELD)
    slips = sum(found(row)[1] == labelled(row)[1] for row in HELD)
    exact = sum(found(row) == labelled(row) for row in HELD)
    decisions = [(move in found(row)[0]) == (move in labelled(row)[0]) for row in HELD for move in TASKS[row["task"]].needs]
    said = f"verdicts {verdicts} of {len(HELD)}, slips {slips}, word for word as labelled {exact}, moves {sum(decisions)} of {len(decisions)}"
    assert verdicts >= 0.85 * len(HELD), said
    assert slips >= 0.85 * len(HELD), said
    assert sum(decisions) >= 0.85 * len(decisions), said


def test_the_texts_that_it_was_built_by_are_read_as_labelled():
    wrong = [row["text"] for row in LABELLED if row["half"] == "build" and found(row) != labelled(row)]
    assert len(wrong) <= 0.05 * len(LABELLED), wrong


@EVERY_TASK
def test_the_model_text_passes_and_each_slip_added_to_it_does_not(key):
    task = TASKS[key]
    assert review(task, task.model).passed
    for name, slip in LISTS.slips.items():
        made = review(task, f"{task.model} {slip.example}")
        assert [found for found, _ in made.slips] == [name]
        assert not made.passed
        assert any(message.endswith(slip.asks) for message in made.messages)


@EVERY_TASK
def test_each_need_that_is_left_out_is_asked_for(key):
    made = review(TASKS[key], "The weather has been mild and the road was empty.")
    assert made.missing == TASKS[key].needs
    for move in made.missing:
        assert LISTS.moves[move].asks in made.messages or (made.crisis and move == SAFETY)


# ── What is denied is not said ──

DENIED = (
    "This will not cure everything.", "I cannot promise that you will be fine.", "You are not to blame.", "It is not your fault.",
    "This is not because you are weak, lazy or ungrateful.", "You don’t have to take it.", "Please do not stop it suddenly.", "Never stop it at once.",
    "It is no chemical imbalance.", "You asked whether this will cure you.", "A chemical imbalance is a myth.", "It does not always work.",
    "Nothing works for everyone.", "I wish I could promise you a cure.", "Call me before you stop it today.",
)  # fmt: skip
MEANT = (
    "No doubt this will cure you.", "This will cure you, and not only that.", "You have a chemical imbalance.", "It’s your own fault.", "YOU HAVE NO CHOICE.",
    "You can just quit them.", "This plan never fails anybody.", "Why not take it? It will fix you.", "It isn’t hard, but it will cure you.",
)  # fmt: skip


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_or_reported_is_no_slip(text):
    assert review(TASKS["capstone"], text).slips == ()


@pytest.mark.parametrize("text", MEANT)
def test_what_is_meant_is_a_slip_in_the_writers_own_words(text):
    made = review(TASKS["capstone"], text)
    assert made.slips
    assert all(own in text for _, own in made.slips)


# ── Danger is never passed in silence ──

IN_DANGER = (
    "Some nights you think of suicide.", "You said you want to die.", "I know you feel better off dead.", "You are not suicidal, I think.",
    "Do not hurt yourself.",
)  # fmt: skip
TONIGHT = "Tonight you can call 988 at any hour."


@pytest.mark.parametrize("words", IN_DANGER)
@EVERY_TASK
def test_words_about_dying_without_a_word_on_tonight_never_pass(key, words):
    task = TASKS[key]
    silent = " ".join(sentence for sentence in re.split(r"(?<=[.?]) ", task.model) if "988" not in sentence)
    made = review(task, f"{silent} {words}")
    assert not made.passed
    assert made.messages[0].endswith(LISTS.crisis.asks)
    spoken = review(task, f"{task.model} {words} {TONIGHT}")
    assert spoken.passed
    assert LISTS.crisis.after in " ".join(spoken.messages), "it passes, and not in silence"


UNREADABLE_IN_DANGER = ("kill myself", "Suicide.", ["I want to die.", "Now."], "Хочу умереть, suicide", "ab " * 200 + "kill myself", "I want to die. " * 1000)


@pytest.mark.parametrize("text", UNREADABLE_IN_DANGER, ids=range(len(UNREADABLE_IN_DANGER)))
@EVERY_TASK
def test_words_about_dying_are_answered_also_where_the_text_cannot_be_read(key, text):
    made = review(TASKS[key], text)
    assert made.unreadable and not made.passed
    assert made.messages[0].endswith(LISTS.crisis.asks) and made.messages[-1] == made.unreadable


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.key)
def test_card_and_check_show_what_is_said_to_words_about_dying_that_are_too_short(question):
    verdict, card = mark(question, "kill myself"), Card(question)
    card.act({"do": question.key, "value": "kill myself"})
    assert verdict.status == UNREADABLE
    assert LISTS.crisis.asks in verdict.messages[0] and filled(verdict.messages[0]) in as_text(card.page.view["blocks"])


ODD_LETTERS = ("We speak of ｓｕｉｃｉｄｅ and you are here.", "You say you want\rto die in the end.", "You think of sui\u00adcide in the night.")


@pytest.mark.parametrize("text", ODD_LETTERS, ids=range(len(ODD_LETTERS)))
def test_letters_of_another_shape_hide_no_words_about_dying(text):
    assert review(TASKS["capstone"], text).crisis


@pytest.mark.parametrize("safety", ["You do not need to call 988.", "There is no need to go to hospital tonight.", "Don't bother the crisis line."])
def test_a_denied_safety_plan_is_none(safety):
    assert not review(TASKS["capstone"], f"{TASKS['capstone'].model} You spoke of suicide. {safety}").passed


@EVERY_TASK
def test_a_patient_who_speaks_of_dying_is_always_asked_about_tonight(key):
    task = TASKS[key]
    if LISTS.language.anywhere(LISTS.crisis.cues, Words(task.says)):
        assert SAFETY in task.needs
        assert review(task, "Let us look at the dose again next week.").messages[0].endswith(LISTS.crisis.asks)


# ── What it says ──


@pytest.mark.parametrize("row", LABELLED, ids=range(len(LABELLED)))
def test_every_review_says_what_it_could_not_judge_and_ends_with_it(row):
    messages = review(load_task(row["task"]), row["text"]).messages
    assert messages[-1] == LISTS.blind
    assert len(messages) == len(set(messages)) >= 2
    for message in messages:
        assert plain(filled(message)).strip()


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@EVERY_TASK
def test_nothing_that_it_asks_gives_a_text_away(key):
    task = TASKS[key]
    asks = [LISTS.moves[move].asks for move in task.needs] + [slip.asks for slip in LISTS.slips.values()] + [LISTS.crisis.asks, LISTS.blind]
    for asked in asks:
        assert not runs(asked, 4) & runs(task.model, 4), asked
    assert not review(task, " ".join(asks)).passed, "its own questions must not pass for an answer"


def test_length_and_reading_grade_are_advice_and_no_marks():
    task = TASKS["first-weeks"]
    long = f"{task.model} I am here. We go on. You did well. It is late now."
    difficult = "Considerable uncertainties necessitate interdisciplinary deliberation."
    hard = f"{task.model} {difficult} Individualised interventions characteristically accumulate responsibilities."
    for text in (long, hard):
        made = review(task, text)
        assert made.passed
        assert any(message.startswith("Advice, not marks") for message in made.messages)
    assert not any("Advice" in message for message in review(task, task.model).messages)
    assert reading_grade(Words("The cat sat on the mat.")) < 2 < 12 < reading_grade(Words(difficult))


ODD = (None, True, 3, 2.5, [], ["a", "b"], {"a": 1}, object(), b"words", "", " ", "\x00\x07", "\ud800" * 9, "?" * 50, "a" * 10**6, "ab " * 10**5)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@EVERY_TASK
def test_whatever_it_is_given_it_answers_in_one_kind_line(key, odd):
    made = review(TASKS[key], odd)
    assert not made.passed
    (said,) = made.messages
    assert len(said) < 200 and said.endswith(".")


OTHER_LANGUAGES = (
    "Вы не виноваты, и мы поговорим через две недели.", "Podemos hablar dentro de dos semanas y puede llamar a la clínica cuando quiera.",
    "우리는 이 주 후에 다시 만나서 이야기해요.",
)  # fmt: skip


@pytest.mark.parametrize("text", OTHER_LANGUAGES)
def test_another_language_is_met_kindly(text):
    assert "reads English only" in review(TASKS["capstone"], text).unreadable


def test_marks_of_a_page_in_the_writers_words_are_not_read_as_its_own():
    text = "{wiles_2013.response_both} [this](https://x.org) will {definitely} <b>cure</b> you and everyone around you."
    for message in review(TASKS["capstone"], text).messages:
        assert not BRACED.findall(message) and "](" not in message and "<b>" not in message
        filled(message)


# ── In the course ──


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.key)
def test_card_and_check_mark_by_the_same_review(question):
    task = load_task(question.task)
    for text in (task.model, "This will cure you, I promise.", "nothing"):
        card, verdict = Card(question), mark(question, text)
        card.act({"do": question.key, "value": text})
        shown = as_text(card.page.view["blocks"])
        assert verdict.status == (RIGHT if review(task, text).passed else UNREADABLE if review(task, text).unreadable else NOT_YET)
        assert all(filled(message) in shown for message in verdict.messages)
        assert task.says in shown
    assert task.model not in as_text(Card(question).page.view["blocks"])


def test_the_lesson_asks_one_and_the_exercise_marks_one():
    assert {"m10-c5", "m10-q7"} <= {question.key for question in ASKED}
    assert load_question("m10-q7").points == 2


def test_an_unknown_task_is_met_with_the_nearest():
    with pytest.raises(NotFound, match="did you mean 'capstone'"):
        load_task("capstoan")


# ── An author's slips, one line each ──

BROKEN = {
    "a bad pattern": ('cues = ["?", "up to you"', 'cues = ["(up", "up to you"', ("moves.choice.cues[1]", "cannot be read")),
    "an apostrophe": ('cues = ["?", "up to you"', 'cues = ["don’t know", "up to you"', ("moves.choice.cues[1]", "cannot be read")),
    "a gap at the end": ('cues = ["?", "up to you"', 'cues = ["up to ...", "up to you"', ("moves.choice.cues[1]", "begins or ends with a gap")),
    "an unknown group": ('cues = ["?", "up to you"', 'cues = ["<wen> now", "up to you"', ("moves.choice.cues[1]", "names no group")),
    "a cue of nothing": ('cues = ["?", "up to you"', 'cues = ["so?", "up to you"', ("moves.choice.cues[1]", "may stand for nothing")),
    "a group of later words": ('day = ["monday*', 'day = ["<when>", "monday*', ("groups.day[1]", "names no group")),
    "no cue": ('own.aim = ["sing*|sang|choir*|song*|voice"]', "own.aim = []", ("tasks.first-weeks.own.aim", "it has no cue")),
    "a misspelt key": ('own.aim =', 'owns.aim =', ("tasks.first-weeks.owns", "there is no such key here")),
    "an unknown move": ('needs = ["hears"', 'needs = ["heart"', ("tasks.at-the-door", "no move 'heart'")),
    "own cues unneeded": ("own.aim =", 'own.time = ["soon"]\nown.aim =', ("tasks.first-weeks.own", "does not need it")),
    "a crisis without tonight": ('"direct", "tonight", "hope"]', '"direct", "hope"]', ("tasks.at-the-door.needs", "nothing is asked of tonight")),
    "an unknown safety move": ('answered_by = "tonight"', 'answered_by = "tonite"', ("crisis.answered_by", "no move 'tonite'")),
}  # fmt: skip


@pytest.mark.parametrize("slip", BROKEN)
def test_each_slip_of_an_author_is_one_clear_line(slip, tmp_path):
    find, put, (where, problem) = BROKEN[slip]
    text = (CONTENT / "sentences.toml").read_text(encoding="utf-8")
    assert text.count(find) == 1
    path = tmp_path / "sentences.toml"
    path.write_text(text.replace(find, put), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        sentences(tmp_path)
    (finding,) = error.value.findings
    assert (finding.where, problem in finding.problem) == (where, True), str(finding)
    assert finding.remedy


def test_the_command_checks_the_file(tmp_path):
    from course.authoring.checks import check_file

    path = Path(shutil.copy(CONTENT / "sentences.toml", tmp_path))
    assert check_file(path) == []
    broken = tmp_path / "broken" / path.name
    broken.parent.mkdir()
    broken.write_text(path.read_text(encoding="utf-8").replace('"up to you"', '"up to YOU"'), encoding="utf-8")
    (finding,) = check_file(broken)
    assert (finding.file, finding.where) == ("sentences.toml", "moves.choice.cues[2]")


def test_a_cue_that_cannot_be_read_is_never_a_plain_error():
    for cue in ("", " ", "a  b", "*", "...", "[a]", "a (b", "a\\b", "é", "a||b", "<>", "??"):
        with pytest.raises(BadCue):
            LISTS.language.pattern(cue)
