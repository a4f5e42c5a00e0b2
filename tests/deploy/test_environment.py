"""environment.yml for conda and Binder: readable, one truth with the lock, and a Python that the course supports."""

import tomllib
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_it_bears_the_projects_name(environment, project):
    assert environment["name"] == project["name"]


def test_conda_understands_every_line(environment):
    lines = [rattler.MatchSpec(line) for line in environment["dependencies"] if isinstance(line, str)]
    assert [line.name.normalized for line in lines] == ["python", "pip"]


def test_its_python_is_one_that_the_project_supports(environment, project):
    python = environment["dependencies"][0].partition("=")[2]
    assert Version(python) in SpecifierSet(project["requires-python"])
    assert rattler.MatchSpec(f"python={python}").version is not None


def test_every_other_version_stands_in_the_lock_alone(environment):
    assert environment["dependencies"][-1] == {"pip": ["-r requirements.lock"]}
    assert (ROOT / "requirements.lock").is_file()


def test_the_command_that_it_names_for_the_course_itself_is_the_one_of_start_py():
    options = '"--no-deps", "--no-build-isolation", "--no-index", "-e", "."'
    assert options in (ROOT / "start.py").read_text(encoding="utf-8")
    shell = "pip install " + options.replace('"', "").replace(",", "")
    assert shell in (ROOT / "environment.yml").read_text(encoding="utf-8")
