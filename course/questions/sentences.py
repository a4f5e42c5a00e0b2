"""The prescriber's sentence: a short text to a patient, held against lists of cues that anyone can read.

``review(load_task("first-weeks"), text)`` gives a :class:`Review`: the moves that were found and in which words, the
questions that it asks back, what it advises, and what it could not judge. The lists are ``content/sentences.toml``:

=========  ===================================================================================================
groups     words that cues share, as ``<when>``
grammar    what denies a cue
crisis     words about dying; a text or a patient who says them is never passed without a word on tonight
moves      what a text should do; a task names those that it needs
slips      what no text to a patient should do
tasks      who the patient is and what is to be said, with a model answer that meets every need
=========  ===================================================================================================

Cues see words. They do not see warmth, nor whether a sentence is true of this person: the mark for that is a reader's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs

from course.content.reading import CONTENT, ContentError, Finding, NotFound, Source, did_you_mean, read_toml, shown, structure

from .cues import BETWEEN, FAR, NEAR, BadCue, Grammar, Language, Words

FEWEST_WORDS, MOST_WORDS, MOST_CHARACTERS = 4, 180, 4000
#: How far a text that is too long to review is still looked through for words about dying.
MOST_LOOKED_THROUGH = 10 * MOST_CHARACTERS
#: Beyond these a text gets advice, never marks.
MANY_SENTENCES, HARD_GRADE = 4, 9
#: A text is taken for English when so much of its letters is ASCII, and so much of its words is common.
LEAST_ASCII, LEAST_COMMON = 0.8, 0.1


@attrs.frozen
class Move:
    """Something that a text should do. ``label`` names it once it is found; ``asks`` is the question back where it is not."""

    label: str
    asks: str
    cues: tuple[str, ...]


@attrs.frozen
class Slip:
    """Something that no text to a patient should do. ``example`` is one; words of ``unless`` before the cue excuse it."""

    asks: str
    cues: tuple[str, ...]
    example: str
    unless: tuple[str, ...] = ()
    misconception: str = ""


@attrs.frozen
class Crisis:
    """Words about dying, what to ask where nothing is said of tonight, and what to say where something is."""

    cues: tuple[str, ...]
    answered_by: str
    asks: str
    after: str


@attrs.frozen
class Task:
    """A text to write. ``own`` gives cues of this patient alone, in place of the move's; ``says`` are the patient's words."""

    name: str
    needs: tuple[str, ...]
    model: str
    scene: str = ""
    says: str = ""
    own: dict[str, tuple[str, ...]] = {}
    key: str = ""

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        return ("scene", self.scene), ("says", self.says), ("model", self.model)


@attrs.frozen
class Lists:
    """All of ``sentences.toml``."""

    blind: str
    groups: dict[str, tuple[str, ...]]
    grammar: Grammar
    crisis: Crisis
    moves: dict[str, Move]
    slips: dict[str, Slip]
    tasks: dict[str, Task]

    @property
    def language(self) -> Language:
        return _language(tuple(self.groups.items()), self.grammar)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every text that a learner can read, by its place."""
        said = [("blind", self.blind), ("crisis.asks", self.crisis.asks), ("crisis.after", self.crisis.after)]
        said += [(f"moves.{key}.asks", move.asks) for key, move in self.moves.items()] + [(f"slips.{key}.asks", slip.asks) for key, slip in self.slips.items()]
        return *said, *((f"tasks.{key}.{place}", text) for key, task in self.tasks.items() for place, text in task.texts)


@lru_cache
def _language(groups: tuple[tuple[str, tuple[str, ...]], ...], grammar: Grammar) -> Language:
    return Language(dict(groups), grammar)


# ── The review of a text ─────────────────────────────────────────────────────────────────────────


