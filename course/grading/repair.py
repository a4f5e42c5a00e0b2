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
KINDS = ("code", "markdown", "raw")
#: All that a cell may carry beside its text, other than what nbgrader keeps.
KEPT = ("tags", "deletable", "editable")
_ID = re.compile(r"[a-zA-Z0-9-_]{1,64}")
_ASSIGNED = re.compile(r"^\s*(m\d\d_\w+)\s*=(?!=)", re.MULTILINE)
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
    cells = _with_own_ids([_whole(cell) for cell in notebook.get("cells", []) if isinstance(cell, dict)])
    claims = _claims(cells, released)
    locked = {each.name for each in released if each.locked}
    said: list[str] = []
    kept = {each.name: _kept(each, cells, claims, said) for each in released}
    for cell in cells:
        cell["metadata"].pop("nbgrader", None)
    cells = [cell for cell, claim in zip(cells, claims, strict=True) if claim not in locked]
    place = 0
    for each in released:
        cell = None if each.locked else kept[each.name]
        if cell is None:
            cell = _new(each)
            cells.insert(place, cell)
        _mend(cell, kept[each.name], each, said)
        place = max(place, next(number for number, other in enumerate(cells) if other is cell) + 1)
    notebook["cells"] = _with_own_ids(cells)
    return said


def _whole(cell: dict) -> dict:
    """The cell with every part that a cell has to have, and none that it may not have."""
    source, metadata = cell.get("source", ""), cell.get("metadata")
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    kept = {name: metadata[name] for name in (*KEPT, "nbgrader") if name in metadata} if isinstance(metadata, dict) else {}
    kind = cell.get("cell_type")
    whole = {"cell_type": kind if kind in KINDS else "raw", "id": cell.get("id"), "metadata": kept, "source": source.encode("utf-8", "replace").decode()}
    return whole | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _with_own_ids(cells: list[dict]) -> list[dict]:
    """The cells, each with an id of its own: a copied or impossible one gets a new one."""
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        name = cell["id"]
        if not (isinstance(name, str) and _ID.fullmatch(name)) or name in seen:
            cell["id"] = next(each for each in (f"cell-{number}", *(f"cell-{number}-{more}" for more in range(len(cells) + 1))) if each not in seen)
        seen.add(cell["id"])
    return cells


def _claims(cells: list[dict], released: Sequence[Released]) -> list[str | None]:
    """For each cell the released one that it was: by its mark or its id; and where those are lost, by the answer that it gives."""
    names = {each.name for each in released}
    claims = [_named(cell, names) for cell in cells]
    lost = [each for each in released if each.variables and each.name not in claims]
    for number, cell in enumerate(cells):
        if claims[number] is None and lost:
            given = set(_ASSIGNED.findall(cell["source"]))
            claims[number] = next((each.name for each in lost if each.variables <= given), None)
    return claims


def _named(cell: dict, names: set[str]) -> str | None:
    marks = cell["metadata"].get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    if isinstance(name, str) and name in names:
        return name
    return cell["id"] if cell["id"] in names else None


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
    tags = ["raises-exception"] if each.locked and each.cell_type == "code" else []
    cell = {"cell_type": each.cell_type, "id": each.name, "metadata": {"tags": tags} if tags else {}, "source": each.source}
    return cell | ({"outputs": [], "execution_count": None} if each.cell_type == "code" else {})


def _mend(cell: dict, found: dict | None, each: Released, said: list[str]) -> None:
    """Kind, marks and, of a locked cell, the text as they were released; ``found`` is the cell that was handed in."""
    if found is not None and found["cell_type"] != each.cell_type:
        said.append(f"The cell {each.name} had become a {found['cell_type']} cell and is {each.cell_type} again.")
    elif found is not None and each.locked and found["source"] != each.source:
        said.append(f"The text of the cell {each.name} was changed and was put back.")
    cell["cell_type"] = each.cell_type
    if each.cell_type == "code":
        cell.update(outputs=[], execution_count=None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
    cell["metadata"]["nbgrader"] = each.marks
    if not each.locked and each.cell_type == "code":
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


#: The cell that tells a student, at the top of the marked notebook.
NOTE = "course-repairs"


def note(said: Iterable[str]) -> dict:
    """The repairs as a Markdown cell, for the feedback."""
    words = "\n".join(f"- {sentence}" for sentence in said)
    source = f"**Before marking, this notebook was repaired.** Your answers were kept.\n\n{words}"
    return {"cell_type": "markdown", "id": NOTE, "metadata": {}, "source": source}
