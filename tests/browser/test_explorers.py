"""An explorer is used with the keyboard alone: predict, change a setting, and hear the new headline with the focus still on the control."""

from __future__ import annotations

import json

from tests.browser.explorer_keys import CELL, Keys


def predict(keys: Keys) -> None:
    """Lock the first answer of every menu, from the top of the page."""
    menus = keys.out.locator("select").count()
    for number in range(menus):
        keys.tab_to(lambda focus: focus["tag"] == "SELECT")
        keys.press("ArrowDown")
        assert keys.focus["value"], f"menu {number} took no answer"
    keys.tab_to(lambda focus: focus["tag"] == "BUTTON")
    keys.press("Enter")
    keys.page.wait_for_function("document.activeElement.dataset.focus === 'headline'")


def test_versus_what_with_the_keyboard_alone(explorer, server):
    keys = Keys(explorer("versus-what"))
    predict(keys)
    assert "with medication alone" in keys.headline and "Your guess ○" in keys.out.inner_text()
    written = [json.loads(line) for line in server.notes.read_text(encoding="utf-8").splitlines()]
    assert [(note["did"], note["explorer"], note["answer"]) for note in written] == [("predict", "versus-what", ["first"] * 3)]

    # The comparator: the headline changes and is announced, and the focus stays on the very same menu.
    keys.tab_to(lambda focus: focus["name"] == "versus")
    keys.page.evaluate("document.activeElement.dataset.marked = 'yes'")
    keys.until_headline_changes(lambda: keys.press("ArrowDown"))
    assert "with therapy alone" in keys.headline and keys.announced == keys.headline
    assert keys.focus["name"] == "versus" and keys.focus["value"] == "therapy"
    assert keys.page.evaluate("document.activeElement.dataset.marked") == "yes"

    # Two changes before an answer comes: the menu stays on the later one.
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    keys.page.wait_for_function("document.querySelector('.cc-page').getAttribute('aria-busy') === null")
    assert keys.focus["value"] == "therapy" and "with therapy alone" in keys.headline

    # A tick: what was folded open stays open, and the focus stays on the box.
    keys.until_headline_changes(lambda: keys.press("ArrowUp"))
    table = keys.out.locator(".cc-figure details")
    keys.tab_to(lambda focus: focus["value"] == "naeem_2010")
    keys.tab_to(lambda focus: focus["text"] == "The same as a table")
    keys.press("Enter")
    assert table.get_attribute("open") is not None
    keys.tab_to(lambda focus: focus["value"] == "naeem_2010", "Shift+Tab")
    keys.until_headline_changes(lambda: keys.press("Space"))
    assert keys.focus["value"] == "naeem_2010" and keys.focus["checked"] is False
    assert table.get_attribute("open") is not None and "2 trials" in keys.announced

    # Other people: the menu of comparators is drawn anew, the one in use is not.
    keys.tab_to(lambda focus: focus["name"] == "set", "Shift+Tab")
    keys.until_headline_changes(lambda: keys.press("ArrowDown"))
    assert keys.focus["name"] == "set" and "social anxiety" in keys.announced

    keys.tab_to(lambda focus: focus["text"] == "Back to the start")
    keys.until_headline_changes(lambda: keys.press("Enter"))
    assert keys.focus["text"] == "Back to the start" and "3 trials" in keys.headline
    assert keys.out.locator("select[name=set]").input_value() == "depression"
    assert keys.out.locator("input[value=naeem_2010]").is_checked()


def test_a_menu_without_an_answer_counts_as_none(explorer, server):
    page = explorer("versus-what").output(CELL)
    page.locator("select").first.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Lock my guesses").click()
    assert page.get_by_role("alert").first.inner_text() == "Choose a place for each first."
    assert not server.notes.exists()


def test_who_gains_with_the_keyboard_alone(explorer):
    keys = Keys(explorer("who-gains"))
    predict(keys)
    assert "may help more people than medication alone" in keys.headline and "Your guess ○" in keys.out.inner_text()

    # Through the four cells and to the other time: each answer is announced, and the focus stays on its menu.
    for name, words in (("severity", "may help"), ("course", "has not been studied by itself"), ("time", "has not been studied by degree")):
        keys.tab_to(lambda focus, name=name: focus["name"] == name)
        rev = keys.out.get_attribute("data-rev")
        keys.press("ArrowDown")
        keys.page.wait_for_function("([rev, place]) => place.dataset.rev !== rev", arg=[rev, keys.out.element_handle()])
        assert keys.focus["name"] == name and keys.announced == keys.headline and words in keys.headline
        assert "No trial on file looked at exactly these people." in keys.headline


def test_add_them_up_covers_each_trial_until_it_is_predicted(explorer, server):
    keys = Keys(explorer("add-them-up"))
    predict(keys)
    (noted,) = [json.loads(line) for line in server.notes.read_text(encoding="utf-8").splitlines()]
    assert (noted["did"], noted["explorer"], noted["answer"]) == ("predict", "add-them-up", ["0"])
    assert "81 responded with both" in keys.headline and "You said: 0 of 100." in keys.out.inner_text()

    keys.tab_to(lambda focus: focus["name"] == "trial")
    keys.until_headline_changes(lambda: keys.press("ArrowDown"))
    assert "still covered" in keys.announced and "covered" in keys.out.locator("svg").text_content()

    # The number, then the button that locks it: the group is shown, and the focus stays on that button.
    keys.tab_to(lambda focus: focus["name"] == "predict")
    keys.press("ArrowRight")
    keys.tab_to(lambda focus: focus["name"] == "show")
    keys.until_headline_changes(lambda: keys.press("ArrowDown"))
    assert keys.focus["name"] == "show" and keys.focus["checked"] is True and "with both" in keys.announced
    assert keys.out.locator("select[name=predict]").inner_text() == "55, locked" and "You said: 55 of 100." in keys.out.inner_text()
