"""What can be wrong in a notebook: cells without telling names, thick code, numbers and names that the content does not have, an untidy file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from course.cases.records import load_case
from course.content.reading import ContentError, Finding, NotFound, Source, did_you_mean
from course.evidence import ledger
from course.grading.answers import asked
from course.questions import Question, load_question
from course.questions.pages import to_predict
from course.questions.patients import find_patient

from . import notebooks as nb
from . import reading
from .comparators import half, half_said
from .numbers import bare_numbers
from .release import is_kept
from .tidy import number_fits, tidied

MOST_LINES = 6
MOST_CELLS = 60
CELL_ID = re.compile(r"(m\d\d|claims)-[a-z0-9-]{1,60}")
RETRACTION = re.compile(r"m\d\d-retraction-")


def notebook_paths(root: Path) -> list[Path]:
    """Lessons and solutions. Exercises are made from solutions, and learners write in them; so they do in kept copies."""
    found = [*sorted((root / "notebooks").glob("*.ipynb")), *sorted((root / "solutions").glob("*/*.ipynb"))]
    return [path for path in found if not is_kept(path)]


def check_notebook(path: Path) -> list[Finding]:
    """The findings of one lesson or solution."""
    source = Source(None, path)
    try:
        notebook = nb.read_notebook(path)
    except ContentError as error:
        return error.findings
    solution = "solutions" in path.parts
    if path.stem == reading.NAME:
        return [*_cells(notebook, source, solution), *_headings(notebook, source), *reading.findings(path)]  # its numbers are checked where they are written
    found = [*_cells(notebook, source, solution), *_headings(notebook, source), *_numbers(notebook, source)]
    if not solution:
        found += _thin(notebook, source)
    if not found and nb.as_json(tidied(notebook, solution)) != path.read_text(encoding="utf-8"):
        found.append(source.finding("file", "it is not tidy, or its questions or sources are older than the content", f"run: course tidy {path.stem}"))
    return found


def _cells(notebook: nb.Notebook, source: Source, solution: bool) -> Iterator[Finding]:
    """Cells have telling names, each once; none holds output; the first line of code imports the course."""
    prefix = f"{reading.NAME}-" if source.path.stem == reading.NAME else f"m{source.path.stem[:2]}-"
    seen: set[str] = set()
    for cell in notebook["cells"]:
        name = cell.get("id", "")
        if not CELL_ID.fullmatch(name) or not name.startswith(prefix):
            yield source.finding(name or "a cell", "its id says nothing", f"name it like {prefix}why-combine")
        if name in seen:
            yield source.finding(name, "two cells have this id", "give each cell its own")
        seen.add(name)
        if cell.get("outputs"):
            yield source.finding(name, "it holds output", "run: course tidy")
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", name)
        if grade_id != name:
            yield source.finding(name, f"its grade_id is '{grade_id}'", "make both the same")
    if len(notebook["cells"]) > MOST_CELLS:
        yield source.finding("file", f"it has {len(notebook['cells'])} cells", f"at most {MOST_CELLS}")
    first = next(iter(nb.code_cells(notebook)), None)
    if first is None or not first["source"].startswith("from course import"):
        yield source.finding("file", "its first code cell does not import the course", "begin it with: from course import …")


def _headings(notebook: nb.Notebook, source: Source) -> Iterator[Finding]:
    """One title, in the first cell, and no level skipped."""
    levels = [(len(marks), cell["id"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
              for marks in re.findall(r"^(#+) ", cell["source"], re.MULTILINE)]  # fmt: skip
    if not levels or levels[0] != (1, notebook["cells"][0]["id"]):
        yield source.finding("file", "it does not begin with a title", "start the first cell with '# …'")
    for (before, _), (level, name) in pairwise(levels):
        if level == 1:
            yield source.finding(name, "there is a second title", "use '##'")
        elif level > before + 1:
            yield source.finding(name, f"a heading jumps from level {before} to {level}", "go down one level at a time")


def _numbers(notebook: nb.Notebook, source: Source) -> Iterator[Finding]:
    """Linked numbers are the ledger's; a number about the world is linked."""
    known = ledger()
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown" or cell["id"].endswith("-sources") or nb.QUESTION_CELL.fullmatch(cell["id"]):
            continue
        for printed, key in nb.linked_numbers(cell["source"]):
            if key not in known:
                yield source.finding(cell["id"], f"no number '{key}' in the ledger", did_you_mean(key, known.effects))
            elif not number_fits(printed, key):
                yield source.finding(cell["id"], f"'{printed}' is printed where the ledger has {known[key].text}", "run: course tidy")
            elif known[key].status == "retracted" and not RETRACTION.match(cell["id"]):
                yield source.finding(cell["id"], f"'{key}' comes from a withdrawn version", "only a cell named …-retraction-… may show it")
        for name, words in bare_numbers(cell["source"], "fact"):
            yield source.finding(cell["id"], f"the number in '{words}' has no source ({name})", "link it: [46 %](#wiles_2013.response_both)")
        for found in half_said(cell["source"]):
            yield half(source, cell["id"], *found)


def _thin(notebook: nb.Notebook, source: Source) -> Iterator[Finding]:
    """A lesson reads like a chapter: prose between code, and code that shows one thing."""
    before = None
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            if before == "code":
                yield source.finding(cell["id"], "two code cells follow each other", "put a sentence between them")
            yield from _thin_code(cell, source)
        before = cell["cell_type"]


_NOT_IN_LESSONS = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.With, ast.Try, ast.Lambda, ast.If)


def _thin_code(cell: nb.Cell, source: Source) -> Iterator[Finding]:
    text = cell["source"]
    if len(text.splitlines()) > MOST_LINES:
        yield source.finding(cell["id"], f"it has {len(text.splitlines())} lines", f"at most {MOST_LINES}")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        yield source.finding(cell["id"], "it is not plain Python", "no magics and no shell lines in a lesson")
        return
    for node in ast.walk(tree):
        if isinstance(node, _NOT_IN_LESSONS):
            yield source.finding(cell["id"], f"it has a {type(node).__name__}", "move it into the course and call it by name")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _NAMED_CONTENT:
            yield from _names_content(cell, node, source)


def _to_ask(key: str) -> Question:
    """The question with this key, if a card can ask it."""
    question = load_question(key)
    if question.kind == "case":
        raise NotFound(f"'{key}' is a case to play; write play(\"{question.case}\")")
    if question.kind == "capstone":
        raise NotFound(f"'{key}' is a plan to write; put its cells into the solution with course tidy")
    return question


#: The calls whose arguments name content, and how each name is looked up.
_NAMED_CONTENT = {
    "play": load_case,
    "read": load_case,
    "ask": _to_ask,
    "predict": to_predict,
    "check": asked,
    "new_patient": find_patient,
    "icon_array": lambda key: ledger()[key],
    "interval_plot": lambda key: ledger()[key],
}


def _names_content(cell: nb.Cell, call: ast.Call, source: Source) -> Iterator[Finding]:
    """A call that names a case, a question or a number names one that exists."""
    look_up = _NAMED_CONTENT[call.func.id]
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            try:
                look_up(argument.value)
            except NotFound as error:
                problem, _, remedy = str(error).partition("; ")
                yield source.finding(cell["id"], problem, remedy)
