"""The modules of the course, and the misconceptions its questions name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import attrs

from .reading import CONTENT, NotFound, did_you_mean, one_of, read_toml, structure, wrong

FAMILIES = (
    "credit",
    "combining and order",
    "drug reflexes",
    "stopping",
    "therapy as ritual",
    "numbers",
    "evidence",
    "safety",
    "person and label",
    "team and system",
    "learning habits",
)


@attrs.frozen
class Module:
    """One module: its number and slug, what it is for, and whether its lesson is there yet (``ready``)."""

    number: int
    slug: str
    title: str
    minutes: int
    ready: bool
    summary: str
    objectives: dict[str, str] = {}
    competencies: tuple[str, ...] = ()

    def __attrs_post_init__(self):
        if not self.slug.startswith(f"{self.number:02d}_"):
            raise wrong(f"the slug is '{self.slug}'", f"start it with {self.number:02d}_")
        if self.ready and not self.objectives:
            raise wrong("a module that is ready has no objectives", "add [modules.objectives]")

    @property
    def key(self) -> str:
        """``m05``, with which every cell and question of the module begins."""
        return f"m{self.number:02d}"


@attrs.frozen
class Misconception:
    """A named way of going wrong: its family, and the belief itself in one sentence."""

    family: str = attrs.field(validator=one_of(*FAMILIES))
    says: str


@lru_cache
def modules(content: Path = CONTENT) -> list[Module]:
    """Every module in order."""
    source = read_toml(content / "syllabus.toml")
    found = structure(dict[str, tuple[Module, ...]], source).get("modules", ())
    for place, module in enumerate(found, 1):
        if module.number in [other.number for other in found[: place - 1]]:
            raise source.error(f"modules[{place}].number", f"there are two modules {module.number}", "give each its own number and slug")
    return found


def ready_modules(content: Path = CONTENT) -> list[Module]:
    """The modules that have a lesson, an exercise and a solution."""
    return [module for module in modules(content) if module.ready]


def find_module(name: str, content: Path = CONTENT) -> Module:
    """The module with this slug or number; a :class:`NotFound` with the nearest slug when there is none."""
    for module in modules(content):
        if name in (module.slug, module.key, str(module.number), f"{module.number:02d}"):
            return module
    raise NotFound(f"no module '{name}'; {did_you_mean(name, [module.slug for module in modules(content)])}")


@lru_cache
def misconceptions(content: Path = CONTENT) -> dict[str, Misconception]:
    """Every misconception by its slug."""
    return structure(dict[str, Misconception], read_toml(content / "misconceptions.toml"))
