"""What the database itself refuses, and everybody at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from negotiation.models import PolicyChange, ScenarioVersion
from negotiation.roles import Role
from negotiation.services import policies, scenarios
from tests import factories
from tests.approvals.crowds import Crowd
from tests.negotiation.policies.proposals import parked, save

pytestmark = pytest.mark.django_db


def refused(name: str, write: Callable[[], Any]) -> None:
    assert connection.vendor == "postgresql"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_nobody_is_the_second_of_their_own_change(version: ScenarioVersion, admin: User) -> None:
    change = PolicyChange.objects.filter(pk=parked(version, admin).pk)
    own = {"status": "saved", "decided_by": admin, "decided_at": timezone.now()}
    refused("policy_change_needs_four_eyes", lambda: change.update(**own))


@pytest.mark.parametrize("status", ["saved", "rejected"])
def test_a_decided_change_names_who_decided(
    status: str, version: ScenarioVersion, admin: User
) -> None:
    change = PolicyChange.objects.filter(pk=parked(version, admin).pk)
    decided = {"status": status, "decided_at": timezone.now()}
    refused("policy_change_is_decided_by_somebody", lambda: change.update(**decided))


def test_a_change_ends_at_a_time(version: ScenarioVersion, admin: User) -> None:
    change = PolicyChange.objects.filter(pk=parked(version, admin).pk)
    refused("policy_change_ends_at_a_time", lambda: change.update(status="expired"))
    refused("policy_change_ends_at_a_time", lambda: change.update(decided_at=timezone.now()))


def test_a_change_has_a_note(version: ScenarioVersion, admin: User) -> None:
    change = PolicyChange.objects.filter(pk=parked(version, admin).pk)
    refused("policy_change_has_a_note", lambda: change.update(note=""))


def test_an_author_has_one_parked_change_of_a_scenario(
    version: ScenarioVersion, admin: User
) -> None:
    change = parked(version, admin)
    change.pk = None
    refused("policy_change_one_parked_of_each", change.save)


def test_a_version_is_not_ratified_by_its_author(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    saved = policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    row = ScenarioVersion.objects.filter(pk=saved.pk)
    refused("version_ratified_by_another", lambda: row.update(ratified_by=admin))
    refused("version_ratified_by_another", lambda: row.update(ratified_by=None))
    refused("version_ratified_by_another", lambda: row.update(author=None))


# Everybody at once.


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_of_forty_admins_who_decide_at_once_one_does() -> None:
    version, author = factories.version(), factories.person(Role.ADMIN)
    people = [factories.person(Role.ADMIN) for _ in range(40)]
    change = parked(version, author)

    def decide(by: User, number: int) -> str:
        try:
            if number % 2:
                policies.ratify(change_id=change.pk, by=by, now=timezone.now())
                return "saved"
            policies.reject(change_id=change.pk, by=by, reason="No", now=timezone.now())
        except policies.NotParked:
            return ""
        return "rejected"

    crowd = Crowd()
    try:
        said = crowd.do([partial(decide, by, at) for at, by in enumerate(people)])
    finally:
        crowd.go_home()
    change.refresh_from_db()
    assert [word for word in said if word] == [change.status]
    assert ScenarioVersion.objects.count() == 1 + (change.status == "saved")


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_a_save_and_a_ratification_at_once_never_undo_each_other() -> None:
    author, second, third = (factories.person(Role.ADMIN) for _ in range(3))
    for _ in range(10):
        version = factories.version()
        change = parked(version, author)

        def ratify(change: PolicyChange = change) -> str:
            try:
                policies.ratify(change_id=change.pk, by=second, now=timezone.now())
            except policies.NotParked:
                return "told"
            return "saved"

        def tighten(version: ScenarioVersion = version) -> str:
            tighter = ("policy.refuse_from", 80)
            try:
                save(version, third, tighter, based_on=version.number)
            except scenarios.NewerVersion:
                return "told"
            return "saved"

        crowd = Crowd()
        try:
            calls: list[Callable[[], str]] = [ratify, tighten]
            said = crowd.do(calls)
        finally:
            crowd.go_home()
        change.refresh_from_db()
        assert sorted(said) == ["saved", "told"]
        assert (change.status == "saved") == (said[0] == "saved")
