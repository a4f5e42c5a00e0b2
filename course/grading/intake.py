"""``course collect``: what a learning platform hands over, put where grading looks for it.

Reads the bulk downloads of Canvas, Moodle, Brightspace and Blackboard, or a folder with one folder a student. Takes
notebooks alone. Where one is written follows from the student and the module, never from a path in an archive; and
when it was handed in follows from the platform, never from a file of the student.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from course.content.reading import PlainError, did_you_mean

from .submission import MOST_BYTES, Refused, read_bytes

TAKEN, REPLACED, BEFORE, REFUSED, PASSED = "taken", "replaced", "as before", "refused", "passed over"
MOST_ENTRIES = 20_000
MOST_ALTOGETHER = 4_000_000_000
DEEPEST = 6
ROSTER, COLLECTED = Path("grading", "roster.csv"), Path("grading", "collected.jsonl")
COLUMNS = ("id", "name", "email", "lms")

#: How the platforms name what they hand over. ``id`` and ``name`` are the student's there, ``when`` is the hand-in in local time.
PLATFORMS = {
    "Moodle": re.compile(r"(?P<name>[^/]+)_(?P<id>\d+)_assignsubmission_file_?(?:/|(?=[^/]+$))(?P<file>.+)"),
    "Brightspace": re.compile(r"\d+-(?P<id>\d+) ?- ?(?P<name>[^/]+?) ?- ?(?P<when>[A-Z][a-z]{2,8} \d{1,2}, \d{4} \d{3,4} [AP]M)/(?P<file>.+)"),
    "Blackboard": re.compile(r"[^/]*?_(?P<id>[^_/]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})_(?P<file>[^/]+)"),
    "Canvas": re.compile(r"(?P<name>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)"),
    "a folder": re.compile(r"(?P<id>[^/]+)/(?:\d\d_[a-z_]+/)?(?P<file>[^/]+)"),
}
PLATFORM_TIMES = ("%Y-%m-%d-%H-%M-%S", "%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p")


@attrs.frozen
class Person:
    """A line of the roster: how grading names the student, and how the platform may."""

    id: str
    name: str = ""
    email: str = ""
    lms: str = ""


@attrs.frozen
class Taken:
    """What became of one file: whose it is, its state, the name that it had, and why."""

    student: str
    state: str
    file: str
    why: str = ""


@attrs.frozen
class Entry:
    """A file of the download: its path there, and what reads it."""

    path: str
    read: Callable[[], bytes]
    refused: str = ""


@attrs.frozen
class Handed:
    """A notebook with its student and module."""

    entry: Entry
    student: str
    owner: str
    slug: str
    name: str
    when: datetime.datetime | None


# ── The roster ───────────────────────────────────────────────────────────────────────────────────


def read_roster(path: Path) -> list[Person]:
    """The class, from a CSV file with the columns id, name, email and lms; only id is needed."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise PlainError(f"{path}: this is no CSV file in UTF-8 ({error}); save it as one from the spreadsheet program") from None
    if not rows or "id" not in rows[0]:
        raise PlainError(f"{path}: line 1: there is no column 'id'; begin with: {','.join(COLUMNS)}")
    people = [Person(**{name: (row.get(name) or "").strip() for name in COLUMNS}) for row in rows]
    seen: set[str] = set()
    for number, person in enumerate(people, 2):
        if person.id != as_folder(person.id):
            better = as_folder(person.id) or "a17"
            raise PlainError(f"{path}: line {number}: '{person.id}' cannot name a folder; use letters, digits, dots and hyphens, as in '{better}'")
        if person.id.casefold() in seen:
            raise PlainError(f"{path}: line {number}: '{person.id}' stands there twice; give each student an id of their own")
        seen.add(person.id.casefold())
    return people


def as_folder(text: str) -> str:
    """A name that is safe as a folder's: letters, digits, dots, hyphens and underscores."""
    return re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", text)).strip(".-")[:100]


def _words(text: str) -> str:
    """A name in the one form in which names are compared: its letters, in the order of its words."""
    return " ".join(sorted(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())))


def find_person(people: Sequence[Person], given_id: str, name: str) -> Person | None:
    """The student that a platform means, where exactly one fits: by id, by address, else by name."""
    given = given_id.casefold()
    found = [each for each in people if given and given in _known_as(each)]
    if not found and name:
        found = [each for each in people if _words(each.name) == _words(name) or re.sub(r"\W", "", _turned(each.name)) == name.casefold()]
    return found[0] if len(found) == 1 else None


def _known_as(person: Person) -> set[str]:
    address = person.email.casefold()
    return {person.id.casefold(), person.lms.casefold(), address, address.partition("@")[0]}


def _turned(name: str) -> str:
    """Family name first, as Canvas runs it together: Jane Doe → doejane."""
    first, _, last = name.casefold().rpartition(" ")
    return last + first


