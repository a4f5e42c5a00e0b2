"""``course check`` finds what a slip of the hand leaves in a notebook, and says it in one line."""

from __future__ import annotations

import json

import pytest

from course.authoring import notebooks as nb
from course.authoring.checks import check_content, check_everything, check_notebook
from tests.conftest import ROOT


def lesson(tmp_path, *cells) -> list[str]:
    """The findings of a lesson made of a title, an import and these cells."""
    first = [nb.markdown("m05-title", "# A title"), nb.code("m05-import", "from course import ask")]
    path = tmp_path / "notebooks" / "05_depression.ipynb"
    path.parent.mkdir(exist_ok=True)
    nb.write_notebook(nb.empty_notebook([*first, nb.markdown("m05-prose", "Prose."), *cells]), path)
    return [str(finding) for finding in check_notebook(path)]


def test_the_course_as_it_stands_has_no_finding():
    assert list(check_content()) == []


def test_the_whole_course_as_committed_has_no_finding(clean_course):
    assert check_everything(clean_course) == []


def test_a_good_lesson_has_no_finding(tmp_path):
    assert lesson(tmp_path, nb.code("m05-card", 'ask("m05-c1")')) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (nb.code("m05-f", "def f():\n    pass"), "FunctionDef"),
        (nb.code("m05-f", "for x in 'ab':\n    print(x)"), "For"),
        (nb.code("m05-f", "%matplotlib inline"), "no magics"),
        (nb.code("m05-f", "\n".join(["x = 1"] * 7)), "7 lines"),
        (nb.code("m05-f", 'ask("m05-c99")'), "no question 'm05-c99'"),
        (nb.code("m05-f", 'ask("m05-q8")'), "'m05-q8' is a case to play; write play(\"hanna\")"),
        (nb.code("m05-f", 'predict("m05-q8")'), "no prediction can be made of 'm05-q8'"),
        (nb.code("m05-f", 'predict("m05-q7")'), "no prediction can be made of 'm05-q7'; ask(\"m05-q7\") shows it"),
        (nb.code("m05-f", 'play("grcae")'), "did you mean 'grace'?"),
        (nb.code("m05-f", 'icon_array("wiles_2013.respose_both")'), "did you mean 'wiles_2013.response_both'?"),
        (nb.markdown("m05-f", "## A heading\n\n#### Too deep"), "jumps from level 2 to 4"),
        (nb.markdown("m05-f", "# Another title"), "a second title"),
        (nb.markdown("m05-prose", "Twice."), "two cells have this id"),
        (nb.markdown("cell-7", "A name that says nothing."), "its id says nothing"),
        (nb.markdown("m05-f", "In one trial 46 % got better."), "has no source"),
        (nb.markdown("m05-f", "[46 %](#wiles_2013.nothing) got better."), "no number 'wiles_2013.nothing'"),
        (nb.markdown("m05-f", "[64 %](#wiles_2013.response_both) got better."), "the ledger has 46 %"),
        (nb.markdown("m05-f", "[81.3 %](#hollon_2014.recovery_both_severe) recovered."), "withdrawn version"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_slip_is_found(tmp_path, cell, said):
    found = lesson(tmp_path, cell)
    assert any(said in line for line in found), found
    assert all(line.count("; ") >= 1 and line.startswith("05_depression.ipynb: ") for line in found)


def test_a_withdrawn_number_may_stand_in_the_story_of_its_retraction(tmp_path):
    cell = nb.markdown("m05-retraction-then", "It said [81.3 %](#hollon_2014.recovery_both_severe).")
    assert not any("withdrawn" in line for line in lesson(tmp_path, cell, nb.markdown("m05-sources", "## Sources")))


def test_two_code_cells_in_a_row_are_found(tmp_path):
    found = lesson(tmp_path, nb.code("m05-a", "x = 1"), nb.code("m05-b", "x = 2"))
    assert any("two code cells follow each other" in line for line in found)


def test_output_left_in_a_notebook_is_found(tmp_path):
    cell = nb.code("m05-card", 'ask("m05-c1")')
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x"]}]
    assert any("it holds output" in line for line in lesson(tmp_path, cell))


@pytest.mark.parametrize("text", ["", "{", "3", "[" * 100_000, '{"cells": 3}', '{"cells": ["a"]}', '{"cells": [null]}', json.dumps({"cells": [{}]})])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "05_x.ipynb"
    path.write_text(text)
    (found,) = check_notebook(path)
    assert "it is not a notebook" in str(found)


@pytest.mark.parametrize(
    ("part", "value"),
    [("id", None), ("id", 3), ("metadata", None), ("metadata", []), ("metadata", {"nbgrader": None}), ("cell_type", None), ("cell_type", ["code"])],
)
def test_a_cell_without_its_parts_is_named(tmp_path, part, value):
    for change in ({part: value}, {}):
        cell = {key: kept for key, kept in nb.markdown("m05-a", "Prose.").items() if key != part} | change
        path = tmp_path / "05_x.ipynb"
        path.write_text(json.dumps({"cells": [nb.markdown("m05-title", "# A"), cell], "metadata": {}}))
        (found,) = map(str, check_notebook(path))
        assert found.startswith(f"05_x.ipynb: cell 2: it has no {part} that can be read; open it in JupyterLab")


def test_every_folder_of_the_course_is_looked_at(clean_course, tmp_path):
    (clean_course / "notebooks" / "06_stray.ipynb").write_text("{}")
    try:
        found = [str(finding) for finding in check_everything(clean_course)]
    finally:
        (clean_course / "notebooks" / "06_stray.ipynb").unlink()
    assert any("06_stray" in line for line in found)


def test_the_repository_has_what_the_house_says():
    papers = ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "ACCESSIBILITY.md", "CHANGELOG.md", "LICENSE", "CITATION.cff")
    for name in (*papers, "start.py", "environment.yml"):
        assert (ROOT / name).is_file(), name
