"""The clinics in which a case may be met: what is to be had there, and what is not.

``settings()["valley"]`` is Cedar Valley. A case names the facts that an option needs; a setting says which of them hold.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import attrs

from .reading import CONTENT, ContentError, did_you_mean, read_toml, structure


@attrs.frozen
class Setting:
    """One clinic: its name, what a clinician would want to know of it, and the access facts that hold there."""

    title: str
    text: str
    holds: tuple[str, ...]
    key: str = ""

    def lacking(self, needs: tuple[str, ...]) -> list[str]:
        """Those of the needed facts that do not hold here."""
        return [fact for fact in needs if fact not in self.holds]


@attrs.frozen
class Settings:
    """The facts, each in words, and the clinics."""

    facts: dict[str, str]
    clinics: dict[str, Setting]


@lru_cache
def _read(content: Path) -> Settings:
    source = read_toml(content / "settings.toml")
    read = structure(Settings, source)
    wrong = [
        source.finding(f"clinics.{key}.holds", f"no fact '{fact}'", did_you_mean(fact, read.facts))
        for key, clinic in read.clinics.items() for fact in clinic.holds if fact not in read.facts
    ]  # fmt: skip
    if wrong:
        raise ContentError(wrong)
    return attrs.evolve(read, clinics={key: attrs.evolve(clinic, key=key) for key, clinic in read.clinics.items()})


def settings(content: Path = CONTENT) -> dict[str, Setting]:
    """Every clinic by its key."""
    return _read(content).clinics


def access_facts(content: Path = CONTENT) -> dict[str, str]:
    """Every access fact, each with its words."""
    return _read(content).facts
