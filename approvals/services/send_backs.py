"""A person sends a decision back: the seats go on talking, and have to keep what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from approvals.models import Review
from approvals.services.calls import Call, keep
from approvals.services.reviews import NotAllowed, ReasonMissing, once, seen, too_late
from negotiation.engine.plain import plain
from negotiation.roles import may_review
from negotiation.services import decisions, reopenings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.requirements import Requirement


def send_back(
    *,
    decision_id: int,
    by: User,
    seen_hash: str,
    reason: str,
    requirements: Sequence[Requirement],
    now: datetime,
    seen_revision: int | None = None,
    key: str = "",
    sure: bool = True,
) -> Review:
    """The table that agreed goes on from where it stood, over the offers that keep `requirements`.

    Raises NotAllowed, ReasonMissing, NotParked, KeyReused, reopenings.SentBackTwice,
    reopenings.CannotBeAsked and, unless `sure`, reopenings.Unlikely; then nothing was changed.
    """
    if not may_review(by):
        raise NotAllowed("Only managers send a decision back.")
    if not reason.strip():
        raise ReasonMissing("Say why: the agents' owners and the next reviewer will read it.")
    call = Call(
        decision_id=decision_id,
        by=by,
        verdict=Review.Verdict.SEND_BACK,
        reason=reason,
        seen_hash=seen_hash,
        seen_revision=seen_revision,
        key=key,
        content=json.dumps(plain(list(requirements))),
    )
    return once(call, lambda: _send(call, requirements, now, sure=sure))


def _send(call: Call, requirements: Sequence[Requirement], now: datetime, *, sure: bool) -> Review:
    decision = seen(call, now)
    if decision.status != decision.Status.PARKED:
        raise too_late(decision.pk, now)
    if decision.sent_back >= reopenings.MOST:
        raise reopenings.SentBackTwice(reopenings.SentBackTwice.__doc__)
    message = reopenings.asked(
        decision=decision, requirements=requirements, by=call.by, reason=call.reason, sure=sure
    )
    try:
        with transaction.atomic():
            reopenings.reopen(
                decision=decision, message=message, by=call.by, reason=call.reason, now=now
            )
            return keep(call, decision, now, requirements=plain(message.requirements))
    except decisions.NotParked:
        raise too_late(call.decision_id, now) from None
