"""What was done in a notebook can be read when it is opened again, and the page says how to go on."""

from __future__ import annotations

import json

import pytest

from course.controls.page import RERUN

LESSON = "notebooks/05_depression.ipynb"
IMPORTS, PLAY = "m05-imports", "m05-grace-play"
HOST_MESSAGES = ("model not found", "Error displaying widget", "Loading widget", "Error creating widget", "Page object at")


@pytest.fixture
def left(open_notebook):
    """A lesson in which two steps of a case were played, saved, and its kernel shut down."""
    notebook = open_notebook(LESSON)
    notebook.run_cell(IMPORTS)
    notebook.run_cell(PLAY)
    page = notebook.output(PLAY)
    page.get_by_role("button", name="Begin").click()
    for _ in range(2):
        page.locator(".cc-question input").first.check()
        page.get_by_role("button", name="Choose").click()
        page.get_by_role("button", name="Continue to week").click()
    page.get_by_role("button", name="Choose").wait_for()
    notebook.save()
    notebook.shut_down()
    return notebook


def test_a_saved_page_is_readable_and_says_how_to_go_on(left):
    story = left.output(PLAY).locator(".cc-prose").last.inner_text()
    left.load()
    page = left.output(PLAY)
    page.wait_for()
    assert story in page.inner_text()
    page.locator(".cc-question input").first.check()
    page.get_by_role("button", name="Choose").click()
    page.get_by_text(RERUN).wait_for()

    left.run_cell(IMPORTS)
    left.run_cell(PLAY)
    labels = left.output(PLAY).locator("button").all_inner_texts()
    assert labels[0].startswith("Resume at week ") and labels[1:] == ["Start again"]
    left.output(PLAY).get_by_role("button", name="Resume").click()
    left.page.wait_for_function("document.activeElement.dataset.focus === 'scene'")
    assert story in left.output(PLAY).inner_text()


@pytest.mark.parametrize("view", ["lab", "notebook"])
def test_a_page_whose_state_was_not_saved_asks_to_be_run_again(left, view):
    path = left.server.home / LESSON
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["metadata"].pop("widgets")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    left.view = view
    left.load()
    saved = left.page.locator(".cc-saved")
    saved.get_by_text(RERUN).wait_for()
    shown = next(cell["shown"] for cell in left.code_cells() if cell["id"] == PLAY)
    assert RERUN in shown
    assert [message for message in HOST_MESSAGES if message in shown] == []

    left.run_cell(IMPORTS)
    left.run_cell(PLAY)
    assert left.output(PLAY).get_by_role("button", name="Start again").is_visible()
    assert not left.page.locator(".cc-saved").locator("visible=true").count()
