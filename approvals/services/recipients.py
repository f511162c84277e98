"""Who is told of an event. One place, so that nobody is told by one channel and not by another."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db.models import Q

from approvals.models import Event
from approvals.services.deputies import Deputies
from approvals.services.objections import said
from negotiation.roles import Role, is_senior, may_review
from negotiation.services.exclusions import exclusion

if TYPE_CHECKING:
    from datetime import datetime

    from negotiation.models import Decision


class Audience:
    """The people of this installation, read once for as many events as are told together."""

    def __init__(self, now: datetime) -> None:
        self.deputies = Deputies(now)

    def recipients(self, decision: Decision, event: str) -> list[User]:
        """Each once, in no order that means anything."""
        match event:
            case Event.PARKED | Event.REMINDER:
                told = self._present(self._able(decision), decision)
            case Event.ESCALATED:
                told = self._seniors(decision)
            case Event.FAILED:
                told = [*self._concerned(decision), *self.reviewers]
            case _:
                told = self._concerned(decision)
        return list({user.pk: user for user in told if user.is_active}.values())

    @cached_property
    def reviewers(self) -> list[User]:
        groups = Q(groups__name__in=[Role.MANAGER, Role.SENIOR]) | Q(is_superuser=True)
        found = User.objects.filter(groups, is_active=True).distinct()
        return [user for user in found if may_review(user)]

    def _able(self, decision: Decision) -> list[User]:
        """Whose voice could help to clear it."""
        given = {
            voice
            for approval in said(decision)
            for voice in (approval.reviewer_id, approval.on_behalf_of_id)
        }
        return [
            user
            for user in self.reviewers
            if user.pk not in given and exclusion(decision, user) is None
        ]

    def _present(self, people: list[User], decision: Decision) -> list[User]:
        """These, and for each who is away who stands in for them, if anybody can."""
        return [told for user in people for told in self._stand_ins(user, decision) or [user]]

    def _stand_ins(self, user: User, decision: Decision) -> list[User]:
        if not self.deputies.away(user):
            return []
        deputies = self.deputies.stand_ins(user, decision)
        return [deputy for deputy in deputies if exclusion(decision, deputy) is None]

    def _seniors(self, decision: Decision) -> list[User]:
        """Where no senior may decide it, everybody who may."""
        able = self._able(decision)
        seniors = [user for user in able if is_senior(user)]
        return self._present(seniors or able, decision)

    def _concerned(self, decision: Decision) -> list[User]:
        """Who gave a verdict on it, and who opened the negotiation."""
        opener = Q(pk=decision.negotiation.opened_by_id)
        return list(User.objects.filter(Q(reviews__decision=decision) | opener).distinct())
