"""Every figure carries its own words: alt text with the finding, the same as a table, colours that follow the theme."""

from __future__ import annotations

import re
from functools import partial

import pytest

from course.cases import Session, case_keys, load_case
from course.cases.figures import by_cause, trajectory
from course.content.reading import PlainError
from course.evidence import ledger
from course.evidence.figures import forest_plot, funnel_plot, icon_array, interval_plot
from course.look import COLOURS, Picture
from tests.conftest import Lazily

BOTH, USUAL = "wiles_2013.response_both", "wiles_2013.response_usual"
RATIOS = ("cuijpers_2020.response_both_v_medication", "cuijpers_2020.response_both_v_therapy")


def played(key: str) -> Session:
    case = load_case(key)
    return Session(case, case.accepted[0].choices)


def beside_its_twin(key: str) -> Picture:
    session = played(key)
    return trajectory(session, next(iter(session.case.scales)), session.twin(), other_label="Swapped")


def causes(key: str) -> Picture:
    session = played(key)
    return by_cause(session, next(iter(session.case.scales)))


def pictures():
    yield "icon array", partial(icon_array, BOTH, USUAL)
    yield "intervals", partial(interval_plot, *RATIOS)
    for key in case_keys():
        yield f"{key} trajectory", partial(beside_its_twin, key)
        yield f"{key} causes", partial(causes, key)


PICTURES = Lazily(pictures())


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_has_a_name_a_caption_and_a_table(name):
    picture = PICTURES[name]
    assert len(picture.alt) >= 40
    assert f'role="img" aria-label="{picture.alt[:20]}' in picture.svg
    assert picture.caption.endswith(".")
    assert all(len(row) == len(picture.head) for row in picture.rows) and picture.rows
    for cell in (cell for row in picture.rows for cell in row):
        assert cell in picture.text


@pytest.mark.parametrize("name", PICTURES)
def test_the_colours_of_a_figure_follow_the_theme(name):
    """No colour of the palette is left as a number, and none that is not of the palette is used for ink."""
    svg = PICTURES[name].svg
    assert "var(--cc-" in svg
    for light, _ in COLOURS.values():
        assert light not in svg
    assert not re.search(r"(?:fill|stroke): #000000", svg.replace("stroke: #000000; stroke-linecap", ""))


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_is_small_and_speaks_in_the_hosts_type(name):
    svg = PICTURES[name].svg
    assert len(svg) < 400_000
    assert "DejaVu" not in svg
    assert "<metadata" not in svg and "xml version" not in svg
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:bold )?([\d.]+)px", svg)]
    assert sizes and min(sizes) >= 9


def test_an_icon_array_draws_a_dot_for_each_person():
    picture = icon_array(BOTH, USUAL)
    assert picture.rows[0][1] == "460 of 1,000" and picture.rows[1][1] == "220 of 1,000"
    assert picture.svg.count("<use ") >= 2000


def test_only_per_cents_become_people():
    with pytest.raises(ValueError, match="icon array shows per cents"):
        icon_array(RATIOS[0])


@pytest.mark.parametrize("draw", [icon_array, interval_plot])
def test_no_withdrawn_number_is_drawn(draw):
    withdrawn = [effect.key for effect in ledger().effects.values() if effect.status == "retracted"]
    assert withdrawn
    for key in withdrawn:
        with pytest.raises(PlainError, match="comes from a withdrawn version; only the story of its retraction may show it"):
            draw(key)


@pytest.mark.parametrize("draw", [icon_array, interval_plot])
def test_without_a_number_there_is_nothing_to_draw(draw):
    with pytest.raises(PlainError, match="there is nothing to draw; name a number of the ledger"):
        draw()


@pytest.mark.parametrize("labels", [("Both",), ("Both", "Usual", "Neither"), "BU"])
def test_an_icon_array_has_a_label_for_each_number(labels):
    with pytest.raises(PlainError, match="there are 2 numbers; write as many labels"):
        icon_array(BOTH, USUAL, labels=labels)


@pytest.mark.parametrize("draw", [forest_plot, funnel_plot])
def test_only_pooled_trials_make_a_plot_of_trials(draw):
    with pytest.raises(PlainError, match=rf'write {draw.__name__}\(pooled\("depression"\)\)'):
        draw("depression")


def test_only_one_measure_stands_in_a_plot():
    with pytest.raises(ValueError, match="one plot shows one measure"):
        interval_plot(BOTH, RATIOS[0])


def test_an_interval_that_includes_no_difference_says_so():
    picture = interval_plot("cuijpers_2020.response_therapy_v_medication", *RATIOS)
    assert "0.99 (0.92 to 1.08), which includes no difference" in picture.alt
    assert "1.25 (1.14 to 1.37), which leaves out no difference" in picture.alt


def test_an_unknown_number_is_answered_with_the_nearest():
    with pytest.raises(LookupError, match=r"did you mean 'wiles_2013\.response_both'"):
        icon_array("wiles_2013.response_bth")


@pytest.mark.parametrize("key", case_keys())
def test_the_icon_array_of_every_debrief_can_be_drawn(key):
    groups = load_case(key).debrief.thousand.groups
    assert len(groups) >= 2
    assert all(ledger()[group.rate].measure == "percent" for group in groups)


def test_drawing_twice_gives_the_same_figure():
    assert icon_array(BOTH).svg == icon_array(BOTH).svg
