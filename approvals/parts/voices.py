"""Who has to approve a decision, who has, and who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Q

from approvals.services.objections import objection, said
from negotiation.models import Decision
from negotiation.roles import Role, may_review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from collections.abc import Iterator


def context(decision: Decision, user: User) -> dict[str, Any]:
    """For `approvals/_voices.html`; `against` says why `user` cannot approve."""
    waiting = decision.status == Decision.Status.PARKED
    given = list(said(decision).select_related("reviewer"))
    return {
        "given": given,
        "missing": max(
            decision.people - decision.approvals, decision.seniors - decision.senior_approvals, 0
        ),
        "senior_missing": decision.seniors > decision.senior_approvals,
        "excluded": list(_excluded(decision)) if waiting else [],
        "against": objection(decision, user) if waiting and may_review(user) else None,
    }


def _excluded(decision: Decision) -> Iterator[tuple[User, str]]:
    """Reviewers who cannot approve this package, and what they are that keeps them from it."""
    seats = decision.negotiation.version.document["seats"]
    owners = [seat["owner"] for seat in seats if seat.get("owner")]
    concerned = Q(username__in=owners) | Q(
        pk__in=[pk for pk in (decision.amended_by_id, decision.negotiation.version.author_id) if pk]
    )
    reviewers = User.objects.filter(
        concerned, is_active=True, groups__name__in=[Role.MANAGER, Role.SENIOR]
    )
    for user in reviewers.distinct().order_by("username"):
        what = exclusion(decision, user)
        if what is not None:
            yield user, what
