"""The target map: every cell rests on rows that stand and says no more than they do; an empty cell is never called no effect."""

from __future__ import annotations

import re

import pytest

from course.authoring.checks import check_file
from course.content.reading import CONTENT, ContentError
from course.controls import blocks as b
from course.evidence.certainty import HEDGES, LEVELS
from course.evidence.claims import rows
from course.evidence.records import BRACED
from course.mechanisms.explorers.target_map import LOOKS, PREDICTED, TREATMENT, TargetMap
from course.mechanisms.figures import ReachDrawing
from course.mechanisms.targets import KINDS, NOTHING, REACHES, targets

MADE = targets()
START = TargetMap()
GUESSED = START.guessed([NOTHING] * len(PREDICTED))
PLACES = [pytest.param(cell, id=f"{cell.target}-{cell.treatment}") for cell in MADE.cells]


# ── The data ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("cell", PLACES)
def test_a_cell_rests_on_rows_that_stand_and_prints_only_those_it_names(cell):
    assert all(rows()[key].status == "seen" for key in cell.keys)
    assert {key.partition(".")[0] for key in BRACED.findall(cell.says)} <= {key.partition(".")[0] for key in cell.keys}


@pytest.mark.parametrize("cell", PLACES)
def test_a_cell_is_no_surer_than_the_word_of_its_certainty(cell):
    assert cell.certainty in LEVELS[:4]
    hedges = HEDGES.get(cell.certainty, ())
    assert not hedges or any(re.search(rf"\b{hedge}\b", cell.says) for hedge in hedges)
    surer = {"low": "probably", "very low": "probably"}.get(cell.certainty)
    assert surer is None or surer not in cell.says


def test_symptoms_functions_and_beliefs_are_all_on_the_map():
    assert {target.kind for target in MADE.targets.values()} == set(KINDS)


def test_every_reach_is_somewhere_and_every_treatment_reaches_something():
    assert {cell.reach for cell in MADE.cells} == set(REACHES) - {NOTHING}
    assert all(any(cell.reach != NOTHING for cell in MADE.column(treatment)) for treatment in MADE.treatments)


def test_a_pair_without_a_cell_has_not_been_studied_and_is_not_called_no_effect():
    cell = MADE.cell("early", "antidepressant")
    assert (cell.reach, cell.certainty, cell.keys) == (NOTHING, "not studied", ())
    assert "nothing on file" in cell.words and REACHES["no gain"][0] != cell.words


SLIPS = [
    ('target = "sleep"', 'target = "slep"', "no 'slep'; did you mean 'sleep'?"),
    ('treatment = "cbt"', 'treatment = "cbtt"', "no 'cbtt'; did you mean 'cbt'?"),
    ('reach = "hinders"', 'reach = "harms"', "harms"),
    ("{trauer_2015.sleep_onset}", "{trauer_2015.sleep_onst}", "did you mean 'trauer_2015.sleep_onset'?"),
    ('"vanvliet_2021.no_difference"', '"vanvliet_2021.none"', "no row 'vanvliet_2021.none'"),
    ("It may shift negative thinking", "It shifts negative thinking", "lacks 'may'"),
    ('certainty = "high"', 'certainty = "not studied"', "a cell without evidence"),
    ('target = "low-mood"\ntreatment = "cbt"', 'target = "low-mood"\ntreatment = "antidepressant"', "stands there twice"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), SLIPS)
