"""One play of a case, worked by hand: scores by cause, clamping, what is remembered, the twin, the pass rules, the receipt."""

from __future__ import annotations

import string
import tomllib

import attrs
import pytest

from course.cases import Refused, Session, load_case, replay
from course.cases.records import Case, _with_keys, case_keys
from course.cases.session import _checksum
from course.content.reading import CONTENT, Source, structure

SMALL = """
key = "ada"
title = "Ada"
module = "05_depression"
version = 3
name = "Ada"
age = 40
patient = "Ada, 40"
opening = "Why?"
start = "first"
safety = ["mania"]
scales = ["phq9", "gad7"]

[scenes.first]
week = 0
title = "First"
sets = { phq9 = 20 }
text = "Her PHQ-9 is {phq9}."
question = "What first?"
[[scenes.first.options]]
key = "both"
text = "Both"
quality = "best"
consequence = "c"
because = "b"
moves = { phq9 = { medication = -3, therapy = -2, time = -1, life = 1 }, gad7 = { time = -9 } }
remember = ["asked"]
next = "second"
[[scenes.first.options]]
key = "wait"
text = "Wait"
quality = "weak"
consequence = "c"
because = "b"
moves = { phq9 = { time = -1 } }
next = "second"
[[scenes.first.options]]
key = "harm"
text = "Harm"
quality = "unsafe"
consequence = "c"
because = "b"
moves = { phq9 = { life = 30 } }
next = "rescue"

[scenes.rescue]
week = 1
title = "Rescue"
rescue = true
text = "Now {phq9}."
question = "And now?"
[[scenes.rescue.options]]
key = "call"
text = "Call"
quality = "best"
consequence = "c"
because = "b"
next = "second"

[scenes.second]
week = 4
title = "Second"
sets = { gad7 = 12 }
text = "PHQ-9 {phq9}, GAD-7 {gad7}."
passages = [ { text = "You had asked.", when = ["asked"] }, { text = "You had not asked.", unless = ["asked"] } ]
question = "What next?"
[[scenes.second.options]]
key = "stay"
text = "Stay"
quality = "best"
consequence = "c"
because = "b"
moves = { phq9 = { medication = -40 }, gad7 = { therapy = -5 } }
next = "end"
[[scenes.second.options]]
key = "secret"
text = "Only for those who asked"
quality = "reasonable"
consequence = "c"
because = "b"
when = ["asked"]
next = "end"
[[scenes.second.options]]
key = "late"
text = "Only for those who did not"
quality = "weak"
consequence = "c"
because = "b"
unless = ["asked"]
next = "end"

[scenes.end]
week = 8
title = "End"
text = "PHQ-9 {phq9} at the end."

[[accepted]]
name = "One"
choices = ["both", "stay"]
trade_off = "t"
[[accepted]]
name = "Two"
choices = ["both", "secret"]
trade_off = "t"

[debrief]
take_along = "t"
[[debrief.turning_points]]
scene = "first"
why = "w"
[[debrief.turning_points]]
scene = "second"
why = "w"
[debrief.twin]
scene = "first"
option = "wait"
says = "s"
instead = "i"
[debrief.thousand]
title = "t"
outcome = "o"
says = "s"
groups = [{ label = "l", rate = "wiles_2013.response_both" }]
"""

ADA = structure(Case, Source(_with_keys(tomllib.loads(SMALL)), CONTENT / "cases" / "ada.toml"))


# ── Scores ──


def test_a_score_moves_by_the_sum_of_its_causes_and_each_cause_is_kept():
    session = Session(ADA, ["both"])
    assert session.scores == {"phq9": 20 - 3 - 2 - 1 + 1, "gad7": 12}
    assert session.causes["phq9"] == {"medication": -3, "therapy": -2, "time": -1, "life": 1}
    assert session.causes["gad7"] == {"medication": 0, "therapy": 0, "time": 0, "life": 0}, "a scale that has no value yet cannot move"


