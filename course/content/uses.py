"""A task at the end of an explorer, as the content files of several rooms hold it."""

from __future__ import annotations

import attrs


@attrs.frozen
class Use:
    """Something to work out with a model, and what it comes to."""

    ask: str
    answer: str
