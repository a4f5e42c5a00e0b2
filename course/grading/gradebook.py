"""nbgrader's gradebook, through nbgrader's own models: what was released, and a submission's marks in one transaction.

Formgrader and every command of nbgrader show and change afterwards what is written here.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from course.content.reading import PlainError

from .answers import asked
from .repair import Released
from .results import Mark, Result
from .submission import CHECK, Marked

PLACE = Path("grading", "gradebook.db")


def gradebook_path(root: Path) -> Path:
    return root / PLACE


def address(path: Path) -> str:
    """A file's address as the database wants it: two characters mean something there."""
    return "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")


class Book:
    """The gradebook at an address; closed at the end of a ``with``."""

    def __init__(self, url: str):
        from nbgrader import api

        self._api = api
        self._gradebook = api.Gradebook(url, "combined-care")
        self._cells: dict[str, dict] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *problem) -> None:
        self._gradebook.close()

    # ── What was released ──

    def released(self, slug: str, notebook: str | None = None, order: list[str] | None = None) -> list[Released]:
        """The cells of an exercise as they were released; ``order`` is that of their names, where the exercise is at hand."""
        found = self._notebook(slug, notebook or slug)
        points = {cell.name: cell.max_score for cell in (*found.grade_cells, *found.task_cells)}
        solutions = {cell.name for cell in found.solution_cells}
        cells = [
            Released(each.name, each.cell_type, each.source, each.locked, each.name in solutions, points.get(each.name), each.checksum)
            for each in found.source_cells
        ]
        place = {name: number for number, name in enumerate(order or [])}
        return sorted(cells, key=lambda cell: place.get(cell.name, len(place)))

    def _notebook(self, slug: str, name: str):
        try:
            return self._gradebook.find_notebook(name, slug)
        except self._api.MissingEntry:
            raise PlainError(f"The gradebook does not know {slug} yet. Put it in: course release --register {slug}") from None

    # ── Marks ──

    def save(self, student: str, slug: str, marked: Marked, handed_in: datetime.datetime | None = None) -> None:
        """Write all marks of a submission at once: either all of them stand, or none. A grader's own points and comments are kept."""
        try:
            notebook = self._submitted(student, slug, handed_in)
            for grade in notebook.grades:
                if grade.cell_id in (cells := self._names(slug)):
                    grade.auto_score = marked.marks[cells[grade.cell_id]]
                    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
            for comment in notebook.comments:
                comment.auto_comment = "No response." if self._names(slug).get(comment.cell_id) in marked.blank else None
            notebook.flagged = False
            self._gradebook.db.commit()
        except BaseException:
            self._gradebook.db.rollback()
            raise
        finally:
            self._gradebook.db.expunge_all()

    def flag(self, student: str, slug: str) -> bool:
        """Where a submission has marks already and can no longer be read: let each be looked at again. Gives whether it had any."""
        submitted = self._found(student, slug)
        if submitted is None:
            return False
        for notebook in submitted.notebooks:
            notebook.flagged = True
            for grade in notebook.grades:
                grade.needs_manual_grade = True
        self._gradebook.db.commit()
        self._gradebook.db.expunge_all()
        return True

    def auto_scores(self, slug: str) -> dict[str, dict[str, float | None]]:
        """Each student's points as marked by themselves, by the cell's name."""
        api = self._api
        rows = self._gradebook.db.query(api.SubmittedAssignment.student_id, api.BaseCell.name, api.Grade.auto_score).select_from(api.Grade)
        rows = rows.join(api.BaseCell, api.Grade.cell_id == api.BaseCell.id).join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        rows = rows.join(api.SubmittedAssignment).join(api.Assignment).filter(api.Assignment.name == slug)
        found: dict[str, dict[str, float | None]] = {}
        for student, name, points in rows:
            found.setdefault(student, {})[name] = points
        return found

    def results(self, slug: str) -> Iterator[Result]:
        """Every student's marks in a module, as they stand, in the order of the students."""
        cells = {cell.id: (cell.name, getattr(cell, "max_score", 0.0)) for cell in self._notebook(slug, slug)._base_cells}
        safety = {each.name for each in self.released(slug) if (checked := CHECK.fullmatch(each.source)) and asked(checked[1]).safety}
        rows = self._gradebook.db.query(self._api.SubmittedAssignment).join(self._api.Assignment).filter(self._api.Assignment.name == slug)
        for number in [row.id for row in rows.order_by(self._api.SubmittedAssignment.student_id)]:
            row = self._gradebook.db.get(self._api.SubmittedAssignment, number)
            for notebook in row.notebooks:
                yield _result(row, notebook, cells, safety)
            self._gradebook.db.expunge_all()

    def _found(self, student: str, slug: str):
        rows = self._gradebook.db.query(self._api.SubmittedAssignment).join(self._api.Assignment)
        return rows.filter(self._api.Assignment.name == slug, self._api.SubmittedAssignment.student_id == student).one_or_none()

    def _names(self, slug: str) -> dict[str, str]:
        """The name of each cell by the key that the gradebook has for it."""
        if slug not in self._cells:
            self._cells[slug] = {cell.id: cell.name for cell in self._notebook(slug, slug)._base_cells}
        return self._cells[slug]

    def _submitted(self, student: str, slug: str, handed_in: datetime.datetime | None):
        """The row of a student's notebook, made with all that belongs to it where there is none."""
        api, session = self._api, self._gradebook.db
        notebook = self._notebook(slug, slug)
        submitted = self._found(student, slug)
        if submitted is None:
            if session.get(api.Student, student) is None:
                session.add(api.Student(id=student))
            submitted = api.SubmittedAssignment(assignment_id=notebook.assignment_id, student_id=student)
            session.add(submitted)
        if handed_in is not None:
            submitted.timestamp = handed_in
        row = next((each for each in submitted.notebooks if each.notebook_id == notebook.id), None)
        if row is None:
            row = api.SubmittedNotebook(notebook=notebook, assignment=submitted)
            session.add(row)
        graded, told = {grade.cell_id for grade in row.grades}, {comment.cell_id for comment in row.comments}
        session.add_all(api.Grade(cell=cell, notebook=row) for cell in (*notebook.grade_cells, *notebook.task_cells) if cell.id not in graded)
        session.add_all(api.Comment(cell=cell, notebook=row) for cell in (*notebook.solution_cells, *notebook.task_cells) if cell.id not in told)
        session.flush()
        return row


