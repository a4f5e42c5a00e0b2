"""The four strands always add up, nought in gives nought out, and regression to the mean is what drawing people by chance gives."""

from __future__ import annotations

import subprocess
import sys

import attrs
import numpy as np
import pytest

from course.evidence import ledger
from course.mechanisms.explorers.strands import FourStrands
from course.mechanisms.models.strands import LAST, PEOPLE, STRANDS, TABLETS, Gap, four_strands, thirty
from course.mechanisms.records import model
from tests.conftest import ROOT

START = FourStrands().setting
CARD = model("four-strands")
MANY = [
    START,
    *(attrs.evolve(START, start=start, missed=missed) for start in (18, 23, 30) for missed in (0, 3, 7)),
    attrs.evolve(START, placebo=0.4, natural=0.3, differs=1),
    attrs.evolve(START, placebo=0, natural=0, reliability=1),
]
EVERY = pytest.mark.parametrize("setting", MANY)


@EVERY
@pytest.mark.parametrize("week", range(LAST + 1))
def test_the_strands_add_up_for_everybody_and_for_the_average(setting, week):
    people = thirty(setting, week)
    assert people.falls.shape == (PEOPLE, len(STRANDS))
    assert people.start - people.scores == pytest.approx(people.falls.sum(axis=1))
    assert people.start - sum(people.average.values()) == pytest.approx(people.scores.mean())
    assert (people.scores >= -1e-9).all()


@EVERY
def test_the_thirty_have_the_average_unless_somebody_reached_nought(setting):
    """A score cannot fall below nought: what is then less has come off the natural course alone."""
    people, average = thirty(setting), four_strands(setting)
    whole = people.scores.min() > 1e-9
    assert {**people.average, "natural": 0} == pytest.approx({**average, "natural": 0})
    assert people.average["natural"] == pytest.approx(average["natural"]) if whole else people.average["natural"] < average["natural"]


def test_nothing_has_happened_at_the_start():
    assert set(four_strands(START, 0).values()) == {0.0}
    assert set(thirty(START, 0).scores.tolist()) == {START.start}


def test_without_tablets_the_medicines_strand_is_nought_and_the_others_stay():
    none = four_strands(attrs.evolve(START, missed=TABLETS))
    assert none["medicine"] == 0 and {**none, "medicine": 0} == {**four_strands(START), "medicine": 0}
    people = thirty(attrs.evolve(START, missed=TABLETS))
    assert people.halved == people.halved_anyway


def test_each_missed_tablet_takes_off_the_same_from_the_medicine():
    strands = [four_strands(attrs.evolve(START, missed=missed))["medicine"] for missed in range(TABLETS + 1)]
    assert np.diff(strands) == pytest.approx([-strands[0] / TABLETS] * TABLETS)


def test_regression_to_the_mean_is_what_chance_gives():
    """Draw people whose two scores share a usual one, keep those who start near the score: the second lies nearer the mean by as much."""
    draw, spread = np.random.default_rng(7), CARD["spread"]
    usual = draw.normal(START.usual, spread * START.reliability**0.5, 400_000)
    first, second = (usual + draw.normal(0, spread * (1 - START.reliability) ** 0.5, usual.size) for _ in range(2))
    kept = abs(first - START.start) < 0.5
    assert (first - second)[kept].mean() == pytest.approx(four_strands(START)["regression"], abs=0.1)


def test_a_perfect_measure_and_people_as_usual_do_not_regress():
    assert four_strands(attrs.evolve(START, reliability=1))["regression"] == 0
    assert four_strands(attrs.evolve(START, start=START.usual))["regression"] == 0


def test_regression_is_there_at_the_second_measurement_and_does_not_grow():
    assert len({four_strands(START, week)["regression"] for week in range(1, LAST + 1)}) == 1


def test_the_shapes_go_through_what_was_published():
    early = ledger()["posternak_2005.early_share_placebo"].value / 100
    assert four_strands(START, 2)["placebo"] / four_strands(START)["placebo"] == pytest.approx(early)
    assert four_strands(START, 1)["medicine"] / four_strands(START)["medicine"] == pytest.approx(CARD["early_lead"])


def test_the_lead_over_placebo_stands_where_it_was_published():
    gap: Gap = START.gap
    published = {name: ledger()[f"fournier_2010.{name}"].value for name in ("severity_line", "effect_ceiling_below_23", "threshold_crossed")}
    assert gap.at(published["severity_line"], True) / CARD["spread"] == pytest.approx(published["effect_ceiling_below_23"])
    assert gap.at(published["threshold_crossed"], True) == CARD["threshold"]
    leads = [gap.at(start, True) for start in range(18, 31)]
    assert leads == sorted(leads)
    assert {gap.at(start, False) for start in range(18, 31)} == {ledger()["fountoulakis_2013.difference"].value}


@EVERY
def test_the_medicine_only_ever_adds_to_those_who_halved_their_score(setting):
    people = thirty(setting)
    assert 0 <= people.halved_anyway <= people.halved <= PEOPLE


def test_unlike_effects_of_the_medicine_leave_the_average_alone():
    same, unlike = (thirty(attrs.evolve(START, differs=differs)) for differs in (0, 1))
    column = STRANDS.index("medicine")
    assert np.ptp(same.falls[:, column]) == pytest.approx(0) and np.ptp(unlike.falls[:, column]) > 1
    assert same.average["medicine"] == pytest.approx(unlike.average["medicine"])


def test_the_thirty_are_the_same_in_another_session():
    program = "from course.mechanisms.explorers.strands import FourStrands; print(FourStrands().people.scores.tolist())"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert printed.strip() == str(thirty(START).scores.tolist())
