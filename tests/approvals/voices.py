"""Giving one's voice to somebody, and approving with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from approvals.models import Delegation, Review
from approvals.services import delegations, reviews
from negotiation.models import Decision

DAY = timedelta(days=1)


def give(giver: User, receiver: User, **fields: Any) -> Delegation:
    now = timezone.now()
    return delegations.give(
        giver=giver, receiver=receiver, now=now, ends=fields.pop("ends", now + DAY), **fields
    )


def approve(decision: Decision, by: User, for_user: User | None = None) -> Review:
    return reviews.approve(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        now=timezone.now(),
        for_user=for_user,
    )
