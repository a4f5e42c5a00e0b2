"""The staircase: the arithmetic is that of its closed forms, nobody is lost on it, both readings stand beside the learner's, and an audit promises nothing."""

from __future__ import annotations

import math
import random
import re
from itertools import pairwise

import pytest

from course.authoring.numbers import bare_numbers
from course.content.reading import CONTENT, ContentError, NotFound
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence import ledger
from course.evidence.explorers.staircase import StaircaseState
from course.evidence.figures.staircase import StaircaseDrawing
from course.evidence.staircase import KINDS, climb, fair_share, if_nobody_leaves, of_hundred, staircase
from course.explorers import explorer_text

MADE = staircase()
START = StaircaseState().guessed(50)
BROKEN = re.compile(r"\bnan\b|\binf\b|\bNone\b|\{\w+\.\w+\}|-\d")
FIRST, SECOND = (ledger()[key] for key in (MADE.first, MADE.second))


def some_staircases(count: int = 200) -> list[tuple[list[float], list[float], float]]:
    """Rates, doors and a share that gets well elsewhere, the same at each call."""
    draw, made = random.Random(4), []
    for _ in range(count):
        steps = draw.randint(1, 7)
        made.append(([draw.random() for _ in range(steps)], [draw.random() for _ in range(steps - 1)], draw.random()))
    return made


def text(state) -> str:
    return b.as_text(state.page())


# ── The arithmetic ───────────────────────────────────────────────────────────────────────────────


def test_if_nobody_leaves_all_but_those_who_fail_every_step_are_well():
    for rates, _, _ in some_staircases():
        assert if_nobody_leaves(rates) == pytest.approx(1 - math.prod(1 - rate for rate in rates))


def test_the_published_steps_come_to_the_published_total_if_nobody_leaves():
    assert round(100 * if_nobody_leaves(MADE.rates)) == FIRST.value


def test_with_doors_the_total_is_the_sum_over_steps_of_who_came_and_was_helped():
    """In the n-th step: all who failed n − 1 steps and went through n − 1 doors, times its rate."""
    for rates, stays, _ in some_staircases():
        total = sum(math.prod((1 - rate) * stay for rate, stay in zip(rates[:step], stays[:step], strict=True)) * rates[step] for step in range(len(rates)))
        assert climb(rates, stays)[-1].well == pytest.approx(total)


def test_nobody_is_lost_on_any_landing():
    for rates, stays, later in some_staircases():
        for landing in climb(rates, stays, later):
            assert landing.well + landing.left + landing.unwell == pytest.approx(1)
            assert min(landing.came, landing.well, landing.left, landing.unwell) >= -1e-12


def test_a_closed_door_leaves_the_total_where_it_was():
    for rates, stays, _ in some_staircases():
        if stays:
            assert climb(rates, [0.0, *stays[1:]])[-1].well == pytest.approx(rates[0])


def test_more_who_stay_are_never_fewer_who_are_well():
    for rates, stays, later in some_staircases(60):
        for door in range(len(stays)):
            totals = [climb(rates, [*stays[:door], stay, *stays[door + 1 :]])[-1].well for stay in (0, 0.25, 0.5, 0.75, 1)]
            assert all(less <= more + 1e-12 for less, more in pairwise(totals))
        assert climb(rates, stays)[-1].well <= climb(rates, stays, later)[-1].well + 1e-12


def test_when_all_who_left_get_well_elsewhere_only_those_who_stayed_to_the_end_are_not():
    for rates, stays, _ in some_staircases(60):
        last = climb(rates, stays, 1.0)[-1]
        assert last.left == pytest.approx(0) and last.well == pytest.approx(1 - last.unwell)


def test_no_number_of_leavers_explains_the_second_reading():
    """Even with the first door shut the model stays above it: the re-analysis must also have counted in another way who was well."""
    assert 100 * climb(MADE.rates, [0.0] * len(MADE.doors))[-1].well > SECOND.value


def test_findings_that_hold_for_nobody_change_nothing_and_for_everybody_leave_nothing():
    assert [fair_share(count, 0) for count in range(4)] == [1] * 4
    assert fair_share(0, 0.5) == 1 and fair_share(3, 1) == 0
    assert fair_share(2, 0.2) == pytest.approx(0.64)


def test_people_of_a_hundred_add_up():
    for rates, stays, later in some_staircases():
        assert sum(climb(rates, stays, later)[-1].people) == 100
    assert of_hundred((0.335, 0.335, 0.33)) == [34, 33, 33]


# ── The data ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("place", "said"), list(MADE.texts))
def test_no_number_stands_without_its_source(place, said):
    assert not bare_numbers(said, "fact"), place


def test_what_is_published_has_no_slider_and_every_slider_is_called_assumed():
    controls = next(block for block in START.page() if block["is"] == "settings")["controls"]
    sliders = {control["name"]: control["label"] for control in controls if control["is"] == "slider"}
    assert set(sliders) == set(MADE.assumed) and all(label.endswith(" (assumed)") for label in sliders.values())


def test_the_audit_has_findings_of_every_kind():
    assert {each.kind for each in MADE.findings.values()} == set(KINDS)


SLIPS = [
    ("rush_2006.remission_step2", "rush_2006.remission_stp2", "did you mean 'rush_2006.remission_step2'?"),
    ('first = "rush_2006.remission_cumulative"', 'first = "rush_2006.people"', "'rush_2006.people' is a count"),
    ("value = 20\nhigh = 50", "value = 60\nhigh = 50", "60 lies outside 0 to 50"),
    ("[assumed.stay_3]", "[assumed.stay_4]", "'stay_3' is missing"),
    ('kind = "not known"', 'kind = "unknown"', "not known"),
    ("{simon_2001.dose_primary_care}", "{simon_2001.dose_primary}", "did you mean 'simon_2001.dose_primary_care'?"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), SLIPS)
