"""The judged package, the permission to execute it, and the execution.

    (agreement) ──▶ parked ──▶ cleared ──▶ executing ──▶ executed | failed
                     ▲ │   │        │  ▲
                     │ │   │        │  └── (agreement routed auto: born cleared)
                     └─┼───┼────────┤   the grant did not hold when it was used: back to people
                       │   │        └──▶ void     … and it cannot even be judged any more
                     │   └──▶ expired             nobody decided in time
                     └──▶ rejected                a manager, also once it is cleared
    (agreement) ──▶ refused                       the policy refuses it: no person can clear it

A manager moves parked → cleared, and parked or cleared → rejected; the upkeep task parked →
expired; a worker the rest. No wins over yes until a worker begins.
What comes back is judged anew: its package may be another one, and the one before is kept.
Every move is a conditional UPDATE; the CHECK constraints below hold whoever writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from negotiation.roles import may_export, may_watch

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User | AnonymousUser) -> DecisionQuerySet:
        return self if may_watch(user) else self.none()

    def exportable_by(self, user: User | AnonymousUser) -> DecisionQuerySet:
        return self if may_export(user) else self.none()

    def parked(self) -> DecisionQuerySet:
        """The approval queue."""
        return self.filter(status=Decision.Status.PARKED)

    def cleared(self) -> DecisionQuerySet:
        return self.filter(status=Decision.Status.CLEARED)

    def undone(self) -> DecisionQuerySet:
        """What nobody has begun to carry out, and a person may still say no to."""
        return self.filter(status__in=[Decision.Status.PARKED, Decision.Status.CLEARED])

    def executing(self) -> DecisionQuerySet:
        return self.filter(status=Decision.Status.EXECUTING)

    def overdue(self, now: datetime) -> DecisionQuerySet:
        return self.parked().filter(due_at__lte=now)


class Decision(models.Model):
    class Status(models.TextChoices):
        PARKED = "parked", "Needs approval"
        CLEARED = "cleared", "Cleared"
        EXECUTING = "executing", "Executing"
        EXECUTED = "executed", "Executed"
        FAILED = "failed", "Failed"
        REJECTED = "rejected", "Rejected"
        EXPIRED = "expired", "Expired"
        VOID = "void", "Void"
        REFUSED = "refused", "Refused"

    class Route(models.TextChoices):
        AUTO = "auto", "Automatic"
        REVIEW = "review", "Review"
        REFUSE = "refuse", "Refused"

    negotiation = models.OneToOneField(
        "Negotiation", on_delete=models.PROTECT, related_name="decision"
    )
    # RFC 8785 JSON, byte for byte what was hashed and what is sent.
    package = models.TextField()
    package_hash = models.CharField(max_length=64)
    # What the verdict rests on (engine/policy: score, factors, findings, alternatives, …).
    judgement = models.JSONField()
    # What the judge read (services/precedents): options, figures, losses, what was known of before.
    features = models.JSONField(default=dict)
    # Hash of action, target, executor and seats: whose past actions are precedents of this one.
    action_class = models.CharField(max_length=64, blank=True)
    # None where a figure was missing; such a decision goes to a person.
    score = models.FloatField(null=True)
    confidence = models.FloatField()
    route = models.CharField(max_length=6, choices=Route)
    status = models.CharField(max_length=9, choices=Status)
    # Grows with every change of status; forms carry the number they saw.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Why it is rejected, expired, void, refused or failed: a sentence for people.
    reason = models.CharField(max_length=1000, blank=True)
    # How often it came back to the queue, and why the last time.
    returned = models.PositiveIntegerField(default=0)
    returned_because = models.CharField(max_length=1000, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="decision_unscored_is_never_automatic",
                condition=~Q(route="auto") | Q(score__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_never_runs_uncleared",
                condition=~Q(status__in=["cleared", "executing", "executed", "failed"])
                | Q(cleared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_review_needs_a_person",
                condition=Q(cleared_at__isnull=True)
                | Q(route="auto")
                | Q(route="review", cleared_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_refused_is_never_cleared",
                condition=~Q(route="refuse") | Q(cleared_at__isnull=True, status="refused"),
            ),
            models.CheckConstraint(
                name="decision_rejected_is_never_cleared",
                condition=~Q(status__in=["parked", "rejected", "expired", "refused"])
                | Q(cleared_at__isnull=True),
            ),
            models.CheckConstraint(
                name="decision_parked_has_a_due_time",
                condition=~Q(status="parked") | Q(due_at__isnull=False),
            ),
        ]
        indexes = [
            # Read by the approval queue and by the task that lets items expire.
            models.Index(
                fields=["-score", "due_at"],
                name="decision_parked_by_risk",
                condition=Q(status="parked"),
            ),
            # Read by the judge: precedents of an action.
            models.Index(fields=["action_class", "status", "-id"], name="decision_precedents"),
            # Read by the judge: what was lost lately.
            models.Index(fields=["cleared_at"], name="decision_cleared_of_late"),
        ]

    @property
    def short_hash(self) -> str:
        return self.package_hash[:12]

    @property
    def tag(self) -> str:
        """What somebody saw who looked at it now: package and state. Sent back with a verdict."""
        return f"{self.revision}-{self.package_hash}"

    @property
    def grant(self) -> Grant:
        """The permission that counts; raises Grant.DoesNotExist."""
        return self.grants.get(void_at=None)


class EarlierPackage(models.Model):
    """A package that a decision had before it came back, byte for byte. Never changed."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="earlier")
    package = models.TextField()
    package_hash = models.CharField(max_length=64)
    judgement = models.JSONField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


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
