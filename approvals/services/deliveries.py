"""Sends what waits: one message for each person, channel and minute, tried until it is taken.

A worker that dies after the other side took a message and before that is written down sends it
again when its lease ends; mails and webhooks carry the same id then.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from approvals.models import Channel, Delivery, Notification, Posting
from approvals.services.letters import Letter
from approvals.services.mails import send_mail
from approvals.services.webhooks import send_webhook
from negotiation.scenarios.texts import visible
from negotiation.webhooks import NotDelivered

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("parley.notifications")

# Longer than any channel takes for one attempt.
LEASE = timedelta(seconds=90)
# Seconds until the next attempt: two hours in all. Later it is on the page, and news no more.
BACKOFF = (5, 30, 120, 600, 1_800, 3_600)
KEPT = timedelta(days=90)


def collect(*, now: datetime) -> int:
    """Puts all that waits for a person and channel into one delivery, unless this minute has had
    one. How many deliveries that makes."""
    waiting = Posting.objects.filter(delivery=None)
    addressees = waiting.values_list("notification__user_id", "channel").distinct().order_by()
    return sum(_collected(user_id, channel, now) for user_id, channel in addressees)


def _collected(user_id: int, channel: str, now: datetime) -> bool:
    minute = int(now.timestamp()) // 60
    if Delivery.objects.filter(user_id=user_id, channel=channel, minute=minute).exists():
        return False
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                user_id=user_id,
                channel=channel,
                minute=minute,
                key=f"parley-notice-{secrets.token_urlsafe(24)}",
                made_at=now,
                next_at=now,
            )
            taken = Posting.objects.filter(
                delivery=None, channel=channel, notification__user_id=user_id
            ).update(delivery=delivery)
            if not taken:
                # Another worker has taken them along a moment ago.
                transaction.set_rollback(True)
            return bool(taken)
    except IntegrityError:
        # Another worker makes the one of this minute.
        return False


def deliver(*, delivery_id: int, clock: Callable[[], datetime]) -> None:
    """One attempt, outside any transaction. Harmless for what is sent or held by another worker."""
    delivery = _claim(delivery_id, clock())
    if delivery is None:
        return
    try:
        answer = _attempt(delivery, clock())
    except NotDelivered as error:
        _put_off(delivery, error, clock())
    except Exception as error:
        # The edge of the worker: tried again, and given up like any other.
        log.exception("Delivery %s broke.", delivery.pk)
        _put_off(delivery, NotDelivered(repr(error)), clock())
    else:
        _end(delivery, Delivery.Status.SENT, answer, clock())


def _attempt(delivery: Delivery, now: datetime) -> str:
    if delivery.attempts > len(BACKOFF) + 1:
        raise NotDelivered("Every attempt ended without an answer.", permanent=True)
    letter = _letter(delivery)
    return send_mail(letter) if delivery.channel == Channel.MAIL else send_webhook(letter, now)


def thin(*, now: datetime) -> int:
    """Removes what is older than people are shown; the audit trail keeps what happened."""
    old, _ = Notification.objects.filter(created_at__lt=now - KEPT).delete()
    rest, _ = (
        Delivery.objects.exclude(status=Delivery.Status.PENDING)
        .filter(made_at__lt=now - KEPT, postings=None)
        .delete()
    )
    return old + rest


def _claim(delivery_id: int, now: datetime) -> Delivery | None:
    due = Delivery.objects.due(now).filter(pk=delivery_id)
    won = due.update(fence=F("fence") + 1, attempts=F("attempts") + 1, lease_until=now + LEASE)
    return Delivery.objects.select_related("user").get(pk=delivery_id) if won == 1 else None


def _letter(delivery: Delivery) -> Letter:
    told = Notification.objects.filter(postings__delivery=delivery).order_by("audit_seq")
    return Letter(user=delivery.user, key=delivery.key, told=list(told.select_related("decision")))


def _put_off(delivery: Delivery, error: NotDelivered, now: datetime) -> None:
    log.warning("Delivery %s, attempt %s: %s", delivery.pk, delivery.attempts, visible(str(error)))
    if error.permanent or delivery.attempts > len(BACKOFF):
        _end(delivery, Delivery.Status.FAILED, str(error), now)
        return
    delay = timedelta(seconds=BACKOFF[delivery.attempts - 1])
    _held(delivery, next_at=now + delay, lease_until=None, answer=_kept(str(error)))


def _end(delivery: Delivery, status: Delivery.Status, answer: str, now: datetime) -> None:
    _held(
        delivery,
        status=status,
        answer=_kept(answer),
        ended_at=now,
        next_at=None,
        lease_until=None,
    )


def _held(delivery: Delivery, **changes: object) -> None:
    """Changes nothing where the lease ran out and another worker has it."""
    Delivery.objects.pending().filter(pk=delivery.pk, fence=delivery.fence).update(**changes)


def _kept(answer: str) -> str:
    return visible(answer)[:500]
