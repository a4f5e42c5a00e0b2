"""Every block that the page can draw has a text twin, and the page draws every block that Python can build."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from course.controls import blocks as b
from course.look import Picture

PICTURE = Picture("<svg></svg>", "What is seen, in words", "Caption.", ("Group", "People"), (("A", "1"),))

SAMPLES = {
    "heading": b.heading("A title", 3, eyebrow="Week 4"),
    "prose": b.prose('A [46 %](https://doi.org/x "Wiles 2013") b'),
    "note": b.note("Take care", "Words."),
    "trend": b.trend("PHQ-9", 0, 27, 6, [(0, 20), (4, 14)], "PHQ-9 14."),
    "choice": b.choice("q", "Which?", {"a": "One", "b": "Two"}),
    "several": b.several("q", "Which?", {"a": "One", "b": "Two"}),
    "number": b.number("q", "How many?", "weeks"),
    "writing": b.writing("q", "What do you say?", "Your words to Bea", "Two or three sentences."),
    "order": b.order("q", "Which first?", {"a": "One", "b": "Two"}),
    "places": b.places("q", "Where?", {"a": "One"}, {"x": "Here"}),
    "feedback": b.feedback("best", "It helps.", "It does.", (("Wiles 2013", "https://doi.org/x"),)),
    "folded": b.folded("Week 0", [b.prose("Inside.")]),
    "buttons": b.buttons(go_on="Go on"),
    "figure": b.figure(PICTURE),
    "listing": b.listing(["One", "Two"], ordered=True),
    "columns": b.columns(("Yours", "Words.", ["One"])),
    "receipt": b.receipt("Copy this", "grace:v1"),
    "settings": b.settings(
        "s",
        "What to look at",
        b.menu("to", "Compared with", {"a": "One", "b": "Two"}, "a"),
        b.radio("scale", "Scale", {"x": "Ratio", "y": "Difference"}, "y"),
        b.ticks("trials", "Trials", {"p": "First", "q": "Second"}, ["q"]),
        b.slider("wait", "Waiting time", 0, 52, 2, 12, "weeks"),
    ),
}
BUILDERS = [
    name for name, made in inspect.getmembers(b, inspect.isfunction) if inspect.signature(made).return_annotation == "Block" and not name.startswith("_")
]
PAGE = (Path(b.__file__).parent / "page.js").read_text(encoding="utf-8")


def test_every_builder_is_sampled_here():
    assert sorted(SAMPLES) == sorted(BUILDERS)


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_page_can_draw_it(kind):
    assert re.search(rf"^  {kind}: \(", PAGE, re.MULTILINE)


def words_in(block) -> set[str]:
    """Every word that a block shows (its keys and marks are not shown)."""
    hidden = {"is", "focus", "name", "submit", "reset", "judgement", "html", "tone"}
    if isinstance(block, dict):
        return {word for key, value in block.items() if key not in hidden for word in words_in(value)}
    if isinstance(block, (list, tuple)):
        return {word for value in block for word in words_in(value)}
    return {block} if isinstance(block, str) and block and not block.startswith("https://") else set()


@pytest.mark.parametrize("kind", [kind for kind in SAMPLES if kind != "buttons"])
def test_the_text_says_all_that_the_page_shows(kind):
    text = b.as_text([SAMPLES[kind]])
    for words in words_in(SAMPLES[kind]):
        assert b.plain(words) in text, words


CONTROLS = SAMPLES["settings"]["controls"]


def test_the_page_can_draw_every_control():
    assert {control["is"] for control in CONTROLS} == {
        name for name, made in inspect.getmembers(b, inspect.isfunction) if inspect.signature(made).return_annotation == "Control"
    }
    for control in CONTROLS:
        assert re.search(rf"^  {control['is']}: \(\{{ name", PAGE, re.MULTILINE)


def test_the_text_says_what_each_control_stands_on():
    text = b.as_text([SAMPLES["settings"]])
    assert text.startswith(f"What to look at\n{b.AT_ONCE}\n")
    assert "Compared with (to), now a:\n  a: One\n  b: Two" in text
    assert "Trials (trials), now q:" in text
    assert "Waiting time (wait), now 12 weeks: from 0 to 52 weeks in steps of 2" in text
    assert "(trials), now none:" in b.as_text([b.settings("s", "S", b.ticks("trials", "Trials", {"p": "First"}, []))])


AS_IT_STANDS = {"to": "a", "scale": "y", "trials": ["q"], "wait": 12}
SENT = [
    ({"to": "b", "scale": "x", "trials": ["q", "p"], "wait": 20}, {"to": "b", "scale": "x", "trials": ["p", "q"], "wait": 20}),
    ({"trials": []}, {"trials": []}),
    ({"wait": 13.2}, {"wait": 14}),
    ({"wait": 1e300}, {"wait": 52}),
    ({"wait": -5}, {"wait": 0}),
]
NOT_SENT = [None, "b", 7, {}, {"to": "c"}, {"to": ["a"]}, {"trials": "pq"}, {"trials": None}, {"wait": "20"}, {"wait": True}, {"wait": float("nan")}]


@pytest.mark.parametrize(("sent", "changed"), SENT)
def test_what_was_chosen_is_read(sent, changed):
    assert b.chosen(SAMPLES["settings"], sent) == AS_IT_STANDS | changed


@pytest.mark.parametrize("sent", NOT_SENT)
def test_what_cannot_be_chosen_leaves_things_as_they_stand(sent):
    assert b.chosen(SAMPLES["settings"], sent) == AS_IT_STANDS


@pytest.mark.parametrize(("low", "high", "step"), [(0, 52, 2), (0.1, 0.9, 0.1), (1, 10, 4)])
def test_a_slider_stands_on_its_steps_and_within_its_range(low, high, step):
    block = b.settings("s", "S", b.slider("x", "X", low, high, step, low))
    for sent in (low, high, low + 0.4 * step, low + 1.6 * step, high + 1, low - 1, 10**400):
        value = b.chosen(block, {"x": sent})["x"]
        steps = (value - low) / step
        assert low <= value <= high and abs(steps - round(steps)) < 1e-6, (sent, value)


def test_a_link_reads_as_its_words_and_its_source():
    assert b.plain('so [46 %](https://doi.org/x "Wiles 2013") did') == "so 46 % (Wiles 2013) did"


def test_every_judgement_is_a_word_and_a_shape():
    assert len({word.split()[-1] for word in list(b.JUDGEMENTS.values())[:4]}) == 4
    assert all(re.fullmatch(r"[A-Z][a-z ]+ [✓○△■]", word) for word in b.JUDGEMENTS.values())


def test_the_four_steps_of_confidence_are_the_same_in_the_browser():
    assert f"const SURE = {list(b.SURE)};".replace("'", '"') in PAGE


def test_everything_that_takes_the_focus_keeps_its_keys():
    """Elements are made by one function, and that function marks them for JupyterLab."""
    assert PAGE.count("document.createElement(") == 1
    assert 'setAttribute("data-lm-suppress-shortcuts", "true")' in PAGE


def test_nothing_waits_on_a_clock_but_a_silent_kernel():
    assert len(re.findall(r"\bset(?:Timeout|Interval)\(", PAGE)) == 1
