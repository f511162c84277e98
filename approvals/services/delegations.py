"""Giving one's voice to somebody else for a time, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import User
from django.db import transaction

from approvals.models import Delegation
from approvals.services.deputies import may_act_for_others
from negotiation import broadcast
from negotiation.roles import Role, may_edit_rules, may_review
from negotiation.services import audits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from negotiation.models import Decision, Scenario

LONGEST = timedelta(days=90)
FURTHEST = timedelta(days=365)


class BadDelegation(Exception):
    """This delegation cannot be; the sentence says what to change."""


class NotYours(Exception):
    """Only who gave it, who has it and admins revoke a delegation."""


@dataclass(frozen=True)
class _Reach:
    """What some delegations have in common: a time, and a scenario or decision if not all."""

    begins: datetime
    ends: datetime
    scenario_id: int | None
    decision_id: int | None

    @classmethod
    def of(cls, one: Delegation) -> _Reach:
        scenario_id = one.scenario_id
        if one.decision is not None:
            scenario_id = one.decision.negotiation.version.scenario_id
        return cls(one.begins, one.ends, scenario_id, one.decision_id)

    def shared_with(self, other: _Reach) -> _Reach | None:
        begins, ends = max(self.begins, other.begins), min(self.ends, other.ends)
        apart = any(
            None not in {mine, theirs} and mine != theirs
            for mine, theirs in (
                (self.scenario_id, other.scenario_id),
                (self.decision_id, other.decision_id),
            )
        )
        if begins >= ends or apart:
            return None
        scenario_id = self.scenario_id or other.scenario_id
        return _Reach(begins, ends, scenario_id, self.decision_id or other.decision_id)


@transaction.atomic
def give(
    *,
    giver: User,
    receiver: User,
    ends: datetime,
    now: datetime,
    begins: datetime | None = None,
    scenario: Scenario | None = None,
    decision: Decision | None = None,
    away: bool = False,
    reason: str = "",
) -> Delegation:
    """From `begins` (now, if it is past) until `ends` `receiver` may decide for `giver`: this
    decision, everything of this scenario, or everything. Raises BadDelegation."""
    delegation = Delegation(
        giver=giver,
        receiver=receiver,
        scope=_scope(scenario, decision),
        scenario=scenario,
        decision=decision,
        begins=max(begins or now, now),
        ends=ends,
        away=away,
        reason=reason,
        created_at=now,
    )
    _check(delegation)
    same = _same(delegation, now)
    if same is not None:
        return same
    delegation.save(force_insert=True)
    audits.record(
        "delegation.given",
        delegation,
        now=now,
        by=giver,
        to=receiver.get_username(),
        scope=delegation.scope,
        about=delegation.scenario_id or delegation.decision_id,
        begins=delegation.begins.isoformat(),
        ends=ends.isoformat(),
        away=away,
        reason=reason,
    )
    # The end of the audit trail is held until the commit: of two circles in the making one waits
    # here, and then sees the other's rows.
    _refuse_circle(delegation)
    broadcast.queue_changed()
    return delegation


@transaction.atomic
def revoke(*, delegation_id: int, by: User, now: datetime) -> bool:
    """Ends a delegation at once; False if it counted no longer. Raises NotYours."""
    delegation = Delegation.objects.get(pk=delegation_id)
    if by.pk not in {delegation.giver_id, delegation.receiver_id} and not may_edit_rules(by):
        raise NotYours(NotYours.__doc__)
    standing = Delegation.objects.standing(now).filter(pk=delegation_id)
    if standing.update(revoked_at=now) != 1:
        return False
    audits.record("delegation.revoked", delegation, now=now, by=by)
    broadcast.queue_changed()
    return True


def candidates(giver: User) -> QuerySet[User]:
    """Who could decide for `giver`: active people with a role, no programs."""
    others = User.objects.filter(is_active=True, groups__isnull=False).exclude(pk=giver.pk)
    return others.exclude(groups__name=Role.SERVICE).distinct().order_by("username")


def _scope(scenario: Scenario | None, decision: Decision | None) -> Delegation.Scope:
    if decision is not None:
        return Delegation.Scope.DECISION
    return Delegation.Scope.ALL if scenario is None else Delegation.Scope.SCENARIO


def _check(delegation: Delegation) -> None:
    giver, receiver = delegation.giver, delegation.receiver
    lasts = delegation.ends - delegation.begins
    complaints = (
        (not may_review(giver), "You have no voice to give: only managers approve and reject."),
        (giver.pk == receiver.pk, "Name somebody else: you decide for yourself anyway."),
        (
            not may_act_for_others(receiver),
            f"{receiver.get_username()} cannot decide for you: it takes a person with an active"
            " account and a role.",
        ),
        (lasts <= timedelta(0), "It ends before it begins. Choose a later end."),
        (lasts > LONGEST, f"It lasts at most {LONGEST.days} days. Choose an earlier end."),
        (
            delegation.begins - delegation.created_at > FURTHEST,
            "It begins in more than a year. Choose an earlier day.",
        ),
    )
    for wrong, sentence in complaints:
        if wrong:
            raise BadDelegation(sentence)


def _same(delegation: Delegation, now: datetime) -> Delegation | None:
    """The one that already says this: a form that was sent twice adds nothing."""
    known = Delegation.objects.standing(now).filter(
        giver=delegation.giver,
        receiver=delegation.receiver,
        scenario=delegation.scenario,
        decision=delegation.decision,
        ends=delegation.ends,
        away=delegation.away,
        begins__lte=delegation.begins,
    )
    return known.first()


def _refuse_circle(delegation: Delegation) -> None:
    others = Delegation.objects.standing(delegation.begins).exclude(pk=delegation.pk)
    edges = list(others.select_related("giver", "receiver", "decision__negotiation__version"))
    circle = _circle(delegation, edges)
    if circle is not None:
        chain = " → ".join([delegation.giver.get_username(), *circle])
        raise BadDelegation(
            f"That would go in a circle: {chain}. Each would decide for the next at the same time."
            " Choose somebody else or another time, or have one of these revoked."
        )


def _circle(delegation: Delegation, edges: Iterable[Delegation]) -> list[str] | None:
    """The names from the receiver back to the giver, if delegations lead there that share a time
    and a subject with this one."""
    first, reach = delegation.receiver, _Reach.of(delegation)
    waiting: list[tuple[int, _Reach, tuple[str, ...]]] = [(first.pk, reach, (first.username,))]
    known = {(first.pk, reach)}
    while waiting:
        at, reach, names = waiting.pop()
        if at == delegation.giver_id:
            return list(names)
        for edge in edges:
            shared = reach.shared_with(_Reach.of(edge)) if edge.giver_id == at else None
            if shared is not None and (edge.receiver_id, shared) not in known:
                known.add((edge.receiver_id, shared))
                waiting.append((edge.receiver_id, shared, (*names, edge.receiver.get_username())))
    return None
