"""A damaged notebook is put right before it is marked, its answers are kept, and what was done is said."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest

from course.grading.repair import Released, note, restore, with_straight_quotes
from tests.conftest import committed

SLUG = "05_depression"
EMPTY = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def exercise() -> dict:
    return json.loads(committed(f"exercises/{SLUG}/{SLUG}.ipynb"))


def released() -> list[Released]:
    found = []
    for cell in exercise()["cells"]:
        marks = cell["metadata"].get("nbgrader")
        if marks:
            text, points = "".join(cell["source"]), marks.get("points")
            found.append(Released(marks["grade_id"], cell["cell_type"], text, marks["locked"], marks["solution"], points, marks["checksum"]))
    return found


def answered() -> dict:
    notebook = exercise()
    cell_of(notebook, "m05-q2-answer")["source"] = 'm05_q2 = "c"'
    return notebook


def cell_of(notebook: dict, name: str) -> dict:
    return next(cell for cell in notebook["cells"] if cell.get("id") == name or cell["metadata"].get("nbgrader", {}).get("grade_id") == name)


def remove(notebook, name):
    notebook["cells"].remove(cell_of(notebook, name))


def retype(notebook, name, kind):
    cell_of(notebook, name)["cell_type"] = kind


def edit(notebook, name, source):
    cell_of(notebook, name)["source"] = source


def unmark(notebook, name):
    cell = cell_of(notebook, name)
    cell["metadata"] = {}
    cell["id"] = "lost"


def double(notebook, name):
    notebook["cells"].append(copy.deepcopy(cell_of(notebook, name)))


def mark(notebook, name, **marks):
    cell_of(notebook, name)["metadata"]["nbgrader"].update(marks)


STRANGER = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "x", "grade": True}}, "source": "1"}
DAMAGES = {
    "a check cell is deleted": lambda n: remove(n, "m05-q2-check"),
    "all check cells are deleted": lambda n: [remove(n, each.name) for each in released() if "-check" in each.name],
    "a check cell is edited": lambda n: edit(n, "m05-q2-check", "pass"),
    "a check cell is a text": lambda n: retype(n, "m05-q2-check", "markdown"),
    "a check cell is copied": lambda n: double(n, "m05-q2-check"),
    "an answer cell is copied": lambda n: double(n, "m05-q2-answer"),
    "an answer cell is raw": lambda n: retype(n, "m05-q2-answer", "raw"),
    "an answer cell lost its marks": lambda n: unmark(n, "m05-q2-answer"),
    "every cell lost its marks": lambda n: [cell.update(metadata={}) for cell in n["cells"]],
    "the points are another number": lambda n: mark(n, "m05-q2-check", points=500),
    "the points are negative": lambda n: mark(n, "m05-q2-check", points=-3),
    "the schema is of the future": lambda n: mark(n, "m05-q2-check", schema_version=99),
    "the check is moved before its answer": lambda n: n["cells"].insert(0, n["cells"].pop(n["cells"].index(cell_of(n, "m05-q2-check")))),
    "another question's cell is gone": lambda n: remove(n, "m05-q1-answer"),
    "the reflection is gone": lambda n: remove(n, "m05-q9-reflect"),
    "a stranger's cell claims to be graded": lambda n: n["cells"].append(STRANGER),
    "a cell is no cell": lambda n: n["cells"].extend([None, 3, {}, {"cell_type": "poem"}, {"cell_type": "code", "metadata": 3, "source": 4}]),
    "the answer has curly quotes": lambda n: edit(n, "m05-q2-answer", "m05_q2 = “c”"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_it_is_whole_again_and_the_answer_is_kept(damage):
    notebook = answered()
    DAMAGES[damage](notebook)
    said = restore(notebook, released())
    cells = {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]}
    assert set(cells) == {each.name for each in released()}
    assert sum("nbgrader" in cell["metadata"] for cell in notebook["cells"]) == len(cells)
    for each in released():
        cell = cells[each.name]
        assert cell["cell_type"] == each.cell_type and cell["metadata"]["nbgrader"] == each.marks
        assert not each.locked or cell["source"] == each.source
    assert cells["m05-q2-answer"]["source"] == 'm05_q2 = "c"'
    order = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    for name in order:
        if name and "-check" in name:
            assert order.index(name.replace("check", "answer")) < order.index(name)
    assert nbformat.validate(nbformat.from_dict({"cells": [*notebook["cells"], note(said)], **EMPTY})) is None


def test_a_scratch_cell_is_no_answer_cell_where_that_is_there():
    notebook = answered()
    notebook["cells"].append({"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": None, "source": 'm05_q2 = "a"'})
    assert restore(notebook, released()) == []
    assert cell_of(notebook, "m05-q2-answer")["source"] == 'm05_q2 = "c"' and notebook["cells"][-1]["source"] == 'm05_q2 = "a"'


def test_a_whole_notebook_stays_as_it_is():
    notebook, before = answered(), answered()
    assert restore(notebook, released()) == []
    for cell in before["cells"]:
        cell["source"] = "".join(cell["source"])
    assert [(cell["cell_type"], cell["source"]) for cell in notebook["cells"]] == [(cell["cell_type"], cell["source"]) for cell in before["cells"]]


@pytest.mark.parametrize("source", ['m05_q2 = "it’s “fine”"', "m05_q2 = 3  # “note”", "m05_q2 = “a", "for “x”"])
def test_only_quotes_that_stop_python_are_made_straight(source):
    assert with_straight_quotes(source) == source
