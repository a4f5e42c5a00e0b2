"""A case can be read as text alone: it says what the widget says, and leads to the same receipt."""

from __future__ import annotations

import re

import pytest

from course.cases import Session, load_case, pages, replay
from course.cases.player import Player
from course.cases.reader import how_to_go_on, read, story_text
from course.cases.records import ARRIVAL, case_keys
from course.cases.session import BASE_VARIANT
from course.controls.blocks import as_text, plain

CASES = {key: load_case(key) for key in case_keys()}
EVERY_CASE = pytest.mark.parametrize("key", CASES)


def routes(case) -> list[tuple[str, ...]]:
    """Choices to every scene, and to every option of it once."""
    found, seen, waiting = [], set(), [()]
    while waiting:
        choices = waiting.pop(0)
        session = Session(case, choices)
        found.append(choices)
        if session.scene.key not in seen:
            seen.add(session.scene.key)
            waiting += [(*choices, option.key) for option in session.options]
    return found


def widget_text(case, choices) -> list[str]:
    """What the widget shows on the way through these choices, page by page."""
    player = Player(case)
    shown = [player.page.text]
    player.act({"do": "start"})
    for key in choices:
        player.act({"do": player.session.scene.key, "value": key})
        if player.session.steps:  # a clinic alone leads straight to the first scene
            shown.append(player.page.text)
        if not player.session.finished:
            player.act({"do": "onward"})
    if not player.session.finished:
        shown.append(player.page.text)
    return shown


@EVERY_CASE
def test_the_text_holds_every_word_of_the_widgets_pages(key):
    case = CASES[key]
    for choices in routes(case):
        if Session(case, choices).finished:
            continue  # the debrief is compared below, once
        text = story_text(key, choices)
        for page in widget_text(case, choices):
            for paragraph in page.split("\n\n"):
                if not re.match(r"Week \d+ · .*: (Best|Reasonable|Weak|Unsafe) ", paragraph):  # a folded step: the text has it above in full
                    assert paragraph in text, choices


@EVERY_CASE
def test_the_text_shows_every_scene_and_every_option_in_the_authors_words(key):
    case = CASES[key]
    seen = set()
    for choices in routes(case):
        session = Session(case, choices)
        if session.finished:
            continue
        text = story_text(key, choices)
        assert plain(pages._ledger(session.story)) in text
        assert plain(pages._ledger(session.fill(session.scene.question))) in text
        for option in session.options:
            seen.add((session.scene.key, option.key))
            assert f"  {option.key}: {plain(pages._ledger(session.fill(option.text)))}" in text
    arrival = {ARRIVAL} if case.clinics else set()
    assert {scene for scene, _ in seen} == {scene.key for scene in case.scenes.values() if not scene.ends} | arrival


@EVERY_CASE
def test_following_the_line_below_the_text_leads_to_a_receipt(key, capsys):
    """What it says to run next is run, again and again, as a reader would."""
    line = how_to_go_on(Session(CASES[key]))
    for _ in range(20):
        capsys.readouterr()
        exec(line.partition(": ")[2], {"read": read})
        text = capsys.readouterr().out.strip()
        line = text.splitlines()[-1]
        if not line.startswith("To choose"):
            break
    assert line.startswith(f"{key}:v{CASES[key].version}:{(CASES[key].clinics or [BASE_VARIANT])[0]}:")
    assert replay(CASES[key], line).finished


@EVERY_CASE
def test_text_and_widget_end_in_the_same_debrief_and_receipt(key):
    case = CASES[key]
    choices = case.accepted[0].choices
    text = story_text(key, choices)
    player = Player(case)
    player.act({"do": "start"})
    for choice in choices:
        player.act({"do": player.session.scene.key, "value": choice})
        player.act({"do": "onward"})
    player.act({"do": "cause", "value": "cannot-tell"})
    assert as_text(pages.debrief_page(player.session, "cannot-tell")) == player.page.text
    assert player.page.text in text
    assert text.endswith(Session(case, choices).receipt())


@pytest.mark.parametrize("odd", ["²", "9" * 5000, "-1", "", None, [], {"a": 1}], ids=range(7))
def test_an_odd_wish_to_play_again_leaves_the_debrief(odd):
    player = Player(CASES["grace"])
    player.act({"do": "start"})
    for choice in CASES["grace"].accepted[0].choices:
        player.act({"do": player.session.scene.key, "value": choice})
    player.act({"do": "onward"})
    player.act({"do": "again", "value": odd})
    assert player.session.finished
    player.act({"do": "again", "value": "0"})
    assert not player.session.steps


@EVERY_CASE
def test_a_misspelt_choice_stops_the_text_with_the_nearest_one(key):
    first = Session(CASES[key]).options[0].key
    text = story_text(key, [first + "x"])
    assert "Not played: " in text
    assert f"did you mean '{first}'?" in text
    assert text.endswith(how_to_go_on(Session(CASES[key])))


@EVERY_CASE
def test_one_choice_may_be_written_without_a_list(key):
    first = Session(CASES[key]).options[0].key
    assert story_text(key, first) == story_text(key, [first])
