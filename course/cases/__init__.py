"""Branching vignettes: a person, some weeks, and your decisions."""

from .records import Case, case_keys, load_case
from .session import Refused, Session, replay

__all__ = ["Case", "Refused", "Session", "case_keys", "load_case", "replay"]
