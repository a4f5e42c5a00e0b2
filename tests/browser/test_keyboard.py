"""In JupyterLab a whole case and a question can be done with the keyboard alone, and the focus is never lost.

Once the cell has run, nothing here clicks, and no script sets a focus: keys only, as a learner presses them.
"""

from __future__ import annotations

import json

import pytest

from course import notes
from course.cases import Session, load_case, replay
from course.controls import blocks as b

LESSON = "notebooks/05_depression.ipynb"
IMPORTS, PLAY, CARD = "m05-imports", "m05-grace-play", "m05-recall-card"

FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const pane = element.closest('.jp-WindowedPanel-outer')?.getBoundingClientRect();
    return {
        tag: element.tagName.toLowerCase(), text: element.textContent, value: element.value, name: element.name, place: element.dataset.focus,
        checked: element.checked, inside: Boolean(element.closest('.cc-page')), cell: element.classList.contains('jp-Cell'),
        outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 3,
        seen: Boolean(pane) && box.top >= pane.top - 1 && (box.bottom <= pane.bottom + 1 || box.height > pane.height),
    };
}"""


class Keys:
    """A learner's keyboard. Every key that is meant for the page must leave the focus in it, outlined and in sight."""

    def __init__(self, notebook, cell: str):
        self.notebook, self.page, self.cell = notebook, notebook.page, cell

    @property
    def focus(self) -> dict:
        return self.page.evaluate(FOCUS)

    @property
    def announced(self) -> str:
        return self.notebook.output(self.cell).locator(".cc-live").inner_text()

    def press(self, key: str) -> dict:
        self.page.keyboard.press(key)
        focus = self.focus
        assert focus["inside"] and focus["outlined"] and focus["seen"], (key, focus)
        assert self.notebook.active_cell == self.cell, f"{key} moved the notebook to another cell"
        return focus

    def press_until(self, key: str, wanted, inside: bool = True) -> dict:
        """Press a key until the focus is where it is wanted."""
        for _ in range(60):
            self.page.keyboard.press(key)
            focus = self.focus
            if wanted(focus):
                return self.press("Shift") if inside else focus  # a key that does nothing: the focus is as it should be
        raise AssertionError(f"{key} never came there; it stands at {focus}")

    def run(self) -> None:
        """Run the cell that has the focus, then go on to the first button or control of its page."""
        self.page.keyboard.press("Control+Enter")
        self.notebook.output(self.cell).wait_for()
        self.press_until("Tab", lambda focus: focus["inside"])

    def select(self, value: str) -> None:
        """Go on to the next group of options and select one."""
        self.press_until("Tab", lambda focus: focus["tag"] == "input")
        if self.press("Space")["value"] != value:
            self.press_until("ArrowDown", lambda focus: focus["value"] == value)
        assert self.focus["checked"]

    def send(self, place: str, key: str = "Enter") -> None:
        """Press the button that has the focus; the focus moves to that place of the new page, and it is announced."""
        before = self.announced
        self.page.keyboard.press(key)
        self.page.wait_for_function("place => document.activeElement.dataset.focus === place", arg=place)
        self.press("Shift")
        assert self.announced and self.announced != before

    def to_button(self, words: str) -> None:
        self.press_until("Tab", lambda focus: focus["tag"] == "button" and focus["text"].startswith(words))


@pytest.fixture
def at(open_notebook):
    """``at(cell)``: the lesson is open, its names are loaded, and the focus is on a cell that has not run."""

    def go(cell: str) -> Keys:
        notebook = open_notebook(LESSON)
        notebook.run_cell(IMPORTS)
        notebook.activate(cell)
        return Keys(notebook, cell)

    return go


def with_one_unsafe_choice(case) -> Session:
    """The best path, but for the first unsafe option that it meets."""
    session = Session(case)
    while not session.finished:
        unsafe = [option for option in session.options if option.quality == "unsafe" and not session.unsafe]
        session.choose((unsafe or [session.best])[0].key)
    return session


