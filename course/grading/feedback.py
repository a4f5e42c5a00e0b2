"""The feedback page of a student: each answer, what the lesson would say to it, and its points. One file, to be sent as it is.

Whatever a student wrote stands there as letters alone. The page holds no scripts and no address that a browser would
fetch, and forbids both to the browser; it is plain HTML with headings in order, for a screen reader, print, and a phone.
"""

from __future__ import annotations

import html
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

import attrs

from course.content.reading import NotFound, PlainError
from course.content.syllabus import find_module
from course.controls.blocks import as_text
from course.controls.crisis import crisis_words, read_crisis
from course.look import TONES
from course.questions.pages import question_page

from .answers import asked
from .gradebook import Book, address, gradebook_path
from .intake import printable, returned_as
from .repair import NOTE
from .results import NOT_YET, PASSED, Mark, Result
from .submission import CHECK, Refused, read_submission

STYLE = """
body{{margin:0;background:{paper};color:{ink};font:1.0625rem/1.55 system-ui,sans-serif}}
main{{max-width:44rem;margin:0 auto;padding:1.5rem 1rem 3rem}}
h1{{font-size:1.6rem;line-height:1.25}} h2{{font-size:1.2rem;margin:0}}
section{{border-top:1px solid {rule};padding:1.25rem 0}}
pre{{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid {rule};padding:.25rem .75rem;margin:.5rem 0;font:.95rem/1.5 ui-monospace,monospace}}
summary{{cursor:pointer;padding:.5rem 0}} .quiet{{color:{quiet};margin:.25rem 0}} .said{{white-space:pre-line}}
@media print{{details>*{{display:block}}}}
"""
LIGHT, DARK = ({name: colours[number] for name, colours in TONES.items()} for number in (0, 1))
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STANDING = {
    PASSED: "Passed ✓: four fifths of the points, and every safety question right.",
    NOT_YET: "Not yet △: a pass takes four fifths of the points and every safety question right. You may hand in again as your instructor says.",
}


@attrs.frozen
class Part:
    """One graded cell of the marked notebook: its name, the question that it checks, the student's words, and what was said."""

    name: str
    key: str
    answer: str
    said: str


def write_feedback(root: Path, slug: str, students: tuple[str, ...] = (), moved: Callable[[str], None] = lambda student: None) -> list[Path]:
    """Write the page of each student who has been marked; gives their paths. Raises :class:`PlainError` where nobody has."""
    if not gradebook_path(root).exists():
        raise PlainError(f"There is no gradebook yet. Mark first: course grade {slug}")
    written = []
    before = os.umask(0o077)
    try:
        with Book(address(gradebook_path(root))) as book:
            for result in book.results(slug):
                marked = root / "grading" / "autograded" / result.student / slug / f"{slug}.ipynb"
                if (students and result.student not in students) or not marked.is_file():
                    continue
                written.append(_put(root / "grading" / "feedback" / result.student / slug / f"{slug}.html", page(slug, result, read_submission(marked))))
                moved(result.student)
    except Refused as error:
        remedy = f"mark it again: course grade {slug} --student {result.student} --again"
        raise PlainError(f"grading/autograded/{result.student}/{slug}: {error}; {remedy}") from None
    finally:
        os.umask(before)
    if not written:
        raise PlainError(f"Nobody is marked in {slug}{' of these students' if students else ''}. Mark first: course grade {slug}")
    return written


def _put(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f"{place.name}.part")
    half.write_text(text, encoding="utf-8")
    os.replace(half, place)
    return place


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def page(slug: str, result: Result, notebook: dict) -> str:
    """The whole page as HTML."""
    title = f"{find_module(slug).title}: your feedback"
    style = STYLE.format(**LIGHT) + f"@media (prefers-color-scheme:dark){{{STYLE.format(**DARK)}}}"
    crisis = f"<section><h2>{_letters(read_crisis().title)}</h2><p>{_letters(crisis_words())}</p></section>"
    body = "".join([*_summary(result), *_repairs(notebook), *(_section(part, result) for part in parts_of(notebook)), crisis])
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{_letters(title)}</title><style>{style}</style></head>\n'
        f"<body><main><h1>{_letters(title)}</h1>{body}\n"
        '<p class="quiet">This course awaits clinical review. It is education, not medical advice.</p></main></body></html>\n'
    )


def _letters(text: str) -> str:
    """Text as a page shows it: letters, whatever they are."""
    return html.escape("".join(letter for letter in text if letter.isprintable() or letter in "\n\t"))


