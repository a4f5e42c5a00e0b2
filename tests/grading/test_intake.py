"""``course collect``: each student's notebook lands in their folder, and nothing else lands anywhere."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course.cli import app
from course.content.reading import PlainError
from course.grading import intake
from course.grading.intake import BEFORE, PASSED, REFUSED, REPLACED, TAKEN, Person, collect, find_person, read_roster

SLUG = "05_depression"
SLUGS = ["00_start_here", "05_depression", "06_anxiety_ocd"]
CLASS = [Person("a17", "Jane Doe", "jdoe@school.example", "4711"), Person("b04", "Ünal Çelik", "u.celik@school.example"), Person("c09", "Ana María López")]


def notebook(words: str = "") -> bytes:
    return json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}, "source": words}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def taken(folder: Path) -> set[str]:
    return {path.relative_to(folder / "grading" / "submitted").as_posix() for path in (folder / "grading" / "submitted").rglob("*.ipynb")}


@pytest.fixture
def room(tmp_path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    return folder


DOWNLOADS = {
    "Canvas": {"doejane_4711_99_05_depression.ipynb": "a17", "çelikünal_LATE_5512_77_05_depression-1.ipynb": "b04", "loezana_12_13_notes.pdf": None},
    "Moodle": {"Jane Doe_77_assignsubmission_file/05_depression.ipynb": "a17", "Ünal Çelik_78_assignsubmission_file_/05_depression (1).ipynb": "b04"},
    "Moodle, flat": {"López Ana María_79_assignsubmission_file_05_depression.ipynb": "c09"},
    "Brightspace": {"123-4711 - Jane Doe - Nov 3, 2026 934 PM/05_depression.ipynb": "a17", "index.html": None},
    "Blackboard": {"Week 5_jdoe_attempt_2026-11-03-21-34-05_05_depression.ipynb": "a17", "Week 5_jdoe_attempt_2026-11-03-21-34-05.txt": None},
    "a folder": {"a17/05_depression.ipynb": "a17", "b04/05_depression/05_depression.ipynb": "b04"},
    "a folder around": {"Week 5/doejane_4711_99_05_depression.ipynb": "a17", "Week 5/b04/05_depression.ipynb": "b04"},
}


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_each_platforms_download_is_matched_to_the_roster(platform, room, tmp_path):
    names = DOWNLOADS[platform]
    told = collect(room, archive(tmp_path / "download.zip", {name: notebook() for name in names}), SLUGS, people=CLASS)
    assert {each.file: each.student for each in told if each.state == TAKEN} == {name: student for name, student in names.items() if student}
    assert taken(room) == {f"{student}/{SLUG}/{SLUG}.ipynb" for student in names.values() if student}
    assert all(each.why for each in told if each.state in (REFUSED, PASSED))


def test_without_a_roster_the_platforms_own_names_are_the_folders(room, tmp_path):
    names = ["doejane_4711_99_05_depression.ipynb", "Jane Doe_77_assignsubmission_file/05_depression.ipynb"]
    collect(room, archive(tmp_path / "download.zip", {name: notebook() for name in names}), SLUGS)
    assert taken(room) == {f"doejane-4711/{SLUG}/{SLUG}.ipynb", f"Jane-Doe-77/{SLUG}/{SLUG}.ipynb"}


def test_the_time_is_the_platforms_and_never_the_students(room, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    names = {"123-1 - Jane Doe - Nov 3, 2026 934 PM/05_depression.ipynb": notebook(), "123-1 - Jane Doe - Nov 3, 2026 934 PM/timestamp.txt": b"1999-01-01 UTC"}
    collect(room, archive(tmp_path / "download.zip", names), SLUGS, people=CLASS)
    assert (room / "grading" / "submitted" / "a17" / SLUG / "timestamp.txt").read_text() == "2026-11-03 21:34:00 UTC\n"


def test_the_last_counts_and_no_earlier_one_is_lost(room, tmp_path):
    first, second, third = (notebook(words) for words in ("first", "second", "third"))
    name = "Week_jdoe_attempt_2026-11-0{}-10-00-00_05_depression.ipynb"
    states = [
        collect(room, archive(tmp_path / "download.zip", files), SLUGS, people=CLASS)[0].state
        for files in ({name.format(2): second}, {name.format(2): second}, {name.format(1): first}, {name.format(3): third}, {name.format(1): first})
    ]
    assert states == [TAKEN, BEFORE, PASSED, REPLACED, PASSED]
    assert (room / "grading" / "submitted" / "a17" / SLUG / f"{SLUG}.ipynb").read_bytes() == third
    assert {path.read_bytes() for path in (room / "grading" / "earlier" / "a17" / SLUG).iterdir()} == {first, second}


def test_a_file_that_is_no_notebook_never_takes_the_place_of_one(room, tmp_path):
    collect(room, archive(tmp_path / "download.zip", {"a17/05_depression.ipynb": notebook()}), SLUGS, people=CLASS)
    (told,) = collect(room, archive(tmp_path / "download.zip", {"a17/05_depression.ipynb": b"PK\x03\x04"}), SLUGS, people=CLASS)
    assert told.state == REFUSED and told.student == "a17"
    assert (room / "grading" / "submitted" / "a17" / SLUG / f"{SLUG}.ipynb").read_bytes() == notebook()


HOSTILE = [
    "../../../escaped/05_depression.ipynb", "/etc/05_depression.ipynb", "..\\..\\escaped\\05_depression.ipynb", "a17/../../../../x/05_depression.ipynb",
    "C:/windows/05_depression.ipynb", "../05_depression.ipynb", "./05_depression.ipynb", "a\nb/05_depression.ipynb", "=1+1/05_depression.ipynb",
    "-rf/05_depression.ipynb", "x" * 300 + "/05_depression.ipynb", ".git/05_depression.ipynb", "CON/05_depression.ipynb", "a17/05_depression.ipynb/x.ipynb",
    "..._1_assignsubmission_file/05_depression.ipynb", ".._4711_2_05_depression.ipynb", "\u202eknil/05_depression.ipynb", "a17/.hidden/05_depression.ipynb",
]  # fmt: skip


@pytest.mark.parametrize("people", [[], CLASS])
def test_nothing_is_ever_written_outside(people, room, tmp_path):
    before = {path for path in tmp_path.rglob("*")}
    collect(room, archive(tmp_path / "download.zip", {name: notebook() for name in HOSTILE}), SLUGS, people=people)
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - before - {tmp_path / "download.zip"}
    assert all(path.is_relative_to(room / "grading") for path in written)
    submitted = room / "grading" / "submitted"
    for path in written - {room / "grading" / "collected.jsonl"}:
        student, slug, name = path.relative_to(submitted if path.is_relative_to(submitted) else room / "grading" / "earlier").parts
        assert slug == SLUG and name.startswith(SLUG) and student.isprintable() and not student.startswith((".", "-")) and student not in ("", "..")


def test_links_bombs_passwords_and_archives_in_archives_are_refused(room, tmp_path):
    source = tmp_path / "download.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as made:
        link = zipfile.ZipInfo("link/05_depression.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        pipe = zipfile.ZipInfo("pipe/05_depression.ipynb")
        pipe.external_attr = (stat.S_IFIFO | 0o777) << 16
        made.writestr(pipe, b"")
        made.writestr("bomb/05_depression.ipynb", b"\0" * 30_000_000)
        made.writestr("inner/05_depression.zip", b"PK")
        setuid = zipfile.ZipInfo("setuid/05_depression.ipynb")
        setuid.external_attr = (stat.S_IFREG | 0o4777) << 16
        made.writestr(setuid, notebook())
        made.writestr("good/05_depression.ipynb", notebook())
    told = {each.file.partition("/")[0]: each for each in collect(room, source, SLUGS)}
    assert {name for name, each in told.items() if each.state == REFUSED} == {"link", "pipe", "bomb", "inner"}
    assert taken(room) == {f"good/{SLUG}/{SLUG}.ipynb", f"setuid/{SLUG}/{SLUG}.ipynb"}
    assert not any(stat.S_IMODE(path.stat().st_mode) & 0o7000 for path in (room / "grading").rglob("*.ipynb"))


def test_a_locked_entry_is_refused():
    locked = zipfile.ZipInfo("a17/05_depression.ipynb")
    locked.flag_bits = 1
    assert "password" in intake._archived_wrong(locked)


def test_two_people_never_share_a_folder(room, tmp_path):
    told = collect(room, archive(tmp_path / "download.zip", {"a b/05_depression.ipynb": notebook("one"), "a-b/05_depression.ipynb": notebook("two")}), SLUGS)
    assert [each.state for each in told] == [TAKEN, REFUSED] and "share the folder" in told[1].why


def test_an_entry_that_lies_about_its_size_is_cut_off(room, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "MOST_BYTES", 1_000)
    source = archive(tmp_path / "download.zip", {"a17/05_depression.ipynb": notebook("x" * 5_000)})
    with zipfile.ZipFile(source) as made:
        (info,) = made.infolist()
        info.file_size = 10
        with pytest.raises(intake.Refused):
            intake._unpacked(made, info)


def test_no_link_in_a_folder_is_followed(room, tmp_path):
    source, secret = tmp_path / "download", tmp_path / "secret"
    (source / "good").mkdir(parents=True)
    secret.mkdir()
    (secret / f"{SLUG}.ipynb").write_bytes(notebook("secret"))
    (source / "good" / f"{SLUG}.ipynb").write_bytes(notebook())
    (source / "linked").symlink_to(secret)
    (source / "inner").mkdir()
    (source / "inner" / f"{SLUG}.ipynb").symlink_to(secret / f"{SLUG}.ipynb")
    os.mkfifo(source / "inner" / "06_anxiety_ocd.ipynb")
    collect(room, source, SLUGS)
    assert taken(room) == {f"good/{SLUG}/{SLUG}.ipynb"}


def test_a_link_that_waits_in_the_target_is_not_written_through(room, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (room / "grading" / "submitted").mkdir(parents=True)
    (room / "grading" / "submitted" / "a17").symlink_to(elsewhere)
    (told,) = collect(room, archive(tmp_path / "download.zip", {"a17/05_depression.ipynb": notebook()}), SLUGS)
    assert told.state == REFUSED and not list(elsewhere.iterdir())


def test_a_module_that_is_named_takes_notebooks_of_any_name(room, tmp_path):
    source = archive(tmp_path / "download.zip", {"a17/homework final FINAL.ipynb": notebook()})
    (told,) = collect(room, source, SLUGS)
    assert told.state == REFUSED and "name the module" in told.why
    assert collect(room, source, SLUGS, SLUG)[0].state == TAKEN


FITS = [("4711", "", "a17"), ("jdoe", "", "a17"), ("99", "Doe Jane", "a17"), ("99", "doejane", "a17"), ("99", "ünal çelik", "b04")]


@pytest.mark.parametrize(("given", "name", "student"), [*FITS, ("99", "Jan Doe", None), ("", "", None)])
def test_a_person_is_found_only_where_exactly_one_fits(given, name, student):
    found = find_person(CLASS, given, name)
    assert (found and found.id) == student


def test_two_of_one_name_are_never_taken_for_each_other():
    twins = [Person("a", "Jane Doe"), Person("b", "Jane Doe")]
    assert find_person(twins, "99", "Jane Doe") is None and find_person(twins, "b", "Jane Doe").id == "b"


SLIPS = {"": "no column 'id'", "name\nJane": "no column 'id'", "id\na/b": "line 2: 'a/b' cannot name a folder", "id\na\nA": "line 3: 'A' stands there twice"}


@pytest.mark.parametrize(("text", "said"), list(SLIPS.items()))
def test_a_slip_in_the_roster_is_named(text, said, tmp_path):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(PlainError, match=said):
        read_roster(tmp_path / "roster.csv")


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04cut"])
def test_a_download_that_is_no_archive_says_so(content, room, tmp_path):
    (tmp_path / "download.zip").write_bytes(content)
    with pytest.raises(PlainError, match="no ZIP file"):
        collect(room, tmp_path / "download.zip", SLUGS)


def test_the_command_reports_every_file(room, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(room))
    source = archive(tmp_path / "download.zip", {"a17/05_depression.ipynb": notebook(), "b04/05_depression.ipynb": b"[]"})
    told = CliRunner().invoke(app, ["collect", str(source)])
    assert told.exit_code == 1 and "1 taken, 1 refused." in told.stdout and "a17" in told.stdout
    told = CliRunner().invoke(app, ["collect", str(source), "--json"])
    assert [each["state"] for each in json.loads(told.stdout)] == [BEFORE, REFUSED]
