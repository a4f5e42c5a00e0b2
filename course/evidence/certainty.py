"""How sure we can be, in GRADE's words: the levels, the word that goes with each, and the reasons for a level."""

from __future__ import annotations

import re

import attrs

from course.content.reading import one_of, wrong

NOT_STUDIED = "not studied"
LEVELS = ("high", "moderate", "low", "very low", NOT_STUDIED)
#: The word that goes with each level.
VERBS = {
    "high": "does",
    "moderate": "probably",
    "low": "may",
    "very low": "it is uncertain whether",
    NOT_STUDIED: "has not been studied",
}
#: The words of which a text needs one, so that it is no surer than the evidence.
HEDGES = {"moderate": ("probably",), "low": ("may",), "very low": ("uncertain",), NOT_STUDIED: ("has not been studied", "have not been studied")}
DOMAINS = (
    "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias", "large effect", "dose response", "plausible confounding",
)  # fmt: skip
STEPS = {-2: "two steps down", -1: "one step down", 0: "no step", 1: "one step up", 2: "two steps up"}


def missing_hedge(certainty: str, words: str) -> str:
    """The word that a text of this certainty needs and lacks; empty where it has one, or needs none."""
    hedges = HEDGES.get(certainty, ())
    return hedges[0] if hedges and not any(re.search(rf"\b{hedge}\b", words) for hedge in hedges) else ""


def require_hedge(what: str, certainty: str, words: str) -> None:
    """Refuse a record whose text is surer than its certainty; ``what`` names it, as in ``a cell``."""
    if missing := missing_hedge(certainty, words):
        raise wrong(f"{what} of {certainty} certainty lacks '{missing}'", "say no more than the evidence does")


@attrs.frozen
class Reason:
    """Why the certainty is not what the design alone would give: a domain of GRADE, steps down (−) or up (+), and what was seen."""

    domain: str = attrs.field(validator=one_of(*DOMAINS))
    steps: int
    because: str

    def __attrs_post_init__(self):
        if self.steps not in STEPS:
            raise wrong(f"steps is {self.steps}", "write −2 to 2; 0 for what was looked at and changes nothing")

    @property
    def heading(self) -> str:
        """``Imprecision, one step down``."""
        return f"{self.domain.capitalize()}, {STEPS[self.steps]}"

    def __str__(self) -> str:
        return f"{self.heading}: {self.because}"
