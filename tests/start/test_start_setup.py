"""Setting up: once, again, interrupted, by two at once, and when something is missing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from traitlets.config import PyFileConfigLoader

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a script with a shebang line")


def first_words(calls: list[str]) -> list[str]:
    return [" ".join(call.split()[:2]) if call.startswith("pip") else call.split()[0] for call in calls]


def test_a_first_start_makes_installs_and_numbers_its_steps(tiny_course):
    answer = tiny_course.start("setup")
    assert answer.returncode == 0, answer.stderr
    assert first_words(tiny_course.installer_calls()) == ["venv", "pip sync", "pip install"]
    assert "[1/3] Making an environment in .venv ..." in answer.stderr
    assert "[2/3] Installing 1 packages with uv ..." in answer.stderr
    assert "[3/3] Installing the course itself ..." in answer.stderr
    assert answer.stdout == ""


def test_the_lock_is_installed_by_hashes_and_the_project_without_a_network(tiny_course):
    tiny_course.start("setup")
    _, sync, install = tiny_course.installer_calls()
    assert "--require-hashes" in sync
    assert install.endswith("--no-deps --no-build-isolation --no-index -e .")


def test_a_second_start_runs_no_installer(tiny_course):
    tiny_course.start("setup")
    tiny_course.installer_calls()
    assert tiny_course.start("setup").returncode == 0
    assert tiny_course.installer_calls() == []


def test_the_test_lock_is_added_once_and_serves_learning_as_well(tiny_course):
    tiny_course.start("setup")
    tiny_course.installer_calls()
    assert "Adding the test tools." in tiny_course.start("test").stderr
    sync, _ = tiny_course.installer_calls()
    assert "requirements-test.lock" in sync
    tiny_course.start("setup")
    tiny_course.start("test")
    assert tiny_course.installer_calls() == []


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_brings_the_environment_up_to_date(tiny_course, changed):
    tiny_course.start("setup")
    tiny_course.installer_calls()
    with (tiny_course.folder / changed).open("a") as file:
        file.write("# changed\n")
    assert "brought up to date" in tiny_course.start("setup").stderr
    assert first_words(tiny_course.installer_calls()) == ["pip sync", "pip install"]


def test_whoever_has_the_test_tools_keeps_them_when_the_lock_changes(tiny_course):
    tiny_course.start("test")
    tiny_course.installer_calls()
    (tiny_course.folder / "requirements.lock").write_text("one==1.1\n")
    tiny_course.start("setup")
    assert "requirements-test.lock" in tiny_course.installer_calls()[0]


def test_jupyter_gets_the_settings_also_when_only_they_have_changed(tiny_course):
    inside = tiny_course.folder / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    tiny_course.start("setup")
    assert inside.read_text() == "{}"
    tiny_course.installer_calls()
    (tiny_course.folder / "deploy" / "overrides.json").write_text('{"changed": {}}')
    tiny_course.start("setup")
    assert inside.read_text() == '{"changed": {}}'
    assert tiny_course.installer_calls() == []


def leave_unfinished(venv: Path) -> None:
    (venv / "course-stamp.json").unlink()


def lose_its_python(venv: Path) -> None:
    for name in ("python", "python3"):
        (venv / "bin" / name).unlink(missing_ok=True)


def garble_its_stamp(venv: Path) -> None:
    (venv / "course-stamp.json").write_text("{")


def cut_its_stamp_short(venv: Path) -> None:
    (venv / "course-stamp.json").write_text('{"python": "3.11"}')


def replace_its_stamp_by_a_word(venv: Path) -> None:
    (venv / "course-stamp.json").write_text('"x"')


def replace_it_by_a_file(venv: Path) -> None:
    shutil.rmtree(venv)
    venv.write_text("not an environment")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (leave_unfinished, "was never finished, so it is made anew"),
        (lose_its_python, "The Python behind .venv has gone or changed, so the environment is made anew"),
        (cut_its_stamp_short, "so its environment is made anew"),
        (replace_its_stamp_by_a_word, "was never finished, so it is made anew"),
        (garble_its_stamp, "was never finished, so it is made anew"),
        (replace_it_by_a_file, "was never finished, so it is made anew"),
    ],
)
def test_a_damaged_environment_is_made_anew_and_start_says_so(tiny_course, damage, sentence):
    tiny_course.start("setup")
    damage(tiny_course.folder / ".venv")
    tiny_course.installer_calls()
    answer = tiny_course.start("setup")
    assert answer.returncode == 0, answer.stderr
    assert sentence in answer.stderr
    assert first_words(tiny_course.installer_calls()) == ["venv", "pip sync", "pip install"]


def test_a_course_that_moved_gets_a_new_environment(tiny_course):
    tiny_course.start("setup")
    tiny_course.folder = tiny_course.folder.rename(tiny_course.folder.with_name("moved"))
    assert "moved to another folder" in tiny_course.start("setup").stderr
    assert json.loads((tiny_course.folder / ".venv" / "course-stamp.json").read_text())["folder"].endswith("moved")


def test_a_failing_installer_is_explained_with_its_last_words_and_leaves_nothing_half_made(tiny_course):
    words = "error: No space left on device (os error 28)"
    answer = tiny_course.start("setup", UV_SAYS=words)
    assert answer.returncode == 2
    assert "The disk is full." in answer.stderr
    assert f"The last lines of build/setup.log:\n    {words}" in answer.stderr
    assert words in (tiny_course.folder / "build" / "setup.log").read_text()
    assert not (tiny_course.folder / ".venv").exists()
    assert tiny_course.start("setup").returncode == 0


OFFLINE = "error: dns error: failed to lookup address information"


def test_an_update_that_fails_leaves_the_older_environment_which_still_works(tiny_course):
    tiny_course.start("setup")
    (tiny_course.folder / "requirements.lock").write_text("one==1.1\n")
    answer = tiny_course.start("course", UV_SAYS=OFFLINE)
    assert answer.returncode == 3, answer.stderr  # the stand-in for the course command ran
    assert "The packages could not be fetched" in answer.stderr
    assert "The update failed, so the older environment is used." in answer.stderr
    assert tiny_course.start("setup", UV_SAYS=OFFLINE).returncode == 2
    tiny_course.installer_calls()
    assert tiny_course.start("setup").returncode == 0
    assert first_words(tiny_course.installer_calls()) == ["pip sync", "pip install"]


def test_test_tools_that_cannot_be_added_are_missed_by_the_tests_only(tiny_course):
    tiny_course.start("setup")
    answer = tiny_course.start("test", UV_SAYS=OFFLINE)
    assert answer.returncode == 2
    assert "older environment" not in answer.stderr
    tiny_course.installer_calls()
    assert tiny_course.start("course").returncode == 3
    assert tiny_course.installer_calls() == []


def begin_a_slow_set_up(tiny_course, seconds: str) -> subprocess.Popen:
    """Start a set-up in the background and return when its installer is at work."""
    process = tiny_course.start_in_background("setup", UV_WAITS=seconds)
    deadline = time.monotonic() + 180
    while "pip sync" not in (tiny_course.calls.read_text() if tiny_course.calls.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def test_two_at_once_take_turns(tiny_course):
    first = begin_a_slow_set_up(tiny_course, "2")
    second = tiny_course.start("setup")
    assert "Another start.py is setting up this course." in second.stderr
    first.communicate(timeout=180)
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(tiny_course.installer_calls()) == 3


def test_after_a_kill_the_next_start_waits_for_the_orphaned_installer_and_mends(tiny_course):
    first = begin_a_slow_set_up(tiny_course, "2")
    first.kill()
    second = tiny_course.start("setup")
    assert second.returncode == 0
    assert "Another start.py is setting up this course." in second.stderr
    assert "was never finished, so it is made anew" in second.stderr
    first.communicate(timeout=180)


def test_an_interrupted_set_up_says_so_and_ends_its_installer(tiny_course):
    process = begin_a_slow_set_up(tiny_course, "60")
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 2
    assert "Stopped. The same command may be run again at any time." in errors
    assert "Another start.py" not in tiny_course.start("setup").stderr


def test_a_command_gets_its_arguments_and_folder_and_its_exit_code_comes_back(tiny_course):
    answer = tiny_course.start("course", "check", "--json")
    arguments, folder, first_on_the_path = answer.stdout.strip().split("|")
    assert answer.returncode == 3
    assert arguments == "['check', '--json']"
    assert Path(folder) == tiny_course.folder
    assert Path(first_on_the_path) == tiny_course.folder / ".venv" / "bin"


def test_a_command_is_told_when_start_is_told_to_end(tiny_course):
    tiny_course.start("setup")
    process = tiny_course.start_in_background("course", COURSE_WAITS="170")
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=180)
    assert "told to end" in errors
    assert process.returncode == 1  # the command's own


@pytest.mark.parametrize("name", ["course [1]", "course?", "course *"])
@pytest.mark.parametrize("command", [["nbgrader", "autograde"], ["course", "release"], ["--instructor"]])
def test_a_folder_that_nbgrader_would_take_for_a_pattern_is_refused(tiny_course, name, command):
    tiny_course.folder = tiny_course.folder.rename(tiny_course.folder.with_name(name))
    answer = tiny_course.start(*command)
    assert answer.returncode == 2
    assert "nbgrader cannot work in a folder with [, * or ? in its path. Move or rename it:" in answer.stderr
    assert not (tiny_course.folder / ".venv").exists()


@pytest.mark.parametrize("name", ["100%20 #1", "what?", "\u00fcbung (2) & more"])
def test_the_gradebook_lies_in_the_course_whatever_its_folder_is_called(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(Path(__file__).resolve().parents[2] / "nbgrader_config.py", folder)
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    create_engine(settings.CourseDirectory.db_url).connect().close()
    assert list(tmp_path.rglob("*.db")) == [folder / "grading" / "gradebook.db"]


def test_help_and_slips_need_no_environment(tiny_course):
    assert "python start.py update" in tiny_course.start("--help").stdout
    slip = tiny_course.start("tset")
    assert slip.returncode == 2
    assert "unrecognized arguments: tset" in slip.stderr
    assert not (tiny_course.folder / ".venv").exists()


# ---- The same with real installers, a real package and no network ------------------------------------------------

BACKEND = """
import zipfile
from pathlib import Path

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w") as wheel:
        wheel.writestr("tiny.pth", str(Path.cwd()))
        wheel.writestr("tiny-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n")
        wheel.writestr("tiny-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.dist-info/entry_points.txt", "[console_scripts]\\ncourse = course:main\\n")
        wheel.writestr("tiny-1.dist-info/RECORD", "")
    return name
