"""Repair, not refusal: what the course put into an exercise is put back before it is marked, and said in words.

Students delete, copy and re-type cells, and programs lose what nbgrader keeps beside them. The gradebook knows what
was released. Works on a notebook as plain data, so that nbgrader and ``course grade`` repair alike.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

SCHEMA = 3
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"})


@attrs.frozen
class Released:
    """A cell of the exercise as it was released: its name (the grade_id), kind and text, and what it is worth."""

    name: str
    cell_type: str
    source: str
    locked: bool
    solution: bool
    points: float | None
    checksum: str | None = None

    @property
    def variables(self) -> set[str]:
        """The names that an answer cell gives."""
        return set(re.findall(r"^(m\d\d_\w+) = \.\.\.", self.source, re.MULTILINE)) if self.solution and self.cell_type == "code" else set()

    @property
    def marks(self) -> dict[str, Any]:
        """What nbgrader keeps beside the cell."""
        kept = {
            "grade": self.points is not None, "grade_id": self.name, "locked": self.locked, "schema_version": SCHEMA, "solution": self.solution,
            "task": False, "cell_type": self.cell_type, "checksum": self.checksum, "points": self.points,
        }  # fmt: skip
        return {name: value for name, value in kept.items() if value is not None}


def restore(notebook: dict, released: Sequence[Released]) -> list[str]:
    """Put back every released cell, in place; gives one sentence for each repair that a student should know of."""
    cells = [_whole(cell) for cell in notebook.get("cells", []) if isinstance(cell, dict)]
    claims = [_claimed(cell, released) for cell in cells]
    said: list[str] = []
    kept = {each.name: _kept(each, cells, claims, said) for each in released}
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)
    answers = {name: cell for name, cell in kept.items() if cell is not None and not _of(released, name).locked}
    locked = [cell for cell, claim in zip(cells, claims, strict=True) if claim and _of(released, claim).locked]
    cells = [cell for cell in cells if not any(cell is each for each in locked)]
    place = 0
    for each in released:
        cell = answers.get(each.name)
        if cell is None:
            cell = _new(each)
            cells.insert(place, cell)
        _mend(cell, each, said)
        place = max(place, _index(cells, cell) + 1)
    notebook["cells"] = cells
    return said


def _of(released: Sequence[Released], name: str) -> Released:
    return next(each for each in released if each.name == name)


def _index(cells: list[dict], wanted: dict) -> int:
    return next(number for number, cell in enumerate(cells) if cell is wanted)


def _whole(cell: dict) -> dict:
    """The cell with every part that a cell has to have."""
    source = cell.get("source", "")
    cell["source"] = "".join(map(str, source)) if isinstance(source, list) else str(source)
    cell["metadata"] = cell["metadata"] if isinstance(cell.get("metadata"), dict) else {}
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    return cell


def _claimed(cell: dict, released: Sequence[Released]) -> str | None:
    """The released cell that this one was: by its mark, by its id, or by the answer that it gives."""
    marks = cell["metadata"].get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    names = {each.name for each in released}
    if isinstance(name, str) and name in names:
        return name
    if isinstance(cell.get("id"), str) and cell["id"] in names:
        return cell["id"]
    given = set(re.findall(r"^\s*(m\d\d_\w+)\s*=(?!=)", cell["source"], re.MULTILINE))
    return next((each.name for each in released if each.variables and each.variables <= given), None)


def _kept(each: Released, cells: list[dict], claims: list[str | None], said: list[str]) -> dict | None:
    """Of the cells that claim to be this one, the last that was written in."""
    claiming = [cell for cell, claim in zip(cells, claims, strict=True) if claim == each.name]
    if not claiming:
        said.append(f"The cell {each.name} was missing and was put back." if each.locked else f"The cell {each.name} was missing.")
        return None
    written = [cell for cell in claiming if cell["source"].strip() not in ("", each.source.strip())]
    if len(claiming) > 1:
        said.append(f"There were {len(claiming)} cells {each.name}; " + ("one was kept." if each.locked else "the last one that you wrote in counts."))
    return (written or claiming)[-1]


def _new(each: Released) -> dict:
    cell = {"cell_type": each.cell_type, "id": each.name, "metadata": {}, "source": each.source}
    return cell | ({"outputs": [], "execution_count": None} if each.cell_type == "code" else {})


def _mend(cell: dict, each: Released, said: list[str]) -> None:
    """Kind, marks and, of a locked cell, the text as they were released."""
    if cell["cell_type"] != each.cell_type:
        said.append(f"The cell {each.name} had become a {cell['cell_type']} cell and is {each.cell_type} again.")
        cell["cell_type"] = each.cell_type
    if each.cell_type == "code":
        cell.setdefault("outputs", [])
        cell.setdefault("execution_count", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    cell["metadata"]["nbgrader"] = each.marks
    if each.locked:
        cell["source"] = each.source
    elif each.cell_type == "code":
        straight = with_straight_quotes(cell["source"])
        if straight != cell["source"]:
            said.append(f"In {each.name} curly quotes were read as straight ones.")
            cell["source"] = straight


def with_straight_quotes(source: str) -> str:
    """An answer cell that Python cannot read only for its curly quotes, with straight ones; any other as it is."""
    return source if _reads(source) or not _reads(source.translate(_STRAIGHT)) else source.translate(_STRAIGHT)


def _reads(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def in_words(said: Iterable[str]) -> str:
    """The repairs as one paragraph for the feedback; empty where nothing was repaired."""
    said = list(said)
    return "Before marking, this notebook was repaired. " + " ".join(said) if said else ""
