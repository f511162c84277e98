"""Loosening takes two admins, whatever way it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from negotiation.models import AuditEntry, PolicyChange, ScenarioVersion
from negotiation.roles import Role
from negotiation.services import policies, scenarios
from negotiation.tasks import sweep
from tests import factories
from tests.approvals.crowds import Crowd
from tests.negotiation.policies.documents import changed

pytestmark = pytest.mark.django_db
Status = PolicyChange.Status
LOOSER, TIGHTER = ("policy.review_from", 50), ("policy.review_from", 20)


@pytest.fixture
def other(db: None) -> User:
    return factories.person(Role.ADMIN)


@pytest.fixture
def version(db: None) -> ScenarioVersion:
    return factories.version()


def save(
    version: ScenarioVersion, by: User, change: tuple[str, Any] = LOOSER, **more: Any
) -> ScenarioVersion | PolicyChange:
    arguments: dict[str, Any] = {
        "scenario": version.scenario,
        "document": changed(*change),
        "author": by,
        "note": "Because",
        "now": timezone.now(),
    }
    return policies.save(**(arguments | more))


def parked(version: ScenarioVersion, by: User, **more: Any) -> PolicyChange:
    change = save(version, by, **more)
    assert isinstance(change, PolicyChange)
    return change


def actions() -> list[str]:
    return [row.action for row in AuditEntry.objects.filter(action__startswith="policy.")]


def test_a_tightening_is_saved_at_once(version: ScenarioVersion, admin: User) -> None:
    saved = save(version, admin, TIGHTER)
    assert isinstance(saved, ScenarioVersion)
    assert saved.number == 2
    assert saved.ratified_by is None


def test_a_loosening_is_parked_and_nothing_is_saved(version: ScenarioVersion, admin: User) -> None:
    change = parked(version, admin)
    assert ScenarioVersion.objects.count() == 1
    assert (change.status, change.base, change.author) == ("parked", version, admin)
    assert change.changes == [{"text": "A person decides from 35 → 50 points", "effect": "loosens"}]
    assert actions() == ["policy.proposed"]


def test_no_way_of_saving_goes_around_the_second_admin(
    version: ScenarioVersion, admin: User
) -> None:
    with pytest.raises(scenarios.Loosens):
        scenarios.save_version(
            scenario=version.scenario,
            document=changed(*LOOSER),
            author=admin,
            note="Quickly",
            now=timezone.now(),
        )
    with pytest.raises(scenarios.Loosens):
        scenarios.import_document(
            document=changed(*LOOSER), author=admin, note="Imported", now=timezone.now()
        )
    assert ScenarioVersion.objects.count() == 1


def test_the_shell_imports_without_a_second_admin(version: ScenarioVersion) -> None:
    saved = scenarios.import_document(
        document=changed(*LOOSER), author=None, note="Imported", now=timezone.now()
    )
    assert saved.number == 2


def test_a_second_admin_ratifies_and_is_named(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    saved = policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    assert saved.document["policy"]["review_from"] == 50
    assert (saved.author, saved.ratified_by, saved.proposal) == (admin, other, change)
    change.refresh_from_db()
    assert (change.status, change.decided_by) == ("saved", other)
    version.scenario.refresh_from_db()
    assert version.scenario.current == saved
    assert actions() == ["policy.proposed", "policy.ratified"]


@pytest.mark.parametrize("decide", [policies.ratify, partial(policies.reject, reason="No")])
def test_its_author_does_not_decide(
    decide: Callable[..., Any], version: ScenarioVersion, admin: User
) -> None:
    change = parked(version, admin)
    with pytest.raises(policies.NotAllowed):
        decide(change_id=change.pk, by=admin, now=timezone.now())
    assert ScenarioVersion.objects.count() == 1


@pytest.mark.parametrize("roles", [[Role.MANAGER], [Role.SENIOR], [], [Role.ADMIN, Role.SERVICE]])
def test_only_a_person_who_is_an_admin_decides(
    roles: list[Role], version: ScenarioVersion, admin: User
) -> None:
    change = parked(version, admin)
    with pytest.raises(policies.NotAllowed):
        policies.ratify(change_id=change.pk, by=factories.person(*roles), now=timezone.now())


def test_what_somebody_proposed_who_is_no_admin_any_more_is_not_ratified(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    admin.groups.clear()
    with pytest.raises(policies.NotAllowed):
        policies.ratify(change_id=change.pk, by=other, now=timezone.now())


def test_a_document_that_was_altered_is_not_ratified(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    document = change.document | {"title": "Another"}
    PolicyChange.objects.filter(pk=change.pk).update(document=document)
    with pytest.raises(policies.NotAsProposed):
        policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    assert ScenarioVersion.objects.count() == 1


def test_a_rejected_change_is_over(version: ScenarioVersion, admin: User, other: User) -> None:
    change = parked(version, admin)
    policies.reject(change_id=change.pk, by=other, reason="Too much", now=timezone.now())
    change.refresh_from_db()
    assert (change.status, change.reason) == ("rejected", "Too much")
    with pytest.raises(policies.NotParked):
        policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    assert actions() == ["policy.proposed", "policy.rejected"]


def test_its_author_withdraws_and_nobody_else(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    with pytest.raises(policies.NotAllowed):
        policies.withdraw(change_id=change.pk, by=other, now=timezone.now())
    policies.withdraw(change_id=change.pk, by=admin, now=timezone.now())
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_a_newer_version_supersedes_and_says_so(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    change = parked(version, admin)
    save(version, other, TIGHTER)
    change.refresh_from_db()
    assert change.status == "superseded"
    assert "Version 2 was saved meanwhile" in change.reason
    with pytest.raises(policies.NotParked):
        policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    assert actions() == ["policy.proposed", "policy.superseded"]


def test_a_second_proposal_of_one_author_replaces_the_first(
    version: ScenarioVersion, admin: User
) -> None:
    first = parked(version, admin)
    second = parked(version, admin, change=("policy.review_from", 60))
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "parked")


def test_an_edit_of_an_older_version_is_told_of_the_newer_one(
    version: ScenarioVersion, admin: User, other: User
) -> None:
    save(version, other, TIGHTER)
    with pytest.raises(scenarios.NewerVersion):
        save(version, admin, based_on=1)
    assert not PolicyChange.objects.exists()


def test_what_nobody_decides_expires(version: ScenarioVersion, admin: User, other: User) -> None:
    change = parked(version, admin, now=timezone.now() - policies.WAITS - timedelta(seconds=1))
    with pytest.raises(policies.NotParked):
        policies.ratify(change_id=change.pk, by=other, now=timezone.now())
    sweep()
    change.refresh_from_db()
    assert change.status == "expired"
    assert policies.expire(now=timezone.now()) == 0
    assert actions() == ["policy.proposed", "policy.expired"]


# Every constraint, and a write that tries to break it.


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
