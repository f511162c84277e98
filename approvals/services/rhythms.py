"""When it happened: negotiations and what reached people, scenario by scenario, in even steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q, Value
from django.db.models.functions import Floor, Greatest

from negotiation.durations import hours_between
from negotiation.engine.loads import Load, load
from negotiation.models import Decision, Negotiation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User

    from approvals.services.periods import Period

DAY = 24.0


class Counts(NamedTuple):
    begun: int
    agreed: int
    to_people: int


@dataclass(frozen=True)
class Rhythm:
    """`steps` of `hours` each, the oldest first: per scenario what was begun in each."""

    begins: datetime
    hours: float
    steps: int
    by_scenario: Mapping[str, Mapping[int, Counts]]

    def series(self) -> list[Counts]:
        """Of all scenarios together."""
        found = [Counts(0, 0, 0)] * self.steps
        for steps in self.by_scenario.values():
            for place, counts in steps.items():
                sums = zip(found[place], counts, strict=True)
                found[place] = Counts(*(a + b for a, b in sums))
        return found

    def at(self, place: int) -> datetime:
        return self.begins + timedelta(hours=self.hours * place)

    def load(self, scenario: str) -> Load:
        """What reached people, a day: the range only where whole days are known."""
        steps = self.by_scenario.get(scenario, {})
        per_day = max(round(DAY / self.hours), 1)
        days = max(self.steps // per_day, 1)
        counts = [0] * days
        for place, each in steps.items():
            counts[min(place // per_day, days - 1)] += each.to_people
        if self.hours > DAY:
            return Load(sum(counts) / (self.steps * self.hours / DAY), days)
        return load(counts)


def rhythm(
    user: User | AnonymousUser, *, period: Period, scenario: str, first: datetime | None,
    now: datetime,
) -> Rhythm:  # fmt: skip
    """`first`: when the oldest negotiation began, where the period has no length of its own."""
    steps, hours = _cut(period, first, now)
    begins = now - timedelta(hours=steps * hours)
    tables = Negotiation.objects.visible_to(user).filter(opened_at__gt=begins)
    if scenario:
        tables = tables.filter(version__scenario__slug=scenario)
    ago = Greatest(hours_between("opened_at", now), Value(0.0))
    rows = (
        tables.annotate(step=Floor(ago / Value(hours)))
        .order_by()
        .values("step", "version__scenario__slug")
        .annotate(
            n=Count("pk"),
            agreed=Count("pk", filter=Q(status=Negotiation.Status.AGREED)),
            to_people=Count("pk", filter=Q(decision__route=Decision.Route.REVIEW)),
        )
        .values_list("version__scenario__slug", "step", "n", "agreed", "to_people")
    )
    found: defaultdict[str, dict[int, Counts]] = defaultdict(dict)
    for slug, ago_steps, *counts in rows:
        found[slug][max(steps - 1 - int(ago_steps), 0)] = Counts(*counts)
    return Rhythm(begins, hours, steps, found)


def _cut(period: Period, first: datetime | None, now: datetime) -> tuple[int, float]:
    if period.hours:
        return period.buckets, period.hours / period.buckets
    whole = (now - first).total_seconds() / 3600 if first else DAY
    each = max(ceil(whole / DAY / period.buckets), 1)
    return max(ceil(whole / DAY / each), 1), each * DAY