def test_a_case_is_played_from_its_opening_to_its_debrief_with_the_keyboard_alone(at, server, monkeypatch):
    case = load_case("grace")
    intended, played = with_one_unsafe_choice(case), Session(case)
    keys = at(PLAY)
    keys.run()
    assert keys.focus["text"] == "Begin"
    keys.send("scene")

    for choice in intended.choices:
        keys.select(choice)
        keys.to_button("Choose")
        keys.send("feedback", key="Space")
        quality = played.choose(choice).option.quality
        assert keys.focus["text"] == b.JUDGEMENTS[quality] and keys.announced.startswith(b.JUDGEMENTS[quality])
        keys.to_button("See how it ended" if played.finished else f"Continue to week {played.week}")
        keys.send("scene")

    keys.select("medication")
    keys.to_button("Show me")
    keys.send("cause")
    receipt = keys.press_until("Tab", lambda focus: focus["tag"] == "input" and (focus["value"] or "").startswith("grace:"))["value"]
    again = replay(case, receipt)
    assert (again.choices, again.scores, again.passed) == (intended.choices, intended.scores, False)
    assert again.verdict().partition(": ")[2][1:] in keys.notebook.output(PLAY).inner_text()

    monkeypatch.setenv(notes.HOME, str(server.home))
    assert tuple(notes.choices_so_far(case.key, case.version)) == intended.choices
    assert {"did": "attribute", "cause": "medication"}.items() <= notes.read()[-1].items()

    keys.press_until("Shift+Tab", lambda focus: focus["cell"], inside=False)
    keys.run()
    assert keys.focus["text"] == "See your debrief again"
    keys.send("debrief")


def test_a_question_is_answered_with_the_keyboard_alone_and_may_be_tried_again(at, server):
    keys = at(CARD)
    keys.run()
    options, words = keys.notebook.output(CARD).locator("fieldset:not(.cc-sure) input").count(), []
    for _ in range(options):
        if words:  # back from the feedback to the answer that stands there, and on to the next one
            keys.press_until("Shift+Tab", lambda focus: focus["name"] == "m05-c1")
        keys.press("ArrowDown" if words else "Space")
        keys.select("lean")
        keys.to_button("Check")
        keys.send("feedback")
        words.append(keys.focus["text"])
    assert sorted(words) == sorted([b.JUDGEMENTS["right"]] + [b.JUDGEMENTS["not yet"]] * (options - 1))
    written = [json.loads(line) for line in server.notes.read_text(encoding="utf-8").splitlines()]
    assert [(note["did"], note["sure"]) for note in written] == [("answer", "lean")] * options


# Without a cure, JupyterLab takes the arrow key for its own command and moves to another cell.

STOCK_SHORTCUT = """app.commands.addKeyBinding({ command: 'notebook:move-cursor-down', keys: ['ArrowDown'],
    selector: '.jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus' })"""
NO_ATTRIBUTE = "panel.node.querySelectorAll('.cc-page [data-lm-suppress-shortcuts]').forEach(each => each.removeAttribute('data-lm-suppress-shortcuts'))"


def test_each_cure_by_itself_keeps_the_arrow_keys_in_the_page(at):
    keys = at(CARD)

    def the_arrow_key_stays(*undone: str) -> bool:
        keys.notebook.activate(CARD)
        keys.run()
        for script in undone:
            keys.notebook.tell(script)
        keys.page.keyboard.press("ArrowDown")
        stays, selects = keys.notebook.active_cell == CARD, bool(keys.focus["checked"])
        assert stays == selects
        return stays

    assert the_arrow_key_stays(NO_ATTRIBUTE), "the settings alone"
    assert the_arrow_key_stays(STOCK_SHORTCUT), "the attribute alone"
    assert not the_arrow_key_stays(NO_ATTRIBUTE), "neither, since the shortcut is back: this test could not fail"
