"""Several approvals at once, of what one person may clear: each is a verdict of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.services import reviews
from approvals.services.calls import KeyReused
from approvals.services.claims import claimed_by_other
from negotiation.models import Decision
from negotiation.roles import may_review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

MOST = 20


class TooMany(Exception):
    """At most 20 decisions are approved at once. Nothing was approved."""


@dataclass(frozen=True, slots=True)
class Item:
    """One decision as it was seen on the queue, with a key of its own."""

    decision_id: int
    seen_revision: int
    seen_hash: str
    key: str


@dataclass(frozen=True, slots=True)
class Result:
    decision: Decision
    approved: bool
    sentence: str


def hindrance(decision: Decision, user: User, now: datetime) -> str | None:
    """Why `user` cannot approve this one among others, as a sentence; None if they can."""
    if decision.people > 1 or decision.tier.get("own_verdict"):
        return "It needs more than one glance: open it and decide it by itself."
    if claimed_by_other(decision, user, now):
        return "Somebody else is reviewing it."
    excluded = exclusion(decision, user)
    return None if excluded is None else f"You are {excluded}."


def approve_all(
    *, items: Sequence[Item], by: User, reason: str, now: datetime
) -> tuple[list[Result], list[int]]:
    """A result for each decision, in the order given, and the numbers of those that `by` cannot
    see. Sent again it approves nothing twice. Raises TooMany."""
    if not may_review(by):
        raise reviews.NotAllowed(reviews.NotAllowed.__doc__)
    if len(items) > MOST:
        raise TooMany(TooMany.__doc__)
    visible = Decision.objects.visible_to(by).select_related("negotiation__version__scenario")
    found = visible.in_bulk([item.decision_id for item in items])
    unknown = [item.decision_id for item in items if item.decision_id not in found]
    known = {item.decision_id: item for item in items if item.decision_id in found}
    return [_approve(found[pk], item, by, reason, now) for pk, item in known.items()], unknown


def _approve(decision: Decision, item: Item, by: User, reason: str, now: datetime) -> Result:
    if decision.status == Decision.Status.PARKED:
        hindered = hindrance(decision, by, now)
        if hindered is not None:
            return Result(decision, False, hindered)
    try:
        reviews.approve(
            decision_id=item.decision_id,
            by=by,
            seen_hash=item.seen_hash,
            seen_revision=item.seen_revision,
            key=item.key,
            reason=reason,
            now=now,
        )
    except (reviews.NotParked, reviews.MayNotApprove, KeyReused) as refusal:
        return Result(decision, False, str(refusal))
    return Result(decision, True, "Approved. It is being carried out.")
