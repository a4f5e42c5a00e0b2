"""*Versus what?* asks first; then every setting rewrites the headline, its certainty and the figure, and nothing ever breaks."""

from __future__ import annotations

import re

import pytest

from course.content.reading import NotFound
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence.certainty import VERBS
from course.evidence.comparisons import comparisons, pooled
from course.evidence.explorers.versus import AHEAD, NO_COUNTS, NO_TICK, PRACTICE, PREDICTED, VersusWhat, rating
from course.explorers import EXPLORERS, explore, explorer_text, load

GUESS = ["first", "same", "second"]
START = VersusWhat().guessed(GUESS)
ASKED = [(key, versus, time) for key, made in comparisons().items() for time in made.times for versus in made.studied(time)]
EVERY_COMPARISON = pytest.mark.parametrize("asked", ASKED, ids=["-".join(each) for each in ASKED])


def at(asked, **values) -> VersusWhat:
    key, versus, time = asked
    return START.changed({"set": key}).changed({"time": time}).changed({"versus": versus}).changed(values)


def settings(state) -> dict:
    return next(block for block in state.page() if block["is"] == "settings")


def control(state, name: str) -> dict:
    return next(each for each in settings(state)["controls"] if each["name"] == name)


# ── Predict first ────────────────────────────────────────────────────────────────────────────────


def test_no_result_is_on_the_page_before_the_prediction():
    text = b.as_text(VersusWhat().page())
    assert not re.search(r"\d", text)
    assert not any(block["is"] in ("figure", "settings", "folded") for block in VersusWhat().page())


@pytest.mark.parametrize("value", [None, "first", ["first"], ["first", "same", "ahead"], [None] * 3, {"first": 1}, ["first", "same", ""]])
def test_a_guess_that_cannot_be_read_leaves_the_question(value):
    assert VersusWhat().guessed(value).guess is None


@pytest.mark.parametrize("guess", [[each] * len(PREDICTED) for each in AHEAD], ids=list(AHEAD))
def test_the_gap_between_guess_and_trials_is_told_in_words(guess):
    for said, versus in zip(guess, PREDICTED, strict=True):
        state = VersusWhat().guessed(list(guess)).changed({"versus": versus})
        (gap,) = [block for block in state.page() if block["is"] == "feedback"]
        assert gap["word"] == "Your guess ○"
        first, second = state.answer.labels
        assert gap["text"].startswith("You said: " + {"first": f"{first} ahead", "same": "about the same", "second": f"{second} ahead"}[said])
        assert ("Your guess and their best estimate agree" in gap["text"]) != ("Their best estimate reads: " in gap["text"])
        assert "of 100" in gap["text"] or "about as many" in gap["text"]


def test_where_nothing_was_guessed_no_guess_is_shown():
    assert not [block for block in at(("ocd-young", "medication", "end")).page() if block["is"] == "feedback"]


# ── What is said ─────────────────────────────────────────────────────────────────────────────────


@EVERY_COMPARISON
@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_the_headline_says_people_certainty_and_numbers(asked, measure):
    state = at(asked, measure=measure)
    if not state.ticked:
        assert state.headline == NO_COUNTS
        return
    window = state.made.window(state.time)
    level = rating(state.answer, state.what).level
    assert state.headline.startswith(f"Of 100 {state.made.people}, about ")
    assert all(words in state.headline for words in (*state.answer.labels, window.label, state.answer.text))
    assert {"high": "help", "moderate": "probably", "low": " may ", "very low": "It is uncertain whether"}[level] in state.headline
    assert f"How sure: {level}" in b.as_text(state.page()) and level in VERBS


@EVERY_COMPARISON
def test_counts_for_practice_start_without_a_tick_and_never_reach_a_conclusion(asked):
    state = at(asked)
    for row in state.rows:
        assert (row.key in control(state, "trials")["value"]) == row.solid
        if not row.solid:
            assert "for practice" in dict(control(state, "trials")["options"])[row.key]
            practised = state.changed({"trials": [row.key]})
            assert practised.headline.startswith(PRACTICE)
            assert "How sure" not in b.as_text(practised.page())
            assert not re.search(r"uncertain whether|probably|help", practised.headline)


@EVERY_COMPARISON
def test_any_choice_of_trials_and_model_gives_a_page_and_no_broken_number(asked):
    state = at(asked)
    keys = [row.key for row in state.rows]
    some = [keys, keys[:1], keys[-2:], []]
    for trials, method, interval in zip(some, ("DL", "PM", "REML", "fixed"), ([], ["hartung"]) * 2, strict=True):
        text = b.as_text(state.changed({"trials": trials, "method": method, "interval": interval}).page())
        assert not re.search(r"\bnan\b|\binf\b|None", text)


