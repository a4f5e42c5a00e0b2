"""Small changes to words that stand in a sentence: ``in_a_sentence("A long way")`` is ``a long way``."""

from __future__ import annotations


def in_a_sentence(words: str) -> str:
    """The words as they stand inside a sentence: ``sertraline and CBT``; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def either(parts: tuple[str, ...]) -> str:
    """``choosing a dose; or predicting a course``."""
    *first, last = parts
    return f"{'; '.join(first)}; or {last}" if first else last
