"""Who has to approve a decision, who has, and who may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import Q

from approvals.services.deputies import stands_in_for
from approvals.services.objections import objection, said
from negotiation.models import Decision
from negotiation.roles import Role, may_review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def context(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_voices.html` and the dialogs.

    `voices` are those that `user` may give (None: their own) and `principals` the others' among
    them; with any of them one `may_decide`. `free` are those with which `user` could approve;
    `against` says why there is none.
    """
    waiting = decision.status == Decision.Status.PARKED
    given = list(said(decision).select_related("reviewer", "on_behalf_of"))
    whose = voices_of(decision, user, now)
    voices = whose["voices"]
    against = {voice: objection(decision, user, voice) for voice in voices} if waiting else {}
    free = [voice for voice in voices if against.get(voice) is None]
    return {
        **whose,
        "free": free,
        "given": given,
        "excluded": list(_excluded(decision)) if waiting else [],
        "against": None if free else next(iter(against.values()), None),
    }


def voices_of(decision: Decision, user: User, now: datetime) -> dict[str, Any]:
    """For `approvals/_voice.html`: what `context` says of `voices`."""
    principals = stands_in_for(user, decision, now)
    voices = [*([None] if may_review(user) else []), *principals]
    return {"principals": principals, "voices": voices, "may_decide": bool(voices)}


def _excluded(decision: Decision) -> Iterator[tuple[User, str]]:
    """Reviewers who cannot approve this package, and what they are that keeps them from it."""
    version = decision.negotiation.version
    seats = version.document["seats"]
    owners = [seat["owner"] for seat in seats if seat.get("owner")]
    concerned = Q(username__in=owners) | Q(
        pk__in=[
            pk for pk in (decision.amended_by_id, version.author_id, version.ratified_by_id) if pk
        ]
    )
    reviewers = User.objects.filter(
        concerned, is_active=True, groups__name__in=[Role.MANAGER, Role.SENIOR]
    )
    for user in reviewers.distinct().order_by("username"):
        what = exclusion(decision, user)
        if what is not None:
            yield user, what
