"""The map of the claims: how sure the evidence is, and what it says of each."""

from __future__ import annotations

from collections.abc import Sequence

from course.look import TONES, Picture, new_figure, to_svg

from ..certainty import LEVELS
from ..claims import VERDICTS, Claim

#: How each verdict is drawn: marker, and how far it is filled.
_MARKS = {
    "supported": ("o", "full"),
    "partly supported": ("o", "left"),
    "contested": ("D", "none"),
    "not supported": ("o", "none"),
    "not tested": ("_", "full"),
}
#: From what has not been studied on the left to what is best known on the right.
_COLUMNS = tuple(reversed(LEVELS))
_ROW_INCHES = 0.25


def claim_map(found: Sequence[Claim]) -> Picture:
    """Every claim on a line of its own, in the column of its certainty, with the shape of its verdict."""
    count = {verdict: sum(claim.verdict == verdict for claim in found) for verdict in VERDICTS}
    said = ", ".join(f"{number} {verdict}" for verdict, number in count.items() if number)
    high = sum(claim.certainty == "high" for claim in found)
    alt = f"The {len(found)} claims of the essay, audited: {said}. {high or 'None'} of the answers {'is' if high == 1 else 'are'} of high certainty."
    rows = tuple((f"{claim.key} {claim.label}", f"{claim.verdict} {VERDICTS[claim.verdict]}", claim.certainty) for claim in found)
    caption = "The claims of the essay by verdict (the shape) and by how sure the answer is (the column)."
    return Picture(_draw(found, alt), alt, caption, ("Claim", "Verdict", "Certainty"), rows)


def _draw(found: Sequence[Claim], alt: str) -> str:
    figure = new_figure(6.4, 1.3 + _ROW_INCHES * len(found))
    axes = figure.subplots()
    ink, rule = TONES["ink"][0], TONES["rule"][0]
    for row, claim in enumerate(found):
        if row and claim.group != found[row - 1].group:
            axes.axhline(row - 0.5, color=rule, linewidth=0.8)
        marker, fill = _MARKS[claim.verdict]
        axes.plot([_COLUMNS.index(claim.certainty)], [row], marker, color=ink, fillstyle=fill, markerfacecoloralt="none", markersize=8)
    axes.set_yticks(range(len(found)), [f"{claim.key}  {claim.label}" for claim in found], ha="left")
    axes.tick_params(axis="y", length=0, pad=176)
    axes.set_xticks(range(len(_COLUMNS)), [level.replace(" ", "\n") for level in _COLUMNS])
    axes.tick_params(axis="x", length=0, top=True, labeltop=True, bottom=False, labelbottom=True)
    axes.set_xlim(-0.5, len(_COLUMNS) - 0.5)
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.spines[:].set_visible(False)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    _key(figure, axes)
    return to_svg(figure, alt)


def _key(figure, axes) -> None:
    """What each shape means, in one line below."""
    from matplotlib.lines import Line2D

    marks = [Line2D([], [], color=TONES["ink"][0], marker=marker, fillstyle=fill, markerfacecoloralt="none", linestyle="", label=verdict, markersize=8)
             for verdict, (marker, fill) in _MARKS.items()]  # fmt: skip
    figure.legend(handles=marks, loc="outside lower left", ncols=len(marks), frameon=False, fontsize=9, handletextpad=0.2, columnspacing=1.2)
