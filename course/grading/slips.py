"""Plain sentences in place of tracebacks, in a notebook's own cells.

:func:`install` is called when ``course`` is imported in a notebook. From then on a slip of the keyboard (a
missing quote, a curly one, ``==`` for ``=``) is answered with what to write instead.
"""

from __future__ import annotations

import re
import sys

from course.content.reading import PlainError, did_you_mean, wrapped

from .worksheet import ASSIGNED, COMPARED

_SYNTAX = (
    ("invalid character '“'", 'These are curly quotes. Type straight ones, as in "b".'),
    ("invalid character '”'", 'These are curly quotes. Type straight ones, as in "b".'),
    ("invalid character '‘'", 'These are curly quotes. Type straight ones, as in "b".'),
    ("invalid character '’'", 'These are curly quotes. Type straight ones, as in "b".'),
    ("unterminated string", 'A quote is missing. Put one before and one after the answer, as in "b".'),
    ("forgot a comma", 'A comma seems to be missing. Write a list as ["a", "b"].'),
    ("was never closed", 'A bracket is not closed. Write a list as ["a", "b"].'),
    ("incomplete input", 'A bracket or a quote is not closed. Write a text as "b" and a list as ["a", "b"].'),
    ("does not match", 'Two brackets do not match. Write a list as ["a", "b"].'),
    ("unmatched", 'There is one bracket too many. Write a list as ["a", "b"].'),
    ("cannot assign to", 'The name comes first, then one =, then the answer, as in m05_q1 = "b".'),
    ("leading zeros", "Write a number without zeros in front, as in 7."),
    ("invalid decimal literal", "A number and letters run together. Write the number alone, or put quotes round a text."),
    ("unexpected indent", "There is a space at the start of the line. Take it away."),
)


def install() -> None:
    """Answer slips in plain words from now on, in the notebook that is running (nothing happens elsewhere)."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or getattr(shell, "_course_slips", False):
        return
    shell._course_slips = True
    shell.set_custom_exc((Exception,), _show)
    shell.events.register("pre_run_cell", lambda info: _forget_compared(shell, info))


def _forget_compared(shell, info) -> None:
    """``m05_q1 == "b"`` gives no answer: forget an older one, so that it is not marked in its place."""
    _forget(shell, COMPARED.findall(getattr(info, "raw_cell", "") or ""))


def _forget(shell, names: list[str]) -> None:
    for name in names:
        shell.user_ns.pop(name, None)


def _show(shell, kind, error, _traceback, tb_offset=None) -> list[str]:
    cell = (shell.user_ns.get("In") or [""])[-1]
    _forget(shell, ASSIGNED.findall(cell))  # a cell that stopped gives no answer, not an older one either
    lines = wrapped("\n".join(in_plain_words(error, cell))).split("\n")
    shell._showtraceback(kind, error, lines)
    return lines


def in_plain_words(error: BaseException, cell: str = "") -> list[str]:
    """What to say to an error in a learner's cell: what is wrong, and what to write."""
    if isinstance(error, PlainError):
        return [str(error)]
    if isinstance(error, NameError):
        return [_unknown_name(getattr(error, "name", None) or "", cell)]
    if isinstance(error, SyntaxError):
        where = f" (line {error.lineno})" if error.lineno else ""
        said = next((words for sign, words in _SYNTAX if sign in str(error.msg)), 'Write the name, one =, and the answer, as in m05_q1 = "b".')
        return [f"Python cannot read this cell{where}. {said}"]
    call = re.match(r"(\w+)\(\) missing ", str(error))
    if isinstance(error, TypeError) and call:
        return [f'{call[1]}() needs something between its brackets: a name in quotes, as in play("grace") or check("m05-q1").']
    return [f"This cell stopped: {type(error).__name__}: {error}",
            "Nothing is lost. Run the first code cell again, then this one. If it stays, show this line to your instructor."]  # fmt: skip


def _unknown_name(name: str, cell: str) -> str:
    import course

    if name in COMPARED.findall(cell):
        return f'Two equals signs compare; one gives an answer. Write {name} = "b", with your own answer.'
    if name in course.__all__:
        return f"“{name}” is not loaded yet. Run the first code cell of this notebook, then this one again."
    if re.fullmatch(r"m\d\d_\w+", name):
        return f"There is no answer named {name} yet. Run the cell that gives it first."
    near = did_you_mean(name, course.__all__, "") if len(name) > 3 else ""
    if near.startswith("did you mean"):
        return f"Python does not know “{name}”; {near}"
    return f'Python does not know “{name}”. Put quotes round a text answer, as in "{name}".'
