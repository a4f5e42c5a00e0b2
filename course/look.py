"""How the course looks: one palette, one figure style, and pictures that carry their own words.

A figure is drawn once. Its colours leave here as CSS variables, so the same drawing follows the host from
the light theme to the dark one. Contrast against both backgrounds is computed in the tests.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from contextlib import contextmanager

import attrs

#: name: (light theme, dark theme, marker, line), the whole course long.
SERIES = {
    "medication": ("#1f5fa8", "#7db3ee", "o", "-"),
    "therapy": ("#b4530a", "#f0a35e", "s", "--"),
    "combined": ("#1c1c28", "#f4f4f6", "D", "-"),
    "control": ("#6f757c", "#8d949b", "x", ":"),
}
#: name: (light theme, dark theme). Ink is for text and axes, rule for grid and borders, paper for what is behind.
TONES = {
    "ink": ("#212227", "#e9e9ee"),
    "quiet": ("#5b6066", "#a9afb6"),
    "rule": ("#c9cdd2", "#4b5057"),
    "paper": ("#fefefe", "#111112"),
}
COLOURS = {name: colours[:2] for name, colours in {**SERIES, **TONES}.items()}

SMALLEST_TEXT = 9


def tone(name: str) -> str:
    """The colour of a series or tone as it is drawn; it leaves as a CSS variable."""
    return COLOURS[name][0]


def sentence(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def css_variables() -> str:
    """The palette as CSS variables, light by default and dark under JupyterLab's dark themes."""
    light = "".join(f"--cc-{name}:{colours[0]};" for name, colours in COLOURS.items())
    dark = "".join(f"--cc-{name}:{colours[1]};" for name, colours in COLOURS.items())
    return f":root{{{light}}}[data-jp-theme-light='false']{{{dark}}}"


@attrs.frozen
class Table:
    """Rows of words under a caption, the first cell of each naming the row; as a table in a notebook, and line by line as text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_html_(self) -> str:
        return f'<style>{css_variables()}{FIGURE_CSS}</style><div class="cc-figure">{self.html}</div>'

    def __repr__(self) -> str:
        return "\n".join([self.caption, *self.lines])

    @property
    def html(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in self.head)
        rows = "".join(
            "<tr>" + f'<th scope="row">{html.escape(row[0])}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>"
            for row in self.rows
        )  # fmt: skip
        return f"<table><caption>{html.escape(self.caption)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    @property
    def lines(self) -> list[str]:
        """Each row in a line: its name, then every cell after the name of its column."""
        return [f"{row[0]}: " + ", ".join(f"{name} {cell}" for name, cell in zip(self.head[1:], row[1:], strict=True)) for row in self.rows]


@attrs.frozen
class Picture:
    """A figure with its words: ``alt`` names the finding, ``head`` and ``rows`` are the same as a table."""

    svg: str
    alt: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def _repr_html_(self) -> str:
        return f"<style>{css_variables()}{FIGURE_CSS}</style>{self.html}"

    def __repr__(self) -> str:
        return self.text

    @property
    def html(self) -> str:
        caption = html.escape(self.caption)
        return (
            f'<figure class="cc-figure">{self.svg}<figcaption>{caption}</figcaption>'
            f'<details><summary data-lm-suppress-shortcuts="true">The same as a table</summary>{self.table}</details></figure>'
        )

    @property
    def table(self) -> str:
        return self._table.html

    @property
    def text(self) -> str:
        """The text twin: what the figure shows, then its table line by line."""
        return "\n".join([f"Figure: {self.alt}", *self._table.lines])

    @property
    def _table(self) -> Table:
        return Table(self.caption, self.head, self.rows)


FIGURE_CSS = """
.cc-figure{margin:16px 0;max-width:42rem;color:var(--cc-ink)}
.cc-figure svg{width:100%;height:auto;display:block}
.cc-figure figcaption{font-size:.9rem;color:var(--cc-ink);max-width:68ch;margin-top:4px}
.cc-figure summary{min-height:44px;line-height:44px;cursor:pointer}
.cc-figure table{border-collapse:collapse;margin:0 0 8px;max-width:100%;table-layout:auto}
.cc-figure caption{text-align:left;font-size:.9rem;padding:4px 0}
.cc-figure th,.cc-figure td{border-bottom:1px solid var(--cc-rule);padding:4px 12px 4px 0;text-align:left!important;vertical-align:top}
.cc-figure th,.cc-figure td{white-space:normal;overflow-wrap:break-word}
.cc-figure th{overflow-wrap:anywhere}
.cc-figure{container-type:inline-size}
@container (max-width:24rem){.cc-figure td{overflow-wrap:anywhere}}
.cc-figure tbody th{font-weight:400}
.cc-figure :focus-visible{outline:3px solid var(--cc-medication)!important;outline-offset:2px!important}
"""


def new_figure(width: float = 6.4, height: float = 3.6, layout: str | None = "constrained"):
    """An empty matplotlib figure in the house style, without pyplot's global state.

    ``layout=None`` leaves every place to whoever draws: a constrained layout is too slow to draw again at each change.
    """
    import matplotlib
    from matplotlib.figure import Figure

    style = {
        "font.family": "sans-serif",
        "font.size": 10,
        "text.color": TONES["ink"][0],
        "axes.labelcolor": TONES["ink"][0],
        "axes.edgecolor": TONES["rule"][0],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 11,
        "axes.titleweight": "bold",
        "grid.color": TONES["rule"][0],
        "grid.linewidth": 0.6,
        "xtick.color": TONES["ink"][0],
        "ytick.color": TONES["ink"][0],
        "xtick.labelsize": SMALLEST_TEXT,
        "ytick.labelsize": SMALLEST_TEXT,
        "svg.fonttype": "none",
        "svg.hashsalt": "combined care",
    }
    matplotlib.rcParams.update(style)
    return Figure(figsize=(width, height), layout=layout)


@contextmanager
def any_letters():
    """Names in any script may be drawn: the reader's own type has the letters that matplotlib's lacks, so it need not warn of them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def to_svg(figure, alt: str) -> str:
    """A figure as inline SVG with an accessible name, its palette replaced by CSS variables."""
    file = io.StringIO()
    with any_letters():
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", svg, count=1)
    for name, (light, _) in COLOURS.items():
        svg = svg.replace(light, f"var(--cc-{name})")
    svg = re.sub(r"font-family: [^;\"]*", "font-family: var(--jp-ui-font-family, sans-serif)", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt, quote=True)}" ', 1)