# ── What is in the download ──────────────────────────────────────────────────────────────────────


def entries_of(source: Path) -> Iterator[Entry]:
    """Every file of a ZIP archive or a folder; what is no plain file of a bearable size carries the reason why it is refused."""
    if source.is_dir():
        yield from _in_folder(source)
        return
    if not source.is_file():
        raise PlainError(f"{source}: there is no such file or folder; name the ZIP file that the platform gave you, or the folder")
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError):
        raise PlainError(f"{source}: this is no ZIP file, or it was cut off; download it again") from None
    with archive:
        yield from _in_archive(archive, source)


def _in_archive(archive: zipfile.ZipFile, source: Path) -> Iterator[Entry]:
    found = [info for info in archive.infolist() if not info.is_dir()]
    if len(found) > MOST_ENTRIES or sum(info.file_size for info in found) > MOST_ALTOGETHER:
        raise PlainError(f"{source}: it holds {len(found):,} files of {sum(info.file_size for info in found) / 1e9:,.0f} GB; unpack the class's own by hand")
    for info in found:
        yield Entry(info.filename.replace("\\", "/"), lambda info=info: _unpacked(archive, info), _archived_wrong(info))


def _archived_wrong(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "it is a link or a device, not a file"
    if info.flag_bits & 1:
        return "it is locked with a password"
    return _too_large(info.file_size)


def _too_large(size: int) -> str:
    return f"it has {size / 1e6:,.0f} MB, and {MOST_BYTES / 1e6:,.0f} is the most; ask for it without its pictures" if size > MOST_BYTES else ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What the entry really holds, whatever it says of its size."""
    try:
        with archive.open(info) as stream:
            content = stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Refused(f"it cannot be unpacked ({type(error).__name__}); ask for it again") from None
    if len(content) > MOST_BYTES:
        raise Refused(_too_large(len(content)))
    return content


def _in_folder(source: Path, inner: str = "", depth: int = 0) -> Iterator[Entry]:
    with os.scandir(source) as found:
        places = sorted(found, key=lambda place: place.name)
    for place in places:
        path = f"{inner}{place.name}"
        if place.is_dir(follow_symlinks=False) and depth < DEEPEST:
            yield from _in_folder(Path(place.path), f"{path}/", depth + 1)
        elif place.is_file(follow_symlinks=False):
            yield Entry(path, Path(place.path).read_bytes, _too_large(place.stat(follow_symlinks=False).st_size))
        else:
            yield Entry(path, bytes, "it is a link or a device, not a file")


# ── Whose is it ──────────────────────────────────────────────────────────────────────────────────


def collect(
    root: Path, source: Path, slugs: Sequence[str], module: str | None = None, people: Sequence[Person] = (), moved: Callable[[str], None] = lambda file: None
) -> list[Taken]:
    """Put each student's notebook under ``grading/submitted``; gives what became of every file.

    ``slugs`` are the modules that there are. With ``module``, every notebook is taken for that one. With ``people``, only students of the roster are taken.
    Of several by one student the last counts; one that is replaced is kept under ``grading/earlier``.
    """
    told: list[Taken] = []
    (root / "grading").mkdir(mode=0o700, exist_ok=True)
    owners: dict[str, str] = {}
    for entry in entries_of(source):
        moved(printable(entry.path))
        if found := _handed(entry, slugs, module, people, told):
            if owners.setdefault(found.student.casefold(), found.owner) != found.owner:
                why = f"two people of this download would share the folder '{found.student}'; tell them apart in a roster"
                told.append(Taken("", REFUSED, found.name, why))
                continue
            told.append(_stored(root, found))
            if told[-1].state in (TAKEN, REPLACED):
                _note(root, found)
    return told


def _note(root: Path, found: Handed) -> None:
    """Keep how the platform named it, so that feedback can go back under that name."""
    with open(root / COLLECTED, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as kept:
        kept.write(json.dumps({"student": found.student, "module": found.slug, "file": found.entry.path}, ensure_ascii=True) + "\n")


def returned_as(root: Path, slug: str) -> dict[str, str]:
    """By student, the name under which the platform gave the submission that counts."""
    try:
        lines = (root / COLLECTED).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    records = [json.loads(line) for line in lines if line.endswith("}")]  # a line that was cut off by a full disk is passed over
    return {record["student"]: record["file"] for record in records if record["module"] == slug}


def _handed(entry: Entry, slugs: Sequence[str], module: str | None, people: Sequence[Person], told: list[Taken]) -> Handed | None:
    """The notebook with its student and module; otherwise a line on why it is not taken."""
    shown = printable(entry.path)
    parts = next(((platform, match.groupdict()) for platform, rule in PLATFORMS.items() for match in _matches(rule, entry.path)), None)
    if not entry.path.lower().endswith(".ipynb") or "/." in f"/{entry.path}" or "__MACOSX" in entry.path:
        inner = entry.path.lower().endswith((".zip", ".tar", ".gz", ".7z", ".rar"))
        told.append(Taken("", REFUSED if inner else PASSED, shown, "an archive in the archive; ask for the notebook itself" if inner else "no notebook"))
        return None
    if entry.refused or parts is None:
        told.append(Taken("", REFUSED, shown, entry.refused or "nothing says whose it is; put it into a folder with the student's name"))
        return None
    _, named = parts
    file = named["file"].rpartition("/")[2]
    slug = module or next((each for each in slugs if file.startswith(each)), None)
    if slug is None:
        hint = did_you_mean(file.removesuffix(".ipynb"), slugs)
        told.append(Taken("", REFUSED, shown, f"its name is no exercise's; {hint}; or name the module in the command"))
        return None
    name, given = named.get("name") or "", named["id"]
    person = find_person(people, given, name) if people else Person(as_folder(f"{name}-{given}" if name else given))
    if person is None or not person.id:
        why = "exactly one student of the roster should fit, and none or several do; add the platform's number in the column lms"
        told.append(Taken("", REFUSED, shown, why))
        return None
    return Handed(entry, person.id, f"{name} {given}", slug, shown, _when(named.get("when")))


def _matches(rule: re.Pattern, path: str) -> list[re.Match]:
    """The rule on the path, and on the path without the folder that an archive often puts around everything."""
    return [match for text in (path, path.partition("/")[2]) if (match := rule.fullmatch(text))][:1]


def _when(text: str | None) -> datetime.datetime | None:
    """The platform's time, taken as this computer's own, in UTC."""
    for form in PLATFORM_TIMES if text else ():
        try:
            return datetime.datetime.strptime(_four_digits(text), form).astimezone(datetime.UTC)
        except ValueError:
            continue
    return None


def _four_digits(text: str) -> str:
    """934 PM as 0934 PM."""
    return re.sub(r" (\d{3}) ([AP]M)$", r" 0\1 \2", text)


def printable(text: str) -> str:
    """A name from outside, safe to show: without control characters, and cut."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:120]


# ── Where it goes ────────────────────────────────────────────────────────────────────────────────


def _stored(root: Path, found: Handed) -> Taken:
    try:
        content = found.entry.read()
        read_bytes(content)
    except (Refused, OSError) as error:
        return Taken(found.student, REFUSED, found.name, str(error))
    place = root / "grading" / "submitted" / found.student / found.slug / f"{found.slug}.ipynb"
    if any(each.is_symlink() for each in (place, place.parent, place.parent.parent, root / "grading" / "submitted")):
        return Taken(found.student, REFUSED, found.name, "there is a link in grading/submitted where this should go; take it away")
    try:
        return _put(root, place, content, found)
    except OSError as error:
        return Taken(found.student, REFUSED, found.name, f"it cannot be written ({error.strerror}); look at permissions and at the space on the disk")


def _put(root: Path, place: Path, content: bytes, found: Handed) -> Taken:
    state = TAKEN
    if place.exists():
        if place.read_bytes() == content:
            return Taken(found.student, BEFORE, found.name)
        if found.when and (before := _time_beside(place)) and before > found.when:
            _keep(root, place, content, found.when)
            return Taken(found.student, PASSED, found.name, "there is a later one; this is kept in grading/earlier")
        _keep(root, place, place.read_bytes(), _time_beside(place))
        state = REPLACED
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f"{place.name}.part")
    half.write_bytes(content)
    beside = place.with_name("timestamp.txt")
    if found.when:
        beside.write_text(f"{found.when:%Y-%m-%d %H:%M:%S} UTC\n", encoding="utf-8")
    else:
        beside.unlink(missing_ok=True)
    os.replace(half, place)
    return Taken(found.student, state, found.name, "the one before is kept in grading/earlier" if state == REPLACED else "")


def _time_beside(place: Path) -> datetime.datetime | None:
    try:
        text = place.with_name("timestamp.txt").read_text(encoding="utf-8").strip()
        return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=datetime.UTC)
    except (OSError, ValueError):
        return None


def _keep(root: Path, place: Path, content: bytes, when: datetime.datetime | None) -> None:
    """An earlier hand-in, where nothing is ever deleted."""
    folder = root / "grading" / "earlier" / place.parent.parent.name / place.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    if any(path.read_bytes() == content for path in folder.iterdir()):
        return
    stem = f"{place.stem} {when:%Y-%m-%d %H%M%S}" if when else place.stem
    free = next(path for number in range(1, MOST_ENTRIES) if not (path := folder / f"{stem}{f' ({number})' if number > 1 else ''}.ipynb").exists())
    free.write_bytes(content)
