"""Skills over time: the model against closed forms, limits and the published shares it goes through; what its explorer says and does not know."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.controls import blocks as b
from course.evidence.claims import find_claim, rows
from course.evidence.records import ledger
from course.mechanisms.explorers.skills import ARMS, CLAIM, INTERACTIONS, LOOKS_LIKE, PUBLISHED, SHARES, SkillsOverTime, nearest, published
from course.mechanisms.models.skills import YEAR, built, gated, held_off, kept, practised, relapsed, together

RATE, FADE = 0.04, 0.01
SHARE = st.floats(0.01, 0.99)
START = SkillsOverTime()
GUESSED = START.guessed(["75", "45", "30", "30"])


# ── Against closed forms and limits ──────────────────────────────────────────────────────────────


@given(st.integers(0, 30), st.integers(0, 14), st.floats(0, 0.5))
def test_a_skill_that_does_not_fade_grows_as_the_closed_form_says(weeks, practice, rate):
    assert built(weeks, practice, rate, fade=0) == pytest.approx(1 - (1 - rate) ** (weeks * practice))


@pytest.mark.parametrize("change", [{"practice": 0}, {"rate": 0.0}, {"weeks": 0}])
def test_without_practice_or_learning_there_is_no_skill(change):
    assert built(**{"weeks": 16, "practice": 5, "rate": RATE, "fade": FADE} | change) == 0
    assert kept(0.0, 7, RATE, FADE) == [0.0] * (YEAR + 1)


@given(SHARE, st.floats(0, 0.1))
def test_a_skill_that_nobody_practises_fades_geometrically(skill, fade):
    assert kept(skill, 0, RATE, fade) == pytest.approx([skill * (1 - fade) ** week for week in range(YEAR + 1)])


@given(SHARE, st.integers(0, 7))
def test_practice_afterwards_keeps_a_skill_and_teaches_nothing_new(skill, practice):
    course = kept(skill, practice, RATE, FADE)
    assert max(course) <= skill + 1e-12
    assert course[-1] >= kept(skill, 0, RATE, FADE)[-1]


@given(SHARE, st.floats(0, 1), st.floats(0, 1))
def test_a_closed_gate_lets_nothing_through_and_an_open_one_everything(rate, one, other):
    assert gated(rate, 1, 1) == rate and gated(rate, one, 0) == 0
    assert gated(rate, one, other) <= rate


@given(SHARE, SHARE)
def test_a_protection_worked_out_from_two_shares_gives_them_back(by_then, without):
    assert relapsed(without, [held_off(by_then, without)] * YEAR)[-1] == pytest.approx(by_then)


def test_relapse_without_and_with_whole_protection_is_all_of_it_and_none():
    assert relapsed(0.762, [0.0] * YEAR)[-1] == pytest.approx(0.762)
    assert relapsed(0.762, [1.0] * YEAR)[-1] == 0
    assert relapsed(0.762, [0.0] * YEAR)[26] == pytest.approx(1 - math.sqrt(1 - 0.762)), "half of the risk by half of the year"


def test_protections_that_do_not_touch_each_other_leave_the_product_of_what_each_leaves():
    assert together(0.5, 0.5) == 0.75 and together(0.3) == pytest.approx(0.3) and together() == 0


@given(st.integers(0, 13), st.integers(0, 20))
def test_one_more_practice_a_week_never_makes_a_skill_smaller(practice, weeks):
    assert built(weeks, practice + 1, RATE, FADE) >= built(weeks, practice, RATE, FADE)
    assert practised(0.5, practice + 1, RATE) > practised(0.5, practice, RATE)


# ── Against what was published ───────────────────────────────────────────────────────────────────


ROWS = {"stopped": "relapse_medication_stopped", "continued": "relapse_medication_continued", "therapy": "relapse_prior_therapy"}


@pytest.mark.parametrize("arm", PUBLISHED)
def test_each_line_that_has_a_trial_goes_through_its_published_share(arm):
    assert 100 * START.relapsed(arm)[-1] == pytest.approx(ledger()[f"hollon_2005.{ROWS[arm]}"].value)


def test_the_line_of_both_has_no_published_mark():
    figure = next(block for block in GUESSED.page() if block["is"] == "figure")
    marks = {kind for kind in ARMS if f'id="published-{kind}"' in figure["html"] and _drawn(figure["html"], kind)}
    assert marks == set(PUBLISHED)


def _drawn(svg: str, kind: str) -> bool:
    """Whether a mark was put anywhere."""
    group = svg.partition(f'id="published-{kind}"')[2].partition("</g>\n")[0]
    return "<use" in group


# ── Interaction: none, help, interference ────────────────────────────────────────────────────────


def test_without_interaction_both_leave_what_therapy_leaves():
    assert START.interaction == "none"
    assert START.relapsed("both") == START.relapsed("therapy")


def test_help_leaves_fewer_relapses_and_interference_more():
    help_, none, interference = (START.changed({"interaction": key}).relapsed("both")[-1] for key in ("help", "none", "interference"))
    assert help_ < none < interference


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_an_interaction_of_no_strength_is_none(interaction):
    assert START.changed({"interaction": interaction, "strength": 0.0}).relapsed("both") == START.relapsed("therapy")


def test_full_interference_leaves_what_a_stopped_medicine_leaves():
    """As in the trial in which CBT given with medication did not protect after its withdrawal."""
    state = START.changed({"interaction": "interference", "strength": 1.0})
    assert state.relapsed("both") == pytest.approx(state.relapsed("stopped"))


def test_an_interaction_never_moves_the_lines_that_have_a_trial():
    state = START.changed({"interaction": "help", "strength": 1.0})
    assert all(state.relapsed(arm) == START.relapsed(arm) for arm in PUBLISHED)


def test_a_medicine_that_goes_on_protects_beside_what_was_learned():
    assert START.changed({"tablets": "continued"}).relapsed("both")[-1] < START.relapsed("both")[-1]


@pytest.mark.parametrize("setting", ["practice", "concentration", "sleep"])
def test_with_no_practice_sleep_or_concentration_therapy_leaves_nothing(setting):
    state = START.changed({setting: 0})
    assert state.relapsed("therapy") == pytest.approx(state.relapsed("stopped"))


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_the_certainty_of_any_interaction_is_on_every_page(interaction):
    page = b.as_text(GUESSED.changed({"interaction": interaction}).page())
    found = find_claim(CLAIM)
    assert f"How sure is any interaction? {found.certainty.capitalize()}" in page
    assert "A hypothesis, not an established mechanism." in page and found.wording in page
    assert all(words.capitalize()[:8] in page for words in INTERACTIONS.values())


@pytest.mark.parametrize("key", [key for keys in LOOKS_LIKE.values() for key in keys])
def test_what_looks_like_each_of_the_three_is_on_file(key):
    assert rows()[key].status == "seen"


@pytest.mark.parametrize("answer", ["75", ["75"], ["75", "45", "30", "31"], None])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert START.guessed(answer) == START


def test_the_reveal_counts_only_the_groups_that_a_trial_had():
    right = [nearest(100 * published(arm)) for arm in PUBLISHED]
    assert "3 of your 3 guesses" in b.as_text(START.guessed([*right, "15"]).page())
    page = b.as_text(START.guessed(["15", "15", "75", "75"]).page())
    assert "0 of your 3 guesses" in page and "61 too few" in page and "44 too many" in page
    assert "the model does not know it" in page


@pytest.mark.parametrize("share", SHARES)
def test_every_answer_is_the_nearest_to_its_own_number(share):
    assert nearest(int(share)) == share


def test_the_guesses_stay_when_settings_change_and_come_back():
    changed = GUESSED.changed({"interaction": "help", "practice": 2, "tablets": "continued"})
    assert changed != GUESSED and changed.fresh() == GUESSED


def test_the_strength_can_be_moved_only_where_there_is_an_interaction():
    def names(state) -> list[str]:
        return [control["name"] for block in state.page() if block["is"] == "settings" for control in block["controls"]]

    assert "strength" not in names(GUESSED)
    assert "strength" in names(GUESSED.changed({"interaction": "interference"}))


@pytest.mark.parametrize("change", [{}, {"interaction": "help"}, {"practice": 0}, {"interaction": "interference", "tablets": "continued"}])
def test_the_figure_has_what_the_headline_says_in_its_words_and_its_table(change):
    state = GUESSED.changed(change)
    text = next(block for block in state.page() if block["is"] == "figure")["text"]
    assert f"{state.after_a_year('both')} of 100" in text.splitlines()[0]
    assert all(f"{state.after_a_year(arm)}" in text.splitlines()[-1] for arm in ARMS)
    assert f"{state.after_a_year('both')} after both" in state.headline
