"""What is left of each scenario's budget of risk: now, how it came to that, and how it fades.

The database sums reservations in steps of a 24th of a budget's hours. `Budget.used` is linear in
harm and age, so what those sums give at the ends of the steps is exact.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, F, FloatField, Sum, Value, When
from django.db.models.functions import Floor, Greatest

from negotiation.durations import hours_between
from negotiation.engine.budgets import Budget
from negotiation.models import Decision, HarmReservation, Scenario
from negotiation.services.budgets import RUNNING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    Steps = Mapping[int, tuple[float, float]]

STEPS = 24


@dataclass(frozen=True)
class Rules:
    """What the present version of a scenario says about risk and people."""

    slug: str
    title: str
    service: str
    budget: Budget
    capacity: float | None


@dataclass(frozen=True)
class HarmLeft:
    """`used` of the budget at 2·STEPS + 1 moments: from a whole span ago over now (the middle)
    to a whole span ahead if nothing is added."""

    rules: Rules
    used: tuple[float, ...]

    @property
    def now(self) -> float:
        return self.used[STEPS]

    @property
    def left(self) -> float:
        return max(self.rules.budget.harm - self.now, 0.0)

    @property
    def share_left(self) -> float:
        harm = self.rules.budget.harm
        return min(self.left / harm, 1.0) if harm > 0 else 0.0


def present_rules() -> list[Rules]:
    """Of every scenario, in one query that leaves the documents where they are."""
    policy = "current__document__policy"
    rows = Scenario.objects.filter(current__isnull=False).values_list(
        "slug",
        "title",
        "current__document__service",
        f"{policy}__budget",
        f"{policy}__capacity",
    )
    return [
        Rules(slug, title, str(service), Budget(**(budget or {})), capacity)
        for slug, title, service, budget, capacity in rows
    ]


def harm_left(rules: Sequence[Rules], *, now: datetime) -> list[HarmLeft]:
    """One for each of `rules`, in one query."""
    if not rules:
        return []
    hours = {each.service: each.budget.hours for each in rules}
    steps = _summed(hours, now)
    return [HarmLeft(each, _history(steps[each.service])) for each in rules]


def _summed(hours: Mapping[str, float], now: datetime) -> Mapping[str, Steps]:
    step: Case = Case(
        *(When(scope__service=name, then=Value(each / STEPS)) for name, each in hours.items()),
        output_field=FloatField(),
    )
    since = now - timedelta(hours=2 * max(hours.values()))
    counting = HarmReservation.objects.filter(
        scope__service__in=hours,
        reserved_at__gt=since,
        decision__route=Decision.Route.AUTO,
        decision__status__in=RUNNING,
    )
    # An age below zero (clocks differ) is zero, as in the budget itself.
    aged = counting.annotate(age=Greatest(hours_between("reserved_at", now), Value(0.0)))
    rows = (
        aged.annotate(place=Floor(F("age") / step))
        .order_by()
        .values("scope__service", "place")
        .annotate(harms=Sum("harm"), aged=Sum(F("harm") * F("age")))
        .values_list("scope__service", "place", "harms", "aged")
    )
    found: defaultdict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
    for service, place, harms, weighted in rows:
        found[service][int(place)] = (harms, weighted / (hours[service] / STEPS))
    return found


def _history(steps: Steps) -> tuple[float, ...]:
    return tuple(_at(ago, steps) for ago in range(STEPS, -STEPS - 1, -1))


def _at(ago: int, steps: Steps) -> float:
    """What was (or will be, below zero) used `ago` steps before now."""
    return sum(
        max(harm - (weighted - ago * harm) / STEPS, 0.0)
        for place, (harm, weighted) in steps.items()
        if max(ago, 0) <= place < ago + STEPS
    )
