"""A person's verdict on a parked decision. The first one on a package is the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timesince import timesince

from approvals.models import Review
from negotiation.models import Decision
from negotiation.roles import may_review
from negotiation.services import decisions

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User


class NotAllowed(Exception):
    """Only managers approve and reject."""


class ReasonMissing(Exception):
    """A rejection needs a reason: the agents' owners and the next reviewer will read it."""


class NotParked(Exception):
    """The decision is no longer waiting; `decision` is how it stands now."""

    def __init__(self, decision: Decision, sentence: str) -> None:
        super().__init__(sentence)
        self.decision = decision


def approve(
    *, decision_id: int, by: User, seen_hash: str, now: datetime, reason: str = ""
) -> Review:
    """Clears exactly the package whose hash the reviewer saw."""
    decision = _decision_for(by, decision_id, seen_hash, now)
    scenario = decision.negotiation.version.compiled()
    try:
        with transaction.atomic():
            decisions.clear(decision=decision, scenario=scenario, by=by, now=now)
            return _review(decision, by, Review.Verdict.APPROVE, reason, now)
    except decisions.NotParked:
        raise _too_late(decision_id, now) from None


def reject(*, decision_id: int, by: User, seen_hash: str, reason: str, now: datetime) -> Review:
    """Ends the decision; nothing is carried out."""
    if not reason.strip():
        raise ReasonMissing(ReasonMissing.__doc__)
    decision = _decision_for(by, decision_id, seen_hash, now)
    try:
        with transaction.atomic():
            decisions.reject(decision=decision, by=by, reason=reason, now=now)
            return _review(decision, by, Review.Verdict.REJECT, reason, now)
    except decisions.NotParked:
        raise _too_late(decision_id, now) from None


def _decision_for(by: User, decision_id: int, seen_hash: str, now: datetime) -> Decision:
    if not may_review(by):
        raise NotAllowed(NotAllowed.__doc__)
    decision = (
        Decision.objects.visible_to(by)
        .select_related("negotiation__version__scenario")
        .get(pk=decision_id)
    )
    if decision.package_hash != seen_hash:
        raise NotParked(decision, "The package has changed since you looked; nothing was decided.")
    if decision.due_at and decision.due_at <= now:
        raise NotParked(decision, "Its time had run out before you decided; nothing was changed.")
    return decision


def _review(
    decision: Decision, by: User, verdict: Review.Verdict, reason: str, now: datetime
) -> Review:
    return Review.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        reviewer=by,
        verdict=verdict,
        reason=reason,
        created_at=now,
    )


def _too_late(decision_id: int, now: datetime) -> NotParked:
    """Says who was first, and when."""
    decision = Decision.objects.select_related("negotiation__version__scenario").get(pk=decision_id)
    first = decision.reviews.select_related("reviewer").first()
    if first is None:
        return NotParked(decision, f"It is {decision.get_status_display().lower()} already.")
    seconds = round((now - first.created_at).total_seconds())
    ago = f"{seconds} s" if seconds < 60 else timesince(first.created_at, now)
    return NotParked(
        decision,
        f"{first.reviewer.get_username()} {first.get_verdict_display().lower()} this {ago} before"
        " you; nothing was changed.",
    )
