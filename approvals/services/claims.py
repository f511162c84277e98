"""Who is looking at a decision: a soft claim that lapses by itself and moves nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from approvals.services.deputies import may_decide
from negotiation import broadcast
from negotiation.clocks import of_the_day
from negotiation.models import Decision
from negotiation.services import audits

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

LASTS = timedelta(minutes=10)


class Claimed(Exception):
    """Somebody else is looking at this decision."""


class MayNotClaim(Exception):
    """Only who may decide this decision says that they are reviewing it."""


def claimed_by_other(decision: Decision, user: User, now: datetime) -> bool:
    return (
        decision.claimed_by_id is not None
        and decision.claimed_by_id != user.pk
        and decision.claimed_until is not None
        and decision.claimed_until > now
    )


def sentence(decision: Decision) -> str:
    """What is said to everybody else while the claim is live."""
    until = of_the_day(decision.claimed_until) if decision.claimed_until else "it lapses"
    name = decision.claimed_by.get_username() if decision.claimed_by else ""
    return (
        f"It is being reviewed by {name} until {until} at the latest. Rejecting it is always"
        " possible; for anything else wait, or ask them to let it go. Nothing was changed."
    )


@transaction.atomic
def claim(*, decision_id: int, by: User, now: datetime) -> None:
    """Takes or renews the claim for ten minutes. Raises Claimed and MayNotClaim; harmless once it
    is decided."""
    decision = Decision.objects.select_related("negotiation__version").get(pk=decision_id)
    if not may_decide(by, decision, now):
        raise MayNotClaim(MayNotClaim.__doc__)
    free = Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_until__lte=now)
    parked = Decision.objects.parked().filter(pk=decision_id)
    if parked.filter(free).update(claimed_by=by, claimed_until=now + LASTS) == 1:
        audits.record("decision.claimed", decision, now=now, by=by, seen=decision.tag)
        broadcast.queue_changed()
        return
    other = parked.select_related("claimed_by").first()
    if other is not None:
        raise Claimed(sentence(other))


@transaction.atomic
def release(*, decision_id: int, by: User, now: datetime) -> None:
    """Lets go of a claim of one's own; harmless if there is none."""
    own = Decision.objects.filter(pk=decision_id, claimed_by=by)
    if own.update(claimed_by=None, claimed_until=None) == 1:
        audits.record("decision.released", Decision.objects.get(pk=decision_id), now=now, by=by)
        broadcast.queue_changed()


def renew(*, decision_id: int, by: User, now: datetime) -> None:
    """Who acts on it is still there."""
    own = Decision.objects.parked().filter(pk=decision_id, claimed_by=by, claimed_until__gt=now)
    own.update(claimed_until=now + LASTS)
