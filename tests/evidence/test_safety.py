"""Safety facts: each says what is so, what to do and for whom, leads to where it was read, and says when it must be read again.

How a slip in the file is met stands with all other slips, in tests/content/test_bad_content.py.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from course.authoring.numbers import bare_numbers
from course.content.reading import NotFound
from course.controls.blocks import plain
from course.evidence import ledger
from course.evidence.records import CITED
from course.evidence.safety import documents, in_words, overdue, safety_fact, safety_facts, sources_of
from course.evidence.search import search

FACTS = safety_facts()
EVERY_FACT = pytest.mark.parametrize("key", FACTS)


@EVERY_FACT
def test_a_fact_says_what_is_so_what_to_do_and_for_whom_in_whole_sentences(key):
    fact = FACTS[key]
    assert fact.fact.endswith(".") and fact.action.endswith((".", ".)"))
    assert fact.applies_to and not fact.applies_to.endswith(".")


@EVERY_FACT
def test_a_fact_leads_to_where_it_was_read(key):
    for study in sources_of(FACTS[key]):
        assert study.link.startswith("https://") and not study.withdrawn


@EVERY_FACT
def test_every_number_of_a_fact_is_in_the_ledger_and_stands(key):
    for place, text in FACTS[key].texts:
        assert bare_numbers(text, "fact") == [], place
        for number in CITED.findall(text):
            assert ledger()[number].status == "seen"
            assert ledger()[number].study in sources_of(FACTS[key])


@EVERY_FACT
def test_a_fact_reads_well_with_its_numbers_put_in(key):
    for _, text in FACTS[key].texts:
        filled = plain(ledger().fill(text))
        assert not set("{}[]") & set(filled) and "  " not in filled


@EVERY_FACT
def test_a_fact_that_may_change_names_the_document_to_read_again(key):
    fact = FACTS[key]
    assert fact.time_critical == bool(fact.reread)
    if fact.time_critical:
        assert ledger().study(fact.reread).link


@pytest.mark.parametrize("words", ["31 December 2026", "REMS"])
def test_what_ends_or_has_just_ended_must_be_read_again(words):
    dated = [fact for fact in FACTS.values() if words in fact.fact]
    assert dated and all(fact.time_critical for fact in dated)


@pytest.mark.parametrize("source", ["clozapine_label", "lamotrigine_label", "divalproex_label", "bupropion_label"])
def test_a_label_that_was_not_read_in_full_must_be_read_again(source):
    citing = [fact for fact in FACTS.values() if source in fact.sources]
    assert citing and all(fact.reread == source for fact in citing)


def test_a_fact_is_found_by_its_key_and_an_unknown_key_is_met_with_the_nearest():
    assert safety_fact("lithium-toxicity") == FACTS["lithium-toxicity"]
    with pytest.raises(NotFound, match=r"no safety fact 'lithium-toxcity'; did you mean 'lithium-toxicity'\?"):
        safety_fact("lithium-toxcity")


@pytest.mark.parametrize(
    ("words", "key"),
    [("lithium ibuprofen NSAID", "lithium-nsaids"), ("clozapine REMS", "clozapine-rems"), ("DEA telehealth", "telehealth-controlled-medicines")],
)
def test_a_fact_is_found_by_its_words(words, key):
    assert FACTS[key] in search(words).facts


@EVERY_FACT
def test_every_fact_can_be_found_by_the_words_of_its_key(key):
    assert FACTS[key] in search(key.replace("-", " ")).facts


def test_words_of_which_no_fact_speaks_find_none():
    assert search("zebra stripes").facts == () and search("").facts == ()


# ── Documents that change ────────────────────────────────────────────────────────────────────────


def test_each_document_to_read_again_has_its_two_days():
    assert set(documents()) == {fact.reread for fact in FACTS.values() if fact.reread}
    assert all(document.checked < document.until for document in documents().values())


@pytest.mark.parametrize("key", sorted(documents()))
def test_a_document_is_overdue_from_the_day_after_its_last_and_names_the_facts_that_rest_on_it(key):
    document, resting = documents()[key], [fact.key for fact in FACTS.values() if fact.reread == key]
    assert not [finding for finding in overdue(document.until) if finding.where == f"documents.{key}"]
    (finding,) = (finding for finding in overdue(document.until + timedelta(1)) if finding.where == f"documents.{key}")
    assert all(fact in finding.problem for fact in resting) and in_words(document.until) in finding.problem


def test_nothing_is_overdue_on_the_day_on_which_all_was_read():
    assert overdue(max(document.checked for document in documents().values())) == []


def test_the_rule_on_telehealth_is_read_again_before_it_ends():
    assert documents()["dea_2025"].until == date(2026, 12, 31)
