"""Tidying takes away what running left behind, makes anew what content decides, and leaves prose alone."""

from __future__ import annotations

import copy
import json

import pytest

from course.authoring import notebooks as nb
from course.authoring.checks import check_notebook
from course.authoring.tidy import number_fits, refreshed, tidied, tidy
from course.content.syllabus import ready_modules
from course.evidence import ledger
from tests.conftest import committed, tracked

NOTEBOOKS = [name for name in tracked("notebooks", "solutions") if name.endswith(".ipynb")]


@pytest.fixture(params=NOTEBOOKS)
def notebook_file(request, tmp_path):
    """Each lesson and solution as committed, in a folder of its own."""
    path = tmp_path / request.param
    path.parent.mkdir(parents=True)
    path.write_bytes(committed(request.param))
    return path


def test_committed_notebooks_are_tidy_and_without_findings(notebook_file):
    assert not tidy(notebook_file)
    assert check_notebook(notebook_file) == []


def test_committed_notebooks_hold_no_output_and_no_widget_state(notebook_file):
    notebook = json.loads(notebook_file.read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


def test_a_notebook_that_was_run_becomes_the_committed_one_again(notebook_file):
    before = notebook_file.read_bytes()
    notebook = nb.read_notebook(notebook_file)
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    for number, cell in enumerate(nb.code_cells(notebook)):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
        cell["metadata"]["execution"] = {"iopub.status.busy": "now"}
    nb.write_notebook(notebook, notebook_file)
    assert tidy(notebook_file)
    assert notebook_file.read_bytes() == before


def test_nbformat_would_write_the_same_bytes(notebook_file):
    import nbformat

    again = notebook_file.with_suffix(".again")
    nbformat.write(nbformat.read(notebook_file, as_version=4), again)
    assert again.read_bytes() == notebook_file.read_bytes()


def test_tidying_twice_changes_nothing_more(notebook_file):
    solution = "solutions" in notebook_file.parts
    once = tidied(nb.read_notebook(notebook_file), solution)
    assert nb.as_json(tidied(copy.deepcopy(once), solution)) == nb.as_json(once)


def test_a_question_that_was_changed_by_hand_is_made_anew(tmp_path):
    slug = ready_modules()[-1].slug
    path = tmp_path / "solutions" / slug / f"{slug}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(committed(f"solutions/{slug}/{slug}.ipynb"))
    before = path.read_bytes()
    notebook = nb.read_notebook(path)
    first = next(cell for cell in notebook["cells"] if cell["id"].endswith("-q1"))
    first["source"] = "something else"
    nb.write_notebook(notebook, path)
    assert any("older than the content" in finding.problem for finding in check_notebook(path))
    tidy(path)
    assert path.read_bytes() == before


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────


def test_every_number_of_the_ledger_fits_itself():
    for key, effect in ledger().effects.items():
        assert number_fits(effect.text, key), key
        assert number_fits(effect.number, key), key


@pytest.mark.parametrize(
    ("printed", "fits"),
    [("46 %", True), ("46", True), ("47 %", False), ("46.0 %", False), ("46 % (22 to 50)", False), ("nearly half", False)],
)
def test_a_printed_number_is_compared_at_its_precision(printed, fits):
    assert number_fits(printed, "wiles_2013.response_both") is fits


def test_a_wrong_number_is_put_right_and_its_words_stay():
    assert refreshed("about 64 % of them", "wiles_2013.response_both") == "about 46 % of them"
    assert refreshed("1.20 (1.10 to 1.30)", "cuijpers_2020.response_both_v_medication") == ledger()["cuijpers_2020.response_both_v_medication"].text


def test_a_stale_number_in_a_lesson_is_found_then_mended(tmp_path):
    name = next(name for name in NOTEBOOKS if "05_depression" in name and name.startswith("notebooks"))
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_bytes(committed(name).replace(b"[43 %](#wiles_2016.response_both)", b"[34 %](#wiles_2016.response_both)"))
    assert any("'34 %'" in finding.problem for finding in check_notebook(path))
    assert tidy(path)
    assert check_notebook(path) == []
    assert path.read_bytes() == committed(name)


def test_every_link_to_a_number_reaches_the_list_of_sources(notebook_file):
    cells = nb.read_notebook(notebook_file)["cells"]
    linked = {key for cell in cells for _, key in nb.linked_numbers(cell["source"])}
    listed = "".join(cell["source"] for cell in cells if cell["id"].endswith("-sources"))
    assert all(f'<a id="{key}"></a>' in listed for key in linked)
