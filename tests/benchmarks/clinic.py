"""The clinic model beside Ciw, on the same plain queue: as many clinicians, people and weeks, and the same means.

Ciw is not among the tools of the tests, because it brings a package named ``tests`` that would hide this one. For its line:

    pip install --target build/ciw ciw
"""

from __future__ import annotations

import sys
import time
import warnings

from course.clinic.records import clinic, one_queue
from course.clinic.simulation import simulate
from tests.browser.lab import ROOT

AIM = "<= 0.67 (1.5 times as fast)"
ARRIVALS, SERVED, CLINICIANS, WEEKS = 45.0, 10.0, 5, 100


def run_clinics(rounds: int, say) -> list[tuple]:
    say(f"Running a clinic, {rounds} rounds ...")
    try:
        in_ciw(0)
    except ImportError:
        say("Ciw was not found in build/ciw: its line is left out.")
        return [whole_clinic(rounds)]
    scenario = one_queue(ARRIVALS, SERVED, CLINICIANS, WEEKS)
    ours, ciws = [], []
    for seed in range(rounds + 1):
        spent = timed(lambda seed=seed: simulate(scenario, seed)), timed(lambda seed=seed: in_ciw(seed))
        if seed:  # the first round only warms up
            ours.append(spent[0])
            ciws.append(spent[1])
    return [("clinic: plain M/M/5, 200 weeks of 45 people", "Ciw, the same queue", "ms", ours, ciws, AIM), whole_clinic(rounds)]


def whole_clinic(rounds: int) -> tuple:
    """A whole clinic: three years of about 2,000 people, beside a second, which is what it may take."""
    import attrs

    scenario = attrs.evolve(clinic("mill"), referrals_a_week=12.8, weeks=156, settle_weeks=0)
    spent = [timed(lambda seed=seed: simulate(scenario, seed)) for seed in range(1, rounds + 1)]
    return "clinic: three years, 2,000 people", "one second", "ms", spent, [1000.0] * rounds, "<= 1"


def in_ciw(seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.path.append(str(ROOT / "build" / "ciw"))
        try:
            import ciw
        finally:
            sys.path.pop()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=ARRIVALS)], service_distributions=[ciw.dists.Exponential(rate=SERVED)], number_of_servers=[CLINICIANS]
    )
    ciw.seed(seed)
    ciw.Simulation(network).simulate_until_max_time(WEEKS + 100)  # our clinic settles for a hundred weeks first


def timed(what) -> float:
    began = time.perf_counter()
    what()
    return 1000 * (time.perf_counter() - began)
