"""``course export``: the marks as a table that a learning platform or a spreadsheet program takes in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from .intake import Person
from .results import Result

Row = list[str]


def as_csv(results: Sequence[Result], slug: str, people: Sequence[Person], to: str) -> str:
    """The table as text, in the columns of ``to``: canvas, moodle or csv."""
    known = {person.id: person for person in people}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in TABLES[to](results, slug, known):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(text: str) -> str:
    """A cell that a spreadsheet program takes for words, and never for a formula."""
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        return float(text) is not None
    except ValueError:
        return False


def _plain(results: Sequence[Result], slug: str, known: dict[str, Person]) -> list[Row]:
    head = ["student", "name", "module", "points", "most", "waiting", "standing", "safety_missed", "handed_in_utc"]
    return [head, *([
        each.student, known[each.student].name if each.student in known else each.name, slug, f"{each.points:g}", f"{each.most:g}", f"{each.waiting:g}",
        each.standing, " ".join(each.safety_missed), f"{each.handed_in:%Y-%m-%d %H:%M}" if each.handed_in else "",
    ] for each in results)]  # fmt: skip


def _canvas(results: Sequence[Result], slug: str, known: dict[str, Person]) -> list[Row]:
    """Canvas knows a student by its own number, or by the school's, and wants the most points in a second line."""
    most = f"{results[0].most:g}" if results else ""
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", slug], ["Points Possible", "", "", "", "", most]]
    for each in results:
        person = known.get(each.student, Person(each.student, each.name))
        rows.append([person.name or each.student, person.lms, person.id, person.email, "", f"{each.points:g}"])
    return rows


def _moodle(results: Sequence[Result], slug: str, known: dict[str, Person]) -> list[Row]:
    rows = [["Full name", "ID number", "Email address", slug]]
    for each in results:
        person = known.get(each.student, Person(each.student, each.name))
        rows.append([person.name, person.id, person.email, f"{each.points:g}"])
    return rows


TABLES: dict[str, Callable[[Sequence[Result], str, dict[str, Person]], list[Row]]] = {"canvas": _canvas, "moodle": _moodle, "csv": _plain}
