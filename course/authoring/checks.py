"""``course check``: everything that an author or a slip of the hand can get wrong, one line each.

* content: the files load, names lead somewhere, cases hold as graphs, numbers are in the ledger
* notebooks: thin, tidy, named cells, numbers that match the ledger, questions as the content has them
* the whole: every ready module has its lesson, solution, exercise and questions, nothing is left over, and the
  tables in README.md and INSTRUCTORS.md are as the content has them
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from course.cases import paths
from course.cases.records import Case, case_keys, load_case, read_case
from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean
from course.content.syllabus import misconceptions, modules, ready_modules
from course.controls.crisis import read_crisis
from course.evidence import ledger, statements
from course.evidence.claims import claims
from course.evidence.courses import courses
from course.evidence.instruments import instruments
from course.evidence.records import BRACED, Ledger, read_effects, read_studies
from course.evidence.references import read_references
from course.evidence.safety import read_safety, safety_facts
from course.evidence.timelines import timelines
from course.evidence.trials import trials
from course.grading.answers import asked, parts
from course.mechanisms.orders import orders
from course.mechanisms.records import models
from course.mechanisms.targets import targets
from course.questions import Question, load_question, questions
from course.questions.pages import to_predict
from course.questions.records import question_files, read_questions

from . import notebooks as nb
from . import reading
from .numbers import bare_in_case, bare_in_claim, bare_in_question, bare_numbers
from .release import is_kept
from .tables import paper_findings
from .tidy import number_fits, tidied

MOST_LINES = 6
MOST_CELLS = 60
CELL_ID = re.compile(r"(m\d\d|claims)-[a-z0-9-]{1,60}")
RETRACTION = re.compile(r"m\d\d-retraction-")


def check_everything(root: Path, report: Callable[[str], None] = lambda what: None) -> list[Finding]:
    """Every finding in the content and the notebooks of a course folder, in the order of its files."""
    report("content")
    found = list(check_content())
    if found:
        return found  # notebooks are made from content; their findings would only repeat these
    for path in notebook_paths(root):
        report(path.stem)
        found += check_notebook(path)
    found += check_folders(root)
    return found or list(paper_findings(root))  # tables are made from the rest; theirs would only repeat it


def check_file(path: Path) -> list[Finding]:
    """The findings of one file; where a table of the course itself holds, also those of what rests on it."""
    if path.suffix == ".ipynb":
        return check_notebook(path)
    try:
        found = list(_findings_in(path.absolute()))
    except ContentError as error:
        return error.findings
    is_table = path.name in (*_LEDGER, *_TABLES)
    return found or (list(check_content()) if is_table and path.resolve().is_relative_to(CONTENT) else [])


def _recomputed(content: Path, path: Path | None = None) -> None:
    """Read the figures that the course works out again. Imported here, because the arithmetic brings numpy and no other file needs it."""
    from course.evidence.recomputed import read_recomputed

    read_recomputed(path or content / "evidence" / "recomputed.csv", ledger(content))


def _safety(content: Path) -> None:
    """Read both parts of safety.toml; what the facts cite is looked up where a ledger stands beside them."""
    read_crisis(content)
    if (content / "evidence").is_dir():
        safety_facts(content)
    else:
        read_safety(content / "safety.toml")


#: The data of figures: tables that name numbers of the ledger, and how each is read from the content folder.
_DRAWN = {"courses.toml": courses, "timelines.toml": timelines}
_LEDGER = ("studies.csv", "references.json", "effects.csv")
#: The tables of the content, by the names of their files, and how each is read from its folder.
_TABLES = {"syllabus.toml": modules, "misconceptions.toml": misconceptions, "instruments.toml": instruments, "safety.toml": _safety, "mechanisms.toml": models,
           "targets.toml": targets, "orders.toml": orders}  # fmt: skip


def _findings_in(path: Path) -> Iterator[Finding]:
    folder = path.parent.name if path.suffix == ".toml" else ""
    content = path.parent.parent if (path.parent.parent / "evidence").is_dir() else CONTENT
    if folder == "cases":
        yield from check_case(path, read_case(path), content)
    elif folder == "questions":
        yield from check_questions(path, read_questions(path), content)
    elif path.name in _LEDGER:
        yield from _evidence(path)
    elif path.name == "recomputed.csv":
        _recomputed(content, path)
    elif path.name in _DRAWN:
        _DRAWN[path.name](content)
    elif path.name in _TABLES:
        _TABLES[path.name](path.parent)
        if path.name == "instruments.toml":
            yield from _instruments_cite(path.parent, ledger(path.parent if (path.parent / "evidence").is_dir() else CONTENT))
        if path.name == "mechanisms.toml":
            yield from _models(path.parent)
        if path.name in _TRIED:
            yield from _tried(path.parent)
    else:
        names = ", ".join([*_LEDGER, "recomputed.csv", *_DRAWN, *_TABLES])
        remedy = f"name a notebook, a .toml file in cases or questions, or one of: {names}"
        yield Source(None, path).finding("file", "this is nothing that can be checked", remedy)


def _evidence(path: Path) -> list[Finding]:
    """The slips in one file of the ledger. Numbers belong to the studies beside them, studies to the references, or to the course's own."""
    found: list[Finding] = []
    beside = {name: path.with_name(name) if path.with_name(name).is_file() else CONTENT / "evidence" / name for name in _LEDGER}
    references = read_references(beside["references.json"], found if path.name == "references.json" else [])
    if path.name != "references.json":
        studies = read_studies(beside["studies.csv"], references, found if path.name == "studies.csv" else [])
    if path.name == "effects.csv":
        read_effects(path, studies, found)
    return found


