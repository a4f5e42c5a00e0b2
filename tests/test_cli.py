"""The ``course`` command: one verb a task, findings on stdout, errors in one line, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.cases import Session, case_keys, load_case
from tests.conftest import ROOT

COURSE = Path(sys.executable).parent / "course"


@pytest.fixture
def here(clean_course, tmp_path, monkeypatch):
    """A course folder of its own, under git, as a learner has it."""
    folder = tmp_path / "course"
    shutil.copytree(clean_course, folder)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    monkeypatch.setenv("COURSE_HOME", str(folder))
    return folder


def course(*arguments: str, cwd: Path = ROOT, given: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([COURSE, *arguments], cwd=cwd, input=given, capture_output=True, text=True)


def test_check_finds_nothing_and_ends_with_0(here):
    ran = course("check", cwd=here)
    assert (ran.returncode, ran.stdout) == (0, "Nothing to mend.\n"), ran.stdout


def test_a_document_that_is_out_of_date_is_a_warning_and_stops_a_release(here):
    ran = course("check", "--on", "2027-01-01", cwd=here)
    (warning,) = (line for line in ran.stderr.splitlines() if line.startswith("Warning"))
    assert (ran.returncode, ran.stdout) == (0, "Nothing to mend.\n") and "documents.dea_2025" in warning and "31 December 2026" in warning
    ran = course("check", "--release", "--on", "2027-01-01", cwd=here)
    assert ran.returncode == 1 and ran.stdout.count("\n") == 1 and "telehealth-controlled-medicines" in ran.stdout
    assert course("check", "--release", "--on", "2026-12-31", cwd=here).returncode == 0


def test_check_of_one_file_with_a_slip_is_one_line_and_1(tmp_path):
    text = (ROOT / "course/content/cases/grace.toml").read_text(encoding="utf-8").replace('quality = "best"', 'quality = "bset"', 1)
    path = tmp_path / "cases" / "grace.toml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    ran = course("check", str(path))
    assert ran.returncode == 1
    (line,) = ran.stdout.splitlines()
    assert line.startswith("grace.toml: scenes.") and "'quality' is 'bset'" in line and "did you mean 'best'?" in line
    assert json.loads(course("check", str(path), "--json").stdout)[0]["problem"] == "'quality' is 'bset'"


def test_check_of_a_missing_file_is_2():
    ran = course("check", "nowhere.toml")
    assert ran.returncode == 2 and "there is no such file" in ran.stderr and "Traceback" not in ran.stderr


def test_an_unknown_name_is_answered_with_the_nearest(here):
    ran = course("play", "grcae")
    assert ran.returncode == 2 and ran.stderr.strip() == "no case 'grcae'; did you mean 'grace'?"
    ran = course("reset", "05_depresion", cwd=here)
    assert ran.returncode == 2 and "did you mean '05_depression'?" in ran.stderr


def in_its_ring():
    """One case a module in the ordinary ring, the others in the full one."""
    modules = set()
    for key in case_keys():
        module = load_case(key).module
        yield pytest.param(key, marks=[pytest.mark.full] if module in modules else [])
        modules.add(module)


@pytest.mark.parametrize("key", list(in_its_ring()))
def test_a_case_is_played_in_the_terminal_to_its_receipt(key):
    path = load_case(key).accepted[0].choices
    ran = course("play", key, given="\n".join(["nonsense", *path]) + "\n")
    assert ran.returncode == 0, ran.stderr
    assert Session(load_case(key), path).receipt() in ran.stdout
    assert "Passed" in ran.stdout


def test_leaving_a_case_half_way_is_fine():
    assert course("play", "grace", given="q\n").returncode == 0
    assert "Traceback" not in course("play", "grace", given="").stderr


def test_reset_puts_a_clean_copy_back_and_keeps_yours(here):
    exercise = here / "exercises/05_depression/05_depression.ipynb"
    clean = exercise.read_bytes()
    exercise.write_text("my own work")
    ran = course("reset", "05_depression", cwd=here)
    assert ran.returncode == 0, ran.stderr
    assert exercise.read_bytes() == clean
    (kept,) = exercise.parent.glob("* kept *")
    assert kept.read_text() == "my own work" and kept.name in ran.stdout
    assert "clean already" in course("reset", "05_depression", cwd=here).stdout
    exercise.unlink()
    said = course("reset", "05_depression", cwd=here).stdout
    assert exercise.read_bytes() == clean and "kept" not in said


def test_a_kept_copy_is_left_alone_by_check_and_tidy(here):
    lesson = here / "notebooks/05_depression.ipynb"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace('"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}]'))
    course("reset", "05_depression", cwd=here)
    (kept,) = lesson.parent.glob("* kept *")
    before = kept.read_bytes()
    assert course("tidy", cwd=here).returncode == 0
    assert kept.read_bytes() == before
    assert course("check", cwd=here).returncode == 0


def test_reset_without_git_makes_the_exercise_again(here):
    exercise = here / "exercises/05_depression/05_depression.ipynb"
    clean = exercise.read_bytes()
    shutil.rmtree(here / ".git")
    (here / "notebooks/05_depression.ipynb").unlink()
    exercise.unlink()
    ran = course("reset", "05_depression", cwd=here)
    assert ran.returncode == 2 and "download the course into another folder" in ran.stderr
    from course.authoring.release import make

    assert make(here, "05_depression").read_bytes() == clean


def test_release_of_an_exercise_in_use_keeps_the_work(here):
    exercise = here / "exercises/05_depression/05_depression.ipynb"
    clean = exercise.read_bytes()
    exercise.write_text("my own work")
    ran = course("release", "05", cwd=here)
    assert ran.returncode == 0 and "made anew" in ran.stdout
    assert exercise.read_bytes() == clean
    assert [path.read_text() for path in exercise.parent.glob("* kept *")] == ["my own work"]


def test_release_register_fills_an_empty_gradebook(here):
    ran = course("release", "--register", cwd=here)
    assert ran.returncode == 0, ran.stderr
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{here / 'grading' / 'gradebook.db'}") as book:
        assert {assignment.name for assignment in book.assignments} >= {"05_depression"}
        assert book.find_assignment("05_depression").max_code_score > 0


def test_tidy_mends_what_check_finds(here):
    lesson = here / "notebooks/05_depression.ipynb"
    before = lesson.read_bytes()
    notebook = json.loads(before)
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["x"]}]
    lesson.write_text(json.dumps(notebook))
    assert course("check", str(lesson), cwd=here).returncode == 1
    assert course("tidy", "05", cwd=here).returncode == 0
    assert lesson.read_bytes() == before


# ── New ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def content(tmp_path):
    """A copy of the content to write in."""
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "course" / "content", folder)
    return folder


def test_a_new_case_is_valid_and_can_be_played(content):
    from course.authoring.checks import check_content
    from course.authoring.skeletons import begin_case
    from course.cases.paths import every_path
    from course.cases.records import read_case

    path = begin_case("Nadia", content)
    assert [str(finding) for finding in check_content(content)] == []
    assert len(list(every_path(read_case(path)))) == 4


@pytest.mark.parametrize(("name", "said"), [("grace", "already"), ("../x", "first name"), ("a b", "first name")])
def test_a_new_case_needs_a_free_and_plain_name(content, name, said):
    from course.authoring.skeletons import begin_case
    from course.content.reading import PlainError

    with pytest.raises(PlainError, match=said):
        begin_case(name, content)


#: A module that the syllabus plans and nobody has begun.
PLANNED = """
[[modules]]
number = 13
slug = "13_sleep"
title = "Sleep"
minutes = 60
ready = false
summary = "What to do about nights."
"""


def test_a_new_module_is_valid(content, tmp_path):
    from course.authoring.checks import check_content, check_notebook
    from course.authoring.skeletons import begin_module
    from course.content.syllabus import find_module

    with (content / "syllabus.toml").open("a", encoding="utf-8") as syllabus:
        syllabus.write(PLANNED)
    paths = begin_module(tmp_path, "13_sleep", content)
    assert all(path.exists() for path in paths)
    assert [str(finding) for finding in check_content(content)] == []
    assert find_module("13", content).ready
    lesson = tmp_path / "notebooks" / "13_sleep.ipynb"
    assert not [f for f in check_notebook(lesson) if "tidy" not in f.problem and "no question" not in f.problem]


def test_a_module_that_is_there_is_not_begun_again(content, tmp_path):
    from course.authoring.skeletons import begin_module
    from course.content.reading import PlainError

    with pytest.raises(PlainError, match="there already"):
        begin_module(tmp_path, "05_depression", content)
