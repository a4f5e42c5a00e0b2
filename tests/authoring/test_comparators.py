"""Every statement of effect in the course says versus what and when; the check finds one that does not."""

from __future__ import annotations

import pytest

from course.authoring.comparators import MEASURES, effects_in, half_said
from course.evidence import ledger

RATIO = "cuijpers_2020.response_both_v_medication"
LINKED = f"[1.25 (1.14 to 1.37)](#{RATIO})"

WHOLE = {
    "all in one sentence": f"At the end of treatment the ratio against medication alone was {LINKED}.",
    "the time in the next sentence": f"Against medication the ratio was {LINKED}. That is about the end of treatment.",
    "a list that its first line opens": f"All of them at the end of treatment:\n\n- Both against medication: {LINKED}.",
    "in TOML": f"Both did better than medication by the end of treatment, {{{RATIO}}}.",
    "no effect at all": "A per cent of one group, [46 %](#wiles_2013.response_both), is a count.",
}
HALF = {
    "no time": (f"Against medication alone the ratio was {LINKED}.", "when"),
    "no comparator": (f"At the end of treatment the ratio was {LINKED}.", "versus what"),
    "the time in another paragraph": (f"At the end of treatment.\n\nAgainst medication alone the ratio was {LINKED}.", "when"),
    "in TOML": (f"More people responded, {{{RATIO}}}.", "versus what"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_statement_passes(name):
    assert list(half_said(WHOLE[name])) == []


@pytest.mark.parametrize("name", HALF)
def test_half_a_statement_is_named_with_what_the_ledger_has_there(name):
    text, missing = HALF[name]
    ((key, found, there),) = half_said(text)
    assert (key, found) == (RATIO, missing)
    assert there in (ledger()[RATIO].comparison, ledger()[RATIO].time)


def test_the_key_of_a_link_is_not_read_as_its_comparator():
    assert [found for _, found, _ in half_said(f"After treatment the ratio was {LINKED}.")] == ["versus what"]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_that_compares_is_looked_at(measure):
    key = next(effect.key for effect in ledger().effects.values() if effect.measure == measure)
    assert effects_in(f"{{{key}}} [x](#{key})") == [key, key]
    assert list(half_said(f"It was {{{key}}}."))
