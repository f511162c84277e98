"""Sending decisions back, and the tables that go on then."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from approvals.models import Review
from approvals.services import send_backs
from negotiation.engine.requirements import Requirement
from negotiation.models import Decision
from negotiation.services import runs


def fresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("negotiation__version__scenario").get(pk=decision.pk)


def not_the_region(decision: Decision) -> Requirement:
    region = decision.negotiation.agreed_offer["region"]
    return Requirement(subject="region", test="not_in", limit=(region,))


def send(decision: Decision, by: User, *wanted: Requirement, **more: Any) -> Review:
    details: dict[str, Any] = {
        "decision_id": decision.pk,
        "by": by,
        "seen_hash": decision.package_hash,
        "seen_revision": decision.revision,
        "reason": "Another machine, please.",
        "requirements": wanted or (not_the_region(decision),),
        "now": timezone.now(),
    }
    return send_backs.send_back(**details | more)


def talk(decision: Decision) -> Decision:
    runs.run(negotiation_id=decision.negotiation_id, clock=timezone.now)
    return fresh(decision)
