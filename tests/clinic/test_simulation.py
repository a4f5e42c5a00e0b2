"""Nobody is lost from the books, chance comes from the seed alone, and groups differ by what is declared of them and by nothing else."""

from __future__ import annotations

import ast
import math
import statistics
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import course.clinic
from course.clinic.records import Group, changed, clinic, clinics, one_queue
from course.clinic.simulation import INTAKE, LOST, OUTCOMES, REFUSED, REMITTED, Clinic, simulate
from course.content.settings import settings as facts_of
from tests.conftest import ROOT

EVERY_CLINIC = pytest.mark.parametrize("key", clinics())
SHORT = {"weeks": 30, "settle_weeks": 20}


def short(key: str, **changes):
    return attrs.evolve(clinic(key), **SHORT | changes)


# ── Conservation ─────────────────────────────────────────────────────────────────────────────────

per_cent = st.floats(0, 100)


@given(
    key=st.sampled_from(sorted(clinics())), seed=st.integers(1, 10**6), referrals=st.just(0.0) | st.floats(0.01, 25), elsewhere=per_cent, refuses=per_cent,
    urgent=per_cent, patience=st.floats(0.1, 200), therapist=st.floats(2, 60), leader=st.sampled_from([2, 6]), integrated=per_cent, accepts=per_cent,
    later=per_cent,
)  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_everybody_referred_is_in_exactly_one_place_at_the_end(key, seed, referrals, elsewhere, refuses, urgent, patience, therapist, leader, integrated,
                                                               accepts, later):  # fmt: skip
    base = changed(short(key), therapist=therapist, **{"group-leader": leader})
    scenario = attrs.evolve(
        base, referrals_a_week=referrals, sent_elsewhere=elsewhere, refuses=refuses, urgent=urgent, patience_weeks=patience, accepts_group=accepts,
        integrated=attrs.evolve(base.integrated, share=integrated), missed=attrs.evolve(base.missed, later=later),
    )  # fmt: skip
    made = Clinic(scenario, seed)
    made.env.run(until=scenario.weeks)
    run = made.result()
    came = sum(person.referred >= 0 for person in made.people)
    assert run.everybody.referred == came == sum(tally.referred for tally in run.groups.values())
    assert all(count >= 0 for tally in run.groups.values() for count in tally.outcomes.values())
    assert run.everybody.remitted <= run.everybody.treated <= came
    for role, desk in made.desks.items():
        assert 0 <= desk.taken <= desk.places, role
        assert 0 <= run.busy.get(role, 0) <= 1 + 1e-9, role


@EVERY_CLINIC
def test_as_many_come_as_the_scenario_says(key):
    scenario = short(key)
    came = [simulate(scenario, seed).everybody.referred / scenario.weeks for seed in range(1, 25)]
    assert statistics.fmean(came) == pytest.approx(scenario.referrals_a_week, abs=4 * math.sqrt(scenario.referrals_a_week / scenario.weeks / len(came)))


def test_nobody_comes_to_a_clinic_without_referrals():
    run = simulate(short("valley", referrals_a_week=0), 1)
    assert run.everybody.referred == 0 and run.waits == () and not any(run.queues[INTAKE])


@pytest.mark.parametrize(("change", "outcome", "all_of_them"), [
    ({"sent_elsewhere": 100}, "sent elsewhere at triage", True),
    ({"refuses": 100}, REFUSED, False),
])  # fmt: skip
def test_an_outcome_that_is_certain_happens_to_all_whom_it_can_reach(change, outcome, all_of_them):
    everybody = simulate(short("mill", **change), 1).everybody
    assert everybody.outcomes[outcome] > 0 and everybody.treated == 0
    assert not all_of_them or everybody.outcomes[outcome] == everybody.referred


# ── Chance ───────────────────────────────────────────────────────────────────────────────────────


@EVERY_CLINIC
def test_the_same_seed_gives_the_same_run_and_another_seed_another(key):
    assert simulate(short(key), 7) == simulate(short(key), 7) != simulate(short(key), 8)


def test_the_run_of_a_seed_does_not_depend_on_the_process_it_is_done_in():
    """Hashes of words differ from process to process: nothing may hang on their order."""
    program = "import attrs; from course.clinic.records import clinic; from course.clinic.simulation import simulate; "
    program += "run = simulate(attrs.evolve(clinic('mill'), weeks=30, settle_weeks=20), 7); print(run.everybody.outcomes, sum(w.weeks for w in run.waits))"
    said = {subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
            for seed in ("1", "2")}  # fmt: skip
    here = simulate(short("mill"), 7)
    assert said == {f"{here.everybody.outcomes} {sum(wait.weeks for wait in here.waits)}\n"}


def test_all_chance_comes_from_random_of_the_standard_library():
    for path in Path(course.clinic.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names}
        assert not names & {"numpy", "secrets", "random", "time"}, path.name


def test_the_same_people_come_to_a_clinic_before_and_after_a_change():
    before, after = short("harbour"), changed(short("harbour"), therapist=60)
    one, other = simulate(before, 3, before), simulate(after, 3, before)
    assert {key: tally.referred for key, tally in one.groups.items()} == {key: tally.referred for key, tally in other.groups.items()}
    assert one.queues["therapy"][0] >= other.queues["therapy"][0]


def test_a_change_to_nothing_changes_nothing():
    assert simulate(short("valley"), 4, short("valley")) == simulate(short("valley"), 4)


# ── Groups ───────────────────────────────────────────────────────────────────────────────────────


def split(first: Group, second: Group):
    return attrs.evolve(clinic("mill"), groups={"one": first, "two": second}, weeks=104)


