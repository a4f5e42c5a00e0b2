"""Cues: short patterns of words, and where a text says them and does not deny them.

A cue is written in small letters, word after word, without apostrophes (``do not`` for “don’t”):

==========  =====================================================
``help``    this word
``help*``   any word that begins so
``may|can`` one of these words
``so?``     this word or none
``#``       a number in digits
``..``      up to three words between; ``...`` up to eight
``<when>``  any cue of the group of this name
``?``       a question mark
==========  =====================================================

``Language(groups, grammar).said(cues, Words(text))`` gives the first place where one of them stands. Words that deny
(``not``, ``without``) before a cue or inside its gaps take it away: “this will not cure everything” promises no cure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import attrs


class BadCue(ValueError):
    """A cue that cannot be read: what is wrong, and what would be right."""

    def __init__(self, problem: str, remedy: str):
        self.problem, self.remedy = problem, remedy
        super().__init__(problem)


@attrs.frozen
class Grammar:
    """What English does around a cue, as cues again.

    ``denies`` take a cue away, unless they belong to one of ``keeps`` (“no doubt”). They reach back as far as a sentence
    begins or one of ``turns`` stands (“but”). ``reports`` tell what somebody else says. ``undoes`` deny after the cue (“is a myth”).
    """

    denies: tuple[str, ...]
    keeps: tuple[str, ...]
    turns: tuple[str, ...]
    reports: tuple[str, ...]
    undoes: tuple[str, ...]


# ── A text, word by word ─────────────────────────────────────────────────────────────────────────

#: Words, and the marks that part sentences; a full stop counts only at the end of a word.
_PIECES = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|\n\s*\n|[!?;,:()—–…]|\.(?!\w)")
_MARKS = {"?": "?", ",": ",", ":": ",", "(": ",", ")": ",", "—": ",", "–": ","}
_TITLES = {"dr", "mr", "mrs", "ms", "st"}
_CONTRACTED = (
    (re.compile(r"^can'?t$|^cannot$"), "can not"), (re.compile(r"^won'?t$"), "will not"), (re.compile(r"^let's$"), "let us"),
    (re.compile(r"^(is|are|was|were|do|does|did|has|have|had|would|could|should)n'?t$"), r"\1 not"), (re.compile(r"n't$"), " not"),
    (re.compile(r"'ll$"), " will"), (re.compile(r"'re$"), " are"), (re.compile(r"^i'?m$"), "i am"), (re.compile(r"'ve$"), " have"),
    (re.compile(r"'d$"), " would"),
    (re.compile(r"^(it|that|there|here|what|where|who|how|he|she)'s$"), r"\1 is"), (re.compile(r"'s$"), ""),
)  # fmt: skip


class Words:
    """A text as plain words with its marks, each of which knows where in the text it stood."""

    def __init__(self, text: str):
        self.text = text
        self.spans: list[tuple[int, int]] = []
        self.starts: list[int] = []
        line, length = [" "], 1
        before = ""
        for piece in _PIECES.finditer(text):
            written = piece[0].lower().replace("’", "'")
            if written == "." and before in _TITLES:
                continue
            for word in _plain(written) if written[0].isalnum() else [_MARKS.get(written, "|")]:
                self.spans.append(piece.span())
                self.starts.append(length)
                line.append(f"{word} ")
                length += len(line[-1])
            before = written
        self.line = "".join(line)

    @property
    def plain(self) -> list[str]:
        """The words alone, without the marks."""
        return [word for word in self.line.split() if word not in "|,?"]

    @property
    def sentences(self) -> int:
        return len([part for part in re.split(r"[|?]", self.line) if part.strip(" ,")])

    def written(self, start: int, end: int) -> str:
        """The writer's own words for a stretch of ``line``."""
        first, last = bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 2) - 1
        return self.text[self.spans[first][0] : self.spans[last][1]]


def _plain(word: str) -> list[str]:
    """The words that one is short for, without apostrophes: ``don't`` is ``do``, ``not``."""
    for pattern, spelled in _CONTRACTED:
        word, changed = pattern.subn(spelled, word)
        if changed:
            break
    return word.replace("'", "").split()


# ── Cues, and where they stand ───────────────────────────────────────────────────────────────────

_WORD = re.compile(r"[a-z0-9]+\*?(?:\|[a-z0-9]+\*?)*\??")
_GROUP = re.compile(r"<([a-z]+)>")
_GAPS = {"..": 3, "...": 8}
#: How many words back a denial reaches: not far for what should be said, further for what should not, and between the two for what keeps a life safe.
NEAR, BETWEEN, FAR = 3, 5, 7
#: And how far back what excuses a slip may stand: “your uncle told you that …” may be most of a sentence away.
EXCUSED = 10 * FAR


