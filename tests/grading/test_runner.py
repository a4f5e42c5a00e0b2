"""``course grade``: the marks that nbgrader gives, for a whole class; whatever is handed in, and whenever the run is ended."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course.authoring.release import release
from course.content.reading import PlainError
from course.grading import runner
from course.grading.gradebook import address, gradebook_path, only_one
from course.grading.runner import BEFORE, BY_HAND, REFUSED, grade
from tests.conftest import committed
from tests.grading.test_nbgrader import run_nbgrader
from tests.grading.test_same_marks import honest

SLUG = "05_depression"


@pytest.fixture(scope="module")
def registered(clean_course, tmp_path_factory) -> Path:
    """The course with a gradebook that knows the exercise."""
    folder = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(clean_course, folder, ignore=shutil.ignore_patterns("grading", "my", "build"))
    (folder / "grading").mkdir(mode=0o700)
    release(folder, register=True, modules=[SLUG])
    return folder


@pytest.fixture
def course(registered, tmp_path) -> Path:
    folder = tmp_path / "course"
    shutil.copytree(registered, folder)
    return folder


def hand_in(folder: Path, student: str, content, name: str = f"{SLUG}.ipynb") -> Path:
    place = folder / "grading" / "submitted" / student / SLUG
    place.mkdir(parents=True, exist_ok=True)
    content = json.dumps(content) if isinstance(content, dict) else content
    (place / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return place / name


def solution() -> bytes:
    return committed(f"solutions/{SLUG}/{SLUG}.ipynb")


def by_student(outcomes) -> dict:
    return {outcome.student: outcome for outcome in outcomes}


def book_of(folder: Path) -> list[tuple]:
    """All that the gradebook says of the students, without its own keys."""
    asked = """
        select s.student_id, b.name, g.auto_score, g.manual_score, g.needs_manual_grade, n.flagged from grade g
        join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id join base_cell b on g.cell_id = b.id
        union all
        select s.student_id, b.name, c.auto_comment, c.manual_comment, null, null from comment c
        join submitted_notebook n on c.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id join base_cell b on c.cell_id = b.id
        order by 1, 2, 3"""
    with contextlib.closing(sqlite3.connect(folder / "grading" / "gradebook.db")) as database:
        return database.execute(asked).fetchall()


def change(folder: Path, command: str) -> None:
    with contextlib.closing(sqlite3.connect(folder / "grading" / "gradebook.db")) as database:
        database.execute(command)
        database.commit()


# ── Marks ──


def test_it_gives_the_marks_of_nbgrader(course, tmp_path):
    for number in range(6):
        hand_in(course, f"student-{number}", honest(SLUG, number, course))
    hand_in(course, "model", solution())
    hand_in(course, "blank", committed(f"exercises/{SLUG}/{SLUG}.ipynb"))
    other = tmp_path / "other"
    shutil.copytree(course, other)
    outcomes = by_student(grade(course, SLUG))
    run_nbgrader(other, f"autograde {SLUG}")
    assert book_of(course) == book_of(other)
    assert outcomes["model"].state == BY_HAND and outcomes["model"].points == 24 and not outcomes["model"].safety_missed
    assert outcomes["blank"].points == 0 and outcomes["blank"].safety_missed
    ours, theirs = ((folder / "grading" / "autograded" / "model" / SLUG / f"{SLUG}.ipynb").read_text() for folder in (course, other))
    ours, theirs = ([(cell["id"], "".join(cell["source"])) for cell in json.loads(text)["cells"]] for text in (ours, theirs))
    assert ours == theirs


def test_what_has_not_changed_is_left_alone_and_a_graders_points_are_kept(course):
    hand_in(course, "ada", solution())
    hand_in(course, "ben", solution())
    grade(course, SLUG)
    change(course, "update grade set manual_score = 7, needs_manual_grade = 0 where cell_id in (select id from base_cell where name = 'm05-q9-reflect')")
    before = book_of(course)
    assert {outcome.state for outcome in grade(course, SLUG)} == {BEFORE} and book_of(course) == before
    hand_in(course, "ben", committed(f"exercises/{SLUG}/{SLUG}.ipynb"))
    outcomes = by_student(grade(course, SLUG))
    assert outcomes["ada"].state == BEFORE and outcomes["ben"].points == 0
    reflected = [row for row in book_of(course) if row[:2] == ("ben", "m05-q9-reflect") and row[4] is not None]
    assert reflected == [("ben", "m05-q9-reflect", 0.0, 7.0, 1, 0)], "kept, and to be looked at again"
    assert {outcome.state for outcome in grade(course, SLUG, again=True, students=["ada"])} == {BY_HAND}


def test_a_file_that_can_no_longer_be_read_never_leaves_its_old_marks_standing_silently(course):
    hand_in(course, "ada", solution())
    grade(course, SLUG)
    hand_in(course, "ada", "{}")
    (outcome,) = grade(course, SLUG)
    assert outcome.state == REFUSED and "to be looked at again" in outcome.why
    assert all(row[4] == 1 and row[5] == 1 for row in book_of(course) if row[4] is not None)
    assert not (course / "grading" / "autograded" / "ada" / SLUG / f"{SLUG}.ipynb").exists()
    hand_in(course, "ada", solution())
    assert grade(course, SLUG)[0].points == 24 and not any(row[5] for row in book_of(course))


# ── Odd things among good ones ──

ODD = {
    "empty": b"", "not-json": b"%PDF-1.4 \x00\x01", "latin": "müde".encode("latin-1"), "cut": b'{"cells": [{"cell_type": "co', "list": b"[]",
    "number": b"1e999",
    "no-cells": b"{}", "deep": b"[" * 200_000, "deep-cells": b'{"cells": [' + b'{"metadata": ' * 50_000, "many": b'{"cells": [' + b"{}," * 10_000 + b"{}]}",
    "large": b" " * 20_000_001, "digits": b'{"cells": ' + b"9" * 100_000 + b"}",
}  # fmt: skip


def test_one_bad_submission_never_stops_another(course):
    for name, content in ODD.items():
        hand_in(course, name, content)
    good = [f"student-{number}" for number in range(3)]
    for student in good:
        hand_in(course, student, solution())
    outcomes = by_student(grade(course, SLUG))
    assert {name for name, outcome in outcomes.items() if outcome.state == REFUSED} == set(ODD)
    assert all(";" in outcomes[name].why and "Traceback" not in outcomes[name].why for name in ODD)
    assert all(outcomes[student].points == 24 for student in good)
    assert {row[0] for row in book_of(course)} == set(good)


def test_links_pipes_and_strange_folders_are_refused_and_nothing_is_read_through_them(course, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(solution())
    submitted = course / "grading" / "submitted"
    for student in ("link-to-file", "pipe", "two", "none"):
        (submitted / student / SLUG).mkdir(parents=True)
    (submitted / "link-to-file" / SLUG / f"{SLUG}.ipynb").symlink_to(secret)
    os.mkfifo(submitted / "pipe" / SLUG / f"{SLUG}.ipynb")
    for name in ("a.ipynb", "b.ipynb"):
        hand_in(course, "two", solution(), name)
    (tmp_path / "elsewhere" / SLUG).mkdir(parents=True)
    (tmp_path / "elsewhere" / SLUG / f"{SLUG}.ipynb").write_bytes(solution())
    (submitted / "link-to-folder").symlink_to(tmp_path / "elsewhere")
    (submitted / "inner-link").mkdir()
    (submitted / "inner-link" / SLUG).symlink_to(tmp_path / "elsewhere" / SLUG)
    hand_in(course, "x" * 140, solution())
    hand_in(course, "two\nlines", solution())
    outcomes = by_student(grade(course, SLUG))
    assert {outcome.state for outcome in outcomes.values()} == {REFUSED} and len(outcomes) == 8
    assert not book_of(course) and not (course / "grading" / "autograded").exists()


def test_a_renamed_and_damaged_notebook_is_repaired_and_says_so(course):
    notebook = json.loads(solution())
    notebook["cells"] = [cell for cell in notebook["cells"] if "-check" not in cell["id"]]
    hand_in(course, "ada", notebook, f"{SLUG} (1).ipynb")
    (outcome,) = grade(course, SLUG)
    assert outcome.points == 24 and "repaired" in outcome.why
    first = json.loads((course / "grading" / "autograded" / "ada" / SLUG / f"{SLUG}.ipynb").read_text())["cells"][0]["source"]
    assert f"The file was called {SLUG} (1).ipynb." in first and "m05-q1-check was missing and was put back" in first


def test_a_notebook_of_an_old_format_is_read(course):
    notebook = json.loads(solution())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    hand_in(course, "ada", {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": notebook["cells"], "metadata": {}}]})
    assert grade(course, SLUG)[0].points == 24


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the readers begin anew, without the reader of this test")
def test_a_file_that_takes_its_reader_down_is_refused_and_the_rest_are_marked(course, monkeypatch):
    for student in ("ada", "ben", "zoe"):
        hand_in(course, student, solution())
    read = runner.read_submission
    monkeypatch.setattr(runner, "read_submission", lambda path: os._exit(9) if "ben" in str(path) else read(path))
    outcomes = by_student(grade(course, SLUG))
    assert outcomes["ben"].state == REFUSED and "took the reading program down" in outcomes["ben"].why
    assert outcomes["ada"].points == outcomes["zoe"].points == 24


# ── Ended at any moment ──


def class_of(folder: Path, size: int) -> None:
    for number in range(size):
        hand_in(folder, f"student-{number:02}", honest(SLUG, number, folder))
    hand_in(folder, "odd", b"{}")


def begin(folder: Path) -> int:
    """The run in a process of its own, which is the head of its group."""
    child = os.fork()
    if child:
        return child
    os.setpgid(0, 0)
    try:
        grade(folder, SLUG)
    finally:
        os._exit(0)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.full)])
def test_killed_at_any_moment_it_loses_nothing_and_marks_nothing_twice(course, tmp_path, kills):
    class_of(course, 8)
    other = tmp_path / "other"
    shutil.copytree(course, other)
    grade(other, SLUG)
    chance = random.Random(kills)
    marked = course / "grading" / "autograded"
    for number in range(kills):
        done = len(list(marked.rglob("*.ipynb")))
        child = begin(course)
        deadline = time.monotonic() + 20
        goal = min(8, done + chance.randrange(2)) if number else 1
        while len(list(marked.rglob("*.ipynb"))) < goal and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if number == kills // 2:  # some are marked anew, so that there is something left to be killed at
            shutil.rmtree(marked)
    grade(course, SLUG)
    assert book_of(course) == book_of(other)
    texts = [sorted((path.parent.parent.name, path.read_text()) for path in (folder / "grading" / "autograded").rglob("*.ipynb")) for folder in (course, other)]
    assert texts[0] == texts[1]


def test_the_reading_processes_end_with_the_run(course):
    class_of(course, 4)
    child = begin(course)
    while not (course / "grading" / "autograded").exists():
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    deadline = time.monotonic() + 20
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(child, 0)
            time.sleep(0.05)


def test_two_runs_never_grade_at_once(course):
    hand_in(course, "ada", solution())
    with only_one(course), pytest.raises(PlainError, match="grading already"):
        grade(course, SLUG)
    assert grade(course, SLUG)[0].points == 24


# ── Safe, and clear ──


def test_the_gradebook_is_backed_up_before_each_run(course):
    hand_in(course, "ada", solution())
    before = book_of(course)
    grade(course, SLUG)
    (copy,) = (course / "grading" / "backups").iterdir()
    shutil.copy(copy, course / "grading" / "gradebook.db")
    assert book_of(course) == before == []


def test_a_gradebook_that_was_put_back_is_filled_again(course):
    hand_in(course, "ada", solution())
    grade(course, SLUG)
    after = book_of(course)
    (copy,) = (course / "grading" / "backups").iterdir()
    shutil.copy(copy, course / "grading" / "gradebook.db")
    assert grade(course, SLUG)[0].state == BY_HAND and book_of(course) == after
    change(course, "update grade set auto_score = 0")
    grade(course, SLUG)
    assert book_of(course) == after


def test_what_holds_marks_can_be_read_by_nobody_else(course):
    hand_in(course, "ada", solution())
    grade(course, SLUG)
    for folder in ("autograded", "backups"):
        for path in [course / "grading" / folder, *(course / "grading" / folder).rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nbgrader_and_the_course_mean_the_same_gradebook(course):
    from course.authoring.release import _config

    assert _config(course).CourseDirectory.db_url == address(gradebook_path(course))


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda folder: None, "Nothing was handed in for 05_depression"),
        (lambda folder: (hand_in(folder, "ada", "{}"), (folder / "grading" / "gradebook.db").unlink()), "course release --register 05_depression"),
        (lambda folder: (hand_in(folder, "ada", "{}"), change(folder, "delete from assignment")), "course release --register 05_depression"),
    ],
)
def test_what_is_missing_is_said_with_the_remedy(course, prepare, said):
    prepare(course)
    with pytest.raises(PlainError, match=said):
        grade(course, SLUG)


def test_the_command_ends_with_a_table(course):
    hand_in(course, "ada", solution())
    hand_in(course, "ben", b"{}")
    command = [sys.executable, "-m", "course.cli", "grade", SLUG]
    told = subprocess.run(command, env={**os.environ, "COURSE_HOME": str(course)}, capture_output=True, text=True, check=False)
    assert told.returncode == 1, told.stderr
    assert "1 needs reading, 1 refused." in told.stdout and "24" in told.stdout and "holds no cells" in " ".join(told.stdout.split())
    told = subprocess.run([*command, "--student", "nobody"], env={**os.environ, "COURSE_HOME": str(course)}, capture_output=True, text=True, check=False)
    assert told.returncode == 2 and "grading/submitted/nobody/05_depression" in told.stderr


def test_every_odd_name_of_a_student_is_only_a_name(course):
    names = ["=cmd|' _C calc'!A0", "<script>alert(1)<script>", "O'Brien; drop table grade", "Ünal", "--force", "a b"]
    for name in names:
        hand_in(course, name, solution())
    assert {outcome.student for outcome in grade(course, SLUG) if outcome.points == 24} == set(names)
    assert {row[0] for row in book_of(course)} == set(names)
