"""The stop switch: who stopped what, why, and who lifted it again.

A live stop holds everything it is over: no table goes on, nothing is cleared or carried out, no
deadline passes. Nothing is lost by it; what was held goes on when the last stop over it is lifted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.models.scenarios import ScenarioVersion
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser, User


class StopQuerySet(models.QuerySet["Stop"]):
    def visible_to(self, user: User | AnonymousUser) -> StopQuerySet:
        return self if may_watch(user) else self.none()

    def live(self) -> StopQuerySet:
        return self.filter(lifted_at=None)

    def over_everything(self) -> StopQuerySet:
        return self.filter(scope=Stop.Scope.GLOBAL)

    def over(self, negotiation_id: int, seats: Collection[str]) -> StopQuerySet:
        """Over one table: on everything, on itself, or on one of those who sit there."""
        named = Q(negotiation=negotiation_id) | Q(seat__in=seats)
        return self.filter(Q(scope=Stop.Scope.GLOBAL) | named).select_related("by")

    def reach(self, to_negotiation: str = "", *, broken_at: str = "") -> Q:
        """Which rows these stops are over; `to_negotiation` is the path there, as "negotiation__".

        `broken_at`: the path to when a decision's glass was broken; older stops let it pass.
        """
        stops = list(self)
        seated = _seated([stop.seat for stop in stops if stop.seat])
        reached = Q(pk__in=[])
        for stop in stops:
            over = _over(stop, to_negotiation, seated.get(stop.seat, []))
            if broken_at:
                over &= Q(**{f"{broken_at}__isnull": True}) | Q(**{f"{broken_at}__lte": stop.at})
            reached |= over
        return reached


class Stop(models.Model):
    class Scope(models.TextChoices):
        GLOBAL = "global", "Everything"
        AGENT = "agent", "One agent"
        NEGOTIATION = "negotiation", "One table"

    scope = models.CharField(max_length=11, choices=Scope)
    # The agent: the name of a seat, in whatever scenario it sits.
    seat = models.CharField(max_length=60, blank=True)
    negotiation = models.ForeignKey(
        "Negotiation", null=True, on_delete=models.PROTECT, related_name="stops"
    )
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=1000, blank=True)

    objects = StopQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="stop_names_what_it_is_over",
                condition=Q(scope="global", seat="", negotiation__isnull=True)
                | (Q(scope="agent", negotiation__isnull=True) & ~Q(seat=""))
                | Q(scope="negotiation", seat="", negotiation__isnull=False),
            ),
            models.CheckConstraint(name="stop_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="stop_is_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | (Q(lifted_at__gte=F("at"), lifted_by__isnull=False) & ~Q(lift_reason="")),
            ),
            # At most one that is live over the same thing.
            models.UniqueConstraint(
                fields=["scope"],
                name="stop_once_over_everything",
                condition=Q(scope="global", lifted_at=None),
            ),
            models.UniqueConstraint(
                fields=["seat"],
                name="stop_once_over_an_agent",
                condition=Q(scope="agent", lifted_at=None),
            ),
            models.UniqueConstraint(
                fields=["negotiation"],
                name="stop_once_over_a_table",
                condition=Q(scope="negotiation", lifted_at=None),
            ),
        ]
        indexes = [
            # Read whenever something is about to begin.
            models.Index(fields=["at"], name="stop_live", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"stop #{self.pk} over {self.subject}"

    @property
    def subject(self) -> str:
        """What it is over, as words of a sentence."""
        match self.scope:
            case self.Scope.AGENT:
                return f"the agent “{self.seat}”"
            case self.Scope.NEGOTIATION:
                return f"table #{self.negotiation_id}"
        return "everything"

    @property
    def sentence(self) -> str:
        """What is told to whoever finds something held."""
        who = self.by.get_username()
        return f"The stop switch is on for {self.subject}: {who} stopped it, “{self.reason}”."


def _over(stop: Stop, to_negotiation: str, versions: list[int]) -> Q:
    match stop.scope:
        case Stop.Scope.AGENT:
            return Q(**{f"{to_negotiation}version__in": versions})
        case Stop.Scope.NEGOTIATION:
            return Q(**{f"{to_negotiation}pk": stop.negotiation_id})
    return Q(pk__isnull=False)


def _seated(names: list[str]) -> dict[str, list[int]]:
    """The versions in which each of these agents has a seat."""
    found: dict[str, list[int]] = {name: [] for name in names}
    if found:
        for version, seats in ScenarioVersion.objects.values_list("pk", "document__seats"):
            for name in found.keys() & {seat["name"] for seat in seats}:
                found[name].append(version)
    return found
