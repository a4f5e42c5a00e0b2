"""Opening the course, with the real Jupyter of the environment that runs the tests."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the environment is lent by a symbolic link")

TECHNICAL = ["course", "tests", "solutions", "deploy", "reviews", "build", "grading", "start.py", "pyproject.toml"]

# start.py in the tiny course, with the tests' own environment lent to it instead of one of its own.
LENT = "import sys, start; start.prepare = lambda kind='learn': None; sys.exit(start.main(sys.argv[1:]))"


@pytest.fixture
def open_course(tiny_course):
    """Open the tiny course with some options; returns the process, its link and a function that asks the server."""
    folder = tiny_course.folder
    for name in TECHNICAL:
        if "." not in name:
            (folder / name).mkdir(exist_ok=True)
    (folder / "exercises").mkdir()
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / "00_start_here.ipynb").write_text(json.dumps(empty))
    (folder / ".venv").symlink_to(sys.prefix)
    opened = []

    def open_with(*options):
        process = subprocess.Popen(
            [sys.executable, "-c", LENT, "--no-browser", *options],
            cwd=folder, env=tiny_course.variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        opened.append(process)
        link = process.stdout.readline().strip()
        assert link, process.stderr.read()
        address, token = re.fullmatch(r"(http://localhost:\d+)/.*\?token=(.+)", link).groups()

        def ask(path):
            with urllib.request.urlopen(f"{address}{path}?token={token}", timeout=30) as answer:
                return answer.read().decode()

        return process, link, ask

    yield open_with
    for process in opened:
        process.terminate()
        process.communicate(timeout=30)


def names_listed(ask) -> set[str]:
    return {entry["name"] for entry in json.loads(ask("/api/contents"))["content"]}


def test_learners_get_the_first_notebook_and_nothing_technical(open_course):
    process, link, ask = open_course()
    assert "/lab/tree/notebooks/00_start_here.ipynb?token=" in link
    assert names_listed(ask) == {"notebooks", "exercises", "my"}
    page = ask("/lab/tree/notebooks/00_start_here.ipynb")
    for plugin in ("formgrader", "create-assignment", "course-list", "assignment-list"):
        assert f'"@jupyter/nbgrader:{plugin}"' in page.partition('"disabledExtensions"')[2].partition("]")[0]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask("/formgrader")

    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "The course is closed" in errors


def test_instructors_get_everything_also_in_notebook_7(open_course):
    _, link, ask = open_course("--instructor", "--notebook-7")
    assert "/notebooks/notebooks/00_start_here.ipynb?token=" in link
    assert names_listed(ask) >= set(TECHNICAL)
    assert "@jupyter/nbgrader:" not in ask("/tree").partition('"disabledExtensions"')[2].partition("]")[0]


def test_a_port_in_use_is_named_before_anything_else_happens(tiny_course):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        answer = tiny_course.start("--no-browser", "--port", port)
    assert answer.returncode == 2
    assert f"Port {port} is in use" in answer.stderr
    assert not (tiny_course.folder / ".venv").exists()
