"""A student's file is read as they saved it, or refused in one line that names the row; its words never say more than the interval."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from course.content.reading import ContentError
from course.evidence.components import Arm
from course.evidence.pooling import METHODS, Counts, Means, pool_table
from course.evidence.table import MOST_PARTS, MOST_ROWS, components_file, pool_file, read_arms, read_trials
from course.evidence.words import headline, of_hundred, plain, usual_risk, words_of_components, words_of_pooled

HEAD = "trial,events_1,n_1,events_2,n_2\n"
ARMS = "trial,treatment,events,n\n"
GOOD = HEAD + "Blanco 2010,23,32,19,35\nDavidson 2004,32,59,29,57\nNaeem 2010,12,17,2,17\n"


@pytest.fixture
def save(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "trials.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


# ── Read as saved ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.encode("utf-16"),
        GOOD.replace(",", ";"),
        "\ufeff" + GOOD.replace(",", ";").replace("\n", "\r\n"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\n\n"),
        GOOD.replace(",", " , "),
        GOOD.replace("\n", ",,\n"),
        GOOD.replace("trial,events_1", "Trial,Events 1"),
        GOOD.replace("\n", ",a remark\n").replace("n_2,a remark", "n_2,remark"),
        GOOD.replace("23,32", "23.0,32.0"),
        GOOD.rstrip("\n"),
    ],
)
def test_a_table_is_read_however_a_spreadsheet_saved_it(save, text):
    trials = read_trials(save(text))
    assert trials[0] == Counts("Blanco 2010", 23, 32, 19, 35) and len(trials) == 3


def test_columns_may_come_in_any_order(save):
    assert read_trials(save("n_2,events_2,n_1,events_1,trial\n35,19,32,23,A\n")) == [Counts("A", 23, 32, 19, 35)]


@pytest.mark.parametrize(
    ("text", "mark"),
    [("A;10,5;3,2;20;−12,25;3;21\n", ";"), ("A,10.5,3.2,20,-12.25,3,21\n", ","), ("A\t10,5\t3.2\t20\t-12.25\t3\t21\n", "\t")],
)
def test_decimal_commas_are_understood_where_they_cannot_part_cells(save, text, mark):
    head = "trial,mean_1,sd_1,n_1,mean_2,sd_2,n_2\n".replace(",", mark)
    assert read_trials(save(head + text), "MD") == [Means("A", 10.5, 3.2, 20, -12.25, 3.0, 21)]


def test_arms_are_read_with_their_parts(save):
    assert read_arms(save(ARMS + "1,CBT+SSRI,12,17\n1,SSRI,2,17\n")) == [Arm("1", "CBT+SSRI", 12, 17), Arm("1", "SSRI", 2, 17)]


# ── Or refused in one line ───────────────────────────────────────────────────────────────────────

BAD = [
    ("missing column", "trial,events_1,n_1,events_2\nA,1,2,3\n", "row 1: the column 'n_2' is missing"),
    ("misspelt column", GOOD.replace("events_1", "evnts_1"), "row 1: the column 'events_1' is missing; is it 'evnts_1'?"),
    ("column twice", GOOD.replace("n_2", "n_1"), "row 1: the column 'n_1' stands there twice"),
    ("means for counts", "trial,mean_1,sd_1,n_1,mean_2,sd_2,n_2\nA,1,2,3,4,5,6\n", "--measure SMD or MD"),
    ("no header", "Blanco 2010,23,32,19,35\n", "row 1: the column 'trial' is missing"),
    ("negative", HEAD + "A,1,9,2,9\nB,-1,9,2,9\n", "row 3: events_1 is -1; a count is 0 or more"),
    ("typographic minus", HEAD + "A,−1,9,2,9\n", "row 2: events_1 is -1"),
    ("more events than people", HEAD + "A,1,9,2,9\n\nB,1,9,10,9\n", "row 4: events_2 is 10 and n_2 is 9"),
    ("nobody", HEAD + "A,0,0,2,9\n", "row 2: n_1 is 0"),
    ("empty cell", HEAD + "A,1,,2,9\n", "row 2: n_1 is empty"),
    ("missing cell", HEAD + "A,1,9,2\n", "row 2: n_2 is empty"),
    ("empty name", HEAD + ",1,9,2,9\n", "row 2: trial is empty"),
    ("empty file", "", "row 1: the file is empty"),
    ("white file", " \n\n", "row 1: the file is empty"),
    ("empty UTF-16 file", "".encode("utf-16"), "row 1: the file is empty"),
    ("white UTF-16 file", "\n\n".encode("utf-16"), "row 1: the file is empty"),
    ("header only", HEAD, "row 2: there is a header and nothing below it"),
    ("text in a number", HEAD + "A,three,9,2,9\n", "row 2: events_1 is 'three'; write a whole number"),
    ("per cent", HEAD + "A,12 %,9,2,9\n", "row 2: events_1 is '12 %'"),
    ("not a number", HEAD + "A,nan,9,2,9\n", "row 2: events_1 is 'nan'"),
    ("infinity", HEAD + "A,1,inf,2,9\n", "row 2: n_1 is 'inf'"),
    ("half a person", HEAD + "A,1.5,9,2,9\n", "row 2: events_1 is '1.5'"),
    ("underscore", HEAD + "A,1,1_000,2,9\n", "row 2: n_1 is '1_000'"),
    ("thousands mark", (HEAD + "A,1,1.234,2,9\n").replace(",", ";"), "row 2: n_1 is '1.234'"),
    ("decimal comma that parts cells", HEAD + "A,1,5,9,2,9\n", "row 2: it has 6 cells where the header has 5"),
    ("beyond counting", HEAD + f"A,1,{10**30},2,9\n", "row 2: n_1 is '100000000000000000000000000…'"),
    ("trial twice", HEAD + "A,1,9,2,9\nB,1,9,2,9\nA,1,9,2,9\n", "row 4: the trial 'A' stands in row 2 already"),
    ("open quote", HEAD + '"A,1,9,2,9\n', "row 2: it is not CSV"),
    ("escape codes in a name", HEAD + "\x1b[31mA,1,9,2,9\n", "row 2: trial cannot be read"),
    ("not UTF-8", HEAD.encode() + "Müller,1,9,2,9\n".encode("latin-1"), "row 2: a character is not UTF-8"),
    ("a spreadsheet file", b"PK\x03\x04" + bytes(200), "row 1: this is not a text file"),
    ("half a UTF-16 file", b"\xff\xfe" + b"a", "row 1: a character is not UTF-8"),
    ("nothing to pool", HEAD + "A,0,9,0,9\n", "table: no trial is left to pool (nobody had the outcome"),
]


@pytest.mark.parametrize(("text", "line"), [pytest.param(*row[1:], id=row[0]) for row in BAD])
def test_a_bad_table_is_refused_in_one_line_with_its_row(save, text, line):
    with pytest.raises(ContentError) as refused:
        pool_file(save(text))
    said = str(refused.value)
    assert said.startswith("trials.csv: ") and line in said
    assert "\n" not in said and "; " in said


BAD_MEANS = [
    ("x", "mean_1 is 'x'"),
    ("1e400", "mean_1 is '1e400'"),
    ("1e40", "mean_1 is 1e+40; it must be a number that could have been measured"),
    ("1,5", "it has 8 cells where the header has 7"),
    ('"1,5"', "mean_1 is '1,5'; write a number with a decimal point"),
]


@pytest.mark.parametrize(("cell", "line"), BAD_MEANS)
def test_a_bad_mean_is_refused_in_one_line_with_its_row(save, cell, line):
    with pytest.raises(ContentError, match="row 2: ") as refused:
        read_trials(save(f"trial,mean_1,sd_1,n_1,mean_2,sd_2,n_2\nA,{cell},1,9,1,1,9\n"), "MD")
    assert line in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("1,CBT,5,4\n", "row 2: 1, CBT: events is 5 and n is 4"),
        ("1,,3,4\n", "row 2: treatment is empty"),
        ("1,CBT+,3,4\n", "row 2: 1: the treatment is 'CBT+'"),
        ("1,CBT+SSRI,3,4\n1,SSRI + CBT,3,4\n", "row 3: the trial '1' has 'CBT + SSRI' in row 2 already"),
        ("1,CBT,3,4\n", "table: no trial is left to compare (1: it has a single arm"),
        ("", "row 2: there is a header and nothing below it"),
        ("".join(f"{i},CBT,3,9\n{i},Drug {i},3,9\n" for i in range(MOST_PARTS)), f"row {2 * MOST_PARTS + 1}: here the table has more than {MOST_PARTS}"),
    ],
)
def test_a_bad_table_of_arms_is_refused_in_one_line(save, rows, line):
    with pytest.raises(ContentError) as refused:
        components_file(save(ARMS + rows))
    assert line in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("row", ["A{i},1,9,2,9\n", "A trial with a rather long name number {i},1,9,2,9\n"])
def test_a_million_rows_are_refused_clearly(save, row):
    rows = "".join(row.format(i=i) for i in range(1_000_000))
    with pytest.raises(ContentError, match=rf"row {MOST_ROWS + 2}: the .* {MOST_ROWS:,} rows; pool the trials of one question at a time"):
        read_trials(save(HEAD + rows))


def test_the_largest_table_is_read_and_pooled(save):
    rows = "".join(f"T{i},{i % 9},20,{i % 7},20\n" for i in range(MOST_ROWS))
    assert len(read_trials(save(HEAD + rows))) == MOST_ROWS
    pooled = pool_file(save(HEAD + rows))
    assert len(pooled.trials) + len(pooled.left_out) == MOST_ROWS
    with pytest.raises(ContentError, match=f"row {MOST_ROWS + 2}"):
        read_trials(save(HEAD + rows + "One more,1,9,2,9\n"))


def test_a_missing_file_and_a_folder_are_one_line_too(tmp_path):
    for path in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(ContentError, match="file: "):
            read_trials(path)


# ── Words ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize(("rows", "settled"), [([(60, 100, 30, 100), (55, 90, 28, 95)], True), ([(32, 59, 29, 57), (20, 35, 24, 36)], False)])
def test_the_headline_says_what_the_interval_allows(measure, rows, settled):
    pooled = pool_table([Counts(str(i), *row) for i, row in enumerate(rows)], measure, "DL")
    said = headline(pooled, "both", "medication", "a response")
    assert said.startswith("With both") if settled else said.startswith("It is not settled") and "not proof of no difference" in said
    assert "95 % interval" in said and "2 trials" in said


@pytest.mark.parametrize(("second", "word"), [(15, "lower"), (5, "higher")])
def test_the_headline_of_scores_says_higher_or_lower(second, word):
    pooled = pool_table([Means("A", 10, 3, 100, second, 3, 100)], "MD")
    assert headline(pooled, "both", "medication") == f"With both, scores were 5.00 points {word} than with medication (95 % interval " + (
        "−5.83 to −4.17; 1 trial)." if word == "lower" else "4.17 to 5.83; 1 trial)."
    )


def test_fewer_of_a_hundred_is_said_as_fewer():
    pooled = pool_table([Counts("A", 20, 100, 50, 100)], "RD")
    said = headline(pooled, "both", "medication", "a relapse")
    assert said == "With both, 30.0 fewer of 100 people had a relapse than with medication (95 % interval 42.5 fewer to 17.5 fewer; 1 trial)."


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("knapp_hartung", [False, True])
def test_every_result_has_words_and_plain_data_without_nan(save, measure, method, knapp_hartung):
    pooled = pool_file(save(GOOD + "Quiet,0,20,0,20\nZero,0,20,3,20\n"), measure, method, knapp_hartung)
    words = words_of_pooled(pooled, "both", "medication", "a response")
    assert all(sentence.strip() and "nan" not in sentence.lower().split() for sentence in words)
    assert any("Leaving out" in sentence for sentence in words)
    assert json.loads(json.dumps(plain(pooled), allow_nan=False))["measure"] == measure


def test_the_words_of_components_name_parts_and_combinations(save):
    rows = "1,CBT + SSRI,12,17\n1,SSRI,2,17\n2,SSRI,30,60\n2,placebo,20,60\n3,CBT,30,60\n3,placebo,22,60\n4,CBT,0,9\n4,SSRI,0,9\n"
    result = components_file(save(ARMS + rows))
    words = " ".join(words_of_components(result))
    assert "CBT + SSRI against SSRI: 18.00" in words and "adding up predicts" in words and "Left out: 4" in words
    data = json.loads(json.dumps(plain(result), allow_nan=False))
    assert [part["name"] for part in data["components"]] == ["CBT", "SSRI"]
    assert all(math.isfinite(part["odds_ratio"]) for part in data["components"])


def test_pooling_a_file_loads_neither_statsmodels_nor_scipy_stats(save):
    heavy = ("statsmodels", "scipy.stats", "pandas", "matplotlib", "ipywidgets")
    ask = f"import sys, course.evidence.table; print([m for m in sys.modules if m.startswith({heavy!r})])"
    found = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    assert found.stdout.strip() == "[]", found.stderr


def test_a_ratio_is_said_in_people_at_the_usual_risk(save):
    trials = read_trials(save(GOOD))
    assert usual_risk(trials) == 29 / 57
    pooled = pool_table([Counts("A", 30, 100, 20, 100)], "OR")
    # odds ratio (30/70)/(20/80) = 1.71; at a risk of 20 % that is 30 % again
    assert of_hundred(pooled, 0.2, "both", "medication", "a response").startswith(
        "If 20 of 100 people have a response with medication, then with both it is 30 ("
    )
    assert any(sentence.startswith("If 51 of 100") for sentence in words_of_pooled(pool_file(save(GOOD)), risk_2=usual_risk(trials)))
    assert of_hundred(pool_table(trials, "RD"), 0.2) == ""


def test_nothing_is_said_beyond_everybody():
    pooled = pool_table([Counts("A", 9, 10, 1, 10), Counts("B", 2, 10, 8, 10), Counts("C", 5, 10, 5, 10)], "RD")
    assert pooled.prediction_low < -1 and pooled.prediction_text == "−100.0 to 100.0"
