"""Rating scales: their range, their severity words, how large a change has to be to mean something, and who owns them.

Only scores appear in this course, never the items of a scale, also where the owner would allow it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, Source, read_toml, structure, wrong


@attrs.frozen
class Severity:
    """A word for scores from ``start`` upwards."""

    start: int
    word: str


@attrs.frozen
class Instrument:
    """A rating scale on which lower is better.

    ``band`` is in points: a change smaller than this is not called a change. ``band_says`` tells in one
    sentence where the band comes from, and ``cites`` names the studies. ``licence`` says who owns the scale and whether its
    items may be shown, as far as could be read; ask the owner before you use a scale. ``own`` marks a count that this course made up
    for a story, such as aims missed in a week: nobody owns it, and nobody has measured its band.
    """

    name: str
    measures: str
    low: int
    high: int
    band: float
    band_says: str
    severities: tuple[Severity, ...]
    cites: tuple[str, ...]
    licence: str
    own: bool = False
    key: str = ""

    def __attrs_post_init__(self):
        if not self.licence.strip():
            raise wrong("licence is empty", "say who owns the scale and whether its items may be shown")
        if not self.low < self.high:
            raise wrong(f"low is {self.low} and high is {self.high}", "low must be the smaller one")
        if not 0 < self.band < self.high - self.low:
            raise wrong(f"band is {self.band}", "write points between 0 and the range of the scale")
        if self.own and "own" not in self.band_says:
            raise wrong("band_says does not say that the band is the course's own", "begin with: The band is this course's own")
        starts = [level.start for level in self.severities]
        if not starts or starts[0] != self.low or starts != sorted(set(starts)):
            raise wrong(f"its severities start at {', '.join(map(str, starts)) or 'nothing'}", f"begin with start = {self.low} and go up")

    def severity(self, score: int) -> str:
        """The severity word for a score."""
        return [level.word for level in self.severities if level.start <= score][-1]

    def clamp(self, score: int) -> int:
        """The score, kept inside the scale."""
        return max(self.low, min(self.high, score))

    def change(self, before: int, after: int) -> str:
        """A change in words that respect the band: ``down 7``, or ``+1, too small to call a change``."""
        moved = after - before
        if not moved:
            return "no difference"
        if abs(moved) < self.band:
            return f"{moved:+d}".replace("-", "−") + ", too small to call a change"
        return f"{'down' if moved < 0 else 'up'} {abs(moved)}"


@lru_cache
def instruments(content: Path = CONTENT) -> dict[str, Instrument]:
    """Every scale by its key. Raises :class:`~course.content.reading.ContentError` on a slip in the file."""
    source = read_toml(content / "instruments.toml")
    tables = {key: {"key": key, **table} if isinstance(table, dict) else table for key, table in source.data.items()}
    return structure(dict[str, Instrument], Source(tables, source.path))
