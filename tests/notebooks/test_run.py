"""Every lesson, solution and exercise runs from top to bottom, with nbval and a real kernel.

In a solution every check passes. In an exercise as released the checks say that nothing is answered yet. Nbgrader has run both by the
time that it has marked its students, so nbval does it again only in the full ring.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from course.authoring import notebooks as nb
from course.content.syllabus import ready_modules
from course.grading.answers import asked
from course.questions.records import questions
from tests.conftest import tracked

NOTEBOOKS = [name for name in tracked("notebooks", "solutions", "exercises") if name.endswith(".ipynb")]
SLUGS = [module.slug for module in ready_modules()]
#: The two lessons that read whole tables of evidence aloud.
LONGER = ("04_evidence", "05_depression")


def in_its_ring(name: str):
    """Lessons belong to the ordinary ring, solutions and exercises to the full one."""
    return pytest.param(name, marks=[] if name.startswith("notebooks/") else [pytest.mark.full])


@pytest.mark.parametrize("name", [in_its_ring(name) for name in NOTEBOOKS])
def test_a_notebook_runs(name, clean_course, tmp_path):
    environment = {**os.environ, "COURSE_HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "nbval.plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "--nbval-lax", "-c", os.devnull, f"--rootdir={clean_course}", name]
    ran = subprocess.run(command, cwd=clean_course, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:]


RUN_AND_NAME = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for path in sys.argv[1:]:
    for cell in json.load(open(path, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            ran = shell.run_cell("".join(cell["source"]))
            if "raises-exception" not in cell["metadata"].get("tags", ()):
                ran.raise_error()
print([name for name in ("numpy", "matplotlib", "statsmodels", "pymare", "pandas", "scipy.special", "scipy.stats") if name in sys.modules])
"""


def test_no_lesson_loads_an_outside_reference_or_the_whole_of_scipy(clean_course, tmp_path):
    lessons = sorted(str(path) for path in (clean_course / "notebooks").glob("*.ipynb"))
    environment = {**os.environ, "COURSE_HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path / "ipython")}
    ran = subprocess.run([sys.executable, "-c", RUN_AND_NAME, *lessons], env=environment, cwd=clean_course, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.splitlines()[-1] == "['numpy', 'matplotlib', 'scipy.special']"


@pytest.mark.parametrize("slug", SLUGS)
def test_an_exercise_says_what_it_is_worth_and_what_to_hand_in(slug, clean_course):
    cells = nb.read_notebook(clean_course / "exercises" / slug / f"{slug}.ipynb")["cells"]
    assert f"exercises/{slug}/{slug}.ipynb" in cells[-1]["source"]
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    for cell in graded:
        if cell["cell_type"] == "code":
            key = cell["id"].replace("-check", "")
            assert cell["metadata"]["nbgrader"]["points"] == asked(key).points
            stem = next(each for each in cells if each["id"] == asked(key).question.key)
            assert "point" in stem["source"].splitlines()[0]
        else:
            prompt = next(each for each in cells if each["id"] == cell["id"].replace("-reflect", "-prompt"))
            assert f"{cell['metadata']['nbgrader']['points']:g} points" in prompt["source"].splitlines()[0]


@pytest.mark.parametrize("slug", SLUGS)
def test_an_exercise_asks_in_several_ways_and_has_a_case_and_a_reflection(slug, clean_course):
    cells = nb.read_notebook(clean_course / "exercises" / slug / f"{slug}.ipynb")["cells"]
    asked_here = [asked(cell["id"].replace("-check", "")).question for cell in cells if "-check" in cell["id"]]
    kinds = {question.kind for question in asked_here}
    assert "case" in kinds and len(kinds) >= 5
    assert any(question.safety for question in asked_here)
    assert any(cell["id"].endswith("-reflect") for cell in cells)


@pytest.mark.parametrize("module", ready_modules(), ids=lambda module: module.slug)
def test_every_objective_is_assessed(module):
    asked_here = questions(module.slug).values()
    assert {question.objective for question in asked_here} >= set(module.objectives)


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug not in LONGER])
def test_a_lesson_is_as_long_as_one_sitting_holds(slug, clean_course):
    cells = nb.read_notebook(clean_course / "notebooks" / f"{slug}.ipynb")["cells"]
    prose = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown" and not cell["id"].endswith("-sources"))
    words = re.findall(r"[\w’'.,%-]*\w[\w’'.,%-]*", re.sub(r"\]\([^)]*\)", "]", prose))
    assert 1800 <= len(words) <= 3000, f"{len(words)} words"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_check_cell_ends_in_a_statement_and_lets_run_all_go_on(slug, clean_course):
    import ast

    for cell in nb.read_notebook(clean_course / "exercises" / slug / f"{slug}.ipynb")["cells"]:
        if "-check" in cell["id"]:
            assert not isinstance(ast.parse(cell["source"]).body[-1], ast.Expr)
            assert nb.RAISES in cell["metadata"]["tags"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_says_first_what_it_is(slug, clean_course):
    first = nb.read_notebook(clean_course / "notebooks" / f"{slug}.ipynb")["cells"][0]["source"].lower()
    for words in ("minutes", "at hand", "review", "not medical advice", "need help"):
        assert words in first, words


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sensitive_case_comes_after_a_note_and_crisis_help(slug, clean_course):
    from course.cases import load_case

    for folder in ("notebooks", f"exercises/{slug}"):
        cells = nb.read_notebook(clean_course / folder / f"{slug}.ipynb")["cells"]
        for place, cell in enumerate(cells):
            for key in re.findall(r'play\("(\w+)"\)', cell["source"]):
                if cell["cell_type"] == "code" and load_case(key).sensitive:
                    before = " ".join(each["source"] for each in cells[max(0, place - 5) : place]).lower()
                    assert "988" in before or "crisis_help()" in before, (folder, key)
                    assert "suicide" in before, (folder, key)
