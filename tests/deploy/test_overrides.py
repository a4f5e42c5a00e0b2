"""The settings for Jupyter: generated, current, and exactly as wide as meant."""

import json
import runpy
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture(scope="module")
def generator() -> dict:
    return runpy.run_path(str(DEPLOY / "make_overrides.py"))


@pytest.fixture(scope="module")
def settings() -> dict:
    return json.loads((DEPLOY / "overrides.json").read_text(encoding="utf-8"))


def test_the_file_is_what_the_installed_jupyterlab_asks_for(generator):
    assert (DEPLOY / "overrides.json").read_text(encoding="utf-8") == generator["overrides"]()


def test_every_shortcut_that_is_switched_off_comes_back_for_the_focused_cell_alone(settings):
    shortcuts = settings["@jupyterlab/shortcuts-extension:shortcuts"]["shortcuts"]
    off = [each for each in shortcuts if each.get("disabled")]
    back = [each for each in shortcuts if not each.get("disabled")]
    assert len(off) == len(back) > 30
    assert [each["command"] for each in off] == [each["command"] for each in back]
    assert all(each["selector"].endswith(" .jp-Cell:focus") for each in back)


def test_no_shortcut_without_a_modifier_is_left_that_a_control_in_a_notebook_would_lose(generator):
    """A new JupyterLab may word its selectors differently; this finds the keys that would slip through."""
    switched_off = set(generator["NARROWER"])
    for each in generator["installed_shortcuts"]():
        wide = " :focus" in each["selector"] or each["selector"].endswith("commandMode")
        bare = any(key and " " not in key for key in each.get("keys", []))
        assert not (wide and bare and each["selector"] not in switched_off), each


def test_every_setting_exists_in_the_installed_schemas(settings):
    jupyter, schemas = Path(sys.prefix) / "share" / "jupyter", {}
    for path in [*jupyter.glob("lab/schemas/**/*.json"), *jupyter.glob("labextensions/**/schemas/**/*.json")]:
        folder, _, name = path.as_posix().rpartition("/schemas/")[2].removesuffix(".json").rpartition("/")
        schemas[f"{folder}:{name}"] = json.loads(path.read_text(encoding="utf-8"))
    for plugin, values in settings.items():
        for key, value in values.items():
            allowed = schemas[plugin]["properties"][key]
            choices = allowed.get("enum") or [choice["const"] for choice in allowed.get("oneOf", [])]
            assert not choices or value in choices


def test_check_agrees_with_the_committed_file_and_finds_another(generator, monkeypatch, tmp_path, capsys):
    assert generator["main"](["--check"]) == 0
    other = tmp_path / "overrides.json"
    other.write_text("{}")
    monkeypatch.setitem(generator["main"].__globals__, "TARGET", other)
    assert generator["main"](["--check"]) == 1
    assert "run deploy/make_overrides.py again" in capsys.readouterr().out
