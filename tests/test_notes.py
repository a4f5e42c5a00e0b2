"""The learner's notes: appended as things happen, owned by the learner, and never in the way."""

from __future__ import annotations

import json
import stat
import sys

import pytest

from course import notes
from course.cases import load_case
from course.cases.player import NOT_KEPT, Player
from course.controls.blocks import as_text

ALLOWED = {"date", "did", "case", "version", "choices", "scene", "option", "passed", "cause", "question", "part", "answer", "verdict", "sure"}


def choose(player: Player, *keys: str) -> None:
    for key in keys:
        player.act({"do": player.session.scene.key, "value": key})
        player.act({"do": "onward"})


def test_a_play_is_kept_choice_by_choice():
    player, path = Player(load_case("grace")), load_case("grace").accepted[0].choices
    player.act({"do": "start"})
    choose(player, *path[:3])
    assert notes.choices_so_far("grace", 1) == list(path[:3])
    assert [note["did"] for note in notes.read()] == ["start", "choose", "choose", "choose"]


def test_running_the_cell_again_offers_to_resume_or_to_start_again():
    player, path = Player(load_case("grace")), load_case("grace").accepted[0].choices
    player.act({"do": "start"})
    choose(player, *path[:2])
    again = Player(load_case("grace"))
    labels = [label for block in again.page.view["blocks"] if block["is"] == "buttons" for _, label in block["buttons"]]
    assert labels == [f"Resume at week {player.session.week}", "Start again"]
    again.act({"do": "resume"})
    assert again.session.choices == player.session.choices
    assert again.page.view["blocks"] and again.session.scene.title in again.page.text


def test_a_finished_play_offers_its_debrief():
    player = Player(load_case("dev"))
    player.act({"do": "start"})
    choose(player, *load_case("dev").accepted[0].choices)
    assert player.session.receipt() in player.page.text
    again = Player(load_case("dev"))
    assert "See your debrief again" in str(again.page.view["blocks"])


def test_playing_from_an_earlier_decision_keeps_what_came_before():
    path = load_case("grace").accepted[0].choices
    player = Player(load_case("grace"))
    player.act({"do": "start"})
    choose(player, *path)
    player.act({"do": "again", "value": "2"})
    assert player.session.choices == path[:2]
    choose(player, path[2])
    assert notes.choices_so_far("grace", 1) == list(path[:3])


@pytest.mark.parametrize(
    "message",
    [{}, {"do": None}, {"do": "nonsense"}, {"do": "first-visit", "value": "no-such-option"}, {"do": "first-visit", "value": None},
     {"do": "again", "value": "99"}, {"do": "cause", "value": "magic"}, {"do": "onward"}],
    ids=str,
)  # fmt: skip
def test_a_message_that_does_not_fit_changes_nothing(message):
    player = Player(load_case("grace"))
    player.act({"do": "start"})
    player.act(message)
    assert player.session.choices == ()


def test_no_note_tells_who_where_or_at_what_hour():
    player = Player(load_case("dev"))
    player.act({"do": "start"})
    choose(player, *load_case("dev").accepted[0].choices)
    player.act({"do": "cause", "value": "time"})
    for note in notes.read():
        assert set(note) <= ALLOWED
        assert len(note["date"]) == len("2026-01-31")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_notes_are_for_the_learners_eyes_only():
    notes.write("start", case="x", version=1)
    assert stat.S_IMODE(notes.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(notes.path().parent.stat().st_mode) == 0o700


def test_a_damaged_line_is_passed_over_and_nothing_else_is_lost():
    notes.write("start", case="grace", version=1)
    with notes.path().open("ab") as file:
        file.write(b'{"did": "choo\n\xff\xfe\n[1, 2]\n')
    notes.write("choose", case="grace", version=1, option="start-both")
    assert notes.choices_so_far("grace", 1) == ["start-both"]


@pytest.mark.parametrize("choices", ["5", "null", "[[1]]", '{"a": 1}'])
def test_a_start_with_damaged_choices_starts_from_nothing(choices):
    notes.path().parent.mkdir()
    notes.path().write_text(f'{{"did": "start", "case": "grace", "version": 1, "choices": {choices}}}\n' + "[" * 100_000 + "\n")
    assert notes.choices_so_far("grace", 1) == []
    assert "Begin" in str(Player(load_case("grace")).page.view["blocks"])


def test_a_line_cut_off_half_way_does_not_swallow_the_next_one():
    notes.write("choose", case="grace", version=1, option="start-both")
    with notes.path().open("a") as file:
        file.write('{"did": "cho')
    notes.write("start", case="grace", version=1)
    assert [note["did"] for note in notes.read()] == ["choose", "start"]


def test_notes_of_another_version_or_choices_that_no_longer_exist_do_not_resume():
    notes.write("start", case="grace", version=0)
    notes.write("choose", case="grace", version=0, option="start-both")
    assert notes.choices_so_far("grace", 1) == []
    notes.write("start", case="grace", version=1)
    notes.write("choose", case="grace", version=1, option="an-option-that-is-gone")
    assert "Begin" in str(Player(load_case("grace")).page.view["blocks"])


def test_where_notes_cannot_be_written_the_player_says_so_and_goes_on(monkeypatch, tmp_path):
    (tmp_path / "my").write_text("a file where the folder should be")
    player = Player(load_case("dev"))
    player.act({"do": "start"})
    assert NOT_KEPT in as_text(player.page.view["blocks"])
    choose(player, *load_case("dev").accepted[0].choices)
    assert player.session.finished


def test_nothing_is_noted_while_nbgrader_marks(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert notes.write("answer", question="m05-q1")
    assert not notes.path().exists()


def test_a_line_is_plain_json():
    notes.write("answer", question="m05-q1", answer="b", verdict="right", sure="lean")
    (line,) = notes.path().read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["sure"] == "lean"
