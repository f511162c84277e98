"""How long people take: from the moment a decision reached them to their last word on it.

The database counts spans into fine bins whose ends are 2 % apart; quantiles are read from those,
so they are within about 1 % however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from django.db.models import Count, F, FilteredRelation, Q, Value
from django.db.models.functions import Coalesce, Floor, Greatest, Ln

from negotiation.durations import hours_between
from negotiation.models import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User

    from approvals.services.periods import Period

_FINE = 1.02
_SECOND = 1 / 3600

BANDS: Sequence[tuple[str, float]] = (
    ("1 m", 1 / 60),
    ("5 m", 5 / 60),
    ("15 m", 0.25),
    ("1 h", 1.0),
    ("4 h", 4.0),
    ("1 d", 24.0),
    ("more", float("inf")),
)


@dataclass(frozen=True)
class Waits:
    """`counts` by fine bin; all figures in hours."""

    counts: Mapping[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def median(self) -> float | None:
        return self.quantile(0.5)

    @property
    def p90(self) -> float | None:
        return self.quantile(0.9)

    def quantile(self, share: float) -> float | None:
        """The span that `share` of all do not exceed; None where there is none."""
        wanted, seen = share * self.total, 0
        for place in sorted(self.counts):
            seen += self.counts[place]
            if seen >= wanted:
                return _middle(place)
        return None

    def bands(self) -> list[tuple[str, int]]:
        """So many up to each length that people think in."""
        found = [0] * len(BANDS)
        for place, count in self.counts.items():
            found[next(i for i, (_, end) in enumerate(BANDS) if _middle(place) < end)] += count
        return [(label, count) for (label, _), count in zip(BANDS, found, strict=True)]


def _middle(place: int) -> float:
    return float(_FINE ** (place + 0.5) - 1) * _SECOND


def waits(user: User | AnonymousUser, *, period: Period, scenario: str, now: datetime) -> Waits:
    """Of decisions on negotiations that were begun in the period."""
    decisions = Decision.objects.visible_to(user).exclude(route=Decision.Route.AUTO)
    if begins := period.begins(now):
        decisions = decisions.filter(negotiation__opened_at__gt=begins)
    if scenario:
        decisions = decisions.filter(negotiation__version__scenario__slug=scenario)
    said_no = FilteredRelation("reviews", condition=Q(reviews__verdict="reject"))
    ended = decisions.alias(said_no=said_no).alias(
        last_word=Coalesce(F("cleared_at"), F("said_no__created_at"))
    )
    seconds = hours_between("created_at", "last_word") / Value(_SECOND)
    bins = ended.filter(last_word__isnull=False).annotate(
        bin=Floor(Ln(Greatest(seconds, Value(0.0)) + Value(1.0)) / Value(log(_FINE)))
    )
    rows = bins.order_by().values("bin").annotate(n=Count("pk")).values_list("bin", "n")
    return Waits({int(place): count for place, count in rows})
