"""Write deploy/overrides.json, the course's settings for JupyterLab and Notebook 7, or check it with --check.

Both programs read the file from share/jupyter/lab/settings. The part about shortcuts repeats JupyterLab's own list,
so it is exact to one version: run this again whenever the version in the lock changes.

    python start.py setup
    .venv/bin/python deploy/make_overrides.py            (Windows: .venv\\Scripts\\python)
"""

import json
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("overrides.json")
JUPYTER = Path(sys.prefix) / "share" / "jupyter"

# JupyterLab's one-letter shortcuts fire while anything inside the notebook has the focus: an arrow key pressed in a
# group of options moves to another cell, a "c" typed in a drop-down copies one. With these selectors they
# fire only while the cell itself has it. Left: JupyterLab's selector. Right: ours.
NARROWER = {
    ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus":
        ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) .jp-Cell:focus",
    "[data-jp-kernel-user]:not(.jp-mod-readWrite) :focus:not(:read-write)":
        "[data-jp-kernel-user]:not(.jp-mod-readWrite) .jp-Cell:focus",
}  # fmt: skip

SETTINGS = {
    # No pop-up that asks about news, and no request to the outside.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    # A linked number leads to its place in the list of sources, which JupyterLab otherwise strips of its name.
    "@jupyterlab/apputils-extension:sanitizer": {"allowNamedProperties": True},
    # Every cell is always in the page, so that screen readers and the browser's own search find all of it.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    # A reopened notebook shows what was done in it instead of "model not found".
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}


def installed_shortcuts(jupyter: Path = JUPYTER) -> list[dict]:
    """Every keyboard shortcut that the installed JupyterLab and its extensions declare, in one fixed order."""
    schemas = [*jupyter.glob("lab/schemas/**/*.json"), *jupyter.glob("labextensions/**/schemas/**/*.json")]
    return [
        shortcut
        for schema in sorted(schemas, key=lambda path: path.as_posix())
        for shortcut in json.loads(schema.read_text(encoding="utf-8")).get("jupyter.lab.shortcuts", [])
    ]


def has_keys(shortcut: dict) -> bool:
    """Some shortcuts are placeholders without a key, which learners may fill in: they swallow nothing."""
    return any(any(shortcut.get(kind, [])) for kind in ("keys", "macKeys", "winKeys", "linuxKeys"))


def narrowed(shortcuts: list[dict]) -> list[dict]:
    """Each shortcut that is too wide, switched off and then given again with the narrower selector."""
    too_wide = [each for each in shortcuts if each["selector"] in NARROWER and has_keys(each)]
    off = [{**each, "disabled": True} for each in too_wide]
    again = [{**each, "selector": NARROWER[each["selector"]]} for each in too_wide]
    return off + again


def overrides() -> str:
    """The whole file as text."""
    shortcuts = {"@jupyterlab/shortcuts-extension:shortcuts": {"shortcuts": narrowed(installed_shortcuts())}}
    return json.dumps({**SETTINGS, **shortcuts}, indent=2, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("make_overrides.py takes nothing or --check.", file=sys.stderr)
        return 2
    if not arguments:
        TARGET.write_text(overrides(), encoding="utf-8", newline="\n")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == overrides():
        return 0
    print(f"deploy/{TARGET.name}: differs from the installed JupyterLab; run deploy/make_overrides.py again")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
