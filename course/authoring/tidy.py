"""``course tidy``: notebooks as they are committed.

Outputs, execution counts and widget state go; what is made from content (question cells, printed numbers,
the list of sources) is made anew. Prose and the learner-facing code of a lesson are never touched.
"""

from __future__ import annotations

import re
from pathlib import Path

from course.evidence import ledger
from course.questions import load_question

from .notebooks import (
    ALL_LINKED,
    IN_THE_ANSWER,
    KERNEL,
    NUMBER_LINK,
    QUESTION_CELL,
    RAISES,
    Cell,
    Notebook,
    as_json,
    linked_numbers,
    question_cells,
    read_notebook,
    sources_markdown,
    write_notebook,
)

NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?")


def tidy(path: Path) -> bool:
    """Tidy one notebook in place; True when anything changed."""
    before = path.read_text(encoding="utf-8")
    notebook = tidied(read_notebook(path), solution="solutions" in path.parts)
    if as_json(notebook) == before:
        return False
    write_notebook(notebook, path)
    return True


def tidied(notebook: Notebook, solution: bool) -> Notebook:
    """The same notebook, tidy."""
    cells = [_stripped(cell) for cell in notebook["cells"]]
    if solution:
        cells = _with_question_cells(cells)
    cells = [_refreshed(cell) for cell in cells]
    return {"cells": _with_sources(cells, IN_THE_ANSWER if solution else ALL_LINKED), "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def _stripped(cell: Cell) -> Cell:
    """A cell without what running it left behind."""
    kept = {name: cell["metadata"][name] for name in ("nbgrader", "tags") if name in cell["metadata"]}
    if cell["cell_type"] == "code" and cell["source"].startswith("check("):
        kept["tags"] = [RAISES]  # so that Run All goes on after an answer that is not right yet
    stripped = {"cell_type": cell["cell_type"], "id": cell["id"], "metadata": kept, "source": cell["source"]}
    if cell["cell_type"] == "code":
        stripped |= {"execution_count": None, "outputs": []}
    return stripped


def _with_question_cells(cells: list[Cell]) -> list[Cell]:
    """Every cell of a question, made anew from the question, in the place of its first one."""
    made: list[Cell] = []
    done: set[str] = set()
    for cell in cells:
        found = QUESTION_CELL.fullmatch(cell["id"])
        if not found:
            made.append(cell)
        elif found[1] not in done:
            done.add(found[1])
            made += question_cells(load_question(found[1]))
    return made


def _refreshed(cell: Cell) -> Cell:
    """A Markdown cell whose linked numbers are printed as the ledger has them."""
    if cell["cell_type"] != "markdown" or cell["id"].endswith("-sources"):
        return cell
    return {**cell, "source": NUMBER_LINK.sub(lambda link: f"[{refreshed(link[1], link[2])}](#{link[2]})", cell["source"])}


def refreshed(printed: str, key: str) -> str:
    """The printed words of a link with their numbers as the ledger has them; unchanged for an unknown key."""
    if key not in ledger() or number_fits(printed, key):
        return printed
    effect = ledger()[key]
    digits = iter(_digits(effect, len(NUMBER.findall(printed))))
    return NUMBER.sub(lambda old: next(digits, old[0]), printed)


def number_fits(printed: str, key: str) -> bool:
    """Whether the numbers in the words of a link are the ledger's: its value, its interval, or both."""
    effect = ledger()[key]
    shown = [number.replace(",", "").replace("−", "-") for number in NUMBER.findall(printed)]
    return shown in [[digits.replace(",", "") for digits in _digits(effect, count)] for count in (1, 2, 3) if _digits(effect, count)]


def _digits(effect, count: int) -> list[str]:
    """The ledger's numbers as digits: the value; the two ends; or the value and the two ends."""
    write = lambda number: f"{number:.{effect.decimals}f}"  # noqa: E731
    if count == 1:
        return [write(effect.value)]
    if effect.low is None:
        return []
    ends = [write(effect.low), write(effect.high)]
    return ends if count == 2 else [write(effect.value), *ends]


def _with_sources(cells: list[Cell], intro: str) -> list[Cell]:
    """The list of sources, made anew from the numbers above it."""
    keys = [key for cell in cells if not cell["id"].endswith("-sources") for _, key in linked_numbers(cell["source"])]
    known = [key for key in keys if key in ledger()]
    return [{**cell, "source": sources_markdown(known, intro)} if cell["id"].endswith("-sources") else cell for cell in cells]
