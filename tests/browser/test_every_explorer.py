"""Every explorer is used whole with the keyboard alone, passes axe-core before and after the prediction, and fits a narrow column."""

from __future__ import annotations

import json

import pytest

from course.controls.explorer import GUESS
from course.explorers import EXPLORERS, load
from tests.browser.explorer_keys import CELL, Keys, notebook_with
from tests.browser.test_lessons import findings
from tests.browser.test_widths import assert_it_fits


def predict(keys: Keys, name: str) -> None:
    """Answer what is asked before anything is shown, and lock it."""
    asked = next(block for block in load(name).page() if block.get("name") == GUESS)
    if asked["is"] == "places":
        for _ in asked["items"]:
            keys.tab_to(lambda focus: focus["tag"] == "SELECT")
            keys.press("ArrowDown")
    elif asked["is"] == "choice":
        keys.tab_to(lambda focus: focus["tag"] == "INPUT")
        keys.press("Space")
    elif asked["is"] == "number":
        keys.tab_to(lambda focus: focus["tag"] == "INPUT")
        keys.page.keyboard.type("10")
    keys.tab_to(lambda focus: focus["text"] == asked["submit"])
    keys.press("Enter")
    keys.page.wait_for_function("document.activeElement.dataset.focus === 'headline'")


def change(keys: Keys, control: dict, refined_while_it_stands: bool) -> None:
    """Another value of one setting: the page answers, says its headline, and the focus stays where it was."""
    last = control["is"] in ("menu", "radio") and control["value"] == control["options"][-1][0]
    high = control["is"] == "slider" and control["value"] >= control["high"]
    act = {"ticks": "Space", "slider": "ArrowLeft" if high else "ArrowRight"}.get(control["is"], "ArrowUp" if last else "ArrowDown")
    if control["is"] == "radio":
        keys.tab_to(lambda focus: focus["name"] == control["name"] and focus["checked"])
    else:
        keys.tab_to(lambda focus: focus["name"] == control["name"])
    rev = keys.out.get_attribute("data-rev")
    keys.press(act)
    keys.page.wait_for_function("([rev, place]) => place.dataset.rev !== rev && !place.hasAttribute('aria-busy')", arg=[rev, keys.out.element_handle()])
    assert keys.focus["name"] == control["name"], "the focus went elsewhere"
    if not refined_while_it_stands:
        assert keys.announced == keys.headline
    assert keys.announced


def can_be_changed(control: dict) -> bool:
    """Whether there is another value to choose."""
    return control["is"] not in ("menu", "radio") or len(control["options"]) > 1


def one_of_a_kind(controls: list[dict]) -> list[dict]:
    """The first control of each kind that can be changed."""
    return list({control["is"]: control for control in reversed(controls) if can_be_changed(control)}.values())


def settings(name: str, guess) -> list[dict]:
    """The controls of an explorer right after this prediction."""
    (block,) = [block for block in load(name).guessed(guess).page() if block["is"] == "settings"]
    return block["controls"]


@pytest.mark.parametrize("name", EXPLORERS)
def test_it_is_used_whole_with_the_keyboard_alone(window, server, name, request):
    (server.home / f"{name}.ipynb").write_text(notebook_with(name), encoding="utf-8")
    notebook = window(f"{name}.ipynb")
    notebook.run_cell(CELL)
    keys = Keys(notebook)
    notebook.tell("app.shell.collapseLeft()")
    assert findings(notebook.page) == []
    assert_it_fits(notebook.page)
    predict(keys, name)
    written = [json.loads(line) for line in server.notes.read_text(encoding="utf-8").splitlines()]
    assert [(note["did"], note["explorer"]) for note in written] == [("predict", name)]
    assert keys.out.locator(".cc-figure svg:not([role=img][aria-label]):not([aria-hidden])").count() == 0, "a figure without its text"
    before = keys.headline
    refined = hasattr(load(name), "refined")
    first, *others = settings(name, written[0]["answer"])
    change(keys, first, refined)
    keys.tab_to(lambda focus: focus["text"] == "Back to the start")
    keys.press("Enter")
    keys.page.wait_for_function("([words, place]) => place.querySelector('.cc-prose.lead')?.innerText === words", arg=[before, keys.out.element_handle()])
    whole = request.config.getoption("--full")
    for control in filter(can_be_changed, others) if whole else one_of_a_kind(others):
        if keys.out.locator(f"[name='{control['name']}']").count():
            change(keys, control, refined)
    assert findings(notebook.page) == []
    assert_it_fits(notebook.page)
