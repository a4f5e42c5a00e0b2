"""Published figures come out again from their own counts, or the difference has a reason; a slip in the file is one clear line."""

from __future__ import annotations

import csv

import pytest

from course.content.reading import CONTENT, ContentError
from course.evidence import ledger
from course.evidence.pooling import Counts, odds_ratio, risk_ratio
from course.evidence.recomputed import COLUMNS, MEASURES, PARTS, read_recomputed, recomputed, recomputed_figures
from course.evidence.trials import trials

FIGURES = recomputed_figures()
with (CONTENT / "evidence" / "recomputed.csv").open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))


def test_at_least_twenty_five_published_figures_agree_as_printed():
    assert sum(figure.agrees for figure in FIGURES) >= 25


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.cells[0])
def test_a_figure_is_found_again_or_the_difference_is_explained(figure):
    half_a_digit = 0.5 * 10 ** -len(figure.published.partition(".")[2])
    if figure.why:
        assert abs(figure.ours - float(figure.published)) > half_a_digit
    else:
        assert abs(figure.ours - float(figure.published)) <= half_a_digit + 1e-9
        assert float(figure.rounded) == float(figure.published)


def test_figures_are_worked_out_by_the_pooling():
    found = {(figure.study.key, figure.what, figure.part): figure.ours for figure in FIGURES}
    safren = odds_ratio(Counts("Safren", 23, 43, 10, 43))
    for part in ("value", "low", "high"):
        assert found["safren_2010", "Response by global rating, odds ratio", part] == getattr(safren, part)
    assert found["wright_2024", "Left treatment early, risk ratio", "value"] == risk_ratio(Counts("Wright", 75, 178, 133, 581)).value
    assert found["geddes_2010", "New treatment for a mood episode, lithium", "value"] == pytest.approx(100 * 65 / 110)


def _arms(study: str) -> set[tuple[int, int]]:
    """The counts of every arm of a trial that the course has, alone and two assessments together; all arms of the data set for its own rows."""
    arms = [arm for arm in trials() if arm.events is not None]
    counts = {(arm.events, arm.n) for arm in arms if study in (arm.study.key, arm.trial) or (study == "linde_2016" and arm.counts_from == "data set")}
    return counts | {(a + c, b + d) for a, b in counts for c, d in counts}


def test_the_counts_are_those_of_the_trials_where_the_course_has_them():
    compared = 0
    for row in ROWS:
        for group in ("1", "2"):
            known = _arms(row["study"])
            if row[f"events_{group}"] and known:
                assert (int(row[f"events_{group}"]), int(row[f"n_{group}"])) in known, row
                compared += 1
    assert compared >= 40


def test_no_figure_stands_in_the_table_twice():
    names = [figure.cells[0] for figure in FIGURES]
    assert len(names) == len(set(names))


# ── As it is shown ───────────────────────────────────────────────────────────────────────────────


def test_what_differs_stands_first_with_its_reason():
    rows = recomputed().rows
    differ = [row for row in rows if row[-1].startswith("differs: ")]
    assert rows[: len(differ)] == tuple(differ)
    assert {row[-1] for row in rows[len(differ) :]} == {"as printed"}
    assert len(rows) == len(FIGURES)


def test_the_table_has_a_caption_and_named_rows_and_columns():
    shown = recomputed()._repr_html_()
    assert shown.count("<caption>") == 1 and f"{len(FIGURES)} published figures" in shown
    assert shown.count('<th scope="col">') == 5 and shown.count('<th scope="row">') == len(FIGURES)


def test_as_text_every_row_is_a_line_that_says_all():
    lines = repr(recomputed()).split("\n")
    assert len(lines) == 1 + len(FIGURES)
    assert "Safren 2010: Response by global rating, odds ratio: Published 3.80, Ours 3.80, Difference −0.005, Result as printed" in lines


# ── Slips ────────────────────────────────────────────────────────────────────────────────────────

GOOD = dict.fromkeys(COLUMNS, "") | {
    "study": "safren_2010", "effect": "response_cbt_v_relaxation", "part": "value", "what": "Response, odds ratio", "measure": "OR",
    "events_1": "23", "n_1": "43", "events_2": "10", "n_2": "43",
}  # fmt: skip


def _read(tmp_path, **changes):
    path = tmp_path / "recomputed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerow(GOOD | changes)
    return read_recomputed(path, ledger())


def test_a_good_row_is_read(tmp_path):
    (figure,) = _read(tmp_path)
    assert (figure.published, figure.agrees, figure.why) == ("3.80", True, "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"study": "safron_2010"}, "line 2: no study 'safron_2010'; did you mean 'safren_2010'?"),
        ({"effect": "response_cbt_v_relax"}, "no number 'safren_2010.response_cbt_v_relax' in the ledger; did you mean"),
        ({"effect": ""}, "published is ''; write a number with a decimal point"),
        ({"published": "3.81"}, "published is 3.81, and 'safren_2010.response_cbt_v_relaxation' is 3.8 in the ledger; write the same number"),
        ({"part": "middle"}, "part is 'middle'; write one of: value, low, high, log, se"),
        ({"part": "log"}, "'safren_2010.response_cbt_v_relaxation' has no log in the ledger"),
        ({"measure": "odds"}, "measure is 'odds'; write one of: percent, RR, OR"),
        ({"what": " "}, "it does not say what was worked out"),
        ({"events_1": ""}, "events_1 is ''; write a number"),
        ({"events_1": "-1"}, "events_1 is -1; OR is worked out from"),
        ({"events_1": "44"}, "events_1 is 44 and n_1 is 43; OR is worked out from events_1, n_1, events_2, n_2"),
        ({"events_1": "0", "events_2": "0"}, "nobody had the outcome in either group"),
        ({"measure": "NNT", "events_2": "23"}, "the two groups do not differ, so no number is needed"),
        ({"measure": "NNT", "part": "low"}, "from these only the number itself follows, and no low"),
        ({"measure": "RR from per cents", "rate_1": "10", "rate_2": "0"}, "these numbers give no result"),
        ({"measure": "SMD from correlation", "size": "1"}, "these numbers give no result"),
        ({"events_1": "24"}, "'Response, odds ratio' is printed as 3.80 and comes out as 4.17; say why, or mend the row"),
        ({"why": "a model"}, "'Response, odds ratio' agrees after all, and has a reason why it does not; take the reason out"),
        ({"study": "hollon_2014", "effect": "recovery_both_v_medication"}, "comes from a withdrawn version"),
        ({"study": "hollon_2014", "effect": "", "published": "3.8"}, "'hollon_2014' was withdrawn; only the story of its retraction"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_slip_is_one_clear_line(tmp_path, changes, said):
    with pytest.raises(ContentError) as error:
        _read(tmp_path, **changes)
    (finding,) = error.value.findings
    assert said in str(finding) and str(finding).startswith("recomputed.csv: line 2: "), finding


def test_every_measure_and_part_is_used_by_a_row_or_a_test():
    assert {row["measure"] for row in ROWS} == set(MEASURES)
    assert {row["part"] for row in ROWS} == set(PARTS)
