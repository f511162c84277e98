"""The demo receiver: stands for the system that would place the service."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from negotiation import broadcast
from negotiation.models import ReceivedCall

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class BadSignature(Exception):
    """The call is not signed with this target's secret, or it is too old."""


def receive(*, headers: Mapping[str, str], body: bytes, now: datetime) -> ReceivedCall:
    """Takes a call in. The same webhook id again is counted and has no second effect."""
    lowered = {name.lower(): value for name, value in headers.items()}
    _verify(lowered, body)
    webhook_id = lowered["webhook-id"][:100]
    again = ReceivedCall.objects.filter(webhook_id=webhook_id)
    with transaction.atomic():
        if not again.update(deliveries=F("deliveries") + 1):
            _insert(webhook_id, body, now)
        broadcast.receiver_changed()
    return again.get()


def _insert(webhook_id: str, body: bytes, now: datetime) -> None:
    try:
        with transaction.atomic():
            ReceivedCall.objects.create(
                webhook_id=webhook_id,
                received_at=now,
                body=body.decode(),
                package_hash=hashlib.sha256(body).hexdigest(),
            )
    except IntegrityError:
        # Two deliveries of the same call at once: the other one was first.
        ReceivedCall.objects.filter(webhook_id=webhook_id).update(deliveries=F("deliveries") + 1)


def _verify(headers: dict[str, str], body: bytes) -> None:
    target = settings.WEBHOOK_TARGETS.get("demo")
    if target is None:
        raise BadSignature("No demo receiver is set up here.")
    try:
        Webhook(target["secret"]).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise BadSignature(BadSignature.__doc__) from error
