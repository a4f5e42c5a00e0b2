"""One submission, from its file to its marks: read as plain data, repaired, its answers read and marked.

Knows neither nbgrader nor nbformat, so that a process which only marks starts at once; and never runs what it reads.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from course.content.reading import PlainError
from course.questions.marking import RIGHT

from .marker import Reply, refusal, reply
from .repair import NOTE, Released, note, restore
from .worksheet import Worksheet

#: A check cell, as ``course release`` writes it.
CHECK = re.compile(r'\s*check\("(m\d\d-q\d+[a-z-]*)"\)\s*(?:pass\s*)?')
NEEDS_THE_SANDBOX = "This cell has to be run to be marked, and nothing is run here. Mark it by hand."
MOST_BYTES = 20_000_000
MOST_CELLS = 2_000
METADATA = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}


class Refused(PlainError):
    """A submission that cannot be marked: why, and what to do."""


@attrs.frozen
class Marked:
    """A submission with its marks: points by graded cell, ``None`` where a person has to read; which answers were left; what was repaired."""

    notebook: dict
    marks: dict[str, float | None]
    blank: tuple[str, ...]
    safety_missed: tuple[str, ...]
    repairs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The notebook as its file holds it."""
        return json.dumps(self.notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────


def read_submission(path: Path) -> dict:
    """A notebook as plain data. Raises :class:`Refused` with a sentence for anything that is not one."""
    return read_bytes(_bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode):
            raise Refused("this is not a plain file, but a link or a device; ask for the notebook itself")
        if state.st_size > MOST_BYTES:
            raise Refused(f"the file has {state.st_size / 1e6:,.0f} MB, and {MOST_BYTES / 1e6:,.0f} is the most; ask for it without its pictures")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"the file cannot be opened ({error.strerror}); look at its permissions") from None


def read_bytes(content: bytes) -> dict:
    """A notebook as plain data, from what its file holds."""
    if not content.strip():
        raise Refused("the file is empty; ask for it again")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused("the file is not text; ask for the file that ends in .ipynb") from None
    except (ValueError, RecursionError, MemoryError):
        raise Refused("the file is not a notebook, or it was cut off on its way; ask for it again") from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        notebook = _from_version_3(notebook)
    if not (isinstance(notebook, dict) and isinstance(notebook.get("cells"), list)):
        raise Refused("the file is not a notebook: it holds no cells; ask for the file that ends in .ipynb")
    if len(notebook["cells"]) > MOST_CELLS:
        raise Refused(f"the notebook has {len(notebook['cells']):,} cells, and {MOST_CELLS:,} is the most; look at it by hand")
    return notebook


def _from_version_3(notebook: dict) -> dict:
    """A notebook of the years before 2015, whose cells stand in worksheets."""
    sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
    cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet if isinstance(cell, dict)]
    for cell in cells:
        cell["source"] = cell.pop("input", cell.get("source", ""))
        if cell.get("cell_type") == "heading":
            cell["cell_type"] = "markdown"
    return {"cells": cells}


# ── Marking ──────────────────────────────────────────────────────────────────────────────────────


def mark(notebook: dict, released: Sequence[Released], said: Sequence[str] = ()) -> Marked:
    """Repair and mark a notebook. ``said`` is what was repaired before, such as the file's name."""
    repairs = (*said, *restore(notebook, released))
    whole = {"cells": notebook["cells"], "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    replies = answer(whole["cells"])
    if repairs:
        whole["cells"].insert(0, note(repairs))
    texts = {cell["id"] if cell["id"] == NOTE else cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in whole["cells"]}
    blank = tuple(each.name for each in released if each.solution and texts[each.name] == each.source)
    marks = {each.name: _points(each, replies.get(each.name), each.name in blank) for each in released if each.points is not None}
    missed = tuple(name for name, said_to in replies.items() if said_to.part.safety and said_to.status != RIGHT)
    return Marked(whole, marks, blank, missed, repairs)


def answer(cells: list[dict]) -> dict[str, Reply]:
    """Put beside each check cell what it says to the answer at its place; gives those replies by the cell's name. Nothing is executed."""
    worksheet = Worksheet()
    replies = {}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"], cell["execution_count"] = [], None
        marks = cell["metadata"].get("nbgrader", {})
        checked = CHECK.fullmatch(cell["source"])
        if checked and marks.get("grade"):
            replies[marks["grade_id"]] = reply(checked[1], worksheet.values)
            cell["outputs"] = [_shown(replies[marks["grade_id"]])]
        elif marks.get("grade") and not marks.get("solution"):
            cell["outputs"] = [{"output_type": "error", "ename": "NeedsTheSandbox", "evalue": NEEDS_THE_SANDBOX, "traceback": [NEEDS_THE_SANDBOX]}]
        else:
            worksheet.read(cell["source"])
    return replies


def _points(each: Released, said: Reply | None, blank: bool) -> float | None:
    if said is not None:
        return each.points if said.status == RIGHT else 0.0
    return 0.0 if blank else None


def _shown(said: Reply) -> dict[str, Any]:
    """The output that the check cell would have shown: nbgrader takes an error for 0, and anything else for full marks."""
    if said.status == RIGHT:
        return {"output_type": "stream", "name": "stdout", "text": f"{said.text}\n"}
    error = refusal(said)
    return {"output_type": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": error._render_traceback_()}
