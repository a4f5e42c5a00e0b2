"""Serotonin, plainly: a finding answers one question and is no surer than its evidence, a leap never follows, and the retired phrase is only ever retired."""

from __future__ import annotations

import re

import pytest

from course.authoring.numbers import bare_numbers
from course.content.reading import CONTENT, ContentError
from course.controls import blocks as b
from course.controls.explorer import Explorer
from course.evidence.certainty import missing_hedge
from course.evidence.claims import rows
from course.evidence.records import BRACED
from course.mechanisms.explorers.serotonin import SerotoninPlainly
from course.mechanisms.figures.questions import QuestionsDrawing
from course.mechanisms.serotonin import QUESTIONS, debate

MADE = debate()
START = SerotoninPlainly()
RIGHT = [each.about for each in MADE.findings.values()]
GUESSED = START.guessed(RIGHT)
RETIRED = "chemical imbalance"
SEEN = [*({"look": "finding", "finding": key} for key in MADE.findings), *({"look": "leap", "leap": key} for key in MADE.leaps)]
EVERY_FINDING = pytest.mark.parametrize("each", MADE.findings.values(), ids=list(MADE.findings))
EVERY_LEAP = pytest.mark.parametrize("each", MADE.leaps.values(), ids=list(MADE.leaps))


def text(state) -> str:
    return b.as_text(state.page())


# ── The data ─────────────────────────────────────────────────────────────────────────────────────


@EVERY_FINDING
def test_a_finding_rests_on_rows_that_stand_and_is_no_surer_than_they_are(each):
    assert all(rows()[key].status == "seen" for key in each.keys)
    assert set(BRACED.findall(" ".join(each.texts))) <= set(each.keys)
    assert not missing_hedge(each.certainty, each.can)


@EVERY_LEAP
def test_a_leap_goes_from_one_question_to_another_and_rests_on_rows_that_stand(each):
    assert each.start != each.end and each.likeness and each.because
    assert each.keys and all(rows()[key].status == "seen" for key in each.keys)


@pytest.mark.parametrize(("place", "said"), list(MADE.texts))
def test_no_number_stands_without_its_source(place, said):
    assert not bare_numbers(said, "fact"), place


def test_the_retired_phrase_stands_only_among_what_to_avoid():
    holding = {place.partition("[")[0] for place, said in MADE.texts if RETIRED in said.lower()}
    assert holding == {"avoid"}
    assert any(RETIRED in each.text for each in MADE.avoid) and not any(RETIRED in each.because for each in MADE.avoid)


def test_all_three_questions_are_asked_and_both_sides_of_the_debate_are_heard():
    assert {each.about for each in MADE.findings.values()} == set(QUESTIONS)
    assert {"moncrieff_2022", "jauhar_2023"} <= {key.partition(".")[0] for each in MADE.findings.values() for key in each.keys}


def test_only_trials_answer_whether_the_drug_works():
    """A finding of help rests on studies that gave people a treatment, or on reviews of such studies; the others rest on none."""
    for each in MADE.findings.values():
        designs = {rows()[key].study.design for key in each.keys}
        trials = {"randomised trial", "meta-analysis", "network meta-analysis", "individual-patient meta-analysis"}
        assert (designs <= trials) == (each.about == "helps"), designs


SLIPS = [
    ('about = "cause"', 'about = "couse"', "did you mean 'cause'?"),
    ('"meyer_2004.occupancy",', '"meyer_2004.ocupancy",', "did you mean 'meyer_2004.occupancy'?"),
    ("{meyer_2004.people}", "{meyer_2004.peple}", "did you mean 'meyer_2004.people'?"),
    ("probably helps more people than placebo does", "helps more people than placebo does", "lacks 'probably'"),
    ('start = "helps"\nend = "cause"', 'start = "helps"\nend = "helps"', "a leap that stays where it is"),
    ('keys = ["jauhar_2023.overstated"]', "keys = []", "a finding without evidence"),
    ('certainty = "high"', 'certainty = "not studied"', "not studied"),
    ("likeness =", "analogy =", "there is no such key here"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), SLIPS)
