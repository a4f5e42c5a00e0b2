"""Every statement of effect says versus what, and when: a ratio without its comparator and its time is half a number.

A statement of effect is a paragraph (a list belongs to the paragraph that opens it) that shows a ratio or a standardised mean
difference of the ledger. :func:`half_said` names what it leaves out. Where the ledger itself has no time, none is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from course.content.reading import Finding, Source
from course.evidence import ledger
from course.evidence.records import BRACED

from .notebooks import NUMBER_LINK

#: What compares two groups.
MEASURES = ("risk ratio", "odds ratio", "hazard ratio", "rate ratio", "SMD")
VERSUS = re.compile(
    r"\b(?:v|versus|than|against|alone|placebo|control|compared|instead|without|usual|beside|added|both|either|neither|between|differ\w*|"
    r"continued|replaced|times as|more often|less often|staying on)\b",
    re.IGNORECASE,
)
WHEN = re.compile(
    r"\b(?:weeks?|months?|years?|days?|visits?|sessions?|courses?|follow-up|during|while|before|after|early|later|acute|short|long)\b|"
    r"\bstopp|\bend(?:ed|s)?\b|at first|over time",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"\n\s*\n(?!\s*(?:[-*|]|\d+\.)\s)")


def effects_in(text: str) -> list[str]:
    """The keys of the effects that a text prints, linked or in braces."""
    keys = [*(link[1] for link in NUMBER_LINK.findall(text)), *BRACED.findall(text)]
    return [key for key in keys if key in ledger() and ledger()[key].measure in MEASURES]


def half_said(text: str) -> Iterator[tuple[str, str, str]]:
    """Of each paragraph that leaves something out: the effect, what is missing, and what the ledger has there."""
    for block in _BLOCK.split(text):
        prose = NUMBER_LINK.sub("…", BRACED.sub("…", block))
        for key in effects_in(block):
            row = ledger()[key]
            if not VERSUS.search(prose):
                yield key, "versus what", row.comparison
                break
            if row.time and not WHEN.search(prose):
                yield key, "when", row.time
                break


def half(source: Source, place: str, key: str, missing: str, there: str) -> Finding:
    """What :func:`half_said` gave, as a finding."""
    return source.finding(place, f"'{key}' is printed without {missing}", f"say it in the same paragraph; the ledger has: {there}")
