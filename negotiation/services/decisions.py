"""Moves a judged agreement to its end: what is drawn in `models/decisions.py`.

`decide` runs in the transaction of the negotiation's last message, so there is never an
agreement without its decision. Approvals call `vote`, `reject` and `withdraw`, timers `expire`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast
from negotiation.models import Decision, Grant
from negotiation.roles import is_senior
from negotiation.services import (
    audits,
    budgets,
    grants,
    mandates,
    precedents,
    spot_checks,
    stops,
    timers,
)
from negotiation.services.seals import seals

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User

    from negotiation.engine.policy import Judgement
    from negotiation.models import Mandate, Negotiation
    from negotiation.models.decisions import DecisionQuerySet
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.services.judgements import Judged


class NotParked(Exception):
    """This decision is no longer waiting for anybody."""


def decide(
    *, negotiation: Negotiation, scenario: CompiledScenario, judged: Judged, now: datetime
) -> Decision:
    """Routes a judged agreement; call it inside the transaction of the last message."""
    unstopped = stops.held_against(negotiation, judged.judgement)
    judgement = budgets.held_against(scenario, unstopped, now=now)
    state, risk = _first_state(judgement, scenario, now), judgement.risk
    mandate = mandates.drawn_on(
        negotiation=negotiation,
        scenario=scenario,
        judgement=judgement,
        features=judged.features,
        now=now,
    )
    if mandate is not None:
        state |= _approved_beforehand(mandate, state, now)
    decision = Decision.objects.create(
        negotiation=negotiation,
        package=judged.package.decode(),
        package_hash=hashlib.sha256(judged.package).hexdigest(),
        judgement=judged.kept(judgement),
        features=judged.features,
        action_class=precedents.class_of(judged.features),
        score=risk.score if risk else None,
        # An agreement without a stated confidence is one that nobody vouches for.
        confidence=judged.summary.confidence or 0.0,
        created_at=now,
        **state,
    )
    if decision.status == Decision.Status.PARKED:
        timers.start(decision, now)
    if risk and decision.route == Decision.Route.AUTO:
        budgets.reserve(scenario, decision, risk.harm, now=now)
        spot_checks.draw(decision, share=scenario.document.policy.audit_share, now=now)
    rests_on = seals(decision)
    action = f"decision.{decision.status}"
    audits.record(action, decision, now=now, score=decision.score, **rests_on)
    if mandate is not None:
        mandates.record_use(mandate, decision, now=now)
    if decision.status == Decision.Status.CLEARED:
        grants.give(decision, scenario, by=decision.cleared_by, now=now)
    broadcast.queue_changed()
    return decision


def _first_state(judgement: Judgement, scenario: CompiledScenario, now: datetime) -> dict[str, Any]:
    route = Decision.Route(judgement.route)
    match route:
        case Decision.Route.AUTO:
            return {"route": route, "status": Decision.Status.CLEARED, "cleared_at": now}
        case Decision.Route.REVIEW:
            parked = {"route": route, "status": Decision.Status.PARKED}
            return parked | asked(scenario, judgement, now)
        case Decision.Route.REFUSE:
            return {"route": route, "status": Decision.Status.REFUSED, **refusal(judgement)}


def _approved_beforehand(mandate: Mandate, asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The mandate's giver has approved it; it is cleared if nobody else has to."""
    voice = {"mandate": mandate, "approvals": 1, "senior_approvals": int(mandate.senior)}
    if asked["people"] > 1 or asked["seniors"] > voice["senior_approvals"]:
        return voice
    cleared = {"status": Decision.Status.CLEARED, "cleared_at": now}
    return voice | cleared | {"cleared_by": mandate.given_by}


def asked(scenario: CompiledScenario, judgement: Judgement, now: datetime) -> dict[str, Any]:
    """Who has to decide, and until when, frozen as columns; nobody has said anything yet."""
    tier = scenario.tier(judgement)
    return {
        "tier": tier.to_dict(),
        "people": tier.people,
        "seniors": tier.seniors,
        "approvals": 0,
        "senior_approvals": 0,
        "escalated": 0,
        "claimed_by": None,
        "claimed_until": None,
        "due_at": now + timedelta(hours=tier.window_hours),
    }


def refusal(judgement: Judgement) -> dict[str, str]:
    """Why a refused decision is refused, as its column."""
    why = next(each.text for each in judgement.findings if each.forces == judgement.route)
    return {"reason": f"{why} No person can clear it."}


