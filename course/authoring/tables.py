"""Tables in the papers at the top of the house, made from content.

A table stands between ``<!-- modules -->`` and ``<!-- /modules -->``. ``course tidy`` makes it anew, and
``course check`` says where one is older than the content. The words around it are never touched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from course.content.reading import Finding, Source, read_text
from course.content.syllabus import Module, modules, ready_modules
from course.grading.answers import asked
from course.grading.results import PASS_SHARE

from . import notebooks as nb

PAPERS = ("README.md", "INSTRUCTORS.md")
MARKED = re.compile(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", re.DOTALL)


def modules_table(root: Path) -> str:
    """Every module of the syllabus: what it is about, how long it takes, and whether it is there yet."""
    rows = [(str(module.number), _name(module), module.summary, str(module.minutes), "ready" if module.ready else "planned") for module in modules()]
    return _table(("No.", "Module", "What you will learn", "Minutes", "State"), rows)


def _name(module: Module) -> str:
    return f"[{module.title}](notebooks/{module.slug}.ipynb)" if module.ready else module.title


def points_table(root: Path) -> str:
    """What each exercise is worth, from how many points it is passed, and which checks are about safety."""
    rows = []
    for module in ready_modules():
        graded = _graded_cells(root / "solutions" / module.slug / f"{module.slug}.ipynb")
        checked = {name: points for name, points in graded.items() if "-check" in name}
        total = sum(graded.values())
        safety = [f"`{name}`" for name in checked if asked(name.replace("-check", "")).safety]
        passed = math.ceil(total * PASS_SHARE / 100)
        rows.append((f"`{module.slug}`", str(sum(checked.values())), str(total - sum(checked.values())), str(total), str(passed), ", ".join(safety)))
    return _table(("Exercise", "Checked by itself", "Read by you", "Together", "Pass from", "Safety checks"), rows)


def _graded_cells(path: Path) -> dict[str, int]:
    """The points of every graded cell of a solution, by its name."""
    marks = {cell["id"]: cell["metadata"].get("nbgrader", {}) for cell in nb.read_notebook(path)["cells"]}
    return {name: int(mark["points"]) for name, mark in marks.items() if mark.get("grade")}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


TABLES = {"modules": modules_table, "points": points_table}


# ── In the papers ────────────────────────────────────────────────────────────────────────────────


def refreshed(text: str, root: Path) -> str:
    """The text with each table between its marks made anew."""

    def made_anew(found: re.Match) -> str:
        name = found[1]
        return f"<!-- {name} -->\n{TABLES[name](root)}\n<!-- /{name} -->" if name in TABLES else found[0]

    return MARKED.sub(made_anew, text)


def refresh_papers(root: Path) -> list[Path]:
    """Make every table anew; gives the papers that changed."""
    stale = [path for path in _papers(root) if _is_stale(path)]
    for path in stale:
        path.write_text(refreshed(read_text(path), root), encoding="utf-8", newline="\n")
    return stale


def paper_findings(root: Path) -> Iterator[Finding]:
    """The papers whose tables are older than the content."""
    for path in _papers(root):
        if _is_stale(path):
            yield Source(None, path).finding("table", "it is older than the content", "run: course tidy")


def _papers(root: Path) -> list[Path]:
    return [root / name for name in PAPERS if (root / name).exists()]


def _is_stale(path: Path) -> bool:
    text = read_text(path)
    return refreshed(text, path.parent) != text
