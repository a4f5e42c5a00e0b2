"""``course new``: a valid case or module to rewrite."""

from __future__ import annotations

import re
from pathlib import Path

from course.cases.records import case_keys
from course.content.reading import CONTENT, PlainError
from course.content.syllabus import Module, find_module, modules

from .notebooks import Cell, code, empty_notebook, markdown, reflection_metadata, write_notebook

_TEMPLATES = Path(__file__).parent / "templates"


def begin_case(name: str, content: Path = CONTENT) -> Path:
    """A new case file; the path of it. Refuses a name that is taken or no name."""
    key = name.strip().lower()
    if not re.fullmatch(r"[a-z]+", key):
        raise PlainError(f"'{name}' cannot be a case's key; give a first name in plain letters, as in grace")
    if key in case_keys(content):
        raise PlainError(f"there is a case '{key}' already; choose another first name")
    path = content / "cases" / f"{key}.toml"
    text = (_TEMPLATES / "case.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("NAME", key.capitalize()).replace("KEY", key), encoding="utf-8")
    return path


def begin_module(root: Path, name: str, content: Path = CONTENT) -> list[Path]:
    """The first files of a module that the syllabus plans; their paths. Refuses a module that is there already."""
    module = find_module(name, content)
    if module.ready:
        raise PlainError(f"{module.slug} is there already; edit notebooks/{module.slug}.ipynb")
    slug = module.slug
    files = {
        content / "questions" / f"{slug}.toml": (_TEMPLATES / "questions.toml").read_text(encoding="utf-8").replace("KEY", module.key),
        root / "notebooks" / f"{slug}.ipynb": _lesson(module),
        root / "solutions" / slug / f"{slug}.ipynb": _solution(module),
    }
    for path in files:
        if path.exists():
            raise PlainError(f"{path.name}: this file is there already; move it away or edit it")
    for path, made in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8") if isinstance(made, str) else write_notebook(empty_notebook(made), path)
    _mark_ready(module, content)
    return list(files)


def _lesson(module: Module) -> list[Cell]:
    key = module.key
    return [
        markdown(f"{key}-title", f"# {module.title}\n\nYou will be able to: …\n\nHow long: about {module.minutes} minutes. At hand: nothing."),
        code(f"{key}-import", "from course import ask"),
        markdown(f"{key}-first-idea", "## The first idea\n\nProse, then one call that shows one thing."),
        code(f"{key}-first-card", f'ask("{key}-q1")'),
        markdown(f"{key}-sources", "## Sources"),
    ]


def _solution(module: Module) -> list[Cell]:
    key = module.key
    reflection = f"{key}-q2-reflect"
    return [
        markdown(f"{key}-title", f"# {module.title}: exercise\n\nWhat to do, and what an answer looks like."),
        code(f"{key}-import", "from course import check"),
        markdown(f"{key}-q1", "made by course tidy"),
        markdown(f"{key}-q2-prompt", "## Reflection · 12 points\n\nA question to think about, and its rubric."),
        markdown(reflection, "### BEGIN SOLUTION\nAn answer that reaches the top of the rubric.\n### END SOLUTION", **reflection_metadata(reflection, 12)),
        markdown(f"{key}-hand-in", f"## What to hand in\n\nSave, then hand in this file: `exercises/{module.slug}/{module.slug}.ipynb`."),
    ]


def _mark_ready(module: Module, content: Path) -> None:
    """In the syllabus: the module is ready, and has a first objective to rewrite."""
    path = content / "syllabus.toml"
    before, slug, after = path.read_text(encoding="utf-8").partition(f'slug = "{module.slug}"')
    after = after.replace("ready = false", "ready = true", 1)
    table, gap, rest = after.partition("\n\n[[modules]]")
    objectives = f'\n[modules.objectives]\n{module.key}-o1 = "A verb, and what the learner can do."'
    path.write_text(before + slug + table.rstrip("\n") + objectives + (gap + rest if gap else "\n"), encoding="utf-8")
    modules.cache_clear()