"""


def write_a_real_project(folder: Path) -> None:
    """One package in a lock with its hash, and a project that depends on it and builds without any tool."""
    with zipfile.ZipFile(folder / "one-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("one.py", "answer = 42\n")
        wheel.writestr("one-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n")
        wheel.writestr("one-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("one-1.0.dist-info/RECORD", "")
    digest = sha256((folder / "one-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(f"--no-index\n--find-links .\none==1.0 --hash=sha256:{digest}\n")
    (folder / "backend.py").write_text(BACKEND)
    (folder / "course" / "__init__.py").write_text("def main():\n    import one\n    print(one.answer)\n")
    (folder / "pyproject.toml").write_text(
        textwrap.dedent("""
            [build-system]
            requires = []
            build-backend = "backend"
            backend-path = ["."]
            [project]
            name = "tiny"
            version = "1"
            [project.scripts]
            course = "course:main"
            """)
    )


@pytest.fixture(params=["uv", "pip"])
def real_installer(request, tiny_course) -> list[str]:
    """The options of "setup" for a real installer, in a course that needs no network."""
    write_a_real_project(tiny_course.folder)
    tiny_course.variables["PATH"] = os.environ["PATH"]
    works = shutil.which("uv") and subprocess.run(["uv", "--version"], capture_output=True, check=False).returncode == 0
    if request.param == "uv" and not works:
        pytest.skip("uv is not installed here")
    return ["--pip"] if request.param == "pip" else []


def test_a_real_environment_is_made_offline_and_the_course_runs_in_it(tiny_course, real_installer):
    answer = tiny_course.start("setup", *real_installer)
    assert answer.returncode == 0, answer.stderr
    assert tiny_course.start("course").stdout.strip() == "42"


def test_a_package_with_another_hash_is_not_installed(tiny_course, real_installer):
    lock = tiny_course.folder / "requirements.lock"
    lock.write_text(lock.read_text().partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    answer = tiny_course.start("setup", *real_installer)
    assert answer.returncode == 2
    assert "is not the one that the course asks for" in answer.stderr


@pytest.mark.full
def test_the_real_course_sets_up_from_nothing_and_starts_again_in_seconds(tmp_path):
    root = Path(__file__).resolve().parents[2]
    course = tmp_path / "course"
    leave_out = shutil.ignore_patterns(".venv", ".git", "build", "my", "grading", ".*_cache", "__pycache__")
    shutil.copytree(root, course, ignore=leave_out)
    setup = [sys.executable, str(course / "start.py"), "setup"]
    variables = {**os.environ, "HOME": str(tmp_path)}
    first = subprocess.run(setup, capture_output=True, text=True, env=variables, check=False)
    if "could not be fetched" in first.stderr:
        pytest.skip("no connection to the internet")
    assert first.returncode == 0, first.stderr
    began = time.monotonic()
    assert subprocess.run(setup, env=variables, check=False).returncode == 0
    assert time.monotonic() - began < 5
