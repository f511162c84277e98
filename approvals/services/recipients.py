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
                told = self._deciders(decision)
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

    def _deciders(self, decision: Decision) -> list[User]:
        """Whose voice could help to clear it, and who gives it for those who are away."""
        given = {
            voice
            for approval in said(decision)
            for voice in (approval.reviewer_id, approval.on_behalf_of_id)
        }
        asked = [
            user
            for user in self.reviewers
            if user.pk not in given and exclusion(decision, user) is None
        ]
        return [*asked, *self._for_the_absent(asked, decision, given)]

    def _for_the_absent(
        self, asked: list[User], decision: Decision, given: set[int | None]
    ) -> list[User]:
        return [
            deputy
            for user in asked
            if self.deputies.away(user)
            for deputy in self.deputies.stand_ins(user, decision)
            if deputy.pk not in given and exclusion(decision, deputy) is None
        ]

    def _seniors(self, decision: Decision) -> list[User]:
        """Where no senior may decide it, everybody who may."""
        deciders = self._deciders(decision)
        seniors = [user for user in deciders if is_senior(user)]
        return [*seniors, *self._for_the_absent(seniors, decision, set())] or deciders

    def _concerned(self, decision: Decision) -> list[User]:
        """Who gave a verdict on it, and who opened the negotiation."""
        opener = Q(pk=decision.negotiation.opened_by_id)
        return list(User.objects.filter(Q(reviews__decision=decision) | opener).distinct())
