"""How sure a pooled result lets us be: a level, and the reasons for it.

``rate(pooled, people=…, risk_2=…)`` gives a :class:`Rating`. It is a rule of thumb for what is on the screen: it starts
high, as randomised trials do, and goes down a step for each doubt that counts and intervals can show. A GRADE panel also
reads the trials, looks for those never published, and asks whether the people are like yours. This does not.
"""

from __future__ import annotations

import attrs

from course.look import sentence

from .certainty import LEVELS, VERBS, Reason
from .pooling import RATIOS, Pooled, includes_nothing, leave_one_out, more_or_fewer, risk_1

RULE_OF_THUMB = (
    "This is a rule of thumb, not the judgement of a GRADE panel. It starts at high, as randomised trials do, and goes down a step for each doubt that "
    "these numbers can show. It cannot see how well a trial was run, which trials were never published, or whether the people are like yours."
)
WORTHWHILE = 10  # of 100 people: a difference that would change what most of us choose
LITTLE = 5  # of 100 people: below this we say "about as many"
FEW_PEOPLE = 400
UNLIKE = 50  # I², in per cent


@attrs.frozen
class Rating:
    """How sure we can be, and why not surer."""

    level: str
    reasons: tuple[Reason, ...]

    @property
    def verb(self) -> str:
        return VERBS[self.level]


NOT_STUDIED = Rating("not studied", ())


def rate(pooled: Pooled | None, people: int, risk_2: float, blinded: bool = False) -> Rating:
    """How sure these trials let us be of what they say together.

    ``people`` is how many took part, ``risk_2`` the share of group 2 with the outcome, and ``blinded`` whether nobody
    knew who was given what. Without any trial the answer has not been studied.
    """
    if pooled is None:
        return NOT_STUDIED
    reasons = (*_bias(blinded), *_imprecision(pooled, people, risk_2), *_inconsistency(pooled, risk_2))
    ladder = LEVELS[:4]
    return Rating(ladder[min(len(ladder) - 1, -sum(reason.steps for reason in reasons))], reasons)


def of_hundred_more(pooled: Pooled, risk_2: float, value: float | None = None) -> float:
    """How many more of 100 people have the outcome in group 1, when ``risk_2`` of group 2 do; below 0 is fewer.

    ``value`` is a number on the scale of the result, such as an end of its interval; without one, the result itself.
    """
    value = pooled.value if value is None else value
    if pooled.measure in RATIOS:
        return 100 * (risk_1(pooled.measure, value, risk_2) - risk_2)
    return 100 * max(-risk_2, min(1 - risk_2, value))


def conclusion(level: str, more: float, group_1: str, group_2: str, good: bool = True) -> str:
    """What these trials let us say, with the word of its certainty; ``more`` is how many more of 100 had the outcome in group 1.

    >>> conclusion("low", 12, "both treatments", "medication alone")
    'Both treatments may help more people than medication alone.'
    """
    if level == "not studied":
        return f"Whether {group_1} or {group_2} helps more people has not been studied in a trial on file."
    gain = more if good else -more
    rest = f"about as many people as {group_2}" if abs(gain) < LITTLE else f"{'more' if gain > 0 else 'fewer'} people than {group_2}"
    several = group_1 == "both treatments"
    helps = "help" if several else "helps"
    if level == "very low":
        return f"It is uncertain whether {group_1} {helps} {rest}."
    words = {"high": helps, "moderate": f"probably {helps}", "low": "may help"}[level]
    return sentence(f"{group_1} {words} {rest}.")


def _bias(blinded: bool):
    if not blinded:
        yield Reason("risk of bias", -1, "people knew which treatment they had, so hope and attention may be part of the difference.")


def _imprecision(pooled: Pooled, people: int, risk_2: float):
    """At most two steps: one for a wide interval (two if it runs from help to harm), one for few people or a single trial."""
    low, high = (of_hundred_more(pooled, risk_2, end) for end in (pooled.low, pooled.high))
    steps, seen = 0, []
    if low <= -WORTHWHILE and high >= WORTHWHILE:
        steps, seen = 2, [f"the interval runs from {more_or_fewer(low)} to {more_or_fewer(high)} of 100, so either side could be well ahead"]
    elif low <= 0 <= high and max(-low, high) >= WORTHWHILE:
        steps, seen = 1, [f"the interval holds both no difference and {more_or_fewer(max(low, high, key=abs))} of 100"]
    if len(pooled.trials) == 1 or people < FEW_PEOPLE:
        steps += 1
        seen.append(f"{_trials(len(pooled.trials))} with {people:,} people {'is' if len(pooled.trials) == 1 else 'are'} few to rest on")
    if seen:
        yield Reason("imprecision", -min(2, steps), "; ".join(seen) + ".")


def _inconsistency(pooled: Pooled, risk_2: float):
    """One step when the trials differ more than a little, or when one of them carries the result."""
    seen = []
    if pooled.i2 > UNLIKE:
        seen.append(f"the trials disagree (I² {pooled.i2:.0f} %)")
    new_place = attrs.evolve(pooled, low=pooled.prediction_low, high=pooled.prediction_high)
    if pooled.prediction_low is not None and includes_nothing(pooled) != includes_nothing(new_place):
        seen.append("in a new place the difference could be none")
    driver = _driver(pooled, risk_2)
    if driver:
        seen.append(f"without {driver[0]} the result would be {driver[1].text}")
    if seen:
        yield Reason("inconsistency", -1, "; ".join(seen) + ".")
    elif len(pooled.trials) == 1:
        yield Reason("inconsistency", 0, "nobody can see whether trials agree while there is one.")


def _driver(pooled: Pooled, risk_2: float) -> tuple[str, Pooled] | None:
    """The trial without which the result turns, or moves by a worthwhile number of people, with the result then."""
    if len(pooled.trials) < 3:
        return None

    def turns(without: Pooled) -> bool:
        return includes_nothing(without) != includes_nothing(pooled) or (without.value > nothing) != (pooled.value > nothing)

    def moves(without: Pooled) -> float:
        return abs(of_hundred_more(without, risk_2) - of_hundred_more(pooled, risk_2))

    nothing = 1 if pooled.measure in RATIOS else 0
    telling = [each for each in leave_one_out(pooled) if moves(each[1]) >= WORTHWHILE or includes_nothing(each[1]) != includes_nothing(pooled)]
    return max(telling, key=lambda each: (turns(each[1]), moves(each[1])), default=None)


def _trials(k: int) -> str:
    return "one trial" if k == 1 else f"{k} trials"
