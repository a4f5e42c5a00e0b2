"""Stock nbgrader, by its own commands and from an empty gradebook, gives every answer exactly its own points.

That marks are independent of each other is proven twice: in this process for every set of answered parts, by
running the released check cells themselves; and by nbgrader for the students that differ in kind (with
``--full`` also for each part alone and for all but each).
"""

from __future__ import annotations

import ast
import contextlib
import html
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import attrs
import pytest

import course
from course.authoring.notebooks import read_notebook, write_notebook
from course.content.syllabus import ready_modules
from course.controls.blocks import plain
from course.grading.answers import Asked, find_answer, parts
from course.grading.marker import NotYet
from course.questions import mark, questions
from course.questions.pages import filled
from tests.conftest import committed

SLUGS = [module.slug for module in ready_modules()]
#: One module is enough to show that a course brought along is not the one that checks.
FORGED = "05_depression"


def parts_of(slug: str) -> list[Asked]:
    """What the exercise of a module checks, in its order."""
    return [part for question in questions(slug).values() if question.key[4] == "q" for part in parts(question)]


def notebook_of(slug: str, kind: str, folder: Path) -> dict:
    """The committed exercise or solution of a module."""
    path = folder / f"{kind}.ipynb"
    path.write_bytes(committed(f"{kind}/{slug}/{slug}.ipynb"))
    return read_notebook(path)


def answer_of(part: Asked, solution: dict) -> str:
    """The line that gives the reference answer, as the solution notebook has it."""
    source = next(cell["source"] for cell in solution["cells"] if cell["id"] == answer_cell(part))
    return source.split("### BEGIN SOLUTION\n")[1].split("\n### END SOLUTION")[0]


def answer_cell(part: Asked) -> str:
    return part.key.replace(part.question.key, f"{part.question.key}-answer")


def check_cell(part: Asked) -> str:
    return part.key.replace(part.question.key, f"{part.question.key}-check")


def rests_on(part: Asked) -> set[str]:
    """The answer cells that a part is marked by: its own, and of a capstone all that hold a variable its check reads."""
    read = set(part.fields.values()) or {part.variable}
    return {answer_cell(each) for each in parts(part.question) if read & set(each.writes)}


def wrong_line(part: Asked) -> str:
    """A line that gives a wrong answer."""
    if part.fields:
        return "\n".join(f'{variable} = "no-such-answer"' for variable in part.writes)
    asked = part.question.fields[part.field] if part.field else part.question
    if asked.options and part.question.kind != "choices":
        return f'{part.variable} = "{next(key for key, option in asked.options.items() if not option.correct)}"'
    if part.question.kind == "case":
        return f'{part.variable} = ["no-such-choice"]'
    answer = asked.mistakes[0].answer if asked.mistakes else [key for key, option in asked.options.items() if not option.correct]
    return f"{part.variable} = {json.dumps(answer if not isinstance(answer, tuple) else list(answer))}"


SLIPS = ("= None", "= “b”", "= b", '== "b"', '= ["a", "b"', "= object()", '= ["a" "b" "c"]', "= [[1], {2}, (3,)]", '= "b', "= float('nan')", "= 1 / 0")


def all_or_nothing(part: Asked) -> list[str]:
    """Lines that are worth nothing: a wrong answer, and slips of every kind."""
    return [wrong_line(part), *("\n".join(f"{variable} {slip}" for variable in part.writes) for slip in SLIPS)]


# ── In this process: every subset ──


