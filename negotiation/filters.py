"""What the floor can be narrowed to, how that stands in the address, and how many that leaves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, Count, Q, When
from django.urls import reverse
from django.utils import timezone

from negotiation.converters import row_id
from negotiation.models import Decision, Negotiation
from negotiation.presentation import state_among

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from negotiation.models.sessions import NegotiationQuerySet
    from negotiation.rosters import Roster
    from negotiation.standstills import Standstills

LONGEST = 100
OLDEST = 2000
SINCE = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}


class Group(NamedTuple):
    """A filter chip: states that one looks for together."""

    key: str
    word: str
    icon: str
    tone: str
    states: tuple[str, ...]


ASKING = "asking"
NO_AGREEMENT = ("no_agreement",)
CLOSED = ("stopped", "failed", "rejected", "withdrawn", "expired", "void", "refused")
GROUPS = (
    Group("running", "Running", "play", "indigo", ("queued", "running")),
    Group("paused", "Paused", "pause", "slate", ("paused",)),
    Group("parked", "Needs approval", "hand-raised", "amber", ("parked",)),
    Group(ASKING, "Asks a person", "user", "amber", NO_AGREEMENT),
    Group("agreed", "Agreed", "check-circle", "green", ("agreed", "cleared", "executing")),
    Group("executed", "Executed", "check-badge", "green", ("executed",)),
    Group("closed", "Not carried out", "minus-circle", "slate", (*NO_AGREEMENT, *CLOSED)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each is off where it is empty. What cannot be a filter is left out; one of something that
    is not there finds nothing."""

    state: str = ""
    scenario: str = ""
    agent: str = ""
    since: str = ""
    q: str = ""
    stuck: bool = False
    mine: bool = False

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Filters:
        """From an address or a form."""
        text = {
            name: "".join(each for each in said.get(name, "") if each.isprintable())[:LONGEST]
            for name in ("state", "scenario", "agent", "since", "q")
        }
        return cls(
            state=text["state"] if text["state"] in {group.key for group in GROUPS} else "",
            scenario=text["scenario"].strip(),
            agent=text["agent"].strip(),
            since=text["since"] if text["since"] in SINCE or _day(text["since"]) else "",
            q=text["q"].strip(),
            stuck=said.get("stuck") == "1",
            mine=said.get("mine") == "1",
        )

    @property
    def query(self) -> str:
        """As it stands in the address, always in the same order."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return urlencode({name: "1" if on is True else on for name, on in values if on})

    @property
    def group(self) -> Group | None:
        return next((group for group in GROUPS if group.key == self.state), None)

    def but(self, **changes: Any) -> str:
        """The address of the floor with something changed."""
        query = replace(self, **changes).query
        return f"{reverse('floor')}?{query}" if query else reverse("floor")

    def starting(self, now: datetime) -> datetime | None:
        if self.since in SINCE:
            return now - SINCE[self.since][1]
        day = _day(self.since)
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= OLDEST else None


ASKS = Q(status=Negotiation.Status.NO_AGREEMENT, decision=None, summary__ending__asks=True)


def described(tables: NegotiationQuerySet, user: User, standstills: Standstills) -> QuerySet[Any]:
    """With what the chips count: `asks`, `stuck` and `mine`."""
    return tables.annotate(
        asks=_whether(ASKS), stuck=_whether(standstills.stuck), mine=_whether(Q(opened_by=user))
    )


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def narrowed(
    tables: NegotiationQuerySet, filters: Filters, rosters: Sequence[Roster], now: datetime
) -> NegotiationQuerySet:
    """By everything that no chip counts."""
    if filters.scenario:
        tables = tables.filter(version__in=[r.pk for r in rosters if r.slug == filters.scenario])
    if filters.agent:
        seated = [roster.pk for roster in rosters if filters.agent in dict(roster.seats)]
        tables = tables.filter(version__in=seated)
    if starting := filters.starting(now):
        tables = tables.filter(opened_at__gte=starting)
    if filters.q:
        found = Q(title__icontains=filters.q)
        if number := row_id(filters.q.removeprefix("#")):
            found |= Q(pk=number)
        tables = tables.filter(found)
    return tables


def chosen(
    described: QuerySet[Any], filters: Filters, user: User, standstills: Standstills
) -> QuerySet[Any]:
    """By what the chips count, in conditions that an index can answer."""
    if filters.state == ASKING:
        described = described.filter(ASKS)
    elif group := filters.group:
        described = described.filter(_of(group))
        if set(NO_AGREEMENT) & set(group.states):
            described = described.filter(asks=False)
    if filters.stuck:
        described = described.filter(standstills.stuck)
    return described.filter(opened_by=user) if filters.mine else described


def _of(group: Group) -> Q:
    """In one of these states; without a join where a decision cannot be in any of them."""
    decided = set(group.states) & set(Decision.Status.values)
    talking = set(group.states) & set(Negotiation.Status.values)
    of_decision = Q(decision__status__in=sorted(decided))
    undecided = Q(decision=None) | Q(decision__status=Decision.Status.SENT_BACK)
    of_table = undecided & Q(status__in=sorted(talking))
    if not talking:
        return of_decision
    return of_decision | of_table if decided else of_table


@dataclass(frozen=True, slots=True)
class Counts:
    """How many each chip would show, over everything that the other filters leave."""

    groups: Mapping[str, int]
    all: int
    stuck: int
    mine: int
    matching: int


def counted(described: QuerySet[Any], filters: Filters) -> Counts:
    """One query for all chips: how many there are of each combination."""
    cells = (
        described.order_by()
        .values_list("status", "decision__status", "asks", "stuck", "mine")
        .annotate(n=Count("pk"))
    )
    groups = dict.fromkeys((group.key for group in GROUPS), 0)
    stuck = mine = matching = 0
    for status, decided, asks, is_stuck, is_mine, n in cells:
        key = _group_of(status, decided, asks=asks)
        fits = not filters.state or key == filters.state
        fits_stuck, fits_mine = is_stuck or not filters.stuck, is_mine or not filters.mine
        groups[key] += n * (fits_stuck and fits_mine)
        stuck += n * (is_stuck and fits and fits_mine)
        mine += n * (is_mine and fits and fits_stuck)
        matching += n * (fits and fits_stuck and fits_mine)
    return Counts(groups, sum(groups.values()), stuck, mine, matching)


def _group_of(status: str, decided: str | None, *, asks: bool) -> str:
    state = state_among(status, decided)
    return ASKING if asks else next(g.key for g in GROUPS if g.key != ASKING and state in g.states)