def test_a_slip_in_the_map_is_named(tmp_path, right, wrong, says):
    text = (CONTENT / "targets.toml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "targets.toml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        targets(tmp_path)
    assert says in str(error.value)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def test_the_prediction_holds_a_target_that_is_reached_and_some_with_nothing_on_file():
    reaches = {MADE.cell(target, TREATMENT).reach for target in PREDICTED}
    assert {"reaches", "in part", NOTHING} <= reaches


@pytest.mark.parametrize("answer", ["reaches", ["reaches"], ["maybe"] * len(PREDICTED), None])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert START.guessed(answer) == START


def test_the_reveal_counts_and_says_where_nobody_can_know():
    right = START.guessed([MADE.cell(target, TREATMENT).reach for target in PREDICTED])
    assert f"{len(PREDICTED)} of your {len(PREDICTED)} guesses" in b.as_text(right.page())
    sure = b.as_text(START.guessed(["reaches"] * len(PREDICTED)).page())
    empty = sum(MADE.cell(target, TREATMENT).reach == NOTHING for target in PREDICTED)
    assert f"For {empty} of the others nothing is on file" in sure and "(you said: reaches it)" in sure


SEEN = [*({"look": "treatment", "treatment": each} for each in MADE.treatments), *({"look": "target", "target": each} for each in MADE.targets)]


@pytest.mark.parametrize("values", SEEN, ids=lambda values: "-".join(values.values()))
def test_every_cell_that_is_looked_at_is_on_the_page_with_its_certainty_or_as_empty(values):
    state = GUESSED.changed(values)
    page = b.as_text(state.page())
    for cell in state.cells:
        if cell.reach == NOTHING:
            assert state.other(cell) in page.partition("which is not the same as no effect: ")[2]
        else:
            assert f"{cell.shape} {state.other(cell)}: {cell.words}. Certainty {cell.certainty}." in page
    assert len(state.cells) == (len(MADE.targets) if state.look == "treatment" else len(MADE.treatments))


@pytest.mark.parametrize("look", LOOKS)
def test_only_what_is_looked_at_can_be_chosen(look):
    page = GUESSED.changed({"look": look}).page()
    names = [control["name"] for block in page if block["is"] == "settings" for control in block["controls"]]
    assert names == ["look", look]


def test_the_guesses_stay_when_settings_change_and_come_back():
    changed = GUESSED.changed({"look": "target", "target": "work"})
    assert changed != GUESSED and changed.fresh() == GUESSED


# ── The figure ───────────────────────────────────────────────────────────────────────────────────


def test_the_figure_has_a_mark_for_every_cell_and_the_table_says_the_same():
    picture = ReachDrawing(MADE).update("What reaches what", treatment="cbt")
    for reach in REACHES:
        group = picture.svg.partition(f'id="{reach.replace(" ", "-")}"')[2].partition('<g id="')[0]
        places = set(re.findall(r'x="([\d.]+)" y="([\d.]+)"', group))  # a half-filled mark is drawn in two halves
        assert len(places) == sum(cell.reach == reach for target in MADE.targets for cell in MADE.row(target))
    told = {(f"{MADE.targets[cell.target].label}, {MADE.treatments[cell.treatment].short}", cell.words, cell.certainty) for cell in MADE.cells}
    assert told < set(picture.rows)
    assert {row[1] for row in set(picture.rows) - told} == {REACHES[NOTHING][0]}
    assert ("Beliefs from early life, any treatment", "nothing on file", "not studied") in picture.rows


def test_the_words_of_the_figure_say_what_is_looked_at_and_how_much_is_empty():
    picture = ReachDrawing(MADE).update("Family work", treatment="family")
    assert "Relationships: reaches it in part (low)" in picture.alt and "Work and recreation: does nothing here that could be found (low)" in picture.alt
    empty = sum(cell.reach == NOTHING for cell in MADE.column("family"))
    assert picture.alt.endswith(f"nothing on file for {empty}.")


# ── The check of the content ─────────────────────────────────────────────────────────────────────

BARE = [
    ("targets.toml", "the time to fall asleep, by", "the time to fall asleep by 40 %,", "cells.sleep.cbt: the number in '40 %' has no source"),
    ("targets.toml", 'target = "sleep"', 'target = "slep"', "did you mean 'sleep'?"),
    ("orders.toml", "The medicine was clomipramine.", "It was 40 % better.", "pairs.sri-exposure: the number in '40 %' has no source"),
    ("orders.toml", 'result = "mixed"', 'result = "unclear"', "unclear"),
]


@pytest.mark.parametrize(("name", "old", "new", "says"), BARE)
def test_course_check_names_a_slip_in_the_map_and_in_the_orders(tmp_path, name, old, new, says):
    text = (CONTENT / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    lines = [str(finding) for finding in check_file(tmp_path / name)]
    assert any(says in line and line.startswith(f"{name}: ") for line in lines), lines
