"""What of the queue somebody looks at: chips with counts, the order, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.db.models.lookups import LessThanOrEqual

from approvals.models import Delegation, Review
from negotiation.durations import hours_between
from negotiation.models import Decision
from negotiation.roles import may_review

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

SOON = timedelta(hours=1)
UNKNOWN = 100.0
"""An unknown risk is taken for the highest."""

SCENARIO = "negotiation__version__scenario"
LABELS = {
    "": "All",
    "mine": "Waits for me",
    "for": "For others",
    "claimed": "Claimed by me",
    "soon": "Within the hour",
    "one": "One vote missing",
    "several": "More votes missing",
}
LONGEST = 80


class Chip(NamedTuple):
    label: str
    query: str
    total: int
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address asks for: `chip` is one of LABELS, `scenario` a slug or empty."""

    chip: str = ""
    scenario: str = ""
    page: str = ""

    @classmethod
    def asked(cls, data: Mapping[str, str]) -> Shown:
        """What cannot be is as if it were not asked for."""
        chip = data.get("show", "")
        return cls(
            chip=chip if chip in LABELS else "",
            scenario=data.get("scenario", "")[:LONGEST].replace("\0", ""),
            page=data.get("page", "")[:9],
        )

    def query(self, **other: str) -> str:
        """The end of an address that asks for this; another chip or scenario is its first page."""
        asked = {"show": self.chip, "scenario": self.scenario, "page": self.page}
        asked |= {"page": "", **other} if other else {}
        said = {name: text for name, text in asked.items() if text}
        return f"?{urlencode(said)}" if said else ""

    def of(self, parked: QuerySet[Decision], user: User, now: datetime) -> QuerySet[Decision]:
        found = parked.filter(conditions(user, now)[self.chip])
        return found.filter(**{f"{SCENARIO}__slug": self.scenario}) if self.scenario else found


class Facets(NamedTuple):
    """The chips, the scenarios, and how many decisions are shown and wait in all."""

    chips: list[Chip]
    scenarios: list[Chip]
    shown: int
    waiting: int


def conditions(user: User, now: datetime) -> dict[str, Q]:
    """What each chip lets through."""
    return {
        "": Q(pk__isnull=False),
        "mine": _waits_for(user),
        "for": _lent_to(user, now),
        "claimed": Q(claimed_by=user, claimed_until__gt=now),
        "soon": Q(due_at__lte=now + SOON),
        "one": Q(people__lte=F("approvals") + 1),
        "several": Q(people__gt=F("approvals") + 1),
    }


def by_urgency(parked: QuerySet[Decision], now: datetime) -> QuerySet[Decision]:
    """Risk over time left: twice the risk, or half the time, is twice as urgent."""
    hours = Greatest(Coalesce(hours_between(now, "due_at"), 0.0), 0.0)
    risk = Coalesce(F("score"), UNKNOWN)
    return parked.annotate(urgency=(risk + 1.0) / (hours + 1.0)).order_by("-urgency", "-id")


def facets(user: User, shown: Shown, now: datetime) -> Facets:
    """In one query, however many scenarios and decisions there are."""
    counts = {
        f"n_{name}": Count("pk", filter=condition)
        for name, condition in conditions(user, now).items()
    }
    slug, title = f"{SCENARIO}__slug", f"{SCENARIO}__title"
    parked = Decision.objects.visible_to(user).parked().order_by(title)
    rows = list(parked.values(slug, title).annotate(**counts))
    chips, scenarios = _chips(shown, rows), _scenarios(shown, rows)
    return Facets(
        chips=[one for one in chips if one.total or one.current or one.label == LABELS[""]],
        scenarios=scenarios,
        shown=next(one.total for one in chips if one.current),
        waiting=sum(row["n_"] for row in rows),
    )


def _chips(shown: Shown, rows: Sequence[Mapping[str, Any]]) -> list[Chip]:
    here = [row for row in rows if shown.scenario in {"", row[f"{SCENARIO}__slug"]}]
    return [
        Chip(
            label, shown.query(show=name), sum(row[f"n_{name}"] for row in here), name == shown.chip
        )
        for name, label in LABELS.items()
    ]


def _scenarios(shown: Shown, rows: Sequence[Mapping[str, Any]]) -> list[Chip]:
    """All of them together first."""
    found = []
    for row in rows:
        slug, total = row[f"{SCENARIO}__slug"], row[f"n_{shown.chip}"]
        query = shown.query(scenario=slug)
        found.append(Chip(row[f"{SCENARIO}__title"], query, total, slug == shown.scenario))
    every = sum(one.total for one in found)
    return [Chip("All scenarios", shown.query(scenario=""), every, not shown.scenario), *found]


def next_after(left: Decision, user: User, shown: Shown, now: datetime) -> Decision | None:
    """What `user` comes to from there in the order of the queue; its head after the last one."""
    parked = Decision.objects.visible_to(user).parked().exclude(pk=left.pk)
    open_to = parked.filter(_waits_for(user)) if may_review(user) else parked
    waiting = by_urgency(shown.of(open_to, user, now), now)
    return (
        waiting.filter(LessThanOrEqual(F("urgency"), _urgency(left, now))).first()
        or waiting.first()
    )


def _urgency(decision: Decision, now: datetime) -> float:
    risk = UNKNOWN if decision.score is None else decision.score
    hours = (decision.due_at - now) / timedelta(hours=1) if decision.due_at else 0.0
    return (risk + 1.0) / (max(hours, 0.0) + 1.0)


def _waits_for(user: User) -> Q:
    """What `user` reviews and has not approved yet."""
    if not may_review(user):
        return Q(pk__in=[])
    given = Review.objects.filter(
        decision=OuterRef("pk"),
        reviewer=user,
        verdict=Review.Verdict.APPROVE,
        package_hash=OuterRef("package_hash"),
        returned=OuterRef("returned"),
    )
    return Q(~Exists(given))


def _lent_to(user: User, now: datetime) -> Q:
    """What somebody lets `user` decide."""
    lent = Delegation.objects.live(now).filter(receiver=user, giver__is_active=True)
    return Q(
        Exists(
            lent.filter(
                Q(scope=Delegation.Scope.ALL)
                | Q(scope=Delegation.Scope.SCENARIO, scenario=OuterRef(SCENARIO))
                | Q(scope=Delegation.Scope.DECISION, decision=OuterRef("pk"))
            )
        )
    )
