"""Updating: the newer course arrives, and nothing that a learner wrote is lost or in the way."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a script with a shebang line"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here"),
]

LESSON = "notebooks/01_medication.ipynb"
EXERCISE = "exercises/05_depression/05_depression.ipynb"


class Upstream:
    """The place that the learner's copy came from."""

    def __init__(self, folder: Path, variables: dict[str, str]):
        self.folder, self.variables = folder, variables

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        who = ["-c", "user.name=Author", "-c", "user.email=author@example.org"]
        where = {"cwd": cwd or self.folder, "env": self.variables}
        return subprocess.run(["git", *who, *arguments], **where, capture_output=True, text=True, check=True).stdout

    def publish(self, **files: str | None) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A newer course")


@pytest.fixture
def upstream(tiny_course) -> Upstream:
    """A published course, of which tiny_course becomes the learner's clone."""
    tiny_course.variables.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    source = tiny_course.folder.rename(tiny_course.folder.with_name("upstream"))
    upstream = Upstream(source, tiny_course.variables)
    upstream.git("init", "--quiet", "--initial-branch", "main")
    upstream.publish(**{LESSON: "lesson 1", EXERCISE: "exercise 1", ".gitignore": ".venv/\nbuild/\nmy/\n"})
    upstream.git("clone", "--quiet", str(source), str(tiny_course.folder), cwd=source.parent)
    return upstream


def kept(tiny_course) -> dict[str, str]:
    """The learner's files that were set aside, by their place in the course."""
    folders = (tiny_course.folder / "my").glob("kept/*")
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for folder in folders for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_a_newer_course_arrives_and_is_set_up(tiny_course, upstream):
    upstream.publish(**{LESSON: "lesson 2"})
    answer = tiny_course.start("update")
    assert answer.returncode == 0, answer.stderr
    assert (tiny_course.folder / LESSON).read_text() == "lesson 2"
    assert (tiny_course.folder / ".venv" / "course-stamp.json").exists()
    assert "This is the newest course already." in tiny_course.start("update").stderr


def test_an_edited_notebook_that_did_not_change_upstream_stays_in_place(tiny_course, upstream):
    (tiny_course.folder / EXERCISE).write_text("my answers")
    upstream.publish(**{LESSON: "lesson 2"})
    assert tiny_course.start("update").returncode == 0
    assert (tiny_course.folder / EXERCISE).read_text() == "my answers"
    assert (tiny_course.folder / LESSON).read_text() == "lesson 2"
    assert kept(tiny_course) == {}


def test_a_notebook_edited_on_both_sides_is_kept_and_the_learner_is_told_where(tiny_course, upstream):
    (tiny_course.folder / EXERCISE).write_text("my answers")
    upstream.publish(**{EXERCISE: "exercise 2"})
    answer = tiny_course.start("update")
    assert answer.returncode == 0, answer.stderr
    assert (tiny_course.folder / EXERCISE).read_text() == "exercise 2"
    assert kept(tiny_course) == {EXERCISE: "my answers"}
    copy = next((tiny_course.folder / "my").glob(f"kept/*/{EXERCISE}")).relative_to(tiny_course.folder).as_posix()
    assert f"You and the newer course have both changed {EXERCISE}; yours is kept as {copy}.\n" in answer.stderr
    assert upstream.git("status", "--porcelain", cwd=tiny_course.folder) == ""


def test_staged_new_and_deleted_files_are_no_obstacle(tiny_course, upstream):
    (tiny_course.folder / EXERCISE).write_text("staged answers")
    upstream.git("add", EXERCISE, cwd=tiny_course.folder)
    (tiny_course.folder / LESSON).unlink()
    (tiny_course.folder / "notebooks" / "02_therapy.ipynb").write_text("my own notebook of that name")
    upstream.publish(**{EXERCISE: None, LESSON: "lesson 2", "notebooks/02_therapy.ipynb": "lesson 2"})
    answer = tiny_course.start("update")
    assert answer.returncode == 0, answer.stderr
    mine = {EXERCISE: "staged answers", "notebooks/02_therapy.ipynb": "my own notebook of that name"}
    assert kept(tiny_course) == mine
    assert not (tiny_course.folder / EXERCISE).exists()
    assert (tiny_course.folder / LESSON).read_text() == "lesson 2"


def test_a_refused_update_leaves_every_file_as_it_was(tiny_course, upstream):
    (tiny_course.folder / EXERCISE).write_text("my answers")
    (tiny_course.folder / "notes.txt").write_text("in the way of a file that the newer course adds")
    upstream.publish(**{EXERCISE: "exercise 2", "notes.txt": "upstream"})
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "git says:" in answer.stderr
    assert (tiny_course.folder / EXERCISE).read_text() == "my answers"
    assert (tiny_course.folder / "notes.txt").read_text().startswith("in the way")


def test_an_update_that_fails_half_way_puts_every_file_back_and_names_the_copies(tiny_course, upstream):
    mine = {EXERCISE: "my answers", LESSON: "my notes"}
    for name, text in mine.items():
        (tiny_course.folder / name).write_text(text)
    upstream.publish(**{EXERCISE: "exercise 2", LESSON: "lesson 2"})
    (tiny_course.folder / ".git" / "index.lock").write_text("left behind by a git that was killed")
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "index.lock" in answer.stderr
    assert {name: (tiny_course.folder / name).read_text() for name in mine} == mine == kept(tiny_course)
    for name in mine:
        copy = next((tiny_course.folder / "my").glob(f"kept/*/{name}")).relative_to(tiny_course.folder).as_posix()
        assert f"Your {name} is in place as it was; a copy is kept as {copy}.\n" in answer.stderr


def test_an_authors_own_change_is_named_and_not_touched(tiny_course, upstream):
    (tiny_course.folder / "pyproject.toml").write_text("mine")
    upstream.publish(**{"pyproject.toml": "theirs"})
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "Changed both here and in the newer course: pyproject.toml." in answer.stderr
    assert (tiny_course.folder / "pyproject.toml").read_text() == "mine"


def test_own_commits_are_left_to_their_author(tiny_course, upstream):
    clone = Upstream(tiny_course.folder, tiny_course.variables)
    clone.publish(**{LESSON: "my lesson"})
    upstream.publish(**{LESSON: "lesson 2"})
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "has commits of its own" in answer.stderr


def test_a_course_that_cannot_be_reached_is_explained(tiny_course, upstream):
    upstream.folder.rename(upstream.folder.with_name("elsewhere"))
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "The newer course could not be fetched." in answer.stderr


def test_a_downloaded_folder_without_git_is_explained(tiny_course):
    answer = tiny_course.start("update")
    assert answer.returncode == 2
    assert "This folder was not made with git clone" in answer.stderr


def test_a_missing_git_is_explained(tiny_course):
    answer = tiny_course.start("update", PATH=os.devnull)
    assert answer.returncode == 2
    assert "Updating needs git, which was not found." in answer.stderr
