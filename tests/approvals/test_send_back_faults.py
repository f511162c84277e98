"""The worker is killed after every statement of a send-back and of the table that goes on; others
decide at the same moment. The decision waits, comes back or is void, never two of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.models import Review
from approvals.services import reviews
from negotiation import tasks
from negotiation.engine.messages import Act
from negotiation.models import AuditEntry, Decision, Negotiation, ScenarioVersion
from negotiation.roles import Role
from negotiation.services import runs, sessions
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.faults import deaths
from tests.approvals.invariants import Look, check
from tests.approvals.scenes import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
    pytest.mark.timeout(300),
]


@pytest.fixture
def version(world: World, transactional_db: None) -> ScenarioVersion:
    return scenes.version(short=True)


def fresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("negotiation__version__scenario").get(pk=decision.pk)


def whole(decision: Decision) -> str:
    """All of a send-back or nothing of it."""
    now = fresh(decision)
    sent = now.status == "sent_back"
    asked = now.negotiation.messages.filter(act=Act.INTERVENE).count()
    assert now.status in {"parked", "sent_back"}
    assert now.negotiation.status == ("running" if sent else "agreed")
    assert (now.sent_back, asked) == (sent, sent)
    assert Review.objects.filter(decision=decision).count() == sent
    numbers = list(now.negotiation.messages.values_list("seq", flat=True))
    assert numbers == list(range(1, now.negotiation.head + 1)), "no gap in the transcript"
    return now.status


def go_on(decision: Decision) -> None:
    runs.run(negotiation_id=decision.negotiation_id, clock=timezone.now)


def again(world: World) -> None:
    """The broker has lost the task, leases run out, the sweep finds the table."""
    world.broker.take()
    for _ in range(3):
        world.clock.forward(minutes=2)
        tasks.sweep()
        world.broker.deliver(times=2)


def test_a_send_back_that_is_killed_anywhere_is_whole_or_has_not_happened(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    def send(decision: Decision) -> None:
        scenes.send_back(decision, manager, key=f"key-of-{decision.pk}")

    for decision in deaths(world, lambda: scenes.agreed(version), send):
        whole(decision)
        world.broker.take()
        # The same call again, as a browser or a client would make it.
        send(decision)
        assert whole(decision) == "sent_back"
        again(world)
        back = fresh(decision)
        assert (back.status, back.returned, back.sent_back) == ("parked", 1, 1)


@pytest.mark.parametrize("pace", [0, 1])
def test_a_table_that_goes_on_and_is_killed_anywhere_brings_its_decision_back_once(
    world: World, version: ScenarioVersion, manager: User, pace: int
) -> None:
    def sent() -> Decision:
        decision = scenes.agreed(version)
        Negotiation.objects.filter(pk=decision.negotiation_id).update(pace=pace)
        scenes.send_back(decision, manager)
        return decision

    for decision in deaths(world, sent, go_on):
        assert fresh(decision).status in {"sent_back", "parked"}
        while fresh(decision).status == "sent_back":
            again(world)
        back = fresh(decision)
        assert (back.status, back.returned) == ("parked", 1)
        assert back.earlier.count() == 1
        assert back.package_hash != decision.package_hash
        returned = AuditEntry.objects.filter(action="decision.returned", subject_id=back.pk)
        assert returned.count() == 1


def test_a_table_that_is_stopped_and_killed_anywhere_leaves_its_decision_void_with_the_next_try(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    def sent() -> Decision:
        decision = scenes.agreed(version)
        scenes.send_back(decision, manager)
        return decision

    for decision in deaths(world, sent, lambda each: scenes.stop(each, manager)):
        now = fresh(decision)
        assert (now.status, now.negotiation.status) in {
            ("sent_back", "running"),
            ("void", "stopped"),
        }
        if now.status == "sent_back":
            scenes.stop(decision, manager)
        assert fresh(decision).status == "void"


Deed = Callable[[Decision, User, int], object]


def told(deed: Deed, decision: Decision, by: User, number: int) -> str:
    try:
        deed(decision, by, number)
    except (reviews.NotParked, reviews.MayNotApprove, sessions.NotOpen):
        return "told"
    return getattr(deed, "__name__", "did")


def send_back(decision: Decision, by: User, number: int) -> object:
    return scenes.send_back(decision, by, key=f"{decision.pk}-{number}-back")


def approve(decision: Decision, by: User, number: int) -> object:
    return scenes.approve(decision, by, key=f"{decision.pk}-{number}-yes")


def reject(decision: Decision, by: User, number: int) -> object:
    return scenes.reject(decision, by, key=f"{decision.pk}-{number}-no")


def stop(decision: Decision, by: User, _number: int) -> object:
    scenes.stop(decision, by)
    return None


@pytest.mark.parametrize("people", [1, 2])
def test_of_many_verdicts_at_once_a_send_back_counts_or_another_does(
    world: World, crowd: Crowd, people: int, transactional_db: None
) -> None:
    version = scenes.version(short=True, people=people)
    reviewers = [factories.person(Role.MANAGER) for _ in range(12)]
    deeds: tuple[Deed, ...] = (send_back, approve, reject)
    ends: Counter[str] = Counter()
    for _ in range(8):
        decision = scenes.agreed(version)
        calls = [
            partial(told, deeds[number % 3], decision, by, number)
            for number, by in enumerate(reviewers)
        ]
        said = Counter(crowd.do(calls))
        check(Look.now(), world.target)
        now = fresh(decision)
        ends[now.status] += 1
        assert said["send_back"] == now.sent_back == (now.status == "sent_back")
        assert said["send_back"] + said["reject"] <= 1 or now.status == "rejected"
        assert said["approve"] <= people
    assert set(ends) <= {"sent_back", "rejected", "cleared"}
    world.come_to_rest()


def test_two_who_send_back_at_once_are_not_both_heard(
    world: World, crowd: Crowd, version: ScenarioVersion
) -> None:
    reviewers = [factories.person(Role.MANAGER) for _ in range(20)]
    for _ in range(4):
        decision = scenes.agreed(version)
        calls = [partial(told, send_back, decision, by, n) for n, by in enumerate(reviewers)]
        assert Counter(crowd.do(calls)) == {"send_back": 1, "told": 19}
        assert whole(decision) == "sent_back"


def test_many_workers_and_somebody_who_stops_it_bring_it_to_one_end(
    world: World, crowd: Crowd, version: ScenarioVersion, manager: User
) -> None:
    ends = set()
    for _ in range(6):
        decision = scenes.agreed(version)
        scenes.send_back(decision, manager)
        stops = partial(told, stop, decision, manager, 1)
        calls: list[Callable[[], object]] = [partial(go_on, decision)] * 5 + [stops]
        crowd.do(calls)
        check(Look.now(), world.target)
        now = fresh(decision)
        assert (now.status, now.negotiation.status) in {("parked", "agreed"), ("void", "stopped")}
        ends.add(now.status)
    assert ends <= {"parked", "void"}


def test_the_clock_and_a_send_back_leave_one_of_them(
    world: World, crowd: Crowd, version: ScenarioVersion, manager: User
) -> None:
    for _ in range(8):
        decision = scenes.agreed(version)
        assert decision.due_at is not None
        world.clock.now = decision.due_at - timedelta(microseconds=1)
        world.clock.forward(seconds=1)
        send = partial(told, send_back, decision, manager, 1)
        calls: list[Callable[[], object]] = [send, world.look_for_the_forgotten]
        crowd.do(calls)
        now = fresh(decision)
        assert now.status in {"sent_back", "expired"}
        check(Look.now(), world.target)