def test_a_score_stays_inside_its_scale_and_its_causes_are_still_told():
    assert Session(ADA, ["harm"]).scores["phq9"] == 27
    session = Session(ADA, ["both", "stay"])
    assert session.scores == {"phq9": 0, "gad7": 7}
    assert session.causes["phq9"]["medication"] == -43


def test_each_visit_keeps_its_own_reading():
    session = Session(ADA, ["harm", "call", "stay"])
    assert [(reading.scene, reading.week, reading.scores.get("phq9")) for reading in session.readings] == [
        ("first", 0, 20), ("rescue", 1, 27), ("second", 4, 27), ("end", 8, 0),
    ]  # fmt: skip
    assert session.points("phq9") == [(0, 20), (1, 27), (4, 27), (8, 0)]
    assert session.points("gad7") == [(4, 12), (8, 7)]
    assert [step.before.scores["phq9"] for step in session.steps] == [20, 27, 27]


def test_the_story_shows_the_scores_of_now():
    assert Session(ADA).story == "Her PHQ-9 is 20."
    assert Session(ADA, ["wait", "late"]).story == "PHQ-9 19 at the end."


# ── What is remembered ──


def test_passages_and_options_depend_on_what_was_done():
    asked, not_asked = Session(ADA, ["both"]), Session(ADA, ["wait"])
    assert asked.story.endswith("\n\nYou had asked.")
    assert not_asked.story.endswith("\n\nYou had not asked.")
    assert [option.key for option in asked.options] == ["stay", "secret"]
    assert [option.key for option in not_asked.options] == ["stay", "late"]


def test_an_option_that_is_not_open_is_refused_with_those_that_are():
    with pytest.raises(Refused, match=r"at week 4 \(Second\) there is no option 'secret'; there is: late, stay"):
        Session(ADA, ["wait", "secret"])
    with pytest.raises(Refused, match=r"did you mean 'both'\?"):
        Session(ADA, ["bothh"])
    with pytest.raises(Refused, match="the story has ended; 'stay' is one choice too many"):
        Session(ADA, ["both", "stay", "stay"])


@pytest.mark.parametrize("odd", [None, 1, [], {}, ["both"], b"both"], ids=repr)
def test_a_choice_that_is_no_text_is_refused_as_well(odd):
    with pytest.raises(Refused, match="there is no option"):
        Session(ADA, [odd])


# ── What it was worth ──


@pytest.mark.parametrize(
    ("choices", "share", "passed", "says"),
    [
        ([], 0, False, "Not yet: the story is not finished. It stands at week 0, First."),
        (["both"], 1, False, "Not yet: the story is not finished. It stands at week 4, Second."),
        (["both", "stay"], 1, True, "Passed: 2 of 2 decisions were best or reasonable, and none was unsafe."),
        (["both", "secret"], 1, True, "Passed: 2 of 2 decisions were best or reasonable, and none was unsafe."),
        (["wait", "stay"], 0.5, False, "Not yet: 1 of 2 decisions were best or reasonable, and none was unsafe; 4 in 5 are needed."),
        (["harm", "call", "stay"], 2 / 3, False,
         "Not yet: an unsafe choice (week 0, First). One unsafe step outweighs every good one. Play it again from there."),
    ],
)  # fmt: skip
def test_a_play_is_worth_its_decisions(choices, share, passed, says):
    session = Session(ADA, choices)
    assert (session.share, session.passed, session.verdict()) == (share, passed, says)


@pytest.mark.parametrize(("good", "passes"), [(3, False), (4, True), (5, True)])
def test_four_in_five_is_enough_and_less_is_not(good, passes):
    session = Session(ADA, ["both", "stay"])
    step = session.steps[0]
    weak = attrs.evolve(step, option=attrs.evolve(step.option, quality="weak"))
    session.steps = [step] * good + [weak] * (5 - good)
    assert session.passed == passes


# ── The same story told otherwise ──


