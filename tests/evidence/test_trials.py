"""The arms of published trials: counted as people can be, each with where it was read, and found by condition and outcome."""

from __future__ import annotations

import csv
import re
import shutil

import pytest

from course.content.reading import CONTENT, ContentError, NotFound
from course.evidence import ledger
from course.evidence.records import TRIALS
from course.evidence.trials import ARMS, COLUMNS, COUNTS_FROM, trials

ALL = trials()


def test_an_arm_counts_people_and_says_from_where():
    for arm in ALL:
        assert ledger().studies[arm.study.key] == arm.study
        assert arm.arm in ARMS and arm.counts_from in COUNTS_FROM
        assert arm.events is None or 0 <= arm.events <= arm.n, arm
        assert arm.mean is not None or arm.sd is None, arm
        assert arm.events is not None or arm.n or arm.mean is not None, arm


def test_an_arm_was_read_in_a_trial_or_in_the_data_set_of_those_who_pooled_it():
    for arm in ALL:
        assert arm.study.design in TRIALS or (arm.study.design.endswith("meta-analysis") and arm.counts_from == "data set"), arm.trial


def test_a_trial_has_one_condition_and_more_than_one_arm():
    for key in {arm.trial for arm in ALL}:
        rows = [arm for arm in ALL if arm.trial == key]
        assert len({arm.condition for arm in rows}) == 1, key
        assert len({(arm.arm, arm.detail) for arm in rows}) > 1, key


def test_counts_agree_with_the_printed_per_cent():
    """Where an arm and a number of a study are about the same outcome at the same time, they say the same."""
    compared = 0
    for arm in ALL:
        effect = ledger().effects.get(f"{arm.study.key}.{arm.outcome}_{arm.arm}")
        if arm.events is None or effect is None or effect.time != f"{arm.weeks} weeks" or effect.measure != "percent":
            continue
        alike = (arm.study, arm.outcome, arm.arm, arm.weeks)
        same = [each for each in ALL if (each.study, each.outcome, each.arm, each.weeks) == alike and each.events is not None]
        assert any(abs(100 * each.events / each.n - effect.value) <= 1.5 for each in same), effect.key
        compared += 1
    assert compared >= 10


def test_arms_are_found_by_condition_and_outcome():
    assert {arm.condition for arm in trials(condition="PTSD")} == {"PTSD"}
    some = trials(condition="depression", outcome="response")
    assert some and all((arm.condition, arm.outcome) == ("depression", "response") for arm in some)
    assert set(some) <= set(ALL)
    with pytest.raises(NotFound, match="no trial with the condition 'depresion'; did you mean 'depression'"):
        trials(condition="depresion")
    with pytest.raises(NotFound, match="no trial with the outcome 'respons'; did you mean 'response'"):
        trials(outcome="respons")


ROW = ["a_2000", "PTSD", "adults", "both", "Both", "response", "no", "12", "20", "10", "reported", "", "", "wiles_2013", "yes", "no"]
GOOD = dict(zip(COLUMNS, ROW, strict=True))
SLIPS = [
    ({"events": "21"}, "events is 21 and n is 20; there cannot be more events than people"),
    ({"n": ""}, "events is 10 and n is empty"),
    ({"n": "-20", "events": "", "counts_from": "none"}, "a number is below what can be counted"),
    ({"n": "twenty"}, "n is 'twenty'"),
    ({"events": ""}, "events is '' and counts_from is 'reported'"),
    ({"arm": "botch"}, "arm is 'botch'; write one of: both, "),
    ({"counts_from": "memory"}, "counts_from is 'memory'"),
    ({"harm": "maybe"}, "harm is 'maybe'; write one of: yes, no"),
    ({"counts_from": "inferred"}, "inferred is 'no' and counts_from is 'inferred'"),
    ({"study": "wiles_2031"}, "no study 'wiles_2031'; did you mean 'wiles_20"),
    ({"condition": ""}, "condition is empty"),
    ({"study": "hollon_2014"}, "'a_2000' was withdrawn; leave its counts out"),
    ({"trial": "hollon_2014"}, "'hollon_2014' was withdrawn; leave its counts out"),
]


@pytest.mark.parametrize(("change", "says"), SLIPS)
def test_a_slip_is_found_with_its_line(tmp_path, change, says):
    write(tmp_path, [GOOD, GOOD | {"arm": "placebo"} | change])
    with pytest.raises(ContentError, match=r"trials\.csv: line 3: " + re.escape(says)):
        trials(content=tmp_path)


def test_an_arm_that_stands_twice_is_found(tmp_path):
    write(tmp_path, [GOOD, GOOD])
    with pytest.raises(ContentError, match="line 3: this arm of 'a_2000' stands here twice"):
        trials(content=tmp_path)


def write(folder, rows):
    shutil.copytree(CONTENT / "evidence", folder / "evidence")
    with (folder / "evidence" / "trials.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
