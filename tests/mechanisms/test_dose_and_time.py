"""The curve of occupancy and the level over days agree with what was published, with an outside fit, and with closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import curve_fit

from course.evidence import ledger
from course.mechanisms.models import level as lv
from course.mechanisms.models.occupancy import ALL, Curve, fit_curve
from course.mechanisms.models.slow import lead, relapsed, weeks_until_relapsed
from course.mechanisms.records import model

CARD = model("dose-and-time")
PUBLISHED = {key: [(point.at, point.effect.value) for point in each.points["occupied"]] for key, each in CARD.variants.items() if "occupied" in each.points}
HALF_LIVES = [1, 3, 24, 36, 240]

# ── Dose and target ──────────────────────────────────────────────────────────────────────────────


def test_the_curve_of_one_published_dose_goes_through_it_and_lies_where_other_ssris_did():
    ((dose, share),) = PUBLISHED["citalopram"]
    curve = fit_curve(PUBLISHED["citalopram"])
    assert curve.at(dose) == pytest.approx(share)
    assert ledger()["meyer_2004.occupancy_lowest"].value <= curve.at(dose) <= ledger()["meyer_2004.occupancy_highest"].value


def test_the_curve_of_many_published_doses_is_the_nearest_there_is():
    """The same least squares by scipy, with the top held at all of the targets or below."""
    points = PUBLISHED["methylphenidate"]
    doses, shares = map(np.array, zip(*points, strict=True))
    (half, most), _ = curve_fit(lambda dose, half, most: most * dose / (dose + half), doses, shares, p0=(10, 80), bounds=([0.01, 1], [1000, ALL]))
    ours = fit_curve(points)
    assert (ours.half, ours.most) == (pytest.approx(half, rel=1e-4), pytest.approx(most, rel=1e-4))


def test_the_curve_misses_no_published_dose_by_more_than_ten_of_a_hundred():
    curve = fit_curve(PUBLISHED["methylphenidate"])
    assert all(abs(curve.at(dose) - share) <= 10 for dose, share in PUBLISHED["methylphenidate"])


@pytest.mark.parametrize("true", [Curve(5, 80), Curve(20, 95), Curve(0.5, 60)])
def test_points_of_a_known_curve_give_that_curve_back(true):
    made = fit_curve([(dose, true.at(dose)) for dose in (1, 2, 5, 10, 40)])
    assert (made.half, made.most) == (pytest.approx(true.half, rel=1e-6), pytest.approx(true.most, rel=1e-6))


def test_no_dose_occupies_nothing_half_dose_half_and_the_rest_flattens():
    curve = Curve(half=6, most=90)
    assert curve.at(0) == 0 and curve.at(6) == 45
    steps = [curve.at(dose + 1) - curve.at(dose) for dose in range(100)]
    assert all(later < earlier for earlier, later in pairwise(steps)) and curve.at(1e9) == pytest.approx(90)
    assert curve.at(curve.dose_for(70)) == pytest.approx(70) and curve.dose_for(95) == math.inf


# ── What is in the body ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("half_life", HALF_LIVES)
def test_the_level_is_the_sum_of_what_is_left_of_each_dose(half_life):
    doses = [1, 0, 1, 0.5, 1, 1]
    at_noon = [(day, level) for day, level in lv.course_of_levels(half_life, doses) if day % 1 == 0.5]
    assert len(at_noon) == len(doses)
    for noon, level in at_noon:
        assert level == pytest.approx(
            lv.one_dose(half_life) * sum(dose * 2 ** (-24 * (noon - day) / half_life) for day, dose in enumerate(doses) if day < noon)
        )


@pytest.mark.parametrize("half_life", HALF_LIVES)
def test_after_long_the_level_swings_between_the_closed_forms(half_life):
    days = max(10, math.ceil(20 * half_life / 24))
    *_, before = lv.course_of_levels(half_life, lv.taken(days))
    assert before[1] == pytest.approx(lv.steady_low(half_life), rel=1e-4)
    assert lv.steady_high(half_life) - lv.steady_low(half_life) == pytest.approx(lv.one_dose(half_life))
    held = lv.course_of_levels(half_life, lv.taken(5), steady=True)
    assert max(level for _, level in held) == pytest.approx(lv.steady_high(half_life))
    assert min(level for _, level in held) == pytest.approx(lv.steady_low(half_life))


@pytest.mark.parametrize("half_life", HALF_LIVES)
def test_what_goes_in_comes_out(half_life):
    """The average level of somebody who takes every dose is 1: in a day as much leaves as one dose brought."""
    leaving = math.log(2) * 24 / half_life
    average = lv.steady_high(half_life) * (1 - lv.left(half_life, 1)) / leaving
    assert average == pytest.approx(1) and leaving * average == pytest.approx(lv.one_dose(half_life))


def test_the_level_solves_the_differential_equation():
    half_life = 36
    solved = solve_ivp(lambda _, level: -math.log(2) * 24 / half_life * level, (0, 5), [lv.steady_high(half_life)], t_eval=[1, 3, 5], rtol=1e-10, atol=1e-12)
    expected = [lv.steady_high(half_life) * lv.left(half_life, day) for day in (1, 3, 5)]
    assert solved.y[0].tolist() == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("half_life", HALF_LIVES)
def test_half_is_left_after_a_half_life_and_hardly_anything_after_five(half_life):
    assert lv.left(half_life, half_life / 24) == 0.5
    assert lv.left(half_life, 5 * half_life / 24) == pytest.approx(1 / 32)
    assert lv.days_until_left(0.25, half_life) == pytest.approx(2 * half_life / 24)
    assert 4 < lv.days_until_steady(half_life) * 24 / half_life < 5


def test_a_missed_tablet_is_missed_and_nothing_else():
    assert lv.missed(2, 5) == [1, 0, 0, 1, 1, 1]
    assert lv.missed(0, 3) == lv.taken(3) == [1, 1, 1, 1]
    levels = dict(lv.course_of_levels(36, lv.missed(2, 5), steady=True))
    assert levels[2.5] == pytest.approx(lv.steady_high(36) * lv.left(36, 2.5))


def test_a_taper_goes_down_in_even_steps_to_nothing():
    assert lv.stopped(3) == [1, 0, 0, 0]
    doses = lv.stopped(35, taper_weeks=4)
    assert [round(doses[1 + 7 * week], 3) for week in range(5)] == [0.8, 0.6, 0.4, 0.2, 0]
    assert all(later <= earlier for earlier, later in pairwise(doses)) and doses[-1] == 0


def test_the_last_steps_of_an_even_taper_take_most_off_the_target():
    """Because the curve is steep where doses are small."""
    curve, doses = fit_curve(PUBLISHED["citalopram"]), [20, 15, 10, 5, 0]
    falls = [curve.at(before) - curve.at(after) for before, after in pairwise(doses)]
    assert falls == sorted(falls) and falls[-1] > 3 * falls[0]


# ── The slow clocks ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("early", "at", "whole"), [(1 / 3, 1, 6), (0.616, 2, 6), (1 / 6, 1, 6), (0.9, 1, 6)])
def test_the_lead_goes_through_what_was_published_and_ends_whole(early, at, whole):
    assert lead(at, early, at, whole) == pytest.approx(early) and lead(whole, early, at, whole) == pytest.approx(1) and lead(0, early, at, whole) == 0
    grown = [lead(week, early, at, whole) for week in range(whole + 1)]
    assert grown == sorted(grown)


def test_an_even_growth_is_a_straight_line():
    assert [lead(week, 1 / 6, 1, 6) for week in range(7)] == pytest.approx([week / 6 for week in range(7)])


def test_relapses_begin_at_nobody_and_come_to_what_the_trial_counted():
    share = ledger()["hollon_2005.relapse_medication_stopped"].value / 100
    assert relapsed(0, share, 52) == 0 and relapsed(52, share, 52) == pytest.approx(share)
    assert relapsed(weeks_until_relapsed(0.3, share, 52), share, 52) == pytest.approx(0.3)
    well = [1 - relapsed(week, share, 52) for week in range(0, 53, 13)]
    assert [after / before for before, after in pairwise(well)] == pytest.approx([(1 - share) ** 0.25] * 4)
