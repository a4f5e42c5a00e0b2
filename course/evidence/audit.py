"""``claim("F3")`` and ``audit()``: the audit of the essay, one claim at a time or as a map of them all."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from course.look import Picture, sentence

from .certainty import NOT_STUDIED, VERBS
from .claims import VERDICTS, Claim, claims, find_claim, rows
from .figures import claim_map
from .records import Effect, Link, Statement, ledger, to_source

_QUESTIONS = (("For whom", "for_whom"), ("Versus what", "versus"), ("When", "when"), ("Where it fails", "fails"))


def in_page(effect: Effect, words: str) -> str:
    """The words, linked to the list of sources at the end of a notebook."""
    return f"[{words}](#{effect.key})"


def as_words(effect: Effect, words: str) -> str:
    """The words alone, for a terminal."""
    return words


def filled(text: str, link: Link) -> str:
    """The text with each ``{study.name}`` replaced by what ``link`` makes of it."""
    return ledger().fill(text, link)


def linked(text: str) -> str:
    """The text with its numbers, each linked to where it was read."""
    return filled(text, to_source)


def sources(keys: Iterable[str]) -> str:
    """The studies of some rows of the ledger, each once, linked to where to read it."""
    return "; ".join(dict.fromkeys(rows()[key].study.linked for key in keys))


def row_linked(row: Effect | Statement) -> str:
    """A row of the ledger for a model card: the number or the finding, linked to where it was read."""
    if isinstance(row, Statement):
        return f"{row.says} ({row.study.linked})"
    return f"{to_source(row, row.text)} {row.outcome} ({row.comparison or row.population})"


def claim_markdown(claim: Claim, link: Link = to_source) -> str:
    """One claim as Markdown: what is said, what the evidence shows, the four questions, how sure, and the rows on both sides."""
    fill = lambda text: filled(" ".join(text.split()), link)  # noqa: E731
    parts = [
        f"**The claim.** {claim.says}",
        f"**Verdict: {claim.verdict} {VERDICTS[claim.verdict]}** · **Certainty: {claim.certainty}**{_verb(claim)}",
        f"**What the evidence shows.** {fill(claim.shows)}",
        *(f"**{title}.** {fill(getattr(claim, name))}" for title, name in _QUESTIONS),
        f"**A sentence to sign.** *{fill(claim.wording)}*",
        _reasons(claim, fill),
        _side("Speaks for it", claim.supports, link),
        _side("Speaks against it, or limits it", claim.against, link),
    ]
    return "\n\n".join(part for part in parts if part)


def _verb(claim: Claim) -> str:
    return f", so the word to use is *{VERBS[claim.certainty]}*"


def _reasons(claim: Claim, fill) -> str:
    if claim.certainty == NOT_STUDIED:
        return ""
    evidence = "randomised trials, which start at high" if claim.start == "high" else "observation, which starts at low"
    title = f"**Why {claim.certainty}.** The main evidence is {evidence}."
    lines = [f"- {reason.heading}: {fill(reason.because)}" for reason in claim.reasons]
    return "\n".join([title, "", *lines]).strip()


def _side(title: str, keys: tuple[str, ...], link: Link) -> str:
    if not keys:
        return f"**{title}.** Nothing that could be used was found."
    lines = [f"- {_row(rows()[key], link)}" for key in keys]
    return "\n".join([f"**{title}**", "", *lines])


def _row(row: Effect | Statement, link: Link) -> str:
    """A row of the ledger on one line: what was counted in which group, the number with its interval or the finding, in whom, when, and where read."""
    where = f"({row.study.short}, {row.study.design})"
    if isinstance(row, Statement):
        return f"{row.says}. {sentence('; '.join(filter(None, (row.comparison, row.population, row.time))))} {where}"
    counted = ", ".join(filter(None, (row.comparison, row.outcome)))
    return f"{sentence(counted)}: {'; '.join(filter(None, (link(row, row.text), row.population, row.time)))} {where}"


@attrs.frozen(repr=False)
class Audited:
    """A claim that shows itself: as Markdown in a notebook, as plain words elsewhere."""

    claim: Claim

    def _repr_markdown_(self) -> str:
        return f"### {self.claim.key} · {self.claim.label}\n\n{claim_markdown(self.claim)}"

    def __repr__(self) -> str:
        plain = claim_markdown(self.claim, as_words).replace("**", "").replace("*", "")
        return f"{self.claim.key} · {self.claim.label}\n\n{plain}"


def claim(key: str) -> Audited:
    """One claim of the essay, audited: ``claim("F3")``. What the evidence shows, for whom, versus what, when, and how sure."""
    return Audited(find_claim(key))


def audit() -> Picture:
    """A map of every claim of the essay, by what the evidence says of it and how sure that is."""
    return claim_map(tuple(claims().values()))
