"""One person breaks the glass, and another looks at it within a day."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare

from approvals.models import GlassReview
from approvals.services.calls import KeyReused
from approvals.services.reviews import NotParked
from negotiation import broadcast
from negotiation.models import Decision
from negotiation.roles import may_break_glass, may_look_back
from negotiation.services import audits, decisions, glass

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

log = logging.getLogger("parley.approvals")

REVIEWED_WITHIN = timedelta(hours=24)
SHORTEST_REASON = 20


class NotAllowed(Exception):
    """Only seniors and admins break the glass."""


class ReasonTooShort(Exception):
    """Say in at least 20 characters why this cannot wait: another person judges it by that."""


class NotConfirmed(Exception):
    """Type the package's short hash as it stands on the page, so that it is this one you clear."""


class MayNotReview(Exception):
    """Managers and admins look at a broken glass, and never the one who broke it."""


class NoteMissing(Exception):
    """Say in a few words what you found: it is kept with the decision."""


class AlreadyReviewed(Exception):
    """Somebody has looked at it already."""


def break_glass(
    *,
    decision_id: int,
    by: User,
    seen_hash: str,
    seen_revision: int,
    typed: str,
    reason: str,
    key: str,
    now: datetime,
) -> GlassReview:
    """Clears exactly the package that was seen. Raises one of the above, glass.NotBreakable,
    NotParked and KeyReused."""
    if not may_break_glass(by):
        raise NotAllowed(NotAllowed.__doc__)
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonTooShort(ReasonTooShort.__doc__)
    made = GlassReview.objects.filter(broken_by=by, key=key).first()
    if made is not None:
        return _same(made, decision_id, seen_hash, reason)
    decision = _seen(decision_id, by, seen_hash, seen_revision)
    if not constant_time_compare(typed.strip().lower(), decision.short_hash):
        raise NotConfirmed(NotConfirmed.__doc__)
    try:
        return _broken(decision, by=by, reason=reason, key=key, now=now)
    except (decisions.NotParked, IntegrityError):
        # The same call may be on its way twice: the first one's answer is then ours as well.
        made = GlassReview.objects.filter(broken_by=by, key=key).first()
        if made is not None:
            return _same(made, decision_id, seen_hash, reason)
        raise _changed(decision_id) from None


def _broken(decision: Decision, *, by: User, reason: str, key: str, now: datetime) -> GlassReview:
    scenario = decision.negotiation.version.compiled()
    with transaction.atomic():
        glass.clear(decision=decision, scenario=scenario, by=by, reason=reason, now=now)
        return GlassReview.objects.create(
            decision=decision,
            package_hash=decision.package_hash,
            broken_by=by,
            broken_at=now,
            reason=reason,
            key=key,
            due_at=now + REVIEWED_WITHIN,
        )


def _seen(decision_id: int, by: User, seen_hash: str, seen_revision: int) -> Decision:
    visible = Decision.objects.visible_to(by).select_related("negotiation__version__scenario")
    decision = visible.get(pk=decision_id)
    if (decision.package_hash, decision.revision) != (seen_hash, seen_revision):
        raise _changed(decision_id)
    return decision


def _changed(decision_id: int) -> NotParked:
    decision = Decision.objects.select_related("negotiation__version__scenario").get(pk=decision_id)
    return NotParked(
        decision,
        f"It has changed since you looked: it is {decision.get_status_display().lower()} now."
        " Nothing was cleared.",
    )


def _same(made: GlassReview, decision_id: int, seen_hash: str, reason: str) -> GlassReview:
    if (made.decision_id, made.package_hash, made.reason) != (decision_id, seen_hash, reason):
        raise KeyReused(KeyReused.__doc__)
    return made


@transaction.atomic
def look_back(
    *, review_id: int, by: User, verdict: GlassReview.Verdict, note: str, now: datetime
) -> GlassReview:
    """What another person thinks of it, once. It changes nothing of the decision."""
    waiting = GlassReview.objects.visible_to(by).filter(pk=review_id)
    if not may_look_back(by) or waiting.filter(broken_by=by).exists():
        raise MayNotReview(MayNotReview.__doc__)
    if not note.strip():
        raise NoteMissing(NoteMissing.__doc__)
    said = {"reviewed_by": by, "verdict": verdict, "note": note.strip(), "reviewed_at": now}
    if waiting.open().exclude(broken_by=by).update(**said) != 1:
        raise AlreadyReviewed(AlreadyReviewed.__doc__)
    review = GlassReview.objects.select_related("decision").get(pk=review_id)
    audits.record(
        "glass.reviewed",
        review.decision,
        now=now,
        by=by,
        seen=review.package_hash,
        verdict=str(verdict),
        note=review.note,
    )
    broadcast.queue_changed()
    return review


def alarm(*, now: datetime) -> int:
    """Tells the log, once each, what nobody looked at in time; how many are new."""
    told = 0
    for review in GlassReview.objects.overdue(now).filter(alarmed_at=None):
        new = GlassReview.objects.filter(pk=review.pk, alarmed_at=None).update(alarmed_at=now)
        if new:
            log.error(
                "Decision %s was cleared in an emergency %s ago and nobody else has looked at it.",
                review.decision_id,
                now - review.broken_at,
            )
        told += new
    return told
