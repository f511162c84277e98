"""Everybody at once: two hundred verdicts on one item, through the services and through the pages;
verdicts against the clock; one task delivered to many workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from approvals import tasks as upkeep
from approvals.models import Review
from approvals.services import reviews
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Grant, ScenarioVersion
from negotiation.roles import Role
from tests import factories, proofs
from tests.approvals import scenes
from tests.approvals.crowds import AT_ONCE, Crowd
from tests.approvals.invariants import Look, check
from tests.approvals.scenes import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
    pytest.mark.timeout(600),
]

CALLS = 200
ITEMS = proofs.of(50, sample=10)


@pytest.fixture
def version(world: World, transactional_db: None) -> ScenarioVersion:
    return scenes.version(short=True)


def managers(count: int) -> list[User]:
    return [factories.person(Role.MANAGER) for _ in range(count)]


def verdict(
    decision: Decision, by: User, number: int, decide: Callable[..., Review] | None = None
) -> str:
    decide = decide or (scenes.approve if number % 2 else scenes.reject)
    try:
        decide(decision, by, key=f"{decision.pk}-{number}-key")
    except reviews.NotParked:
        return "told"
    return decide.__name__


def amend(decision: Decision, by: User, key: str) -> Review:
    return scenes.amend(decision, by, key, share=0 if decision.agreed["share"] else 50)


STATUS = {
    "approve": "cleared",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "amend": "parked",
    "send_back": "sent_back",
}


def last_word(decision: Decision, answers: Sequence[str | None]) -> str:
    """What counts, once every row says the same: a yes, what ended the case instead, or a no that
    has followed a yes."""
    said = [answer for answer in answers if answer in STATUS]
    ends = [answer for answer in said if answer != "approve"]
    counts = ends[0] if ends else "approve"
    assert len(ends) <= 1, "one end"
    assert said.count("approve") <= (counts in {"approve", "reject", "withdraw"}), "one yes"
    assert Review.objects.filter(decision=decision).count() == len(said)
    moves = AuditEntry.objects.filter(subject="decision", subject_id=decision.pk)
    assert moves.filter(action="decision.cleared").count() == said.count("approve")
    for end, action in (("reject", "rejected"), ("withdraw", "withdrawn"), ("amend", "amended")):
        assert moves.filter(action=f"decision.{action}").count() == said.count(end)
    live = Grant.objects.filter(decision=decision, void_at=None)
    assert live.count() == (counts == "approve")
    decision.refresh_from_db()
    return counts


def test_of_two_hundred_verdicts_on_one_item_one_counts(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    people, operator = managers(CALLS), factories.person(Role.OPERATOR)
    for at in range(ITEMS):
        decision = scenes.agreed(version)
        calls = [partial(verdict, decision, by, number) for number, by in enumerate(people)]
        # Two of each are among them, each time in another place.
        for place in (at % AT_ONCE, AT_ONCE + at):
            rare = (
                (people[place], amend),
                (people[place + 1], scenes.send_back),
                (operator, scenes.withdraw),
            )
            for number, (by, decide) in enumerate(rare, start=place):
                calls[number] = partial(verdict, decision, by, number, decide)
        counts = last_word(decision, crowd.do(calls))
        # Most of them say yes or no, and nobody carries it out meanwhile: no is the last word.
        assert counts != "approve"
        assert decision.status == STATUS[counts]
    come_to_an_end(world)
    assert not world.target.calls


def test_of_many_verdicts_while_workers_are_at_it_one_counts(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    people = managers(AT_ONCE)
    ends: Counter[str] = Counter()
    for at in range(20):
        decision = scenes.agreed(version)
        calls: list[Callable[[], str | None]] = [
            partial(verdict, decision, by, number) for number, by in enumerate(people)
        ]
        calls[at : at + 4] = [partial(tasks.execute_decision, decision_id=decision.pk)] * 4
        counts = last_word(decision, crowd.do(calls))
        come_to_an_end(world)
        decision.refresh_from_db()
        assert decision.status == {"approve": "executed", "reject": "rejected"}[counts]
        ends[decision.status] += 1
    assert len(world.target.calls) == ends["executed"]


def come_to_an_end(world: World) -> None:
    tasks.sweep()
    world.broker.deliver(times=2)
    check(Look.now(), world.target)


def test_pages_answer_the_losers_with_a_conflict_and_never_break(
    world: World, crowd: Crowd, version: ScenarioVersion, client_of: Callable[[User], Client]
) -> None:
    clients = [client_of(person) for person in managers(24)]
    for client in clients:
        client.raise_request_exception = False
    for _ in range(5):
        decision = scenes.agreed(version)

        def post(client: Client, number: int, decision: Decision = decision) -> int:
            verb = "approve" if number % 2 else "reject"
            fields = {
                "seen": decision.tag,
                "key": f"{decision.pk}-{number}-key",
                "reason": "I looked.",
            }
            url = reverse(f"approval-{verb}", args=[decision.pk])
            return client.post(url, fields).status_code

        answers = Counter(crowd.do([partial(post, c, at) for at, c in enumerate(clients)]))
        assert set(answers) == {302, 409}
        assert answers[302] == Review.objects.filter(decision=decision).count() <= 2
        assert Review.objects.filter(decision=decision, verdict="approve").count() <= 1


def test_one_person_who_clicks_many_times_has_decided_once(
    world: World, crowd: Crowd, version: ScenarioVersion, manager: User
) -> None:
    for _ in range(10):
        decision = scenes.agreed(version)
        call = partial(scenes.approve, decision, manager, key=f"key-of-{decision.pk}")
        assert len({review.pk for review in crowd.do([call] * 20)}) == 1
        assert Review.objects.filter(decision=decision).count() == 1
        assert Grant.objects.filter(decision=decision).count() == 1


def approve_just_in_time(world: World, decision: Decision, by: User) -> str:
    """By a clock that is a moment behind the one of the task that ends what is overdue."""
    try:
        reviews.approve(
            decision_id=decision.pk,
            by=by,
            seen_hash=decision.package_hash,
            now=world.clock.now - timedelta(microseconds=1),
        )
    except reviews.NotParked:
        return "told"
    return "approve"


def test_a_verdict_and_the_end_of_its_time_do_not_both_happen(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    people = managers(10)
    for _ in range(10):
        decision = scenes.agreed(version)
        Decision.objects.filter(pk=decision.pk).update(due_at=world.clock.now)
        calls: list[Callable[[], str | None]] = [
            partial(approve_just_in_time, world, decision, by) for by in people
        ]
        calls[5:5] = [upkeep.fire_timers] * 5
        answers = crowd.do(calls)
        decision.refresh_from_db()
        assert answers.count("approve") == (decision.status == "cleared")
        assert decision.status in {"cleared", "expired"}
        assert Grant.objects.filter(decision=decision).exists() == (decision.status == "cleared")


def test_one_task_delivered_to_many_workers_has_one_effect(
    world: World, crowd: Crowd, version: ScenarioVersion, manager: User
) -> None:
    for _ in range(10):
        decision = scenes.agreed(version)
        scenes.approve(decision, manager)
        before = len(world.target.calls)
        crowd.do([partial(tasks.execute_decision, decision_id=decision.pk)] * AT_ONCE)
        decision.refresh_from_db()
        assert decision.status == "executed"
        assert len(world.target.calls) == before + 1
    check(Look.now(), world.target)
