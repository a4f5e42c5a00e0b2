"""A redraw of the forest plot, beside bare matplotlib saving the same artists.

    python -m tests.benchmarks.forest [ROUNDS]
"""

from __future__ import annotations

import io
import statistics
import sys
import time

from course.evidence.figures import ForestDrawing
from course.evidence.pooling import Counts, Pooled, pool_table

TRIALS = [Counts(f"Trial {i}", 18 + 3 * i, 60 + i, 15 + (5 * i) % 11, 58 + 2 * i) for i in range(12)]
AIM_MS = 150


def settings() -> list[Pooled]:
    """What an explorer may ask for one after the other: other trials, another scale, another model."""
    return [pool_table(TRIALS, "RR"), pool_table(TRIALS[1:], "OR", "DL"), pool_table(TRIALS[2:], "RD", "fixed"), pool_table(TRIALS[:7], "RR", "PM", True)]


def bare_redraw(drawing: ForestDrawing) -> str:
    """What matplotlib alone takes to write these artists as SVG."""
    file = io.StringIO()
    drawing.figure.savefig(file, format="svg")
    return file.getvalue()


def redraw(rounds: int, say=lambda words: None) -> tuple:
    """The name, the baseline and both times of each round, in milliseconds."""
    say(f"Redrawing a forest plot, {rounds} rounds ...")
    drawing, wanted = ForestDrawing(len(TRIALS)), settings()
    ours, bare = [], []
    for number in range(rounds + len(wanted)):
        began = time.perf_counter()
        drawing.update(wanted[number % len(wanted)])
        between = time.perf_counter()
        bare_redraw(drawing)
        ended = time.perf_counter()
        if number >= len(wanted):  # the first rounds only warm up
            ours.append((between - began) * 1000)
            bare.append((ended - between) * 1000)
    return "forest plot, redrawn", "bare matplotlib, same artists", "ms", ours, bare, f"<= 1.5x, <= {AIM_MS} ms"


if __name__ == "__main__":
    *_, ours, bare, aim = redraw(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
    mine, theirs = statistics.median(ours), statistics.median(bare)
    print(f"redraw {mine:.1f} ms, bare matplotlib {theirs:.1f} ms, ratio {mine / theirs:.2f} (aim: {aim})")