# ── Content ──────────────────────────────────────────────────────────────────────────────────────


def check_content(content: Path = CONTENT) -> Iterator[Finding]:
    """Every finding in a content folder."""
    loaders = (ledger, instruments, modules, misconceptions, read_crisis)
    broken = [finding for load in loaders for finding in _findings_of(load, content)]
    yield from broken
    if broken:
        return  # whatever cites these would only repeat them
    for load in (statements, lambda content: trials(content=content), _recomputed, *_DRAWN.values()):
        yield from _findings_of(load, content)
    yield from _instruments_cite(content, ledger(content))
    yield from _safety_facts(content)
    yield from _models(content)
    yield from _tried(content)
    for key in case_keys(content):
        path = content / "cases" / f"{key}.toml"
        yield from _findings_of(lambda content, key=key: load_case(key, content), content) or check_case(path, load_case(key, content), content)
    yield from _claims(content)
    for path in question_files(content):
        broken = _findings_of(lambda content, path=path: questions(path.stem, content), content)
        yield from broken or check_questions(path, questions(path.stem, content), content)


#: What to do about a number without a source in a text of the content.
_BRACE_IT = "write {wiles_2013.response_both} in its place, or say it without a number"


def check_case(path: Path, case: Case, content: Path = CONTENT) -> Iterator[Finding]:
    """Findings that need the whole case: its paths, its citations and its numbers."""
    yield from paths.findings(case, content, path)
    for where, name, words in bare_in_case(case):
        yield Source(None, path).finding(where, f"the number in '{words}' has no source ({name})", _BRACE_IT)


def _claims(content: Path) -> Iterator[Finding]:
    """The audit of the essay's claims, and the numbers in it."""
    path = content / "evidence" / "claims.toml"
    if not path.is_file():
        return
    broken = _findings_of(claims, content)
    yield from broken
    for claim in () if broken else claims(content).values():
        for where, name, words in bare_in_claim(claim):
            yield Source(None, path).finding(f"{claim.key}.{where}", f"the number in '{words}' has no source ({name})", _BRACE_IT)


def _models(content: Path) -> Iterator[Finding]:
    """The models of mechanisms, and the numbers in what they say."""
    path = content / "mechanisms.toml"
    if not path.is_file():
        return
    broken = _findings_of(models, content)
    yield from broken
    for card in () if broken else models(content).values():
        for place, text in card.texts:
            for name, words in bare_numbers(text, "fact"):
                yield Source(None, path).finding(f"{card.key}.{place}", f"the number in '{words}' has no source ({name})", _BRACE_IT)


#: The tables of what trials found of each treatment: how each is read, and its texts by their places.
_TRIED = {
    "targets.toml": (targets, lambda made: ((f"cells.{cell.target}.{cell.treatment}", cell.says) for cell in made.cells)),
    "orders.toml": (orders, lambda made: ((f"pairs.{key}", each.says) for key, pair in made.items() for each in (*pair.orders.values(), *pair.routes))),
}


def _tried(content: Path) -> Iterator[Finding]:
    """What each treatment reaches and in which order, and the numbers in it."""
    for name, (load, texts) in _TRIED.items():
        path = content / name
        if not path.is_file():
            continue
        broken = _findings_of(load, content)
        yield from broken
        for place, text in () if broken else texts(load(content)):
            for kind, words in bare_numbers(text, "fact"):
                yield Source(None, path).finding(place, f"the number in '{words}' has no source ({kind})", _BRACE_IT)


def _safety_facts(content: Path) -> Iterator[Finding]:
    """The facts a prescriber must not get wrong, and the numbers in them."""
    broken = _findings_of(safety_facts, content)
    yield from broken
    for fact in () if broken else safety_facts(content).values():
        for place, text in fact.texts:
            for name, words in bare_numbers(text, "fact"):
                where, problem = f"facts.{fact.key}.{place}", f"the number in '{words}' has no source ({name})"
                yield Source(None, content / "safety.toml").finding(where, problem, _BRACE_IT)


def _instruments_cite(content: Path, known: Ledger) -> Iterator[Finding]:
    source, studies = Source(None, content / "instruments.toml"), known.studies
    for key, tool in instruments(content).items():
        for study in tool.cites:
            if study not in studies:
                yield source.finding(f"{key}.cites", f"no study '{study}' in the ledger", did_you_mean(study, studies))


def _findings_of(load, content: Path) -> list[Finding]:
    try:
        load(content)
    except ContentError as error:
        return error.findings
    return []


