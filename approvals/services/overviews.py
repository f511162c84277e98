"""What became of the negotiations of a period, in as many queries whatever there is.

A cohort: the negotiations that were begun in the period, and where each stands now. Everything is
counted by the database; what comes back has a row for each combination that occurs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Min, Q, Value, When

from approvals.models import Review
from negotiation.models import Decision, Negotiation, Report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User
    from django.db.models import QuerySet

    from approvals.services.periods import Period

OPEN = "open"
_GROUPED = {
    "of_version": F("version_id"),
    "number": F("version__number"),
    "scenario": F("version__scenario__slug"),
    "scenario_title": F("version__scenario__title"),
    "since": F("version__created_at"),
    "author": F("version__author__username"),
    "note": F("version__note"),
    "table": F("status"),
    "route": F("decision__route"),
    "decided": F("decision__status"),
}


@dataclass(frozen=True)
class Cell:
    """So many negotiations of one version that ended alike. `bad`: reported as gone wrong;
    `overturned`: approved by somebody, and it did not hold; `escalated`: more people were asked."""

    scenario: str
    title: str
    version: int
    number: int
    since: datetime
    author: str
    note: str
    ending: str
    route: str
    decided: str
    earlier: bool
    count: int
    bad: int
    overturned: int
    escalated: int
    first: datetime


@dataclass(frozen=True)
class Tally:
    """What is told of a set of cells."""

    begun: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    overturned: int = 0
    escalated: int = 0

    @property
    def agreements(self) -> int:
        return self.endings[Negotiation.Status.AGREED]

    @property
    def ended(self) -> int:
        return self.begun - self.endings[OPEN]

    @property
    def none(self) -> int:
        """Ended without anything to decide."""
        return self.ended - sum(self.routes.values())

    @property
    def agreed_share(self) -> float | None:
        return self.agreements / self.ended if self.ended else None

    @property
    def decisions(self) -> int:
        return sum(self.routes.values())

    @property
    def automatic_of_ended(self) -> float | None:
        return self.routes[Decision.Route.AUTO] / self.ended if self.ended else None

    @property
    def automatic_share(self) -> float | None:
        automatic = self.routes[Decision.Route.AUTO]
        return automatic / self.decisions if self.decisions else None


def cells(
    user: User | AnonymousUser, *, period: Period, scenario: str, now: datetime
) -> list[Cell]:
    """Of the period and, where it has a length, of the one before it."""
    tables = _of(Negotiation.objects.visible_to(user), scenario)
    begins, before = period.begins(now), period.before(now)
    if before:
        tables = tables.filter(opened_at__gt=before)
    tables = tables.annotate(
        earlier=Case(When(opened_at__lte=begins, then=Value(True)), default=Value(False))
        if begins
        else Value(False),
    )
    rows = (
        tables.order_by()
        .values("earlier", **_GROUPED)
        .annotate(
            n=Count("pk"),
            bad=Count("pk", filter=_went_bad()),
            overturned=Count("pk", filter=_overturned()),
            escalated=Count("pk", filter=Q(decision__escalated__gt=0)),
            first=Min("opened_at"),
        )
    )
    return [_cell(dict(row)) for row in rows]


def _of(tables: QuerySet[Negotiation], scenario: str) -> QuerySet[Negotiation]:
    return tables.filter(version__scenario__slug=scenario) if scenario else tables


# Not correlated with the row: the database reads each list once.
def _went_bad() -> Q:
    reports = Report.objects.filter(replaced_at=None, outcome__in=Report.BAD)
    return Q(decision__in=reports.values("execution__decision"))


def _overturned() -> Q:
    """Approved, and then rejected, back in the queue, or reported bad (as in `health`)."""
    approved = Review.objects.filter(verdict=Review.Verdict.APPROVE)
    back = approved.filter(returned__lt=F("decision__returned"))
    rejected = Review.objects.filter(verdict=Review.Verdict.REJECT)
    did_not_hold = Q(decision__in=rejected.values("decision")) | _went_bad()
    return Q(decision__in=back.values("decision")) | (
        Q(decision__in=approved.values("decision")) & did_not_hold
    )


def _cell(row: dict[str, Any]) -> Cell:
    table, route = row["table"], row["route"] or ""
    is_open = table in Negotiation.OPEN
    return Cell(
        scenario=row["scenario"],
        title=row["scenario_title"],
        version=row["of_version"],
        number=row["number"],
        since=row["since"],
        author=row["author"] or "",
        note=row["note"],
        ending=OPEN if is_open else table,
        # A table that a decision was sent back to is at it again.
        route="" if is_open else route,
        decided="" if is_open else row["decided"] or "",
        earlier=row["earlier"],
        count=row["n"],
        bad=row["bad"],
        overturned=row["overturned"],
        escalated=row["escalated"],
        first=row["first"],
    )


def tally(found: Iterable[Cell]) -> Tally:
    endings: Counter[str] = Counter()
    routes: Counter[str] = Counter()
    results: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for each in found:
        endings[each.ending] += each.count
        if each.route:
            routes[each.route] += each.count
            results[each.decided] += each.count
        for name in ("count", "bad", "overturned", "escalated"):
            sums[name] += getattr(each, name)
    return Tally(
        begun=sums["count"],
        endings=endings,
        routes=routes,
        results=results,
        bad=sums["bad"],
        overturned=sums["overturned"],
        escalated=sums["escalated"],
    )
