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
    """Open the tiny course with some options; returns the process, its link and a function that asks the server.

    What open_course.begin returns is not open yet; it is handed in as process=... to wait for it.
    """
    folder = tiny_course.folder
    for name in TECHNICAL:
        if "." not in name:
            (folder / name).mkdir(exist_ok=True)
    (folder / "exercises").mkdir()
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / "00_start_here.ipynb").write_text(json.dumps(empty))
    (folder / ".venv").symlink_to(sys.prefix)
    begun = []

    def begin(*options):
        process = subprocess.Popen(
            [sys.executable, "-c", LENT, "--no-browser", *options],
            cwd=folder, env=tiny_course.variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        begun.append(process)
        return process

    def open_with(*options, process=None):
        process = process or begin(*options)
        link = process.stdout.readline().strip()
        assert link, process.stderr.read()
        address, token = re.fullmatch(r"(http://localhost:\d+)/.*\?token=(.+)", link).groups()

        def ask(path):
            with urllib.request.urlopen(f"{address}{path}?token={token}", timeout=180) as answer:
                return answer.read().decode()

        return process, link, ask

    open_with.begin = begin
    yield open_with
    for process in begun:
        process.terminate()
        process.communicate(timeout=180)


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
    _, errors = process.communicate(timeout=180)
    assert process.returncode == 0
    assert "The course is closed" in errors


def test_instructors_get_everything_also_in_notebook_7(open_course):
    _, link, ask = open_course("--instructor", "--notebook-7")
    assert "/notebooks/notebooks/00_start_here.ipynb?token=" in link
    assert names_listed(ask) >= set(TECHNICAL)
    assert "@jupyter/nbgrader:" not in ask("/tree").partition('"disabledExtensions"')[2].partition("]")[0]


def test_two_starts_at_once_open_two_courses(open_course):
    both = [open_course.begin(), open_course.begin()]
    (_, one, ask_one), (_, other, ask_other) = (open_course(process=process) for process in both)
    assert one.partition("/lab")[0] != other.partition("/lab")[0]
    for ask in (ask_one, ask_other):
        assert "started" in json.loads(ask("/api/status"))


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def test_a_port_is_free_only_if_nobody_holds_it_on_either_address(start, family, address):
    try:
        holder = socket.socket(family)
        holder.bind((address, 0))
    except OSError:
        pytest.skip("this machine has no such address")
    with holder:
        holder.listen()
        port = holder.getsockname()[1]
        assert not start.is_free(port)
    assert start.is_free(port)


def test_a_port_in_use_is_named_before_anything_else_happens(tiny_course):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        answer = tiny_course.start("--no-browser", "--port", port)
    assert answer.returncode == 2
    assert f"Port {port} is in use" in answer.stderr
    assert not (tiny_course.folder / ".venv").exists()