def test_a_slip_in_the_debate_is_named(tmp_path, right, wrong, says):
    said = (CONTENT / "serotonin.toml").read_text(encoding="utf-8")
    assert right in said
    (tmp_path / "serotonin.toml").write_text(said.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        debate(tmp_path)
    assert says in str(error.value)


# ── The prediction ───────────────────────────────────────────────────────────────────────────────


def test_nothing_is_shown_before_the_prediction():
    assert {block["is"] for block in START.page()} == {"heading", "prose", "places"}
    assert not any(each.found in text(START) for each in MADE.findings.values())


@pytest.mark.parametrize("answer", ["cause", ["cause"], ["maybe"] * len(RIGHT), [["cause"]] * len(RIGHT), [1] * len(RIGHT), None, True, {"cause": 1}])
def test_a_guess_that_cannot_be_read_is_asked_for_again(answer):
    assert START.guessed(answer) == START


def test_the_prediction_is_locked_and_the_reveal_counts_what_fits():
    explorer = Explorer(START)
    explorer.act({"do": "guess", "value": ["helps"] * len(RIGHT)})
    explorer.act({"do": "guess", "value": RIGHT})
    (gap,) = [block for block in explorer.page.view["blocks"] if block["is"] == "feedback"]
    right = RIGHT.count("helps")
    assert f"{right} of your {len(RIGHT)} guesses fit" in gap["text"] and explorer.page.view["focus"] == "headline"
    assert f"You took {len(RIGHT) - right} of the others to be about whether the drug works" in gap["because"]


def test_a_guess_without_a_slip_is_told_of_none():
    (gap,) = [block for block in GUESSED.page() if block["is"] == "feedback"]
    assert f"{len(RIGHT)} of your {len(RIGHT)}" in gap["text"] and not gap["because"]


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("values", SEEN, ids=lambda values: "-".join(values.values()))
def test_what_is_looked_at_stands_with_what_it_can_and_cannot_show(values):
    state = GUESSED.changed(values)
    said = text(state)
    if state.look == "finding":
        assert all(words in said for words in ("What it can show: ", "What it cannot show: ", f"How sure: {state.evidence.certainty}."))
        assert all(rows()[key].study.short in said.partition("Read in: ")[2] for key in state.evidence.keys)
        assert state.evidence.question in state.headline.partition(". It does not tell you ")[0]
    else:
        assert "does not follow" in said and state.inference.likeness in said
    assert "Teaching model: not for real patients" in said
    assert sum(block["is"] == "figure" for block in state.page()) == 1


@pytest.mark.parametrize("values", SEEN, ids=lambda values: "-".join(values.values()))
def test_every_page_has_a_sentence_to_say_and_one_to_avoid(values):
    said = text(GUESSED.changed(values))
    say, avoid = said.partition("What you may say to a patient")[2].partition("What to avoid")[::2]
    assert all(each.text in say for each in MADE.say) and all(each.text in avoid for each in MADE.avoid)
    assert RETIRED not in say and said.lower().count(RETIRED) == 1


def test_the_guesses_stay_when_settings_change_and_come_back():
    changed = GUESSED.changed({"look": "leap", "leap": "unknown-so-never"})
    assert changed != GUESSED and changed.fresh() == GUESSED and "Your guess ○" in text(changed)


def test_only_what_is_looked_at_can_be_chosen():
    for look in ("finding", "leap"):
        (block,) = [block for block in GUESSED.changed({"look": look}).page() if block["is"] == "settings"]
        assert [control["name"] for control in block["controls"]] == ["look", look]


# ── The figure ───────────────────────────────────────────────────────────────────────────────────


def marks(svg: str, name: str) -> int:
    group = svg.partition(f'id="{name}"')[2].partition('<g id="text')[0].partition('<g id="silent"')[0]
    return len(set(re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', group)))


def test_the_figure_marks_one_question_for_each_finding_and_the_table_says_the_same():
    picture = QuestionsDrawing(MADE).update("What each is about", finding="review")
    assert marks(picture.svg, "answers") == len(MADE.findings)
    told = {(each.label, each.question) for each in MADE.findings.values()}
    assert told < {row[:2] for row in picture.rows} and len(picture.rows) == len(MADE.findings) + len(MADE.leaps)
    assert all(f"{label}: {question}" in picture.alt for label, question in told)


def test_the_drawing_leaves_nothing_of_what_was_looked_at_before():
    drawing = QuestionsDrawing(MADE)
    first = drawing.update("One", finding="review")
    assert "does not follow" in drawing.update("Two", leap="helps-so-lack").svg.partition("</svg>")[0].partition('role="img"')[2].partition(">")[2]
    assert drawing.update("One", finding="review") == first


def test_the_alt_text_says_where_the_leap_goes():
    picture = QuestionsDrawing(MADE).update("A leap", leap="helps-so-lack")
    assert picture.alt.endswith("An arrow leaps from whether the drug works to what caused a depression.")
