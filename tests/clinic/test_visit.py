"""A visit of 25 minutes: safety is never squeezed, what does not fit is missed, silence has a reason, and no kind of care has a bonus."""

from __future__ import annotations

import random
import re
from itertools import product

import attrs
import pytest

from course.authoring.numbers import bare_numbers
from course.clinic.explorers.visit import GUESSES, MOST, TwentyFiveMinutes
from course.clinic.figures.visit import VisitDrawing
from course.clinic.visit import (
    ANSWERS,
    CARE,
    DONE,
    INTERRUPTION,
    LEFT_OUT,
    MISSED,
    PARTS,
    SAFETY,
    SHORT,
    UNHEARD,
    Plan,
    better,
    replay,
    visit,
)
from course.content.reading import CONTENT, ContentError, NotFound
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence import ledger
from course.evidence.claims import rows
from course.evidence.records import BRACED
from course.explorers import explorer_text

MADE = visit()
GUESS = ["done"] * len(PARTS)
START = TwentyFiveMinutes().guessed(GUESS)
FULL = {"opening": 3, "safety": 4, "therapy": 8, "drug": 4, "close": 3, "notes": 3}
EVERY_VISIT = pytest.mark.parametrize(("interruption", "element", "care"), list(product(MADE.interruptions, MADE.elements, CARE)), ids=lambda each: each)
BROKEN = re.compile(r"\bnan\b|None|\{\w+\.\w+\}|\b1 minutes left")


def some_plans(count: int = 300) -> list[Plan]:
    """Plans of every kind, the same at each call."""
    draw = random.Random(10)
    return [
        Plan({part: draw.randint(0, MOST[part]) for part in PARTS}, draw.choice(list(MADE.orders)), draw.choice(list(MADE.elements)), draw.choice(list(CARE)),
             draw.choice(list(MADE.interruptions)), draw.choice(list(ANSWERS)))
        for _ in range(count)
    ]  # fmt: skip


def given(shown, part: str) -> int:
    return sum(piece.minutes for piece in shown.pieces if piece.what == part)


def text(state) -> str:
    return b.as_text(state.page())


# ── The rules ────────────────────────────────────────────────────────────────────────────────────


def test_the_safety_question_is_never_squeezed():
    for plan in some_plans():
        shown = replay(plan)
        assert given(shown, SAFETY) >= MADE.need(SAFETY, plan)
        assert shown.outcomes[SAFETY] in (DONE, UNHEARD)


def test_danger_gets_all_its_minutes_whatever_the_plan_says():
    needed = MADE.interruptions["positive"].stay.minutes
    for plan in some_plans():
        shown = replay(attrs.evolve(plan, interruption="positive"))
        assert given(shown, INTERRUPTION) == needed and shown.outcomes[SAFETY] == DONE


def test_the_minutes_follow_each_other_without_a_gap_and_only_safety_runs_over():
    for plan in some_plans():
        shown = replay(plan)
        ends = [0, *(piece.end for piece in shown.pieces)]
        assert [piece.start for piece in shown.pieces] == ends[:-1] and all(piece.minutes > 0 for piece in shown.pieces)
        late = {piece.what for piece in shown.pieces if piece.start >= MADE.minutes}
        assert late <= ({SAFETY, INTERRUPTION} if MADE.interruptions[plan.interruption].urgent else {SAFETY})


def test_no_part_gets_more_than_was_planned_except_safety():
    for plan in some_plans():
        shown = replay(plan)
        assert all(given(shown, part) <= plan.minutes[part] for part in PARTS if part != SAFETY)


def test_what_became_of_a_part_fits_the_minutes_it_was_given():
    for plan in some_plans():
        shown = replay(plan)
        for part, outcome in shown.outcomes.items():
            got, need = given(shown, part), MADE.need(part, plan)
            if part == SAFETY:
                continue
            assert (outcome == LEFT_OUT) == (plan.minutes[part] == 0)
            assert (outcome == MISSED) == (got == 0 < plan.minutes[part])
            assert (outcome == SHORT) == (0 < got < need)
            assert outcome not in (DONE, UNHEARD) or got >= need


def test_the_same_plan_has_the_same_visit():
    for plan in some_plans(40):
        assert replay(plan) == replay(attrs.evolve(plan))


def test_a_silence_has_a_reason_and_a_minute_within_the_visit():
    reasons = {replay(plan).quiet[1] for plan in some_plans() if replay(plan).quiet}
    assert reasons == {*MADE.quiet, INTERRUPTION}
    for plan in some_plans():
        shown = replay(plan)
        assert shown.quiet is None or 0 <= shown.quiet[0] <= shown.end
        assert not shown.parts(UNHEARD) or shown.quiet


