"""One server and one Chromium for all browser tests, and a fresh window for each."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.browser.explorer_keys import CELL, notebook_with
from tests.browser.lab import Notebook, chromium, find_chromium, serve

NO_BROWSER = "No Chromium was found, so the browser tests were skipped. Install chromium or Google Chrome to run them."


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts[-2:-1]:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    if find_chromium() is None:
        if os.environ.get("COURSE_REQUIRE_BROWSER") == "1":
            pytest.fail(f"COURSE_REQUIRE_BROWSER is 1. {NO_BROWSER}")
        pytest.skip(NO_BROWSER)
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(browser, clean_course, tmp_path_factory):
    """The notebooks and exercises as committed, in a folder of their own."""
    home = tmp_path_factory.mktemp("learner")
    for name in ("notebooks", "exercises"):
        shutil.copytree(clean_course / name, home / name)
    with serve(home, tmp_path_factory.mktemp("settings")) as server:
        yield server


@pytest.fixture
def page(browser, server):
    """A fresh window; the learner has no notes yet."""
    server.notes.unlink(missing_ok=True)
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def window(browser, server, clean_course):
    """``window("notebooks/05_depression.ipynb")``: a clean copy, opened in the one window of a whole file of tests; no notes yet."""
    opened = []

    def open_it(path: str) -> Notebook:
        server.notes.unlink(missing_ok=True)
        if (clean_course / path).exists():
            shutil.copy(clean_course / path, server.home / path)
        if opened:
            opened[0].shut_down()
            opened[0].another(path)
        else:
            opened.append(Notebook(context.new_page(), server, path))
        return opened[0]

    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield open_it
        for notebook in opened:
            notebook.shut_down()


@pytest.fixture
def open_notebook(page, server, clean_course):
    """``open_notebook("notebooks/05_depression.ipynb", view="lab")``: a clean copy, opened; its kernel ends with the test."""
    opened = []

    def open_it(path: str, view: str = "lab") -> Notebook:
        shutil.copy(clean_course / path, server.home / path)
        opened.append(Notebook(page, server, path, view))
        return opened[-1]

    yield open_it
    for notebook in opened:
        notebook.shut_down()


@pytest.fixture
def explorer(page, server):
    """``explorer("versus-what")``: a notebook with this explorer, run, and its page drawn."""
    opened = []

    def open_it(name: str) -> Notebook:
        (server.home / f"{name}.ipynb").write_text(notebook_with(name), encoding="utf-8")
        opened.append(Notebook(page, server, f"{name}.ipynb"))
        opened[-1].run_cell(CELL)
        return opened[-1]

    yield open_it
    for notebook in opened:
        notebook.shut_down()
