"""The course command as a process, beside a Python that does nothing."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.browser.lab import ROOT

CASE = "course/content/cases/grace.toml"


def check_a_case(rounds: int, say) -> tuple:
    say(f"Checking a case, {rounds} rounds ...")
    check, nothing = [sys.executable, "-m", "course.cli", "check", CASE], [sys.executable, "-c", "pass"]
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds + 1):
        for ours, program in ((True, check), (False, nothing)):
            began = time.perf_counter()
            subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
            if number:  # the first round only warms up
                seconds[ours].append((time.perf_counter() - began) * 1000)
    return "course check, one case", "python -c pass", "ms", seconds[True], seconds[False]
