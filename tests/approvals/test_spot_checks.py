"""A share of what is cleared without a person is looked at afterwards; it holds up nothing."""

from __future__ import annotations

import hashlib
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from negotiation import tasks
from negotiation.models import AuditEntry, Decision, ScenarioVersion, SpotCheck
from negotiation.roles import Role
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import scenarios, spot_checks
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db

MANY = 20_000


def hashes() -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(MANY)]


def version(share: float) -> ScenarioVersion:
    document = deepcopy(scenes.version(automatic=True).document)
    document["policy"]["audit_share"] = share
    return scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="Another share",
        now=timezone.now(),
    )


def drawn(world: World) -> SpotCheck:
    decision = scenes.agreed(version(1.0))
    assert decision.status == "cleared"
    return SpotCheck.objects.get(decision=decision)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_about_that_share_of_many_packages_is_drawn(share: float) -> None:
    found = sum(spot_checks.is_drawn(each, share) for each in hashes())
    spread = 4 * (share * (1 - share) * MANY) ** 0.5
    assert abs(found - share * MANY) <= spread


def test_the_same_package_is_drawn_again_and_under_another_key_it_is_another_draw() -> None:
    some = hashes()[:2_000]
    before = [spot_checks.is_drawn(each, 0.05) for each in some]
    assert before == [spot_checks.is_drawn(each, 0.05) for each in some]
    with override_settings(SECRET_KEY="another key of another installation, long enough"):
        assert before != [spot_checks.is_drawn(each, 0.05) for each in some]


def test_what_is_drawn_for_a_smaller_share_is_drawn_for_a_larger_one() -> None:
    few = {each for each in hashes() if spot_checks.is_drawn(each, 0.05)}
    assert all(spot_checks.is_drawn(each, 0.2) for each in few)


def test_only_the_automatic_is_drawn(world: World) -> None:
    assert scenes.agreed(version(0.0)).status == "cleared"
    document = deepcopy(scenes.version().document)
    document["policy"]["audit_share"] = 1.0
    reviewed = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="All of it",
        now=timezone.now(),
    )
    assert scenes.agreed(reviewed).status == "parked"
    assert not SpotCheck.objects.exists()


def test_it_does_not_hold_up_the_execution(world: World) -> None:
    check = drawn(world)
    tasks.execute_decision(decision_id=check.decision_id)
    assert Decision.objects.get(pk=check.decision_id).status == "executed"
    assert SpotCheck.objects.open().count() == 1


def say(check: SpotCheck, by: User, verdict: str, note: str = "") -> SpotCheck:
    return spot_checks.answer(
        check_id=check.pk,
        by=by,
        verdict=SpotCheck.Verdict(verdict),
        note=note,
        now=timezone.now(),
    )


def test_a_manager_answers_it_once_and_it_is_in_the_audit_trail(
    world: World, manager: User
) -> None:
    check = drawn(world)
    with pytest.raises(spot_checks.NoteMissing):
        say(check, manager, "wrong", " ")
    say(check, manager, "wrong", "The region was the wrong one")
    with pytest.raises(spot_checks.AlreadyChecked):
        say(check, manager, "right")
    entry = AuditEntry.objects.get(action="spot_check.wrong")
    assert (entry.user, entry.details["note"]) == (manager, "The region was the wrong one")
    assert entry.details["seen"] == check.decision.package_hash
    assert SpotCheck.objects.filter(verdict="wrong").count() == 1


def test_who_wrote_the_rules_does_not_look_back_at_them(world: World, manager: User) -> None:
    check = drawn(world)
    rules = check.decision.negotiation.version_id
    ScenarioVersion.objects.filter(pk=rules).update(author=manager)
    with pytest.raises(spot_checks.NotAllowed, match="author of version"):
        say(check, manager, "right")
    check.refresh_from_db()
    assert check.checked_by is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, Role.SERVICE])
def test_only_managers_answer(world: World, role: Role) -> None:
    check = drawn(world)
    with pytest.raises(spot_checks.NotAllowed):
        say(check, factories.person(role), "right")


BROKEN: dict[str, dict[str, Any]] = {
    "spot_check_is_whole": {"verdict": "right"},
    "spot_check_wrong_says_why": {"verdict": "wrong", "note": ""},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_takes_whole_answers_only(world: World, manager: User, name: str) -> None:
    check = drawn(world)
    if name == "spot_check_wrong_says_why":
        say(check, manager, "right")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SpotCheck.objects.filter(pk=check.pk).update(**BROKEN[name])


def test_a_decision_is_drawn_once(world: World) -> None:
    check = drawn(world)
    with pytest.raises(IntegrityError, match="decision_id"), transaction.atomic():
        SpotCheck.objects.create(decision=check.decision, drawn_at=check.drawn_at)


def test_nothing_is_checked_before_it_is_drawn(world: World, manager: User) -> None:
    check = drawn(world)
    world.clock.now -= timedelta(hours=1)
    with pytest.raises(IntegrityError, match="spot_check_is_whole"), transaction.atomic():
        say(check, manager, "right")
