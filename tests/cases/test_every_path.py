"""Every case is played on every path: it always ends, an unsafe choice always meets its consequence, and scores stay in range."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.cases import Session, load_case, pages, replay
from course.cases.paths import MOST_DECISIONS, MOST_PATHS, count_paths, every_path, longest_path
from course.cases.records import case_keys
from course.content.syllabus import modules
from course.controls.blocks import as_text
from course.evidence.instruments import instruments

CASES = {key: load_case(key) for key in case_keys()}
SMALL = [key for key, case in CASES.items() if count_paths(case) <= MOST_PATHS]
LARGE = [key for key in CASES if key not in SMALL]
EVERY_CASE = pytest.mark.parametrize("key", CASES)


def holds(session: Session) -> None:
    """What is true of every finished play."""
    case, steps = session.case, session.steps
    assert session.finished and session.scene.text.strip()
    assert 1 <= len(steps) <= MOST_DECISIONS
    weeks = [reading.week for reading in session.readings]
    assert weeks == sorted(weeks)
    for reading in session.readings:
        for scale, score in reading.scores.items():
            assert instruments()[scale].low <= score <= instruments()[scale].high
            assert set(reading.causes[scale]) == {"medication", "therapy", "time", "life"}
    for number, step in enumerate(steps):
        after = steps[number + 1].scene if number + 1 < len(steps) else session.scene
        assert step.option.consequence.strip() and step.option.because.strip() and step.option.cites
        if step.option.quality == "unsafe":
            assert after.rescue, "it meets no consequence"
    qualities = [step.option.quality for step in steps]
    good = sum(quality in ("best", "reasonable") for quality in qualities)
    assert session.passed == ("unsafe" not in qualities and good * 5 >= 4 * len(qualities))
    assert session.verdict().startswith("Passed:" if session.passed else "Not yet:")
    again = replay(case, session.receipt())
    assert (again.choices, again.scores, again.causes) == (session.choices, session.scores, session.causes)


@pytest.mark.parametrize("key", SMALL)
def test_every_path_holds(key):
    played = set()
    for session in every_path(CASES[key]):
        holds(session)
        assert session.choices not in played
        played.add(session.choices)
    assert 2 <= len(played) <= count_paths(CASES[key])


@pytest.mark.skipif(not LARGE, reason="every case is small enough to be played whole")
@pytest.mark.parametrize("key", LARGE)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_ten_thousand_paths_of_a_large_case_hold(key, data):
    session = Session(CASES[key])
    while not session.finished:
        session.choose(data.draw(st.sampled_from([option.key for option in session.options])))
    holds(session)


# ── As graphs ──


@EVERY_CASE
def test_a_case_belongs_to_a_module_and_is_named_like_its_file(key):
    assert CASES[key].key == key
    assert CASES[key].module in {module.slug for module in modules()}


@EVERY_CASE
def test_every_path_ends_within_twelve_decisions(key):
    assert 1 <= longest_path(CASES[key]) <= MOST_DECISIONS


@EVERY_CASE
def test_every_scene_and_every_option_is_reached(key):
    case, scenes, options = CASES[key], set(), set()
    for session in distinct_states(case):
        if session.arriving:
            continue
        scenes.add(session.scene.key)
        options |= {(session.scene.key, option.key) for option in session.options}
    assert scenes == set(case.scenes)
    assert options == {(scene.key, option.key) for scene in case.scenes.values() for option in scene.options}


@EVERY_CASE
def test_an_unsafe_choice_always_meets_its_consequence_and_a_safe_way_back(key):
    case, found = CASES[key], 0
    for scene in case.scenes.values():
        for option in scene.options:
            if option.quality == "unsafe":
                found += 1
                after = case.scenes[option.next]
                assert after.rescue
                assert after.best.quality == "best"
                assert case.scenes[after.best.next].week >= after.week
    assert found, "a case without danger teaches nothing about it"


@EVERY_CASE
def test_one_unsafe_step_anywhere_is_not_yet_however_good_the_rest(key):
    """From every state that best steps lead to, and from every other, take the unsafe one and go on along the best."""
    for session in distinct_states(CASES[key]):
        for option in session.options:
            if option.quality == "unsafe":
                play = Session(session.case, [*session.choices, option.key]).along_the_best()
                assert play.finished and not play.passed
                assert play.verdict().startswith("Not yet: an unsafe choice")


@EVERY_CASE
def test_the_best_options_alone_pass_and_so_does_every_accepted_path(key):
    assert Session(CASES[key]).along_the_best().passed
    assert len(CASES[key].accepted) >= 2
    for path in CASES[key].accepted:
        session = Session(CASES[key], path.choices)
        assert session.passed
        assert {step.option.quality for step in session.steps} <= {"best", "reasonable"}
        assert path.trade_off.strip()


def distinct_states(case) -> list[Session]:
    """One session for each scene of each clinic with each set of remembered facts that can be reached."""
    seen, found, waiting = set(), [], [()]
    while waiting:
        session = Session(case, waiting.pop())
        state = (session.scene.key, session.clinic, frozenset(session.remembered))
        if state in seen:
            continue
        seen.add(state)
        found.append(session)
        waiting += [(*session.choices, option.key) for option in session.options]
    return found


# ── As pages ──


@EVERY_CASE
def test_every_scene_in_every_state_is_a_page_with_words(key):
    for session in distinct_states(CASES[key]):
        made = [pages.ending_page(session)] if session.finished else [pages.scene_page(session)]
        if session.steps:
            made.append(pages.feedback_page(session))
        for blocks in made:
            text = as_text(blocks)
            assert session.case.name in text
            assert "{" not in text and "](" not in text, "something is not filled in"
            assert all(as_text([block]).strip() for block in blocks if block["is"] != "buttons")


@EVERY_CASE
def test_every_choice_shows_its_judgement_its_reason_and_its_sources(key):
    for session in distinct_states(CASES[key]):
        for option in [] if session.arriving else session.options:
            after = Session(session.case, [*session.choices, option.key])
            (feedback,) = [block for block in pages.feedback_page(after) if block["is"] == "feedback"]
            assert feedback["judgement"] == option.quality
            assert feedback["text"].strip() and feedback["because"].strip() and feedback["sources"]


@EVERY_CASE
def test_the_debrief_of_best_worst_and_some_other_paths_can_be_drawn_and_read(key):
    case = CASES[key]
    plays = [Session(case, path.choices) for path in case.accepted] + [random_play(case, number) for number in range(2)]
    for number, session in enumerate(plays):
        text = as_text(pages.debrief_page(session, "cannot-tell" if number else ""))
        assert session.receipt() in text
        assert session.verdict().partition(": ")[2][1:] in text
        assert case.debrief.thousand.title in text
        assert "{" not in text


def random_play(case, number: int) -> Session:
    session, chance = Session(case), random.Random(number)
    while not session.finished:
        session.choose(chance.choice(session.options).key)
    return session
