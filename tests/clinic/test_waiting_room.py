"""The waiting room asks first, answers from a few runs and refines them while the page stands, with nothing done beside it all the time."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from course.clinic.explorers.waiting_room import FEW, HOURS, RUNS, WaitingRoom
from course.clinic.figures import why_full_hurts
from course.clinic.queues import visits_waited
from course.clinic.records import card, clinics
from course.content.reading import NotFound
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.explorers import explorer_text, load

START = load("waiting-room").guessed(9)
BROKEN = re.compile(r"\bnan\b|\binf\b|None|\{\w+\.\w+\}")
GUESS, ONE_CHANGE = {"do": "guess", "value": 9}, {"do": "settings", "value": {"group": 4}}


def settings(state) -> b.Block:
    return next(block for block in state.page() if block["is"] == "settings")


def text(state) -> str:
    return b.as_text(state.page())


def every_end():
    for control in settings(START)["controls"]:
        ends = (control["low"], control["high"]) if control["is"] == "slider" else [key for key, _ in control["options"]]
        for end in ends:
            yield {control["name"]: [end] if control["is"] == "ticks" else end}


@pytest.fixture
def few_runs(monkeypatch):
    """Refining is over after two more runs."""
    monkeypatch.setattr("course.clinic.explorers.waiting_room.RUNS", FEW + 2)


def test_nothing_is_shown_before_the_prediction():
    shown = load("waiting-room").page()
    assert [block["eyebrow"] for block in shown if block["is"] == "heading"] == ["Predict first"]
    assert not any(block["is"] in ("figure", "settings", "folded", "listing", "note") for block in shown)


@pytest.mark.parametrize("value", [None, "9", [], -1, 105, float("nan"), 10**400, True, {"weeks": 9}])
def test_a_guess_that_cannot_be_read_leaves_the_question(value):
    assert load("waiting-room").guessed(value).guess is None


@pytest.mark.parametrize("values", list(every_end()), ids=str)
def test_every_setting_at_its_ends_gives_a_whole_page_with_the_clinic_as_it_is_beside_it(values):
    state = START.changed(values)
    said = text(state)
    assert not BROKEN.search(said), BROKEN.search(said)
    assert sum(block["is"] == "figure" for block in state.page()) == 1
    assert "with nothing done" in state.headline and "as it is" in said
    assert "Teaching model: not for real clinics" in said and all(words in said for words in card().not_for)
    assert state.fresh() == START


def test_all_groups_of_the_clinic_stand_in_the_table():
    for key, each in clinics().items():
        said = text(START.changed({"clinic": key}))
        assert all(f"{group.title}: weeks of wait" in said for group in each.groups.values())


def test_with_nothing_added_the_clinic_is_as_it_is():
    state = START.changed(dict.fromkeys(HOURS, 0))
    assert state.scenario == state.as_it_is and state.now == state.was
    assert "nothing added" in text(state)


@pytest.mark.parametrize("name", HOURS)
def test_hours_go_to_whom_they_are_given_and_cost_what_an_hour_costs(name):
    nothing = START.changed(dict.fromkeys(HOURS, 0))
    state = nothing.changed({name: 4})
    role = HOURS[name][0]
    assert state.scenario.staff[role].hours == nothing.scenario.staff[role].hours + 4
    assert state.scenario.cost_a_week - nothing.scenario.cost_a_week == pytest.approx(4 * state.scenario.staff[role].cost_an_hour)


def test_an_offer_that_a_clinic_has_already_cannot_be_added():
    for key, each in clinics().items():
        state = START.changed({"clinic": key, "offers": list(each.offer_costs)})
        assert not set(state.offers) & set(each.offers) and set(state.offers) | set(each.offers) == set(each.offer_costs)


def test_the_benefit_that_nobody_has_studied_starts_at_nothing_and_says_so():
    (control,) = (each for each in settings(START)["controls"] if each["name"] == "benefit")
    assert control["value"] == control["low"] == 0 and "assumed; not studied" in control["label"]


# ── A few runs at once, more of them while the page stands ───────────────────────────────────────


def test_a_state_is_refined_run_by_run_and_then_left(few_runs):
    states = [START]
    while finer := states[-1].refined():
        states.append(finer)
    assert [state.runs for state in states] == [FEW, FEW + 1, FEW + 2]
    assert all(attrs.evolve(state, runs=FEW) == START for state in states)
    assert states[-1].changed({"group": 4}).runs == FEW


def test_before_the_guess_there_is_nothing_to_refine():
    assert WaitingRoom().refined() is None


def test_the_page_is_refined_while_nobody_acts_and_an_act_comes_first(few_runs):
    explorer = Explorer(WaitingRoom())
    shown = lambda: next(block["eyebrow"] for block in explorer.page.view["blocks"] if block["is"] == "heading")  # noqa: E731

    async def act():
        explorer.act(GUESS)
        explorer.act(ONE_CHANGE)
        assert f"{FEW} runs" in shown() and explorer.state.group == 4
        while explorer.state.runs < FEW + 2 or f"{FEW + 2} runs" not in shown():
            await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as elsewhere:  # a loop may be running here already, that of the browser tests
        elsewhere.submit(lambda: asyncio.run(asyncio.wait_for(act(), 60))).result()
    assert explorer.state.group == 4 and explorer.page.view["say"] == "" and explorer.page.view["focus"] == ""


def test_without_a_loop_the_few_runs_stay():
    explorer = Explorer(WaitingRoom())
    explorer.act(GUESS)
    assert explorer.state.runs == FEW < RUNS


def test_the_text_twin_gives_the_refined_result_at_once(few_runs):
    said = explorer_text(WaitingRoom(), 9, clinic="mill", group=4)
    assert f"{FEW + 2} runs" in said and "now mill" in said and "(group), now 4 hours a week" in said
    with pytest.raises(NotFound, match="write a number from 0 to 16"):
        explorer_text(WaitingRoom(), 9, therapist="many")


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_is_drawn_with_the_same_artists_and_nothing_stays_from_before():
    figure = lambda state: next(block["html"] for block in state.page() if block["is"] == "figure")  # noqa: E731
    first = figure(START)
    figure(START.changed({"clinic": "mill", "group": 8}))
    assert figure(START) == first
    assert "aria-label" in first and "<table>" in first


def test_the_figure_of_full_clinics_has_its_dots_by_its_line():
    picture = why_full_hurts()
    assert "at 97 % 32" in picture.alt
    for booked, formula, simulated in picture.rows:
        assert float(formula) == pytest.approx(visits_waited(float(booked.removesuffix(" %")) / 100), abs=0.05)
        assert float(simulated) == pytest.approx(float(formula), rel=0.25)
