"""``course pool``, ``course components`` and ``course evidence``: words first, and one clear line for a bad table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.cli import TABLE_ROWS, main, pool
from course.evidence import ledger, statements
from course.evidence.pooling import METHODS, Counts, Means, pool_table
from course.evidence.safety import safety_facts
from course.evidence.search import search
from tests.conftest import ROOT

HEAD = "trial,events_1,n_1,events_2,n_2\n"
TRIALS = HEAD + "Blanco 2010,23,32,19,35\nKeller [2000],40,80,22,80\nSmall,3,20,0,22\nNobody,0,3,0,3\n"
SCORES = "trial,mean_1,sd_1,n_1,mean_2,sd_2,n_2\nA,10,4,30,13,4,30\nB,11,5,40,13,5,38\n"
ARMS = "trial,treatment,events,n\nA,CBT,20,40\nA,placebo,10,40\nB,SSRI,24,50\nB,placebo,14,50\nC,CBT+SSRI,30,45\nC,SSRI,22,45\n"


@pytest.fixture
def course(monkeypatch, capsys):
    """The ``course`` command, run here: its exit code and what it printed."""

    def run(*arguments: object) -> subprocess.CompletedProcess:
        monkeypatch.setattr(sys, "argv", ["course", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(arguments, ended.value.code or 0, *capsys.readouterr())

    return run


@pytest.fixture
def save(tmp_path):
    def write(text: str | bytes, name: str = "trials.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# ── Pool ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_of_trials_is_said_in_words_and_shown_below_them(course, save):
    ran = course("pool", save(TRIALS))
    pooled = pool_table([Counts("a", 23, 32, 19, 35), Counts("b", 40, 80, 22, 80), Counts("c", 3, 20, 0, 22)], "RR")
    assert (ran.returncode, ran.stderr) == (0, "")
    words, _, table = ran.stdout.partition("\n\n")
    assert words.startswith("With group 1, the outcome was ") and "Left out: Nobody: " in words and "restricted maximum likelihood" in words
    lines = [" ".join(line.split()) for line in table.splitlines()]
    assert lines[0] == "Trial Risk ratio (95 % interval) Weight"
    assert [line.split("  ")[0] for line in table.splitlines()[1:]] == ["Blanco 2010", "Keller [2000]", "Small", "Together"]
    assert lines[-1] == f"Together {pooled.text} 100.0 %"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "SMD", "MD"])
def test_every_measure_and_method_gives_what_the_pooling_gives(save, capsys, measure, method):
    text, make = (TRIALS, Counts) if measure in ("RR", "OR", "RD") else (SCORES, Means)
    rows = [row.split(",") for row in text.splitlines()[1:]]
    trials = [make(row[0], *(int(cell) for cell in row[1:])) for row in rows]
    pool(save(text), measure.lower(), method.lower(), knapp_hartung=True, json=True)
    given = json.loads(capsys.readouterr().out)
    pooled = pool_table(trials, measure, method, True)
    assert (given["measure"], given["method"], given["knapp_hartung"]) == (measure, method, True)
    assert (given["value"], given["low"], given["high"], given["tau2"]) == pytest.approx((pooled.value, pooled.low, pooled.high, pooled.tau2))
    assert given["words"] and len(given["trials"]) == len(pooled.trials)


def test_the_options_are_understood_on_the_command_line(course, save):
    ran = course("pool", save(SCORES), "--measure", "SMD", "--method", "DL", "--knapp-hartung", "--json")
    given = json.loads(ran.stdout)
    assert ran.returncode == 0 and (given["measure"], given["method"], given["knapp_hartung"]) == ("SMD", "DL", True)


def test_a_long_table_shows_its_beginning_and_says_so(save, capsys):
    pool(save(HEAD + "".join(f"T{i},{5 + i % 7},40,{4 + i % 5},40\n" for i in range(TABLE_ROWS + 7))))
    assert "… and 7 more rows; --json has them all." in capsys.readouterr().out


def test_a_terminal_that_knows_no_greek_gets_the_result_all_the_same(save):
    command = [Path(sys.executable).parent / "course", "pool", save(TRIALS)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert ran.returncode == 0 and "Together" in ran.stdout


BAD = {
    "missing column": (HEAD.replace(",n_2", "") + "A,1,9,2\n", "row 1: the column 'n_2' is missing"),
    "negative count": (HEAD + "A,1,9,2,9\nB,-1,9,2,9\n", "row 3: events_1 is -1"),
    "more events than people": (HEAD + "A,10,9,2,9\n", "row 2: events_1 is 10 and n_1 is 9"),
    "empty": ("", "row 1: the file is empty"),
    "empty cell": (HEAD + "A,1,9,,9\n", "row 2: events_2 is empty"),
    "text in a number": (HEAD + "A,1,9,two,9\n", "row 2: events_2 is 'two'"),
    "a million rows": (HEAD.encode() + b"A,1,9,2,9\n" * 1_000_000, "row 5002: "),
    "BOM and a slip": (b"\xef\xbb\xbf" + HEAD.encode() + b"A,1,9,x,9\n", "row 2: events_2 is 'x'"),
    "semicolons and a slip": ((HEAD + "A,1,9,x,9\n").replace(",", ";"), "row 2: events_2 is 'x'"),
    "decimal comma in a count": ((HEAD + "A,1,9,2.5,9\n").replace(",", ";").replace(".", ","), "row 2: events_2 is '2,5'"),
    "decimal comma that parts cells": (HEAD + "A,1,9,2,5,9\n", "row 2: it has 6 cells"),
    "not a table": (b"PK\x03\x04" + bytes(50), "row 1: this is not a text file"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_table_is_one_clear_line_with_its_row_and_exit_2(course, save, kind):
    text, says = BAD[kind]
    ran = course("pool", save(text))
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"trials.csv: {says}") and "; " in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--measure", "XX"), "there is no measure 'XX'; use one of: RR, OR, RD, SMD, MD"),
     (("--method", "bayes"), "there is no method 'bayes'; use one of: fixed, DL, PM, REML"),
     (("--measure", "SMD"), "trials.csv: row 1: the column 'mean_1' is missing; for these columns use --measure RR, OR or RD")],
)  # fmt: skip
def test_a_wrong_option_is_answered_with_the_right_ones(course, save, arguments, says):
    ran = course("pool", save(TRIALS), *arguments)
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (2, "", says)


@pytest.mark.parametrize(
    "text",
    [b"\xef\xbb\xbf" + TRIALS.encode(), TRIALS.replace(",", ";"), TRIALS.replace(",", "\t"), TRIALS.replace("\n", "\r\n"), TRIALS.encode("utf-16")],
    ids=["BOM", "semicolons", "tabs", "Windows lines", "UTF-16"],
)
def test_however_it_was_saved_the_answer_is_the_same(save, capsys, text):
    pool(save(TRIALS))
    right = capsys.readouterr().out
    pool(save(text))
    assert capsys.readouterr().out == right


def test_decimal_commas_are_read_where_semicolons_part_the_cells(save, capsys):
    pool(save(SCORES.replace("13,4,30", "13.5,4,30")), "MD")
    right = capsys.readouterr().out
    pool(save(SCORES.replace("13,4,30", "13.5,4,30").replace(",", ";").replace(".", ",")), "MD")
    assert capsys.readouterr().out == right


@pytest.mark.parametrize(("ending", "starts"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("PDF", b"%PDF")])
def test_the_figure_is_written_and_the_words_stay_the_same(course, save, tmp_path, ending, starts):
    table, path = save(TRIALS), tmp_path / f"forest.{ending}"
    ran = course("pool", table, "--figure", path)
    assert (ran.returncode, ran.stderr) == (0, f"The forest plot is in {path}.\n")
    assert ran.stdout == course("pool", table).stdout
    assert path.read_bytes().startswith(starts)


def test_a_figure_goes_with_json_too(course, save, tmp_path):
    path = tmp_path / "forest.svg"
    ran = course("pool", save(TRIALS), "--figure", path, "--json")
    assert json.loads(ran.stdout)["measure"] == "RR" and path.is_file()


def test_a_figure_takes_the_place_of_a_file_only_when_told_to(course, save, tmp_path):
    path = tmp_path / "forest.svg"
    path.write_text("mine")
    ran = course("pool", save(TRIALS), "--figure", path)
    assert (ran.returncode, ran.stdout, path.read_text()) == (2, "", "mine")
    assert ran.stderr.strip() == f"{path}: there is such a file already; choose another name, or add --force to replace it"
    assert course("pool", save(TRIALS), "--figure", path, "--force").returncode == 0
    assert path.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("name", "says"),
    [("forest.jpg", "a figure cannot be written with this ending; use one of: .svg, .png, .pdf"),
     ("forest", "a figure cannot be written with this ending; use one of: .svg, .png, .pdf"),
     ("nowhere/forest.svg", "there is no folder "),
     ("folder.svg", "this is a folder; name a file in it")],
)  # fmt: skip
def test_a_place_that_cannot_hold_a_figure_is_one_clear_line(course, save, tmp_path, name, says):
    (tmp_path / "folder.svg").mkdir()
    ran = course("pool", save(TRIALS), "--figure", tmp_path / name)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"{tmp_path / name}: {says}") and "; " in line


def test_a_place_that_refuses_the_figure_is_one_clear_line(course, save, monkeypatch, tmp_path):
    def refuse(path, data):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    (tmp_path / "trials.csv").write_text(TRIALS)
    ran = course("pool", tmp_path / "trials.csv", "--figure", tmp_path / "forest.png")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.strip() == f"{tmp_path / 'forest.png'}: Permission denied; check that it is there and may be written"


def test_a_full_disk_leaves_the_older_figure_as_it_was(course, monkeypatch, tmp_path):
    (tmp_path / "trials.csv").write_text(TRIALS)
    older = tmp_path / "forest.svg"
    older.write_text("older")

    def half_written(path, data):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", half_written)
    ran = course("pool", tmp_path / "trials.csv", "--figure", older, "--force")
    assert ran.returncode == 2 and f"{older}: No space left on device; " in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forest.svg", "trials.csv"] and older.read_text() == "older"


def test_a_bad_table_leaves_no_figure_behind(course, save, tmp_path):
    ran = course("pool", save(HEAD + "A,10,9,2,9\n"), "--figure", tmp_path / "forest.svg")
    assert ran.returncode == 2 and not (tmp_path / "forest.svg").exists()


# ── Components ───────────────────────────────────────────────────────────────────────────────────


def test_a_table_of_arms_gives_each_part_and_what_adding_up_predicts(course, save):
    ran = course("components", save(ARMS))
    assert (ran.returncode, ran.stderr) == (0, "")
    words, parts, combinations = ran.stdout.split("\n\n")
    assert words.startswith("If parts simply add up on the log-odds scale, 3 trials with 6 arms")
    assert [line.split()[0] for line in parts.splitlines()] == ["Part", "CBT", "SSRI"]
    assert combinations.startswith("Combination") and "CBT + SSRI" in combinations
    given = json.loads(course("components", save(ARMS), "--json").stdout)
    assert {part["name"] for part in given["components"]} == {"CBT", "SSRI"} and given["combinations"][0]["observed"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("trial,treatment,n\nA,CBT,9\n", "row 1: the column 'events' is missing"),
     (ARMS.replace("C,SSRI,22", "C,SSRI,-22"), "row 7: events is -22"),
     (ARMS.replace("C,SSRI,22", "C,SSRI,46"), "row 7: "),
     (ARMS.replace("C,SSRI,22", "C,SSRI,many"), "row 7: events is 'many'"),
     (ARMS.replace("C,SSRI", "C,"), "row 7: treatment is empty"),
     ("", "row 1: the file is empty"),
     ("trial,treatment,events,n\nA,CBT,1,9\n", "table: ")],
)  # fmt: skip
def test_a_bad_table_of_arms_is_one_clear_line_and_exit_2(course, save, text, says):
    ran = course("components", save(text, "arms.csv"))
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"arms.csv: {says}") and "; " in line


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────


def test_the_ledger_is_searched_by_study_outcome_people_and_comparison():
    for words, part in (("kuyken relapse", "study"), ("remission", "outcome"), ("maintenance antidepressant", "comparison")):
        found = search(words).effects
        assert found, words
        said = {"study": found[0].key, "outcome": found[0].outcome, "comparison": found[0].comparison}[part].lower()
        assert words.split()[0] in said, words
    assert all("adolescents" in f"{each.population} {each.comparison}".lower() for each in search("adolescents").effects[:3])
    assert search("MINDFULNESS").effects == search("mindfulness").effects


@pytest.mark.parametrize("key", [key for key, each in ledger().effects.items() if each.status == "seen"][::60])
def test_a_number_is_found_by_its_own_words(key):
    made = ledger()[key]
    assert made in search(f"{made.study.key} {made.name} {made.outcome}").effects


def test_a_withdrawn_number_is_never_among_the_answers(course):
    for key, made in ledger().effects.items():
        if made.status == "retracted":
            found = search(f"{made.study.key} {made.name} {made.outcome}")
            assert made not in found.effects and made.study in found.withdrawn, key
    ran = course("evidence", "hollon", "recovery")
    assert ran.returncode == 0 and "Retracted and replaced" in ran.stdout
    retracted = {each.key for each in ledger().effects.values() if each.status == "retracted"}
    assert not any(key in ran.stdout for key in retracted)


def test_numbers_are_shown_with_their_meaning_and_source(course):
    ran = course("evidence", "relapse", "kuyken", "--most", "1")
    made = search("relapse kuyken").effects[0]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(made.text) and made.meaning in ran.stdout and made.key in ran.stdout and made.study.link in ran.stdout
    assert made.study.design in ran.stdout and made.study.citation in ran.stdout
    given = json.loads(course("evidence", "relapse", "kuyken", "--json").stdout)
    assert given["numbers"][0]["key"] == made.key and given["found"] == len(search("relapse kuyken").effects)


def test_a_finding_in_words_is_found_too_and_a_withdrawn_one_is_not(course):
    some = [*list(statements().items())[::40], *((key, made) for key, made in statements().items() if made.status == "retracted")]
    for key, made in some:
        found = search(f"{made.study.key} {made.name}")
        assert (made in found.statements) == (made.status == "seen"), key
    made = next(each for each in statements().values() if each.status == "seen")
    ran = course("evidence", made.study.key, made.name)
    assert made.says in ran.stdout and made.key in ran.stdout
    assert made.key in {each["key"] for each in json.loads(course("evidence", made.study.key, made.name, "--json").stdout)["statements"]}


def test_a_safety_fact_is_found_with_what_to_do_its_source_and_what_to_read_again(course):
    fact = safety_facts()["clozapine-rems"]
    document = ledger().study(fact.reread)
    ran = course("evidence", "clozapine", "REMS")
    assert fact.fact in ran.stdout and fact.action in ran.stdout and document.link in ran.stdout
    assert f"Read again before you use it: {document.citation}" in ran.stdout
    (given,) = [each for each in json.loads(course("evidence", "clozapine", "REMS", "--json").stdout)["safety"] if each["key"] == fact.key]
    assert given["action"] == fact.action and document.citation in given["reread"]


def test_nothing_found_is_a_sentence_and_no_error(course):
    ran = course("evidence", "zebra", "crossing")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("The ledger has nothing on “zebra crossing”. Try ") and len(ran.stdout.splitlines()) == 1
    nothing = {"words": "zebra", "found": 0, "numbers": [], "statements": [], "safety": [], "withdrawn": []}
    assert json.loads(course("evidence", "zebra", "--json").stdout) == nothing
    assert not search("the of").effects and not search("!").effects
