"""Every model says what it rests on: its numbers are the ledger's or are named as assumed, and a slip in the file is one clear line."""

from __future__ import annotations

import re
import shutil

import pytest

from course.authoring.checks import check_content, check_file
from course.authoring.numbers import bare_numbers
from course.content.reading import CONTENT, ContentError, NotFound
from course.evidence import ledger
from course.mechanisms.records import ASSUMPTION, SETTING, model, models

EVERY_MODEL = pytest.mark.parametrize("card", models().values(), ids=list(models()))
#: Words that would sell a hypothesis as a fact.
NEVER = re.compile(r"chemical imbalance|synerg|rewir|\bproves?\b|repairs? the brain", re.IGNORECASE)


@EVERY_MODEL
def test_a_number_is_the_ledgers_or_assumed_or_the_learners(card):
    for place, parameter in card.every_parameter:
        if parameter.sourced and parameter.source in ledger():
            assert parameter.value == ledger()[parameter.source].value, place
            assert ledger()[parameter.source].status == "seen"
        assert parameter.sourced or parameter.source in (ASSUMPTION, SETTING)


@EVERY_MODEL
def test_what_the_learner_may_move_is_never_a_published_number(card):
    """A published number is shown as it is; only what is assumed or chosen has a range."""
    for place, parameter in card.every_parameter:
        assert not (parameter.sourced and parameter.low is not None), place
        assert not (parameter.source == SETTING and parameter.low is None), place


@EVERY_MODEL
def test_a_text_holds_no_number_without_a_source_and_sells_nothing(card):
    for place, text in card.texts:
        assert not bare_numbers(text, "fact"), place
        assert not NEVER.search(text), place


@EVERY_MODEL
def test_a_published_point_was_seen_at_its_dose_or_time(card):
    for place, point in card.every_point:
        row = point.effect
        assert f"{point.at:g} {point.unit}" in f"{row.comparison}; {row.time}", place
        assert point.number in card.fitted_to


@EVERY_MODEL
def test_a_model_assumes_something_and_is_not_for_something(card):
    assert card.assumptions and card.not_for and card.fitted_to and card.rows


def test_a_wrong_name_leads_to_the_nearest():
    with pytest.raises(NotFound, match="did you mean 'dose-and-time'"):
        model("dose-and-tyme")


# ── Slips ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path):
    """A copy of the models, away from the ledger: what it names is looked up in the course's own."""
    return shutil.copy(CONTENT / "mechanisms.toml", tmp_path / "mechanisms.toml")


SLIPS = {
    "a number that is not the ledger's": ('value = 65\nsource = "kapur', 'value = 66\nsource = "kapur', "the value is 66 and the ledger has 65; write 65"),
    "another unit": ('unit = "%"\nvalue = 65', 'unit = "mg"\nvalue = 65', "the unit is 'mg' and the ledger has '%'"),
    "a source that is nowhere": ('source = "kapur_2000.response_above"', 'source = "kapur_2000.respond_above"', "did you mean 'kapur_2000.response_above'?"),
    "a misspelt assumption": ('source = "assumption"\nsays = "About a day."', 'source = "asumption"\nsays = "About a day."', "or write 'assumption'"),
    "another dose": ("{ at = 5, unit", "{ at = 7, unit", "'volkow_1998.occupancy_5mg' was not seen at 7 mg"),
    "a point that is not owned to": ('"volkow_1998.occupancy_5mg", "', '"', "is not among what the model is fitted to; add it to fitted_to"),
    "a value out of its range": ("value = 24\nlow = 6", "value = 240\nlow = 6", "240 lies outside 6 to 72; let the range hold the value"),
    "half a range": ("low = 6\nhigh = 72\n", "low = 6\n", "the range has only one end"),
    "no step": ("step = 0.1\n", "step = 0\n", "step is 0; write a step above 0"),
    "a key that is not known": ("assumptions = [", "assumes = [", "there is no such key here; did you mean 'assumptions'?"),
    "a number in words": ("not_for = [", 'not_for = [ "claiming that 50 % respond",', "the number in '50 %' has no source (per cent)"),
    "a number that is nowhere": ("{kapur_2000.people}", "{kapur_2000.peple}", "did you mean 'kapur_2000.people'?"),
}


@pytest.mark.parametrize(("old", "new", "said"), SLIPS.values(), ids=list(SLIPS))
def test_a_slip_is_one_clear_line(file, old, new, said):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    lines = [str(finding) for finding in check_file(file)]
    assert any(said in line and line.startswith("mechanisms.toml: ") and "\n" not in line for line in lines), lines


def test_a_model_that_assumes_nothing_is_refused(file):
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"assumptions = \[.*?\n\]", "assumptions = []", text, count=1, flags=re.DOTALL), encoding="utf-8")
    with pytest.raises(ContentError, match="assumptions is empty; every model assumes something"):
        models(file.parent)


def test_the_models_are_part_of_the_whole_check(tmp_path):
    content = shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    path = content / "mechanisms.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("value = 65", "value = 66", 1), encoding="utf-8")
    assert any("the ledger has 65" in str(finding) for finding in check_content(content))
