"""References: a publication is named in one way everywhere, with no stray mark where something about it is not known.

How a slip in the file is met stands with all other slips, in tests/content/test_bad_content.py.
"""

from __future__ import annotations

import json
import re

import pytest

from course.content.reading import CONTENT
from course.evidence import Study, ledger
from course.evidence.references import AND_OTHERS, KEYS, Author, Reference, citation

ITEMS = json.loads((CONTENT / "evidence" / "references.json").read_text(encoding="utf-8"))
REFERENCES = [study.reference for study in ledger().studies.values()]
ADA, BO, CY = Author(family="Ada"), Author(family="van der Bo"), Author(family="Cy")
NICE = Author(literal="National Institute for Health and Care Excellence")


def reference(*author, year=2020, **more) -> Reference:
    places = {"doi": "10.1000/a"} if not {"doi", "pmid", "address"} & set(more) else {}
    return Reference(**{"key": "a_2020", "type": "article-journal", "author": author or (ADA,), "year": year, "journal": "Lancet", **places, **more})


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (
            reference(ADA, AND_OTHERS, year=2015, volume="386", page="63–73", note="The PREVENT trial"),
            "Ada et al. (2015). Lancet 386, 63–73. The PREVENT trial.",
        ),
        (reference(), "Ada (2020). Lancet."),
        (reference(volume="386"), "Ada (2020). Lancet 386."),
        (reference(page="CD006525"), "Ada (2020). Lancet, CD006525."),
        (reference(volume="82", issue="5", page="21r14034"), "Ada (2020). Lancet 82(5), 21r14034."),
        (reference(issue="4", page="337–343"), "Ada (2020). Lancet, issue 4, 337–343."),
        (reference(title="A title"), "Ada (2020). A title. Lancet."),
        (reference(title="Is it always so?"), "Ada (2020). Is it always so? Lancet."),
        (reference(NICE, journal="", title="Depression (NG222)", note="Section 1.4"), f"{NICE.name} (2020). Depression (NG222). Section 1.4."),
        (reference(journal="", title="A page", publisher="Medscape"), "Ada (2020). A page. Medscape."),
    ],
)
def test_a_reference_is_named_on_one_line_with_what_is_known_of_it(made, line):
    assert citation(made) == line


@pytest.mark.parametrize(
    ("author", "authors", "short"),
    [
        ((ADA,), "Ada", "Ada 2020"),
        ((BO, ADA), "van der Bo and Ada", "van der Bo 2020"),
        ((BO, AND_OTHERS), "van der Bo et al.", "van der Bo 2020"),
        ((ADA, BO, AND_OTHERS), "Ada et al.", "Ada 2020"),
        ((ADA, BO, CY), "Ada et al.", "Ada 2020"),
        ((NICE,), NICE.name, f"{NICE.name} 2020"),
    ],
)
def test_one_author_or_two_are_named_and_of_more_only_the_first(author, authors, short):
    made = reference(*author)
    assert (made.authors, Study(made, "cohort").short) == (authors, short)


def test_a_link_leads_to_the_doi_else_to_pubmed_else_to_the_address():
    assert reference(doi="10.1/a<b", pmid="7").link == "https://doi.org/10.1/a%3Cb"
    assert reference(pmid="7", address="https://example.org").link == "https://pubmed.ncbi.nlm.nih.gov/7/"
    assert reference(address="https://example.org").link == "https://example.org"
    assert reference(address="a printed manual").link == ""


def test_what_was_withdrawn_is_said_after_the_place():
    assert Study(reference(), "cohort", "Retracted by its authors in 2016.").citation == "Ada (2020). Lancet. Retracted by its authors in 2016."


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


def test_the_file_is_csl_json_sorted_by_key():
    ids = [item["id"] for item in ITEMS]
    assert ids == sorted(ids)
    for item in ITEMS:
        assert set(item) <= set(KEYS)
        assert re.fullmatch(r"\d{4}", str(item["issued"]["date-parts"][0][0]))


def test_references_and_studies_are_the_same():
    assert [item["id"] for item in ITEMS] == sorted(ledger().studies)


def test_every_address_is_well_formed():
    for each in REFERENCES:
        assert not each.doi or re.fullmatch(r"10\.\d{4,9}/\S+", each.doi), each.key
        assert not each.pmid or each.pmid.isdigit(), each.key
        assert not each.address or each.address.startswith("https://"), each.key


def test_every_author_is_a_surname_or_a_body():
    """No initials, and no list of people inside one name."""
    for each in REFERENCES:
        for author in each.author:
            assert not re.search(r"\b[A-Z]{1,2}$|,|\bet al\b(?!\.$)", author.family), each.key


def test_every_citation_is_clean():
    for each in REFERENCES:
        line = citation(each)
        assert line.startswith(f"{each.authors} ({each.year}). ") and line.endswith((".", "?")), line
        assert not re.search(r"\s{2}|\s[.,;)]|[.,;]{2}|\(\)|,\.", line), line


def test_no_two_references_are_named_alike_unless_they_are_parts_of_one_work():
    """A reader who meets two lines that look the same cannot tell which was meant; the address then tells them apart."""
    lines = [(citation(each), each.link) for each in REFERENCES]
    assert not {line for line in lines if lines.count(line) > 1}
