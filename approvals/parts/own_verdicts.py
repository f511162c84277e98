"""What reviewers would have done by the plain case alone, beside what the agents recommend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from approvals.models import OwnVerdict
from approvals.services import looks
from approvals.services.deputies import may_decide

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision


def withheld(decision: Decision, user: User, now: datetime) -> bool:
    """Whether others' opinions are not shown to `user` yet."""
    return (
        looks.is_asked(decision)
        and may_decide(user, decision, now)
        and looks.own_verdict(decision, user) is None
    )


def context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:  # noqa: ARG001  (a Part)
    """For `approvals/_own_verdicts.html`."""
    if not decision.tier.get("own_verdict"):
        return {}
    said = OwnVerdict.objects.filter(decision=decision, package_hash=decision.package_hash)
    return {"own_verdicts": list(said.select_related("reviewer").order_by("id"))}
