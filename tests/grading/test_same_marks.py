"""Reading and running give the same marks: honest submissions, marked by nbgrader as it comes and through the course's settings."""

from __future__ import annotations

import random
import shutil

import pytest

from course.authoring.notebooks import read_notebook, write_notebook
from course.content.syllabus import ready_modules
from tests.grading.test_nbgrader import answer_cell, answer_of, marks_of, parts_of, run_nbgrader, wrong_line

SLUGS = [module.slug for module in ready_modules()]
IN_THE_RING = "05_depression"
#: What makes nbgrader run notebooks again.
AS_IT_COMES = """
del c.Autograde["autograde_preprocessors"]
c.Execute.extra_arguments = ["--IPKernelApp.ignore_cwd=True"]
c.Execute.timeout = 60
"""
HONEST = 16

#: What honest people write in cells of their own.
SCRATCH = [
    "2 + 2", "x = 100 / 7\nround(x, 1)", 'print("so far so good")', "import math\nmath.ceil(1 / 0.14)",
    "import warnings\nwarnings.warn('mind this')",
    "for number in range(3):\n    print(number)", "notes = []\nnotes.append('ask about sleep')\nnotes", "def nnt(risk):\n    return 1 / risk\nnnt(0.1)",
    "# nothing yet", "", "%matplotlib inline", "import statistics\nstatistics.mean([3, 4, 5])", "from course import read\nread('grace')",
    "undefined_thing", "1 / 0",
    'answer = "b"\nanswer', "my_list = ['a', 'b']\nsorted(my_list)", "[each for each in 'abc']", "crisis = 988\ncrisis", "'unfinished",
]  # fmt: skip


def rewritten(line: str, chance: random.Random) -> str:
    """The same answer as people write it: with a remark, a helper name, brackets, a colon and a type."""
    name, _, value = line.partition(" = ")
    if "\n" in line:
        return line
    return chance.choice([
        line, f"{line}  # I think", f"({name}) = {value}", f"mine = {value}\n{name} = mine", f"{name} = ({value})", f"import math\n{name} = {value}",
        f"print('here')\n{name} = {value}\nprint({name})", f"{name} = ...\n{name} = {value}",
    ])  # fmt: skip


def honest(slug: str, number: int, folder) -> dict:
    """One honest submission: some answers right, some wrong, some left, with scratch cells anywhere between them."""
    chance = random.Random(f"{slug}-{number}")
    notebook = read_notebook(folder / "exercises" / slug / f"{slug}.ipynb")
    solution = read_notebook(folder / "solutions" / slug / f"{slug}.ipynb")
    lines = {}
    for part in parts_of(slug):
        kind = chance.choices(["right", "wrong", "left"], [6, 3, 1])[0]
        if kind == "right":
            lines[answer_cell(part)] = rewritten(answer_of(part, solution), chance)
        elif kind == "wrong":
            lines[answer_cell(part)] = wrong_line(part)
    cells = []
    for cell in notebook["cells"]:
        cell["source"] = lines.get(cell["id"], cell["source"])
        cells.append(cell)
        if chance.random() < 0.15:
            source = chance.choice(SCRATCH)
            cells.append({"cell_type": "code", "id": f"scratch-{len(cells)}", "metadata": {}, "execution_count": None, "outputs": [], "source": source})
    notebook["cells"] = cells
    return notebook


@pytest.mark.parametrize("slug", [pytest.param(slug, marks=[] if slug == IN_THE_RING else pytest.mark.full) for slug in SLUGS])
def test_reading_and_running_give_the_same_marks(slug, clean_course, tmp_path, request):
    marks = {}
    students = range(HONEST if request.config.getoption("--full") else 4)
    for way in ("read", "run"):
        folder = tmp_path / way
        shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
        if way == "run":  # nbgrader as it comes
            with open(folder / "nbgrader_config.py", "a", encoding="utf-8") as config:
                config.write(AS_IT_COMES)
        for number in students:
            place = folder / "grading" / "submitted" / f"student-{number}" / slug
            place.mkdir(parents=True)
            write_notebook(honest(slug, number, folder), place / f"{slug}.ipynb")
        run_nbgrader(folder, f"generate_assignment {slug} --force", f"autograde {slug}")
        for path in (folder / "grading" / "autograded").rglob("*.ipynb"):
            assert any(cell.get("execution_count") for cell in read_notebook(path)["cells"]) is (way == "run")
        marks[way] = marks_of(folder, slug)
    assert marks["read"] == marks["run"]
    assert len({sum(score or 0 for score in each.values()) for each in marks["read"].values()}) > 1, "the submissions differ"
