"""Loosening the policy takes two admins: the change is parked until another one ratifies it.

Every move is a conditional UPDATE; CHECK constraints keep authors from deciding their own. What
tightens or changes nothing of the policy is saved at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from negotiation.models import PolicyChange
from negotiation.roles import Role, may_edit_rules, roles_of
from negotiation.scenarios.loaders import from_data
from negotiation.services import audits, scenarios

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Scenario, ScenarioVersion
    from negotiation.scenarios.schema import ScenarioDocument

WAITS = timedelta(days=7)


class NotParked(Exception):
    """This change no longer waits for anybody."""


class NotAllowed(Exception):
    """Only another admin decides about a change that loosens the policy."""


class NotAsProposed(Exception):
    """The change is not the one that was proposed; it was altered behind Parley's back."""


def save(
    *,
    scenario: Scenario,
    document: ScenarioDocument,
    author: User,
    note: str,
    now: datetime,
    based_on: int | None = None,
) -> ScenarioVersion | PolicyChange:
    """The new version; or, where something in it loosens the policy, the whole of it parked."""
    try:
        return scenarios.save_version(
            scenario=scenario,
            document=document,
            author=author,
            note=note,
            now=now,
            based_on=based_on,
        )
    except scenarios.Loosens as refusal:
        return propose(
            scenario=scenario,
            document=document,
            author=author,
            note=note,
            now=now,
            based_on=refusal.current.number,
        )


@transaction.atomic
def propose(
    *,
    scenario: Scenario,
    document: ScenarioDocument,
    author: User,
    note: str,
    now: datetime,
    based_on: int,
) -> PolicyChange:
    """Parks a document; the author's earlier proposal for this scenario gives way to it."""
    base = scenarios.locked(scenario, based_on)
    if base is None:
        raise ValueError("A first version loosens nothing.")
    earlier = PolicyChange.objects.parked().filter(scenario=scenario, author=author).first()
    if earlier:
        _end(earlier, PolicyChange.Status.WITHDRAWN, now, reason="Its author proposed another one.")
    change = PolicyChange.objects.create(
        scenario=scenario,
        base=base,
        document=document.model_dump(mode="json"),
        document_hash=scenarios.document_hash(document),
        author=author,
        note=note,
        changes=[each.to_dict() for each in scenarios.changes_since(base, document)],
        created_at=now,
        expires_at=now + WAITS,
    )
    if earlier:
        audits.record("policy.withdrawn", earlier, now=now, by=author, reason=earlier.reason)
    audits.record("policy.proposed", change, now=now, by=author, **_told(change))
    return change


def ratify(*, change_id: int, by: User, now: datetime) -> ScenarioVersion:
    """Parked → saved by a second admin: it becomes the current version, as its author's."""
    change = _find(change_id)
    _check_another(change, by)
    if not _decides(change.author):
        raise NotAllowed("Whoever proposed it is no admin any more; reject it.")
    document = from_data(change.document, source="The change")
    if scenarios.document_hash(document) != change.document_hash:
        raise NotAsProposed(NotAsProposed.__doc__)
    with transaction.atomic():
        # First the scenario, as every save does: two that wait for each other would never end.
        scenarios.locked(change.scenario, None)
        _end(change, PolicyChange.Status.SAVED, now, by=by)
        version = scenarios.save_version(
            scenario=change.scenario,
            document=document,
            author=change.author,
            note=change.note,
            now=now,
            based_on=change.base.number,
            ratified=change,
        )
        audits.record(
            "policy.ratified", change, now=now, by=by, version=version.number, **_told(change)
        )
        return version


@transaction.atomic
def reject(*, change_id: int, by: User, reason: str, now: datetime) -> None:
    change = _find(change_id)
    _check_another(change, by)
    _end(change, PolicyChange.Status.REJECTED, now, by=by, reason=reason)
    audits.record("policy.rejected", change, now=now, by=by, reason=reason)


@transaction.atomic
def withdraw(*, change_id: int, by: User, now: datetime) -> None:
    """By its author, who cannot decide about it otherwise."""
    change = _find(change_id)
    if change.author_id != by.pk:
        raise NotAllowed("Only its author withdraws a change; others reject it.")
    _end(change, PolicyChange.Status.WITHDRAWN, now, reason="Its author withdrew it.")
    audits.record("policy.withdrawn", change, now=now, by=by, reason=change.reason)


def expire(*, now: datetime) -> int:
    """Ends what nobody decided in its time; how many those were."""
    ended = 0
    for change in PolicyChange.objects.overdue(now):
        with transaction.atomic():
            reason = f"Nobody decided within {WAITS.days} days; nothing was saved."
            try:
                _end(change, PolicyChange.Status.EXPIRED, now, reason=reason)
            except NotParked:
                continue
            audits.record("policy.expired", change, now=now, reason=reason)
            ended += 1
    return ended


def _find(change_id: int) -> PolicyChange:
    found = PolicyChange.objects.select_related("scenario", "base", "author")
    return found.get(pk=change_id)


def _check_another(change: PolicyChange, by: User) -> None:
    if change.author_id == by.pk:
        raise NotAllowed("You proposed it, so another admin decides about it.")
    if not _decides(by):
        raise NotAllowed(NotAllowed.__doc__)


def _decides(user: User) -> bool:
    return may_edit_rules(user) and Role.SERVICE not in roles_of(user)


def _end(
    change: PolicyChange,
    status: PolicyChange.Status,
    now: datetime,
    *,
    by: User | None = None,
    reason: str = "",
) -> None:
    waiting = PolicyChange.objects.parked().filter(pk=change.pk)
    if by is not None:  # nobody decides about it once its time is over
        waiting = waiting.filter(expires_at__gt=now)
    ended: dict[str, Any] = {
        "status": status, "decided_by": by, "decided_at": now, "reason": reason,
    }  # fmt: skip
    if waiting.update(**ended) != 1:
        raise NotParked(NotParked.__doc__)
    for name, value in ended.items():
        setattr(change, name, value)


def _told(change: PolicyChange) -> dict[str, Any]:
    return {
        "scenario": change.scenario.slug,
        "base": change.base.number,
        "policy": change.document_hash,
        "note": change.note,
        "changes": [each["text"] for each in change.changes],
    }