def subsets(size: int):
    """Every subset of so many parts; of many, each one alone, each one missing, and every pair and 400 others."""
    if size <= 10:
        return [frozenset(each) for count in range(size + 1) for each in itertools.combinations(range(size), count)]
    few = [frozenset(each) for count in (0, 1, 2) for each in itertools.combinations(range(size), count)]
    many = [frozenset(range(size)) - each for each in few]
    between = [frozenset(i for i in range(size) if number >> i & 1) for number in range(0, 2**size, max(1, 2**size // 400))]
    return [*few, *many, *between]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_set_of_answers_scores_exactly_its_own_parts(slug, tmp_path, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    exercise, solution = notebook_of(slug, "exercises", tmp_path), notebook_of(slug, "solutions", tmp_path)
    source = {cell["id"]: cell["source"] for cell in exercise["cells"]}
    asked = parts_of(slug)
    first = compile(next(cell["source"] for cell in exercise["cells"] if cell["cell_type"] == "code"), "imports", "exec")
    checks = {check_cell(part): compile(source[check_cell(part)], part.key, "exec") for part in asked}
    blank = {answer_cell(part): compile(source[answer_cell(part)], part.key, "exec") for part in asked}
    right = {answer_cell(part): compile(answer_of(part, solution), part.key, "exec") for part in asked}
    for numbers in subsets(len(asked)):
        answered = {answer_cell(asked[number]) for number in numbers}
        names: dict = {}
        exec(first, names)
        scored = set()
        for name in source:  # each cell in its turn, as Run All has it
            if name in blank:
                exec((right if name in answered else blank)[name], names)
            if name in checks:
                with contextlib.suppress(NotYet), contextlib.redirect_stdout(io.StringIO()):
                    exec(checks[name], names)
                    scored.add(name)
        assert scored == {check_cell(part) for part in asked if rests_on(part) <= answered}


@pytest.mark.parametrize("slug", SLUGS)
def test_check_cells_are_statements_and_worth_what_the_questions_say(slug, tmp_path):
    exercise = notebook_of(slug, "exercises", tmp_path)
    cells = {cell["id"]: cell for cell in exercise["cells"]}
    for part in parts_of(slug):
        cell = cells[check_cell(part)]
        assert not isinstance(ast.parse(cell["source"]).body[-1], ast.Expr), "nbgrader takes the value of a last expression for a score"
        assert cell["metadata"]["nbgrader"]["points"] == part.points
        assert "raises-exception" in cell["metadata"]["tags"]


# ── Stock nbgrader ──


@attrs.frozen
class Graded:
    """What nbgrader made of some submissions to one module."""

    slug: str
    folder: Path
    students: dict[str, dict[str, str]]
    marks: dict[str, dict[str, float]]
    log: str

    def notebook(self, student: str) -> dict:
        return read_notebook(self.folder / "grading" / "autograded" / student / self.slug / f"{self.slug}.ipynb")

    def feedback(self, student: str) -> str:
        """The words of a feedback page."""
        page = (self.folder / "grading" / "feedback" / student / self.slug / f"{self.slug}.html").read_text(encoding="utf-8")
        shown = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", "", shown)).split())


#: nbgrader's own commands one after another, so that what it imports (three seconds) is imported once.
COMMANDS = """
import sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for line in sys.argv[1:]:
    NbGraderApp.clear_instance()
    NbGraderApp.launch_instance(line.split())
"""


def run_nbgrader(folder: Path, *lines: str) -> str:
    """Commands of nbgrader, such as ``autograde 05_depression``, in the course's folder, as an instructor would type them."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "NBGRADER_", "PYTEST_"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
    done = subprocess.run([sys.executable, "-c", COMMANDS, *lines], cwd=folder, env={**own, "PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def marks_of(folder: Path, slug: str) -> dict[str, dict[str, float]]:
    """Every student's automatic score for every graded cell, from the gradebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{folder / 'grading' / 'gradebook.db'}") as book:
            return {
                submission.student.id: {grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades}
                for submission in book.assignment_submissions(slug)
            }


def grade(course: Path, slug: str, students: dict[str, dict[str, str]], extra=lambda student, folder: None) -> Graded:
    """Release, hand in for each student (their lines by part), autograde and give feedback, all in one folder."""
    for student, lines in students.items():
        folder = course / "grading" / "submitted" / student / slug
        folder.mkdir(parents=True)
        notebook = read_notebook(course / "exercises" / slug / f"{slug}.ipynb")
        for cell in notebook["cells"]:
            cell["source"] = lines.get(cell["id"], cell["source"])
        write_notebook(notebook, folder / f"{slug}.ipynb")
        extra(student, folder)
    log = run_nbgrader(course, f"generate_assignment {slug} --force", f"autograde {slug}", f"generate_feedback {slug}")
    return Graded(slug, course, students, marks_of(course, slug), log)


def bring_own_course(student: str, folder: Path) -> None:
    """A blank submission that brings its own course, and files in the names of what the check uses."""
    if student != "brings-own-course":
        return
    forged = f"def check(*_):\n    print('Right')\n\n\n{' = '.join(name for name in course.__all__ if name != 'check')} = check\n"
    (folder / "course" / "grading").mkdir(parents=True)
    for name in ("course/__init__.py", "course/grading/__init__.py", "course/grading/marker.py", "course.py", "lazy_loader.py", "attrs.py", "check.py"):
        (folder / name).write_text(forged)
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py"):
        (folder / name).write_text("import builtins\nbuiltins.check = lambda *_: None\n")


@pytest.fixture(scope="module", params=SLUGS)
def graded(request, clean_course, tmp_path_factory) -> Graded:
    """The students that differ in kind, of one module."""
    slug, asked = request.param, parts_of(request.param)
    folder = tmp_path_factory.mktemp("stock") / "course"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
    solution = read_notebook(folder / "solutions" / slug / f"{slug}.ipynb")
    right = {answer_cell(part): answer_of(part, solution) for part in asked}
    slips = {answer_cell(part): all_or_nothing(part) for part in asked}
    wrong = {name: lines[0] for name, lines in slips.items()}
    students = {"reference": right, "half": every_other(right, wrong)}
    if slug == FORGED:
        cycle = {name: lines[number % len(lines)] for number, (name, lines) in enumerate(slips.items())}
        students |= {"wrong": wrong, "slips": every_other(right, cycle), "untouched": {}, "brings-own-course": {}}
    return grade(folder, slug, students, bring_own_course)


def every_other(right: dict[str, str], wrong: dict[str, str]) -> dict[str, str]:
    """The answers of which the second, fourth, … is right."""
    return {name: right[name] if number % 2 else wrong[name] for number, name in enumerate(right)}


def auto(graded: Graded, student: str) -> dict[str, float]:
    """A student's marks of the check cells alone."""
    return {name: score for name, score in graded.marks[student].items() if "-check" in name}


def test_generate_assignment_writes_the_committed_exercise(graded):
    assert (graded.folder / "exercises" / graded.slug / f"{graded.slug}.ipynb").read_bytes() == committed(f"exercises/{graded.slug}/{graded.slug}.ipynb")


def test_every_student_is_in_the_gradebook(graded):
    assert set(graded.marks) == set(graded.students)


def test_the_reference_has_full_marks_cell_by_cell(graded):
    assert auto(graded, "reference") == {check_cell(part): part.points for part in parts_of(graded.slug)}


def test_what_is_blank_forged_or_wrong_has_nothing(graded):
    for student in {"untouched", "brings-own-course", "wrong"} & set(graded.students):
        assert auto(graded, student) == {check_cell(part): 0 for part in parts_of(graded.slug)}, student


def test_slips_between_right_answers_cost_only_their_own_points(graded):
    asked = parts_of(graded.slug)
    answered = {answer_cell(part) for part in asked[1::2]}
    expected = {check_cell(part): part.points * (rests_on(part) <= answered) for part in asked}
    for student in {"half", "slips"} & set(graded.students):
        assert auto(graded, student) == expected, student


def test_a_reflection_is_left_to_the_instructor_and_unwritten_is_worth_nothing(graded):
    for name in (name for name in graded.marks["half"] if "-check" not in name):
        assert graded.marks["half"][name] == 0
        assert name.endswith("-reflect")


def test_no_check_cell_writes_to_stderr_or_ends_in_a_value(graded):
    for student in graded.students:
        for cell in graded.notebook(student)["cells"]:
            if "-check" in cell["id"]:
                kinds = {(output["output_type"], output.get("name")) for output in cell["outputs"]}
                assert kinds <= {("stream", "stdout"), ("error", None)}, (student, cell["id"])


def test_feedback_says_it_in_plain_words(graded):
    for student in graded.students:
        page = graded.feedback(student)
        assert "Traceback" not in page
        assert "marker.py" not in page
        if student in ("half", "wrong"):
            names: dict = {}
            for line in graded.students[student].values():
                exec(line, names)
            for part in parts_of(graded.slug):
                said = plain(filled(mark(part.question, find_answer(names, part), part.field).messages[0]))
                assert " ".join(said.split()) in page, part.key


# ── The large load ──


@pytest.mark.full
@pytest.mark.parametrize("slug", SLUGS)
def test_stock_nbgrader_scores_each_part_alone_and_all_but_each(slug, clean_course, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
    solution, asked = read_notebook(folder / "solutions" / slug / f"{slug}.ipynb"), parts_of(slug)
    right = {answer_cell(part): answer_of(part, solution) for part in asked}
    students = {}
    for part in asked:
        students[f"only-{part.key}"] = {answer_cell(part): right[answer_cell(part)]}
        students[f"not-{part.key}"] = {name: line for name, line in right.items() if name != answer_cell(part)}
    graded = grade(folder, slug, students)
    for part in asked:
        own = answer_cell(part)
        assert auto(graded, f"only-{part.key}") == {check_cell(each): each.points * (rests_on(each) == {own}) for each in asked}
        assert auto(graded, f"not-{part.key}") == {check_cell(each): each.points * (own not in rests_on(each)) for each in asked}


@pytest.mark.full
@pytest.mark.parametrize("slug", SLUGS)
def test_stock_nbgrader_gives_nothing_for_any_slip(slug, clean_course, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
    asked = parts_of(slug)
    students = {f"slip-{number}": {answer_cell(part): all_or_nothing(part)[number] for part in asked} for number in range(len(SLIPS) + 1)}
    graded = grade(folder, slug, students)
    for student in students:
        assert auto(graded, student) == {check_cell(part): 0 for part in asked}
        assert "Traceback" not in graded.feedback(student)
