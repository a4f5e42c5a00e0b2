"""The plan of the capstone: which parts it has, and what stands against each part of a plan for one patient.

:func:`problems` is asked by the check cell and the grader. It answers in sentences; none means that the part holds. There is no single
key: a part holds when it breaks no rule, so that plans which differ can all be good. :func:`good_plans` gives some for each patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from course.evidence.certainty import LEVELS
from course.evidence.claims import claims

from .patients import EXAMPLE, Patient, band_and_high, capstone, find_patient, measure_name, variants

__all__ = ["EXAMPLE", "FIELDS", "MENUS", "PARTS", "Patient", "capstone", "find_patient", "good_plans", "menu", "problems", "reads", "variants"]

#: The parts that are checked, each with the fields that are written for it. What stands for the whole plan is who it is for.
PARTS = {
    "safety": ("audit", "treatments", "start", "owner"),
    "clinic": ("therapy",),
    "measure": ("target", "measure", "stop"),
    "dates": ("judge", "review"),
    "claim": ("claim", "certainty"),
    "plan": ("variant",),
}
FIELDS = tuple(field for fields in PARTS.values() for field in fields)
#: The menu from which a field is filled (its name in capstone.toml); every field without one is a number, but for the variant.
MENUS = {
    "audit": "audit", "treatments": "treatments", "owner": "owners", "therapy": "therapies", "target": "targets", "measure": "measures",
    "claim": "claims", "certainty": "certainties",
}  # fmt: skip
LISTS = ("audit", "treatments")
#: What else a part has to read.
_BESIDE = {"clinic": ("treatments",), "dates": ("start",), "claim": ("treatments", "therapy"), "plan": FIELDS}
#: Weeks: by when a plan begins, by when the whole of it is reviewed, and how long after its judgement a drafted one is.
SOON, LAST, REVIEW_AFTER = 4, 26, 4
#: A plan that a clinician and a patient can keep in mind.
FEWEST_STEPS, MOST_STEPS, MOST_TREATMENTS = 2, 5, 4


def reads(part: str) -> tuple[str, ...]:
    """The fields that the check of a part reads, the variant first."""
    return tuple(dict.fromkeys(("variant", *PARTS[part], *_BESIDE.get(part, ()))))


def menu(field: str) -> dict[str, Any]:
    """What a field may be filled with, by key; empty for a number."""
    return getattr(capstone(), MENUS[field]) if field in MENUS else {}


def problems(part: str, patient: Patient, plan: dict[str, Any]) -> list[str]:
    """What stands against one part of a plan, a sentence each; nothing when it holds. The fields have been read already."""
    return list(dict.fromkeys(_CHECKS[part](patient, plan)))


# ── Safety ───────────────────────────────────────────────────────────────────────────────────────


def _safety(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    yield from _flags(patient, plan["audit"])
    yield from _pairs(patient, plan["treatments"], plan["start"])
    if not set(patient.twist.needs) <= set(plan["treatments"]):
        yield patient.twist.needs_says
    yield from _owner(patient, plan["owner"])


def _flags(patient: Patient, audit: list[str]) -> Iterator[str]:
    """Every red flag of the story stands before all that is none."""
    book = capstone()
    first = next((place for place, step in enumerate(audit) if not book.audit[step].flag), len(audit))
    if "suicide" not in audit[:first]:
        yield book.says["ask-about-suicide"]
    if not set(patient.twist.flags) <= set(audit[:first]):
        yield book.says["no-flag-first"]


def _pairs(patient: Patient, treatments: list[str], start: float) -> Iterator[str]:
    """What may not stand together, or not yet."""
    has = {name for treatment in treatments for name in _classes(patient, treatment)}
    for pair in capstone().pairs:
        if pair.treatment in has and pair.fact in patient.facts and not (pair.waits and start >= patient.twist.earliest):
            yield pair.says


def _classes(patient: Patient, treatment: str) -> tuple[str, ...]:
    """The classes of a treatment; what is raised or left as it is belongs to those of what the person takes."""
    return patient.template.raises if treatment in ("raise-dose", "hold") else capstone().treatments[treatment].classes


def _owner(patient: Patient, key: str) -> Iterator[str]:
    owner = capstone().owners[key]
    if not owner.accepted:
        yield owner.because
    elif patient.clinic.lacking(owner.needs):
        yield capstone().says["closed"]


# ── The clinic ───────────────────────────────────────────────────────────────────────────────────


def _clinic(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    """Each treatment suits the patient, and the therapy or bridge is to be had."""
    book = capstone()
    for key in plan["treatments"]:
        treatment = book.treatments[key]
        suits = (not treatment.about or treatment.about in patient.facts) if treatment.step else key in patient.starts
        if not suits:
            yield book.says["does-not-suit"].replace("ITEM", treatment.text)
    therapy = book.therapies[plan["therapy"]]
    if therapy.suits and patient.clinic.lacking(therapy.needs):
        yield book.says["closed"]
    elif patient.template.condition not in therapy.suits:
        yield therapy.because


# ── The measure ──────────────────────────────────────────────────────────────────────────────────


def _measure(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    """The target is the patient's, the measure shows it, and the stop rule asks for a change that is more than noise."""
    book, key = capstone(), plan["measure"]
    target = book.targets[plan["target"]]
    if plan["target"] not in patient.template.targets:
        yield target.because or book.says["not-theirs"]
    elif key not in target.measures:
        yield book.says["other-measure"].replace("ITEM", book.measures[key].text)
    elif key not in patient.template.scores:
        yield book.says["no-baseline"].replace("ITEM", measure_name(key))
    else:
        yield from _stop(key, patient.template.scores[key], plan["stop"])


