"""``course grade``: a whole class, over all cores; one bad submission never stops another.

Processes of their own read and mark, and touch nothing. This one alone writes: the marks of a submission in one
transaction, then its marked notebook. So a run may be killed at any moment, and the next one finishes the rest.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import attrs

from course.content.reading import CONTENT, PlainError
from course.questions.records import PRIVATE

from .gradebook import Book, address, back_up, gradebook_path, only_one
from .repair import Released
from .submission import Marked, Refused, mark, read_submission

GRADED, BY_HAND, REFUSED, BEFORE = "graded", "needs reading", "refused", "as before"
#: The most memory that one of the reading processes may take.
MOST_MEMORY = 2_000_000_000


@attrs.frozen
class Handed:
    """What a student handed in: the notebook's file, or why there is none."""

    student: str
    path: Path | None
    why: str = ""
    said: tuple[str, ...] = ()


@attrs.frozen
class Outcome:
    """What became of a submission: its state, its points of those marked by themselves, and why."""

    student: str
    state: str
    points: float | None = None
    why: str = ""
    safety_missed: tuple[str, ...] = ()


@attrs.frozen
class Read:
    """A submission as a reading process gives it back."""

    marked: Marked | None
    text: str
    why: str = ""


def grade(
    root: Path, slug: str, students: Sequence[str] = (), again: bool = False, moved: Callable[[str], None] = lambda student: None, cores: int | None = None
) -> list[Outcome]:
    """Mark what was handed in for a module; gives what became of each submission, in the order of the students.

    A submission that was marked as it is, by the questions as they are, is left alone; ``again`` marks it all the same.
    """
    handed = [each for each in find_submissions(root, slug) if not students or each.student in students]
    _all_found(students, handed, root, slug)
    if not gradebook_path(root).exists():
        raise PlainError(f"There is no gradebook yet. Make one: course release --register {slug}")
    with _for_us_alone(), only_one(root), Book(address(gradebook_path(root))) as book:
        released = book.released(slug, order=_order(root, slug))
        stamp = partial(_stamp, version=_version(released, slug))
        stand = book.auto_scores(slug)
        left = [each for each in handed if again or not _is_marked(root, slug, each, stamp, stand.get(each.student))]
        if left:
            back_up(root)
        outcomes = {each.student: Outcome(each.student, BEFORE) for each in handed}
        for each, read in read_all(left, released, cores):
            outcomes[each.student] = _written(root, slug, book, each, read, stamp)
            moved(each.student)
    return [outcomes[each.student] for each in handed]


# ── What was handed in ───────────────────────────────────────────────────────────────────────────


def find_submissions(root: Path, slug: str) -> list[Handed]:
    """Each student's notebook under ``grading/submitted``. Nothing is reached through a link."""
    folder = root / "grading" / "submitted"
    if not folder.is_dir():
        return []
    people = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith("."))
    return [_handed(person, slug) for person in people if person.is_symlink() or os.path.lexists(person / slug)]


def _handed(person: Path, slug: str) -> Handed:
    place = person / slug
    if person.is_symlink() or place.is_symlink() or not place.is_dir():
        return Handed(person.name, None, "the folder is a link, or no folder; put a real one in its place")
    if len(person.name) > 128 or not person.name.isprintable():
        return Handed(person.name, None, "the folder's name cannot be a student's; give it one of at most 128 letters")
    if os.path.lexists(place / f"{slug}.ipynb"):
        return Handed(person.name, place / f"{slug}.ipynb")
    renamed = sorted(path for path in place.iterdir() if path.suffix.lower() == ".ipynb" and not path.name.startswith("."))
    if len(renamed) == 1:
        return Handed(person.name, renamed[0], said=(f"The file was called {_plain(renamed[0].name)}.",))
    if renamed:
        return Handed(person.name, None, f"there are {len(renamed)} notebooks; name the one that counts {slug}.ipynb")
    return Handed(person.name, None, f"there is no notebook in {slug}; ask for {slug}.ipynb")


def _plain(name: str) -> str:
    """A file's name without anything that Markdown or a page would take for more than letters."""
    return re.sub(r"[^\w .()-]", "_", name)[:80]


def _all_found(students: Sequence[str], handed: list[Handed], root: Path, slug: str) -> None:
    missing = sorted(set(students) - {each.student for each in handed})
    if missing:
        raise PlainError(f"grading/submitted/{missing[0]}/{slug}: nothing was handed in there; compare the name with the folders in grading/submitted")
    if not handed:
        raise PlainError(f"Nothing was handed in for {slug}. Put it here: grading/submitted/STUDENT/{slug}/{slug}.ipynb, or: course collect")