@attrs.frozen
class Review:
    """What was found in a text. ``found`` and ``slips`` are (key, the writer's words); ``crisis`` the words about dying, in text or task."""

    found: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    slips: tuple[tuple[str, str], ...] = ()
    crisis: str = ""
    safe: bool = True
    unreadable: str = ""
    messages: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every move is there, no slip, and no word about dying without one on tonight. Never the whole mark."""
        return not (self.unreadable or self.missing or self.slips) and (self.safe or not self.crisis)


def review(task: Task, text: Any, content: Path = CONTENT) -> Review:
    """The review of a text, whatever it is. It never raises."""
    lists = sentences(content)
    unreadable = _unreadable(task, text)
    if unreadable:
        return _turned_back(unreadable, text, lists)
    words, language = Words(_printable(text)), lists.language
    safety = lists.crisis.answered_by
    said = {
        key: language.said(task.own.get(key, lists.moves[key].cues), words, BETWEEN if key == safety else NEAR)  # “you do not need to call 988” is no safety
        for key in task.needs
    }
    slips = {key: language.said(slip.cues, words, FAR, slip.unless) for key, slip in lists.slips.items()}
    crisis = language.anywhere(lists.crisis.cues, words) or language.anywhere(lists.crisis.cues, Words(task.says))
    made = Review(
        found=tuple((key, _quoted(own)) for key, own in said.items() if own),
        missing=tuple(key for key, own in said.items() if not own),
        slips=tuple((key, _quoted(own)) for key, own in slips.items() if own),
        crisis=_quoted(crisis),
        safe=bool(language.said(lists.moves[safety].cues, words, BETWEEN)),
        misconceptions=tuple(lists.slips[key].misconception for key, own in slips.items() if own and lists.slips[key].misconception),
    )
    return attrs.evolve(made, messages=tuple(_messages(made, lists, words)))


def _turned_back(unreadable: str, text: Any, lists: Lists) -> Review:
    """The review of a text that cannot be read. Two words may be too few to review, and still be about dying."""
    parts = text if type(text) in (list, tuple) else [text]
    written = " ".join(part[:MOST_LOOKED_THROUGH] for part in parts[:MOST_LOOKED_THROUGH] if type(part) is str)[:MOST_LOOKED_THROUGH]
    crisis = _quoted(lists.language.anywhere(lists.crisis.cues, Words(_printable(written))))
    said = (f"The words “{crisis}” stand here. {lists.crisis.asks}",) if crisis else ()
    return Review(crisis=crisis, safe=not crisis, unreadable=unreadable, messages=(*said, unreadable))


def _messages(made: Review, lists: Lists, words: Words) -> Iterator[str]:
    """What is said to the writer: safety first, then slips, then what is missing, what was found, advice, and what nobody judged."""
    open_crisis = made.crisis and not made.safe
    if open_crisis:
        yield f"The words “{made.crisis}” stand here. {lists.crisis.asks}"
    for key, own in made.slips:
        yield f"You write “{own}”. {lists.slips[key].asks}"
    for key in made.missing:
        if not (open_crisis and key == lists.crisis.answered_by):
            yield lists.moves[key].asks
    if made.passed and made.crisis:
        yield f"The words “{made.crisis}” stand here, and you say what happens next. {lists.crisis.after}"
    if made.found:
        yield "Found: " + "; ".join(f"{lists.moves[key].label} (“{own}”)" for key, own in made.found) + "."
    yield from advice(words)
    yield lists.blind


def advice(words: Words) -> Iterator[str]:
    """On length and ease of reading; never marks."""
    if words.sentences > MANY_SENTENCES:
        yield f"Advice, not marks: these are {words.sentences} sentences. Two or three are kept better in mind."
    grade = reading_grade(words)
    if grade > HARD_GRADE:
        long = sorted({word for word in words.plain if syllables(word) > 3})[:4]
        which = f" The longest words are {', '.join(long)}." if long else ""
        yield f"Advice, not marks: this reads at about school grade {grade:.0f}. Short sentences and everyday words bring it to about 8.{which}"


def reading_grade(words: Words) -> float:
    """The Flesch-Kincaid grade, with syllables estimated; rough for so short a text."""
    plain = words.plain
    per_word = sum(map(syllables, plain)) / max(1, len(plain))
    return 0.39 * len(plain) / max(1, words.sentences) + 11.8 * per_word - 15.59


def syllables(word: str) -> int:
    """About how many syllables a word has: its runs of vowels, without a silent e at its end."""
    silent = word.endswith(("e", "es", "ed")) and not word.endswith(("le", "les", "ted", "ded", "ses", "ces", "ges", "shes", "ches", "xes", "zes"))
    return max(1, len(re.findall(r"[aeiouy]+", word)) - silent)


# ── What can be read ─────────────────────────────────────────────────────────────────────────────

_ENGLISH = "This check reads English only. With your patient, their own language comes first; here, write the same in English."
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a about all am an and are as at be but by call can could do for from have help here how i if in is it let like may me more my no not of on or our "
        "out so some that the them then there these they think this time to today us want was we what when will with would you your",
    )
)


def _unreadable(task: Task, text: Any) -> str:
    """Why a text cannot be reviewed, with what would be right; empty where it can."""
    if type(text) is not str:
        return f"Write your words to {task.name} as one text, between quotes."
    if len(text) > MOST_CHARACTERS:
        return f"That is very long for a word to {task.name}. Write two or three sentences."
    words = Words(_printable(text))
    letters = [letter for letter in text if letter.isalpha()]
    if letters and sum(letter.isascii() for letter in letters) < LEAST_ASCII * len(letters):
        return _ENGLISH
    if len(words.plain) < FEWEST_WORDS:
        return f"That is too short to read. Write two or three sentences to {task.name}, as you would say them."
    if len(words.plain) > MOST_WORDS:
        return f"These are {len(words.plain)} words. Write two or three sentences to {task.name}."
    if sum(word in _COMMON for word in words.plain) < LEAST_COMMON * len(words.plain):
        return _ENGLISH
    return ""


def _printable(text: str) -> str:
    """The text without quotes around it and without characters that have no shape, in plain letters: “ｈｅｌｐ” is “help”."""
    kept = "".join(character if character.isspace() or unicodedata.category(character)[0] != "C" else "" for character in unicodedata.normalize("NFKC", text))
    return kept.strip(" \t\n'\"“”‘’")


def _quoted(words: str) -> str:
    """The writer's words as a message may repeat them: without marks that a page would read as its own."""
    return shown(re.sub(r"[{}\[\]<>`*_]", "", words))


