"""References: ``citation(reference)`` gives the one line by which a publication is named, wherever the course names it.

The file is ``content/evidence/references.json``: CSL-JSON, which reference managers read and write, one item a study, sorted by
``id``, the study's key. An author is a surname, ``{"family": "Kuyken"}``, or a body, ``{"literal": "NHS Digital"}``. The course
often saw the first author only; then ``{"literal": "et al."}`` stands last. A title stands where it was seen.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import attrs

from course.content.reading import ContentError, Finding, Source, did_you_mean, one_of, read_text, structure, wrong

TYPES = ("article-journal", "document", "regulation", "report", "webpage")
#: The keys of CSL that hold a text here, and the attribute that each becomes.
TEXTS = {
    "id": "key", "type": "type", "title": "title", "container-title": "journal", "volume": "volume", "issue": "issue", "page": "page",
    "publisher": "publisher", "note": "note", "DOI": "doi", "PMID": "pmid", "URL": "address",
}  # fmt: skip
KEYS = (*TEXTS, "author", "issued")
YEARS = range(1900, 2100)


@attrs.frozen
class Author:
    """A person by surname, or a body by its whole name."""

    family: str = ""
    literal: str = ""

    def __attrs_post_init__(self):
        if bool(self.family) == bool(self.literal):
            raise wrong("the author has no name, or two", 'write {"family": "Kuyken"} or {"literal": "NHS Digital"}')

    @property
    def name(self) -> str:
        return self.family or self.literal


AND_OTHERS = Author(literal="et al.")


@attrs.frozen
class Reference:
    """Where something was published. What is not known is empty."""

    key: str
    type: str = attrs.field(validator=one_of(*TYPES))
    author: tuple[Author, ...]
    year: int
    title: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    publisher: str = ""
    note: str = ""
    doi: str = ""
    pmid: str = ""
    address: str = ""

    def __attrs_post_init__(self):
        if self.author[:1] in ((), (AND_OTHERS,)) or AND_OTHERS in self.author[:-1]:
            raise wrong("the authors cannot be read", 'name the first; "et al." may only stand last')
        if not (self.title or self.journal):
            raise wrong("it has neither a title nor a journal", "add title or container-title")
        if not (self.doi or self.pmid or self.address):
            raise wrong("it has no DOI, PMID or URL", "find one, or leave the study out")

    @property
    def authors(self) -> str:
        """``Kuyken et al.``, ``Davies and Read``; three or more are the first and the others."""
        first = self.author[0].name
        if len(self.author) > 2 or self.author[-1] == AND_OTHERS:
            return f"{first} et al."
        return " and ".join(each.name for each in self.author)

    @property
    def link(self) -> str:
        """Where to read it: the DOI if there is one, else PubMed, else the address."""
        if self.doi:
            return f"https://doi.org/{quote(self.doi, safe='/')}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return quote(self.address, safe=":/?&=#%+,;@~") if self.address.startswith("https://") else ""


def citation(reference: Reference) -> str:
    """``Kuyken et al. (2015). Lancet 386, 63–73. The PREVENT trial; online version corrected in 2016.``"""
    sentences = (f"{reference.authors} ({reference.year})", reference.title, _place(reference), reference.publisher, reference.note)
    return " ".join(each if each.endswith((".", "?", "!")) else f"{each}." for each in sentences if each)


def _place(reference: Reference) -> str:
    """``Journal 82(5), 21r14034``, with whatever of it is known."""
    number = f"{reference.volume}({reference.issue})" if reference.volume and reference.issue else reference.volume
    first = f"{reference.journal} {number}".strip()
    issue = f"issue {reference.issue}" if reference.issue and not reference.volume else ""
    return ", ".join(part for part in (first, issue, reference.page) if part)


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


def read_references(path: Path, findings: list[Finding]) -> dict[str, Reference | None]:
    """The references in a file by key, ``None`` for one that cannot be read; its slips go to the findings."""
    made: dict[str, Reference | None] = {}
    for number, item in enumerate(_items(path), 1):
        source = Source(item, path)
        key = item.get("id") if isinstance(item, dict) else None
        where = key if isinstance(key, str) and key else f"item {number}"
        if where in made:
            findings.append(source.finding(where, "this id stands here twice", "keep one of the two"))
        try:
            made[where] = _reference(source, where)
        except ContentError as error:
            findings += error.findings
            made[where] = None
    return made


def _items(path: Path) -> list:
    source = Source(None, path)
    try:
        items = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise source.error(f"line {error.lineno}", f"it is not JSON ({error.msg})", "compare this line with the item above") from None
    except RecursionError:
        raise source.error("file", "lists stand too deep in each other", "take the inner ones out") from None
    if not isinstance(items, list):
        raise source.error("file", "it is not a list", "write the items between [ and ]")
    return items


def _reference(source: Source, where: str) -> Reference:
    item = source.data
    if not isinstance(item, dict):
        raise source.error(where, "it is no reference", 'write { "id": "kuyken_2015", … }')
    for key, value in item.items():
        if key not in KEYS:
            raise source.error(f"{where}.{key}", "there is no such key here", did_you_mean(key, KEYS))
        if key in TEXTS and not isinstance(value, str):
            raise source.error(f"{where}.{key}", f"it is {json.dumps(value)[:40]}", "write a text in quotes")
    for key in ("id", "type", "author", "issued"):
        if key not in item:
            raise source.error(f"{where}.{key}", "it is missing", "add this key")
    texts = {TEXTS[key]: value for key, value in item.items() if key in TEXTS}
    return structure(Reference, Source({**texts, "author": item["author"], "year": _year(source, where)}, source.path), where)


def _year(source: Source, where: str) -> int:
    match source.data["issued"]:
        case {"date-parts": [[int(year), *_]]} if year in YEARS:
            return year
    raise source.error(f"{where}.issued", f"it is {json.dumps(source.data['issued'])[:60]}", 'write {"date-parts": [[2015]]}')
