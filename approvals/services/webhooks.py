"""Notifications as signed calls; `text` is what Slack and its likes show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings

from approvals.services import preferences
from approvals.services.letters import line, page_of
from negotiation.webhooks import NotDelivered, SignedCall, post

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.models import Notification
    from approvals.services.letters import Letter

# Slack's three: what would otherwise begin a link, a mention of everybody, or an entity.
MRKDWN = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def send_webhook(letter: Letter, now: datetime) -> str:
    """What the other side answered; raises NotDelivered."""
    webhook = preferences.webhook_of(letter.user)
    if webhook is None or not letter.user.is_active:
        raise NotDelivered("The account is closed or has no address.", permanent=True)
    try:
        preferences.check_address(webhook.url)
    except preferences.AddressRefused as error:
        raise NotDelivered(str(error), permanent=True) from error
    call = SignedCall(
        name="Your webhook",
        url=webhook.url,
        secret=webhook.secret,
        key=letter.key,
        body=json.dumps(body(letter), ensure_ascii=False),
        allow_private=settings.NOTIFY_WEBHOOK_PRIVATE,
    )
    return post(call, now=now)


def body(letter: Letter) -> dict[str, Any]:
    lines = [f"{escaped(line(told))} {page_of(told)}" for told in letter.shown]
    return {
        "type": "parley.notifications",
        "text": "\n".join([*lines, *filter(None, [letter.rest])]),
        "notifications": [_one(told) for told in letter.shown],
        "left_out": len(letter.told) - len(letter.shown),
    }


def _one(told: Notification) -> dict[str, str]:
    """Ids are texts, because numbers in JSON end at 2^53; empty is what it is not about."""
    return {
        "event": told.event,
        "text": told.text,
        "decision": str(told.decision_id or ""),
        "negotiation": str(told.negotiation_id or ""),
        "package": told.package_hash,
        "url": page_of(told),
        "at": told.created_at.isoformat(),
        "audit": str(told.audit_seq),
    }


def escaped(text: str) -> str:
    return text.translate(MRKDWN)
