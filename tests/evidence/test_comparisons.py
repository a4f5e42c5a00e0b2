"""A set pools only what answers one question, says what it lumps together, and keeps counts for practice out of every conclusion."""

from __future__ import annotations

import shutil

import pytest

from course.content.reading import CONTENT, ContentError, NotFound
from course.evidence.comparisons import Answer, comparison, comparisons, pooled, read_aloud
from course.evidence.pooling import CannotPool, Pooled, leave_one_out
from course.evidence.trials import trials
from course.evidence.words import plain

SETS = comparisons()
ASKED = [(key, versus, time) for key, made in SETS.items() for time in made.times for versus in made.studied(time)]
EVERY_COMPARISON = pytest.mark.parametrize(("key", "versus", "time"), ASKED, ids=["-".join(each) for each in ASKED])


@EVERY_COMPARISON
def test_its_counts_are_those_of_the_arms(key, versus, time):
    made, what = SETS[key], SETS[key].versus(versus)
    for row in made.trials(versus, time):
        for arm, detail, events, n in (
            (what.first, row.detail_1, *row.table.cells[:1], row.table.n_1),
            (what.second, row.detail_2, row.table.events_2, row.table.n_2),
        ):
            alike = [each for each in trials(condition=made.condition) if (each.trial, each.arm, each.detail, each.weeks) == (row.key, arm, detail, row.weeks)]
            assert any((each.events, each.n) == (events, n) for each in alike)


@EVERY_COMPARISON
def test_a_trial_counts_once_and_its_name_is_its_own(key, versus, time):
    rows = SETS[key].trials(versus, time)
    assert len({row.key for row in rows}) == len({row.table.trial for row in rows}) == len(rows) > 0


@EVERY_COMPARISON
def test_the_outcome_is_one_and_points_one_way(key, versus, time):
    made = SETS[key]
    wanted = made.times[time].outcomes or made.outcomes
    assert {arm.harm for arm in made.arms if arm.outcome in wanted} == {not made.good}


@EVERY_COMPARISON
def test_therapy_is_never_pooled_with_a_second_drug(key, versus, time):
    """Both means a drug and a therapy: an arm of two drugs is never filed so."""
    what = SETS[key].versus(versus)
    assert what.first != "other" and (what.second != "other" or what.details)


@EVERY_COMPARISON
def test_counts_for_practice_are_never_in_a_conclusion(key, versus, time):
    solid = [row for row in SETS[key].trials(versus, time) if row.solid]
    assert all(row.counts_from != "inferred" for row in solid)
    if not solid:
        with pytest.raises(NotFound, match=f"no trial is left that compared .* in '{key}'"):
            pooled(key, versus, time)
        return
    answer = pooled(key, versus, time)
    assert answer.rows == tuple(solid) and answer.people == sum(row.people for row in solid)


@EVERY_COMPARISON
def test_an_answer_says_itself_and_stays_a_pooled_result(key, versus, time):
    if not [row for row in SETS[key].trials(versus, time) if row.solid]:
        return
    answer = pooled(key, versus, time)
    assert isinstance(answer, Pooled) and plain(answer)["value"] == answer.value
    assert repr(answer).startswith(answer.words[0]) and answer._repr_markdown_().startswith(f"**{answer.words[0]}**")
    assert answer.labels == (SETS[key].versus(versus).group_1, SETS[key].versus(versus).group_2)
    assert not any(type(each) is Answer for _, each in leave_one_out(answer))


def test_one_small_trial_turns_depression_with_medication():
    both = pooled("depression", versus="medication", measure="OR", method="DL")
    assert both.text == "1.64 (0.47 to 5.72)"
    assert pooled("depression", versus="medication", measure="OR", method="DL", without=("naeem_2010",)).text == "0.90 (0.64 to 1.26)"
    assert pooled("depression", versus="medication", measure="OR", method="DL", without="naeem_2010").people == both.people - 34


