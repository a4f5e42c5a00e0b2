"""Scales: their words for severity, and which changes may be called a change. Worked by hand."""

from __future__ import annotations

import pytest

from course.evidence import ledger
from course.evidence.instruments import instruments

PHQ9, GAD7 = instruments()["phq9"], instruments()["gad7"]
EVERY_SCALE = pytest.mark.parametrize("key", instruments())
PUBLISHED = pytest.mark.parametrize("key", [key for key, tool in instruments().items() if not tool.own])


@pytest.mark.parametrize(
    ("tool", "score", "word"),
    [(PHQ9, 0, "minimal"), (PHQ9, 4, "minimal"), (PHQ9, 5, "mild"), (PHQ9, 9, "mild"), (PHQ9, 10, "moderate"), (PHQ9, 14, "moderate"),
     (PHQ9, 15, "moderately severe"), (PHQ9, 19, "moderately severe"), (PHQ9, 20, "severe"), (PHQ9, 27, "severe"),
     (GAD7, 0, "minimal"), (GAD7, 4, "minimal"), (GAD7, 5, "mild"), (GAD7, 10, "moderate"), (GAD7, 15, "severe"), (GAD7, 21, "severe")],
)  # fmt: skip
def test_a_score_has_its_word(tool, score, word):
    assert tool.severity(score) == word


@pytest.mark.parametrize(
    ("tool", "before", "after", "words"),
    [(PHQ9, 20, 20, "no difference"), (PHQ9, 20, 15, "−5, too small to call a change"), (PHQ9, 20, 14, "down 6"), (PHQ9, 14, 20, "up 6"),
     (PHQ9, 14, 19, "+5, too small to call a change"), (PHQ9, 9, 10, "+1, too small to call a change"), (PHQ9, 27, 0, "down 27"),
     (GAD7, 12, 9, "−3, too small to call a change"), (GAD7, 12, 8, "down 4"), (GAD7, 8, 12, "up 4")],
)  # fmt: skip
def test_a_change_inside_the_band_is_not_called_one(tool, before, after, words):
    assert tool.change(before, after) == words


@pytest.mark.parametrize(("score", "kept"), [(-5, 0), (0, 0), (13, 13), (27, 27), (40, 27)])
def test_a_score_is_kept_inside_its_scale(score, kept):
    assert PHQ9.clamp(score) == kept


@EVERY_SCALE
def test_every_score_of_a_scale_has_a_word_and_words_only_get_worse(key):
    tool = instruments()[key]
    words = [tool.severity(score) for score in range(tool.low, tool.high + 1)]
    assert list(dict.fromkeys(words)) == [level.word for level in tool.severities]
    assert len(set(words)) == len(tool.severities)


@EVERY_SCALE
def test_the_band_is_symmetric_and_exact(key):
    tool = instruments()[key]
    for before in range(tool.low, tool.high + 1):
        for after in range(tool.low, tool.high + 1):
            called = tool.change(before, after)
            assert ("too small" in called) == (0 < abs(after - before) < tool.band)
            assert called.startswith("down") == (before - after >= tool.band)
            assert called.startswith("up") == (after - before >= tool.band)


@PUBLISHED
def test_a_scale_says_who_owns_it_and_whether_its_items_may_be_shown(key):
    licence = instruments()[key].licence
    assert licence.endswith("scores only.") and "item" in licence.lower()


@PUBLISHED
def test_the_band_of_a_scale_is_a_number_of_the_ledger(key):
    """Where the ledger prints the points of a change on the scale, the band is one of them; the service manual defines the others."""
    tool = instruments()[key]
    points = {abs(effect.value) for effect in ledger().effects.values() if effect.study.key in tool.cites and effect.measure == "points"}
    assert tool.band in points or "iapt_manual" in tool.cites


@EVERY_SCALE
def test_the_band_says_in_one_sentence_where_it_comes_from(key):
    tool = instruments()[key]
    assert tool.band_says.startswith("The band is") and tool.band_says.endswith(".")
    assert tool.band_says.count(".") == 1
    assert len(tool.band_says.split()) >= 12
    assert tool.cites and all(study in ledger().studies for study in tool.cites)


def test_a_count_of_this_course_says_that_it_is_one():
    own = [tool for tool in instruments().values() if tool.own]
    assert own
    for tool in own:
        assert "own" in tool.band_says and "nobody has measured it" in tool.band_says and "no scale" in tool.licence
