"""Figures of pooled evidence: every trial has its mark, every mark its number in words, and nothing is drawn that was not read or worked out."""

from __future__ import annotations

import io
import math
import re
import shutil
import xml.etree.ElementTree as ElementTree
from functools import partial

import pytest
from scipy.special import stdtr

from course.content.reading import CONTENT, ContentError
from course.evidence import ledger, statements
from course.evidence.comparisons import pooled as pooled_of
from course.evidence.courses import courses
from course.evidence.figures import ForestDrawing, effects_over_time, forest_plot, funnel_plot, relapse_steps, save_forest
from course.evidence.figures.forest import MOST_ROWS, p_value
from course.evidence.figures.relapse import NOT_READ, spread
from course.evidence.figures.scale import scale_of
from course.evidence.pooling import METHODS, Counts, Means, Pooled, TrialEffect, pool, pool_table
from course.evidence.timelines import timelines
from course.look import COLOURS
from tests.conftest import Lazily

TRIALS = [Counts("Naeem 2010", 12, 17, 2, 17), Counts("Browne 2002", 122, 247, 117, 229), Counts("Mynors-Wallis 2000", 20, 35, 24, 36)]
SCORES = [Means("A", 10, 4, 30, 13, 4, 30), Means("B", 11, 5, 40, 13, 5, 38), Means("C", 11, 5, 40, 11, 5, 38)]
MANY = [Counts(f"Trial {i}", 6 + 3 * i, 20 + 5 * i, 5 + (7 * i) % 11, 20 + 5 * i) for i in range(14)]
LABELS = ("both", "medication alone")


def pools():
    for measure in ("RR", "OR", "RD"):
        yield f"three trials, {measure}", pool_table(TRIALS, measure)
    for measure in ("SMD", "MD"):
        yield f"scores, {measure}", pool_table(SCORES, measure)
    yield "one trial", pool_table(TRIALS[:1], "RR")
    yield "two trials, Hartung and Knapp", pool_table(TRIALS[1:], "OR", "DL", True)
    yield "fixed", pool_table(TRIALS, "RR", "fixed")
    yield "zero cells, one left out", pool_table([*TRIALS, Counts("Zero", 0, 20, 3, 20), Counts("Nobody", 0, 3, 0, 3)], "RR")
    yield "no variance", pool([TrialEffect("A", "MD", 3, 0), TrialEffect("B", "MD", 4, 0)])
    yield "no effect and no variance", pool([TrialEffect("A", "MD", 0, 0)])
    yield "as far apart as numbers go", pool([TrialEffect("A", "RR", -690, 0.1), TrialEffect("B", "RR", 690, 4)])
    yield "huge scores", pool_table([Means("A", 1e11, 1, 2, -1e11, 1, 2)], "MD")
    yield "letters of many kinds", pool_table([Counts("$x_1$ & <b>試験", 12, 20, 8, 20), *TRIALS[1:]], "RR")
    yield "more than have room", pool_table([Counts(f"T{i}", 5 + i % 7, 40, 4 + i % 5, 40) for i in range(MOST_ROWS + 7)], "RR")
    yield "fourteen", pool_table(MANY, "RR")


POOLS = dict(pools())


def pictures():
    for name, each in POOLS.items():
        yield f"forest, {name}", partial(forest_plot, each, labels=LABELS, drapery=name in ("three trials, RR", "no variance"))
        yield f"funnel, {name}", partial(funnel_plot, each)
    for key in courses():
        yield f"course {key}", partial(relapse_steps, key)
    yield "two courses", partial(relapse_steps, *list(courses())[:2])
    for key in timelines():
        yield f"timeline {key}", partial(effects_over_time, key)


PICTURES = Lazily(pictures())


def parts(svg: str) -> ElementTree.Element:
    return ElementTree.parse(io.StringIO(svg)).getroot()


def group(svg: str, name: str) -> list[ElementTree.Element]:
    """The groups of an SVG that carry this name."""
    return [each for each in parts(svg).iter() if each.get("id") == name]


