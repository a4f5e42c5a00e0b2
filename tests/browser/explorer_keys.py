"""An explorer in a notebook of its own, and a keyboard in front of it."""

from __future__ import annotations

import json

from tests.browser.lab import Notebook

CELL = "explorer"


def notebook_with(name: str) -> str:
    """The text of a notebook whose one cell opens this explorer."""
    source = f'from course.explorers import explore\n\nexplore("{name}")'
    cell = {"cell_type": "code", "id": CELL, "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps({"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


class Keys:
    """A keyboard, and what it stands on."""

    def __init__(self, notebook: Notebook):
        self.notebook, self.page, self.out = notebook, notebook.page, notebook.output(CELL)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    @property
    def focus(self) -> dict:
        return self.page.evaluate(
            "() => { const it = document.activeElement; return { tag: it.tagName, name: it.name, value: it.value, text: it.textContent,"
            " checked: it.checked, place: it.dataset.focus, inside: Boolean(it.closest('.cc-page')) } }"
        )

    def tab_to(self, wanted, key: str = "Tab") -> dict:
        """Go on, or back, to the next control of the page that is wanted."""
        for _ in range(60):
            self.press(key)
            if self.focus["inside"] and wanted(self.focus):
                return self.focus
        raise AssertionError(f"{key} never came there; it stands at {self.focus}")

    @property
    def announced(self) -> str:
        return self.out.locator(".cc-live").inner_text()

    @property
    def headline(self) -> str:
        return self.out.locator(".cc-prose.lead").inner_text()

    def until_headline_changes(self, act) -> str:
        before = self.headline
        act()
        self.page.wait_for_function("([words, place]) => place.querySelector('.cc-prose.lead')?.innerText !== words", arg=[before, self.out.element_handle()])
        return self.headline
