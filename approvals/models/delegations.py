"""Who may decide for whom, about what and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from datetime import datetime


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def standing(self, now: datetime) -> DelegationQuerySet:
        """What counts now or will count, as long as nobody revokes it."""
        return self.filter(revoked_at=None, ends__gt=now)

    def live(self, now: datetime) -> DelegationQuerySet:
        """What counts now."""
        return self.standing(now).filter(begins__lte=now)


class Delegation(models.Model):
    """`receiver` decides for `giver`, who may still decide themselves.

    It gives what the giver may do at the time it is used, never more. `away`: the giver is not
    there, so others are asked in their place.
    """

    class Scope(models.TextChoices):
        ALL = "all", "Everything"
        SCENARIO = "scenario", "One scenario"
        DECISION = "decision", "One decision"

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_given"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations_received"
    )
    scope = models.CharField(max_length=8, choices=Scope)
    scenario = models.ForeignKey(
        "negotiation.Scenario", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.ForeignKey(
        "negotiation.Decision", null=True, on_delete=models.PROTECT, related_name="delegations"
    )
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    away = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_to_somebody_else", condition=~Q(giver=F("receiver"))
            ),
            models.CheckConstraint(name="delegation_has_a_time", condition=Q(ends__gt=F("begins"))),
            models.CheckConstraint(
                name="delegation_names_what_it_is_about",
                condition=Q(scope="all", scenario=None, decision=None)
                | Q(scope="scenario", scenario__isnull=False, decision=None)
                | Q(scope="decision", scenario=None, decision__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_away_is_about_everything",
                condition=Q(away=False) | Q(scope="all"),
            ),
        ]
        indexes = [
            # Read by every page that decides: who may act for whom now.
            models.Index(fields=["ends"], name="delegation_standing", condition=Q(revoked_at=None)),
        ]