def paths(element: ElementTree.Element) -> list[ElementTree.Element]:
    return [each for each in element.iter() if each.tag.endswith("}path")]


def marks(svg: str, name: str) -> int:
    """How many marks the groups of this name hold: each is a use of a shape with a name, or a path of its own."""
    uses = [each for found in group(svg, name) for each in found.iter() if each.tag.endswith("}use")]
    return len(uses) + sum(each.get("id") is None for found in group(svg, name) for each in paths(found))


def said(svg: str) -> str:
    """Every word that stands in a drawing."""
    return "\n".join("".join(each.itertext()).replace("\u00a0", " ") for each in parts(svg).iter() if each.tag.endswith("}text"))


# ── Every figure ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", PICTURES)
def test_a_figure_has_a_finding_a_caption_and_a_table(name):
    picture = PICTURES[name]
    assert len(picture.alt) >= 40 and picture.alt.endswith(".") and picture.caption.endswith(".")
    assert parts(picture.svg).get("aria-label") == picture.alt
    assert picture.rows and all(len(row) == len(picture.head) and all(row) for row in picture.rows)


@pytest.mark.parametrize("name", PICTURES)
def test_no_figure_shows_what_is_not_a_number(name):
    picture = PICTURES[name]
    for text in (picture.svg, picture.text, picture.caption):
        assert not re.search(r"\b(nan|NaN|inf|None)\b", text)


@pytest.mark.parametrize("name", PICTURES)
def test_the_text_of_a_figure_is_large_enough_and_its_colours_follow_the_theme(name):
    svg = PICTURES[name].svg
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:bold )?([\d.]+)px", svg)]
    assert sizes and min(sizes) >= 9
    assert not any(light in svg for light, _ in COLOURS.values()) and "var(--cc-" in svg


@pytest.mark.parametrize("name", PICTURES)
def test_no_word_of_a_figure_starts_outside_it(name):
    svg = PICTURES[name].svg
    _, _, width, height = map(float, parts(svg).get("viewBox").split())
    for text in (each for each in parts(svg).iter() if each.tag.endswith("}text")):
        moved = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
        x, y = (float(moved[1]), float(moved[2])) if moved else (float(text.get("x", 0)), float(text.get("y", 0)))
        assert -1 <= x <= width + 1 and -1 <= y <= height + 1, "".join(text.itertext())


# ── Forest ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", POOLS)
def test_a_forest_plot_has_a_square_and_a_row_for_each_trial(name):
    pooled, picture = POOLS[name], PICTURES[f"forest, {name}"]
    assert marks(picture.svg, "trials") == min(len(pooled.trials), MOST_ROWS)
    assert [row[0] for row in picture.rows[: len(pooled.trials)]] == [trial.trial for trial in pooled.trials]
    assert [row[1] for row in picture.rows[: len(pooled.trials)]] == [trial.text for trial in pooled.trials]
    weights = [float(row[2].removesuffix(" %")) for row in picture.rows[: len(pooled.trials)]]
    assert sum(weights) == pytest.approx(100, abs=0.051 * len(weights))
    assert ("Together", pooled.text, "100.0 %") in picture.rows


@pytest.mark.parametrize("name", POOLS)
def test_a_prediction_interval_is_drawn_only_where_there_is_one(name):
    pooled, picture = POOLS[name], PICTURES[f"forest, {name}"]
    there = pooled.prediction_low is not None
    assert bool(group(picture.svg, "new-setting")) == there
    assert ("Where a new" in said(picture.svg)) == there == any(row[0] == "Where a new setting may fall" for row in picture.rows)
    assert ("prediction interval" in picture.caption) == there


def test_the_groups_stand_on_both_sides_of_no_difference():
    words = said(PICTURES["forest, three trials, RR"].svg)
    assert "← more with medication alone" in words and "more with both →" in words
    assert "← higher with medication alone" in said(PICTURES["forest, scores, SMD"].svg)


