"""Finding numbers in the ledger by words: ``search("relapse mindfulness")`` gives what fits, the best first.

A word is looked for in what a number says of itself: the outcome, whom it was seen in, what was compared, when, and the study.
Numbers of a withdrawn version are never among the answers; :class:`Found` names the studies that they belong to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import attrs

from .records import Effect, Ledger, Study, ledger

#: How much a word counts where it stands.
WEIGHTS = {"outcome": 4, "comparison": 4, "population": 3, "time": 2, "study": 3, "name": 1}
#: Words that ask for the same thing.
SAME = (("mindfulness", "mbct"), ("cognitive", "cbt"), ("interpersonal", "ipt"), ("drug", "medication"), ("both", "combined", "combination", "together"))
_WHOLE, _BEGINNING = 1.0, 0.6
_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "than", "the", "to", "v", "versus", "vs", "with", "without"))


@attrs.frozen
class Found:
    """What a search gave: the numbers, the best first, and studies whose fitting numbers were withdrawn."""

    words: tuple[str, ...]
    effects: tuple[Effect, ...]
    withdrawn: tuple[Study, ...]


def search(text: str, book: Ledger | None = None) -> Found:
    """Numbers in which every word occurs; where there are none, those in which most of them do."""
    words = tuple(dict.fromkeys(word for word in words_of(text) if word not in _SMALL))
    book = book or ledger()
    scored = [(*_score(words, places), effect) for effect, places in _index(book)]
    most = max((hits for hits, _, _ in scored), default=0)
    fitting = [row for row in scored if row[0] == most and most * 2 > len(words)] if words else []
    fitting.sort(key=lambda row: -row[1])
    withdrawn = {effect.study.key: effect.study for _, _, effect in fitting if effect.status == "retracted"}
    return Found(words, tuple(effect for *_, effect in fitting if effect.status != "retracted"), tuple(withdrawn.values()))


def words_of(text: str) -> list[str]:
    """The words of a text, small and without accents: ``['lesperance', '2007']``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(maxsize=2)
def _index(book: Ledger) -> list[tuple[Effect, dict[str, list[str]]]]:
    """Every number with the words that stand in each of its places."""

    def places(effect: Effect) -> dict[str, str]:
        study = effect.study
        return {
            "outcome": effect.outcome, "comparison": effect.comparison, "population": effect.population, "time": effect.time,
            "study": f"{study.key} {study.authors} {study.year} {study.source}", "name": f"{effect.name} {effect.measure}",
        }  # fmt: skip

    return [(effect, {place: words_of(text) for place, text in places(effect).items()}) for effect in book.effects.values()]


def _score(words: Sequence[str], places: dict[str, list[str]]) -> tuple[int, float]:
    """How many of the words occur in a number's own words, and how well they fit."""
    best = [max(WEIGHTS[place] * _fit(each, there) for place, there in places.items() for each in _same(word)) for word in words]
    length = sum(len(places[place]) for place in ("outcome", "comparison", "population"))
    return sum(score > 0 for score in best), sum(best) - length / 1000  # of two that fit alike, the shorter says it more plainly


def _same(word: str) -> tuple[str, ...]:
    return (word, *(other for group in SAME if word in group for other in group if other != word))


def _fit(word: str, there: Sequence[str]) -> float:
    if word in there or (len(word) > 3 and (f"{word}s" in there or word.removesuffix("s") in there)):
        return _WHOLE
    return _BEGINNING if len(word) > 2 and any(each.startswith(word) for each in there) else 0.0
