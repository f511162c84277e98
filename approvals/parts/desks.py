"""Whose desk a decision is on: a claim, who stands in for whom, and who may take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from approvals.services import delegations
from approvals.services.claims import claimed_by_other
from negotiation.models import Decision
from negotiation.roles import may_operate, may_review

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User


def context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_desk.html` and `approvals/_desk_dialogs.html`.

    `seen_desk` changes with whatever of this is shown.
    """
    waiting = decision.status == Decision.Status.PARKED
    live = waiting and decision.claimed_until is not None and decision.claimed_until > now
    mine = live and decision.claimed_by_id == user.pk
    questions = list(decision.questions.open()) if waiting else []
    undone = decision.status in {Decision.Status.PARKED, Decision.Status.CLEARED}
    return {
        **(_delegating(user, now) if waiting and may_review(user) else {}),
        "claim_is_mine": mine,
        "claimed": waiting and claimed_by_other(decision, user, now),
        "clock_stands": questions,
        "may_withdraw": undone and may_operate(user),
        "seen_desk": f"{decision.claimed_by_id if live else 0}.{len(questions)}",
    }


def _delegating(user: User, now: datetime) -> dict[str, Any]:
    return {"candidates": delegations.candidates(user), "delegate_until": now + timedelta(days=7)}
