"""``course check``: everything that an author or a slip of the hand can get wrong, one line each.

* content (:mod:`.content_checks`): the files load, names lead somewhere, cases hold as graphs, numbers are in the ledger
* notebooks (:mod:`.notebook_checks`): thin, tidy, named cells, numbers that match the ledger, questions as the content has them
* the whole: every ready module has its lesson, solution, exercise and questions, nothing is left over, and the
  tables in README.md and INSTRUCTORS.md are as the content has them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from course.content.reading import CONTENT, ContentError, Finding, Source, did_you_mean
from course.content.syllabus import ready_modules
from course.grading.answers import parts
from course.questions import questions

from . import notebooks as nb
from . import reading
from .content_checks import TABLES, check_case, check_content, check_content_file, check_questions
from .notebook_checks import check_notebook, notebook_paths
from .release import is_kept
from .tables import paper_findings

__all__ = ["check_case", "check_content", "check_everything", "check_file", "check_folders", "check_notebook", "check_questions", "notebook_paths"]


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
        found = list(check_content_file(path.absolute()))
    except ContentError as error:
        return error.findings
    rests_on_it = path.name in TABLES and path.resolve().is_relative_to(CONTENT)
    return found or (list(check_content()) if rests_on_it else [])


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