def test_a_comparison_brings_the_names_of_its_groups():
    made = pooled_of("depression", versus="medication")
    picture = forest_plot(made)
    assert f"{made.labels[0]} against {made.labels[1]}" in picture.alt and f"← more with {made.labels[1]}" in said(picture.svg)


def test_the_title_says_what_was_found():
    words = {name: said(PICTURES[f"forest, {name}"].svg) for name in POOLS}
    assert "Not settled which of the two brings more" in words["three trials, RR"].replace("\n", " ")
    better = pool_table([Counts("A", 30, 60, 15, 60), Counts("B", 40, 80, 22, 80)], "RR")
    assert f"More with both than with medication alone: {better.text}" in forest_plot(better, labels=LABELS).alt
    worse = pool_table([Counts("A", 15, 60, 30, 60), Counts("B", 22, 80, 40, 80)], "RR")
    assert f"Less with both than with medication alone: {worse.text}" in forest_plot(worse, labels=LABELS).alt
    assert forest_plot(better, "One carries it").alt.startswith("One carries it. ")


def test_trials_left_out_are_named_with_the_reason():
    picture = PICTURES["forest, zero cells, one left out"]
    assert "Left out: Nobody, because nobody had the outcome in either group" in picture.caption


def test_trials_beyond_the_rows_stand_in_the_table():
    picture = PICTURES["forest, more than have room"]
    assert f"The {MOST_ROWS} trials that count most have a row; the other 7 stand in the table." in picture.caption
    assert len(picture.rows) == MOST_ROWS + 7 + 2


def test_an_interval_that_runs_off_the_axis_ends_in_an_arrow():
    wide = PICTURES["forest, three trials, OR"]
    pooled = POOLS["three trials, OR"]
    assert math.log(pooled.prediction_high) > scale_of(pooled).high and marks(wide.svg, "beyond-right")
    kept = PICTURES["forest, one trial"]
    assert not group(kept.svg, "beyond-left") and not group(kept.svg, "beyond-right")


def test_the_drapery_is_drawn_only_when_asked_for():
    pooled = POOLS["three trials, RR"]
    plain, draped = forest_plot(pooled), forest_plot(pooled, drapery=True)
    assert group(draped.svg, "drapery") and not group(plain.svg, "drapery")
    assert "p-value" in said(draped.svg) and "a curve for each trial" in draped.caption and "curve" not in plain.caption
    assert plain.rows == draped.rows


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 12, 39])
def test_the_curve_with_hartung_and_knapp_follows_students_t(df):
    for distance in (0, 0.2, 1, 1.96, 3, 12):
        assert p_value(distance, df) == pytest.approx(2 * stdtr(df, -distance), abs=1e-12)
        assert p_value(-distance) == pytest.approx(math.erfc(distance / math.sqrt(2)))


def test_a_redrawn_plot_is_the_plot_drawn_anew():
    """Nothing is left behind from the trials before: the drawing after any other is the same as a first one."""
    drawing = ForestDrawing(MOST_ROWS)
    for each in POOLS.values():
        drawing.update(each, labels=LABELS)
    for each in (POOLS["one trial"], POOLS["three trials, RD"], POOLS["three trials, OR"]):
        fresh = ForestDrawing(MOST_ROWS).update(each, labels=LABELS)
        assert drawing.update(each, labels=LABELS) == fresh


def test_a_redraw_makes_no_new_artists():
    drawing = ForestDrawing(len(MANY), drapery=True)
    drawing.update(POOLS["fourteen"])
    before = {id(artist) for artist in drawing.figure.findobj() if type(artist).__module__ in ("matplotlib.lines", "matplotlib.collections", "matplotlib.text")}
    for method in METHODS:
        drawing.update(pool_table(MANY, "RR", method))
    after = {id(artist) for artist in drawing.figure.findobj() if type(artist).__module__ in ("matplotlib.lines", "matplotlib.collections", "matplotlib.text")}
    assert before == after


