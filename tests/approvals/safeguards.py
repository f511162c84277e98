"""People who act beforehand, or in an emergency."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from approvals.services import emergencies
from negotiation import tasks
from negotiation.engine.requirements import Requirement
from negotiation.models import Decision, Negotiation, Stop
from negotiation.services import decisions, judgements, mandates, switches, transcripts
from tests import factories
from tests.approvals import scenes

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from approvals.models import GlassReview
    from negotiation.models import Mandate, ScenarioVersion

REASON = "The region is down and customers wait"


ANY_SHARE = Requirement(subject="share", test="at_most", limit=100.0)


def give(version: ScenarioVersion, by: User, *asked: Requirement, **other: Any) -> Mandate:
    now = timezone.now()
    bounds: dict[str, Any] = {
        "max_count": 10,
        "max_harm": 10.0,
        "expires_at": now + timedelta(days=30),
    }
    version.scenario.refresh_from_db()
    return mandates.give(
        scenario=version.scenario,
        by=by,
        requirements=asked or [ANY_SHARE],
        reason="Always the same",
        now=now,
        **(bounds | other),
    )


def execute(decision: Decision) -> Decision:
    tasks.execute_decision(decision_id=decision.pk)
    decision.refresh_from_db()
    return decision


def judged(version: ScenarioVersion) -> tuple[Negotiation, Any]:
    """A table that agrees now, and what the judge finds."""
    known = scenes.agreed(version)
    scenario = version.compiled()
    found = judgements.judge(
        negotiation=known.negotiation,
        scenario=scenario,
        session=transcripts.replayed(known.negotiation, scenario),
        offer=known.negotiation.agreed_offer,
        now=timezone.now(),
    )
    return known.negotiation, found


def route(table: Negotiation, found: Any) -> Decision:
    again = factories.negotiation(
        status=Negotiation.Status.AGREED,
        version=table.version,
        agreement=table.agreement,
        summary=table.summary,
    )
    with transaction.atomic():
        return decisions.decide(
            negotiation=again,
            scenario=table.version.compiled(),
            judged=found,
            now=timezone.now(),
        )


def smash(decision: Decision, by: User, **other: Any) -> GlassReview:
    said: dict[str, Any] = {
        "decision_id": decision.pk,
        "seen_hash": decision.package_hash,
        "seen_revision": decision.revision,
        "typed": decision.short_hash,
        "reason": REASON,
        "key": f"key-of-{decision.pk}-{by.pk}",
        "now": timezone.now(),
    }
    return emergencies.break_glass(by=by, **(said | other))


def stop(by: User, decision: Decision | None = None) -> Stop:
    """Everything, or one decision's table."""
    over = decision.negotiation_id if decision else None
    scope = Stop.Scope.NEGOTIATION if decision else Stop.Scope.GLOBAL
    return switches.stop(
        scope=scope, negotiation_id=over, by=by, reason="Something is odd", now=timezone.now()
    )


def lift(stopped: Stop, by: User) -> None:
    switches.lift(stop_id=stopped.pk, by=by, reason="It was not", now=timezone.now())
