"""The bounds of mandates: what is refused, what the database holds, and many uses at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from negotiation import tasks
from negotiation.engine.requirements import BadRequirement, Requirement
from negotiation.models import AuditEntry, Mandate
from negotiation.roles import Role
from negotiation.services import (
    mandates,
)
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.safeguards import ANY_SHARE, give, judged, route
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

# Of the revocation, in seconds: from surely first to surely last.
HEAD_STARTS = [step * 0.06 for step in range(8, -9, -1)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"max_count": 0}, "between once"),
        ({"max_harm": 0.0}, "above 0"),
        ({"max_harm": 1e9}, "at most"),
        ({"expires_at": timedelta(0)}, "in the future"),
        ({"expires_at": timedelta(days=400)}, "within 366 days"),
        ({"reason": "  "}, "Say why"),
        ({"requirements": []}, "no bounds"),
    ],
)
def test_a_mandate_has_bounds_and_a_reason(
    world: World, manager: User, wrong: dict[str, Any], said: str
) -> None:
    now = timezone.now()
    fields: dict[str, Any] = {
        "scenario": scenes.version().scenario,
        "requirements": [ANY_SHARE],
        "max_count": 10,
        "max_harm": 1.0,
        "expires_at": timedelta(days=1),
        "reason": "Always the same",
    } | wrong
    fields["scenario"].refresh_from_db()
    fields["expires_at"] = now + fields["expires_at"]
    with pytest.raises(mandates.BadMandate, match=said):
        mandates.give(by=manager, now=now, **fields)
    assert not Mandate.objects.exists()


def test_who_gives_and_what_means_nothing_is_refused(world: World, operator: User) -> None:
    version = scenes.version()
    with pytest.raises(mandates.NotAllowed):
        give(version, operator)
    mandate = give(version, factories.person(Role.MANAGER))
    with pytest.raises(mandates.NotAllowed):
        mandates.revoke(mandate_id=mandate.pk, by=operator, now=timezone.now())
    with pytest.raises(BadRequirement):
        give(
            version,
            factories.person(Role.MANAGER),
            Requirement(subject="nonsense", test="at_most", limit=1),
        )


BROKEN: dict[str, dict[str, Any]] = {
    "mandate_is_bounded": {"max_count": 0},
    "mandate_never_used_more_often": {"used_count": 11},
    "mandate_never_takes_more_harm": {"used_harm": 10.1},
    "mandate_says_why": {"reason": ""},
    "mandate_revoked_by_somebody": {"revoked_at": timezone.now() + timedelta(days=900)},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_holds_its_bounds(world: World, manager: User, name: str) -> None:
    mandate = give(scenes.version(), manager)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(**BROKEN[name])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("bound", ["count", "harm"])
def test_fifty_at_once_never_take_more_than_there_is(
    world: World, crowd: Crowd, manager: User, bound: str
) -> None:
    version = scenes.version(short=True)
    table, found = judged(version)
    harm = found.judgement.risk.harm
    limits = {"max_count": 20} if bound == "count" else {"max_count": 99, "max_harm": harm * 20.5}
    mandate = give(version, manager, **limits)
    routed = crowd.do([partial(route, table, found)] * 50)
    assert sum(each.mandate_id == mandate.pk for each in routed) == 20
    assert sum(each.status == "cleared" for each in routed) == 20
    mandate.refresh_from_db()
    assert mandate.used_count == 20
    assert mandate.used_harm == pytest.approx(20 * harm)
    assert mandate.used_harm <= mandate.max_harm


@pytest.mark.django_db(transaction=True)
def test_of_a_beginning_and_a_revocation_at_once_one_sees_the_other(
    world: World, crowd: Crowd, manager: User
) -> None:
    version, ends = scenes.version(short=True), set()
    for lead in HEAD_STARTS:
        mandate = give(version, manager)
        decision = scenes.agreed(version)
        revoke = partial(mandates.revoke, mandate_id=mandate.pk, by=manager, now=timezone.now())
        execute = partial(tasks.execute_decision, decision_id=decision.pk)
        calls: list[Callable[[], object]] = [partial(after, max(0, lead), execute)] * 5
        calls.append(partial(after, max(0, -lead), revoke))
        crowd.do(calls)
        decision.refresh_from_db()
        began = AuditEntry.objects.filter(
            action="execution.started", details__package=decision.package_hash
        ).first()
        revoked = AuditEntry.objects.get(action="mandate.revoked", subject_id=mandate.pk)
        assert decision.status == ("executed" if began else "parked")
        assert began is None or began.number < revoked.number
        ends.add(decision.status)
    assert ends == {"parked", "executed"}


def after(seconds: float, call: Callable[[], object]) -> object:
    time.sleep(seconds)
    return call()
