"""The ledger: every number has a place where it was read, is printed as it was, and a withdrawn one says so."""

from __future__ import annotations

import csv
import re
import shutil

import pytest

from course.content.reading import CONTENT, ContentError, NotFound
from course.controls.blocks import plain
from course.evidence import Effect, Study, ledger, statements
from course.evidence.records import BY_WHOM, DESIGNS, UNITS
from course.evidence.references import Author, Reference

STUDIES, EFFECTS = ledger().studies, ledger().effects
ROWS = list(csv.DictReader((CONTENT / "evidence" / "effects.csv").read_text(encoding="utf-8").splitlines()))

STUDY = Study(Reference(key="a_2020", type="article-journal", author=(Author(family="Ada"),), year=2020, journal="Journal", doi="10.1000/a"), "cohort")


def effect(value=44.0, low=None, high=None, measure="percent", decimals=0, **more) -> Effect:
    return Effect(STUDY, "x", value, low, high, measure, "adults", "A v B", "relapse", "24 months", "seen", decimals, **more)


def test_the_ledger_is_as_large_as_it_says():
    assert len(EFFECTS) + len(statements()) >= 1500 and len(STUDIES) >= 400


@pytest.mark.parametrize("name", ["studies", "effects", "statements", "trials"])
def test_no_table_repeats_the_words_of_its_source(name):
    header = next(csv.reader((CONTENT / "evidence" / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    assert not {column for column in header if re.search(r"word|quote|verbatim|note|draft|excerpt", column)}


def test_every_number_belongs_to_a_study_that_can_be_found():
    for key in EFFECTS:
        study = EFFECTS[key].study
        assert STUDIES[study.key] is study
        assert study.doi or study.pmid or study.address
        assert key == f"{study.key}.{EFFECTS[key].name}"


def test_every_study_says_what_kind_of_study_it_is_where_it_stands_and_from_when():
    for study in STUDIES.values():
        assert study.design in DESIGNS
        assert study.link.startswith("https://"), study.key
        assert study.short.endswith(f" {study.year}") and f" ({study.year}). " in study.citation


def test_every_design_is_of_some_study_and_names_one_kind():
    assert {study.design for study in STUDIES.values()} == set(DESIGNS)
    assert len(set(DESIGNS)) == len(DESIGNS)


def test_every_study_stands_here_once():
    dois = [study.doi.lower() for study in STUDIES.values() if study.doi]
    assert not {doi for doi in dois if dois.count(doi) > 1}


def test_no_two_numbers_mean_the_same():
    said = [(each.study.key, each.value, each.low, each.measure, each.meaning) for each in EFFECTS.values()]
    assert len(set(said)) == len(said)


def test_a_withdrawn_row_belongs_to_a_study_that_says_what_was_withdrawn():
    withdrawn = [each for each in (*EFFECTS.values(), *statements().values()) if each.status == "retracted"]
    assert withdrawn
    for each in withdrawn:
        assert each.study.withdrawn, each.key


def test_a_withdrawn_study_says_by_whom_and_when_wherever_it_is_named():
    withdrawn = [study for study in STUDIES.values() if study.withdrawn]
    assert withdrawn
    for study in withdrawn:
        assert BY_WHOM.search(study.withdrawn) and study.citation.endswith(study.withdrawn)


def test_every_row_says_in_whom():
    """In people, in animals, or in none at all: the cell is never left empty."""
    for each in (*EFFECTS.values(), *statements().values()):
        assert each.population.strip(), each.key


def test_a_number_is_printed_with_the_digits_it_was_read_with():
    for row in ROWS:
        made = EFFECTS[f"{row['study']}.{row['name']}"]
        digits = made.number.removesuffix(UNITS[made.measure]).replace(",", "")
        assert float(digits) == float(row["value"])
        for end in filter(None, (row["low"], row["high"])):
            assert str(float(end)) in {str(float(number)) for number in re.findall(r"-?\d+(?:\.\d+)?", made.text.replace(",", ""))}
        assert made.text.startswith(made.number.removesuffix(UNITS[made.measure]))


def test_a_number_says_what_it_counts():
    for key in EFFECTS:
        made = EFFECTS[key]
        assert made.outcome.strip() and made.meaning
        if made.measure == "percent":
            assert 0 <= made.value <= 100 or "growth" in made.outcome, key
        if made.measure in ("risk ratio", "odds ratio", "hazard ratio"):
            assert made.value > 0


@pytest.mark.parametrize(
    ("made", "text", "number"),
    [
        (effect(), "44 %", "44 %"),
        (effect(44.5, decimals=1), "44.5 %", "44.5 %"),
        (effect(1.27, 1.14, 1.39, "risk ratio", 2), "1.27 (1.14 to 1.39)", "1.27"),
        (effect(46, 40, 52), "46 % (40 to 52 %)", "46 %"),
        (effect(-0.3, -0.5, -0.1, "SMD", 1), "-0.3 (-0.5 to -0.1)", "-0.3"),
        (effect(1234, measure="count"), "1,234", "1,234"),
        (effect(8, measure="weeks"), "8 weeks", "8 weeks"),
        (effect(6, measure="points"), "6 points", "6 points"),
        (effect(20, measure="mg"), "20 mg", "20 mg"),
        (effect(1.0, 0.9, 1.1, "hazard ratio", 2), "1.00 (0.90 to 1.10)", "1.00"),
    ],
)
def test_a_number_is_written_in_its_unit(made, text, number):
    assert (made.text, made.number) == (text, number)


def test_a_text_is_filled_with_linked_numbers():
    key = next(key for key, each in EFFECTS.items() if each.study.link)
    made = EFFECTS[key]
    filled = ledger().fill(f"It was {{{key}}} there, and {{phq9}} stays.")
    assert filled == f'It was [{made.number}]({made.study.link} "{made.study.short}") there, and {{phq9}} stays.'
    assert plain(filled) == f"It was {made.number} ({made.study.short}) there, and {{phq9}} stays."


def test_every_number_can_be_filled_in_and_read_as_plain_words():
    for key, made in EFFECTS.items():
        assert plain(ledger().fill(f"{{{key}}}")) == f"{made.number} ({made.study.short})"


# ── Findings in words ────────────────────────────────────────────────────────────────────────────


def test_a_statement_says_something_of_a_study_that_can_be_found():
    for key, made in statements().items():
        assert STUDIES[made.study.key] == made.study and key == f"{made.study.key}.{made.name}"
        assert made.says[:1].upper() == made.says[:1] and len(made.says.split()) >= 3 and not made.says.endswith("."), key
        assert made.meaning and key not in EFFECTS, key


SLIPS = [
    ("nobody_1999,x,Says this,adults,A v B,8 weeks,seen", "no study 'nobody_1999'"),
    ("wiles_2013,x,,adults,A v B,8 weeks,seen", "it says nothing"),
    ("wiles_2013,X y,Says this,adults,A v B,8 weeks,seen", "the name is 'X y'"),
    ("wiles_2013,response_both,Says this,adults,A v B,8 weeks,seen", "names a number too"),
    ("wiles_2013,x,Says this,adults,A v B,8 weeks,recalled", "the status is 'recalled'"),
]


@pytest.mark.parametrize(("row", "says"), SLIPS)
def test_a_slip_in_a_statement_is_found_with_its_line(tmp_path, row, says):
    folder = tmp_path / "evidence"
    shutil.copytree(CONTENT / "evidence", folder)
    (folder / "statements.csv").write_text(f"study,name,says,population,comparison,time,status\n{row}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=rf"statements\.csv: line 2: .*{says}"):
        statements(tmp_path)


def test_an_unknown_key_is_met_with_the_nearest():
    key = next(iter(EFFECTS))
    with pytest.raises(NotFound, match=rf"no number '{key}x' in the ledger; did you mean '{key}'\?"):
        ledger()[f"{key}x"]
    with pytest.raises(NotFound, match=r"no number 'a\.b' in the ledger"):
        ledger().fill("{a.b}")
    study = next(iter(STUDIES))
    with pytest.raises(NotFound, match=rf"no study '{study}x' in the ledger; did you mean '{study}'\?"):
        ledger().study(f"{study}x")
    assert "nobody_1999.x" not in ledger()
