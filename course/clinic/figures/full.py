"""Why 97 % full hurts: the average wait against the share of time that is booked, by formula and by simulation."""

from __future__ import annotations

import statistics
from functools import lru_cache

from course.look import Picture, new_figure, to_svg, tone

from ..queues import visits_waited
from ..records import one_queue
from ..simulation import INTAKE, simulate

SHARES = (50, 70, 80, 90)
_RUNS, _A_WEEK = 4, 20.0


def why_full_hurts() -> Picture:
    """The wait for one clinician, in lengths of a visit, as more of the time is booked: a line by formula, dots by simulation."""
    dots = simulated()
    title = f"At 80 % full people wait {visits_waited(0.8):.0f} visits long, at 97 % {visits_waited(0.97):.0f}"
    alt = f"{title}. The line rises slowly up to about 85 % and then ever more steeply. The dots of the simulation lie along it."
    caption = "Teaching model: one clinician, people who come independently, visits of varying length. Line: formula. Dots: average of simulated years."
    rows = tuple((f"{share} %", f"{visits_waited(share / 100):.1f}", f"{dots[share]:.1f}") for share in SHARES)
    return Picture(_draw(title, dots, alt), alt, caption, ("Booked", "wait by formula, in visits", "wait simulated, in visits"), rows)


@lru_cache(maxsize=1)
def simulated() -> dict[int, float]:
    """The simulated waits, in lengths of a visit, by per cent booked."""
    found = {}
    for share in SHARES:
        made = one_queue(_A_WEEK * share / 100, _A_WEEK)
        found[share] = _A_WEEK * statistics.fmean(statistics.fmean(simulate(made, seed).waited(INTAKE)) for seed in range(1, _RUNS + 1))
    return found


def _draw(title: str, dots: dict[int, float], alt: str) -> str:
    figure = new_figure(6.0, 3.4)
    axes = figure.subplots()
    line = [share / 2 for share in range(0, 196)]
    axes.plot(line, [visits_waited(share / 100) for share in line], color=tone("ink"), linewidth=2.2)
    axes.plot(list(dots), list(dots.values()), "o", color=tone("medication"), markersize=6)
    axes.set(xlim=(0, 100), ylim=(0, 42), xlabel="per cent of the time that is booked", ylabel="wait, in lengths of a visit")
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_title(title)
    return to_svg(figure, alt)