def treated_of_100(scenario, group: str) -> list[float]:
    tallies = [simulate(scenario, seed).groups[group] for seed in range(1, 9)]
    return [100 * tally.treated / tally.referred for tally in tallies]


def test_two_groups_with_the_same_barriers_fare_the_same():
    scenario = split(Group("One", 50, ("distance",)), Group("Two", 50, ("distance",)))
    one, two = treated_of_100(scenario, "one"), treated_of_100(scenario, "two")
    spread = math.hypot(statistics.stdev(one), statistics.stdev(two)) / math.sqrt(len(one))
    assert abs(statistics.fmean(one) - statistics.fmean(two)) < 4 * spread


def test_other_names_for_the_groups_change_nothing():
    named = split(Group("One", 30, ("cost",)), Group("Two", 70, ()))
    swapped = attrs.evolve(named, groups={"two": named.groups["one"], "one": named.groups["two"]})
    run, other = simulate(named, 5), simulate(swapped, 5)
    assert run.groups["one"] == other.groups["two"] and run.groups["two"] == other.groups["one"]


def test_a_barrier_costs_treatments_and_an_offer_that_eases_it_takes_all_of_it_away():
    scenario = attrs.evolve(split(Group("One", 50, ("distance",)), Group("Two", 50, ())), offers=())
    eased = attrs.evolve(scenario, offers=("transport-help",))
    assert statistics.fmean(treated_of_100(scenario, "one")) < statistics.fmean(treated_of_100(scenario, "two")) - 2
    unburdened = attrs.evolve(scenario, groups=scenario.groups | {"one": Group("One", 50, ())})
    assert simulate(eased, 2).groups == simulate(unburdened, 2).groups


# ── What a clinic does ───────────────────────────────────────────────────────────────────────────


def average(scenario, what, seeds=6) -> float:
    return statistics.fmean(what(simulate(scenario, seed)) for seed in range(1, seeds + 1))


def test_more_hours_of_therapists_shorten_the_wait_for_therapy():
    wait = lambda run: statistics.fmean(run.waited("therapy", 26))  # noqa: E731
    assert average(changed(clinic("harbour"), therapist=36), wait) < 0.8 * average(clinic("harbour"), wait)


def test_longer_waits_lose_more_people_before_they_are_seen():
    lost = lambda run: sum(run.everybody.outcomes[each] for each in LOST[:2]) / run.everybody.referred  # noqa: E731
    assert average(changed(clinic("valley"), prescriber=14), lost) > average(changed(clinic("valley"), prescriber=24), lost) + 0.05


def test_visits_that_give_both_have_no_benefit_built_in():
    """With the benefit at nothing, everybody who stays has the chance of remission of medication alone."""
    assert all(each.integrated.benefit == 0 and each.integrated.share == 0 for each in clinics().values())
    base = attrs.evolve(one_queue(6, 30, 2), routes={"both": attrs.evolve(clinic("mill").routes["both"], share=100)}, refuses=0, registry=None, lengths="fixed")
    staff = base.staff | {"prescriber": attrs.evolve(base.staff["prescriber"], hours=160)}
    steps = {key: attrs.evolve(step, leaves=0, then="") for key, step in base.steps.items()}
    base = attrs.evolve(base, staff=staff, steps=steps, integrated=attrs.evolve(base.integrated, share=100))

    def remission(scenario) -> float:
        tallies = [simulate(scenario, seed).everybody.outcomes for seed in (1, 2)]
        ended = sum(sum(tally[each] for each in OUTCOMES[:2]) for tally in tallies)
        return 100 * sum(tally[REMITTED] for tally in tallies) / ended

    published = base.steps["medication"].remission
    assert remission(base) == pytest.approx(published, abs=4)
    assert remission(attrs.evolve(base, integrated=attrs.evolve(base.integrated, benefit=50))) == pytest.approx(1.5 * published, abs=4)


def test_who_is_urgent_is_seen_first():
    scenario = changed(short("valley", urgent=50, weeks=52), prescriber=14)
    made = Clinic(scenario, 1)
    made.env.run(until=scenario.weeks)
    urgent, others = (sum(until > made.env.now for *_, until in made.desks["prescriber"].queues[rank]) for rank in (1, 2))
    assert urgent < others


# ── The clinics and the facts of the cases ───────────────────────────────────────────────────────

SEEDS = range(1, 21)
WITHIN = {"therapist-within-6-weeks": ("therapy", 6), "group-within-3-weeks": ("group", 3)}


@EVERY_CLINIC
def test_the_modelled_waits_are_those_of_the_cases(key):
    runs = [simulate(clinic(key), seed) for seed in SEEDS]
    for fact, (place, weeks) in WITHIN.items():
        waits = [wait for run in runs for wait in run.waited(place, 26)]
        assert (fact in facts_of()[key].holds) == bool(waits and statistics.fmean(waits) < weeks), (fact, waits and statistics.fmean(waits))


@pytest.mark.parametrize(("key", "told"), [("harbour", 14), ("valley", 20)])
def test_the_wait_for_therapy_is_about_as_long_as_the_clinic_says(key, told):
    assert f"{told} weeks" in facts_of()[key].text
    waits = [statistics.fmean(simulate(clinic(key), seed).waited("therapy", 26)) for seed in SEEDS]
    assert statistics.fmean(waits) == pytest.approx(told, abs=2.5)


@EVERY_CLINIC
def test_a_clinic_offers_what_its_facts_say(key):
    scenario, holds = clinic(key), facts_of()[key].holds
    assert {offer for offer in scenario.offer_costs if offer in holds} == set(scenario.offers)
    assert ("care-manager" in holds) == (scenario.staff["care-manager"].hours > 0)
    assert ("long-visits" in holds) == (scenario.steps["medication"].minutes >= 40)
    assert scenario.title == facts_of()[key].title
