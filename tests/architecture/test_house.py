"""The house stands as it is drawn: floors, light imports, one name for one thing, no strangers in the text."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import course
from course.authoring import reading
from course.content.reading import CONTENT
from course.content.syllabus import modules, ready_modules
from course.look import COLOURS, SERIES, TONES, css_variables
from tests.conftest import ROOT, committed, tracked

HEAVY = ("numpy", "scipy", "matplotlib", "ipywidgets", "anywidget", "pandas", "nbformat", "nbgrader")


def run_python(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()


def loaded_by(program: str) -> str:
    return run_python(f"import sys\n{program}\nprint([m for m in {HEAVY} if m in sys.modules])")


def test_the_floors_hold():
    linted = subprocess.run([Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def imported(path: Path) -> set[str]:
    """Every module that a file imports, with its full name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_of_scipy_only_the_special_functions_are_used():
    """Import-linter knows outside packages as a whole only. ``scipy.stats`` brings much more than the pooling needs."""
    used = {name for path in (ROOT / "course").rglob("*.py") for name in imported(path) if name.split(".")[0] == "scipy"}
    assert used and all(name.startswith("scipy.special.") for name in used), used


def test_ruff_finds_nothing():
    linted = subprocess.run([Path(sys.executable).parent / "ruff", "check", "--no-cache", "."], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    "program",
    [
        "import course",
        "from course import check",
        "from course import read; read('grace')",
        "from course.cases import Session, load_case; Session(load_case('grace'))",
        "from course.questions import load_question, mark; mark(load_question('m05-q1'), 'a')",
    ],
)
def test_nothing_heavy_is_loaded_for(program):
    assert loaded_by(program).endswith("[]")


def test_checking_one_file_loads_no_notebook_library():
    program = f"from pathlib import Path; from course.authoring.checks import check_file; check_file(Path({str(CONTENT / 'cases' / 'grace.toml')!r}))"
    assert loaded_by(program).endswith("[]")


def test_every_public_name_can_be_used_and_says_what_it_gives():
    for name in course.__all__:
        first = getattr(course, name).__doc__.strip().splitlines()[0]
        assert first.endswith((".", ":")) or "``" in first, name


def test_no_public_name_equals_a_room():
    rooms = {path.name for path in (ROOT / "course").iterdir() if path.is_dir()}
    assert not rooms & set(course.__all__)


def test_one_slug_everywhere():
    slugs = {module.slug for module in ready_modules()}
    assert {Path(name).stem for name in tracked("notebooks")} == slugs | {reading.NAME}
    for folder in ("solutions", "exercises"):
        assert {tuple(Path(name).parts[1:]) for name in tracked(folder)} == {(slug, f"{slug}.ipynb") for slug in slugs}
    assert {path.stem for path in (CONTENT / "questions").glob("*.toml")} == slugs
    assert len({module.number for module in modules()}) == len(modules())


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == course.__version__
    assert f"version: {course.__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_what_runs_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lock, named in (
        ("requirements.lock", project["project"]["dependencies"]),
        ("requirements-test.lock", [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["test"]]),
    ):
        text = (ROOT / lock).read_text(encoding="utf-8").lower()
        assert "http://" not in text and "https://" not in text
        for requirement in named:
            name = re.match(r"[\w-]+", requirement)[0].lower().replace("_", "-")
            assert re.search(rf"^{name}==", text, re.MULTILINE), f"{name} is not in {lock}"


#: Words that say nothing to a reader of this course, or tell of a machine.
STRANGERS = re.compile(r"/root/|/home/\w+/|/work/main|C:\\\\Users|pypi\.org|files\.pythonhosted|\bshared/evidence\b|\.\./shared")


def test_nothing_committed_speaks_of_a_machine():
    for name in tracked("."):
        if name.endswith(".lock") or name == "tests/architecture/test_house.py":
            continue
        found = STRANGERS.search(committed(name).decode("utf-8", errors="replace"))
        assert not found, f"{name} says {found[0]}"


# ── Contrast ─────────────────────────────────────────────────────────────────────────────────────


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", [*SERIES, "ink", "quiet"])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_colour_can_be_read_on_the_page(name, theme):
    assert contrast(COLOURS[name][theme], TONES["paper"][theme]) >= 4.5


def test_the_four_treatments_differ_by_marker_and_line_too():
    assert len({marker for *_, marker, _ in SERIES.values()}) == len(SERIES)


def test_the_page_gets_every_colour_of_the_palette():
    for name, colours in COLOURS.items():
        assert all(f"--cc-{name}:{colour};" in css_variables() for colour in colours)
