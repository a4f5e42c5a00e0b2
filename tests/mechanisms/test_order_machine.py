"""The order machine: every result rests on rows that stand, an order without a trial says so, and a guess is held against what trials found."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from course.content.reading import CONTENT, ContentError
from course.controls import blocks as b
from course.evidence.certainty import HEDGES, NOT_STUDIED
from course.evidence.claims import rows
from course.evidence.records import BRACED
from course.explorers import explorer_text
from course.mechanisms.explorers.order_machine import PAIR, OrderMachine, agreement
from course.mechanisms.orders import NO_TRIAL, ORDERS, RESULTS, orders

PAIRS = orders()
FOUND = [pytest.param(order, id=f"{key}-{name}") for key, pair in PAIRS.items() for name, order in pair.orders.items()]
ROUTES = [pytest.param(route, id=f"{key}-{number}") for key, pair in PAIRS.items() for number, route in enumerate(pair.routes)]
START = OrderMachine()
GUESSED = START.guessed(list(ORDERS))


# ── The data ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("each", [*FOUND, *ROUTES])
def test_what_is_said_rests_on_rows_that_stand_and_prints_only_those_it_names(each):
    assert all(rows()[key].status == "seen" for key in each.keys)
    assert {key.partition(".")[0] for key in BRACED.findall(each.says)} <= {key.partition(".")[0] for key in each.keys}


@pytest.mark.parametrize("each", [*FOUND, *ROUTES])
def test_what_is_said_is_no_surer_than_the_word_of_its_certainty(each):
    hedges = HEDGES.get(each.certainty, ())
    assert not hedges or any(re.search(rf"\b{hedge}\b", each.says) for hedge in hedges)


@pytest.mark.parametrize("key", PAIRS)
def test_every_pair_has_a_trial_and_a_route_and_says_where_there_is_none(key):
    pair = PAIRS[key]
    assert pair.orders and pair.routes
    missing = set(ORDERS) - set(pair.orders)
    assert all(pair.order(order).result == NO_TRIAL and pair.order(order).certainty == NOT_STUDIED for order in missing)


def test_somewhere_there_is_no_trial_and_somewhere_each_result():
    assert {pair.order(order).result for pair in PAIRS.values() for order in ORDERS} == set(RESULTS)


def test_the_sri_pair_gives_a_different_answer_for_a_different_order():
    """Exposure added to an SRI helps, an SRI begun with exposure adds little: the order matters."""
    assert (PAIRS[PAIR].order("medicine-first").result, PAIRS[PAIR].order("together").result) == ("ahead", "no clear gain")


SLIPS = [
    ("orders.medicine-first]", "orders.medicin-first]", "there is no order 'medicin-first'; did you mean 'medicine-first'?"),
    ('"foa_2022.worse_taper"', '"foa_2022.worse_tapr"', "did you mean 'foa_2022.worse_taper'?"),
    ("{foa_2022.worse_taper}", "{foa_2022.worse_tapr}", "did you mean 'foa_2022.worse_taper'?"),
    ('result = "mixed"', 'result = "unclear"', "unclear"),
    ("placebo added.", "placebo added: {simpson_2008.exposure_ahead}.", "'simpson_2008.exposure_ahead' is not a number"),
    ("The two may work beside", "The two work beside", "lacks 'may'"),
    ('keys = ["lister_1988.learning_impaired"]', "", "a route without evidence"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), SLIPS)
def test_a_slip_in_the_orders_is_named(tmp_path, right, wrong, says):
    text = (CONTENT / "orders.toml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "orders.toml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        orders(tmp_path)
    assert says in str(error.value)


# ── The guess ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", ["together", ["together"], ["together"] * 4, [*ORDERS, "together"], [1, 2, 3, 4], None])
def test_only_all_four_in_some_order_is_a_guess(answer):
    assert START.guessed(answer) == START


def test_a_guess_agrees_with_all_none_or_some_of_the_comparisons_that_trials_allow():
    """Of four orders three have a trial, and they came out apart: three comparisons."""
    best_first = sorted(ORDERS, key=lambda order: 1.5 if (place := PAIRS[PAIR].order(order).place) is None else place)
    assert agreement(tuple(best_first), PAIRS[PAIR]) == (3, 3)
    assert agreement(tuple(reversed(best_first)), PAIRS[PAIR]) == (0, 3)
    assert {agreement(guess, PAIRS[PAIR])[0] for guess in permutations(ORDERS)} == {0, 1, 2, 3}


def test_an_order_without_a_trial_never_counts_for_or_against():
    """Wherever it stands among the others, the count stays the same."""
    untested = next(order for order in ORDERS if PAIRS[PAIR].order(order).place is None)
    others = [order for order in ORDERS if order != untested]
    assert len({agreement((*others[:place], untested, *others[place:]), PAIRS[PAIR]) for place in range(4)}) == 1


def test_the_reveal_keeps_the_learners_order_and_says_that_no_trial_ranked_the_four():
    guess = ["therapy-first", "medicine-stops", "together", "medicine-first"]
    page = b.as_text(START.guessed(guess).page())
    places = [page.index(f"{number}. {PAIRS[PAIR].name(key)}: {PAIRS[PAIR].order(key).words}.") for number, key in enumerate(guess, 1)]
    assert places == sorted(places)
    assert "No trial has set the four beside each other." in page
    assert "0 of the 3 comparisons" in page


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", PAIRS)
def test_every_order_of_a_pair_is_on_its_page_with_its_certainty_or_as_no_trial(key):
    state = GUESSED.changed({"pair": key})
    page = b.as_text(state.page())
    for name in ORDERS:
        order = state.made.order(name)
        sure = "" if order.result == NO_TRIAL else f" Certainty {order.certainty}."
        assert f"{order.shape} {state.made.name(name)}: {order.words}.{sure}" in page
    missing = sum(state.made.order(name).result == NO_TRIAL for name in ORDERS)
    assert (f"For {missing} of the {len(ORDERS)} there is no trial on file." in state.headline) == bool(missing)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_on_a_page_with_how_sure_it_is(route):
    pages = [b.as_text(GUESSED.changed({"pair": key}).page()) for key, pair in PAIRS.items() if route in pair.routes]
    start = re.split(r"\{", route.says)[0]
    assert pages and all(start in page for page in pages)
    if route.certainty != NOT_STUDIED:
        assert all(f"Certainty {route.certainty}." in page for page in pages)


def test_the_text_version_offers_an_order_to_copy():
    last = explorer_text(START).splitlines()[-1]
    assert last.endswith(f"guess=[{', '.join(chr(34) + key + chr(34) for key in ORDERS)}])")


def test_the_order_stays_when_the_pair_changes_and_comes_back():
    changed = GUESSED.changed({"pair": "dcs-exposure"})
    assert changed.guess == GUESSED.guess and changed.fresh() == GUESSED
