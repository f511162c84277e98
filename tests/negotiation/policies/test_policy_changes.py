"""Loosening takes two admins, whatever way it is saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import AuditEntry, PolicyChange, ScenarioVersion
from negotiation.roles import Role
from negotiation.services import policies, scenarios
from negotiation.tasks import sweep
from tests import factories
from tests.negotiation.policies.documents import changed
from tests.negotiation.policies.proposals import LOOSER, TIGHTER, parked, save

pytestmark = pytest.mark.django_db
Status = PolicyChange.Status


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


def test_another_one_takes_the_place_of_one_whose_time_is_over(
    version: ScenarioVersion, admin: User
) -> None:
    before = parked(version, admin, now=timezone.now() - policies.WAITS - timedelta(seconds=1))
    after = parked(version, admin)
    before.refresh_from_db()
    assert (before.status, after.status) == ("withdrawn", "parked")
