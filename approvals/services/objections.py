"""Why a person who reviews cannot approve a decision now. Anybody may always reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from approvals.models import Review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from negotiation.models import Decision


def objection(decision: Decision, by: User) -> str | None:
    """The first thing that is against it, as a sentence; None if nothing is."""
    excluded = exclusion(decision, by)
    if excluded is not None:
        return f"You are {excluded}. Somebody else has to approve it; you may reject it."
    if said(decision).filter(reviewer=by).exists():
        return "You have approved this package already; it needs another person."
    return None


def said(decision: Decision) -> QuerySet[Review]:
    """The approvals of the present package that count."""
    return decision.reviews.filter(
        package_hash=decision.package_hash,
        returned=decision.returned,
        verdict=Review.Verdict.APPROVE,
    )
