"""start.py as a file: what an old or bare Python makes of it, and which sentence fits which trouble."""

import ast
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "start.py"


def test_python_3_6_can_read_it():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_imports_the_standard_library_only():
    nodes = list(ast.walk(ast.parse(SOURCE.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_it_speaks_plain_ascii_which_every_terminal_can_print():
    assert SOURCE.read_text(encoding="utf-8").isascii()


def test_an_old_python_is_told_what_is_needed(start, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    assert start.main([]) == 2
    assert capsys.readouterr().err.startswith("The course needs Python 3.11 or newer; this is Python 3.8. ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("error: Failed to copy: No space left on device (os error 28)", "The disk is full."),
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full."),
        ("not created successfully because ensurepip is not\navailable.", "This Python lacks its venv module."),
        ("/usr/bin/python3: No module named venv", "This Python lacks its venv module."),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "A downloaded package is not"),
        ("error: Hash mismatch for `attrs==26.1.0`", "A downloaded package is not"),
        ("cause: dns error\ncause: failed to lookup address information", "The packages could not be fetched"),
        ("[Errno -3] Temporary failure in name resolution", "The packages could not be fetched"),
        ("[Errno 11001] getaddrinfo failed", "The packages could not be fetched"),
        ("[Errno 30] Read-only file system: 'build'", "A file or folder cannot be written."),
        ("[WinError 5] Access is denied: 'build'", "A file or folder cannot be written."),
        ("something that nobody has seen before", "This could not be finished."),
    ],
)
def test_each_trouble_has_its_own_sentence(start, words, sentence):
    assert start.diagnosis(words).startswith(sentence)


def test_what_runs_inside_sees_nothing_of_the_users_own_python_and_jupyter(start, monkeypatch, tmp_path):
    monkeypatch.setattr(start, "ROOT", tmp_path)
    for name in ("PYTHONPATH", "PYTHONHOME", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, "/somewhere/else")
    variables = start.environment("my")
    assert "/somewhere/else" not in variables.values()
    assert variables["JUPYTER_CONFIG_DIR"] == str(tmp_path / "my" / ".jupyter")
