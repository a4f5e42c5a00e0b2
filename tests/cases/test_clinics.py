"""A case with clinics: the first choice is where one works; access opens and closes options, and never a step on a red flag."""

from __future__ import annotations

import tomllib

import attrs
import pytest

from course.cases import Refused, Session, load_case, pages, replay
from course.cases.paths import best_path, count_paths, every_path, findings
from course.cases.records import ARRIVAL, Case, _broken_references, _with_keys, case_keys
from course.content.reading import CONTENT, ContentError, Source, structure
from course.content.settings import access_facts, settings
from course.controls.blocks import as_text
from tests.cases.test_session import SMALL

WITH_CLINICS = [key for key in case_keys() if load_case(key).clinics]

HERE_OR_THERE = """
[[scenes.second.options]]
key = "therapist"
text = "Book the therapist"
quality = "best"
consequence = "c"
because = "b"
needs = ["therapist-within-6-weeks"]
next = "end"
[[scenes.second.options]]
key = "bridge"
text = "Bridge the wait"
quality = "best"
consequence = "c"
because = "b"
lacks = ["therapist-within-6-weeks"]
next = "end"
"""


def small(old: str = "", new: str = "") -> Case:
    """The small case of the session tests, in two clinics whose best second step differs; with one slip in it."""
    stay, secret = (SMALL.index(f'[[scenes.second.options]]\nkey = "{key}"') for key in ("stay", "secret"))
    text = SMALL[:stay] + HERE_OR_THERE.lstrip() + SMALL[secret:]
    text = text.replace('start = "first"', 'start = "first"\nclinics = ["valley", "mill"]').replace("week = 1\n", "week = 1\nred_flag = true\n")
    text = text.replace('["both", "stay"]', '["mill", "both", "therapist"]').replace('["both", "secret"]', '["valley", "both", "bridge"]')
    return structure(Case, Source(_with_keys(tomllib.loads(text.replace(old, new) if old else text)), CONTENT / "ada.toml"))


CASE = small()


def test_the_story_begins_with_where_you_work_and_that_is_no_decision():
    session = Session(CASE)
    assert (session.scene.key, session.scores, session.week) == (ARRIVAL, {}, 0)
    assert [option.key for option in session.options] == ["valley", "mill"]
    assert session.choose("valley") is None
    assert (session.scene.key, session.steps, session.choices) == ("first", [], ("valley",))
    assert session.scores["phq9"] == 20


def test_access_opens_one_option_and_closes_another():
    here, there = (Session(CASE, [clinic, "both"]) for clinic in CASE.clinics)
    assert {option.key for option in here.options} ^ {option.key for option in there.options} == {"bridge", "therapist"}
    assert (here.best.key, there.best.key) == ("bridge", "therapist")
    with pytest.raises(Refused, match="there is no option 'therapist'"):
        here.choose("therapist")


def test_what_is_closed_is_said():
    here, there = (Session(CASE, [clinic, "both"]) for clinic in CASE.clinics)
    assert "Not to be had at Cedar Valley now: a first session with a therapist within six weeks." in as_text(pages.scene_page(here))
    assert "Not to be had" not in as_text(pages.scene_page(there))


def test_the_receipt_and_the_list_name_the_clinic():
    session = Session(CASE, ["valley", "both", "bridge"])
    assert session.receipt().startswith("ada:v3:valley:both.bridge:")
    for answer in (session.receipt(), ["valley", "both", "bridge"]):
        assert (replay(CASE, answer).choices, replay(CASE, answer).passed) == (session.choices, True)


@pytest.mark.parametrize("answer", [["both", "bridge"], ["harbour", "both", "bridge"], ["moon"]])
def test_a_list_without_one_of_its_clinics_gets_a_sentence(answer):
    with pytest.raises(Refused, match=f"the first choice names the clinic, and '{answer[0]}' is none; write one of: valley, mill"):
        replay(CASE, answer)


def test_a_receipt_without_a_clinic_gets_a_sentence():
    plain = structure(Case, Source(_with_keys(tomllib.loads(SMALL)), CONTENT / "ada.toml"))
    receipt = Session(plain, ["both", "stay"]).receipt()
    with pytest.raises(Refused, match="there is no variant 'base' of this case"):
        replay(CASE, receipt)


