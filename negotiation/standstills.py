"""When an open table stands still that should not: the one place that says so, and why.

Whoever waits between two messages of a pace is not stuck, nor is what a stop holds on purpose:
that has a sentence of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from negotiation.models import Negotiation, Stop
from negotiation.services.runs import MAX_STALLS
from negotiation.services.sessions import PAUSE_LASTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from negotiation.rosters import Roster

# `next_at` is when the next message is due; the longest turn at a slow table is shorter.
SILENT = timedelta(minutes=1)
# A lapsed lease is taken over within seconds where a worker is left.
LOST = timedelta(seconds=10)
LONG_PAUSE = timedelta(hours=4)


@dataclass(frozen=True)
class Standstills:
    """What stands still at `now`, given the live stops and who sits where."""

    now: datetime
    stops: Sequence[Stop]
    rosters: Sequence[Roster]

    @property
    def stuck(self) -> Q:
        """The rows that `why` has a sentence for. Reads a negotiation's own columns only."""
        active, paused = Q(status__in=Negotiation.ACTIVE), Q(status=Negotiation.Status.PAUSED)
        silent = Q(next_at__lt=self.now - SILENT) | Q(lease_until__lt=self.now - LOST)
        resumed_never = Q(next_at__lt=self.now + PAUSE_LASTS - LONG_PAUSE)
        still = active & (silent | Q(stalls__gt=1)) | paused & resumed_never
        held = Q(pk__in=[])
        for stop in self.stops:
            held |= self.reach(stop)
        return still & ~held

    def why(self, table: Negotiation) -> str:
        """Why it is stuck, as a sentence; empty if it is not."""
        if not table.is_open or table.next_at is None or self.held(table):
            return ""
        if table.status == Negotiation.Status.PAUSED:
            return self._why_paused(table.next_at)
        if table.stalls > 1:
            return (
                f"Taken up {table.stalls} times without saying anything new; "
                f"after {MAX_STALLS} it ends as failed."
            )
        if table.lease_until and table.lease_until < self.now - LOST:
            return "The worker that had it is gone, and no other has taken it up yet."
        if table.next_at < self.now - SILENT:
            return f"Silent for {_long(self.now - table.next_at)} longer than its pace explains."
        return ""

    def _why_paused(self, ends_at: datetime) -> str:
        if ends_at >= self.now + PAUSE_LASTS - LONG_PAUSE:
            return ""
        paused = self.now - (ends_at - PAUSE_LASTS)
        return f"Paused for {_long(paused)}, and nobody has resumed it."

    def held(self, table: Negotiation) -> Stop | None:
        """The stop that holds it."""
        return next((stop for stop in self.stops if self._is_over(stop, table)), None)

    def _is_over(self, stop: Stop, table: Negotiation) -> bool:
        match stop.scope:
            case Stop.Scope.NEGOTIATION:
                return stop.negotiation_id == table.pk
            case Stop.Scope.AGENT:
                return table.version_id in self._seated(stop.seat)
        return True

    def reach(self, stop: Stop) -> Q:
        """The negotiations that a stop is over."""
        match stop.scope:
            case Stop.Scope.NEGOTIATION:
                return Q(pk=stop.negotiation_id)
            case Stop.Scope.AGENT:
                return Q(version__in=self._seated(stop.seat))
        return Q(pk__isnull=False)

    def _seated(self, name: str) -> list[int]:
        return [each.pk for each in self.rosters if name in dict(each.seats)]


def _long(span: timedelta) -> str:
    """90 seconds · 3 minutes · 26 hours: never less than two of a unit."""
    seconds = int(span.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} seconds"
