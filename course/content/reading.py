"""Content files, read into typed records or into one clear sentence about what is wrong.

You get plain data that remembers where it came from (:class:`Source`), and records made from it by
:func:`structure`. Anything that does not fit becomes a :class:`Finding` that names the file, the place
in it, what is wrong and what would be right. Several findings travel together in one
:class:`ContentError`, so that an author sees all of them in one go.
"""

from __future__ import annotations

import csv
import io
import re
import textwrap
import tomllib
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn

CONTENT = Path(__file__).resolve().parent

T = TypeVar("T")


@attrs.frozen
class Finding:
    """One thing to mend: ``file: where: what is wrong; what would be right``."""

    file: str
    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.problem}; {self.remedy}"


def wrapped(text: str, width: int = 76) -> str:
    """Text with its lines broken between words, because notebooks break them anywhere."""
    return "\n".join(textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n"))


class PlainError(Exception):
    """An error that a notebook shows as its words alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return wrapped(str(self)).split("\n")


class NotFound(PlainError, LookupError):
    """A name that leads to nothing, with the nearest one that does."""


class ContentError(PlainError):
    """Content that cannot be used, as a list of findings."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


@attrs.frozen
class Source:
    """Plain data with the file it came from."""

    data: Any
    path: Path

    @property
    def file(self) -> str:
        """The file as an author would name it: its path below the content or the course folder, or its bare name."""
        for folder in (CONTENT, CONTENT.parent.parent):
            if self.path.resolve().is_relative_to(folder):
                return self.path.resolve().relative_to(folder).as_posix()
        return self.path.name or str(self.path)

    def finding(self, where: str, problem: str, remedy: str) -> Finding:
        parts = (where, problem, remedy)
        return Finding(self.file, *(" ".join(part.split()) for part in parts))  # one line, also where a key holds a line break

    def error(self, where: str, problem: str, remedy: str) -> ContentError:
        return ContentError([self.finding(where, problem, remedy)])


MOST_LISTED = 12
MOST_SHOWN = 80


def shown(text: Any) -> str:
    """What somebody wrote, as a sentence may repeat it: on one line, cut where it is long, and safe to print."""
    line = " ".join(str(text)[: 10 * MOST_SHOWN].split()).encode("utf-8", "replace").decode()
    return line if len(line) <= MOST_SHOWN else line[: MOST_SHOWN - 1] + "…"


def did_you_mean(word: str, known, otherwise: str = "") -> str:
    """The nearest known word as a hint, or the list of what there is."""
    known = sorted(map(str, known))
    near = get_close_matches(str(word)[:MOST_SHOWN], known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    listed = ", ".join(known[:MOST_LISTED]) + (f" and {len(known) - MOST_LISTED} more" if len(known) > MOST_LISTED else "")
    return otherwise or (f"there is: {listed}" if known else "there is none yet")


# ── Files ────────────────────────────────────────────────────────────────────────────────────────


def read_text(path: Path) -> str:
    """The text of a content file; a file that is not plain UTF-8 is refused with the remedy."""
    source = Source(None, path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        siblings = [p.stem for p in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() else []
        raise source.error("file", "there is no such file", did_you_mean(path.stem, siblings)) from None
    except OSError as error:
        remedy = "make it a readable file"
        raise source.error("file", f"it cannot be read ({error.strerror})", remedy) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raise source.error("line 1", "it starts with a byte-order mark", "save it as UTF-8 without BOM")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise source.error(f"line {line}", "a character is not UTF-8", "save it as UTF-8") from None


def read_toml(path: Path) -> Source:
    """A TOML file as plain data."""
    text = read_text(path)
    if "\t" in text:  # TOML would keep it inside a text, where nobody sees it
        line = text[: text.index("\t")].count("\n") + 1
        raise Source(None, path).error(f"line {line}", "there is a tab", "write spaces in its place")
    try:
        return Source(tomllib.loads(text), path)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(Source(None, path), str(error), text) from None
    except RecursionError:
        raise Source(None, path).error("file", "lists or tables stand too deep in each other", "take the inner ones out") from None
    except ValueError:  # what tomllib itself does not foresee
        raise Source(None, path).error("file", "a number or date cannot be read", "write a shorter number, or put text in quotes") from None


_TOML_REMEDIES = {
    "Cannot overwrite a value": ("a key stands here twice", "keep one of the two"),
    "twice": ("a table stands here twice", "keep one of the two, or rename one"),
    "Cannot mutate immutable": ("a table stands here twice", "keep one of the two, or rename one"),
    "Expected '=' after a key": ("a key has no '='", 'write key = "value"'),
    "Invalid value": ("a value cannot be read", 'put text in quotes, as in key = "text"'),
    "Unterminated string": ("a text is not closed", "close it with the quotes that opened it"),
    "Illegal character '\\n'": ("a text is not closed on its line", "close it with the quotes that opened it, or write it between triple quotes"),
    "Illegal character": ("a character is not allowed here", "take it away and type the line again"),
    "Invalid initial character": ("a key cannot be read", "write small letters without quotes; a table in braces { … } stands on one line"),
    "Unclosed array": ("a list is not closed", "end it with ]"),
    "Unclosed inline table": ("a table in braces is not closed", "write { … } on one line"),
}


def _toml_error(source: Source, message: str, text: str) -> ContentError:
    line = re.search(r"at line (\d+)", message)
    where = f"line {line[1]}" if line else f"line {text.count(chr(10)) + 1}"
    for sign, (problem, remedy) in _TOML_REMEDIES.items():
        if sign in message:
            return source.error(where, problem, remedy)
    plain = message.split(" (at")[0]
    return source.error(where, f"it is not TOML ({plain})", "compare this line with one in another file")


def read_csv(path: Path, columns: tuple[str, ...]) -> list[Source]:
    """The rows of a comma-separated file, each a dictionary of texts that remembers its line.

    ``columns`` must be the header, word for word and in order.
    """
    text = read_text(path)
    source = Source(None, path)
    rows = csv.reader(io.StringIO(text), strict=True)
    found = []
    try:
        _check_header(source, next(rows, []), columns)
        for cells in rows:
            if not any(cells):
                continue
            if len(cells) != len(columns):
                problem = f"it has {len(cells)} cells where the header has {len(columns)}"
                raise source.error(f"line {rows.line_num}", problem, "put text with commas in double quotes")
            found.append(Source(dict(zip(columns, cells, strict=True)) | {"line": rows.line_num}, path))
    except csv.Error as error:
        raise source.error(f"line {rows.line_num}", f"it is not CSV ({error})", "close every quote") from None
    return found


def _check_header(source: Source, header: list[str], columns: tuple[str, ...]) -> None:
    if header == list(columns):
        return
    joined = ",".join(header)
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if mark in joined:
            raise source.error("line 1", f"cells are separated by {name}", "separate them by commas")
    missing = [c for c in columns if c not in header]
    extra = [c for c in header if c not in columns]
    if missing:
        hint = f" (is it '{extra[0]}'?)" if extra else ""
        raise source.error("line 1", f"the column '{missing[0]}' is missing{hint}", f"the header is: {','.join(columns)}")
    if extra:
        raise source.error("line 1", f"there is an unknown column '{extra[0]}'", did_you_mean(extra[0], columns))
    raise source.error("line 1", "the columns are in another order", f"the header is: {','.join(columns)}")


# ── Records ──────────────────────────────────────────────────────────────────────────────────────

converter = cattrs.Converter(detailed_validation=True)

_PLAIN = {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false", date: "a date without quotes, as in 2026-12-31"}


class _Wrong(ValueError):
    """A value of the wrong kind: what it is, and what would be right."""

    def __init__(self, problem: str, remedy: str):
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


def _strict(value: Any, kind: type) -> Any:
    """The value itself if it already is of this kind: nothing is converted behind an author's back."""
    fits = type(value) is kind or (kind is float and type(value) is int)
    if not fits:
        raise _Wrong(f"it is {_describe(value)}", f"write {_PLAIN[kind]}")
    return value


def _describe(value: Any) -> str:
    if isinstance(value, bool):
        return f"'{str(value).lower()}'"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, str):
        return f"the text '{value[:40]}'"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    return f"a {type(value).__name__}"


for _kind in _PLAIN:
    converter.register_structure_hook(_kind, _strict)


@converter.register_structure_hook_factory(attrs.has)
def _record_hook(cls):
    make = make_dict_structure_fn(cls, converter, _cattrs_forbid_extra_keys=True)

    def structure_record(value, _):
        if not isinstance(value, dict):
            raise _Wrong(f"it is {_describe(value)}", "write a table")
        return make(value, cls)

    return structure_record


@converter.register_structure_hook_factory(lambda kind: get_origin(kind) is tuple)
def _tuple_hook(kind):
    (item, _ellipsis) = get_args(kind)
    inner = converter.get_structure_hook(list[item])

    def structure_tuple(value, _):
        if not isinstance(value, (list, tuple)):
            raise _Wrong(f"it is {_describe(value)}", "write a list in square brackets")
        return tuple(inner(value, list[item]))

    return structure_tuple


@converter.register_structure_hook_factory(lambda kind: get_origin(kind) is dict)
def _dict_hook(kind):
    _, item = get_args(kind)

    def structure_dict(value, _):
        if not isinstance(value, dict):
            raise _Wrong(f"it is {_describe(value)}", "write a table")
        made, errors = {}, []
        for key, each in value.items():
            try:
                made[key] = converter.structure(each, item)
            except Exception as error:  # gathered, so that an author sees every slip at once
                errors.append(_Below(key, error))
        if errors:
            raise IterableValidationError("", errors, kind)
        return made

    return structure_dict


class _Below(Exception):
    """An error inside a table, with the key it stands under."""

    def __init__(self, key: str, error: Exception):
        self.key, self.error = key, error
        super().__init__(key)


def one_of(*words: str):
    """An attrs validator: the value is one of these words."""

    def validate(_instance, attribute, value):
        if value not in words:
            raise _Wrong(f"'{attribute.name}' is '{value}'", did_you_mean(value, words, f"write one of: {', '.join(words)}"))

    return validate


def wrong(problem: str, remedy: str) -> Exception:
    """What a record raises in ``__attrs_post_init__`` when its parts do not fit together."""
    return _Wrong(problem, remedy)


def structure(cls: type[T], source: Source, where: str = "") -> T:
    """A typed record from plain data.

    Raises :class:`ContentError` with one finding for each thing that does not fit ``cls``: a missing or
    unknown key, a value of another kind, or parts that contradict each other.
    """
    try:
        return converter.structure(source.data, cls)
    except Exception as error:
        findings = [source.finding(place or "file", problem, remedy)
                    for place, problem, remedy in _explain(error, where, cls)]
        raise ContentError(findings) from None


def _explain(error: Exception, where: str, cls: Any):
    """Every leaf of a structuring error as (place, problem, remedy)."""
    if isinstance(error, _Below):
        yield from _explain(error.error, f"{where}.{error.key}".lstrip("."), cls)
    elif isinstance(error, (ClassValidationError, IterableValidationError)):
        inside = getattr(error, "cl", cls)
        for each in error.exceptions:
            yield from _explain(each, where + _step(each), inside)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = [field.name for field in attrs.fields(error.cl)]
        for key in sorted(error.extra_fields):
            yield f"{where}.{key}".lstrip("."), "there is no such key here", did_you_mean(key, known)
    elif isinstance(error, _Wrong):
        yield where.lstrip("."), error.problem, error.remedy
    elif isinstance(error, KeyError):
        yield where.lstrip("."), "it is missing", "add this key"
    else:
        yield where.lstrip("."), f"it does not fit ({error})", "compare it with another file of this kind"


def _step(error: Exception) -> str:
    """The part of the path that cattrs noted on an error: ``.key`` or ``[3]``."""
    for note in getattr(error, "__notes__", ()):
        if hasattr(note, "name"):
            return f".{note.name}"
        if hasattr(note, "index"):
            return f"[{note.index + 1}]" if isinstance(note.index, int) else f".{note.index}"
    return ""
