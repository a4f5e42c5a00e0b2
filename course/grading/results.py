"""What a student has earned in a module, as plain records: the marks by cell, and where the student stands.

A module is passed with four fifths of the points and every safety question right, as the exercise says.
"""

from __future__ import annotations

import datetime

import attrs

PASS_SHARE = 80
PASSED, NOT_YET, WAITS = "passed", "not yet", "waits for reading"


@attrs.frozen
class Mark:
    """The points of a graded cell, the most that it gives, whether a person has still to read it, and the safety question that it checks."""

    points: float
    most: float
    waits: bool = False
    safety: bool = False


@attrs.frozen
class Result:
    """A student's marks in a module by the cell's name, and the grader's comments."""

    student: str
    name: str
    marks: dict[str, Mark]
    comments: dict[str, str]
    penalty: float = 0.0
    handed_in: datetime.datetime | None = None
    flagged: bool = False

    @property
    def points(self) -> float:
        return max(0.0, sum(mark.points for mark in self.marks.values()) - self.penalty)

    @property
    def most(self) -> float:
        return sum(mark.most for mark in self.marks.values())

    @property
    def waiting(self) -> float:
        """The most that can still come from what a person has to read."""
        return sum(mark.most - mark.points for mark in self.marks.values() if mark.waits)

    @property
    def safety_missed(self) -> tuple[str, ...]:
        return tuple(name for name, mark in self.marks.items() if mark.safety and mark.points < mark.most)

    @property
    def standing(self) -> str:
        """Passed, not yet, or open until a person has read."""
        if self.safety_missed or (self.points + self.waiting) * 100 < PASS_SHARE * self.most:
            return NOT_YET
        return PASSED if self.points * 100 >= PASS_SHARE * self.most else WAITS
