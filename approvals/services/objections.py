"""Why a person who reviews cannot approve a decision now. Anybody may always reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from approvals.models import Review
from approvals.services import looks
from approvals.services.deputies import may_act_for_others
from negotiation.roles import is_senior, may_review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from negotiation.models import Decision


def objection(decision: Decision, by: User, for_user: User | None = None) -> str | None:
    """The first thing that is against it, as a sentence; None if nothing is.

    `for_user`: whose voice `by` would give; four eyes bind both of them.
    """
    excluded = exclusion(decision, by)
    if excluded is not None:
        return f"You are {excluded}. Somebody else has to approve it; you may reject it."
    if for_user is not None and (excluded := exclusion(decision, for_user)) is not None:
        name = for_user.get_username()
        return f"You stand in for {name}. They are {excluded}. Somebody else has to approve it."
    if said(decision).filter(reviewer=by).exists():
        return "You have approved this package already; it needs another person."
    voice = for_user or by
    given = said(decision).filter(Q(reviewer=voice, on_behalf_of=None) | Q(on_behalf_of=voice))
    beforehand = decision.mandate.given_by_id if decision.mandate else None
    # Who has approved it beforehand is one person, whoever's voice they would give as well.
    if given.exists() or beforehand in {voice.pk, by.pk}:
        own = by.pk in {voice.pk, beforehand}
        whose = "Your voice" if own else f"The voice of {voice.get_username()}"
        return f"{whose} counts for this package already; it needs another person."
    if looks.is_asked(decision) and looks.own_verdict(decision, by) is None:
        return looks.FIRST
    return None


def stand(decision: Decision, voice: User) -> bool:
    """Whether those who have approved it are enough as they are now, together with `voice`: who
    lost their role or account since does not count."""
    given = said(decision).select_related("reviewer", "on_behalf_of")
    voices = [
        each.on_behalf_of or each.reviewer for each in given if may_act_for_others(each.reviewer)
    ]
    beforehand = [decision.mandate.given_by] if decision.mandate else []
    standing = [each for each in (*voices, *beforehand, voice) if may_review(each)]
    seniors = sum(map(is_senior, standing))
    return len(standing) >= decision.people and seniors >= decision.seniors


def said(decision: Decision) -> QuerySet[Review]:
    """The approvals of the present package that count."""
    return decision.reviews.filter(
        package_hash=decision.package_hash,
        returned=decision.returned,
        verdict=Review.Verdict.APPROVE,
    )
