"""The judged package.

    (agreement) ──▶ parked ──▶ cleared ──▶ executing ──▶ executed | failed
                    ▲ │ │ ▲ │       │  ▲
                    │ │ │ │ │       │  └── (agreement routed auto: born cleared)
                    │ │ │ └─┼───────┤   the grant did not hold when it was used: back to people
                    │ │ │   │       └──▶ void     … and it cannot even be judged any more
                    │ │ │   └──▶ expired          nobody decided in time
                    │ │ └──▶ rejected | withdrawn a manager | an operator, also once it is cleared
                    │ ▼
                   sent_back ──▶ void             the table talks again, and finds nothing
    (agreement) ──▶ refused ──▶ cleared           only for its score, and only with broken glass

A vote leaves a decision parked until as many people as its tier asks for have approved the same
package; the last of them moves it to cleared. Any reviewer moves parked or cleared → rejected, an
operator → withdrawn; the timers parked → expired; a worker the rest. A mandate is an approval given
beforehand; whoever breaks the glass moves parked or refused → cleared alone. No wins over yes until
a worker begins. An amended or returned decision has another package, and its votes begin again; the
package before is kept. Where the seats did not agree and a person is asked, what that person
chooses is parked, too (services/choices).
Every move is a conditional UPDATE; the CHECK constraints below hold whoever writes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from negotiation.roles import may_export, may_watch

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from negotiation.engine.messages import Offer
    from negotiation.models.executions import Grant


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

    def sent_back(self) -> DecisionQuerySet:
        """The table is at it again."""
        return self.filter(status=Decision.Status.SENT_BACK)

    def undone(self) -> DecisionQuerySet:
        """What nobody has begun to carry out, and a person may still say no to."""
        return self.filter(status__in=[Decision.Status.PARKED, Decision.Status.CLEARED])

    def breakable(self) -> DecisionQuerySet:
        """What one person may clear in an emergency."""
        return self.filter(status__in=Decision.BREAKABLE)

    def executing(self) -> DecisionQuerySet:
        return self.filter(status=Decision.Status.EXECUTING)


_NEVER_CLEARED = ["parked", "sent_back", "rejected", "withdrawn", "expired", "refused"]


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
        SENT_BACK = "sent_back", "Sent back"
        WITHDRAWN = "withdrawn", "Withdrawn"

    BREAKABLE = (Status.PARKED, Status.REFUSED)

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
    # Who decides, as the policy said when it was routed (engine/tiers.Tier); empty where nobody
    # has to. Of that, what the constraints compare: how many people, and how many have approved.
    tier = models.JSONField(default=dict)
    people = models.PositiveSmallIntegerField(default=1)
    seniors = models.PositiveSmallIntegerField(default=0)
    approvals = models.PositiveSmallIntegerField(default=0)
    senior_approvals = models.PositiveSmallIntegerField(default=0)
    # How often its time ran out and more people were asked.
    escalated = models.PositiveSmallIntegerField(default=0)
    # What a person made of the agreement; None as long as it is what the seats agreed.
    offer = models.JSONField(null=True)
    amended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # How often the table was asked to go on.
    sent_back = models.PositiveSmallIntegerField(default=0)
    # Who is looking at it, and until when that counts.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)
    # In an emergency one person clears what others would have to.
    glass_broken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    glass_broken_at = models.DateTimeField(null=True)
    glass_reason = models.CharField(max_length=1000, blank=True)
    # What somebody approved beforehand, and has so given one of the approvals.
    mandate = models.ForeignKey(
        "Mandate", null=True, on_delete=models.PROTECT, related_name="decisions"
    )
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
                | Q(route__in=["review", "refuse"], cleared_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_refused_is_never_cleared",
                condition=~Q(route="refuse")
                | Q(cleared_at__isnull=True, status="refused")
                | Q(glass_broken_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_glass_is_broken_with_a_reason",
                condition=Q(
                    glass_broken_by__isnull=True, glass_broken_at__isnull=True, glass_reason=""
                )
                | Q(glass_broken_by__isnull=False, glass_broken_at__isnull=False)
                & Q(GreaterThanOrEqual(Length("glass_reason"), 20)),
            ),
            models.CheckConstraint(
                name="decision_glass_is_broken_by_who_clears",
                condition=Q(glass_broken_by__isnull=True)
                | Q(cleared_at__isnull=True)
                | Q(cleared_by=F("glass_broken_by")),
            ),
            models.CheckConstraint(
                name="decision_waiting_has_its_glass_whole",
                condition=Q(glass_broken_by__isnull=True)
                | ~Q(status__in=["parked", "sent_back", "refused", "expired"]),
            ),
            models.CheckConstraint(
                name="decision_rejected_is_never_cleared",
                condition=~Q(status__in=_NEVER_CLEARED) | Q(cleared_at__isnull=True),
            ),
            models.CheckConstraint(
                name="decision_cleared_by_enough_people",
                condition=Q(cleared_at__isnull=True)
                | Q(route="auto")
                | Q(glass_broken_by__isnull=False)
                | Q(approvals__gte=F("people"), senior_approvals__gte=F("seniors")),
            ),
            models.CheckConstraint(
                name="decision_asks_at_least_one_person",
                condition=Q(people__gte=1, seniors__lte=F("people")),
            ),
            models.CheckConstraint(
                name="decision_sent_back_twice_at_most", condition=Q(sent_back__lte=2)
            ),
            models.CheckConstraint(
                name="decision_amended_by_somebody",
                condition=Q(offer__isnull=True) | Q(amended_by__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_claim_has_an_end",
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_parked_has_a_due_time",
                condition=~Q(status="parked") | Q(due_at__isnull=False),
            ),
        ]
        indexes = [
            # Read by the approval queue.
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
    def agreed(self) -> Offer:
        """What would be carried out: what the seats agreed, or what a person made of it.

        While they talk again it is what they had agreed.
        """
        offer: Offer = self.offer or self.negotiation.agreement or {}
        return offer or dict(json.loads(self.package)["parameters"])

    @property
    def enough(self) -> bool:
        """Whether as many people have approved as its tier asks for."""
        return self.approvals >= self.people and not self.senior_missing

    @property
    def votes_missing(self) -> int:
        """One at least while it waits: who had approved may count no longer."""
        people, seniors = self.people - self.approvals, self.seniors - self.senior_approvals
        return max(people, seniors, int(self.status == self.Status.PARKED))

    @property
    def senior_missing(self) -> bool:
        return self.senior_approvals < self.seniors

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
