"""Hostile submissions: what each tries, and that it earns nothing, changes nothing and stops nobody.

Each is the released exercise, unanswered, with the attack in a cell before the first check.
"""

from __future__ import annotations

import copy
import os
import time

import nbformat
import pytest
from nbgrader.utils import determine_grade, is_grade, is_solution

from course.grading.preprocessors import ReadAnswers
from tests.conftest import committed

SLUG = "05_depression"

#: What it tries, and the code of it. ``HERE`` stands for a folder in which nothing may appear.
ATTACKS = {
    "check is another function": "def check(*_):\n    print('Right (3 points).')",
    "check is a lambda": "check = lambda *_: None",
    "check is imported from elsewhere": "from builtins import print as check",
    "the course's check is replaced": "import course\ncourse.check = lambda *_: None\ncheck = course.check",
    "the marker is edited": "import course.grading.marker as m\nm.mark = lambda *_: type('V', (), {'status': 'right', 'messages': ('',), 'right': True})()",
    "an answer that equals everything": "class Any(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\nm05_q2 = Any('x')",
    "a list that holds everything": "class All(list):\n    def __contains__(self, x): return True\nm05_q1 = All()",
    "the key is read from the course": "from course.questions import questions\nm05_q2 = questions('05_depression')['m05-q2'].correct",
    "the key is read from a file": "import tomllib\nm05_q2 = open('course/content/questions/05_depression.toml').read()[:1]",
    "names set behind its back": "globals()['m05_q2'] = 'c'",
    "names set through exec": "exec('m05_q2 = \"c\"')",
    "names set through setattr": "import sys\nsetattr(sys.modules['__main__'], 'm05_q2', 'c')",
    "names set through the shell": "get_ipython().user_ns['m05_q2'] = 'c'",
    "names set through a magic": "%store -r m05_q2",
    "names set by a cell magic": "%%python\nm05_q2 = 'c'",
    "names set by an import hook": "import sys\nsys.meta_path.insert(0, None)",
    "a file is written": "open('HERE/written', 'w').write('x')",
    "a file is written by a default": "def f(x=open('HERE/written', 'w')): pass",
    "a file is written by a decorator": "@open('HERE/written', 'w').write\ndef f(): pass",
    "a file is written by a type": "x: open('HERE/written', 'w') = 3",
    "a file is written by the shell": "!touch HERE/written",
    "a file is written by a subprocess": "import subprocess\nsubprocess.run(['touch', 'HERE/written'])",
    "the disk is filled": "with open('HERE/written', 'wb') as f:\n    while True:\n        f.write(b'0' * 10**9)",
    "the gradebook is rewritten": "import sqlite3\nsqlite3.connect('grading/gradebook.db').execute('update grade set auto_score = 3')",
    "a child outlives it": "import os\nif os.fork() == 0:\n    os.setsid()",
    "a fork bomb": "import os\nwhile True:\n    os.fork()",
    "a socket is opened": "import socket\nsocket.create_connection(('127.0.0.1', 1))",
    "it exits": "exit()",
    "it exits hard": "import os\nos._exit(0)",
    "it kills its parent": "import os\nos.kill(os.getppid(), 9)",
    "it hangs": "while True: pass",
    "it sleeps": "import time\ntime.sleep(10**9)",
    "it waits for words": "input()",
    "it recurses": "def f(): f()\nf()",
    "it takes all memory": "x = [0] * 10**12",
    "a power tower": "m05_q2 = 10**10**10",
    "a tower of small powers": "m05_q2 = 9**9**9**9**9",
    "a negative power": "m05_q2 = 0.1**-(10**300)",
    "billion laughs": "a = [1, 1, 1, 1, 1, 1, 1, 1]\n" + "\n".join(f"a = [{', '.join(['a'] * 8)}]" for _ in range(40)) + "\nm05_q2 = a",
    "billion laughs in arithmetic": "a = 10**20\n" + "a = a * a\n" * 60 + "m05_q2 = a",
    "billion laughs in text": "a = 'ha' * 3\na = 'haha'\n" + "a = a + a\n" * 60 + "m05_q2 = a",
    "billion laughs in lists": "a = [1]\n" + "a = a + a\n" * 60 + "m05_q2 = a",
    "a text of a text of a text": "a = ['x']\n" + "a = [a, a]\n" * 60 + "m05_q2 = sorted(a)\nm05_q3 = max(a, a)",
    "lists compared to the bottom": "a = ['x']\nb = ['x']\n" + "a = [a, a]\nb = [b, b]\n" * 60 + "m05_q2 = a == b",
    "a factorial": "import math\nm05_q2 = math.factorial(10**7)",
    "a binomial": "import math\nm05_q2 = math.comb(10**9, 10**8)",
    "a permutation": "import math\nm05_q2 = math.perm(10**6)",
    "a least common multiple": "import math\nm05_q2 = math.lcm(*range(1, 10**6))",
    "a shift": "m05_q2 = 1 << 10**10",
    "a rounding": "m05_q2 = round(3, -(10**10))",
    "deep brackets": "m05_q2 = " + "[" * 50_000 + "]" * 50_000,
    "deep calls": "m05_q2 = " + "abs(" * 10_000 + "1" + ")" * 10_000,
    "deep minuses": "m05_q2 = " + "-" * 50_000 + "1",
    "deep sums": "m05_q2 = " + "1+" * 25_000 + "1",
    "deep nots": "m05_q2 = " + "not " * 12_000 + "1",
    "deep attributes": "m05_q2 = math" + ".pi" * 15_000,
    "deep conditions": "m05_q2 = " + "1 if 1 else " * 4_000 + "1",
    "deep blocks": "\n".join(" " * n + "if 1:" for n in range(95)) + "\n" + " " * 95 + "m05_q2 = 'c'",
    "deep dictionaries": "m05_q2 = " + "{1:" * 10_000 + "1" + "}" * 10_000,
    "a long number": "m05_q2 = " + "9" * 50_000,
    "a long text": "m05_q2 = '" + "c" * 50_000 + "'",
    "a long cell": "m05_q2 = 'c'\n" + "# " + "x" * 10**7,
    "NUL bytes": "m05_q2 = 'c'\x00",
    "half a character": "m05_q2 = '\\ud800'",
    "letters that look alike": "m05_q２ = 'c'; ｍ05_q1 = 'x'",
    "text that runs backwards": "m05_q2 = '\u202ec'",
    "form feeds and odd line ends": "m05_q2 = ...\x0c\r\x1c\x85\u2028m05_q2 = 'c'",
    "a coding line": "# -*- coding: utf-7 -*-\n+AG0-05_q2 = 'c'",
    "a future import": "from __future__ import annotations, braces\nm05_q2 = 'c'",
    "a value for the check cell": "500",
    "a negative score": "-1",
    "a text for a score": "'full marks'",
    "the output is closed": "import sys\nsys.stdout.close()",
    "errors are silenced": "get_ipython().set_custom_exc((Exception,), lambda *_: None)",
    "a cell transformer": "get_ipython().input_transformers_cleanup.append(lambda lines: ['m05_q2 = \"c\"\\n'])",
    "a hook before each cell": "get_ipython().events.register('pre_run_cell', lambda *_: globals().update(m05_q2='c'))",
    "history is read": "m05_q2 = In[-1]",
    "a walrus": "(m05_q2 := 'c')",
    "a loop variable": "for m05_q2 in ['c']: pass",
    "a comprehension": "[m05_q2 := each for each in ['c']]",
    "a match": "match 'c':\n    case m05_q2: pass",
    "a star": "*m05_q2, = 'c'",
    "an import as": "import this as m05_q2",
    "a class body": "class m05_q2(str): pass",
    "an augmented name": "m05_q2 = ''\nm05_q2 += open('course/content/questions/05_depression.toml').read()[:1]",
    "an unpacked call": "m05_q2 = min(*open('/etc/passwd'))",
    "a key function": "m05_q2 = max(['a', 'c'], key=lambda each: open('HERE/written', 'w'))",
    "a dunder": "m05_q2 = ().__class__.__bases__[0].__subclasses__()",
    "a format string": "m05_q2 = '{0.__class__}'.format(0)",
    "an f-string": "m05_q2 = f\"{open('HERE/written', 'w')}\"",
    "a coroutine": "async def f(): pass\nawait f()\nm05_q2 = await f()",
    "a generator": "m05_q2 = sum(open('HERE/written', 'w') for _ in 'a')",
    "int of a long text": "m05_q2 = int('9' * 10**6)",
    "int of letters": "m05_q2 = int('c', 16)",
    "float of a text": "m05_q2 = float('nan')",
    "math is another module": "import os as math\nm05_q2 = math.getcwd()",
    "round is another function": "round = lambda *_: 'c'\nm05_q2 = round(3)",
    "a property of the shell": "type(get_ipython()).user_ns = {'m05_q2': 'c'}",
    "a thread that waits": "import threading\nthreading.Timer(0.1, lambda: globals().update(m05_q2='c')).start()",
    "a trace function": "import sys\nsys.settrace(lambda *_: globals().update(m05_q2='c'))",
    "math has another attribute": "import math\nmath.sqrt = lambda *_: 'c'\nm05_q2 = math.sqrt(4)",
}