def test_the_twin_swaps_the_named_choice_and_goes_on_along_the_best():
    assert Session(ADA, ["both", "secret"]).twin().choices == ("wait", "stay")
    assert Session(ADA, ["wait", "late"]).twin().choices == ("both", "stay"), "where the learner made that very choice, the best one is shown"
    assert Session(ADA, ["harm", "call", "stay"]).twin().choices == ("wait", "stay")


def test_a_session_can_be_taken_up_where_it_stood_and_left_alone():
    session = Session(ADA, ["both", "stay"])
    assert session.until(1).choices == ("both",)
    assert session.until(1).along_the_best().choices == ("both", "stay")
    assert session.choices == ("both", "stay")
    assert Session(ADA, session.choices).readings == session.readings


# ── Receipts ──


def test_a_receipt_names_case_version_variant_and_choices():
    assert Session(ADA, ["both", "stay"]).receipt().startswith("ada:v3:base:both.stay:")


@pytest.mark.parametrize("choices", [[], ["both"], ["both", "stay"], ["harm", "call", "stay"]])
def test_a_receipt_and_a_list_of_choices_replay_to_the_same_session(choices):
    session = Session(ADA, choices)
    receipt = session.receipt()
    for answer in (receipt, f"  {receipt}\n", receipt.upper(), f"{receipt[:9]}\n {receipt[9:]}", choices, tuple(choices)):
        again = replay(ADA, answer)
        assert (again.choices, again.readings, again.verdict()) == (session.choices, session.readings, session.verdict())


def slips_of(receipt: str):
    """Every slip of one character: changed, left out, put in, or swapped with its neighbour."""
    letters = string.ascii_lowercase + string.ascii_uppercase + string.digits + "-.: "
    for i in range(len(receipt)):
        yield receipt[:i] + receipt[i + 1 :]
        yield from (receipt[:i] + letter + receipt[i + 1 :] for letter in letters)
        yield from (receipt[:i] + letter + receipt[i:] for letter in letters)
        yield receipt[:i] + receipt[i + 1 : i + 2] + receipt[i] + receipt[i + 2 :]


@pytest.mark.parametrize("case", [ADA, *map(load_case, case_keys())], ids=lambda case: case.key)
def test_a_slip_in_a_receipt_is_refused_with_a_reason(case):
    session = Session(case, case.accepted[0].choices)
    receipt = session.receipt()
    tried = 0
    for slip in slips_of(receipt):
        if "".join(slip.split()).lower() == receipt:  # capitals and spaces are read kindly
            continue
        tried += 1
        with pytest.raises(Refused, match=r"slip in it|not a whole receipt|is from the case|from version|no variant"):
            replay(case, slip)
    assert tried > 1000


def stamped(body: str) -> str:
    return f"{body}:{_checksum(body)}"


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        ("", "not a whole receipt"),
        ("ada:v3:base", "not a whole receipt"),
        (stamped("bob:v3:base:both.stay"), "this receipt is from the case 'bob'; this question asks for 'ada'"),
        (stamped("ada:v2:base:both.stay"), "from version 2 of this case, which is now at 3; play it again"),
        (stamped("ada:v3:night:both.stay"), "there is no variant 'night' of this case"),
        (stamped("ada:v3:base:both.sing"), "there is no option 'sing'"),
        (stamped("ada:v3:base:both.stay.stay"), "one choice too many"),
        ("ada:v3:base:both.stay:zzzz", "the receipt has a slip in it"),
        ("ada:v3:base:\ud800:abcd", "the receipt has a slip in it"),
        (stamped("ada:v3:base:\ud800"), r"no option '\?'"),
        (stamped("a" * 999 + ":v3:base:both"), "from the case 'a{79}…'; this"),
    ],
)
def test_a_receipt_that_does_not_fit_is_refused_by_name(receipt, reason):
    with pytest.raises(Refused, match=reason):
        replay(ADA, receipt)
