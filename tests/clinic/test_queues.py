"""The simulation agrees with what is known without it: one queue, several clinicians, and Little's law in every run."""

from __future__ import annotations

import math
import statistics

import pytest

from course.clinic.queues import chance_of_waiting, mean_queue, mean_wait, people_waiting, visits_waited
from course.clinic.records import clinics, one_queue
from course.clinic.simulation import INTAKE, simulate
from course.content.reading import PlainError

SEEDS = range(1, 31)
PEOPLE = 3000  # in each run


@pytest.mark.parametrize(("arrivals", "clinicians"), [(6.0, 1), (8.0, 1), (9.0, 1), (16.0, 2), (27.0, 3), (45.0, 5)])
def test_the_simulated_wait_is_that_of_the_formula(arrivals, clinicians):
    """Within four standard errors over seeds; one clinician sees ten people a week."""
    scenario = one_queue(arrivals, 10, clinicians, weeks=round(PEOPLE / arrivals))
    waits = [statistics.fmean(simulate(scenario, seed).waited(INTAKE)) for seed in SEEDS]
    bound = 4 * statistics.stdev(waits) / math.sqrt(len(waits))
    assert abs(statistics.fmean(waits) - mean_wait(arrivals, 10, clinicians)) < bound
    assert bound < 0.5 * mean_wait(arrivals, 10, clinicians), "the bound is too wide to prove anything"


def test_the_simulated_clinician_is_as_busy_as_the_formula_says():
    shares = [simulate(one_queue(16, 10, 2, weeks=100), seed).busy["prescriber"] for seed in SEEDS]
    assert statistics.fmean(shares) == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize("seed", (1, 2))
@pytest.mark.parametrize("key", clinics())
def test_littles_law_holds_before_every_desk(key, seed):
    """People counted in the queue week by week, beside arrivals times weeks: two ways that share no number."""
    for role, law in simulate(clinics()[key], seed).little.items():
        expected = people_waiting(law.arrivals_a_week, law.weeks)
        assert abs(law.counted - expected) <= 0.15 * expected + 1, role


def test_one_clinician_is_a_special_case_of_several():
    for arrivals in (1, 5, 9.9):
        assert chance_of_waiting(arrivals, 10, 1) == pytest.approx(arrivals / 10)
        assert mean_wait(arrivals, 10, 1) == pytest.approx(visits_waited(arrivals / 10) / 10)


@pytest.mark.parametrize(("load", "clinicians", "tabulated"), [(1.5, 2, 0.6429), (2.4, 3, 0.6472), (8, 10, 0.4092), (0.5, 1, 0.5)])
def test_erlang_c_is_what_the_tables_print(load, clinicians, tabulated):
    assert chance_of_waiting(load, 1, clinicians) == pytest.approx(tabulated, abs=5e-5)


def test_hundreds_of_clinicians_are_not_too_many_for_the_formula():
    assert 0 < chance_of_waiting(4900, 10, 500) < 1


def test_the_nearer_to_full_the_longer_the_wait_without_end():
    waits = [visits_waited(share) for share in (0.5, 0.8, 0.9, 0.97, 0.99)]
    assert waits == sorted(waits) and waits[3] > 7 * waits[1] and visits_waited(1) == math.inf


@pytest.mark.parametrize("arrivals", [10, 11])
def test_an_overfull_queue_has_no_average(arrivals):
    with pytest.raises(PlainError, match="the queue grows without end; give fewer arrivals or more clinicians"):
        mean_queue(arrivals, 10)