def _stop(key: str, score: int, stop: float) -> Iterator[str]:
    """A stop rule lies on the scale, more than noise below the score of today, and not below what is sensible."""
    says, (band, high) = capstone().says, band_and_high(key)
    if not 0 <= stop <= high:
        yield says["off-scale"]
    elif stop > score - band:
        yield says["lax-stop"]
    elif stop < capstone().measures[key].least:
        yield says["strict-stop"]


# ── The dates ────────────────────────────────────────────────────────────────────────────────────


def _dates(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    """Start, judgement and review in order; the judgement neither too early nor too late for this treatment."""
    says, start, judge, review = capstone().says, plan["start"], plan["judge"], plan["review"]
    if start < 0:
        yield says["before-today"]
    if start > SOON + patient.twist.earliest:
        yield says["late-start"]
    if not start <= judge <= review:
        yield says["unordered"]
        return
    first, last = patient.template.judge
    if judge - start < first:
        yield says["early-judge"]
    elif judge - start > last:
        yield says["late-judge"]
    if review > LAST:
        yield says["late-review"]


# ── The claim ────────────────────────────────────────────────────────────────────────────────────


def _claim(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    """The claim is about people like this one and about this plan, and its word is that of the audit."""
    book = capstone()
    comparison = book.claims[plan["claim"]]
    if patient.template_key not in comparison.templates:
        yield book.says["other-people"]
    elif not all(_holds(patient, plan, held) for held in comparison.holds):
        yield book.says["not-in-plan"]
    said, is_so = (LEVELS.index(level) for level in (book.certainties[plan["certainty"]].level, claims()[comparison.claim].certainty))
    if said != is_so:
        yield book.says["too-strong" if said < is_so else "too-weak"]


def _holds(patient: Patient, plan: dict[str, Any], held: str) -> bool:
    """Whether the plan holds what a claim is about: ``medicine:any``, ``therapy:group|calls``."""
    kind, _, names = held.partition(":")
    if kind == "therapy":
        begins = bool(capstone().therapies[plan["therapy"]].suits)
        return begins and (names == "any" or plan["therapy"] in names.split("|"))
    given = [key for key in plan["treatments"] if capstone().treatments[key].medicine or key == "hold"]
    classes = {name for key in given for name in _classes(patient, key)}
    return bool(classes & set(names.split("|"))) or (names == "any" and any(capstone().treatments[key].medicine for key in given))


# ── The whole ────────────────────────────────────────────────────────────────────────────────────


def _whole(patient: Patient, plan: dict[str, Any]) -> Iterator[str]:
    """A plan that can be followed: not too much at once, and nothing that contradicts itself."""
    book, treatments = capstone(), plan["treatments"]
    if len(plan["audit"]) < FEWEST_STEPS:
        yield book.says["short-audit"]
    if len(plan["audit"]) > MOST_STEPS:
        yield book.says["long-audit"]
    if len(treatments) > MOST_TREATMENTS:
        yield book.says["many-treatments"]
    medicines = [key for key in treatments if book.treatments[key].medicine]
    if len(medicines) > 1:
        yield book.says["many-medicines"]
    if "hold" in treatments and (medicines or "stop-now" in treatments):
        yield book.says["holding-and-changing"]
    if "stop-now" in treatments and ("raise-dose" in treatments or "slow-taper" in treatments):
        yield book.says["stopping-and-more"]
    if all(book.treatments[key].step for key in treatments):
        yield book.says["no-first"]


_CHECKS = {"safety": _safety, "clinic": _clinic, "measure": _measure, "dates": _dates, "claim": _claim, "plan": _whole}


# ── Plans that hold ──────────────────────────────────────────────────────────────────────────────


def good_plans(patient: Patient) -> Iterator[dict[str, Any]]:
    """Plans without a problem, one for each first treatment and each therapy or bridge that go together."""
    for first, therapy in product(patient.starts, capstone().therapies):
        drafts = (_drafted(patient, first, therapy) | claimed for claimed in _claimed())
        yield from islice((plan for plan in drafts if not any(problems(part, patient, plan) for part in PARTS)), 1)


def _claimed() -> Iterator[dict[str, str]]:
    """Each claim of the menu with the word for its certainty."""
    words = {word.level: key for key, word in capstone().certainties.items()}
    for key, comparison in capstone().claims.items():
        yield {"claim": key, "certainty": words[claims()[comparison.claim].certainty]}


def _drafted(patient: Patient, first: str, therapy: str) -> dict[str, Any]:
    """A plan for a first treatment and a therapy, all but its claim."""
    template = patient.template
    target = template.targets[0]
    measure = next(key for key in template.scores if key in capstone().targets[target].measures)
    start = patient.twist.earliest
    judge = start + sum(template.judge) // 2
    stop = int(template.scores[measure] - band_and_high(measure)[0])
    return {
        "variant": patient.variant, "audit": list(dict.fromkeys((*patient.flags, *template.audit))), "treatments": [first, *patient.twist.needs],
        "start": start, "owner": "me", "therapy": therapy, "target": target, "measure": measure, "stop": stop, "judge": judge, "review": judge + REVIEW_AFTER,
    }  # fmt: skip
