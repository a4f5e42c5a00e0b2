"""What a learner sees in a notebook: ``check`` and every slip of the keyboard answer in plain sentences, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

import course
from course import notes
from course.content.syllabus import ready_modules
from course.grading import slips
from course.grading.answers import parts
from course.questions import questions
from course.questions.capstone import find_patient, good_plans
from tests.conftest import ROOT

PARTS = {part.key: part for module in ready_modules() for question in questions(module.slug).values() if question.key[4] == "q" for part in parts(question)}


class Notebook:
    """A real IPython shell that a learner types cells into."""

    def __init__(self, shell: InteractiveShell):
        self.shell = shell

    def run(self, *cells: str) -> str:
        """What is printed under the last of these cells. Nothing may ever go to stderr or look like a traceback."""
        for cell in cells:
            with capture_output() as shown:
                self.result = self.shell.run_cell(cell, store_history=True)
            assert shown.stderr == ""
            for sign in ("Traceback", "Error:", "File ", "site-packages", "----"):
                assert sign not in shown.stdout, shown.stdout
        return shown.stdout


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """One shell for all tests here; each gets it emptied."""
    hook, display, folder = sys.excepthook, sys.displayhook, tmp_path_factory.mktemp("ipython")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder))
        InteractiveShell.clear_instance()
        made = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}}))
        slips.install()
        yield made
        InteractiveShell.clear_instance()
    sys.excepthook, sys.displayhook = hook, display


@pytest.fixture
def notebook(shell):
    """An empty notebook in which the course was imported."""
    for name in shell.user_ns.keys() - shell.user_ns_hidden.keys():
        del shell.user_ns[name]
    typed = Notebook(shell)
    typed.run("from course import ask, check, crisis_help, play, predict, read")
    return typed


def right_line(part) -> str:
    if part.question.kind == "case":
        from course.cases import load_case

        return f"{part.variable} = {list(load_case(part.question.case).accepted[0].choices)!r}"
    if part.fields:
        plan = next(good_plans(find_patient(part.question.answer)))
        return "\n".join(f"{variable} = {plan[field]!r}" for field, variable in part.fields.items())
    right = part.question.correct
    return f"{part.variable} = {(right[part.field] if part.field else right)!r}"


# ── check ──


@pytest.mark.parametrize("key", PARTS)
def test_a_right_answer_prints_its_reason_and_its_points(notebook, key):
    part = PARTS[key]
    said = notebook.run(right_line(part), f'check("{key}")\npass')
    assert notebook.result.success
    assert said.startswith(f"Right ({part.points} point")
    assert len(said.splitlines()) > 1, "no reason is given"


@pytest.mark.parametrize("key", PARTS)
def test_three_dots_and_nothing_at_all_are_told_apart(notebook, key):
    part = PARTS[key]
    missing = notebook.run(f'check("{key}")\npass')
    assert missing.startswith(f"There is no answer named {part.variable} yet. Run the cell above")
    assert not notebook.result.success
    assert notebook.run(f"{part.variable} = ...", f'check("{key}")\npass').startswith("Not answered yet.")
    assert not notebook.result.success
    assert notes.read() == []


@pytest.mark.parametrize("key", PARTS)
def test_a_wrong_answer_fails_the_cell_and_says_so_in_words(notebook, key):
    said = notebook.run(f"{PARTS[key].variable} = 'no such answer'", f'check("{key}")\npass')
    assert not notebook.result.success, "nbgrader would count it"
    assert said.startswith("Not yet (")
    assert "NotYet" not in said


def test_check_shows_no_value_of_its_own(notebook):
    notebook.run("m05_q2 = 'c'", 'check("m05-q2")')
    assert notebook.result.success
    assert notebook.result.result is None


def test_a_name_with_a_slip_in_it_is_recognised(notebook):
    assert "Did you write it as 'm5_q2'?" in notebook.run('m5_q2 = "c"', 'check("m05-q2")')
    assert "Did you write it as 'm05_q7'?" in notebook.run('m05_q7 = "b"', 'check("m05-q7-drug")')


def test_the_answer_to_another_question_is_not_taken_for_a_slip(notebook):
    assert "Did you" not in notebook.run('m05_q2 = "c"\nm05_q2_sure = "lean"', 'check("m05-q3")')


def test_an_unknown_question_is_met_with_the_nearest(notebook):
    assert notebook.run('check("m05-q99")').startswith("no question 'm05-q99'; did you mean 'm05-q")
    assert "has parts; check one of them: m05-q7-drug" in notebook.run('check("m05-q7")')
    assert "did you mean 'drug'?" in notebook.run('check("m05-q7-drog")')
    for odd in ('check("")', "check(3)", "check(None)", 'check(["m05-q1"])'):
        assert notebook.run(odd).startswith("no question")


def test_how_sure_never_marks(notebook):
    for sure in ('"guess"', '"would act on it"', '"very"', "3", "...", "None", "[]"):
        assert notebook.run(f'm05_q2 = "c"\nm05_q2_sure = {sure}', 'check("m05-q2")').startswith("Right")
        assert notebook.run(f'm05_q2 = "a"\nm05_q2_sure = {sure}', 'check("m05-q2")').startswith("Not yet")
    assert "one of: guess, lean, fairly sure, would act on it" in notebook.run('m05_q2_sure = "very"', 'check("m05-q2")')
    assert {note["sure"] for note in notes.read()} == {"guess", "would act on it", None}


@pytest.mark.parametrize("odd", ["10**5000", "float('nan')", "object()", "[[1]]", "{1: 2}", "{'a'}", "(6, 65)", "True", "None", "'\\ud800'", "check", "b''"])
@pytest.mark.parametrize("key", PARTS)
def test_odd_answers_are_met_with_words(notebook, key, odd):
    said = notebook.run(f"{PARTS[key].variable} = {odd}", f'check("{key}")\npass')
    assert not notebook.result.success
    assert said.startswith(("Not yet (", f"{PARTS[key].variable} comes out of code"))


# ── Slips of the keyboard ──

SLIPS = {
    "curly quotes": ("m05_q1 = “b”", "curly quotes"),
    "a curly quote at the end": ('m05_q1 = "b”', "quote is missing"),
    "single curly quotes": ("m05_q1 = ‘b’", "curly quotes"),
    "a missing quote": ('m05_q1 = "b', "quote is missing"),
    "no quotes": ("m05_q1 = b", 'Put quotes round a text answer, as in "b"'),
    "a missing comma": ('m05_q1 = ["a", "b" c]', "comma seems to be missing"),
    "an unclosed bracket": ('m05_q1 = ["a", "b"', "not closed"),
    "a bracket too many": ('m05_q1 = ["a"]]', "one bracket too many"),
    "two kinds of bracket": ('m05_q1 = ["a")', "brackets do not match"),
    "two equals signs": ('m05_q1 == "b"', "Two equals signs compare; one gives an answer"),
    "the wrong way round": ('"b" = m05_q1', "The name comes first"),
    "a zero in front": ("m05_q4 = 012", "without zeros"),
    "a unit": ("m05_q4 = 12mg", "letters run together"),
    "a space in front of a line": ("m05_q1 = 1\n  m05_q2 = 2", "space at the start"),
    "a misspelt call": ('chek("m05-q1")', "did you mean 'check'?"),
    "an answer that was not given": ("m05_q3", "no answer named m05_q3"),
    "a name not imported": ('icon_array("x")', "Run the first code cell"),
    "a case that is not there": ('play("grcae")', "no case 'grcae'; did you mean 'grace'?"),
    "a case read that is not there": ('read("hana")', "no case 'hana'; did you mean 'hanna'?"),
    "a number for a case": ("play(3)", "no case '3'"),
    "nothing for a case": ("play()", "a name in quotes"),
    "a card that is not there": ('ask("m05-c99")', "no question 'm05-c99'"),
    "a list for a case": ('play(["grace"])', "no case"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_answered_with_what_to_write(notebook, slip):
    typed, said = SLIPS[slip]
    shown = notebook.run(typed)
    assert not notebook.result.success
    assert said in shown
    assert len(shown.strip().splitlines()) <= 2


def test_anything_else_keeps_its_name_and_says_what_to_do(notebook):
    shown = notebook.shell
    with capture_output() as said:
        shown.run_cell("1 / 0")
    assert said.stdout.splitlines()[0] == "This cell stopped: ZeroDivisionError: division by zero"
    assert "Run the first code cell again" in said.stdout
    assert said.stderr == ""


def test_two_equals_signs_do_not_leave_an_older_answer_to_be_marked(notebook):
    notebook.run('m05_q2 = "c"')
    notebook.run('m05_q2 == "a"')
    assert notebook.run('check("m05-q2")').startswith("There is no answer named m05_q2 yet.")


def test_a_real_shell_answers_in_one_line():
    done = subprocess.run([sys.executable, "-m", "IPython", "--colors=nocolor", "-c", 'from course import play; play("grcae")'],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert "no case 'grcae'; did you mean 'grace'?" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# ── Keys that are kept elsewhere ──

PUBLIC = """
[m05-q90]
kind = "choice"
title = "Kept elsewhere"
points = 2
objective = "m05-o1"
private = true
stem = "Which?"
[m05-q90.options.a]
text = "One"
[m05-q90.options.b]
text = "Two"
[m05-q90.options.c]
text = "Three"
"""

SECRET = "A reason that only the instructor has."

OVERLAY = (
    PUBLIC.replace('text = "Two"', f'text = "Two"\nbecause = "{SECRET}"\ncorrect = true')
    .replace('text = "One"', 'text = "One"\nbecause = "Not one."\nmisconception = "drug-first"')
    .replace('text = "Three"', 'text = "Three"\nbecause = "Not three."\nmisconception = "drug-first"')
)

ASK = """
import sys
from course import check
m05_q90 = {answer}
try:
    check("m05-q90")
