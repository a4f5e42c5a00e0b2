"""How sure we can be, in GRADE's words: the levels, the word that goes with each, and the reasons for a level."""

from __future__ import annotations

import attrs

from course.content.reading import one_of, wrong

LEVELS = ("high", "moderate", "low", "very low", "not studied")
#: The word that goes with each level.
VERBS = {
    "high": "does",
    "moderate": "probably",
    "low": "may",
    "very low": "it is uncertain whether",
    "not studied": "has not been studied",
}
DOMAINS = (
    "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias", "large effect", "dose response", "plausible confounding",
)  # fmt: skip
STEPS = {-2: "two steps down", -1: "one step down", 0: "no step", 1: "one step up", 2: "two steps up"}


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
