"""What is released is made from the solutions alone, is the same every time, and gives no answer away."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.authoring import reading
from course.authoring.notebooks import read_notebook
from course.content.reading import CONTENT
from course.content.syllabus import ready_modules
from course.questions import questions
from tests.conftest import ROOT, committed, tracked

SLUGS = [module.slug for module in ready_modules()]
EVERY_MODULE = pytest.mark.parametrize("slug", SLUGS)


def run_course(folder: Path, *arguments: str, **environment: str) -> str:
    """A ``course`` command in a course folder; ``PYTHONPATH`` may put another course in place of this one."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "NBGRADER_"))}
    done = subprocess.run([sys.executable, "-m", "course.cli", *arguments], cwd=folder, capture_output=True, text=True, check=False,
                          env={**own, "COURSE_HOME": str(folder), **environment})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def released(clean_course, tmp_path_factory):
    """A copy of the course whose exercises were made twice from its solutions, with what lay there each time."""
    folder = tmp_path_factory.mktemp("released") / "course"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build", "exercises"))
    said, made = [], []
    for _ in range(2):
        said.append(run_course(folder, "release"))
        made.append({slug: (folder / "exercises" / slug / f"{slug}.ipynb").read_bytes() for slug in SLUGS})
    return folder, said, made


def test_two_releases_are_the_same_bytes_and_the_second_changes_nothing(released):
    _, (first, second), made = released
    assert made[0] == made[1]
    assert first.count("made anew") == second.count("as it was") == len(SLUGS)


@EVERY_MODULE
def test_a_release_is_what_is_committed(released, slug):
    _, _, made = released
    assert made[0][slug] == committed(f"exercises/{slug}/{slug}.ipynb")


def test_a_release_leaves_nothing_else_behind(released):
    folder, _, _ = released
    made = sorted(path.relative_to(folder / "exercises").as_posix() for path in (folder / "exercises").rglob("*.*"))
    assert made == [f"{slug}/{slug}.ipynb" for slug in SLUGS]


def test_an_exercise_that_somebody_worked_in_is_kept_beside_the_new_one(released, tmp_path):
    folder, _, made = released
    slug = SLUGS[0]
    copy = tmp_path / "course"
    shutil.copytree(folder, copy)
    mine = copy / "exercises" / slug / f"{slug}.ipynb"
    mine.write_bytes(mine.read_bytes().replace(b" = ...", b" = 12"))
    written = mine.read_bytes()
    run_course(copy, "release", slug)
    assert mine.read_bytes() == made[0][slug]
    assert [path.read_bytes() for path in mine.parent.glob("* kept *.ipynb")] == [written]


def test_every_ready_module_is_everywhere_and_nothing_else_is_anywhere():
    assert {Path(name).stem for name in tracked("notebooks")} == {*SLUGS, reading.NAME}
    for folder in ("solutions", "exercises"):
        assert sorted(tracked(folder)) == [f"{folder}/{slug}/{slug}.ipynb" for slug in sorted(SLUGS)]
    assert {path.stem for path in (CONTENT / "questions").glob("*.toml")} == set(SLUGS)


# ── Nothing leaks ──


@EVERY_MODULE
def test_no_solution_stands_in_an_exercise(slug, tmp_path):
    path = tmp_path / "exercise.ipynb"
    path.write_bytes(committed(f"exercises/{slug}/{slug}.ipynb"))
    exercise = read_notebook(path)
    assert b"SOLUTION" not in path.read_bytes()
    for cell in exercise["cells"]:
        if cell["id"].endswith("-sources"):
            continue
        for name, value in re.findall(r"^(m\d\d_\w+)\s*=\s*(.+)$", cell["source"], re.MULTILINE):
            assert value == "...", f"{name} = {value}"
        assert not cell.get("outputs")


@EVERY_MODULE
def test_no_reason_and_no_hint_stands_in_an_exercise(slug):
    text = json.loads(committed(f"exercises/{slug}/{slug}.ipynb"))
    words = "".join("".join(cell["source"]) for cell in text["cells"])
    for question in questions(slug).values():
        reasons = [question.because, *(option.because for option in question.options.values()), *(mistake.because for mistake in question.mistakes)]
        reasons += [item.hint for item in question.items.values()] + [option.missed for option in question.options.values()]
        for field in question.fields.values():
            reasons += [field.because, *(option.because for option in field.options.values()), *(mistake.because for mistake in field.mistakes)]
        for reason in filter(None, reasons):
            assert reason not in words


@EVERY_MODULE
def test_the_reference_answer_of_the_solution_is_not_its_example(slug):
    """The line that shows how an answer is written may not be the answer itself, where there is more than a letter to it."""
    solution = json.loads(committed(f"solutions/{slug}/{slug}.ipynb"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in solution["cells"]}
    for question in questions(slug).values():
        if question.key[4] != "q" or question.kind in ("choice", "plan", "capstone"):  # a variant of the capstone is no key
            continue
        answers = [source for name, source in sources.items() if name.startswith(f"{question.key}-answer")]
        for answer in (source.split("### BEGIN SOLUTION\n")[1].split("\n")[0] for source in answers):
            assert answer.startswith(question.variable)
            assert f"`{answer}`" not in sources[question.key]


PRIVATE_STEM = """
[m05-q90]
kind = "choice"
title = "Kept elsewhere"
points = 2
objective = "m05-o1"
private = true
stem = "Which of the three?"
[m05-q90.options.a]
text = "The first"
{a}
[m05-q90.options.b]
text = "The second"
{b}
[m05-q90.options.c]
text = "The third"
{c}
"""
SECRET = "Kept in the overlay alone"


@pytest.mark.parametrize("with_keys", [False, True])
def test_a_private_key_reaches_no_exercise(clean_course, tmp_path, with_keys):
    """With the overlay in place and without it, the exercise is the same, and holds nothing of it."""
    folder, slug = tmp_path / "course", "05_depression"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
    shutil.copytree(ROOT / "course", tmp_path / "copy" / "course", ignore=shutil.ignore_patterns("__pycache__"))
    public = tmp_path / "copy" / "course" / "content" / "questions" / f"{slug}.toml"
    public.write_text(public.read_text(encoding="utf-8") + PRIVATE_STEM.format(a="", b="", c=""), encoding="utf-8")
    wrong = f'because = "{SECRET}"\nmisconception = "drug-first"'
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / f"{slug}.toml").write_text(PRIVATE_STEM.format(a=wrong, b=f'because = "{SECRET}"\ncorrect = true', c=wrong), encoding="utf-8")
    solution = folder / "solutions" / slug / f"{slug}.ipynb"
    notebook = json.loads(solution.read_text(encoding="utf-8"))
    notebook["cells"].append({"cell_type": "markdown", "id": "m05-q90", "metadata": {}, "source": ["…"]})
    solution.write_text(json.dumps(notebook), encoding="utf-8")
    private = {"COURSE_PRIVATE": str(tmp_path / "keys")} if with_keys else {}
    run_course(folder, "tidy", slug, PYTHONPATH=str(tmp_path / "copy"), **private)
    assert SECRET not in solution.read_text(encoding="utf-8")
    assert 'm05_q90 = \\"b\\"' not in solution.read_text(encoding="utf-8"), "the solution is committed: it may not hold the key either"
    run_course(folder, "release", slug, PYTHONPATH=str(tmp_path / "copy"), **private)
    exercise = (folder / "exercises" / slug / f"{slug}.ipynb").read_text(encoding="utf-8")
    assert "m05_q90 = ..." in exercise
    assert SECRET not in exercise
