"""What every test may use: the course's folder, its notebooks as committed, and the two rings.

The ordinary ring proves every rule on every module. ``--full`` adds the large loads, marked ``full``.
Tests look at what is committed (git's index), so that a notebook somebody works in never turns one red.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also run the large loads")


def pytest_configure(config):
    config.addinivalue_line("markers", "full: a large load, run with --full")
    config.addinivalue_line("markers", "browser: needs Chromium")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "full" in item.keywords and not config.getoption("--full"):
            item.add_marker(pytest.mark.skip(reason="a large load: run with --full"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The course's own folder."""
    return ROOT


def tracked(*folders: str) -> list[str]:
    """The files that git tracks below these folders; without git, those that lie there."""
    try:
        listed = subprocess.run(["git", "ls-files", "--", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
        return listed.stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return [path.relative_to(ROOT).as_posix() for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]


def committed(name: str) -> bytes:
    """A file as git has it; without git, as it lies there."""
    try:
        return subprocess.run(["git", "show", f":{name}"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (ROOT / name).read_bytes()


@pytest.fixture(scope="session")
def clean_course(tmp_path_factory) -> Path:
    """A copy of the notebooks, solutions and exercises as committed, with nbgrader's settings, to work in."""
    folder = tmp_path_factory.mktemp("course")
    for name in tracked("notebooks", "solutions", "exercises"):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(committed(name))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


class Lazily(dict):
    """What is made by a function without arguments, once, when it is first asked for: to collect the tests costs nothing."""

    def __getitem__(self, name):
        made = super().__getitem__(name)
        if callable(made):
            self[name] = made = made()
        return made


@pytest.fixture(autouse=True)
def own_notes(tmp_path, monkeypatch):
    """No test writes into the notes of whoever runs it."""
    monkeypatch.setenv("COURSE_HOME", str(tmp_path))
    monkeypatch.delenv("COURSE_PRIVATE", raising=False)
    os.environ.pop("NBGRADER_EXECUTION", None)
