"""A result said in words: ``words_of_pooled(result)`` and ``words_of_components(result)`` give sentences, the headline first.

``plain`` gives either result as plain data for ``--json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import attrs

from course.look import sentence

from .components import Components
from .pooling import (
    MEASURES,
    METHODS,
    RATIOS,
    Counts,
    LeftOut,
    Pooled,
    includes_nothing,
    is_open,
    leave_one_out,
    number_text,
    risk_1,
    trials_text,
)

_USELESS = 1000  # a prediction interval whose ends differ by this factor says nothing
MOST_LEFT_OUT = 50  # trials up to which each is left out in turn


def headline(pooled: Pooled, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome") -> str:
    """What the trials say together, in one sentence that never says more than the interval does.

    >>> from course.evidence.pooling import pool_table
    >>> headline(pool_table([Counts("A", 30, 60, 15, 60), Counts("B", 40, 80, 22, 80)], "RR"), "both", "medication", "a response")
    'With both, a response was 1.89 times as likely as with medication (95 % interval 1.37 to 2.61; 2 trials).'
    """
    trials = trials_text(len(pooled.trials))
    if pooled.low is None:
        return f"{sentence(MEASURES[pooled.measure])} {pooled.text} ({trials}), without an interval: nobody can say how sure this is."
    interval = f"95 % interval {_side(pooled, pooled.low)} to {_side(pooled, pooled.high)}; {trials}"
    if is_open(pooled):
        if pooled.measure in ("SMD", "MD"):
            open_question = f"the scores are higher or lower with {group_1} than with {group_2}"
        else:
            open_question = f"{outcome} is more or less likely with {group_1} than with {group_2}"
        name = MEASURES[pooled.measure]
        return f"It is not settled whether {open_question}: {name} {_side(pooled, pooled.value)} ({interval}). That is not proof of no difference."
    return f"{_settled(pooled, group_1, group_2, outcome)} ({interval})."


def _settled(pooled: Pooled, group_1: str, group_2: str, outcome: str) -> str:
    value = pooled.value
    if pooled.measure == "RR":
        return f"With {group_1}, {outcome} was {number_text('RR', value)} times as likely as with {group_2}"
    if pooled.measure == "OR":
        return f"With {group_1}, the odds of {outcome} were {number_text('OR', value)} times those with {group_2}"
    if pooled.measure == "RD":
        points = number_text("RD", abs(value))
        return f"With {group_1}, {points} {'more' if value > 0 else 'fewer'} of 100 people had {outcome} than with {group_2}"
    unit = " standard deviations" if pooled.measure == "SMD" else " points"
    return f"With {group_1}, scores were {number_text(pooled.measure, abs(value))}{unit} {'higher' if value > 0 else 'lower'} than with {group_2}"


def _side(pooled: Pooled, value: float) -> str:
    if pooled.measure == "RD":
        return f"{number_text('RD', abs(value))} {'more' if value > 0 else 'fewer'}" if abs(value) >= 0.0005 else "0.0"
    return number_text(pooled.measure, value)


def usual_risk(trials: Sequence[Counts]) -> float:
    """The share of people with the outcome in group 2, in the middle one of the trials."""
    return median(trial.events_2 / trial.n_2 for trial in trials)


def of_hundred(pooled: Pooled, risk_2: float, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome") -> str:
    """A ratio in people: of 100 with group 1, when so many of 100 have the outcome with group 2; nothing for other measures.

    >>> of_hundred(pool_table([Counts("A", 30, 60, 15, 60), Counts("B", 40, 80, 22, 80)], "RR"), 0.25, "both", "medication", "a response")
    'If 25 of 100 people have a response with medication, then with both it is 47 (34 to 65).'
    """
    if pooled.measure not in RATIOS or not 0 < risk_2 < 1:
        return ""

    def people(ratio: float) -> int:
        return round(100 * risk_1(pooled.measure, ratio, risk_2))

    interval = "" if pooled.low is None else f" ({people(pooled.low)} to {people(pooled.high)})"
    return f"If {round(100 * risk_2)} of 100 people have {outcome} with {group_2}, then with {group_1} it is {people(pooled.value)}{interval}."


def words_of_pooled(
    pooled: Pooled, group_1: str = "group 1", group_2: str = "group 2", outcome: str = "the outcome", risk_2: float | None = None
) -> tuple[str, ...]:
    """The result as sentences: headline, people, method, spread, a new setting, each trial's pull, what was left out, notes.

    ``risk_2``, such as :func:`usual_risk` gives, turns a ratio into people.
    """
    sentences = [headline(pooled, group_1, group_2, outcome)]
    if risk_2 is not None and of_hundred(pooled, risk_2):
        sentences.append(of_hundred(pooled, risk_2, group_1, group_2, outcome))
    method = METHODS[pooled.method] + (", with Hartung and Knapp's interval" if pooled.knapp_hartung else "")
    sentences.append(f"Method: {method}.")
    sentences += [sentence for sentence in (_spread(pooled), _new_setting(pooled), _pull(pooled)) if sentence]
    sentences += [_left_out(each) for each in pooled.left_out]
    return (*sentences, *pooled.notes)


def _spread(pooled: Pooled) -> str:
    if pooled.q_p is None:
        return ""
    more = "differ more than chance explains" if pooled.q_p < 0.1 else "differ no more than chance may explain"
    return f"The trials {more}: Q {pooled.q:.2f} on {pooled.df}, {_p(pooled.q_p)}; I² {pooled.i2:.0f} %; τ² {pooled.tau2:.4g}."


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}"


def _new_setting(pooled: Pooled) -> str:
    if pooled.prediction_low is None:
        return ""
    nothing = 1 if pooled.measure in RATIOS else 0
    inside = pooled.prediction_low <= nothing <= pooled.prediction_high
    unit = " percentage points" if pooled.measure == "RD" else ""
    if pooled.measure in RATIOS and pooled.prediction_high > _USELESS * pooled.prediction_low:
        return f"What the true effect may be in a new place cannot be said from so few trials: the prediction interval runs from {pooled.prediction_text}."
    return f"In a new place like these the true effect may lie anywhere from {pooled.prediction_text}{unit}" + (
        ", on one side of no difference in one place and on the other in another." if inside else ", on the same side throughout."
    )


def _pull(pooled: Pooled) -> str:
    """The trial whose leaving moves the answer most."""
    if not 3 <= len(pooled.trials) <= MOST_LEFT_OUT or pooled.standard_error is None:
        return ""
    name, without = max(leave_one_out(pooled), key=lambda pair: abs(pair[1].estimate - pooled.estimate))
    turned = includes_nothing(without) != includes_nothing(pooled)
    changed = f"then {includes_nothing(without)}" if turned else "the reading stays the same"
    return f"Leaving out {name or 'one trial'} moves the answer most, to {without.text}; {changed}."


def _left_out(each: LeftOut) -> str:
    return f"Left out: {each.trial}: {each.reason}."


def words_of_components(result: Components) -> tuple[str, ...]:
    """The additive model as sentences: each part, the combinations beside the sum of their parts, spread, notes."""
    trials = f"{trials_text(result.trials)} with {result.arms} arms"
    sentences = [f"If parts simply add up on the log-odds scale, {trials} give these odds ratios, each for adding the part to anything else:"]
    sentences += [f"{part.name}: {part.text}{_part_reading(part)}." for part in result.components]
    for each in result.combinations:
        seen = f"{each.observed_text} in {trials_text(each.trials)}"
        sentences.append(f"{each.treatment} against {each.against}: {seen}; adding up predicts {each.predicted.text}.")
    if result.q_p is not None:
        more = "disagree with each other or with adding up more than chance explains" if result.q_p < 0.1 else "fit the model no worse than chance may explain"
        sentences.append(f"The trials {more}: Q {result.q:.2f} on {result.df}, {_p(result.q_p)}; I² {result.i2:.0f} %; τ² {result.tau2:.4g}.")
    if result.adding_p is not None:
        verdict = "speaks against adding up" if result.adding_p < 0.05 else "hints that parts do not simply add up"
        verdict = verdict if result.adding_p < 0.1 else "does not contradict adding up, which is not proof of it"
        sentences.append(f"Setting combinations free takes {result.adding_q:.2f} off Q on {result.adding_df} ({_p(result.adding_p)}): this {verdict}.")
    sentences += [_left_out(each) for each in result.left_out]
    return (*sentences, *result.notes)


def _part_reading(part) -> str:
    if part.low is None:
        return ""
    return ", which includes no difference" if part.low <= 1 <= part.high else ""


def plain(result: Pooled | Components) -> dict:
    """A result as plain data: numbers, texts, lists and ``null``, never ``NaN``."""
    if isinstance(result, Pooled):
        names = ("measure", "method", "knapp_hartung", "estimate", "standard_error", "value", "low", "high", "q", "df", "q_p", "i2", "h", "tau2")
        data = {name: getattr(result, name) for name in (*names, "prediction_low", "prediction_high")}
        data["trials"] = [
            {"trial": t.trial, "value": t.value, "low": t.low, "high": t.high, "estimate": t.estimate, "variance": t.variance, "weight_percent": w}
            for t, w in zip(result.trials, result.weights, strict=True)
        ]
        words = words_of_pooled(result)
    else:
        names = ("method", "trials", "arms", "tau2", "q", "df", "q_p", "i2", "adding_q", "adding_df", "adding_p")
        data = {name: getattr(result, name) for name in names} | {"inactive": list(result.inactive)}
        data["components"] = [_plain_part(part) for part in result.components]
        data["combinations"] = [
            {"treatment": c.treatment, "against": c.against, "trials": c.trials, "predicted": _plain_part(c.predicted)}
            | {"observed": None if c.observed is None else {"odds_ratio": c.observed.value, "low": c.observed.low, "high": c.observed.high}}
            for c in result.combinations
        ]
        words = words_of_components(result)
    data["left_out"] = [attrs.asdict(each) for each in result.left_out]
    return data | {"notes": list(result.notes), "words": list(words)}


def _plain_part(part) -> dict:
    return {"name": part.name, "odds_ratio": part.odds_ratio, "low": part.low, "high": part.high}
