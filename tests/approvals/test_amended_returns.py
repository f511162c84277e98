"""What a person made of an agreement is what comes back, and what newer rules are asked about."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.services import reviews
from negotiation import tasks
from negotiation.models import Decision
from negotiation.roles import Role
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import scenarios
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World
from tests.approvals.test_amendments import another, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(world: World) -> Decision:
    return scenes.agreed(scenes.version())


@pytest.fixture
def other(manager: User) -> User:
    return factories.person(Role.MANAGER, name="somebody-else")


def test_what_comes_back_stays_what_the_person_made_of_it(
    parked: Decision, manager: User, other: User, world: World
) -> None:
    scenes.amend(parked, manager, **another(parked))
    amended = fresh(parked)
    scenes.approve(amended, other)
    world.dearer = True
    tasks.execute_decision(decision_id=parked.pk)
    back = fresh(parked)
    assert not world.target.calls
    assert (back.status, back.returned) == ("parked", 1)
    assert back.agreed == amended.agreed
    by, before = (json.loads(each.package)["decided_by"] for each in (back, amended))
    assert (by["person"], by["message"]) == (before["person"], before["message"])
    assert json.loads(back.package)["read"] != json.loads(amended.package)["read"]
    assert back.amended_by == manager
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(back, manager)
    scenes.approve(back, other)
    tasks.execute_decision(decision_id=parked.pk)
    assert [order.body.decode() for order in world.target.calls] == [back.package]


def test_a_newer_rule_is_asked_about_the_amended_offer(
    parked: Decision, manager: User, other: User, admin: User, world: World
) -> None:
    scenes.amend(parked, manager, **another(parked))
    scenes.approve(fresh(parked), other)
    version = parked.negotiation.version
    rule = {
        "name": "no-such-share",
        "text": "This share is forbidden",
        "author": "Somebody",
        "citation": "A rule",
        "subject": "share",
        "not_in": [another(parked)["share"]],
    }
    rules = [*version.document["constraints"], rule]
    scenarios.save_version(
        scenario=version.scenario,
        document=ScenarioDocument.model_validate(version.document | {"constraints": rules}),
        author=admin,
        note="A test",
        now=timezone.now(),
    )
    tasks.execute_decision(decision_id=parked.pk)
    assert not world.target.calls
    assert fresh(parked).status == "void"
    assert "This share is forbidden" in fresh(parked).reason
