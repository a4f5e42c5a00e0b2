"""A worksheet never runs what it reads, and whatever value it gives a name is the one that running it would have given."""

from __future__ import annotations

import contextlib
import io
import math
import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course.grading.worksheet import ASSIGNED, LARGEST, UNKNOWN, Worksheet
from tests.conftest import ROOT


def read(*cells: str) -> dict:
    worksheet = Worksheet()
    for cell in cells:
        worksheet.read(cell)
    return worksheet.values


def ran(*cells: str, stopped: list | None = None) -> dict:
    """What the same cells leave behind when they are run, each up to its first error, in a notebook that imported the course."""
    names: dict = {}
    for cell in cells:
        try:
            code = compile(cell, "cell", "exec")
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, names)
        except Exception:
            (stopped if stopped is not None else []).append(cell)
            for name in ASSIGNED.findall(cell):  # as the course's own sentences do in a notebook
                names.pop(name, None)
    return names


# ── What is read ──

READ = {
    'm05_q1 = "b"': "b",
    "m05_q1 = 'it’s “fine”'": "it’s “fine”",
    'm05_q1 = """Two\nlines, 5 % of them"""': "Two\nlines, 5 % of them",
    'm05_q1 = ["a", "b"]': ["a", "b"],
    'm05_q1 = ("a", "b")': ("a", "b"),
    'm05_q1 = {"a", "b"}': {"a", "b"},
    'm05_q1 = {"sleep": "skill"}': {"sleep": "skill"},
    "m05_q1 = ...": ...,
    "m05_q1 = None": None,
    "m05_q1 = -4": -4,
    "m05_q1 = 1 / 0.25": 4.0,
    "m05_q1 = round(100 * (54 - 35) / 35, 1)": 54.3,
    "both = 44\nalone = 22\nm05_q1 = both - alone": 22,
    "import math\nm05_q1 = math.ceil(1 / 0.14)": 8,
    "import math as m\nm05_q1 = m.sqrt(16)": 4.0,
    "from math import log\nm05_q1 = round(log(10), 3)": 2.303,
    "m05_q1 = 4\nm05_q1 += 2": 6,
    "scores = [10, 12, 14]\nm05_q1 = sum(scores) / len(scores)": 12.0,
    "scores = [10, 12, 14]\nm05_q1 = max(scores) - min(scores)": 4,
    'm05_q1 = sorted(["b", "a"])': ["a", "b"],
    'm05_q1 = "a" if 3 > 2 else "b"': "a",
    'm05_q1 = m05_q2 = "c"': "c",
    'm05_q1, m05_q2 = "c", "d"': "c",
    'm05_q1: str = "c"': "c",
    "answers = [3, 4]\nm05_q1 = answers[-1]": 4,
    "m05_q1 = int(7.0)": 7,
    'm05_q1 = "a"  # I think\nprint("done", m05_q1)': "a",
    '%matplotlib inline\nm05_q1 = "a"': "a",
    'play?\nm05_q1 = "a"': "a",
    '!ls\nm05_q1 = "a"': "a",
    'def helper(x):\n    m05_q1 = x\n    return x\nm05_q1 = "a"': "a",
    'import warnings\nwarnings.warn("mind this")\nm05_q1 = "a"': "a",
    'for word in ["x", "y"]:\n    print(word)\nm05_q1 = "a"': "a",
    'from course import play\nplay("grace")\nm05_q1 = "a"': "a",
    'chosen = ["a"]\nprint(chosen, len(chosen))\nm05_q1 = chosen': ["a"],
}


@pytest.mark.parametrize("cell", READ)
def test_an_answer_is_read(cell):
    assert read(cell)["m05_q1"] == READ[cell]
    assert type(read(cell)["m05_q1"]) is type(READ[cell])


# ── What is not ──

UNREAD = [
    'for x in "ab":\n    m05_q1 = x',
    'if True:\n    m05_q1 = "a"',
    'def answer():\n    return "a"\nm05_q1 = answer()',
    'm05_q1 = []\nm05_q1.append("a")',
    'm05_q1 = []\nother = m05_q1\nother.append("a")',
    'def add(to):\n    to.append("a")\nm05_q1 = []\nadd(m05_q1)',
    'm05_q1 = {}\nm05_q1["a"] = "b"',
    'm05_q1 = [each for each in "ab"]',
    'm05_q1 = f"{3}"',
    'm05_q1 = "".join(["a"])',
    'm05_q1 = __import__("os").getcwd()',
    'm05_q1 = eval("3")',
    "m05_q1 = input()",
    "m05_q1 = !ls",
    "m05_q1 = %time 3",
    '%%time\nm05_q1 = "a"',
    "m05_q1 = lambda: 3",
    'class m05_q1:\n    value = "a"',
    'try:\n    m05_q1 = "a"\nfinally:\n    pass',
    'with open("a") as m05_q1:\n    pass',
    "import os as m05_q1",
    'm05_q1 = (m05_q2 := "a")',
    '(m05_q1 := "a")',
    'global m05_q1\nm05_q1 = "a"\ndef f():\n    global m05_q1\n    m05_q1 = "b"\n',
    "m05_q1 = 10**10**10",
    "m05_q1 = 9**9**9**9",
    'm05_q1 = "a" * 10**9',
    "m05_q1 = [0] * 10**9",
    "import math\nm05_q1 = math.factorial(10**6)",
    "import math\nm05_q1 = math.comb(10**6, 5 * 10**5)",
    "m05_q1 = round(10**20, -(10**9))",
    f"m05_q1 = {LARGEST}1",
    "m05_q1 = 1 << 10**9",
    f"m05_q1 = [{'0, ' * 2000}]",
    "m05_q1 = 0\n" + "x = 0\n" * 5000,
]