def vote(
    *,
    decision: Decision,
    scenario: CompiledScenario,
    by: User,
    reason: str,
    now: datetime,
    voice: User | None = None,
    stand: Callable[[], bool] = lambda: True,
) -> None:
    """Counts one approval of exactly this package, and clears it with the last that it needs.

    `voice`: whose it is, where `by` stands in for somebody; it is senior if they are. `stand`:
    whether those that were counted still count. The decision stays as it was seen until then: who
    else is looking at it need not look again. The caller writes down whose voice it was, once for
    each person, in the same transaction. Raises NotParked.
    """
    counted = as_seen(decision).update(
        approvals=F("approvals") + 1,
        senior_approvals=F("senior_approvals") + int(is_senior(voice or by)),
        claimed_by=None,
        claimed_until=None,
    )
    if counted != 1:
        raise NotParked(NotParked.__doc__)
    decision.refresh_from_db(fields=["approvals", "senior_approvals"])
    if decision.enough and stand():
        _clear(decision, scenario, by=by, reason=reason, now=now, voice=voice)
        return
    audits.record(
        "decision.approved",
        decision,
        now=now,
        by=by,
        seen=decision.tag,
        package=decision.package_hash,
        reason=reason,
        approvals=decision.approvals,
        people=decision.people,
        voice=voice,
    )
    announce(decision)


def _clear(
    decision: Decision,
    scenario: CompiledScenario,
    *,
    by: User,
    reason: str,
    now: datetime,
    voice: User | None,
) -> None:
    """Parked → cleared by a person, with a grant for exactly this package."""
    _leave_parked(decision, status=Decision.Status.CLEARED, cleared_at=now, cleared_by=by)
    audits.record(
        "decision.cleared",
        decision,
        now=now,
        by=by,
        seen=decision.tag,
        package=decision.package_hash,
        reason=reason,
        approvals=decision.approvals,
        people=decision.people,
        voice=voice,
    )
    grants.give(decision, scenario, by=by, now=now)
    announce(decision)


def reject(
    *, decision: Decision, by: User, reason: str, now: datetime, voice: User | None = None
) -> None:
    """Parked or cleared → rejected by a person: no wins over yes until the permission is used."""
    _call_off(decision, Decision.Status.REJECTED, by=by, reason=reason, now=now, voice=voice)


def withdraw(*, decision: Decision, by: User, reason: str, now: datetime) -> None:
    """Parked or cleared → withdrawn by an operator: what was asked for is not wanted any more."""
    _call_off(decision, Decision.Status.WITHDRAWN, by=by, reason=reason, now=now, voice=None)


def _call_off(
    decision: Decision,
    to: Decision.Status,
    *,
    by: User,
    reason: str,
    now: datetime,
    voice: User | None,
) -> None:
    undone = Decision.objects.undone().filter(pk=decision.pk, package_hash=decision.package_hash)
    ended = {"status": to, "cleared_at": None, "cleared_by": None}
    if undone.update(revision=F("revision") + 1, reason=reason, **ended) != 1:
        raise NotParked(NotParked.__doc__)
    Grant.objects.filter(decision=decision, void_at=None, consumed_at=None).update(void_at=now)
    said = {"seen": decision.tag, "reason": reason}
    audits.record(f"decision.{to}", decision, now=now, by=by, voice=voice, **said)
    announce(decision)


@transaction.atomic
def expire(*, decision: Decision, now: datetime) -> None:
    """Parked → expired, because its window has passed."""
    reason = "Nobody decided in time; nothing was carried out."
    _leave_parked(decision, status=Decision.Status.EXPIRED, reason=reason)
    audits.record("decision.expired", decision, now=now)
    announce(decision)


def _leave_parked(decision: Decision, **changes: object) -> None:
    if as_seen(decision).update(revision=F("revision") + 1, **changes) != 1:
        raise NotParked(NotParked.__doc__)


def as_seen(decision: Decision) -> DecisionQuerySet:
    """The row, if it is parked and what was seen: hash and revision are in the condition.

    Shares the stop switch, so it comes before anything that locks; raises NotParked under a stop.
    """
    stops.share()
    if stop := stops.holding(decision):
        raise NotParked(stop.sentence)
    return Decision.objects.parked().filter(
        pk=decision.pk, package_hash=decision.package_hash, revision=decision.revision
    )


def announce(decision: Decision) -> None:
    """After the work was dispatched: hooks run in the order in which they were registered."""
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=decision.negotiation_id)
