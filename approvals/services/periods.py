"""The spans of time that the managers' view is about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Period(NamedTuple):
    """`hours` back from now, None for all there is. Pictures cut it into `buckets`."""

    key: str
    label: str
    hours: int | None
    buckets: int

    def begins(self, now: datetime) -> datetime | None:
        return now - timedelta(hours=self.hours) if self.hours else None

    def before(self, now: datetime) -> datetime | None:
        """When the period of the same length before this one begins."""
        return now - timedelta(hours=2 * self.hours) if self.hours else None


PERIODS = (
    Period("24h", "24 hours", 24, 24),
    Period("7d", "7 days", 168, 28),
    Period("30d", "30 days", 720, 30),
    Period("all", "All", None, 30),
)
USUAL = PERIODS[1]


def period_of(key: str) -> Period:
    return next((each for each in PERIODS if each.key == key), USUAL)
