"""The audit of the essay's claims: ``claims()["F3"]`` is what the evidence shows, how sure we can be, and where the claim fails.

Every :class:`Claim` names the rows of the ledger that speak for it and against it, and gives the reasons for its certainty in
GRADE's words. The file is ``content/evidence/claims.toml``; its texts hold numbers as ``{study.name}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, one_of, read_toml, structure, wrong
from course.content.syllabus import modules

from .certainty import LEVELS, NOT_STUDIED, Reason, require_hedge
from .records import BRACED, Effect, Statement, dead_keys, ledger, statements

KEY = re.compile(r"[A-Z]\d")
LONGEST_LABEL = 34
#: What the audit says of a claim: the word, and the shape that stands for it.
VERDICTS = {"supported": "●", "partly supported": "◐", "contested": "◇", "not supported": "○", "not tested": "–"}
#: From very low upwards: where evidence of each kind starts, and what the reasons move it along.
_LADDER = tuple(level for level in reversed(LEVELS) if level != NOT_STUDIED)


@attrs.frozen
class Claim:
    """One claim of the essay, audited.

    ``certainty`` is how sure we can be of the answer in ``shows``. ``start`` is where evidence of its kind begins: high for
    randomised trials, low for observation. ``supports`` and ``against`` are keys of the ledger.
    """

    key: str
    group: str
    says: str
    label: str
    verdict: str = attrs.field(validator=one_of(*VERDICTS))
    certainty: str = attrs.field(validator=one_of(*LEVELS))
    shows: str
    for_whom: str
    versus: str
    when: str
    fails: str
    wording: str
    supports: tuple[str, ...]
    against: tuple[str, ...]
    lessons: tuple[str, ...]
    start: str = attrs.field(default="", validator=one_of("", "low", "high"))
    reasons: tuple[Reason, ...] = ()

    def __attrs_post_init__(self):
        if len(self.label) > LONGEST_LABEL:
            raise wrong(f"the label has {len(self.label)} characters", f"at most {LONGEST_LABEL}, because it stands on a map")
        if (self.verdict == "not tested") != (self.certainty == NOT_STUDIED):
            raise wrong(f"the verdict is '{self.verdict}' and the certainty '{self.certainty}'", "'not tested' and 'not studied' go together")
        self._check_ladder()
        require_hedge("the wording of a claim", self.certainty, self.wording)
        if self.verdict in ("supported", "partly supported") and not self.supports:
            raise wrong("nothing in the ledger speaks for it", "name rows in supports, or change the verdict")
        if self.verdict in ("contested", "not supported") and not self.against:
            raise wrong("nothing in the ledger speaks against it", "name rows in against, or change the verdict")

    def _check_ladder(self):
        """The certainty follows from where it starts and the steps of its reasons."""
        if self.certainty == NOT_STUDIED:
            return
        if not self.start:
            raise wrong("start is missing", "write high for randomised trials, low for observation")
        step = max(0, _LADDER.index(self.start) + sum(reason.steps for reason in self.reasons))
        follows = _LADDER[min(step, len(_LADDER) - 1)]
        if follows != self.certainty:
            raise wrong(f"its reasons lead from {self.start} to {follows}, and the certainty is {self.certainty}", "let them agree")

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that may hold numbers, by the name of its key."""
        for name in ("shows", "for_whom", "versus", "when", "fails", "wording"):
            yield name, getattr(self, name)
        for number, reason in enumerate(self.reasons, 1):
            yield f"reasons[{number}].because", reason.because

    @property
    def rows(self) -> tuple[str, ...]:
        """The keys of every row for and against."""
        return self.supports + self.against


@lru_cache
def claims(content: Path = CONTENT) -> dict[str, Claim]:
    """Every claim by its key, in the order of the essay. Raises :class:`ContentError` with every slip in the file."""
    source = read_toml(content / "evidence" / "claims.toml")
    tables = {key: table for key, table in source.data.items() if key != "groups"}
    findings: list[Finding] = []
    made = {}
    for key, table in tables.items():
        try:
            made[key] = _claim(key, table, Source(source.data.get("groups", {}), source.path))
        except ContentError as error:
            findings += error.findings
    for each in made.values():
        findings += _findings(each, source, content)
    if findings:
        raise ContentError(findings)
    return made


def _claim(key: str, table, groups: Source) -> Claim:
    source = Source(table, groups.path)
    if not KEY.fullmatch(key):
        raise source.error(key, "the key is no claim", "write a letter and a figure, as in F3")
    if key[0] not in groups.data:
        raise source.error(key, f"there is no group '{key[0]}'", "add it to [groups]")
    if not isinstance(table, dict):
        raise source.error(key, "it is not a table", f"write [{key}] and its keys below")
    return structure(Claim, Source({"key": key, "group": groups.data[key[0]], **table}, groups.path), key)


def _findings(claim: Claim, source: Source, content: Path) -> Iterator[Finding]:
    """Names in a claim that lead nowhere, or to what was withdrawn."""
    known = rows(content)
    named = ((name, BRACED.findall(text)) for name, text in claim.texts)
    for place, keys in (("supports", claim.supports), ("against", claim.against), *named):
        yield from dead_keys(source, f"{claim.key}.{place}", keys, known)
    for key in BRACED.findall(claim.shows):
        if key in known and key not in claim.rows:
            yield source.finding(f"{claim.key}.shows", f"'{key}' is neither in supports nor in against", "say on which side it stands")
    slugs = [module.slug for module in modules(content)]
    for slug in claim.lessons:
        if slug not in slugs:
            yield source.finding(f"{claim.key}.lessons", f"no module '{slug}'", did_you_mean(slug, slugs))


def rows(content: Path = CONTENT) -> Mapping[str, Effect | Statement]:
    """Every row of the ledger by its key: numbers and findings in words."""
    return _rows(content)


@lru_cache
def _rows(content: Path) -> Mapping[str, Effect | Statement]:
    return MappingProxyType({**ledger(content).effects, **statements(content)})


def find_claim(key: str, content: Path = CONTENT) -> Claim:
    """The claim with this key; a :class:`NotFound` with the nearest one when there is none."""
    known = claims(content)
    named = str(key).strip().upper()
    if named not in known:
        listed = f"there is: {', '.join(known)}"
        raise NotFound(f"no claim '{key}'; {did_you_mean(named, known, listed)}")
    return known[named]