def test_nobody_goes_quiet_who_was_asked_first_and_stayed_with():
    for interruption in MADE.interruptions:
        assert replay(better(Plan(FULL, interruption=interruption))).quiet is None


@pytest.mark.parametrize("interruption", ["knock", "interpreter", "rupture"])
def test_keeping_to_the_plan_costs_what_staying_would_have_brought(interruption):
    stay, on = (replay(Plan(FULL, interruption=interruption, answer=answer)) for answer in ANSWERS)
    assert stay.quiet is None and on.quiet and on.quiet[1] == INTERRUPTION
    assert on.count(UNHEARD) and not stay.count(UNHEARD)


def test_a_repair_lets_her_talk_again():
    """Hurried past her aim she goes quiet; being asked what happened brings her back, and what follows is heard."""
    plan = Plan({**FULL, "opening": 1, "therapy": 6}, "person", "sleep", interruption="rupture", answer="stay")
    assert replay(plan).outcomes["drug"] == DONE and replay(plan).outcomes["therapy"] == UNHEARD
    assert replay(attrs.evolve(plan, answer="on")).outcomes["drug"] == UNHEARD


def test_typing_first_closes_the_talk_until_she_is_asked():
    shown = replay(Plan(FULL, "screen"))
    assert shown.quiet == (FULL["safety"], "screen") and shown.outcomes["drug"] == DONE
    assert replay(Plan({**FULL, "opening": 1}, "screen")).outcomes["drug"] == UNHEARD


def test_neither_kind_of_care_has_a_bonus():
    """Whether one clinician gives both treatments changes only which minutes are needed: with equal needs the visits are equal."""
    for plan in some_plans(60):
        fits = {part: max(MADE.need(part, attrs.evolve(plan, care=care)) for care in CARE) for part in PARTS}
        own, split = (replay(attrs.evolve(plan, minutes=fits, care=care, interruption="none", order="person", element="sleep")) for care in CARE)
        assert own.pieces == split.pieces
    assert {name for name, each in attrs.asdict(MADE.parts["therapy"]).items() if "split" in name and each} == {"need_split", "told_split"}


@EVERY_VISIT
def test_the_better_plan_fits_and_what_is_kept_gets_what_it_needs(interruption, element, care):
    crowded = attrs.evolve(MADE.crowded, interruption=interruption, element=element, care=care)
    shown = replay(better(crowded))
    assert shown.end <= MADE.minutes and set(shown.outcomes.values()) <= {DONE, LEFT_OUT}
    assert set(shown.parts(LEFT_OUT)) <= set(MADE.interruptions[interruption].leave_out)
    assert shown.count(DONE) > replay(crowded).count(DONE)


def test_the_crowded_visit_does_not_fit():
    shown = replay(MADE.crowded)
    assert MADE.crowded.total > MADE.minutes and shown.count(MISSED) and shown.count(SHORT) and shown.count(UNHEARD) and shown.quiet


# ── The data ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("place", "said"), list(MADE.texts))
def test_no_number_about_the_world_stands_without_its_source(place, said):
    assert not bare_numbers(said, "fact"), place
    assert all(rows()[key].status == "seen" for key in BRACED.findall(said))


def test_the_alliance_is_told_as_going_together_and_nothing_more():
    said = text(START)
    share = round(100 * ledger()["fluckiger_2018.alliance"].value ** 2)
    assert f"about {share} of every 100 parts" in said and "Going together is not bringing about." in said
    assert "has not been studied in a trial on file" in said and "neither a bonus" in said


SLIPS = [
    ('order = "medicine"', 'order = "medicin"', "there is no 'medicin'; did you mean 'medicine'?"),
    ('"drug", "close", "notes"] }', '"drug", "close"] }', "an order without one of the parts"),
    ("{palacio_2016.adherence}", "{palacio_2016.adherance}", "did you mean 'palacio_2016.adherence'?"),
    ('leave_out = ["drug", "therapy"]', 'leave_out = ["safety"]', "'safety' cannot be left out"),
    ("at = 12\n", "", "it has no time, or two, or no way to stay"),
    ("notes = 4 }", "notes = -1 }", "a plan without minutes for a part"),
    ('keys = ["fortney_2017.what_does_not_work"]', 'keys = ["fortney_2017.what_does"]', "did you mean 'fortney_2017.what_does_not_work'?"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), SLIPS)
