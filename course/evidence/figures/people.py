"""How many of a thousand people: a dot for each of them."""

from __future__ import annotations

from course.evidence.records import CannotDraw, ledger
from course.look import Picture, new_figure, sentence, to_svg, tone

PEOPLE = 1000
_ACROSS = 100


def icon_array(*keys: str, labels: tuple[str, ...] = (), outcome: str = "") -> Picture:
    """How many of 1,000 people reached the outcome in each group, one dot a person.

    ``keys`` name per cents in the ledger; ``labels`` replace the groups' own words.
    """
    effects = ledger().to_draw(*keys)
    for effect in effects:
        if effect.measure != "percent":
            raise CannotDraw(f"'{effect.key}' is a {effect.measure}; an icon array shows per cents")
    labels = labels or tuple(effect.comparison for effect in effects)
    if isinstance(labels, str) or len(labels) != len(effects):
        raise CannotDraw(f'there are {len(effects)} numbers; write as many labels, as in labels=("Both", "Medication alone")')
    outcome = outcome or effects[0].outcome
    counts = [round(effect.value * PEOPLE / 100) for effect in effects]
    said = "; ".join(f"{label}: {count} of 1,000" for label, count in zip(labels, counts, strict=True))
    alt = f"{sentence(outcome)}. {said}."
    rows = tuple((label, f"{count} of 1,000", effect.study.short) for label, count, effect in zip(labels, counts, effects, strict=True))
    return Picture(_draw_icons(labels, counts, alt), alt, f"{sentence(outcome)}: of 1,000 people, by published rates.", ("Group", "People", "Source"), rows)


def _draw_icons(labels, counts, alt: str) -> str:
    """One panel a group: filled dots for people who reached the outcome, open ones for the others."""
    figure = new_figure(6.4, 1.05 * len(counts))
    panels = figure.subplots(len(counts), 1, squeeze=False)[:, 0]
    ink, rule = tone("medication"), tone("control")
    for panel, label, count in zip(panels, labels, counts, strict=True):
        places = [(i % _ACROSS, -(i // _ACROSS)) for i in range(PEOPLE)]
        filled, empty = places[:count], places[count:]
        panel.plot(*_columns(filled), "o", color=ink, markersize=3.4, markeredgewidth=0)
        panel.plot(*_columns(empty), "o", color="none", markeredgecolor=rule, markersize=3.1, markeredgewidth=0.5)
        panel.set_title(f"{label}: {count} of 1,000", fontsize=10)
        panel.set_xlim(-0.8, _ACROSS - 0.2)
        panel.set_aspect("equal")
        panel.axis("off")
    return to_svg(figure, alt)


def _columns(places):
    return [x for x, _ in places], [y for _, y in places]
