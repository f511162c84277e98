"""One run of a scenario and what was said in it.

    queued ──▶ running ──▶ agreed | no_agreement | failed
       │         │  ▲  ▲        │
       │         │  │  └────────┘           (a reviewer sends its decision back)
       │   pause ▼  │ resume
       │       paused
       └────────┴─────────▶ stopped          (an operator, or nobody resumed it in time)

A worker moves queued → running and running → agreed | no_agreement | failed, and only while it
holds the lease (`fence` equal to the number it was given). People move the rest; who sends a
decision back moves agreed → running (services/reopenings). Every move is a
conditional UPDATE on the expected status. Waiting between two paced turns is *running* with no
lease and a `next_at`. Where no agreement came, the table's rules may ask a person (`asking`): what
they choose is a decision, and the table stays without an agreement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.models.stops import Stop
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User

    from negotiation.engine.messages import Message as EngineMessage
    from negotiation.engine.messages import Offer


class NegotiationQuerySet(models.QuerySet["Negotiation"]):
    def visible_to(self, user: User | AnonymousUser) -> NegotiationQuerySet:
        return self if may_watch(user) else self.none()

    def open(self) -> NegotiationQuerySet:
        return self.filter(status__in=Negotiation.OPEN)

    def active(self) -> NegotiationQuerySet:
        return self.filter(status__in=Negotiation.ACTIVE)

    def paused(self) -> NegotiationQuerySet:
        return self.filter(status=Negotiation.Status.PAUSED)

    def asking(self) -> NegotiationQuerySet:
        """Ended without an agreement, a person is asked, and nobody has decided yet."""
        asks = self.filter(status=Negotiation.Status.NO_AGREEMENT, summary__ending__asks=True)
        return asks.filter(decision=None)

    def forgotten(self, now: datetime) -> NegotiationQuerySet:
        """Paused, and nobody came back in time."""
        return self.paused().filter(next_at__lte=now)

    def unstopped(self) -> NegotiationQuerySet:
        """Over which there is no live stop. Reads own columns only, so it may guard an UPDATE."""
        return self.filter(~Stop.objects.live().reach())

    def due(self, now: datetime) -> NegotiationQuerySet:
        """Active, its time has come, and no live worker holds it."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.active().filter(free, next_at__lte=now)


class Negotiation(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        AGREED = "agreed", "Agreed"
        NO_AGREEMENT = "no_agreement", "No agreement"
        STOPPED = "stopped", "Ended"
        FAILED = "failed", "Failed"

    ACTIVE = (Status.QUEUED, Status.RUNNING)
    OPEN = (*ACTIVE, Status.PAUSED)

    version = models.ForeignKey(
        "ScenarioVersion", on_delete=models.PROTECT, related_name="negotiations"
    )
    title = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    pace = models.FloatField(default=0)
    status = models.CharField(max_length=12, choices=Status, default=Status.QUEUED)
    # Why it ended or stands still: a sentence for people.
    reason = models.CharField(max_length=1000, blank=True)
    # seq of the newest message; a Message with seq = head + 1 is the only one that may follow.
    head = models.PositiveIntegerField(default=0)
    round = models.PositiveIntegerField(default=0)
    # Handed to the worker that claims the row; a commit with an older number changes nothing.
    fence = models.PositiveIntegerField(default=0)
    # Claims since the last committed turn. Too many: what it computes kills its worker.
    stalls = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    agreement = models.JSONField(null=True)
    # Summary of a finished table (engine/analysis: utilities, Nash ratio, confidence, …); without
    # an agreement how it ended (engine/endings: what conflicts, what a person may look at).
    summary = models.JSONField(default=dict)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = NegotiationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="negotiation_open_has_a_next_time",
                condition=Q(status__in=["agreed", "no_agreement", "stopped", "failed"])
                | Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="negotiation_ended_is_at_rest",
                condition=Q(status__in=["queued", "running", "paused"])
                | Q(finished_at__isnull=False, lease_until__isnull=True, next_at__isnull=True),
            ),
            models.CheckConstraint(
                name="negotiation_agreed_names_an_offer",
                condition=~Q(status="agreed") | Q(agreement__isnull=False),
            ),
        ]
        indexes = [
            # Read by the sweep.
            models.Index(
                fields=["next_at"],
                name="negotiation_due",
                condition=Q(status__in=["queued", "running", "paused"]),
            ),
            # Read by the floor: chips count by status, rows come newest first.
            models.Index(fields=["status", "-id"], name="negotiation_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"

    @property
    def agreed_offer(self) -> Offer:
        """What was agreed; only an agreed negotiation has it."""
        if self.agreement is None:
            raise AssertionError(f"{self} has no agreement")
        return cast("Offer", self.agreement)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class Message(models.Model):
    """One typed move. `body` is the engine's message, whole; the columns are for queries."""

    negotiation = models.ForeignKey(Negotiation, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    sender = models.CharField(max_length=160)
    act = models.CharField(max_length=12)
    text = models.TextField()
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["negotiation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["negotiation", "seq"], name="message_numbered_once"),
            models.CheckConstraint(name="message_numbers_begin_at_one", condition=Q(seq__gte=1)),
        ]
        indexes = [
            # Read by the floor: who stepped in.
            models.Index(
                fields=["negotiation"], name="message_of_a_person", condition=Q(act="intervene")
            ),
        ]

    @classmethod
    def from_move(cls, negotiation: Negotiation, move: EngineMessage, now: datetime) -> Message:
        """The unsaved row of what was said."""
        return cls(
            negotiation=negotiation,
            seq=move.seq,
            round=move.round,
            sender=move.sender,
            act=move.act,
            text=move.text,
            body=move.to_dict(),
            created_at=now,
        )