def test_a_slip_in_the_rules_is_named(tmp_path, right, wrong, says):
    said = (CONTENT / "visit.toml").read_text(encoding="utf-8")
    assert right in said
    (tmp_path / "visit.toml").write_text(said.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        visit(tmp_path)
    assert says in str(error.value)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def settings(state) -> b.Block:
    return next(block for block in state.page() if block["is"] == "settings")


def every_end(state):
    for control in settings(state)["controls"]:
        ends = (control["low"], control["high"]) if control["is"] == "slider" else [key for key, _ in control["options"]]
        for end in ends:
            yield state.changed({control["name"]: end})


def test_nothing_is_shown_before_the_prediction():
    assert not any(block["is"] in ("figure", "settings", "folded", "listing") for block in TwentyFiveMinutes().page())


@pytest.mark.parametrize("answer", [None, "done", ["done"], ["maybe"] * len(PARTS), [LEFT_OUT] * len(PARTS), [["done"]] * len(PARTS), 3, True])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert TwentyFiveMinutes().guessed(answer).guess is None


def test_the_prediction_is_locked_and_the_gap_is_told_in_words():
    explorer = Explorer(TwentyFiveMinutes())
    explorer.act({"do": "guess", "value": GUESS})
    explorer.act({"do": "guess", "value": ["missed"] * len(PARTS)})
    (gap,) = [block for block in explorer.page.view["blocks"] if block["is"] == "feedback"]
    wrong = len(PARTS) - replay(MADE.crowded).count(DONE)
    assert gap["word"] == "Your guess ○" and f"{wrong} were too hopeful" in gap["text"] and explorer.page.view["focus"] == "headline"
    assert explorer.page.view["say"] == explorer.state.headline


def test_what_really_became_of_the_parts_can_be_predicted():
    right = TwentyFiveMinutes().guessed([replay(MADE.crowded).outcomes[part] for part in PARTS])
    assert set(replay(MADE.crowded).outcomes.values()) <= set(GUESSES)
    assert f"{len(PARTS)} of your {len(PARTS)} guesses" in text(right)


def test_every_setting_at_its_ends_gives_a_whole_page():
    for state in (START, *every_end(START)):
        said = text(state)
        assert not BROKEN.search(said), BROKEN.search(said)
        assert sum(block["is"] == "figure" for block in state.page()) == 1
        assert "Teaching rules: not for real visits" in said and "(assumption)" in said and state.fresh() == START
        for piece in state.replay.pieces:
            assert f"Minute {piece.start} to {piece.end}." in said


def test_what_was_missed_is_told_and_what_was_heard_is_not_called_missed():
    for plan in some_plans(60):
        state = attrs.evolve(START, plan=plan)
        missed = text(state).partition("#### What you did not hear")[2].partition("A plan that would have fitted")[0]
        for part in PARTS:
            lost = state.replay.outcomes[part] in (SHORT, UNHEARD, MISSED)
            words = MADE.parts[part].quietly if part == SAFETY and lost else MADE.parts[part].hidden
            assert (words in missed) == lost, part


def test_the_page_says_whom_to_call():
    said = text(TwentyFiveMinutes()), text(START)
    assert all("988" in each for each in said)


def test_the_text_twin_takes_a_plan_by_its_names():
    said = explorer_text(TwentyFiveMinutes(), GUESS, **FULL, order="person", interruption="positive")
    assert "now positive" in said and "Left out on purpose" in said
    with pytest.raises(NotFound, match="order cannot be 'persn'; did you mean 'person'"):
        explorer_text(TwentyFiveMinutes(), GUESS, order="persn")


# ── The figure ───────────────────────────────────────────────────────────────────────────────────


def test_the_table_and_the_alt_text_say_what_each_part_was_given():
    for plan in some_plans(20):
        shown = replay(plan)
        picture = VisitDrawing().update("A visit", shown)
        assert len(picture.rows) == len(PARTS) + any(piece.what == INTERRUPTION for piece in shown.pieces)
        for part in PARTS:
            row = next(row for row in picture.rows if row[0] == MADE.parts[part].label)
            assert row[1].split()[0] == str(plan.minutes[part]) and row[2].split()[0] == str(given(shown, part))
        assert (f"goes quiet at minute {shown.quiet[0]}" if shown.quiet else "does not go quiet") in picture.alt
        assert f"ends at minute {shown.end}." in picture.alt


def test_there_is_a_bar_for_every_stretch_of_the_visit():
    shown = replay(MADE.crowded)
    group = VisitDrawing().update("A visit", shown).svg.partition('id="given"')[2].partition("<g id=")[0]
    assert group.count("<path") + group.count("<use") == sum(piece.what != INTERRUPTION for piece in shown.pieces)


def test_the_drawing_leaves_nothing_of_the_visit_before():
    drawing = VisitDrawing()
    first = drawing.update("A visit", replay(MADE.crowded))
    drawing.update("Another", replay(better(MADE.crowded)))
    assert drawing.update("A visit", replay(MADE.crowded)) == first


def test_every_visit_fits_on_the_axis():
    longest = max(replay(plan).end for plan in some_plans())
    assert longest <= 45
