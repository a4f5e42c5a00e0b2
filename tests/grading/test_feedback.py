"""Feedback teaches, holds nothing active, and goes back under the platform's own names; marks leave as plain tables."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import stat
import zipfile

import pytest
from typer.testing import CliRunner

from course.cli import app
from course.content.reading import PlainError
from course.grading.export import as_csv, harmless
from course.grading.feedback import _inside, pack, write_feedback
from course.grading.gradebook import results
from course.grading.intake import Person, collect
from course.grading.marker import reply
from course.grading.results import NOT_YET, PASSED, WAITS, Mark, Result
from course.grading.runner import grade
from tests.grading.test_runner import SLUG, change, course, hand_in, registered, solution

__all__ = ["course", "registered"]

ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "<svg onload=alert(1)>",
    "</pre></main><iframe src=//evil.example>", "![](https://evil.example/pixel.png)", "<style>@import '//evil.example'</style>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>", "\x1b]8;;x\x07", "<a href='data:text/html,x'>x</a>", "&lt;script&gt;", "<!--", "]]>",
    "\u202e gnp.exe",
]  # fmt: skip


class Elements(html.parser.HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def handed(answers: dict[str, str], reflection: str = "") -> dict:
    notebook = json.loads(solution())
    for cell in notebook["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
        if cell["id"] == "m05-q9-reflect" and reflection:
            cell["source"] = reflection
    return notebook


def page_of(course, student: str) -> str:
    return (course / "grading" / "feedback" / student / SLUG / f"{SLUG}.html").read_text(encoding="utf-8")


def test_a_page_says_what_the_lesson_says_to_each_answer(course):
    hand_in(course, "ada", handed({"m05-q2-answer": 'm05_q2 = "a"'}))
    grade(course, SLUG)
    write_feedback(course, SLUG)
    words = " ".join(page_of(course, "ada").split())
    wrong, right = reply("m05-q2", {"m05_q2": "a"}), reply("m05-q2", {"m05_q2": "c"})
    for said in (wrong,):
        assert " ".join(said.text.replace("'", "&#x27;").replace('"', "&quot;").split()) in words
    assert right.status == "right" and "22 of 36 points" in words and "Up to 12 more" in words
    assert "Question 2: A mild beginning" in words and "Tomás, 26, is a junior chef" in words and "988" in words


def test_what_is_wrong_with_safety_is_said_first(course):
    hand_in(course, "ada", handed({"m05-q1-answer": 'm05_q1 = ["a"]'}))
    grade(course, SLUG)
    write_feedback(course, SLUG)
    assert "Not yet △" in page_of(course, "ada") and "Safety questions to look at again:</strong> m05-q1." in page_of(course, "ada")


def test_nothing_in_a_page_is_active(course):
    source = "\n".join(["m05_q2 = " + json.dumps("".join(ATTACKS)), *(f"# {each}" for each in ATTACKS if "\n" not in each)])
    hand_in(course, "<b>eve", handed({"m05-q2-answer": source, "m05-q1-answer": f"m05_q1 = {ATTACKS!r}"}, "\n\n".join(ATTACKS)), f"{SLUG} <script>.ipynb")
    grade(course, SLUG)
    (path,) = write_feedback(course, SLUG)
    text = path.read_text(encoding="utf-8")
    elements = Elements(text).found
    allowed = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "strong", "section", "details", "summary", "pre", "ul", "li"}
    assert {tag for tag, _ in elements} <= allowed
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on") or name in ("src", "href", "style", "srcset")]
    policies = [attributes["content"] for tag, attributes in elements if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"]
    assert policies and policies[0].startswith("default-src 'none'")
    assert "\x1b" not in text and "\u202e" not in text and text.count("<style>") == 1
    assert sum(attributes.get("http-equiv") is not None for _, attributes in elements) == 1


def test_a_graders_points_and_comment_and_the_repairs_stand_there(course):
    hand_in(course, "ada", handed({}), f"{SLUG} (1).ipynb")
    grade(course, SLUG)
    change(course, "update grade set manual_score = 9, needs_manual_grade = 0 where cell_id in (select id from base_cell where name = 'm05-q9-reflect')")
    change(course, "update comment set manual_comment = 'Warm & <clear>' where cell_id in (select id from base_cell where name = 'm05-q9-reflect')")
    write_feedback(course, SLUG)
    text = page_of(course, "ada")
    assert "33 of 36 points" in text and "Warm &amp; &lt;clear&gt;" in text and "Passed ✓" in text and f"The file was called {SLUG} (1).ipynb." in text


def test_pages_go_back_under_the_platforms_names_and_nobody_elses(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as made:
        made.writestr("Jane Doe_77_assignsubmission_file/05_depression (1).ipynb", solution())
        made.writestr("../../x/../doejohn_5_6_05_depression.ipynb", solution())
    collect(course, tmp_path / "download.zip", [SLUG])
    hand_in(course, "by-hand", solution())
    grade(course, SLUG)
    write_feedback(course, SLUG)
    packed, count = pack(course, SLUG)
    with zipfile.ZipFile(packed) as archive:
        assert set(archive.namelist()) >= {"Jane Doe_77_assignsubmission_file/05_depression (1).html", f"by-hand/{SLUG}.html"}
        assert len(archive.namelist()) == count
        assert not any(name.startswith("/") or ".." in name.split("/") for name in archive.namelist())
    for path in [packed, *(course / "grading" / "feedback").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


@pytest.mark.parametrize("name", ["../../x.ipynb", "/etc/x.ipynb", "a/../../x.ipynb", "./x.ipynb"])
def test_no_name_leads_out_of_the_archive(name):
    assert _inside(name).lstrip("a/") in ("x.html", "etc/x.html", "tc/x.html") and ".." not in _inside(name)


def test_without_marks_there_is_no_feedback_and_it_says_what_to_do(course):
    with pytest.raises(PlainError, match="course grade"):
        write_feedback(course, SLUG)
    with pytest.raises(PlainError, match="course feedback"):
        pack(course, SLUG)


# ── Standing and tables ──


@pytest.mark.parametrize(
    ("marks", "standing"),
    [
        ({"a": Mark(8, 10)}, PASSED), ({"a": Mark(7, 10)}, NOT_YET), ({"a": Mark(4, 8), "b": Mark(0, 2, waits=True)}, NOT_YET),
        ({"a": Mark(7, 8), "b": Mark(0, 2, waits=True)}, WAITS), ({"a": Mark(98, 98), "b": Mark(0, 2, safety=True)}, NOT_YET),
        ({"a": Mark(8, 8), "b": Mark(0, 2, waits=True)}, PASSED),
    ],
)  # fmt: skip
def test_a_pass_takes_four_fifths_and_every_safety_question(marks, standing):
    assert Result("ada", "", marks, {}).standing == standing


def test_the_gradebook_and_the_tables_say_the_same(course):
    hand_in(course, "a17", solution())
    hand_in(course, "=cmd()", handed({"m05-q1-answer": "m05_q1 = ..."}))
    grade(course, SLUG)
    found = {each.student: each for each in results(course, SLUG)}
    assert found["a17"].points == 24 and found["a17"].most == 36 and found["a17"].waiting == 12 and found["a17"].standing == WAITS
    people = [Person("a17", "Jane Doe", "jane@school.example", "4711")]
    rows = {form: list(csv.reader(io.StringIO(as_csv(list(found.values()), SLUG, people, form)))) for form in ("csv", "canvas", "moodle")}
    assert rows["csv"][2][:5] == ["a17", "Jane Doe", SLUG, "24", "36"]
    assert rows["csv"][1][0] == "'=cmd()" and rows["csv"][1][7] == "m05-q1-check"
    assert rows["canvas"][0][-1] == SLUG and rows["canvas"][1][-1] == "36" and rows["canvas"][3] == ["Jane Doe", "4711", "a17", "jane@school.example", "", "24"]
    assert rows["moodle"][2] == ["Jane Doe", "a17", "jane@school.example", "24"]


@pytest.mark.parametrize("text", ["=1+1", "+1+cmd", "-1+cmd", "@SUM(1)", " =1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    assert harmless(text).startswith("'")


def test_a_number_stays_a_number():
    assert harmless("-3.5") == "-3.5" and harmless("24") == "24"


def test_the_commands_say_where_things_are(course, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_HOME", str(course))
    hand_in(course, "ada", solution())
    grade(course, SLUG)
    runner = CliRunner()
    assert "1 page in grading/feedback" in runner.invoke(app, ["feedback", SLUG]).stdout
    assert "1 page." in runner.invoke(app, ["return", SLUG]).stdout
    assert runner.invoke(app, ["export", SLUG]).stdout.splitlines()[1].startswith("ada,")
    out = tmp_path / "marks.csv"
    assert runner.invoke(app, ["export", SLUG, "--to", "canvas", "--out", str(out)]).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600 and "Points Possible" in out.read_text()