def _summary(result: Result) -> Iterator[str]:
    yield f"<p><strong>{result.points:g} of {result.most:g} points.</strong> {_letters(STANDING.get(result.standing, ''))}</p>"
    if result.waiting:
        yield f"<p>Up to {result.waiting:g} more can come from what your instructor still reads.</p>"
    if result.penalty:
        yield f"<p>{result.penalty:g} points were taken off for lateness.</p>"
    if result.safety_missed:
        keys = ", ".join(name.replace("-check", "") for name in result.safety_missed)
        yield f"<p><strong>Safety questions to look at again:</strong> {_letters(keys)}.</p>"


def _repairs(notebook: dict) -> Iterator[str]:
    """What was repaired, out of the cell that says so."""
    cell = next((cell for cell in notebook["cells"] if cell.get("id") == NOTE), None)
    if cell:
        items = "".join(f"<li>{_letters(line[2:])}</li>" for line in _text(cell["source"]).split("\n") if line.startswith("- "))
        yield f"<section><h2>What was repaired before marking</h2><p>Your answers were kept.</p><ul>{items}</ul></section>"


def parts_of(notebook: dict) -> Iterator[Part]:
    """The graded cells of a marked notebook in their order, each with the answers that stand above it."""
    answers: list[str] = []
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        source = _text(cell["source"])
        if marks.get("grade"):
            checked = CHECK.fullmatch(source)
            yield Part(marks["grade_id"], checked[1] if checked else "", "\n".join(answers) if checked else source, _said(cell))
            answers = []
        elif marks.get("solution"):
            answers.append(source)


def _text(source) -> str:
    return "".join(source) if isinstance(source, list) else source


def _said(cell: dict) -> str:
    return "\n".join(line for output in cell.get("outputs", []) for line in [_text(output.get("text", "")), *output.get("traceback", [])] if line).strip()


def _section(part: Part, result: Result) -> str:
    mark = result.marks.get(part.name, Mark(0, 0))
    title, asked_for = _asked(part)
    above = '<p class="quiet">This part reads the answers above.</p>'
    answer = f"<p>You wrote:</p><pre>{_letters(part.answer.strip())}</pre>" if part.answer.strip() else above
    said = f'<p class="said">{_letters(part.said)}</p>' if part.said else ""
    points = "waits for your instructor" if mark.waits else f"{mark.points:g} of {mark.most:g} points"
    comment = result.comments.get(part.name, "")
    told = f'<p>Your instructor writes:</p><p class="said">{_letters(comment)}</p>' if comment else ""
    return f'\n<section><h2>{_letters(title)}</h2><p class="quiet">{_letters(part.name)} · {points}</p>{asked_for}{answer}{said}{told}</section>'


def _asked(part: Part) -> tuple[str, str]:
    """The question's title, and the question itself, folded."""
    if not part.key:
        return "What you wrote, read by your instructor", ""
    try:
        one = asked(part.key)
    except NotFound:
        return part.key, ""
    text = as_text([block for block in question_page(one.question) if block["is"] != "heading"])
    number = one.question.key.partition("-q")[2]
    safety = " (safety question)" if one.safety else ""
    return f"Question {number}: {one.question.title or 'your answer'}{safety}", f"<details><summary>The question</summary><pre>{_letters(text)}</pre></details>"


# ── Giving it back ───────────────────────────────────────────────────────────────────────────────


def pack(root: Path, slug: str) -> tuple[Path, int]:
    """The pages in one ZIP file under ``grading/return``, named as the platform named the submissions; gives its path and how many."""
    pages = sorted((root / "grading" / "feedback").glob(f"*/{slug}/{slug}.html"))
    if not pages:
        raise PlainError(f"There is no feedback for {slug} yet. Write it first: course feedback {slug}")
    folder = root / "grading" / "return"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{slug} {datetime.now():%Y-%m-%d %H%M%S}.zip"
    names = returned_as(root, slug)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in pages:
            student = path.parent.parent.name
            archive.writestr(_inside(names.get(student, f"{student}/{slug}.ipynb")), path.read_bytes())
    return target, len(pages)


def _inside(name: str) -> str:
    """The name of a page in the archive: the submission's own with another ending, and never a way out of a folder."""
    parts = [part for part in PurePosixPath(printable(name)).parts if part not in ("/", "..", ".")]
    return str(PurePosixPath(*parts).with_suffix(".html"))