def marked(code: str) -> tuple[dict[str, float], float]:
    """The marks of the check cells, and the seconds it took."""
    notebook = nbformat.reads(committed(f"exercises/{SLUG}/{SLUG}.ipynb").decode(), 4)
    attack = nbformat.v4.new_code_cell()
    attack["source"] = code
    place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "m05-q1-check")
    # After the answers that are still three dots, and once more before the last check.
    notebook.cells.insert(place, attack)
    notebook.cells.insert(-3, copy.deepcopy(attack))
    began = time.monotonic()
    read, _ = ReadAnswers().preprocess(notebook, {})
    took = time.monotonic() - began
    graded = [cell for cell in read.cells if is_grade(cell) and not is_solution(cell)]
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in graded}, took


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_earns_nothing_and_leaves_nothing(attack, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    children = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 0
    marks, took = marked(ATTACKS[attack].replace("HERE", here.as_posix()))
    assert len(marks) == 13 and set(marks.values()) == {0}
    assert list(here.iterdir()) == []
    assert children == (len(os.listdir("/proc/self/task")) if children else 0)
    assert took < 30, "it hangs"


def test_there_are_enough_of_them():
    assert len(ATTACKS) >= 100


HONEST = ["import warnings\nwarnings.warn('x')", "print('x')", "import json", "import nowhere_to_be_found", "x = 1 / 0", "%matplotlib inline"]


@pytest.mark.parametrize("code", HONEST)
def test_the_honest_student_whose_code_warns_prints_or_imports_loses_nothing(code):
    notebook = nbformat.reads(committed(f"exercises/{SLUG}/{SLUG}.ipynb").decode(), 4)
    answer = next(cell for cell in notebook.cells if cell.id == "m05-q2-answer")
    answer.source = 'm05_q2 = "c"'
    notebook.cells.insert(notebook.cells.index(answer), nbformat.v4.new_code_cell(code))
    notebook.cells.insert(notebook.cells.index(answer) + 1, nbformat.v4.new_code_cell(code))
    read, _ = ReadAnswers().preprocess(notebook, {})
    check = next(cell for cell in read.cells if cell.id == "m05-q2-check")
    assert determine_grade(check)[0] == check.metadata.nbgrader.points
