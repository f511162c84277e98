"""The queue as a picture: risk against the time that is left, a dot for each decision."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from approvals.parts.inboxes import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

WIDTH, HEIGHT = 640, 180
LONGEST = 48.0
"""Hours: what has more time stands at the edge."""

MIDDLE, HIGH = 35, 75
NEAR = 30
"""Dots so near to each other are one, with their number."""

TICKS = ((0.25, "15 min"), (1, "1 h"), (4, "4 h"), (8, "8 h"), (24, "24 h"), (LONGEST, "2 d"))


class Dot(NamedTuple):
    pk: int
    x: float
    y: float
    radius: float
    level: str
    says: str
    # What stands in the same place, this one included.
    here: int = 1


class Tick(NamedTuple):
    x: float
    label: str


def across(hours: float) -> float:
    """Where so much time stands: the last hour has as much room as the rest of a day."""
    share = math.log1p(min(max(hours, 0.0), LONGEST) * 4) / math.log1p(LONGEST * 4)
    return round(share * WIDTH, 1)


def up(score: float) -> float:
    return round(HEIGHT * (1 - min(max(score, 0.0), 100.0) / 100), 1)


def dots(rows: Iterable[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    """For `approvals/_risk_map.html`; what somebody may not see yet of a decision is left out."""
    found: dict[tuple[int, int], Dot] = {}
    for row in rows:
        decision = row["decision"]
        if row["withheld"]:
            continue
        score = UNKNOWN if decision.score is None else decision.score
        hours = (decision.due_at - now).total_seconds() / 3600
        says = f"#{decision.negotiation_id}, risk {score:.0f}"
        level = "high" if score >= HIGH else "middle" if score >= MIDDLE else "low"
        radius = 4 + 2 * min(decision.people, 3)
        dot = Dot(decision.pk, across(hours), up(score), radius, level, says)
        place = (int(dot.x / NEAR), int(dot.y / NEAR))
        known = found.get(place)
        found[place] = known._replace(here=known.here + 1) if known else dot
    return {
        "all": list(found.values()),
        "ticks": [Tick(across(hours), label) for hours, label in TICKS],
        "levels": [(up(score), score) for score in (0, 35, 60, 75, 100)],
        "width": WIDTH,
        "height": HEIGHT,
    }
