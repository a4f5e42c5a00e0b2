"""Rule 4: a number about the world is linked to its source in every lesson, case, question, claim and figure.

Each pattern catches what it must and spares what it must; what is free stands free; a story's patient may have numbers of
their own; and the content as it stands has no number without a source.
"""

from __future__ import annotations

import ast
import re

import pytest

from course.authoring import notebooks as nb
from course.authoring.checks import check_case, check_questions
from course.authoring.numbers import FREE, MUST_LINK, amounts_in, bare_in_case, bare_in_question, bare_numbers
from course.cases import Session
from course.cases.figures import trajectory
from course.cases.records import case_keys, load_case, read_case
from course.content.reading import CONTENT
from course.evidence import ledger, statements
from course.evidence.courses import courses
from course.evidence.figures import effects_over_time, icon_array, interval_plot, relapse_steps
from course.evidence.timelines import timelines
from course.questions import questions
from course.questions.records import question_files, read_questions
from tests.conftest import ROOT


def _strings(which: str):
    return [pytest.param(pattern, text, id=f"{pattern.name}: {text}") for pattern in MUST_LINK for text in getattr(pattern, which)]


# ── The patterns ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("pattern", "text"), _strings("catches"))
def test_a_pattern_catches_what_it_must(pattern, text):
    assert pattern.regex.search(text)
    assert bare_numbers(f"In a trial it was {text}, they said.", "fact"), "something that is free hides it"


@pytest.mark.parametrize(("pattern", "text"), _strings("spares"))
def test_a_pattern_spares_what_it_must(pattern, text):
    assert not pattern.regex.search(text)


def test_every_pattern_says_what_it_catches_and_spares():
    assert len({pattern.name for pattern in MUST_LINK}) == len(MUST_LINK) >= 12
    assert all(len(pattern.catches) >= 2 and len(pattern.spares) >= 2 for pattern in MUST_LINK)


@pytest.mark.parametrize(("free", "text"), [pytest.param(free, text, id=f"{free.name}: {text}") for free in FREE for text in free.examples])
def test_what_is_free_stands_free(free, text):
    assert free.regex.search(text)
    assert bare_numbers(f"This is so: {text}, here.", "fact") == []


@pytest.mark.parametrize(
    "text",
    ["week 8", "three visits", "question 4", "2 points", "a score from 0 to 27", "She is 46", "in 2016", "stop at 3 and go on", "80 minutes", "1. First"],
)
def test_other_numbers_are_free(text):
    assert bare_numbers(text, "fact") == []


# ── What a text links, works out or makes up ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "[46 %](#wiles_2013.response_both) against {wiles_2013.response_usual} responded.",
        "A ratio of [1.27 (1.14 to 1.39)](#cuijpers_2020.response_both_v_therapy).",
        "See [the notice](https://doi.org/10.1016/50-mg) and `0.4 %` in code.",
        "Suppose that 40 of 100 people respond. With both it is 50 %.",
        "81 minus 55 is 26 of 100.",
        "1 divided by 0.26 is an NNT of 3.8.",
    ],
)
def test_linked_numbers_arithmetic_and_made_up_examples_need_no_source(text):
    assert bare_numbers(text, "fact") == []


def test_a_made_up_example_ends_with_its_paragraph():
    assert bare_numbers("Suppose that 40 % respond.\n\nIn the trial 46 % did.", "fact") == [("per cent", "46 %")]


@pytest.mark.parametrize("text", ["CBT plus sertraline: 46 % responded.", "Three times a week 46 % did.", "It is 46 %, and no minus."])
def test_words_of_arithmetic_between_treatments_hide_nothing(text):
    assert bare_numbers(text, "fact") == [("per cent", "46 %")]


def test_a_hit_is_named_once_in_its_longest_form():
    assert bare_numbers("It was 23 of 32 people, and again 23 of 32 people.", "fact") == [("x of y", "23 of 32"), ("people and trials", "32 people")]


def test_a_story_may_tell_doses_and_weeks_but_no_results():
    told = "She takes 50 mg for 8 weeks, and her score is below 10."
    assert bare_numbers(told, "story") == []
    assert [name for name, _ in bare_numbers(told, "fact")] == ["dose", "threshold", "time"]
    assert bare_numbers("46 % respond, NNT 7, 23 of 32, an odds ratio of 2.", "story") != []


def test_reasons_may_repeat_what_the_story_said_of_its_patient():
    own = amounts_in("She takes 50 mg, and comes back in eight weeks.")
    assert bare_numbers("50 mg for 8 weeks was too little.", "fact", own) == []
    assert bare_numbers("After eight weeks 100 mg was too much.", "fact", own) == [("dose", "100 mg")]
    assert bare_numbers("50 % got better in 8 people.", "fact", amounts_in("50 %, 8 people"))  # results are nobody's own


def test_given_numbers_may_be_worked_with_and_others_not():
    own = amounts_in("A made-up trial has 200 people in each group; 110 respond.")
    assert bare_numbers("110 of 200 is 55 of 100. So 55 % respond, an NNT of 55.", "given", own) == []
    assert bare_numbers("110 of 200 is right. In real trials it is 46 %.", "given", own) == [("per cent", "46 %")]