def test_going_back_keeps_the_clinic():
    session = Session(CASE, ["mill", "both", "therapist"])
    assert session.until(0).choices == ("mill",)
    assert session.until(1).choices == ("mill", "both")
    assert session.twin().choices == ("mill", "wait", "therapist")


def test_the_debrief_shows_a_good_path_of_this_clinic_and_the_step_that_another_would_change():
    text = as_text(pages.debrief_page(Session(CASE, ["valley", "wait", "bridge"])))
    assert "Your path beside a good one" in text and "Two" in text
    assert "Mill Road: at week 4, Second, the best step would have been: Book the therapist" in text


def test_every_path_of_every_clinic_is_played():
    played = [session.choices for session in every_path(CASE)]
    assert {choices[0] for choices in played} == set(CASE.clinics)
    assert len(played) == len(set(played)) <= count_paths(CASE)


# ── What an author is told ──


def said(case: Case) -> str:
    return "\n".join(str(finding) for finding in findings(case))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('lacks = ["therapist-within-6-weeks"]', 'lacks = ["therapist-within-6-weeks", "long-visits"]', "in Cedar Valley its best option is not open"),
        ('lacks = ["therapist-within-6-weeks"]', 'lacks = ["evening-hours"]', "therapist and bridge are best at once in Mill Road"),
        ('key = "call"\ntext', 'key = "call"\nlacks = ["evening-hours"]\ntext', "a clinic can close this step on a red flag"),
        ("red_flag = true", "", "no scene has red_flag = true"),
        ('["valley", "both", "bridge"]', '["mill", "wait", "therapist"]', "no accepted path begins with 'valley'"),
    ],
)
def test_an_author_is_told_what_does_not_hold(old, new, told):
    assert told not in said(small())
    assert told in said(small(old, new))


def test_the_best_path_has_to_differ_somewhere():
    assert "the best path is the same in all of them" not in said(CASE)
    assert "the best path is the same in all of them" in said(attrs.evolve(CASE, clinics=("mill",)))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"valley", "mill"', '"valey", "mill"', "clinics: no clinic 'valey'; did you mean 'valley'?"),
        ('needs = ["therapist-within-6-weeks"]', 'needs = ["therapist-within-6-week"]', "no access fact 'therapist-within-6-week'"),
        ('clinics = ["valley", "mill"]', "", "depends on 'therapist-within-6-weeks', and the case has no clinics"),
    ],
)
def test_names_that_lead_nowhere_are_told_when_the_file_is_read(old, new, told):
    case = small(old, new)
    assert told in "\n".join(str(finding) for finding in _broken_references(case, Source(None, CONTENT / "ada.toml")))


# ── The cases of the course ──


@pytest.mark.parametrize("key", WITH_CLINICS)
def test_a_safe_path_exists_in_every_clinic_and_the_best_one_is_not_everywhere_the_same(key):
    case = load_case(key)
    assert all(Session(case, [clinic]).along_the_best().passed for clinic in case.clinics)
    assert len({best_path(case, clinic) for clinic in case.clinics}) >= 2


@pytest.mark.parametrize("key", WITH_CLINICS)
def test_no_clinic_closes_a_step_on_a_red_flag(key):
    flagged = [scene for scene in load_case(key).scenes.values() if scene.red_flag]
    assert flagged
    assert not [option.key for scene in flagged for option in scene.options if option.needs or option.lacks]


# ── The clinics themselves ──


def test_every_fact_holds_somewhere_and_help_within_the_hour_everywhere():
    held = [set(clinic.holds) for clinic in settings().values()]
    assert set.union(*held) == set(access_facts())
    assert all("same-hour-contact" in facts for facts in held)


def test_an_unknown_fact_of_a_clinic_is_told(tmp_path):
    (tmp_path / "settings.toml").write_text('[facts]\nride = "A ride"\n[clinics.hill]\ntitle = "Hill"\ntext = "A hill."\nholds = ["rides"]\n')
    with pytest.raises(ContentError, match="no fact 'rides'"):
        settings(tmp_path)
