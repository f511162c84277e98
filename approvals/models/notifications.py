"""Who is told what, on the page, by mail and by webhook.

The audit trail is the outbox: its rows are numbered in the order of the commits, so whatever lies
above the cursor is new and nothing below it was forgotten. A row of the trail is told to a person
once (UNIQUE), and goes out of the house once for each channel:

    Notification ──▶ Posting (one for each channel but the page) ──▶ Delivery (one message)

A delivery takes along all that waits for its person: one a minute and channel at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from negotiation.models import Decision, Negotiation
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser, User


class Event(models.TextChoices):
    PARKED = "parked", "Something waits for you"
    REMINDER = "reminder", "It still waits"
    ESCALATED = "escalated", "Nobody decided in time"
    DECIDED = "decided", "Somebody decided"
    EXECUTED = "executed", "It was carried out"
    FAILED = "failed", "Carrying it out failed"
    ASKED = "asked", "A table asks you to choose"


class Channel(models.TextChoices):
    PAGE = "page", "Page"
    MAIL = "mail", "Mail"
    WEBHOOK = "webhook", "Webhook"


# These leave the house.
OUTWARD = [(channel.value, channel.label) for channel in (Channel.MAIL, Channel.WEBHOOK)]


class NotificationCursor(models.Model):
    """Up to which row of the audit trail people have been told."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(name="notification_cursor_is_one", condition=Q(pk=1)),
        ]


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User | AnonymousUser) -> NotificationQuerySet:
        """One's own, for as long as one may see what they are about."""
        if user.pk is None or not may_watch(user):
            return self.none()
        return self.filter(user_id=user.pk, on_page=True)

    def unseen(self) -> NotificationQuerySet:
        return self.filter(seen_at=None)


class Notification(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    event = models.CharField(max_length=9, choices=Event)
    # What it is about: a decision, or a table that ended and asks a person.
    decision = models.ForeignKey(Decision, null=True, on_delete=models.CASCADE, related_name="+")
    negotiation = models.ForeignKey(
        Negotiation, null=True, on_delete=models.CASCADE, related_name="+"
    )
    # The row of the audit trail that it tells of.
    audit_seq = models.PositiveBigIntegerField()
    # One line for people, with nothing in it that could fool a reader (scenarios/texts.visible).
    text = models.CharField(max_length=500)
    # Empty where there is no package yet.
    package_hash = models.CharField(max_length=64, blank=True)
    on_page = models.BooleanField()
    # When it happened, as the audit trail says.
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "audit_seq"], name="notification_once_for_a_person"
            ),
            models.CheckConstraint(
                name="notification_is_about_one_thing",
                condition=Q(decision__isnull=False, negotiation=None)
                | Q(decision=None, negotiation__isnull=False),
            ),
        ]
        indexes = [
            # Read by the bell of every page.
            models.Index(
                fields=["user"],
                name="notification_unseen",
                condition=Q(seen_at=None, on_page=True),
            ),
            # Read by the list, newest first.
            models.Index(fields=["user", "-id"], name="notification_of_a_person"),
            # Read by what thins them out.
            models.Index(fields=["created_at"], name="notification_by_age"),
        ]


class NotificationChoice(models.Model):
    """What a person said about one event on one channel; services/preferences has the defaults."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices"
    )
    event = models.CharField(max_length=9, choices=Event)
    channel = models.CharField(max_length=7, choices=Channel)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event", "channel"], name="notification_choice_once"
            ),
        ]


class NotificationWebhook(models.Model):
    """Where a person wants notifications to be sent, and what these are signed with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_webhook"
    )
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=100)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def pending(self) -> DeliveryQuerySet:
        return self.filter(status=Delivery.Status.PENDING)

    def due(self, now: datetime) -> DeliveryQuerySet:
        """Pending, its time has come, and no live worker holds it."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.pending().filter(free, next_at__lte=now)


class Delivery(models.Model):
    """One message to one person: pending ──▶ sent | failed, by a worker under a lease."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=7, choices=OUTWARD)
    # Minutes since 1970 when it was made.
    minute = models.PositiveBigIntegerField()
    # The same in every attempt, so that the other side can tell a retry from a second message.
    key = models.CharField(max_length=60, unique=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "channel", "minute"], name="delivery_one_a_minute"
            ),
            models.CheckConstraint(
                name="delivery_pending_has_a_next_time",
                condition=~Q(status="pending") | Q(next_at__isnull=False, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="delivery_ended_is_at_rest",
                condition=Q(status="pending")
                | Q(ended_at__isnull=False, next_at__isnull=True, lease_until__isnull=True),
            ),
        ]
        indexes = [
            # Read by the task that sends.
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(status="pending")),
        ]


class Posting(models.Model):
    """That a notification goes out by one channel; it waits until a delivery takes it along."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="postings"
    )
    channel = models.CharField(max_length=7, choices=OUTWARD)
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.CASCADE, related_name="postings"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel"], name="posting_once_for_a_channel"
            ),
        ]
        indexes = [
            # Read by what makes deliveries.
            models.Index(fields=["channel"], name="posting_waits", condition=Q(delivery=None)),
        ]
