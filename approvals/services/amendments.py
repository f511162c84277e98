"""A reviewer's amendment: another lawful offer, which somebody else then has to approve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import transaction

from approvals.models import Review
from approvals.services.calls import Call, keep
from approvals.services.reviews import NotAllowed, ReasonMissing, once, seen, too_late
from negotiation.roles import may_review
from negotiation.services import amendments, decisions

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.messages import Offer


def amend(
    *,
    decision_id: int,
    by: User,
    seen_hash: str,
    offer: Offer,
    reason: str,
    now: datetime,
    seen_revision: int | None = None,
    key: str = "",
) -> Review:
    """Puts `offer` in the place of what the reviewer saw.

    Raises NotAllowed, ReasonMissing, NotParked, KeyReused and amendments.CannotTakeItsPlace; then
    nothing was changed.
    """
    if not may_review(by):
        raise NotAllowed("Only managers amend a decision.")
    if not reason.strip():
        raise ReasonMissing("Say why: whoever has to approve it will read it.")
    call = Call(
        decision_id=decision_id,
        by=by,
        verdict=Review.Verdict.AMEND,
        reason=reason,
        seen_hash=seen_hash,
        seen_revision=seen_revision,
        key=key,
        content=json.dumps(offer, sort_keys=True),
    )
    return once(call, lambda: _amend(call, offer, now))


def _amend(call: Call, offer: Offer, now: datetime) -> Review:
    decision = seen(call, now)
    if decision.status != decision.Status.PARKED:
        raise too_late(decision.pk, now)
    judged = amendments.judged(decision=decision, offer=offer, by=call.by, now=now)
    try:
        with transaction.atomic():
            amendments.amend(
                decision=decision, judged=judged, by=call.by, reason=call.reason, now=now
            )
            return keep(call, decision, now)
    except decisions.NotParked:
        raise too_late(call.decision_id, now) from None
