"""One effect by comparator and time: what both together bring beyond each part, at the end of treatment, later, and after stopping.

``timeline_of("panic")`` gives a :class:`Timeline` with its panels and rows. The file is ``content/evidence/timelines.toml``.
A row names a number of the ledger with its interval, or, where none was printed, a finding in words.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import attrs

from course.content.reading import CONTENT, NotFound, Source, did_you_mean, one_of, wrong

from .courses import seen
from .records import Ledger, ledger, read_tables, statements

MEASURES = ("risk ratio", "odds ratio", "SMD")
#: What both together are compared with, by the series whose mark and colour the row has.
AGAINST = ("medication", "therapy", "control")


@attrs.frozen
class Row:
    """One time point against one comparator: the key of a ``number``, or of a statement that ``says`` it in words."""

    against: str = attrs.field(validator=one_of(*AGAINST))
    when: str
    number: str = ""
    says: str = ""

    def __attrs_post_init__(self):
        if bool(self.number) == bool(self.says):
            raise wrong("a row has one finding", "give the key of a number, or under says that of a statement, and not both")


@attrs.frozen
class Panel:
    """Rows with one measure in common, in the order in which they are read."""

    title: str
    rows: tuple[Row, ...]

    def __attrs_post_init__(self):
        if not any(row.number for row in self.rows):
            raise wrong("there is no number to draw", "name at least one")


@attrs.frozen
class Timeline:
    """One condition. ``title`` states the finding; ``names`` are the groups as they are said, by what they are compared with."""

    title: str
    names: dict[str, str]
    panels: tuple[Panel, ...]

    def __attrs_post_init__(self):
        used = {row.against for panel in self.panels for row in panel.rows}
        if used != set(self.names):
            raise wrong(f"names has {', '.join(sorted(self.names)) or 'nothing'}", f"name what the rows compare with: {', '.join(sorted(used))}")


@lru_cache
def timelines(content: Path = CONTENT) -> dict[str, Timeline]:
    """Every timeline by its key. Raises :class:`~course.content.reading.ContentError` with every slip in the file."""

    def check(source: Source, key: str, timeline: Timeline) -> None:
        for panel in timeline.panels:
            _check_numbers(source, f"{key}.{panel.title}", panel, ledger(content), content)

    return read_tables(Timeline, content / "evidence" / "timelines.toml", check)


def timeline_of(key: str) -> Timeline:
    """The timeline with this key; a :class:`NotFound` with the nearest key when there is none."""
    known = timelines()
    if key not in known:
        raise NotFound(f"no timeline '{key}'; {did_you_mean(key, known)}")
    return known[key]


def _check_numbers(source: Source, where: str, panel: Panel, book: Ledger, content: Path) -> None:
    effects = [seen(source, where, row.number, book) for row in panel.rows if row.number]
    for effect in effects:
        if effect.measure not in MEASURES:
            raise source.error(where, f"'{effect.key}' is a {effect.measure}", f"a timeline shows one of: {', '.join(MEASURES)}")
        if effect.low is None:
            raise source.error(where, f"'{effect.key}' has no interval", "choose a number with one, or a statement")
    measures = sorted({effect.measure for effect in effects})
    if len(measures) > 1:
        raise source.error(where, f"the numbers are {' and '.join(measures)}", "one panel shows one measure; make another panel")
    told = statements(content)
    for row in panel.rows:
        if row.says and row.says not in told:
            raise source.error(where, f"no statement '{row.says}' in the ledger", did_you_mean(row.says, told))
        if row.says and told[row.says].status != "seen":
            raise source.error(where, f"'{row.says}' has been withdrawn", "choose a finding that stands")
