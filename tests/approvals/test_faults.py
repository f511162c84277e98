"""The worker is killed after every statement of a verdict and of an execution; the broker loses
tasks and delivers others twice. One effect at the target, nothing lost, nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from approvals import tasks as upkeep
from approvals.models import Review
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Grant, ScenarioVersion
from tests.approvals import scenes
from tests.approvals.faults import deaths, killed
from tests.approvals.invariants import Look, check
from tests.approvals.scenes import World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.long,
    pytest.mark.timeout(300),
]


def status(decision: Decision) -> str:
    return Decision.objects.get(pk=decision.pk).status


def effects(world: World, decision: Decision) -> int:
    return sum(body.decode() == decision.package for body in world.target.effects.values())


def whole(decision: Decision, after: str) -> str:
    """All of a verdict or nothing of it: status, grant, review."""
    now = status(decision)
    assert now in {"parked", after}
    assert Review.objects.filter(decision=decision).count() == (now in {"cleared", "rejected"})
    assert Grant.objects.filter(decision=decision).count() == (now == "cleared")
    return now


@pytest.fixture
def version(world: World, transactional_db: None) -> ScenarioVersion:
    return scenes.version(short=True)


@pytest.fixture
def approved(version: ScenarioVersion, manager: User) -> Callable[[], Decision]:
    """Makes decisions that a manager has approved and nobody has carried out."""

    def make() -> Decision:
        decision = scenes.agreed(version)
        scenes.approve(decision, manager)
        return decision

    return make


def test_an_approval_that_is_killed_anywhere_is_given_again_and_carried_out_once(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    def approve(decision: Decision) -> None:
        scenes.approve(decision, manager, key=f"key-of-{decision.pk}")

    for decision in deaths(world, lambda: scenes.agreed(version), approve):
        whole(decision, "cleared")
        world.broker.take()
        # The same call again, as a browser or a client would make it.
        approve(decision)
        assert whole(decision, "cleared") == "cleared"
        world.come_to_rest()
        assert status(decision) == "executed"
        assert effects(world, decision) == 1


def test_a_rejection_that_is_killed_anywhere_is_whole_or_has_not_happened(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    def reject(decision: Decision) -> None:
        scenes.reject(decision, manager, key=f"key-of-{decision.pk}")

    for decision in deaths(world, lambda: scenes.agreed(version), reject):
        whole(decision, "rejected")
        reject(decision)
        world.come_to_rest()
        assert whole(decision, "rejected") == "rejected"
    assert not world.target.calls


def test_an_expiry_that_is_killed_anywhere_happens_with_the_next_look(
    world: World, version: ScenarioVersion
) -> None:
    def overdue() -> Decision:
        decision = scenes.agreed(version)
        world.clock.forward(days=scenes.LONGER_THAN_EVERYTHING)
        return decision

    for decision in deaths(world, overdue, lambda _: upkeep.fire_timers()):
        upkeep.fire_timers()
        assert status(decision) == "expired"
        said = AuditEntry.objects.filter(subject="decision", subject_id=decision.pk)
        assert list(said.values_list("action", flat=True)) == [
            "decision.parked",
            "decision.reminded",
            "decision.reminded",
            "decision.expired",
        ]
    assert not world.target.calls


def carry_out(decision: Decision) -> None:
    tasks.execute_decision(decision_id=decision.pk)


def again(world: World, decision: Decision) -> None:
    """The broker has lost the task. The sweep finds the row, and its task arrives twice."""
    world.broker.take()
    world.clock.forward(minutes=2)
    tasks.sweep()
    world.broker.deliver(times=2)


def test_an_execution_that_is_killed_anywhere_goes_on_and_has_one_effect(
    world: World, approved: Callable[[], Decision]
) -> None:
    for decision in deaths(world, approved, carry_out):
        again(world, decision)
        assert status(decision) == "executed"
        assert effects(world, decision) == 1
        again(world, decision)
        assert effects(world, decision) == 1


def test_an_execution_that_is_killed_twice_goes_on_and_has_one_effect(
    world: World, approved: Callable[[], Decision]
) -> None:
    for at, decision in enumerate(deaths(world, approved, carry_out), start=1):
        world.clock.forward(minutes=2)
        with killed(world, at):
            carry_out(decision)
        check(Look.now(), world.target)
        again(world, decision)
        assert status(decision) == "executed"
        assert effects(world, decision) == 1


@pytest.mark.parametrize("answer", ["busy", "silent"])
def test_an_attempt_that_failed_is_tried_again_wherever_its_worker_was_killed(
    world: World, approved: Callable[[], Decision], answer: str
) -> None:
    def ready() -> Decision:
        world.target.answer = answer
        return approved()

    for decision in deaths(world, ready, carry_out):
        world.target.answer = "ok"
        again(world, decision)
        assert status(decision) == "executed"
        assert effects(world, decision) == 1


def test_a_refusal_that_is_killed_anywhere_ends_without_an_effect(
    world: World, approved: Callable[[], Decision]
) -> None:
    def ready() -> Decision:
        world.target.answer = "refuses"
        return approved()

    for decision in deaths(world, ready, carry_out):
        again(world, decision)
        assert status(decision) == "failed"
        assert effects(world, decision) == 0


def test_what_comes_back_to_people_comes_back_wherever_the_worker_was_killed(
    world: World, approved: Callable[[], Decision], manager: User
) -> None:
    def too_late() -> Decision:
        decision = approved()
        world.clock.forward(hours=25)
        return decision

    for decision in deaths(world, too_late, carry_out):
        again(world, decision)
        assert status(decision) == "parked"
        assert Decision.objects.get(pk=decision.pk).returned == 1
        assert effects(world, decision) == 0
        scenes.approve(Decision.objects.get(pk=decision.pk), manager)
        world.broker.deliver(times=2)
        assert status(decision) == "executed"


def test_a_task_that_the_broker_loses_is_found_by_the_sweep(
    world: World, approved: Callable[[], Decision]
) -> None:
    decision = approved()
    assert world.broker.take()
    tasks.sweep()
    world.broker.deliver(times=2)
    assert status(decision) == "executed"
    assert effects(world, decision) == 1
    assert len(world.target.calls) == 1


def test_a_broker_that_is_away_takes_nothing_from_a_verdict(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    world.broker.down = True
    decision = scenes.agreed(version)
    scenes.approve(decision, manager)
    world.broker.down = False
    tasks.sweep()
    world.broker.deliver()
    assert status(decision) == "executed"


def test_every_task_may_arrive_many_times_and_in_any_state(
    world: World, version: ScenarioVersion, manager: User
) -> None:
    decision = scenes.agreed(version)
    for _ in range(3):
        carry_out(decision)
    scenes.approve(decision, manager)
    for answer in ("busy", "silent", "ok"):
        world.target.answer = answer
        for _ in range(3):
            carry_out(decision)
            upkeep.fire_timers()
        world.clock.forward(minutes=2)
    assert status(decision) == "executed"
    assert effects(world, decision) == 1
    assert len(world.target.calls) == 3
