"""A person sends a decision back: the seats go on talking, and have to keep what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from approvals.models import Review
from approvals.services.calls import Call, answered, keep
from approvals.services.reviews import NotAllowed, NotParked, ReasonMissing, seen, too_late
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
    try:
        return answered(call) or _send(call, requirements, now, sure=sure)
    except (NotParked, IntegrityError):
        # The same call may be on its way twice: the first one's answer is then ours as well.
        review = answered(call)
        if review is None:
            raise
        return review


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
            review = Review.objects.create(
                decision=decision,
                package_hash=decision.package_hash,
                reviewer=call.by,
                verdict=call.verdict,
                reason=call.reason,
                requirements=plain(message.requirements),
                returned=decision.returned,
                created_at=now,
            )
            keep(call, review)
            return review
    except decisions.NotParked:
        raise too_late(call.decision_id, now) from None