@pytest.mark.parametrize("name", POOLS)
def test_the_axis_holds_no_difference_every_estimate_and_a_value_to_read(name):
    pooled: Pooled = POOLS[name]
    scale = scale_of(pooled)
    assert scale.shows(0) and all(scale.shows(trial.estimate) for trial in pooled.trials)
    assert 1 <= len(scale.ticks) <= 8 and all(scale.low <= place <= scale.high for place, _ in scale.ticks)
    assert len({text for _, text in scale.ticks}) == len(scale.ticks)


@pytest.mark.parametrize(("kind", "starts"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_file_of_a_plot_stands_alone_and_says_what_it_shows(tmp_path, kind, starts):
    path = tmp_path / f"forest.{kind}"
    save_forest(POOLS["three trials, RR"], path, labels=LABELS)
    raw = path.read_bytes()
    assert raw.startswith(starts) and b"--cc-" not in raw
    if kind == "svg":
        assert b"<title>Not settled which of the two" in raw


# ── Funnel ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", POOLS)
def test_a_funnel_has_a_point_for_each_trial_around_the_fixed_effect(name):
    pooled, picture = POOLS[name], PICTURES[f"funnel, {name}"]
    assert marks(picture.svg, "trials") == len(pooled.trials)
    assert pool(pooled.trials, "fixed").text in picture.alt
    inside = [row for row in picture.rows if row[3] == "yes"]
    assert f"{len(inside)} of {len(pooled.trials)} " in picture.alt


@pytest.mark.parametrize("name", POOLS)
def test_a_funnel_of_fewer_than_ten_trials_says_that_it_says_little(name):
    few = len(POOLS[name].trials) < 10
    picture = PICTURES[f"funnel, {name}"]
    assert ("fewer than ten trials a funnel says little" in picture.caption) == few == ("too few for a funnel" in picture.alt)


# ── Relapse ──────────────────────────────────────────────────────────────────────────────────────


def heights(svg: str) -> list[float]:
    """Where each step lies, in per cent, between the lowest grid line at 0 % and the highest at 100 %."""

    def across(path: ElementTree.Element) -> float:
        return float(re.findall(r"[-\d.]+", path.get("d"))[1])

    grid = [across(each) for each in paths(parts(svg)) if "stroke-width: 0.6" in each.get("style", "")]
    steps = [across(each) for found in group(svg, "step") for each in paths(found)]
    return [100 * (max(grid) - step) / (max(grid) - min(grid)) for step in steps]


@pytest.mark.parametrize("key", courses())
def test_each_step_ends_at_the_published_share(key):
    course, picture = courses()[key], relapse_steps(key)
    published = [ledger()[number].value for number in course.keys]
    assert heights(picture.svg) == pytest.approx(published, abs=0.2)


@pytest.mark.parametrize("key", courses())
def test_a_course_says_what_was_not_read_and_where_each_share_was(key):
    course, picture = courses()[key], PICTURES[f"course {key}"]
    assert NOT_READ in said(picture.svg) and NOT_READ in picture.caption
    assert picture.alt.startswith(course.title)
    numbers = [ledger()[number] for number in course.keys]
    assert [(row[1], row[3]) for row in picture.rows] == [(effect.time, effect.study.short) for effect in numbers]
    for effect in numbers:
        assert effect.number in picture.alt and effect.status == "seen"
    for arm in course.arms:
        assert f"{arm.label} {ledger()[arm.points[-1].key].number}" in said(picture.svg)


def test_labels_are_spread_until_they_can_be_read():
    placed = spread([50, 48, 10, 49], 7)
    assert placed[2] == 10
    assert placed[1] < placed[3] < placed[0]
    assert min(abs(a - b) for i, a in enumerate(placed) for b in placed[:i]) >= 6.9


def test_an_unknown_course_or_timeline_is_answered_with_the_nearest():
    with pytest.raises(LookupError, match=r"no course 'hollon-205'; did you mean 'hollon-2005'\?"):
        relapse_steps("hollon-205")
    with pytest.raises(LookupError, match=r"no timeline 'panik'; did you mean 'panic'\?"):
        effects_over_time("panik")
    with pytest.raises(ValueError, match="name at least one course"):
        relapse_steps()


# ── Over time ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", timelines())
def test_a_timeline_draws_each_number_with_its_interval_and_says_each_finding_without_one(key):
    picture, rows = PICTURES[f"timeline {key}"], [row for panel in timelines()[key].panels for row in panel.rows]
    numbers = [ledger()[row.number] for row in rows if row.number]
    assert len(group(picture.svg, "mark")) == len(numbers)
    words = " ".join(said(picture.svg).split())
    for row in rows:
        found = ledger()[row.number].text if row.number else statements()[row.says].says
        assert found in words and any(found == cells[3] for cells in picture.rows)
    assert len(picture.rows) == len(rows)


@pytest.mark.parametrize("key", timelines())
def test_measures_are_not_mixed_within_a_panel(key):
    for panel in timelines()[key].panels:
        assert len({ledger()[row.number].measure for row in panel.rows if row.number}) == 1


# ── The data files ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def changed(tmp_path):
    """A copy of the ledger's folder in which one file has been changed; gives the content folder."""

    def change(name: str, old: str, new: str):
        shutil.copytree(CONTENT / "evidence", tmp_path / "evidence")
        path = tmp_path / "evidence" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return change


BAD = {
    "a number that is not there": ("courses.toml", "hollon_2005.relapse_medication_stopped", "hollon_2005.relapse_medication_stoped",
                                   "no number 'hollon_2005.relapse_medication_stoped' in the ledger; did you mean 'hollon_2005.relapse_medication_stopped'"),
    "a withdrawn number": ("courses.toml", "hollon_2005.relapse_medication_stopped", "hollon_2014.dropout_medication", "has been withdrawn; choose a number"),
    "no per cent": ("courses.toml", "hollon_2005.relapse_medication_stopped", "hollon_2005.people",
                    "'hollon_2005.people' is a count; a course shows per cents"),
    "another time": ("courses.toml", "months = 12,", "months = 24,", "months is 24 and the ledger says '12 months'; let them agree"),
    "no time": ("courses.toml", "months = 12,", "months = 0,", "months is 0; write the months since the start, above 0"),
    "two numbers in a point": ("courses.toml", "relapsed = \"hollon", "well = \"x\", relapsed = \"hollon", "a point has one number"),
    "relapsed and well": ("courses.toml", "relapsed = \"hollon", "well = \"hollon", "some points count relapses and some count people still well"),
    "later before earlier": ("courses.toml", "{ months = 24, relapsed = \"fava_1998.relapse_management\" }, ", "{ months = 99, relapsed = \"x\" }, ",
                             "the points are not one after the other in time"),
    "no such series": ("courses.toml", 'series = "control"', 'series = "placebo"', "'series' is 'placebo'"),
    "an unknown key": ("courses.toml", "outcome =", "outcom =", "there is no such key here; did you mean 'outcome'?"),
    "a measure that does not fit": ("timelines.toml", "karyotaki_2016.outcome_both_v_medication", "cuijpers_2020.response_both_v_medication",
                                    "the numbers are odds ratio and risk ratio; one panel shows one measure"),
    "no interval": ("timelines.toml", "furukawa_2006.response_both_v_therapy_later", "furukawa_2006.trials", "is a count; a timeline shows one of"),
    "no such statement": ("timelines.toml", "hofmann_2009.gone_at_6_months", "hofmann_2009.gone_at_6_month", "did you mean 'hofmann_2009.gone_at_6_months'?"),
    "a number and words": ("timelines.toml", 'says = "hofmann', 'number = "x", says = "hofmann', "a row has one finding"),
    "names that are not used": ("timelines.toml", "names = { control =", 'names = { therapy = "x", control =', "name what the rows compare with: control"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_slip_in_a_data_file_is_one_clear_line(changed, kind):
    name, old, new, says = BAD[kind]
    with pytest.raises(ContentError) as error:
        (courses if name == "courses.toml" else timelines)(changed(name, old, new))
    assert f"{name}: " in str(error.value) and says in str(error.value)
