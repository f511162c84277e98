"""Amend, approve and reject at the same moment: one of them counts, and the rows agree on which."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial

import pytest
from django.contrib.auth.models import User

from approvals.models import Review
from approvals.services import reviews
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, EarlierPackage, Grant, Message, ScenarioVersion
from negotiation.roles import Role
from negotiation.services.amendments import CannotTakeItsPlace
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.invariants import Look, check
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

ROUNDS = 15
TOLD = (reviews.NotParked, reviews.MayNotApprove, CannotTakeItsPlace)


@pytest.fixture
def version(world: World, transactional_db: None) -> ScenarioVersion:
    return scenes.version(short=True)


def people(count: int) -> list[User]:
    return [factories.person(Role.MANAGER) for _ in range(count)]


def verdict(decision: Decision, by: User, number: int, wait: float) -> str:
    what = ("amend", "approve", "reject")[number % 3]
    if what != "amend":
        time.sleep(wait)  # judging an amendment takes a moment, a verdict does not
    try:
        match what:
            case "amend":
                scenes.amend(decision, by, share=50 if number % 2 else 0, machine="e2-standard-8")
            case "approve":
                scenes.approve(decision, by)
            case "reject":
                scenes.reject(decision, by)
    except TOLD:
        return "told"
    return what


def test_of_many_at_once_one_amendment_or_one_end_counts(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    everybody, ends, dice = people(9), Counter[str](), random.Random(1)
    for _ in range(ROUNDS):
        decision = scenes.agreed(version)
        calls = [
            partial(verdict, decision, by, at, dice.uniform(0, 0.4))
            for at, by in enumerate(everybody)
        ]
        said = Counter(answer for answer in crowd.do(calls) if answer != "told")
        now = Decision.objects.get(pk=decision.pk)
        ends[now.status] += 1
        assert said["amend"] <= 1
        assert Review.objects.filter(decision=decision).count() == said.total()
        assert EarlierPackage.objects.filter(decision=decision).count() == said["amend"]
        amended = AuditEntry.objects.filter(action="decision.amended", subject_id=decision.pk)
        assert amended.count() == said["amend"]
        if said["amend"]:
            assert (now.status, now.approvals) == ("parked", 0)
            assert not said["approve"], "who comes first ends the case of this package"
        else:
            assert now.status == ("rejected" if said["reject"] else "cleared")
        assert Grant.objects.filter(decision=decision, void_at=None).count() == (
            now.status == "cleared"
        )
        seqs = list(Message.objects.filter(negotiation=decision.negotiation_id).order_by("seq"))
        assert [each.seq for each in seqs] == list(range(1, len(seqs) + 1))
        check(Look.now(), world.target)
    assert {"parked", "rejected"} <= ends.keys()


def test_of_twenty_amendments_at_once_one_counts(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    decision = scenes.agreed(version)
    share = 0 if decision.agreed["share"] else 50

    def amend(by: User) -> bool:
        try:
            scenes.amend(decision, by, share=share)
        except reviews.NotParked:
            return False
        return True

    answers = crowd.do([partial(amend, by) for by in people(20)])
    assert sorted(map(bool, answers)) == [False] * 19 + [True]
    now = Decision.objects.get(pk=decision.pk)
    assert now.revision == decision.revision + 1
    tasks.execute_decision(decision_id=decision.pk)
    assert not world.target.calls, "nobody has approved it"
