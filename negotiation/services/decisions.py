"""Judges an agreement and moves the decision: what is drawn in `models/decisions.py`.

`decide` runs in the transaction of the negotiation's last message, so there is never an
agreement without its decision. Approvals call `clear`, `reject` and `expire`.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from negotiation import broadcast, dispatch
from negotiation.models import Decision, Grant
from negotiation.services import audits
from negotiation.services.packages import fingerprint, package_bytes

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from negotiation.engine.analysis import Summary
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario


class NotParked(Exception):
    """This decision is no longer waiting for anybody."""


def decide(
    *, negotiation: Negotiation, scenario: CompiledScenario, summary: Summary, now: datetime
) -> Decision:
    """Judges the agreement and routes it; call it inside a transaction."""
    judgement = scenario.judge(negotiation.agreed_offer, summary)
    package = package_bytes(negotiation=negotiation, scenario=scenario, summary=summary)
    route = Decision.Route(judgement.route)
    decision = Decision(
        negotiation=negotiation,
        package=package.decode(),
        package_hash=hashlib.sha256(package).hexdigest(),
        judgement=judgement.to_dict(),
        score=judgement.risk.score if judgement.risk else None,
        # An agreement without a stated confidence is one that nobody vouches for.
        confidence=summary.confidence or 0.0,
        route=route,
        created_at=now,
    )
    match route:
        case Decision.Route.AUTO:
            decision.status, decision.cleared_at = Decision.Status.CLEARED, now
        case Decision.Route.REVIEW:
            decision.status = Decision.Status.PARKED
            decision.due_at = now + timedelta(hours=scenario.window_hours)
        case Decision.Route.REFUSE:
            decision.status = Decision.Status.REFUSED
            decision.reason = "The policy refuses a risk this high; no person can clear it."
    decision.save(force_insert=True)
    audits.record(f"decision.{decision.status}", decision, now=now, score=decision.score)
    if route == Decision.Route.AUTO:
        _grant(decision, scenario, by=None, now=now)
    broadcast.queue_changed()
    return decision


def clear(*, decision: Decision, scenario: CompiledScenario, by: User, now: datetime) -> None:
    """Parked → cleared by a person, with a grant for exactly this package."""
    _leave_parked(decision, status=Decision.Status.CLEARED, cleared_at=now, cleared_by=by)
    _grant(decision, scenario, by=by, now=now)
    audits.record("decision.cleared", decision, now=now, by=by, package=decision.package_hash)


def reject(*, decision: Decision, by: User, reason: str, now: datetime) -> None:
    """Parked → rejected by a person."""
    _leave_parked(decision, status=Decision.Status.REJECTED, reason=reason)
    audits.record("decision.rejected", decision, now=now, by=by, reason=reason)


def expire(*, decision: Decision, now: datetime) -> None:
    """Parked → expired, because its window has passed."""
    reason = "Nobody decided in time; nothing was carried out."
    _leave_parked(decision, status=Decision.Status.EXPIRED, reason=reason)
    audits.record("decision.expired", decision, now=now)


def _leave_parked(decision: Decision, **changes: object) -> None:
    # The package hash is in the condition: what was seen is what is decided.
    waiting = Decision.objects.parked().filter(pk=decision.pk, package_hash=decision.package_hash)
    if waiting.update(revision=F("revision") + 1, **changes) != 1:
        raise NotParked(NotParked.__doc__)
    broadcast.queue_changed()
    broadcast.transcript_changed(
        negotiation_id=decision.negotiation_id, head=decision.negotiation.head
    )


def _grant(
    decision: Decision, scenario: CompiledScenario, *, by: User | None, now: datetime
) -> None:
    Grant.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        fingerprint=fingerprint(scenario, decision.negotiation.agreed_offer),
        version=decision.negotiation.version,
        nonce=secrets.token_urlsafe(32),
        granted_by=by,
        granted_at=now,
        expires_at=now + timedelta(hours=scenario.grant_hours),
    )
    dispatch.execute_decision(decision.pk)