@pytest.mark.parametrize("cell", UNREAD, ids=lambda cell: cell[:60])
def test_what_only_running_it_could_tell_is_unknown(cell):
    assert read(cell)["m05_q1"] is UNKNOWN


STOPS = [
    "m05_q1 = b", 'm05_q1 = “b”', 'm05_q1 = "b', 'm05_q1 = "b"\nnothing_of_this_name', 'm05_q1 = "b"\nprint(nothing_of_this_name)', "m05_q1 = 1 / 0",
    'm05_q1 = "b"\n1 / 0', 'm05_q1 = "b" + 1', "m05_q1 = {[1]: 2}", 'm05_q1 = -"b"', "m05_q1 = [1][5]", "m05_q1 = math.sqrt(4)", "m05_q1 = int('x')",
    'm05_q1 == "b"', 'm05_q1 = "b"\ndel m05_q1', "m05_q1 = " + "(" * 5000 + "1" + ")" * 5000, "m05_q1 = " + "-" * 40_000 + "1",
]  # fmt: skip


@pytest.mark.parametrize("cell", STOPS, ids=lambda cell: cell[:60])
def test_where_running_would_have_stopped_there_is_no_answer(cell):
    assert "m05_q1" not in read('m05_q1 = "older"', cell)


def test_nothing_is_run(tmp_path):
    """Code that would leave a mark on the machine leaves none, in any place where code may stand."""
    path = tmp_path / "ran"
    leave = f"open({str(path)!r}, 'w').close()"
    for cell in (leave, f"m05_q1 = {leave}", f"m05_q1 = [{leave}]", f"print({leave})", f"round({leave})", f"if {leave}: pass",
                 f"def f(x={leave}): pass", f"@print({leave})\ndef f(): pass", f"m05_q1 = 1 if {leave} else 2", f"m05_q1: {leave} = 3",
                 f"!touch {path}", f"class A:\n    {leave}"):  # fmt: skip
        read(cell)
    assert not path.exists()


def test_a_huge_notebook_is_read_up_to_its_limit_and_the_rest_is_unknown():
    values = read('m05_q1 = "a"', *["x = [1, 2, 3]"] * 60_000, 'm05_q1 = "b"')
    assert values["m05_q1"] is UNKNOWN


# ── Soundness ──

NAMES = st.sampled_from(["a", "b", "m05_q1", "m05_q2"])
PLAIN = st.one_of(st.integers(-50, 50), st.sampled_from(["'x'", "'yz'", "1.5", "True", "None", "...", "[]", "[1, 2]", "(1,)", "{'x': 1}", "{1}"])).map(str)
OPERATORS = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in"])
FUNCTIONS = st.sampled_from([*["round", "abs", "min", "max", "sum", "len", "sorted", "int", "float", "print", "list", "str", "math.sqrt", "math.floor"]])
VALUES = st.recursive(
    st.one_of(PLAIN, NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(FUNCTIONS, inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]}, {t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        inner.map(lambda value: f"(-{value})"),
        inner.map(lambda value: f"(not {value})"),
    ),
    max_leaves=5,
)
IN_THE_LANGUAGE = st.one_of(
    st.tuples(NAMES, VALUES).map(" = ".join),
    st.tuples(NAMES, st.sampled_from(["+=", "-=", "*="]), VALUES).map(" ".join),
    VALUES,
    NAMES.map(lambda name: f"del {name}"),
    st.just("import math"),
)
BEYOND_IT = st.one_of(
    st.tuples(NAMES, VALUES).map(lambda t: f"{t[0]}.append({t[1]})"),
    st.tuples(NAMES, VALUES).map(lambda t: f"{t[0]}[0] = {t[1]}"),
    st.tuples(NAMES, NAMES).map(lambda t: f"{t[0]}, {t[1]} = (1, 2)"),
    st.tuples(NAMES, VALUES).map(lambda t: f"for {t[0]} in [1, 2]:\n    b = {t[1]}"),
    st.tuples(NAMES, VALUES).map(lambda t: f"def f():\n    {t[0]} = {t[1]}\nf()"),
)


def cells_of(statements):
    return st.lists(st.lists(statements, min_size=1, max_size=4).map("\n".join), min_size=1, max_size=4)


@settings(max_examples=250, deadline=None)
@given(cells_of(IN_THE_LANGUAGE))
def test_in_the_language_reading_gives_what_running_gives_and_stops_where_it_stops(cells):
    values, names = read(*cells), ran(*cells)
    for name in ("m05_q1", "m05_q2"):
        if values.get(name) is not UNKNOWN:
            assert (name in values) == (name in names)
            assert same(values.get(name), names.get(name))


@settings(max_examples=250, deadline=None)
@given(cells_of(st.one_of(IN_THE_LANGUAGE, BEYOND_IT)))
def test_beyond_the_language_no_other_value_is_read_than_running_gives(cells):
    stopped: list = []
    values, names = read(*cells), ran(*cells, stopped=stopped)
    assume(not stopped)  # what stops inside code that is not read, the learner has seen
    for name in ("m05_q1", "m05_q2"):
        if values.get(name, UNKNOWN) is not UNKNOWN:
            assert same(values[name], names[name])


def same(one, other) -> bool:
    return type(one) is type(other) and (one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other)) or repr(one) == repr(other))


def test_it_needs_neither_a_notebook_nor_a_kernel():
    """Pure Python: it reads alike in the browser's Python, and on any system."""
    heavy = "('IPython', 'nbformat', 'nbgrader', 'attrs')"
    code = f"import sys; import course.grading.worksheet; print([name for name in sys.modules if name.partition('.')[0] in {heavy}])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"