class Language:
    """Cues with the groups that they may name. Raises :class:`BadCue` where one cannot be read."""

    def __init__(self, groups: dict[str, tuple[str, ...]], grammar: Grammar):
        self._groups: dict[str, str] = {}
        self._patterns: dict[str, re.Pattern] = {}
        for name, cues in groups.items():
            self._groups[name] = "(?:" + "|".join(self._written(cue) for cue in cues) + ")"
        self.grammar = grammar

    def pattern(self, cue: str) -> re.Pattern:
        """The cue as a regular expression over :attr:`Words.line`; the words of its gaps are its groups."""
        if cue not in self._patterns:
            self._patterns[cue] = re.compile(f"(?<= ){self._written(cue, gaps='(')}")
        return self._patterns[cue]

    def said(self, cues: Iterable[str], words: Words, reach: int = NEAR, unless: tuple[str, ...] = ()) -> str:
        """The writer's own words at the first place where a cue stands and is not denied; empty where there is none.

        With ``reach`` far, what somebody else is reported to say does not count either, nor what ``unless`` stands before.
        """
        excuses = (*self.grammar.reports, *unless) if reach == FAR else ()
        places = [place for cue in cues for place in self._places(self.pattern(cue), words.line)]
        for start, end, gaps in sorted(places):
            before = self._before(words.line, start, reach)
            denied = self._denies(before) or any(map(self._denies, gaps)) or self._any(excuses, self._before(words.line, start, EXCUSED))
            if not denied and not (reach == FAR and self._any(self.grammar.undoes, words.line[end - 1 :].split("|")[0])):
                return words.written(start, end)
        return ""

    def anywhere(self, cues: Iterable[str], words: Words) -> str:
        """The writer's own words at the first place where a cue stands, denied or not."""
        for start, end, _ in sorted(place for cue in cues for place in self._places(self.pattern(cue), words.line)):
            return words.written(start, end)
        return ""

    @staticmethod
    def _places(pattern: re.Pattern, line: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        found = pattern.search(line)
        while found:
            yield found.start(), found.end(), tuple(f" {gap}" for gap in found.groups())
            found = pattern.search(line, found.start() + 1)

    def _before(self, line: str, start: int, reach: int) -> str:
        """The last words before a place, back to where its sentence or its turn begins."""
        clause = re.split(r"[|?]", line[:start])[-1]
        for turn in self.grammar.turns:
            clause = self.pattern(turn).split(f" {clause}")[-1]
        # A comma ends a clause, unless it goes on as a list: “not weak, lazy or to blame”.
        rest = line[start:]
        parts = re.split(r" , ", f" {clause}")
        is_list = re.match(r"(?:[^ |?,]+ ){1,4}(?:, )?(?:or|nor) ", rest) or re.match(r"\s*(?:or|nor) ", parts[-1])
        clause = " ".join(parts) if is_list else parts[-1]
        return " " + " ".join(clause.split()[-reach:]) + " "

    def _denies(self, words: str) -> bool:
        for kept in self.grammar.keeps:
            words = self.pattern(kept).sub("", words)
        return self._any(self.grammar.denies, words)

    def _any(self, cues: Iterable[str], words: str) -> bool:
        return any(self.pattern(cue).search(words) for cue in cues)

    def _written(self, cue: str, gaps: str = "(?:") -> str:
        """The cue as the source of a regular expression, each part of it with the space that follows."""
        parts = cue.split(" ")
        if parts[0] in _GAPS or parts[-1] in _GAPS:
            raise BadCue(f"the cue '{cue}' begins or ends with a gap", "put a word before and after the dots")
        if all(part.endswith("?") and part != "?" for part in parts):
            raise BadCue(f"the cue '{cue}' may stand for nothing", "leave one word without its question mark")
        return "(?:, )?".join(self._part(cue, part, gaps) for part in parts)

    def _part(self, cue: str, part: str, gaps: str) -> str:
        if part in _GAPS:
            return f"{gaps}(?:[^ |?,]+ (?:, )?){{0,{_GAPS[part]}}}?)"
        if part in ("#", "?"):
            return r"\d+ " if part == "#" else r"\? "
        group = _GROUP.fullmatch(part)
        if group and group[1] not in self._groups:
            raise BadCue(f"the cue '{cue}' names no group above it", f"groups are: {', '.join(self._groups) or 'none'}")
        if group:
            return self._groups[group[1]]
        if not _WORD.fullmatch(part):
            raise BadCue(f"the cue '{cue}' cannot be read", "write small letters, as in may|can ... help*, and do not for don’t")
        either = "|".join(word.replace("*", "[a-z0-9]*") for word in part.rstrip("?").split("|"))
        return f"(?:(?:{either}) )?" if part.endswith("?") else f"(?:{either}) "