def test_no_tick_is_a_sentence_and_no_figure():
    state = START.changed({"trials": []})
    assert state.headline == NO_TICK
    assert [block["is"] for block in state.page() if block["is"] in ("figure", "feedback")] == []
    assert settings(state)


def test_one_small_trial_turns_the_result_and_is_named():
    state = START.changed({"measure": "OR", "method": "DL"})
    text = b.as_text(state.page())
    assert "Odds ratio 1.64 (0.47 to 5.72)" in state.headline and "Without Naeem 2010 (34 people) it would be 0.90 (0.64 to 1.26)." in text
    without = state.changed({"trials": ["browne_2002", "mynorswallis_2000"]})
    assert "Odds ratio 0.90 (0.64 to 1.26)" in without.headline


def test_the_page_says_what_the_lesson_says():
    assert START.answer == pooled("depression", versus="medication")


# ── Settings ─────────────────────────────────────────────────────────────────────────────────────


@EVERY_COMPARISON
def test_the_controls_stand_on_what_is_shown(asked):
    state = at(asked)
    assert (state.set, state.versus, state.time) == asked
    read = b.chosen(settings(state), None)
    assert state.changed(read) == state


def test_other_trials_are_ticked_anew_when_the_question_changes():
    state = START.changed({"trials": ["naeem_2010"]}).changed({"versus": "therapy", "trials": ["naeem_2010"]})
    assert state.trials == ("mynorswallis_2000", "browne_2002")


def test_a_comparator_that_these_people_have_not_leads_to_one_they_have():
    assert START.changed({"set": "insomnia"}).versus == "therapy"
    assert at(("insomnia", "therapy", "later")).changed({"set": "depression"}).time == "end"


def test_back_to_the_start_keeps_the_guesses():
    assert at(("insomnia", "therapy", "later"), measure="RD").fresh() == START


def test_the_controls_that_stay_are_drawn_alike():
    """The page keeps a control that differs in nothing but its value: changing the scale redraws none of them."""

    def shapes(state) -> list:
        return [{**each, "value": None} for each in settings(state)["controls"]]

    assert shapes(START) == shapes(START.changed({"measure": "RD", "method": "DL", "interval": ["hartung"], "trials": []}))
    before, after = shapes(START), shapes(START.changed({"versus": "therapy"}))
    assert [name["name"] for name, other in zip(before, after, strict=True) if name != other] == ["trials"]


# ── By its name, and as text ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_explorer_opens_by_its_name_and_asks_first(name, capsys):
    state = load(name)
    assert state.name == name and state.guess is None
    assert Explorer(state).page.text == b.as_text(state.page())
    explore(name, as_text=True)
    assert "To go on, write your guess" in capsys.readouterr().out


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_line_that_the_text_gives_leads_on(name):
    state = load(name)
    line = explorer_text(state).splitlines()[-1]
    call = line[line.index("explore(") :]
    guess = eval(call.partition("guess=")[2].rstrip(")"))
    assert "To change a setting" in explorer_text(state, guess)


def test_text_and_page_say_the_same():
    explorer = Explorer(VersusWhat())
    explorer.act({"do": "guess", "value": GUESS})
    explorer.act({"do": "settings", "value": {"versus": "therapy", "measure": "RD"}})
    assert explorer_text(VersusWhat(), GUESS, measure="RD", versus="therapy").startswith(explorer.page.text)


UNKNOWN = [
    (lambda: load("versus-wat"), "there is no explorer 'versus-wat'; did you mean 'versus-what'?"),
    (lambda: explorer_text(START, GUESS, verus="therapy"), "there is no setting 'verus'; did you mean 'versus'?"),
    (lambda: explorer_text(START, GUESS, versus="therpy"), "versus cannot be 'therpy'; did you mean 'therapy'?"),
    (lambda: explorer_text(START, GUESS, trials=["naeem_2011"]), "trials cannot be 'naeem_2011'; did you mean 'naeem_2010'?"),
    (lambda: explorer_text(START, GUESS, versus=["therapy"]), "versus cannot be 'therapy'; did you mean 'therapy'?"),
    (lambda: explorer_text(START, GUESS, versus=[["therapy"]]), "versus cannot be '['therapy']'; did you mean 'therapy'?"),
    (lambda: explorer_text(START, GUESS, trials=[["naeem_2010"]]), "trials cannot be '['naeem_2010']'; did you mean 'naeem_2010'?"),
]


@pytest.mark.parametrize(("ask", "says"), UNKNOWN)
def test_an_unknown_name_is_answered_with_the_nearest(ask, says):
    with pytest.raises(NotFound) as error:
        ask()
    assert str(error.value) == says
