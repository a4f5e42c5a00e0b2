"""Measure the course against a plain baseline, side by side in one run.

    python -m tests.benchmarks [--rounds N] [--json]

Each line is the median of N rounds in which the course and its baseline take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import clinic, command, notebook, redraw
from tests.browser.lab import chromium, find_chromium


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="rounds for each line (default: 15)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    wishes = parser.parse_args(arguments)
    say = lambda words: print(words, file=sys.stderr, flush=True)  # noqa: E731

    lines = [command.check_a_case(wishes.rounds, say), *clinic.run_clinics(wishes.rounds, say), *redraw.redraw_explorers(wishes.rounds, say)]
    if find_chromium() is None:
        say("No Chromium was found: the lines that need a browser are left out.")
    else:
        with tempfile.TemporaryDirectory() as folder, chromium() as browser:
            lines += notebook.measure(browser, Path(folder), wishes.rounds, say)
    rows = [summary(*line) for line in lines]
    print(json.dumps(rows, indent=2) if wishes.json else table(rows))
    return 0


def summary(what: str, baseline: str, unit: str, course: list[float], plain: list[float], aim: str = "") -> dict:
    ours, theirs = statistics.median(course), statistics.median(plain)
    return {"what": what, "course": round(ours, 1), "baseline": baseline, "plain": round(theirs, 1), "unit": unit,
            "ratio": round(ours / theirs, 2), "rounds": len(course), "aim": aim}  # fmt: skip


def table(rows: list[dict]) -> str:
    head = ("what", "course", "plain", "unit", "ratio", "rounds", "baseline", "aim")
    cells = [head, *(tuple(str(row[name]) for name in head) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
