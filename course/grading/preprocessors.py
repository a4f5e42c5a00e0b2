"""What nbgrader does in place of running a submission: its answers are read and marked, in the order of its cells.

Named in ``nbgrader_config.py``, so that ``nbgrader autograde``, Formgrader's button and ``course grade`` all go this way.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

from course.questions.marking import RIGHT

from .marker import Reply, refusal, reply
from .worksheet import Worksheet

#: A check cell, as ``course release`` writes it.
CHECK = re.compile(r'\s*check\("(m\d\d-q\d+[a-z-]*)"\)\s*(?:pass\s*)?')
NEEDS_THE_SANDBOX = "This cell has to be run to be marked, and nothing is run here. Mark it by hand."


class ReadAnswers(NbGraderPreprocessor):
    """Marks each check cell by what the names hold at that place of the notebook. Nothing in the notebook is executed."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        worksheet = Worksheet()
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            cell.outputs, cell.execution_count = [], None
            checked = CHECK.fullmatch(cell.source)
            if checked and utils.is_grade(cell):
                cell.outputs = [_shown(reply(checked[1], worksheet.values))]
            elif utils.is_grade(cell) and not utils.is_solution(cell):
                cell.outputs = [new_output("error", ename="NeedsTheSandbox", evalue=NEEDS_THE_SANDBOX, traceback=[NEEDS_THE_SANDBOX])]
            else:
                worksheet.read(cell.source)
        return nb, resources


def _shown(said: Reply) -> NotebookNode:
    """The output that the check cell would have shown: nbgrader takes an error for 0, and anything else for full marks."""
    if said.status == RIGHT:
        return new_output("stream", name="stdout", text=f"{said.text}\n")
    error = refusal(said)
    return new_output("error", ename=type(error).__name__, evalue=str(error), traceback=error._render_traceback_())
