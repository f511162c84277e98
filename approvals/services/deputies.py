"""Who may decide for whom at this moment: the delegations that count, followed from hand to hand.

A voice that was passed on may be passed on again, so what X gave to Y and Y to Z lets Z decide for
X, about what both delegations cover. Nothing is stored of this: it is computed when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from approvals.models import Delegation
from negotiation.roles import Role, may_review, may_watch, roles_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision


class Deputies:
    """The delegations that count now, read once for as many decisions as a page shows."""

    def __init__(self, now: datetime) -> None:
        live = Delegation.objects.live(now).filter(giver__is_active=True, receiver__is_active=True)
        self._live = list(live.select_related("giver", "receiver").order_by("id"))

    def principals(self, user: User, decision: Decision) -> list[User]:
        """For whom `user` may decide this: reviewers only, since nobody gives what they lack."""
        if not may_act_for_others(user):
            return []
        found = self._reached(user, decision, lambda one: (one.receiver_id, one.giver))
        return [person for person in found if may_review(person)]

    def stand_ins(self, user: User, decision: Decision) -> list[User]:
        """Who may decide this for `user`; to be asked while `user` is away."""
        if not may_review(user):
            return []
        found = self._reached(user, decision, lambda one: (one.giver_id, one.receiver))
        return [person for person in found if may_act_for_others(person)]

    def away(self, user: User) -> bool:
        return any(one.away and one.giver_id == user.pk for one in self._live)

    def is_asked(self, user: User) -> bool:
        """Whether anybody has delegated anything to `user` that counts now."""
        return any(one.receiver_id == user.pk for one in self._live) and may_act_for_others(user)

    def _reached(
        self, user: User, decision: Decision, step: Callable[[Delegation], tuple[int, User]]
    ) -> Iterable[User]:
        covering = [step(one) for one in self._live if covers(one, decision)]
        found = {user.pk: user}
        waiting = [user.pk]
        while waiting:
            at = waiting.pop(0)
            for start, end in covering:
                if start == at and end.pk not in found:
                    found[end.pk] = end
                    # Who may act for nobody passes nothing on either.
                    if may_act_for_others(end):
                        waiting.append(end.pk)
        del found[user.pk]
        return found.values()


def may_act_for_others(user: User) -> bool:
    """An active person who may look at decisions: a program never is one."""
    return may_watch(user) and Role.SERVICE not in roles_of(user)


def covers(delegation: Delegation, decision: Decision) -> bool:
    match delegation.scope:
        case Delegation.Scope.DECISION:
            return delegation.decision_id == decision.pk
        case Delegation.Scope.SCENARIO:
            return delegation.scenario_id == decision.negotiation.version.scenario_id
        case _:
            return True


def stands_in_for(user: User, decision: Decision, now: datetime) -> list[User]:
    """Whose voice `user` may give on this decision besides their own."""
    return Deputies(now).principals(user, decision)


def may_decide(user: User, decision: Decision, now: datetime) -> bool:
    """May have a say on this decision: a reviewer, or somebody who stands in for one."""
    return may_review(user) or bool(stands_in_for(user, decision, now))


def may_decide_something(user: User, now: datetime) -> bool:
    """As `may_decide`, on one decision at least."""
    return may_review(user) or Deputies(now).is_asked(user)
