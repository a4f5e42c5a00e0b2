"""Questions: what is asked, what is right, and what to say to each answer."""

from .marking import Verdict, mark
from .records import Question, load_question, questions

__all__ = ["Question", "Verdict", "load_question", "mark", "questions"]