except Exception as error:
    print("FAILED", error)
"""


@pytest.fixture(scope="module")
def with_private(tmp_path_factory):
    """A copy of the course with one private question, and the folder that holds its key."""
    folder = tmp_path_factory.mktemp("private")
    shutil.copytree(ROOT / "course", folder / "copy" / "course", ignore=shutil.ignore_patterns("__pycache__"))
    public = folder / "copy" / "course" / "content" / "questions" / "05_depression.toml"
    public.write_text(public.read_text(encoding="utf-8") + PUBLIC, encoding="utf-8")
    (folder / "keys").mkdir()
    (folder / "keys" / "05_depression.toml").write_text(OVERLAY, encoding="utf-8")
    return folder


def answered(with_private, answer: str, **environment: str) -> str:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "NBGRADER_"))}
    done = subprocess.run([sys.executable, "-c", ASK.format(answer=answer)], cwd=with_private, capture_output=True, text=True, check=True,
                          env={**own, "PYTHONPATH": str(with_private / "copy"), "COURSE_HOME": str(with_private), **environment})  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_without_the_key_an_answer_is_recorded(with_private):
    for answer in ('"a"', '"b"', "None"):
        assert answered(with_private, answer) == "FAILED Recorded. Your instructor marks this one.\n"
    assert answered(with_private, "...").startswith("FAILED Not answered yet.")


def test_with_the_key_it_is_marked_like_any_other(with_private):
    keys = {"COURSE_PRIVATE": str(with_private / "keys")}
    assert answered(with_private, '"b"', **keys) == f"Right (2 points).\n{SECRET}\n"
    assert answered(with_private, '"a"', **keys) == "FAILED Not yet (2 points).\nNot one.\n"


@pytest.mark.parametrize("private", [{}, {"COURSE_PRIVATE": "nowhere"}])
def test_grading_without_the_key_gives_nothing_and_names_what_is_missing(with_private, private):
    said = answered(with_private, '"b"', NBGRADER_EXECUTION="autograde", **private)
    assert said.startswith("FAILED Recorded.") and "The key of m05-q90 is not here. Set COURSE_PRIVATE" in said


def test_a_notebook_that_hides_the_key_from_the_grader_earns_nothing(with_private):
    hiding = '"b"\nimport os\nos.environ.pop("NBGRADER_EXECUTION", None)\nos.environ["COURSE_PRIVATE"] = ""'
    said = answered(with_private, hiding, NBGRADER_EXECUTION="autograde", COURSE_PRIVATE=str(with_private / "keys"))
    assert said.startswith("FAILED Recorded.")


def test_grading_with_the_key_marks(with_private):
    keys = {"COURSE_PRIVATE": str(with_private / "keys"), "NBGRADER_EXECUTION": "autograde"}
    assert answered(with_private, '"b"', **keys).startswith("Right")
    assert answered(with_private, '"c"', **keys).startswith("FAILED Not yet")


def test_an_overlay_may_not_replace_an_open_question(with_private, tmp_path):
    (tmp_path / "05_depression.toml").write_text(OVERLAY.replace("m05-q90", "m05-q2"), encoding="utf-8")
    said = answered(with_private, '"b"', COURSE_PRIVATE=str(tmp_path))
    assert "05_depression.toml: m05-q2: the course has no private question of this name" in said


# ── What it costs ──

HEAVY = {"numpy", "matplotlib", "ipywidgets", "anywidget", "pandas", "nbformat", "nbgrader"}


def loaded_by(program: str) -> set[str]:
    printed = subprocess.run([sys.executable, "-c", f"{program}\nimport sys\nprint(*sys.modules)"], capture_output=True, text=True, check=True).stdout
    return {name.partition(".")[0] for name in printed.splitlines()[-1].split()}


def test_importing_the_course_loads_nothing_heavy():
    assert not loaded_by("import course") & HEAVY


def test_marking_an_answer_loads_nothing_heavy():
    assert not loaded_by('from course import check\nm05_q2 = "c"\ncheck("m05-q2")') & HEAVY


def test_reading_a_case_as_text_loads_no_widget():
    assert not loaded_by('from course import read\nread("grace")') & (HEAVY - {"numpy", "matplotlib"})


def test_every_name_a_notebook_may_use_is_there():
    for name in course.__all__:
        assert callable(getattr(course, name))


def test_a_kernel_of_the_course_speaks_plainly_before_anything_is_imported(tmp_path, monkeypatch):
    """The settings that start.py lays into the environment, read by a real kernel."""
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "ipython" / "profile_default").mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "ipython_kernel_config.py", tmp_path / "ipython" / "profile_default")
    cells = [nbformat.v4.new_code_cell(source) for source in ('play("grace")', "m05_q1 = “b”", "1 / 0")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    said = [" ".join(cell.outputs[0]["traceback"]) for cell in notebook.cells]
    assert "“play” is not loaded yet. Run the first code cell" in said[0]
    assert "curly quotes" in said[1]
    assert said[2].startswith("This cell stopped: ZeroDivisionError") and "Traceback" not in said[2]


def test_a_cell_that_stopped_leaves_no_answer_behind(notebook):
    notebook.run('m05_q2 = "c"', 'm05_q2 = "c"\nm05_q2_sure = lean')
    assert "There is no answer named m05_q2 yet" in notebook.run('check("m05-q2")')
