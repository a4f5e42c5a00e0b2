"""The people of the cases: varied, and no trait stands for *difficult*; every vignette of a condition has a danger, a measure and an ending."""

from __future__ import annotations

import shutil

import pytest

from course.cases import Session, load_case
from course.cases.cast import HARD, TRAITS, cast, share_hard
from course.cases.records import case_keys
from course.content.reading import CONTENT, ContentError
from course.content.syllabus import modules

CONDITIONS = ("06_anxiety_ocd", "07_ptsd", "08_adhd", "09_bipolar_psychosis")
VIGNETTES = [key for key in case_keys() if load_case(key).module in CONDITIONS]
EVERY_VIGNETTE = pytest.mark.parametrize("key", VIGNETTES)
#: With fewer people a share says nothing.
ENOUGH = 4
#: Percentage points between those who have a trait and the rest. With so few people a smaller gap is no finding.
WIDEST = 25


def test_everybody_is_in_the_cast():
    assert set(cast()) == set(case_keys())


@pytest.mark.parametrize("trait", TRAITS)
def test_no_trait_is_tied_to_difficult(trait):
    counted = share_hard(trait)
    everyone, hard = (sum(each) for each in zip(*counted.values(), strict=True))
    assert everyone == len(cast()) and 0 < hard < everyone
    for value, (people, theirs) in counted.items():
        if people >= ENOUGH and everyone - people >= ENOUGH:
            gap = 100 * (theirs / people - (hard - theirs) / (everyone - people))
            assert abs(gap) <= WIDEST, f"{value}: {theirs} of {people} have a hard turn, {hard - theirs} of the other {everyone - people}"


@pytest.mark.parametrize("turn", HARD)
def test_every_hard_turn_is_taken_by_women_and_by_men(turn):
    assert {person.gender for person in cast().values() if turn in person.hard} >= {"woman", "man"}


def test_the_young_men_are_not_the_ones_who_are_angry_or_miss_visits():
    young = [cast()[key] for key in case_keys() if load_case(key).age < 30 and cast()[key].gender == "man"]
    assert len(young) >= ENOUGH
    assert not any({"anger", "missed"} & set(person.hard) for person in young)


# ── The vignettes of the four conditions ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", CONDITIONS)
def test_a_condition_has_three_vignettes_and_a_pair_of_twins(slug):
    here = [load_case(key) for key in VIGNETTES if load_case(key).module == slug]
    assert slug in {module.slug for module in modules()} and len(here) >= 3
    assert any(case.contrast and case.contrast.of in {other.key for other in here} for case in here)


def test_the_cast_of_the_conditions_is_varied():
    people = [cast()[key] for key in VIGNETTES]
    ages = sorted(load_case(key).age for key in VIGNETTES)
    assert len(people) >= 12 and ages[0] < 18 and ages[-1] > 50
    assert len({person.work for person in people}) >= 8
    assert len({person.heritage for person in people}) >= 5
    assert len({person.family for person in people}) >= 8
    assert len({person.insurance for person in people}) >= 4


@EVERY_VIGNETTE
def test_a_vignette_has_a_danger_that_is_scored_a_measure_and_two_good_paths(key):
    case = load_case(key)
    assert case.safety and case.scales
    assert any(option.quality == "unsafe" for scene in case.scenes.values() for option in scene.options)
    assert len(case.accepted) >= 2 and all(path.trade_off.strip() for path in case.accepted)


@EVERY_VIGNETTE
def test_something_ends_in_a_vignette_on_every_good_path(key):
    case, ending = load_case(key), cast()[key].ending
    assert ending
    for path in case.accepted:
        assert ending.scene in [step.scene.key for step in Session(case, path.choices).steps]


# ── Slips ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[grace]", "[gracie]", "no case 'gracie'"),
        ('"missed"', '"late"', "no hard turn 'late'"),
        ('gender = "man"', 'gender = "boy"', "boy"),
        ('kind = "taper"', 'kind = "end"', "end"),
    ],
)
def test_a_slip_in_the_cast_is_named(tmp_path, old, new, said):
    shutil.copytree(CONTENT, tmp_path / "content")
    path = tmp_path / "content" / "cast.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=said):
        cast(tmp_path / "content")
