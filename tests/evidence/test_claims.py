"""Every claim of the essay is audited, says no more than its evidence does, and can be read without running anything.

The rules are the same for every claim, so that a claim added later is covered without a new line.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from course.authoring import notebooks as nb
from course.authoring import reading
from course.content.reading import CONTENT, ContentError, NotFound
from course.evidence.audit import audit, claim
from course.evidence.claims import VERDICTS, claims, find_claim, rows
from course.evidence.records import BRACED, Effect

CLAIMS = list(claims().values())
IN_THE_ESSAY = {"A": 2, "B": 5, "C": 5, "D": 5, "E": 3, "F": 5, "G": 3, "H": 5, "I": 3}


def test_all_claims_of_the_essay_are_there_in_its_order():
    assert list(claims()) == [f"{letter}{number}" for letter, most in IN_THE_ESSAY.items() for number in range(1, most + 1)]


@pytest.mark.parametrize("each", CLAIMS, ids=lambda each: each.key)
def test_a_claim_answers_every_question(each):
    for name, text in each.texts:
        assert len(text.split()) >= 4, name
        assert text.strip().endswith((".", "?")), name
    assert 50 <= len(each.shows.split()) <= 200
    assert each.lessons
    if each.certainty != "not studied":
        assert each.reasons and BRACED.findall(each.shows)


@pytest.mark.parametrize("each", [each for each in CLAIMS if each.start == "high" and each.certainty != "high"], ids=lambda each: each.key)
def test_a_certainty_lower_than_trials_give_says_why(each):
    assert any(reason.steps < 0 for reason in each.reasons)


@pytest.mark.parametrize("each", CLAIMS, ids=lambda each: each.key)
def test_a_claim_shows_itself_with_its_verdict_its_certainty_and_every_row(each):
    shown = claim(each.key)
    for text in (repr(shown), shown._repr_markdown_()):
        assert each.verdict in text and each.certainty in text
        assert not BRACED.findall(text)
        for key in each.rows:
            row = rows()[key]
            assert (row.number if isinstance(row, Effect) else row.says[:40]) in text, key
    assert "](http" in shown._repr_markdown_() or not any(isinstance(rows()[key], Effect) for key in each.rows)
    assert "](" not in repr(shown)


def test_a_claim_is_found_whatever_its_case_and_an_unknown_one_is_a_sentence():
    assert find_claim(" f3 ").key == "F3"
    with pytest.raises(NotFound, match=r"no claim 'F33'; did you mean 'F3'\?"):
        find_claim("F33")
    with pytest.raises(NotFound, match="there is"):
        find_claim("therapy")


def test_the_map_holds_every_claim_once():
    picture = audit()
    assert len(picture.rows) == len(CLAIMS)
    for each, row in zip(CLAIMS, picture.rows, strict=True):
        assert row == (f"{each.key} {each.label}", f"{each.verdict} {VERDICTS[each.verdict]}", each.certainty)
        assert f"{each.key}  {each.label}" in picture.svg.replace("&amp;", "&")
    assert str(len(CLAIMS)) in picture.alt


# ── Slips ────────────────────────────────────────────────────────────────────────────────────────

BROKEN = {
    "a verdict that is none": (r'verdict = "[^"]*"', 'verdict = "true"', "'verdict' is 'true'", "supported"),
    "a certainty that its reasons do not give": (r"^steps = -1", "steps = 2", "its reasons lead from", "let them agree"),
    "steps beyond two": (r"^steps = -1", "steps = -3", "steps is -3", "write −2 to 2"),
    "a domain that GRADE does not have": (r'domain = "[^"]*"', 'domain = "imprecison"', "'domain' is 'imprecison'", "did you mean 'imprecision'?"),
    "a row that is not there": (r"supports = \[", 'supports = ["nobody_2001.response", ', "no row 'nobody_2001.response' in the ledger", "did you mean"),
    "a withdrawn row": (r"supports = \[", 'supports = ["RETRACTED", ', "comes from a withdrawn version", "only the story of its retraction"),
    "a number that stands on no side": (r'shows = """', 'shows = """\nOf {wiles_2013.people} people.', "is neither in supports nor in against", "which side"),
    "an unknown module": (r'lessons = \["', 'lessons = ["05_depresion", "', "no module '05_depresion'", "did you mean '05_depression'?"),
    "a label too long for the map": (r'label = "', 'label = "A label that goes on for longer than the map is wide ', "the label has", "at most 34"),
    "an unknown key": (r"^versus = ", "verses = ", "there is no such key here", "did you mean 'versus'?"),
    "a group that is not there": (r"^A = .*\n", "", "there is no group 'A'", "add it to [groups]"),
}  # fmt: skip


@pytest.fixture
def content(tmp_path) -> Path:
    shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
    shutil.copy(CONTENT / "syllabus.toml", tmp_path)
    return tmp_path


def edit(content: Path, find: str, put: str) -> None:
    path = content / "evidence" / "claims.toml"
    text, changed = re.subn(find, lambda _: put, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert changed
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", BROKEN)
def test_a_slip_in_a_claim_is_one_plain_line(name, content):
    find, put, problem, remedy = BROKEN[name]
    retracted = next(key for key, row in rows().items() if row.status == "retracted")
    edit(content, find, put.replace("RETRACTED", retracted))
    with pytest.raises(ContentError) as caught:
        claims(content)
    said = [str(finding) for finding in caught.value.findings]
    assert any(line.startswith("claims.toml: ") and problem in line and remedy in line for line in said), said


def test_a_wording_surer_than_its_evidence_is_refused(content):
    low = next(each for each in CLAIMS if each.certainty == "low")
    path = content / "evidence" / "claims.toml"
    head, table = path.read_text(encoding="utf-8").split(f"\n[{low.key}]\n")
    table = re.sub(r"^wording = .*?$", 'wording = "Both together always work."', table, count=1, flags=re.MULTILINE)
    path.write_text(f"{head}\n[{low.key}]\n{table}", encoding="utf-8")
    with pytest.raises(ContentError, match=rf"{low.key}: the wording of a claim of low certainty lacks 'may'; say no more than the evidence does"):
        claims(content)


# ── The reading notebook ─────────────────────────────────────────────────────────────────────────


def test_the_reading_notebook_holds_every_claim_and_every_source():
    cells = {cell["id"]: cell["source"] for cell in reading.claims_notebook()["cells"]}
    for each in CLAIMS:
        text = cells[f"claims-{each.key.lower()}"]
        assert each.says in text and each.certainty in text
        for _, key in nb.linked_numbers(text):
            assert f'id="{key}"' in cells["claims-sources"], key


def test_a_reading_notebook_older_than_the_claims_is_found_and_made_anew(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (path,) = reading.refresh(tmp_path)
    assert reading.findings(path) == [] and reading.refresh(tmp_path) == []
    path.write_text(path.read_text(encoding="utf-8").replace("The audit:", "An audit:"), encoding="utf-8")
    assert [finding.remedy for finding in reading.findings(path)] == ["run: course tidy"]
    assert reading.refresh(tmp_path) == [path]
