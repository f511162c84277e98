"""The single-use permission to execute one package, and the execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.models.decisions import Decision
from negotiation.models.stops import Stop

if TYPE_CHECKING:
    from datetime import datetime


class Grant(models.Model):
    """The single-use permission to execute one package. Of a decision's at most one is not void."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="grants")
    package_hash = models.CharField(max_length=64)
    # Hash of the facts the decision read, and only those.
    fingerprint = models.CharField(max_length=64)
    version = models.ForeignKey("ScenarioVersion", on_delete=models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=43, unique=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # services/signatures.py: over all that is above.
    signature = models.CharField(max_length=64)
    consumed_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"], name="grant_one_that_counts", condition=Q(void_at=None)
            ),
            models.CheckConstraint(
                name="grant_void_is_never_used",
                condition=Q(void_at__isnull=True) | Q(consumed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="grant_used_within_its_time",
                condition=Q(consumed_at__isnull=True)
                | Q(consumed_at__gte=F("granted_at"), consumed_at__lt=F("expires_at")),
            ),
        ]


class ExecutionQuerySet(models.QuerySet["Execution"]):
    def pending(self) -> ExecutionQuerySet:
        return self.filter(status=Execution.Status.PENDING)

    def due(self, now: datetime) -> ExecutionQuerySet:
        """Pending, its time has come, and no live worker holds it."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.pending().filter(free, next_at__lte=now)

    def unstopped(self) -> ExecutionQuerySet:
        """That no live stop holds. Joins other tables, so it is not for the guard of an UPDATE."""
        broken_at = "decision__glass_broken_at"
        return self.filter(
            ~Stop.objects.live().reach("decision__negotiation__", broken_at=broken_at)
        )


class Execution(models.Model):
    """Carrying out one package: pending ──▶ succeeded | failed, by a worker under a lease."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="execution")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="execution")
    # Sent to the target with every attempt, so that it can tell a retry from a second order.
    idempotency_key = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=10)
    target = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    response = models.CharField(max_length=1000, blank=True)
    # What had changed since it was approved without making that void.
    drift = models.CharField(max_length=1000, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="execution_pending_has_a_next_time",
                condition=~Q(status="pending") | Q(next_at__isnull=False, finished_at__isnull=True),
            ),
            models.CheckConstraint(
                name="execution_ended_is_at_rest",
                condition=Q(status="pending")
                | Q(finished_at__isnull=False, next_at__isnull=True, lease_until__isnull=True),
            ),
        ]
        indexes = [
            # Read by the sweep.
            models.Index(fields=["next_at"], name="execution_due", condition=Q(status="pending")),
        ]