# ── The content ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", case_keys())
def test_no_case_has_a_number_without_a_source(key):
    assert list(bare_in_case(load_case(key))) == []


@pytest.mark.parametrize("slug", [path.stem for path in question_files()])
def test_no_question_has_a_number_without_a_source(slug):
    assert [hit for question in questions(slug).values() for hit in bare_in_question(question)] == []


def test_a_number_put_into_a_case_is_found_where_it_stands(tmp_path):
    text = (CONTENT / "cases" / "grace.toml").read_text(encoding="utf-8")
    for before, number in (("Grace lets herself be led", "In trials 12 % more do. "), ("Letters after weeks", "Usually 20 mg. ")):
        assert before in text
        text = text.replace(before, number + before)
    path = tmp_path / "grace.toml"
    path.write_text(text, encoding="utf-8")
    found = [str(finding) for finding in check_case(path, read_case(path))]
    assert any("scenes.that-night.go-now: the number in '12 %' has no source (per cent); write {" in line for line in found), found
    assert any("scenes.that-night.go-now.because: the number in '20 mg' has no source (dose); write {" in line for line in found), found


def test_a_number_put_into_a_question_is_found(tmp_path):
    text = (CONTENT / "questions" / "05_depression.toml").read_text(encoding="utf-8")
    assert "about twice as many" in text
    path = tmp_path / "05_depression.toml"
    path.write_text(text.replace("about twice as many", "2.1 times as many"), encoding="utf-8")
    found = [str(finding) for finding in check_questions(path, read_questions(path))]
    assert [line for line in found if "m05-p1: the number in '2.1 times as' has no source (times as many)" in line], found


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


def _numbers(*texts: str) -> set[str]:
    return {number.replace(",", "").replace("−", "-") for text in texts for number in _NUMBER.findall(text)}


def _seen(picture) -> set[str]:
    return _numbers(picture.alt, picture.caption, *picture.head, *(cell for row in picture.rows for cell in row))


def _in_ledger(keys) -> set[str]:
    """What a figure of these rows of the ledger may print: their numbers, their words, and how many of 1,000 a per cent is."""
    effects = [ledger()[key] for key in keys if key not in statements()]
    words = [f"{statements()[key].says}; {statements()[key].meaning}; {statements()[key].study.short}" for key in keys if key in statements()]
    thousands = {str(round(effect.value * 10)) for effect in effects if effect.measure == "percent"}
    return _numbers(*(f"{effect.text}; {effect.meaning}; {effect.study.short}" for effect in effects), *words, "1,000; 95") | thousands


def _calls():
    """Every call of a figure of ledger rows in a lesson, with its keys and its other arguments."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nb.code_cells(nb.read_notebook(path)):
            for node in ast.walk(ast.parse(cell["source"])):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("icon_array", "interval_plot"):
                    keys = [ast.literal_eval(argument) for argument in node.args]
                    others = {each.arg: ast.literal_eval(each.value) for each in node.keywords}
                    yield pytest.param(node.func.id, keys, others, id=cell["id"])


@pytest.mark.parametrize(("figure", "keys", "others"), list(_calls()))
def test_every_number_of_a_lessons_figure_comes_from_its_rows_of_the_ledger(figure, keys, others):
    for text in (others.get("title", ""), others.get("outcome", ""), *others.get("labels", ())):
        assert bare_numbers(text, "fact") == []
    picture = {"icon_array": icon_array, "interval_plot": interval_plot}[figure](*keys)
    assert _seen(picture) <= _in_ledger(keys)


@pytest.mark.parametrize("key", courses())
def test_every_number_of_a_course_of_relapse_comes_from_its_rows_of_the_ledger(key):
    course = courses()[key]
    for text in (course.title, course.outcome, course.start, course.note, *(arm.label for arm in course.arms)):
        assert bare_numbers(text, "fact") == []
    assert _seen(relapse_steps(key)) <= _in_ledger(course.keys)


@pytest.mark.parametrize("key", timelines())
def test_every_number_of_a_timeline_comes_from_its_rows_of_the_ledger(key):
    timeline = timelines()[key]
    rows = [row for panel in timeline.panels for row in panel.rows]
    for text in (timeline.title, *(panel.title for panel in timeline.panels)):
        assert bare_numbers(text, "fact") == []
    assert _seen(effects_over_time(key)) <= _in_ledger([row.number or row.says for row in rows])


@pytest.mark.parametrize("key", case_keys())
def test_every_number_of_a_cases_figures_is_a_published_rate_or_its_own_score(key):
    case = load_case(key)
    thousand = case.debrief.thousand
    rates = [group.rate for group in thousand.groups]
    picture = icon_array(*rates, labels=tuple(group.label for group in thousand.groups), outcome=thousand.outcome)
    assert _seen(picture) <= _in_ledger(rates) | _numbers(thousand.outcome)
    session = Session(case, case.accepted[0].choices)
    for scale in case.scales:
        own = {str(number) for point in session.points(scale) for number in point}
        names = _numbers(trajectory(session, scale).head[0], "PHQ-9", "GAD-7", "PCL-5")
        assert _seen(trajectory(session, scale)) <= own | names
