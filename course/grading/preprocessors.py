"""What nbgrader does in place of its own steps: a submission is repaired, then its answers are read and marked, in the order of its cells.

Named in ``nbgrader_config.py``, so that ``nbgrader autograde`` and Formgrader's button go the same way as ``course grade``.
"""

from __future__ import annotations

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from .gradebook import Book
from .repair import NOTE, note, restore
from .submission import answer


class Restore(NbGraderPreprocessor):
    """Puts back what the course put into the exercise, as the gradebook knows it, and says so in a cell at the top."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Book(about["db_url"]) as book:
            repairs = restore(nb, book.released(about["assignment"], about["notebook"]))
        nb["cells"] = [*([note(repairs)] if repairs else []), *(cell for cell in nb["cells"] if cell["id"] != NOTE)]
        nb["nbformat"], nb["nbformat_minor"] = 4, 5
        return from_dict(nb), resources


class ReadAnswers(NbGraderPreprocessor):
    """Marks each check cell by what the names hold at that place of the notebook. Nothing in the notebook is executed."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        answer(nb["cells"])
        return from_dict(nb), resources
