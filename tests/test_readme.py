"""The papers at the top of the house: their tables are the content's, and every command and file they name exists."""

from __future__ import annotations

import re

import pytest
import typer.main
import yaml

from course.authoring.tables import TABLES, paper_findings, refresh_papers, refreshed
from course.cases import case_keys
from course.cli import app
from course.content.syllabus import modules
from tests.conftest import ROOT

PAPERS = ["README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "ACCESSIBILITY.md", "CHANGELOG.md"]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in PAPERS}
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
#: Folders that only exist once somebody has worked in them.
MADE_LATER = ("grading/", "my/", "build/", ".venv", "private/")
NOT_YET_THERE = re.compile(r"nadia|13_sleep")


def said_as_code(name: str) -> list[str]:
    """Every line of code and every word in code type."""
    return [*(line for block in FENCED.findall(TEXTS[name]) for line in block.splitlines()), *SPAN.findall(FENCED.sub("", TEXTS[name]))]


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("paper", "table"), [("README.md", "modules"), ("INSTRUCTORS.md", "points")])
def test_a_table_is_as_the_content_has_it(paper, table):
    assert f"<!-- {table} -->\n{TABLES[table](ROOT)}\n<!-- /{table} -->" in TEXTS[paper]


def test_a_stale_table_is_found_and_mended_and_no_other_word_is_touched(tmp_path):
    paper = tmp_path / "README.md"
    paper.write_text(TEXTS["README.md"].replace(modules()[0].summary, "An older summary."), encoding="utf-8")
    (found,) = paper_findings(tmp_path)
    assert str(found) == "README.md: table: it is older than the content; run: course tidy"
    assert refresh_papers(tmp_path) == [paper]
    assert paper.read_text(encoding="utf-8") == TEXTS["README.md"]
    assert refresh_papers(tmp_path) == []


def test_a_mark_that_names_no_table_is_left_alone():
    text = "<!-- other -->\nWords.\n<!-- /other -->"
    assert refreshed(text, ROOT) == text


def test_the_points_that_pass_are_at_least_four_fifths_and_one_less_is_not():
    rows = [row.split(" | ") for row in TABLES["points"](ROOT).splitlines()[2:]]
    for _, _, _, total, passed, safety in rows:
        assert int(passed) / int(total) >= 0.8 > (int(passed) - 1) / int(total)
        assert "-check" in safety


# ── Commands ─────────────────────────────────────────────────────────────────────────────────────


def start_verbs() -> set[str]:
    return set(re.findall(r'"(\w+)": \w+', re.search(r"^COMMANDS = \{.*\}$", (ROOT / "start.py").read_text(encoding="utf-8"), re.MULTILINE)[0]))


def uses(name: str, program: str) -> list[list[str]]:
    """The words that follow a program's name, each time that the paper says it."""
    found = [re.search(rf"(?:^|start\.py ){program}\b(.*)", line) for line in said_as_code(name)]
    return [re.split(r"\s+", match[1].strip()) for match in found if match]


@pytest.mark.parametrize("name", PAPERS)
def test_every_use_of_start_py_exists(name):
    help_text = (ROOT / "start.py").read_text(encoding="utf-8").partition('"""')[2].partition('"""')[0]
    for line in said_as_code(name):
        for first in re.findall(r"start\.py +([\w-]+)", line):
            assert first in start_verbs() or (first.startswith("--") and first in help_text), line


@pytest.mark.parametrize("name", PAPERS)
def test_every_course_verb_with_its_options_and_names_exists(name):
    group = typer.main.get_command(app)
    for words in uses(name, "course"):
        command = group.commands.get(words[0])
        if words == [""] or words[0].startswith(("/", "…")):
            continue  # the bare word, or a path
        assert command, f"course {' '.join(words)}"
        if words[0] == "new" and len(words) > 1:
            assert words[1] in command.commands
            continue
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words[1:] if word.startswith("--")} <= options
        if words[0] == "play" and len(words) > 1 and not NOT_YET_THERE.search(words[1]):
            assert words[1] in case_keys()


def test_every_nbgrader_command_exists():
    from nbgrader.apps.nbgraderapp import NbGraderApp

    known = set(NbGraderApp.subcommands)
    named = {words[0] for name in PAPERS for words in uses(name, "nbgrader") if words != [""]}
    assert {"autograde", "export", "generate_feedback"} <= named <= known


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PAPERS)
def test_every_file_and_link_leads_somewhere(name):
    for target in LINK.findall(SPAN.sub("", FENCED.sub("", TEXTS[name]))):
        if target.startswith("https://"):
            continue
        path, _, place = target.partition("#")
        assert not path or (ROOT / path).exists(), target
        if place:
            titles = re.findall(r"^#+ (.*)$", TEXTS[path or name], re.MULTILINE)
            assert place in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, target
    for words in said_as_code(name):
        for word in re.findall(r"(?<![\w/=$.\\-])[\w.-]+/[\w./-]*[\w/]", words):
            if word.startswith(MADE_LATER) or NOT_YET_THERE.search(word):
                continue
            assert (ROOT / word).exists(), f"{name} names {word}"


def test_the_picture_is_small_and_described():
    ((described, path),) = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", TEXTS["README.md"])
    assert (ROOT / path).stat().st_size <= 200_000
    assert 40 <= len(described) <= 400


@pytest.mark.parametrize("name", PAPERS)
def test_the_prose_is_calm(name):
    prose = SPAN.sub("", FENCED.sub("", TEXTS[name]))
    assert not re.search(r"(?<!\[)(?<!<)!(?![\[-])", prose)
    assert "synergy" not in prose.lower()


def test_the_citation_is_whole_and_names_nobody_who_is_not_there():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version"} <= set(cited)
    assert cited["authors"] == [{"name": "The Combined Care authors"}]