def results(root: Path, slug: str) -> list[Result]:
    """Every student's marks in a module. Raises :class:`PlainError` where there is no gradebook."""
    if not gradebook_path(root).exists():
        raise PlainError(f"There is no gradebook yet. Mark first: course grade {slug}")
    with Book(address(gradebook_path(root))) as book:
        return list(book.results(slug))


def _result(row, notebook, cells: dict[str, tuple[str, float]], safety: set[str]) -> Result:
    """A student's rows as a record, the cells in the order of their questions."""
    marks = {}
    for grade in notebook.grades:
        name, most = cells[grade.cell_id]
        points = grade.manual_score if grade.manual_score is not None else grade.auto_score
        marks[name] = Mark((points or 0.0) + (grade.extra_credit or 0.0), most, grade.needs_manual_grade, name in safety)
    comments = {cells[each.cell_id][0]: each.manual_comment for each in notebook.comments if each.manual_comment}
    name = " ".join(filter(None, [row.student.first_name, row.student.last_name]))
    in_order = dict(sorted(marks.items(), key=lambda each: _by_number(each[0])))
    return Result(row.student_id, name, in_order, comments, notebook.late_submission_penalty or 0.0, row.timestamp, bool(notebook.flagged))


def _by_number(name: str) -> list[tuple[int, str]]:
    """m05-q10 after m05-q9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


# ── Keeping it safe ──────────────────────────────────────────────────────────────────────────────


def back_up(root: Path) -> Path | None:
    """A copy of the gradebook under ``grading/backups``, with its date; ``None`` where there is nothing to copy."""
    gradebook = gradebook_path(root)
    if not gradebook.exists():
        return None
    folder = gradebook.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"gradebook {datetime.datetime.now():%Y-%m-%d %H%M%S %f}.db"
    half = copy.with_suffix(".part")
    with contextlib.closing(sqlite3.connect(gradebook)) as source, contextlib.closing(sqlite3.connect(half)) as target:
        source.backup(target)
    os.chmod(half, 0o600)
    os.replace(half, copy)
    return copy


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Only one program grades at a time. The lock is the database's own, so it goes when the program does, however it ends."""
    path = root / "grading" / ".grading"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise PlainError("Somebody is grading already, in another window or by another program. Wait until that has ended, then grade again.") from None
        yield
