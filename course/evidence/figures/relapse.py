"""Relapse after treatment as steps: only what a trial printed is a step, and the way there is left open."""

from __future__ import annotations

import textwrap

from course.evidence.courses import Arm, Course, course_of
from course.evidence.records import CannotDraw, Effect, ledger
from course.look import SERIES, Picture, new_figure, sentence, to_svg

NOT_READ = "what happened between the marks was not read"
_APART = 7.0  # per cents between two labels at least, so that their lines do not touch


def relapse_steps(*keys: str, title: str = "") -> Picture:
    """How many had relapsed, or were still well, at the times a trial printed; a panel a trial.

    ``keys`` name courses of ``content/evidence/courses.toml``. ``title`` states the finding; a single course brings its own.
    """
    if not keys:
        raise CannotDraw("there is nothing to draw; name at least one course, as in relapse_steps('fava-1998')")
    shown = [course_of(key) for key in keys]
    title = title or " ".join(f"{course.title}." for course in shown).removesuffix(".")
    rows = tuple(_row(course, arm, point.months, ledger()[point.key]) for course in shown for arm in course.arms for point in arm.points)
    alt = f"{sentence(title)}. " + " ".join(_said(course) for course in shown)
    caption = " ".join(filter(None, (_caption(course) for course in shown)))
    caption += f" The marks are the published shares; the lines are dotted because {NOT_READ}."
    return Picture(_draw(shown, title, alt), alt, caption, ("Group", "Time", "Share", "Source"), rows)


def _row(course: Course, arm: Arm, months: float, effect: Effect) -> tuple[str, ...]:
    return arm.label, effect.time or f"{months:g} months", f"{effect.text} {course.outcome}", effect.study.short


def _said(course: Course) -> str:
    """Every arm with its shares, in words."""
    arms = "; ".join(f"{arm.label} " + ", then ".join(f"{ledger()[p.key].number} at {ledger()[p.key].time}" for p in arm.points) for arm in course.arms)
    return f"{sentence(course.outcome)}: {arms}."


def _caption(course: Course) -> str:
    sources = ", ".join(dict.fromkeys(ledger()[key].study.short for key in course.keys))
    people = ledger()[course.keys[0]].population
    return f"Share who {course.outcome}, counted from {course.start}, of {people} ({sources}). {course.note}".strip()


def _draw(shown: list[Course], title: str, alt: str) -> str:
    figure = new_figure(5.9, 0.3 + 2.9 * len(shown))
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for panel, course in zip(panels, shown, strict=True):
        _draw_course(panel, course)
        heading = title if len(shown) == 1 else course.title
        panel.set_title("\n".join(textwrap.wrap(heading, 60)))
    return to_svg(figure, alt)


def _draw_course(panel, course: Course) -> None:
    last = max(point.months for arm in course.arms for point in arm.points)
    for arm in course.arms:
        _draw_arm(panel, course, arm, last)
    ends = [ledger()[arm.points[-1].key].value for arm in course.arms]
    for arm, end, height in zip(course.arms, ends, spread(ends, _APART), strict=True):
        colour = SERIES[arm.series][0]
        panel.annotate(f"{arm.label} {ledger()[arm.points[-1].key].number}", (last, end), xytext=(last * 1.06, height), textcoords="data",
                       va="center", fontsize=9.5, color=colour, annotation_clip=False)  # fmt: skip
    panel.set_xlim(0, last * 1.04)
    panel.set_ylim(0, 100)
    panel.set_yticks([0, 25, 50, 75, 100], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    panel.set_xticks(sorted({0.0, *(point.months for arm in course.arms for point in arm.points)}))
    panel.xaxis.set_major_formatter(lambda months, _: f"{months:.3g}")
    panel.set_xlabel(f"months since {course.start}\n({NOT_READ})", linespacing=1.4)
    panel.set_ylabel(course.outcome)
    panel.grid(axis="y")
    panel.set_axisbelow(True)


def _draw_arm(panel, course: Course, arm: Arm, last: float) -> None:
    """A short step at each published time. The way there is dotted and straight: flat, it would say that nobody relapsed before."""
    colour, _, marker, _ = SERIES[arm.series]
    half = 0.025 * last
    months, share = 0.0, 100.0 if course.counts_well else 0.0
    for point in arm.points:
        then = ledger()[point.key].value
        panel.plot([months, point.months - half], [share, then], color=colour, linestyle=":", linewidth=1.6, clip_on=False)
        (step,) = panel.plot([point.months - half, point.months + half], [then, then], color=colour, linewidth=2.4, clip_on=False)
        step.set_gid("step")
        panel.plot([point.months], [then], color=colour, marker=marker, markersize=7, markeredgewidth=2, linestyle="none", clip_on=False, zorder=4)
        months, share = point.months + half, then


def spread(heights: list[float], apart: float) -> list[float]:
    """Heights for labels: near their own, and never closer together than ``apart``."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = [heights[i] for i in order]
    for _ in range(50):
        for i in range(1, len(placed)):
            gap = apart - (placed[i] - placed[i - 1])
            if gap > 0:
                placed[i - 1], placed[i] = placed[i - 1] - gap / 2, placed[i] + gap / 2
    return [placed[order.index(i)] for i in range(len(heights))]
