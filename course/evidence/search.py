"""Finding numbers, statements and safety facts by words: ``search("relapse mindfulness")`` gives what fits, the best first.

A word is looked for in what a row says of itself: the outcome, whom it was seen in, what was compared, when, and the study.
In a safety fact it is looked for in what is so, what to do, for whom, and the source.
Rows of a withdrawn version are never among the answers; :class:`Found` names the studies that they belong to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT

from .records import Effect, Statement, Study, ledger, statements
from .safety import SafetyFact, safety_facts, sources_of

#: How much a word counts where it stands.
WEIGHTS = {"outcome": 4, "comparison": 4, "population": 3, "time": 2, "study": 3, "name": 1}
#: Words that ask for the same thing.
SAME = (("mindfulness", "mbct"), ("cognitive", "cbt"), ("interpersonal", "ipt"), ("drug", "medication"), ("both", "combined", "combination", "together"))
_WHOLE, _BEGINNING = 1.0, 0.6
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "than", "the", "to", "v", "versus", "vs", "with", "without"))


@attrs.frozen
class Found:
    """What a search gave: numbers, statements and safety facts, the best first, and studies whose fitting rows were withdrawn."""

    words: tuple[str, ...]
    effects: tuple[Effect, ...]
    statements: tuple[Statement, ...]
    facts: tuple[SafetyFact, ...]
    withdrawn: tuple[Study, ...]


def search(text: str, content: Path = CONTENT) -> Found:
    """Rows in which every word occurs; where there are none, those in which most of them do."""
    words = tuple(dict.fromkeys(word for word in words_of(text) if word not in _SMALL))
    rows = _best(words, _index(content))
    withdrawn = {row.study.key: row.study for row in rows if row.status == "retracted"}
    shown = [row for row in rows if row.status != "retracted"]
    kinds = (tuple(row for row in shown if isinstance(row, kind)) for kind in (Effect, Statement))
    return Found(words, *kinds, tuple(_best(words, _facts(content))), tuple(withdrawn.values()))


def _best(words: Sequence[str], index: list[tuple]) -> list:
    """The rows in which most of the words occur, if that is more than half of them; those that fit best come first."""
    scored = [(*_score(words, places), row) for row, places in index]
    most = max((hits for hits, _, _ in scored), default=0)
    fitting = [each for each in scored if words and each[0] == most and most * 2 > len(words)]
    return [row for *_, row in sorted(fitting, key=lambda each: -each[1])]


def words_of(text: str) -> list[str]:
    """The words of a text, small and without accents: ``['lesperance', '2007']``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(maxsize=2)
def _index(content: Path) -> list[tuple[Effect | Statement, dict[str, list[str]]]]:
    """Every number and statement with the words that stand in each of its places."""

    def places(row: Effect | Statement) -> dict[str, str]:
        study, number = row.study, isinstance(row, Effect)
        return {
            "outcome": row.outcome if number else row.says, "comparison": row.comparison, "population": row.population, "time": row.time,
            "study": f"{study.key} {study.design} {study.citation}", "name": f"{row.name} {row.measure if number else ''}",
        }  # fmt: skip

    rows = [*ledger(content).effects.values(), *statements(content).values()]
    return [(row, {place: words_of(text) for place, text in places(row).items()}) for row in rows]


@lru_cache(maxsize=2)
def _facts(content: Path) -> list[tuple[SafetyFact, dict[str, list[str]]]]:
    """Every safety fact with the words that stand in each of its places."""

    def places(fact: SafetyFact) -> dict[str, str]:
        cited = " ".join(study.citation for study in sources_of(fact, content))
        return {"outcome": fact.fact, "comparison": fact.action, "population": fact.applies_to, "study": cited, "name": fact.key}

    return [(fact, {place: words_of(text) for place, text in places(fact).items()}) for fact in safety_facts(content).values()]


def _score(words: Sequence[str], places: dict[str, list[str]]) -> tuple[int, float]:
    """How many of the words occur in a row's own words, and how well they fit."""
    best = [max(WEIGHTS[place] * _fit(each, there) for place, there in places.items() for each in _same(word)) for word in words]
    length = sum(len(places[place]) for place in ("outcome", "comparison", "population"))
    return sum(score > 0 for score in best), sum(best) - length / 1000  # of two that fit alike, the shorter says it more plainly


def _same(word: str) -> tuple[str, ...]:
    return (word, *(other for group in SAME if word in group for other in group if other != word))


def _fit(word: str, there: Sequence[str]) -> float:
    if word in there or (len(word) > 3 and (f"{word}s" in there or word.removesuffix("s") in there)):
        return _WHOLE
    return _BEGINNING if len(word) > 2 and any(each.startswith(word) for each in there) else 0.0
