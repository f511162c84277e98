"""Brings a decision back to people: its permission did not hold, or they had sent it back.

It is judged anew from the transcript, under the figures as they are now; the package may be another
one then. Only what cannot be judged any more, or not agreed any more, is void for good.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast
from negotiation.engine.endings import Agreement
from negotiation.models import Decision, EarlierPackage, Grant
from negotiation.services import audits, decisions, judgements, timers, transcripts
from negotiation.services.packages import Amended
from negotiation.services.seals import seals

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from negotiation.engine.session import Session
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.services.judgements import Judged

log = logging.getLogger("parley.decisions")


def give_back(
    *, decision_id: int, reason: str, clock: Callable[[], datetime], final: bool = False
) -> None:
    """Cleared → parked with `reason`, or void if that is `final`. Harmless in every other state."""
    decision = (
        Decision.objects.cleared()
        .select_related("negotiation__version__scenario")
        .filter(pk=decision_id)
        .first()
    )
    if decision is None:
        return
    void: dict[str, Any] = {"status": Decision.Status.VOID, "reason": reason}
    state = void if final else _judged_anew(decision, reason, clock) or void
    now = clock()
    with transaction.atomic():
        seen = Decision.objects.cleared().filter(pk=decision.pk, revision=decision.revision)
        if seen.update(revision=F("revision") + 1, **state) != 1:
            return
        if "package_hash" in state:
            keep(decision, now)
        if state["status"] == Decision.Status.PARKED:
            timers.start(decision, now)
        Grant.objects.filter(decision=decision, void_at=None, consumed_at=None).update(void_at=now)
        rests_on = seals(decision) if "package_hash" in state else {}
        action = f"decision.{_DONE[state['status']]}"
        audits.record(action, decision, now=now, reason=reason, grant="void", **rests_on)
        broadcast.queue_changed()
        broadcast.transcript_changed(negotiation_id=decision.negotiation_id)


_DONE: dict[Decision.Status, str] = {
    Decision.Status.PARKED: "returned",
    Decision.Status.REFUSED: "refused",
    Decision.Status.VOID: "voided",
}


def _judged_anew(
    decision: Decision, reason: str, clock: Callable[[], datetime]
) -> dict[str, Any] | None:
    """The columns of the decision from now on; None if it cannot be judged any more."""
    negotiation = decision.negotiation
    try:
        scenario = negotiation.version.compiled()
        session = transcripts.replayed(negotiation, scenario)
        amended = decision.features.get("amended") if decision.offer else None
        if amended is None and not _still_agreed(session, decision):
            return None
        judged = judgements.judge(
            negotiation=negotiation,
            scenario=scenario,
            session=session,
            offer=decision.agreed,
            now=clock(),
            amended=Amended(**amended) if amended else None,
        )
    except Exception:
        # The edge of the worker: what cannot be judged, for whatever reason, is void.
        log.exception("Decision %s cannot be judged anew.", decision.pk)
        return None
    return columns(judged) | {"returned_because": reason} | routed(scenario, judged, clock())


def _still_agreed(session: Session, decision: Decision) -> bool:
    agreed = session.ending
    return isinstance(agreed, Agreement) and agreed.offer == decision.agreed


def come_back(
    *, decision: Decision, scenario: CompiledScenario, judged: Judged, reason: str, now: datetime
) -> None:
    """Sent back → parked or refused, with what the table has agreed on now.

    Call it in the transaction of the table's last message. Harmless in every other state.
    """
    state = columns(judged) | routed(scenario, judged, now)
    fresh = {"offer": None, "amended_by": None, "returned_because": reason}
    waiting = Decision.objects.sent_back().filter(pk=decision.pk)
    if waiting.update(revision=F("revision") + 1, **state | fresh) != 1:
        return
    keep(decision, now)
    if state["status"] == Decision.Status.PARKED:
        timers.start(decision, now)
    decision.refresh_from_db()
    action = f"decision.{_DONE[state['status']]}"
    audits.record(action, decision, now=now, reason=reason, **seals(decision))
    broadcast.queue_changed()


def give_up(*, negotiation_id: int, reason: str, now: datetime) -> None:
    """Sent back → void, because the table came to nothing. Harmless in every other state.

    Call it in the transaction that ends the table.
    """
    waiting = Decision.objects.sent_back().filter(negotiation=negotiation_id)
    void = {"status": Decision.Status.VOID, "reason": reason[:1000]}
    if waiting.update(revision=F("revision") + 1, **void) != 1:
        return
    decision = Decision.objects.get(negotiation=negotiation_id)
    audits.record("decision.voided", decision, now=now, reason=decision.reason)
    broadcast.queue_changed()


def columns(judged: Judged) -> dict[str, Any]:
    """What the decision rests on from now on; nobody has cleared it."""
    risk = judged.judgement.risk
    return {
        "package": judged.package.decode(),
        "package_hash": hashlib.sha256(judged.package).hexdigest(),
        "judgement": judged.kept(judged.judgement),
        "features": judged.features,
        "score": risk.score if risk else None,
        "confidence": judged.summary.confidence or 0.0,
        "cleared_at": None,
        "cleared_by": None,
        # Neither a mandate nor an emergency speaks for what is decided anew.
        "mandate": None,
        "glass_broken_by": None,
        "glass_broken_at": None,
        "glass_reason": "",
        "returned": F("returned") + 1,
    }


def routed(scenario: CompiledScenario, judged: Judged, now: datetime) -> dict[str, Any]:
    """To people whatever its score: what cleared it did not hold, or they had it before."""
    if judged.judgement.route == "refuse":
        refused = {"route": Decision.Route.REFUSE, "status": Decision.Status.REFUSED}
        return refused | decisions.refusal(judged.judgement)
    parked = {"route": Decision.Route.REVIEW, "status": Decision.Status.PARKED}
    return parked | decisions.asked(scenario, judged.judgement, now)


def keep(decision: Decision, now: datetime) -> None:
    """The package as it stood, which may not be what its hash says: that may be why it is here."""
    EarlierPackage.objects.create(
        decision=decision,
        package=decision.package,
        package_hash=decision.package_hash,
        judgement=decision.judgement,
        replaced_at=now,
    )
