"""``course release``: solutions → exercises, by nbgrader's own steps, in one process.

The result is byte for byte what ``nbgrader generate_assignment --force`` writes. ``register=True`` touches no
exercise and puts the assignments into the gradebook, which a fresh clone does not have.
"""

from __future__ import annotations

import datetime
import logging
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from course.content.reading import PlainError
from course.content.syllabus import ready_modules


class ReleaseError(PlainError):
    """A release that nbgrader refused, with its reason."""


def release(root: Path, register: bool = False, modules: list[str] | None = None, report: Callable[[str], None] = lambda slug: None) -> list[str]:
    """Write the exercises; gives the slugs of those that changed. With ``register``, only fill the gradebook.

    An exercise that somebody has worked in is kept beside the new one, with its date. ``report`` is called
    with each slug before it is made.
    """
    changed = []
    for slug in modules or [module.slug for module in ready_modules()]:
        report(slug)
        fresh = make(root, slug, register)
        if register:
            continue
        target = root / "exercises" / slug / f"{slug}.ipynb"
        if target.exists() and target.read_bytes() == fresh.read_bytes():
            continue
        if worked_in(target, root):
            keep(target)
        _put(fresh, target)
        changed.append(slug)
    return changed


def make(root: Path, slug: str, register: bool = False) -> Path:
    """One exercise, made below ``build/release``: the path of its notebook."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    config = _config(root)
    config.CourseDirectory.release_directory = "build/release"
    config.CourseDirectory.assignment_id = slug
    config.GenerateAssignment.no_database = not register
    config.SaveCells.enabled = register
    converter = GenerateAssignment(coursedir=_course_directory(config), config=config)
    converter.force = True
    converter.log.setLevel(logging.CRITICAL)
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        raise ReleaseError(f"solutions/{slug}: nbgrader did not release it ({error}); run course check first") from None
    return root / "build" / "release" / slug / f"{slug}.ipynb"


def _config(root: Path):
    """The project's own nbgrader settings."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def _course_directory(config):
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=config)


def _put(fresh: Path, target: Path) -> None:
    """Copy beside the target first, so that a full disk never leaves half a notebook."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".new")
    shutil.copyfile(fresh, half)
    os.replace(half, target)


def worked_in(path: Path, root: Path) -> bool:
    """Whether a file holds somebody's work: it differs from what is committed, or there is no way to tell."""
    if not path.exists():
        return False
    committed = committed_text(path, root)
    return committed is None or committed != path.read_bytes()


def committed_text(path: Path, root: Path) -> bytes | None:
    """The file as it was last committed; None without git, or where it never was."""
    name = path.relative_to(root).as_posix()
    try:
        shown = subprocess.run(["git", "show", f"HEAD:./{name}"], cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return shown.stdout


def is_kept(path: Path) -> bool:
    """Whether a file is one that :func:`keep` put aside, and so somebody's own."""
    return " kept " in path.name


def keep(path: Path) -> Path:
    """Put a file aside under its date, beside where it was; gives the new path."""
    stamp = datetime.datetime.now().strftime("%Y-%m-%d %H%M%S")
    aside = path.with_name(f"{path.stem} kept {stamp}{path.suffix}")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.stem} kept {stamp} ({number}){path.suffix}")
        number += 1
    shutil.copy2(path, aside)
    return aside


def reset(root: Path, slug: str) -> list[tuple[Path, Path | None]]:
    """Put the committed lesson and exercise back; gives (file, where the old one is kept) for each changed one.

    There is nothing to keep of a file that was gone.

    Without git an exercise is made anew from its solution. A lesson cannot be: the error says what to do.
    """
    done = []
    for path in (root / "notebooks" / f"{slug}.ipynb", root / "exercises" / slug / f"{slug}.ipynb"):
        clean = committed_text(path, root)
        if clean is None:
            clean = _made_again(root, slug, path)
        if path.exists() and path.read_bytes() == clean:
            continue
        kept = keep(path) if path.exists() else None
        path.write_bytes(clean)
        done.append((path, kept))
    return done


def _made_again(root: Path, slug: str, path: Path) -> bytes:
    if path.parent.name == slug:
        return make(root, slug).read_bytes()
    raise ReleaseError(f"notebooks/{slug}.ipynb: there is no clean copy here; download the course into another folder and copy this file from it")