def check_questions(path: Path, found: dict[str, Question], content: Path = CONTENT) -> Iterator[Finding]:
    """Findings that need more than the question itself: names that lead elsewhere."""
    source = Source(None, path)
    objectives = {key for module in modules(content) for key in module.objectives}
    for question in found.values():
        if question.objective not in objectives:
            yield source.finding(f"{question.key}.objective", f"no objective '{question.objective}'", did_you_mean(question.objective, objectives))
        if question.key[4] == "q" and question.total < 1:
            yield source.finding(f"{question.key}.points", "a question of an exercise has no points", "write points = 1 or more")
        if question.kind == "case" and question.case not in case_keys(content):
            yield source.finding(f"{question.key}.case", f"no case '{question.case}'", did_you_mean(question.case, case_keys(content)))
        for slug in _misconceptions_in(question):
            if slug not in misconceptions(content):
                yield source.finding(question.key, f"no misconception '{slug}'", did_you_mean(slug, misconceptions(content), "add it to misconceptions.toml"))
        yield from _citations(question, source, content)
        for name, words in bare_in_question(question):
            yield source.finding(question.key, f"the number in '{words}' has no source ({name})", _BRACE_IT)


def _misconceptions_in(question: Question) -> set[str]:
    options = [*question.options.values(), *(option for field in question.fields.values() for option in field.options.values())]
    mistakes = [*question.mistakes, *(mistake for field in question.fields.values() for mistake in field.mistakes)]
    return {each.misconception for each in (*options, *mistakes) if each.misconception}


def _citations(question: Question, source: Source, content: Path) -> Iterator[Finding]:
    known = ledger(content)
    options = [*question.options.values(), *(option for field in question.fields.values() for option in field.options.values())]
    for study in (*question.cites, *(study for option in options for study in option.cites)):
        if study not in known.studies:
            yield source.finding(f"{question.key}.cites", f"no study '{study}'", did_you_mean(study, known.studies))
    for text in question_texts(question):
        for key in BRACED.findall(text):
            if key not in known:
                yield source.finding(question.key, f"no number '{key}' in the ledger", did_you_mean(key, known.effects))
            elif known[key].status == "retracted":
                yield source.finding(question.key, f"'{key}' comes from a withdrawn version", "only the story of its retraction may show it")
    for key in question.reveals:
        if key not in known or known[key].measure != "percent":
            yield source.finding(f"{question.key}.reveals", f"no per cent '{key}' in the ledger", did_you_mean(key, known.effects))


def question_texts(question: Question) -> Iterator[str]:
    """Every text of a question that a learner may read."""
    yield from (question.title, question.stem, question.because)
    for option in question.options.values():
        yield from (option.text, option.because, option.missed)
    for item in question.items.values():
        yield from (item.text, item.hint)
    yield from question.places.values()
    for mistake in question.mistakes:
        yield mistake.because
    for field in question.fields.values():
        yield from (field.label, field.because)
        for option in field.options.values():
            yield from (option.text, option.because)
        for mistake in field.mistakes:
            yield mistake.because


# ── Notebooks ────────────────────────────────────────────────────────────────────────────────────


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
    return question


#: The calls whose arguments name content, and how each name is looked up.
_NAMED_CONTENT = {
    "play": load_case,
    "read": load_case,
    "ask": _to_ask,
    "predict": to_predict,
    "check": asked,
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


# ── The whole ────────────────────────────────────────────────────────────────────────────────────


def check_folders(root: Path) -> Iterator[Finding]:
    """Every ready module is everywhere; nothing lies anywhere without a module."""
    slugs = {module.slug for module in ready_modules()}
    for folder, pattern in (("notebooks", "*.ipynb"), ("solutions", "*/*.ipynb"), ("exercises", "*/*.ipynb")):
        there = {path.stem for path in (root / folder).glob(pattern) if not is_kept(path) and ".ipynb_checkpoints" not in path.parts}
        source = Source(None, root / folder)
        made = {"exercises": "run: course release", reading.NAME: "run: course tidy"}
        expected = slugs | {reading.NAME} if folder == "notebooks" else slugs
        for slug in sorted(expected - there):
            remedy = made.get(slug) or made.get(folder) or f"run: course new module {slug}"
            yield source.finding(slug, "this module has no notebook here", remedy)
        for slug in sorted(there - expected):
            yield source.finding(slug, "there is no module of this name that is ready", did_you_mean(slug, slugs))
    for slug in sorted(slugs):
        yield from _same_questions(root / "solutions" / slug / f"{slug}.ipynb", slug)


def _same_questions(path: Path, slug: str) -> Iterator[Finding]:
    """The solution asks each question of the exercise once, and no other."""
    if not path.exists():
        return
    source = Source(None, path)
    there = {cell["id"] for cell in nb.read_notebook(path)["cells"]}
    for question in questions(slug).values():
        if question.key[4] != "q":
            continue
        for part in parts(question):
            for name in nb.cell_ids(part):
                if name not in there:
                    yield source.finding(name, "this cell is missing", "add the question's cell and run: course tidy")
