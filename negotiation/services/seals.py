"""The texts a decision rests on, as they are hashed into the audit trail and given as evidence."""

from __future__ import annotations

from typing import Any

import rfc8785

from negotiation.models import Decision, Message
from negotiation.models.audit import sha256
from negotiation.services.audits import plain


def canonical(value: Any) -> str:
    """RFC 8785 JSON of what `plain` makes of the value."""
    return rfc8785.dumps(plain(value)).decode()


def texts(decision: Decision) -> dict[str, str]:
    """Package, judgement, policy and transcript, read from the database as they stand."""
    return {
        "package": decision.package,
        "judgement": canonical(decision.judgement),
        "policy": canonical(decision.negotiation.version.document),
        "transcript": "\n".join(_lines(decision)),
    }


def seals(decision: Decision) -> dict[str, Any]:
    """What the audit row of a judged package says of those texts.

    A transcript may go on after its decision, so how many messages it had is said too.
    """
    stored = Decision.objects.select_related("negotiation__version").get(pk=decision.pk)
    lines = _lines(stored)
    return {
        "package": stored.package_hash,
        "judgement": sha256(canonical(stored.judgement)),
        "policy": stored.negotiation.version.document_hash,
        "transcript": sha256("\n".join(lines)),
        "messages": len(lines),
    }


def _lines(decision: Decision) -> list[str]:
    """One canonical line for each message."""
    return [
        canonical(
            {
                "seq": said.seq,
                "round": said.round,
                "sender": said.sender,
                "act": said.act,
                "text": said.text,
                "body": said.body,
                "at": said.created_at.isoformat(),
            }
        )
        for said in Message.objects.filter(negotiation=decision.negotiation_id).order_by("seq")
    ]
