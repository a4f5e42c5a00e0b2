"""*Who gains?* asks first, answers every cell with the word of its certainty, and never shows a withdrawn number or says more than is on file."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest

from course.authoring.numbers import bare_numbers
from course.content.reading import CONTENT, ContentError
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence.certainty import HEDGES, LEVELS
from course.evidence.claims import rows
from course.evidence.explorers.gains import GUESSES, NO_TRIAL, SAY, TIME, VERSUS, WhoGains
from course.evidence.gains import ANY, CELLS, COMPARATORS, COURSES, SEVERITIES, TIMES, gains
from course.evidence.records import BRACED, ledger
from course.explorers import explorer_text

GUESS = ["many", "some", "same", "nobody"]
START = WhoGains().guessed(GUESS)
ASKED = list(itertools.product(SEVERITIES, COURSES, COMPARATORS, TIMES))
EVERY_QUESTION = pytest.mark.parametrize("asked", ASKED, ids=["-".join(each) for each in ASKED])
#: A withdrawn number that no row in use prints as well.
WITHDRAWN = {f"{row.value:g}" for row in ledger().effects.values() if row.status == "retracted" and "." in f"{row.value:g}"}


def at(asked) -> WhoGains:
    return START.changed(dict(zip(("severity", "course", "versus", "time"), asked, strict=True)))


def feedback(state) -> list[b.Block]:
    return [block for block in state.page() if block["is"] == "feedback"]


# ── Predict first ────────────────────────────────────────────────────────────────────────────────


def test_no_finding_is_on_the_page_before_the_prediction():
    assert [block["is"] for block in WhoGains().page()] == ["heading", "prose", "places"]
    text = b.as_text(WhoGains().page())
    assert "%" not in text and not any(row.study.short in text for row in gains().rows)


@pytest.mark.parametrize("value", [None, "many", ["many"], ["many"] * 5, ["many", "some", "same", "lots"], [1, 2, 3, 4], {"many": 1}])
def test_a_guess_that_cannot_be_read_leaves_the_question(value):
    assert WhoGains().guessed(value).guess is None


@pytest.mark.parametrize("number", range(len(CELLS)), ids=[cell.key for cell in CELLS])
@pytest.mark.parametrize("guess", GUESSES)
def test_each_guess_is_set_beside_what_comes_nearest(number, guess):
    cell = CELLS[number]
    state = WhoGains().guessed([guess] * len(CELLS)).changed({"severity": cell.severity, "course": cell.course})
    (gap,) = feedback(state)
    assert gap["word"] == "Your guess ○" and gap["text"].startswith(f"You said: {GUESSES[guess]}.")
    assert all(row.study.short in gap["text"] for row in state.nearest)
    assert ("No trial on file comes near" in gap["text"]) == (not state.nearest)
    assert ("the most careful answer" in gap["text"]) == (guess == "nobody")


@EVERY_QUESTION
def test_a_guess_stands_only_beside_what_was_guessed(asked):
    state = at(asked)
    guessed = (state.versus, state.time) == (VERSUS, TIME)
    assert bool(feedback(state)) == guessed
    assert ("You said:" in b.as_text(state.page())) == guessed


# ── What is said ─────────────────────────────────────────────────────────────────────────────────


@EVERY_QUESTION
def test_a_cell_says_how_sure_and_no_more(asked):
    state = at(asked)
    answer = state.answer
    assert state.headline.startswith(answer.says) and (NO_TRIAL in state.headline) == (not state.exact)
    assert answer.certainty in LEVELS and answer.because
    assert any(hedge in answer.says for hedge in HEDGES[answer.certainty])
    assert f"How sure: {answer.certainty}" in b.as_text(state.page())


@EVERY_QUESTION
def test_every_finding_is_shown_with_its_number_its_doubt_and_its_source(asked):
    state = at(asked)
    text = b.as_text(state.page())
    shown = [*state.nearest, *gains().averages(state.versus, state.time)]
    assert gains().averages(state.versus, state.time)
    for row in shown:
        assert f"Source: {row.study.short}" in text and row.people[1:] in text
        for key in BRACED.findall(row.says + row.doubt):
            assert ledger()[key].text in text, key


@EVERY_QUESTION
def test_a_page_has_no_broken_number_and_no_open_brace(asked):
    text = b.as_text(at(asked).page())
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b(?! of it)|[{}]", text)


@EVERY_QUESTION
def test_withdrawn_numbers_are_never_shown_and_their_story_is_told(asked):
    text = b.as_text(at(asked).page())
    assert not [number for number in WITHDRAWN if re.search(rf"(?<![\d.]){re.escape(number)}(?!\d)", text)]
    assert "In 2016 its authors and the journal withdrew the report" in text and "no longer significant" in text


def test_withdrawn_numbers_are_known_to_this_test():
    assert len(WITHDRAWN) > 5


@EVERY_QUESTION
def test_an_average_is_never_shown_as_a_finding_about_some(asked):
    state = at(asked)
    for row in state.nearest:
        assert (row.severity, row.course) != (ANY, ANY)
        assert row.severity in (ANY, state.cell.severity) and row.course in (ANY, state.cell.course)
    mixed = [row for row in state.nearest if ANY in (row.severity, row.course)]
    assert b.as_text(state.page()).count("Not told apart: ") == len(mixed)


def test_trials_of_chronic_depression_stand_side_by_side_although_they_disagree():
    text = b.as_text(START.page())
    assert "That is 25 more of 100 with both" in text and "Remission did not differ between medication with CBASP" in text
    assert "the trials contradict each other" in START.headline


def test_a_ratio_becomes_people_from_a_number_that_says_it_is_made_up():
    """1.25 (1.14 to 1.37) times 40 of 100; odds of 40 to 60 times 2.93 (2.15 to 3.99)."""
    assert SAY == 40
    assert "Suppose 40 of 100 people get better on medication alone: then 50 do with both (46 to 55)." in b.as_text(START.page())
    assert "then 66 do with both (59 to 73)." in b.as_text(START.changed({"time": "later"}).page())


# ── Settings, notes and text ─────────────────────────────────────────────────────────────────────


@EVERY_QUESTION
def test_the_controls_stand_on_what_is_shown(asked):
    state = at(asked)
    settings = next(block for block in state.page() if block["is"] == "settings")
    assert tuple(b.chosen(settings, None).values()) == asked
    assert state.changed(b.chosen(settings, None)) == state


def test_back_to_the_start_keeps_the_guesses():
    assert at(ASKED[-1]).fresh() == START


def test_text_and_page_say_the_same():
    explorer = Explorer(WhoGains())
    explorer.act({"do": "guess", "value": GUESS})
    explorer.act({"do": "settings", "value": {"course": "episodic", "time": "later"}})
    assert explorer.page.view["say"] == explorer.state.headline
    assert explorer_text(WhoGains(), GUESS, time="later", course="episodic").startswith(explorer.page.text)


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


def test_every_number_in_the_texts_leads_to_its_source():
    assert [(place, found) for place, text in gains().texts for found in bare_numbers(text, "fact")] == []


BROKEN = {
    "a row that is not there": ('ratio = "vonwolff_2012', 'ratio = "vonwolff_2013', "no row 'vonwolff_2013", "did you mean 'vonwolff_2012"),
    "a withdrawn number": ('both = "keller_2000.response_both"', 'both = "RETRACTED"', "comes from a withdrawn version", "only the story of its retraction"),
    "a withdrawn number in a text": ("Being in hospital", "{RETRACTED} Being in hospital", "comes from a withdrawn version", "only the story"),
    "a finding where a number belongs": ('"vonwolff_2012.benefit_both_v_medication"', '"kocsis_2009.no_difference"', "is not a number", "name a number"),
    "a number where a finding belongs": ('statement = "kocsis_2009.no_difference"', 'statement = "kocsis_2009.people"', "is not a finding", "name a finding"),
    "people where per cents belong": ('both = "keller_2000.response_both"', 'both = "keller_2000.people"', "is not a per cent", "two per cents"),
    "half a comparison": ('both = "keller_2000.response_both"\n', "", "it has one of both and alone", "or neither"),
    "no row at all": ('statement = "kocsis_2009.no_difference"\n', "", "it rests on no row of the ledger", "a statement"),
    "a finding without its words": ('found = "no difference"\n', "", "found is missing", "in a few words"),
    "more than the evidence says": ("both treatments may help more people", "both treatments help more people", "lacks 'may'", "say no more"),
    "a cell without an answer": ('course = "episodic"', 'course = "chronic"', "has 0 answers", "give it exactly one"),
    "an unknown time": ('time = "end"', 'time = "ende"', "'time' is 'ende'", "did you mean 'end'?"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_slip_in_the_file_is_one_plain_line(name, tmp_path):
    shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
    find, put, problem, remedy = BROKEN[name]
    retracted = next(key for key, row in rows().items() if row.status == "retracted" and getattr(row, "measure", "") == "percent")
    path: Path = tmp_path / "evidence" / "gains.toml"
    text = path.read_text(encoding="utf-8")
    assert find in text
    path.write_text(text.replace(find, put.replace("RETRACTED", retracted), 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        gains(tmp_path)
    said = [str(finding) for finding in caught.value.findings]
    assert any(line.startswith("gains.toml: ") and problem in line and remedy in line and "\n" not in line for line in said), said