def test_a_slip_in_the_file_is_named(tmp_path, right, wrong, says):
    said = (CONTENT / "evidence" / "staircase.toml").read_text(encoding="utf-8")
    assert right in said
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "staircase.toml").write_text(said.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        staircase(tmp_path)
    assert says in str(error.value)


# ── The prediction ───────────────────────────────────────────────────────────────────────────────


def test_before_the_prediction_only_the_four_shares_are_shown():
    said = text(StaircaseState())
    assert all(ledger()[key].number in said for key in MADE.steps)
    assert FIRST.number not in said and SECOND.number not in said
    assert {block["is"] for block in StaircaseState().page()} == {"heading", "prose", "number"}


@pytest.mark.parametrize("answer", [None, "67", -1, 101, float("nan"), True, [67], {"well": 67}])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert StaircaseState().guessed(answer).guess is None


@pytest.mark.parametrize(("guess", "words"), [(94, "27 above it"), (67, "That is close."), (40, "27 below it"), (0, "67 below it")])
def test_the_gap_is_told_in_words(guess, words):
    (gap,) = [block for block in StaircaseState().guessed(guess).page() if block["is"] == "feedback"]
    assert words in gap["text"] and gap["word"] == "Your guess ○"
    assert ("Added up, the four shares come to 94" in gap["because"]) == (guess > 70)


def test_the_prediction_is_locked():
    explorer = Explorer(StaircaseState())
    explorer.act({"do": "guess", "value": 94})
    explorer.act({"do": "guess", "value": 67})
    assert explorer.state.guess == 94 and explorer.page.view["focus"] == "headline" and explorer.page.view["say"] == explorer.state.headline


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def settings(state) -> b.Block:
    return next(block for block in state.page() if block["is"] == "settings")


def every_end(state):
    for control in settings(state)["controls"]:
        if control["is"] == "slider":
            ends = [control["low"], control["high"]]
        else:
            keys = [key for key, _ in control["options"]]
            ends = [[], keys] if control["is"] == "ticks" else keys
        for end in ends:
            yield state.changed({control["name"]: end})


def test_every_setting_at_its_ends_gives_a_whole_page_with_both_readings():
    for state in (START, *every_end(START), *every_end(START.changed({"stay_1": 50, "found": list(MADE.findings)}))):
        said = text(state)
        assert not BROKEN.search(said), BROKEN.search(said)
        assert f"As first reported: {FIRST.number}" in said and f"Re-analysed: {SECOND.number}" in said and "dispute it" in said
        assert "You predicted 50." in said and "Teaching model: not for real patients" in said
        assert sum(block["is"] == "figure" for block in state.page()) == 1 and state.fresh() == START
        assert sum(state.in_the_end) == 100


def test_the_headline_begins_with_the_total_if_nobody_leaves_and_then_counts_who_left():
    assert START.headline == "If nobody leaves, 67 of 100 are well after four steps and 33 are not."
    left = START.changed({"stay_1": 60, "stay_2": 50, "stay_3": 50})
    well, gone, unwell = left.in_the_end
    assert f"{well} are well in the end, {gone} have left without being well, and {unwell} are unwell" in left.headline


def test_an_audit_changes_what_a_failure_means_and_not_how_many_are_well():
    for count in range(1, len(MADE.findings) + 1):
        found = list(MADE.findings)[:count]
        state = START.changed({"found": found})
        assert state.landings == START.landings
        failed, fair = state.failed
        assert fair < failed == START.failed[0]
        said = text(state)
        assert all(MADE.findings[key].asks in said for key in found)
        assert f"For the other {failed - fair} it is too early to say that the treatment failed" in said


def test_the_text_twin_takes_doors_and_findings_by_name():
    said = explorer_text(StaircaseState(), 60, stay_1=60, found=["taken", "sleep"], after="2")
    assert "now 60 %" in said and "now taken, sleep" in said and "not well after step 2" in said
    with pytest.raises(NotFound, match="found cannot be 'slep'; did you mean 'sleep'"):
        explorer_text(StaircaseState(), 60, found=["slep"])


# ── The figure ───────────────────────────────────────────────────────────────────────────────────


def drawing() -> StaircaseDrawing:
    return StaircaseDrawing(FIRST, SECOND, len(MADE.steps))


def test_the_table_and_the_alt_text_say_what_the_bars_show():
    state = START.changed({"stay_1": 60})
    picture = drawing().update("A staircase", state.landings)
    for number, (row, landing) in enumerate(zip(picture.rows, state.landings, strict=False), 1):
        well, left, unwell = landing.people
        assert row == (f"After step {number}", str(well), str(left), str(unwell))
        assert f"after step {number} {well} well, {left} left, {unwell} still unwell" in picture.alt
    assert [row[1] for row in picture.rows[-2:]] == [FIRST.number, SECOND.number]
    assert FIRST.number in picture.alt and SECOND.number in picture.alt


def test_the_bars_reach_from_nobody_to_everybody():
    made = drawing()
    made.update("A staircase", START.changed({"stay_1": 35, "stay_2": 70}).landings)
    for bars in zip(*made._bars.values(), strict=True):
        edges = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars]
        assert edges[0][0] == 0 and edges[-1][1] == 100 and all(above[0] == below[1] for below, above in pairwise(edges))


def test_the_drawing_leaves_nothing_of_the_staircase_before():
    made = drawing()
    first = made.update("A staircase", START.landings)
    made.update("Another", START.changed({"stay_1": 0, "later": 100}).landings)
    assert made.update("A staircase", START.landings) == first
