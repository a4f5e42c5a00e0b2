"""The table across conditions: every cell is known by a row of the ledger or says that it is not known, and is no surer than the evidence."""

from __future__ import annotations

import shutil

import pytest

from course import conditions
from course.content.reading import CONTENT, ContentError
from course.content.syllabus import modules
from course.evidence.certainty import NOT_STUDIED, missing_hedge
from course.evidence.claims import rows
from course.evidence.conditions import COLUMNS, conditions_known
from course.evidence.records import BRACED

CELLS = [(key, name) for key, condition in conditions_known().items() for name, _ in condition.cells]
EVERY_CELL = pytest.mark.parametrize(("key", "name"), CELLS)


def cell_of(key: str, name: str):
    return getattr(conditions_known()[key], name)


@EVERY_CELL
def test_a_cell_rests_on_the_ledger_or_says_that_nobody_has_studied_it(key, name):
    cell = cell_of(key, name)
    assert cell.keys or cell.certainty == NOT_STUDIED
    assert all(rows()[row].status == "seen" for row in cell.keys)


@EVERY_CELL
def test_a_cell_is_no_surer_than_its_certainty(key, name):
    cell = cell_of(key, name)
    assert missing_hedge(cell.certainty, cell.says.lower()) == ""


@EVERY_CELL
def test_a_cell_with_a_number_says_when_as_its_rows_do(key, name):
    cell = cell_of(key, name)
    assert not BRACED.search(cell.says) or (cell.when and f"When: {cell.when}." in repr(conditions()))


def test_every_condition_is_taught_in_a_module_of_the_course():
    assert {condition.module for condition in conditions_known().values()} <= {module.slug for module in modules()}


def test_the_table_has_a_row_for_each_condition_and_every_number_leads_to_its_source():
    lines = conditions()._repr_markdown_().splitlines()
    assert [line.count(" | ") for line in lines] == [len(COLUMNS)] * len(lines)
    assert len(lines) == 2 + len(conditions_known())
    assert "{" not in "".join(lines) and "](https://" in lines[2]


def test_in_a_terminal_it_is_read_row_by_row_in_plain_words():
    said = repr(conditions())
    assert not set("{}[]*|") & set(said)
    for condition in conditions_known().values():
        assert condition.title in said
    assert said.count("After stopping: ") == len(conditions_known())


def test_a_cell_that_is_surer_than_the_evidence_is_refused(tmp_path):
    content = tmp_path / "content"
    shutil.copytree(CONTENT, content)
    path = content / "evidence" / "conditions.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Probably helps:", "Helps:", 1), encoding="utf-8")
    with pytest.raises(ContentError, match=r"depression\.medication: a cell of moderate certainty lacks 'probably'"):
        conditions_known(content)
