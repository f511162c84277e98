"""What a person made of an agreement is what comes back, and what newer rules are asked about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.services import questions, reviews
from negotiation import tasks, verify_evidence
from negotiation.engine.interviews import Answer
from negotiation.models import Decision
from negotiation.roles import Role
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import evidence, scenarios
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World
from tests.approvals.test_amendments import another, fresh
from tests.negotiation.scenarios.test_large_spaces import large

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


def test_its_evidence_is_sound_and_has_both_packages(
    parked: Decision, manager: User, other: User
) -> None:
    scenes.amend(parked, manager, **another(parked))
    scenes.approve(fresh(parked), other)
    tasks.execute_decision(decision_id=parked.pk)
    content = evidence.export(decision=fresh(parked), now=timezone.now())
    assert verify_evidence.problems(content) == []
    told = json.loads(content)["evidence"]
    assert told["texts"]["package"] == fresh(parked).package
    [before] = told["rows"]["negotiation.earlierpackage"]
    assert before["package"] == parked.package
    judgement = json.loads(told["texts"]["judgement"])
    assert judgement["possible"]["neighbours"] is not None, "what the reviewers were shown"


def test_an_offer_that_a_pool_left_out_is_amended_to_approved_and_carried_out(
    manager: User, other: User, world: World
) -> None:
    document = large() | {"executor": {"kind": "webhook", "target": "demo"}}
    document["policy"] |= {"review_from": 0, "tiers": [{"people": 1}]}
    version = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="For a test",
        now=timezone.now(),
    )
    parked = scenes.agreed(version)
    space = version.compiled().table.space
    changes: dict[str, Any] = next(
        {name: option}
        for name in parked.agreed
        if name.startswith("extra")
        for option in range(10)
        if not space.holds(parked.agreed | {name: option})
    )
    scenes.amend(parked, manager, **changes)
    scenes.approve(fresh(parked), other)
    tasks.execute_decision(decision_id=parked.pk)
    [order] = world.target.calls
    assert json.loads(order.body)["parameters"] == parked.agreed | changes


def test_an_answer_about_the_package_before_takes_no_time_from_the_amended_one(
    parked: Decision, manager: User, other: User, world: World
) -> None:
    seat = parked.negotiation.version.document["seats"][0]["name"]
    question = questions.ask(
        decision_id=parked.pk,
        by=other,
        seen_hash=parked.package_hash,
        key="question-1",
        seat=seat,
        kind="limit",
        now=timezone.now(),
    )
    scenes.amend(fresh(parked), manager, **another(parked))
    due = fresh(parked).due_at
    assert questions.answer(question_id=question.pk, said=Answer("So."), now=timezone.now())
    assert fresh(parked).due_at == due
