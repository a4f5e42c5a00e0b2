"""What a practice feels like, and what is left of it a month later: two results of the learning in :mod:`.fear` that can go apart.

Within a practice fear falls with the minutes, and whatever makes the person feel safe speeds the fall. What is avoided a month later
follows from the fear that is left without all of that. Fear is a share of the strongest that can be learned; avoidance a share of outings.
"""

from __future__ import annotations

import math


def at_the_end(start: float, minutes: float, *per_minute: float) -> float:
    """The fear felt after so many minutes of one practice: each thing that calms takes its share of what is left in every minute."""
    return start * math.exp(-minutes * sum(per_minute))


def month_later(before: float, after: float, returning: float) -> float:
    """The fear a month after the last practice: of what had been unlearned, a share has come back."""
    return after + returning * (before - after)


def avoided(fear: float, half: float, steepness: float) -> float:
    """The share of outings that are avoided: none without fear, and half of them at the fear ``half``."""
    return fear**steepness / (fear**steepness + half**steepness)
