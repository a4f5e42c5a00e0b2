"""INSTRUCTORS.md as written: its commands, run one after the other on a fresh copy, end in a mark."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, committed, tracked

GUIDE = (ROOT / "INSTRUCTORS.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)

pytestmark = [pytest.mark.full, pytest.mark.skipif(os.name == "nt", reason="the commands are for a POSIX shell")]


def section(title: str) -> str:
    """The text below a heading of the second level, up to the next one."""
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)[1]


def fenced(text: str, language: str) -> list[str]:
    return [block for kind, block in FENCED.findall(text) if kind == language]


@pytest.fixture
def fresh(tmp_path) -> Path:
    """The course as somebody has just cloned it, set up with the environment that runs this test."""
    folder = tmp_path / "combined care"
    for name in tracked("."):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(committed(name))
    inside, real = folder / ".venv", Path(sys.prefix)
    (inside / "share").mkdir(parents=True)
    for name in ("bin", "lib"):
        (inside / name).symlink_to(real / name)
    shutil.copy(real / "pyvenv.cfg", inside)
    spec = importlib.util.spec_from_file_location("start_of_the_copy", folder / "start.py")
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    start.write_stamp("test")
    return folder


def typed(commands: str, folder: Path) -> str:
    """What a shell says to these commands, of which none may fail."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER", "PYTEST"))}
    variables |= {"HOME": str(folder.parent), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-euc", commands], cwd=folder, env=variables, capture_output=True, text=True)
    assert ran.returncode == 0, f"{commands}\n{ran.stdout}\n{ran.stderr[-3000:]}"
    return ran.stdout


def marks(folder: Path) -> dict[tuple[str, str], str]:
    """(exercise, student) → the line of the mark, from the table that the guide exports."""
    with open(folder / "grading" / "grades.csv", newline="") as table:
        return {(row["assignment"], row["student_id"]): ",".join(row.values()) for row in csv.DictReader(table)}


def test_from_a_fresh_clone_to_a_mark(fresh):
    walk = section("Grade a class, from a fresh clone")
    *steps, take_out = fenced(walk, "bash")
    said = "".join(typed(step, fresh) for step in steps)
    assert re.search(r"`(exercises/05_depression: .*)`", walk)[1] in said
    (promised,) = [line for block in fenced(walk, "") for line in block.splitlines() if "rehearsal" in line]
    assert marks(fresh)["05_depression", "rehearsal"] == promised
    feedback = re.search(r"`(grading/feedback/\S+)`", walk)[1]
    assert "24 of 36 points" in (fresh / feedback).read_text(encoding="utf-8")

    again, _backup = fenced(section("Grade again"), "")
    typed(again, fresh)
    typed(take_out, fresh)
    typed(steps[-2], fresh)
    assert ("05_depression", "rehearsal") not in marks(fresh)


def test_a_private_question_earns_its_points_only_where_its_key_is(fresh):
    told = section("Open and private questions")
    without_key, with_key = fenced(told, "toml")
    with open(fresh / "course/content/questions/05_depression.toml", "a", encoding="utf-8") as questions:
        questions.write(f"\n{without_key}")
    private = fresh.parent / "lecture-notes" / "private"
    private.mkdir(parents=True)
    (private / "05_depression.toml").write_text(with_key, encoding="utf-8")
    _put_in(fresh / "solutions/05_depression/05_depression.ipynb", fenced(told, "json")[0])

    # The installed course is the working tree, which stays as it is: these commands read the copy instead.
    here = f'export PYTHONPATH="{fresh}"\n'
    released, graded = (here + block.replace("python start.py course", "python -m course.cli").replace("python start.py ", "") for block in fenced(told, ""))
    typed(released, fresh)
    exercise = fresh / "exercises/05_depression/05_depression.ipynb"
    key = json.dumps("b")
    for student, answer in (("right", key), ("wrong", json.dumps("a")), ("blank", "...")):
        _hand_in(exercise, fresh / "grading/submitted" / student / "05_depression", f"m05_q10 = {answer}")
    for path in (exercise, fresh / "solutions/05_depression/05_depression.ipynb"):
        assert f"m05_q10 = {key}" not in [line for cell in json.loads(path.read_text())["cells"] for line in cell["source"] if cell["cell_type"] == "code"]

    export = f"{here}nbgrader export --to grading/grades.csv"
    earned = lambda: {student: line.split(",")[-2] for (exercise, student), line in marks(fresh).items() if exercise == "05_depression"}  # noqa: E731
    typed(graded, fresh)
    typed(export, fresh)
    assert earned() == {"right": "2.0", "wrong": "0.0", "blank": "0.0"}

    typed(graded.replace("export COURSE_PRIVATE", "export NOT_SET"), fresh)
    typed(export, fresh)
    assert earned() == {"right": "0.0", "wrong": "0.0", "blank": "0.0"}
    marked = (fresh / "grading/autograded/right/05_depression/05_depression.ipynb").read_text(encoding="utf-8")
    assert re.search(r"its check says: \*(.*?)\*", told)[1] in marked


def _put_in(notebook: Path, cell: str) -> None:
    """What the guide has done by hand: put a cell before that of the reflection."""
    text = notebook.read_text(encoding="utf-8")
    before = text.rindex("  {\n", 0, text.index('"id": "m05-q9-prompt"'))
    notebook.write_text(text[:before] + cell + text[before:], encoding="utf-8")


def _hand_in(exercise: Path, folder: Path, answer: str) -> None:
    notebook = json.loads(exercise.read_text(encoding="utf-8"))
    next(cell for cell in notebook["cells"] if cell["id"] == "m05-q10-answer")["source"] = [answer]
    folder.mkdir(parents=True)
    (folder / exercise.name).write_text(json.dumps(notebook), encoding="utf-8")
