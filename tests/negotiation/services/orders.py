"""Decisions that somebody cleared, and carrying them out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from negotiation.models import Decision
from negotiation.services import execution
from negotiation.services.packages import present_fingerprint
from tests import factories


def cleared(**fields: Any) -> Decision:
    decision = factories.decision(
        status=Decision.Status.CLEARED,
        route=Decision.Route.AUTO,
        cleared_at=timezone.now(),
        **fields,
    )
    read = present_fingerprint(decision, decision.negotiation.version.compiled())
    factories.grant(decision, fingerprint=read)
    return decision


def execute(decision: Decision, now: datetime | None = None) -> Decision:
    execution.execute(decision_id=decision.pk, clock=lambda: now or timezone.now())
    decision.refresh_from_db()
    return decision