def test_one_trial_is_read_aloud_with_its_source():
    said = read_aloud("walkup_2008", versus="medication")
    assert repr(said).startswith("With sertraline and CBT, 113 of 140 people had a response (81 %). With sertraline, 73 of 133 did (55 %).")
    assert repr(said).endswith("Source: Walkup 2008, counts from the printed per cents, 12 weeks.")
    assert "[Walkup 2008](https://" in said._repr_markdown_()


def test_a_trial_read_in_a_data_set_names_the_data_set_too():
    assert "Linde 2016" in repr(read_aloud("naeem_2010"))


def test_two_trials_of_one_team_and_year_are_told_apart():
    names = [row.table.trial for row in comparison("binge-eating").trials("therapy-placebo")]
    assert {"Grilo 2005", "Grilo 2005 (orlistat)"} <= set(names)


def test_the_last_measuring_in_the_window_is_taken_at_which_both_were_counted():
    rows = {
        versus: next(row for row in comparison("depression").trials(versus) if row.key == "derubeis_2005")
        for versus in ("therapy-or-medication", "therapy-or-placebo")
    }
    assert (rows["therapy-or-medication"].weeks, rows["therapy-or-placebo"].weeks) == (16, 8)


UNKNOWN = [
    (lambda: pooled("depresion"), "there is no set of trials 'depresion'; did you mean 'depression'?"),
    (lambda: pooled("depression", versus="therpy"), "there is no comparator 'therpy'; did you mean 'therapy'?"),
    (lambda: pooled("depression", time="later"), "'depression' has no time 'later'; there is: end"),
    (lambda: pooled("depression", without=("naeem_2011",)), "there is no trial 'naeem_2011' to leave out; did you mean 'naeem_2010'?"),
    (lambda: pooled("panic", versus="therapy"), "no trial is left that compared both treatments with therapy alone in 'panic'; there is: versus="),
    (lambda: read_aloud("walkup_2009"), "there is no trial 'walkup_2009' to read aloud; did you mean 'walkup_2008'?"),
    (lambda: read_aloud("naeem_2010", versus="therapy"), "'naeem_2010' has no counts versus 'therapy' at the time 'end'; there is: versus=\"medication\""),
    (lambda: read_aloud("morin_2009", versus="therapy", time="latest"), "'morin_2009' has no counts versus 'therapy' at the time 'latest'; there is: time="),
]


@pytest.mark.parametrize(("ask", "says"), UNKNOWN)
def test_an_unknown_name_is_answered_with_the_nearest(ask, says):
    with pytest.raises(NotFound) as error:
        ask()
    assert str(error.value).startswith(says)


def test_a_score_cannot_be_pooled_from_counts():
    with pytest.raises(CannotPool, match="needs means"):
        pooled("depression", measure="SMD")


SLIPS = [
    ('condition = "PTSD"', 'condition = "PTDS"', "sets.ptsd: no trial has the condition 'PTDS'; did you mean 'PTSD'?"),
    ('"remission, among those who started"]', '"remision"]', "sets.ptsd.outcomes: no trial of PTSD has 'remision'; did you mean 'remission'?"),
    (
        'populations = ["adults at risk of relapse"]',
        'populations = ["adults"]',
        "sets.schizophrenia-relapse.populations: no trial of schizophrenia has 'adults'",
    ),
    ("good = false", "good = true", "sets.schizophrenia-relapse.good: good is true, and trials.csv says otherwise"),
    ("since = 50, to = 60", "since = 90, to = 95", "sets.insomnia.times.later: no trial has counts in these weeks"),
    ("since = 50, to = 60", "since = 60, to = 50", "the weeks run from 60 to 50; let them run forwards"),
    ('first = "both"\nsecond = "medication"', 'first = "bth"\nsecond = "medication"', "'first' is 'bth'; did you mean 'both'?"),
]


@pytest.mark.parametrize(("right", "slip", "says"), SLIPS)
def test_a_slip_in_the_file_is_found(tmp_path, right, slip, says):
    shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
    path = tmp_path / "evidence" / "comparisons.toml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, slip, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        comparisons(tmp_path)
    assert "comparisons.toml: " in str(error.value) and says in str(error.value)