# ── The file ─────────────────────────────────────────────────────────────────────────────────────


@lru_cache
def sentences(content: Path = CONTENT) -> Lists:
    """The lists of ``sentences.toml``. Raises a :class:`ContentError` with a line for each slip in it."""
    source = read_toml(content / "sentences.toml")
    made = structure(Lists, source)
    found = list(_bad_cues(made, source)) or list(_misfits(made, source))
    if found:
        raise ContentError(found)
    return attrs.evolve(made, tasks={key: attrs.evolve(task, key=key) for key, task in made.tasks.items()})


def load_task(key: str, content: Path = CONTENT) -> Task:
    """The task with this key; a :class:`NotFound` with the nearest key where there is none."""
    tasks = sentences(content).tasks
    if key not in tasks:
        raise NotFound(f"no sentence to write named '{key}'; {did_you_mean(key, tasks)}")
    return tasks[key]


def _bad_cues(made: Lists, source: Source) -> list[Finding]:
    """Every cue that cannot be read, where it stands."""
    found, groups = [], {}
    for name, cues in made.groups.items():
        found += _unread(f"groups.{name}", cues, groups, made, source)
        groups[name] = cues
        if found:
            return found  # whatever names this group would only repeat it
    places = {f"grammar.{name}": cues for name, cues in attrs.asdict(made.grammar).items()} | {"crisis.cues": made.crisis.cues}
    places |= {f"moves.{key}.cues": move.cues for key, move in made.moves.items()}
    places |= {f"slips.{key}.{name}": getattr(slip, name) for key, slip in made.slips.items() for name in ("cues", "unless")}
    places |= {f"tasks.{key}.own.{move}": cues for key, task in made.tasks.items() for move, cues in task.own.items()}
    return [finding for place, cues in places.items() for finding in _unread(place, cues, groups, made, source)]


def _unread(place: str, cues: tuple[str, ...], groups: dict[str, tuple[str, ...]], made: Lists, source: Source) -> list[Finding]:
    """Those cues of one place that cannot be read, with the groups that stand above it."""
    language, found = Language(groups, made.grammar), []
    if not cues and not place.endswith("unless"):
        found.append(source.finding(place, "it has no cue", 'write at least one, as in ["may|can ... help*"]'))
    for number, cue in enumerate(cues, 1):
        try:
            language.pattern(cue)
        except BadCue as error:
            found.append(source.finding(f"{place}[{number}]", error.problem, error.remedy))
    return found


def _misfits(made: Lists, source: Source) -> Iterator[Finding]:
    """Names that lead nowhere, and tasks that cannot be met."""
    if made.crisis.answered_by not in made.moves:
        yield source.finding("crisis.answered_by", f"no move '{made.crisis.answered_by}'", did_you_mean(made.crisis.answered_by, made.moves))
        return
    for key, task in made.tasks.items():
        for move in (*task.needs, *task.own):
            if move not in made.moves:
                yield source.finding(f"tasks.{key}", f"no move '{move}'", did_you_mean(move, made.moves))
                return
        if not task.needs:
            yield source.finding(f"tasks.{key}.needs", "it needs no move", "name at least one of the moves")
        for move in task.own:
            if move not in task.needs:
                yield source.finding(f"tasks.{key}.own", f"it has cues for '{move}' and does not need it", "add it to needs, or take the cues away")
        if made.language.anywhere(made.crisis.cues, Words(task.says)) and made.crisis.answered_by not in task.needs:
            yield source.finding(f"tasks.{key}.needs", "the patient speaks of dying and nothing is asked of tonight", f"add '{made.crisis.answered_by}'")