@contextmanager
def _for_us_alone() -> Iterator[None]:
    """Whatever is written meanwhile can be read by nobody else on this computer."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _order(root: Path, slug: str) -> list[str]:
    """The names of the cells in the order of the exercise."""
    try:
        return [cell.get("id") for cell in read_submission(root / "exercises" / slug / f"{slug}.ipynb")["cells"]]
    except Refused:
        return []


# ── Reading, in processes of their own ───────────────────────────────────────────────────────────


def read_all(handed: Sequence[Handed], released: list[Released], cores: int | None = None) -> Iterator[tuple[Handed, Read]]:
    """Read and mark the files over all cores, as they get ready. One that takes its process down is refused, and the rest go on."""
    broken = []
    with _readers(released, min(cores or os.cpu_count() or 1, max(1, len(handed)))) as pool:
        for each, future in _as_ready(pool, handed):
            try:
                yield each, future.result()
            except BrokenProcessPool:
                broken.append(each)
    if len(handed) == 1:
        yield from ((each, Read(None, "", "reading it took the reading program down; look at the file by hand")) for each in broken)
        return
    for each in broken:  # each answers for itself: who is not to blame is marked now
        yield from read_all([each], released, 1)


@contextmanager
def _readers(released: list[Released], cores: int) -> Iterator[ProcessPoolExecutor]:
    way = "fork" if sys.platform == "linux" else "spawn"  # a fork is at work at once; elsewhere it is not safe
    pool = ProcessPoolExecutor(cores, multiprocessing.get_context(way), _begin, (released,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _as_ready(pool: ProcessPoolExecutor, todo: Sequence[Handed]) -> Iterator[tuple[Handed, Future]]:
    """The files with their futures, as they get ready; only a few wait at a time, so that a large class takes no more memory."""
    waiting: dict[Future, Handed] = {}
    coming = iter(todo)
    while True:
        for each in coming:
            try:
                waiting[pool.submit(_read, each.path, each.why, each.said)] = each
            except BrokenProcessPool as error:
                failed: Future = Future()
                failed.set_exception(error)
                yield each, failed
            if len(waiting) >= 16:
                break
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), future


_released: list[Released] = []


def _begin(released: list[Released]) -> None:
    """Set up a reading process: it ends with the program that began it, and cannot take all the memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, ValueError, OSError):  # Windows, or a limit that is stricter already
        pass
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # a private question without its key then tells the instructor so
    _released[:] = released


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _read(path: Path | None, why: str, said: tuple[str, ...]) -> Read:
    if path is None:
        return Read(None, "", why)
    try:
        marked = mark(read_submission(path), _released, said)
        return Read(attrs.evolve(marked, notebook={}), marked.text)
    except Refused as error:
        return Read(None, "", str(error))
    except (RecursionError, MemoryError):
        return Read(None, "", "the notebook is too large or too deep to be read; look at it by hand")
    except Exception as error:  # one odd submission is that student's line in the table, never the end of the run
        return Read(None, "", f"it could not be marked ({type(error).__name__}); look at the file by hand")


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────


def _written(root: Path, slug: str, book: Book, each: Handed, read: Read, stamp: Callable[..., str]) -> Outcome:
    place = _place(root, slug, each.student)
    if read.marked is None:
        stood = book.flag(each.student, slug)
        place.unlink(missing_ok=True)
        earlier = "; its earlier marks stand in the gradebook, each to be looked at again" if stood else ""
        return Outcome(each.student, REFUSED, why=read.why + earlier)
    book.save(each.student, slug, read.marked, _handed_in(each.path))
    _put(place, read.text, stamp(each.path, read.marked.marks))
    marks = read.marked.marks
    by_hand = [name for name, points in marks.items() if points is None]
    why = "; ".join([*([f"to read: {', '.join(by_hand)}"] if by_hand else []), *([f"repaired: {len(read.marked.repairs)}"] if read.marked.repairs else [])])
    return Outcome(each.student, BY_HAND if by_hand else GRADED, sum(points or 0 for points in marks.values()), why, read.marked.safety_missed)


def _handed_in(path: Path) -> datetime | None:
    """When it was handed in, as ``course collect`` wrote it beside the notebook (in UTC)."""
    beside = path.parent / "timestamp.txt"
    if beside.is_symlink() or not beside.is_file():
        return None
    try:
        when = datetime.fromisoformat(beside.read_text(encoding="utf-8")[:40].strip().removesuffix(" UTC"))
    except (ValueError, OSError):
        return None
    return when.replace(tzinfo=None) if when.tzinfo is None or not when.utcoffset() else (when - when.utcoffset()).replace(tzinfo=None)


def _place(root: Path, slug: str, student: str) -> Path:
    return root / "grading" / "autograded" / student / slug / f"{slug}.ipynb"


def _put(place: Path, text: str, stamp: str) -> None:
    """The marked notebook, whole or not at all; then the stamp that says of what."""
    place.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((place, text), (place.with_name("marked.txt"), stamp)):
        half = path.with_name(f"{path.name}.part")
        half.write_text(content, encoding="utf-8")
        os.replace(half, path)


def _version(released: list[Released], slug: str) -> str:
    """What a mark rests on beside the submission: the exercise as released, and the content with its keys."""
    found = hashlib.sha256(json.dumps([attrs.asdict(each) for each in released], sort_keys=True).encode())
    private = Path(os.environ.get(PRIVATE) or os.devnull, f"{slug}.toml")
    for path in (*sorted(CONTENT.rglob("*.toml")), private):
        found.update(path.read_bytes() if path.is_file() else b"none")
    return found.hexdigest()


def _stamp(path: Path, marks: dict[str, float | None], version: str) -> str:
    """What was marked, by what, and the marks that it got."""
    return f"{hashlib.sha256(path.read_bytes()).hexdigest()} {version}\n{json.dumps(marks, sort_keys=True)}\n"


def _is_marked(root: Path, slug: str, each: Handed, stamp: Callable[..., str], stand: dict[str, float | None] | None) -> bool:
    """Whether this very file was marked by these very questions, and the gradebook still says so: it may be an older copy that was put back."""
    place = _place(root, slug, each.student)
    beside = place.with_name("marked.txt")
    if stand is None or each.path is None or each.path.is_symlink() or not (each.path.is_file() and place.exists() and beside.exists()):
        return False
    return beside.read_text(encoding="utf-8") == stamp(each.path, stand)
