"""The stop switch over decisions: nothing is approved, begun or attempted; a no is always taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from approvals.services import reviews
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Execution, Negotiation, Stop
from negotiation.services import (
    decisions,
    judgements,
    runs,
    stops,
    transcripts,
)
from tests import factories
from tests.approvals import scenes
from tests.approvals.safeguards import execute, lift, stop
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def sweep(world: World) -> None:
    """The test is one transaction: its hooks run here."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        tasks.sweep()
    with TestCase.captureOnCommitCallbacks(execute=True):
        world.broker.deliver()


def test_nobody_approves_under_a_stop_and_everybody_may_reject(world: World, manager: User) -> None:
    decision = scenes.agreed(scenes.version())
    stop(manager, decision)
    with pytest.raises(reviews.NotParked, match="Something is odd"):
        scenes.approve(decision, manager)
    decision.refresh_from_db()
    assert (decision.status, decision.approvals) == ("parked", 0)
    world.clock.forward(days=3)
    with pytest.raises(reviews.NotParked, match="stop switch"):
        scenes.approve(decision, manager)
    scenes.reject(decision, manager)
    decision.refresh_from_db()
    assert decision.status == "rejected"


def test_the_page_answers_an_approval_under_a_stop_with_the_reason(
    world: World, manager: User, manager_client: Client
) -> None:
    decision = scenes.agreed(scenes.version())
    stop(manager)
    fields = {"seen": decision.tag, "key": "a-key-of-mine", "reason": ""}
    answer = manager_client.post(reverse("approval-approve", args=[decision.pk]), fields)
    assert answer.status_code == 409
    assert "Something is odd" in answer.content.decode()


def test_whoever_passes_the_first_look_is_held_in_the_transaction(
    world: World, manager: User
) -> None:
    decision = scenes.agreed(scenes.version())
    stop(manager)
    with pytest.raises(decisions.NotParked, match="Something is odd"), transaction.atomic():
        decisions.vote(
            decision=decision,
            scenario=decision.negotiation.version.compiled(),
            by=manager,
            reason="",
            now=timezone.now(),
        )


def test_what_is_cleared_comes_back_with_the_reason_of_the_stop(
    world: World, manager: User
) -> None:
    decision = scenes.agreed(scenes.version())
    scenes.approve(decision, manager)
    stopped = stop(manager)
    assert execute(decision).status == "parked"
    assert "Something is odd" in decision.returned_because
    assert not Execution.objects.exists()
    lift(stopped, manager)
    scenes.approve(decision, manager)
    assert execute(decision).status == "executed"
    assert len(world.target.calls) == 1


def test_what_was_cleared_without_a_person_comes_back_to_one(world: World, manager: User) -> None:
    decision = scenes.agreed(scenes.version(automatic=True))
    stop(manager)
    sweep(world)
    decision.refresh_from_db()
    assert (decision.route, decision.status) == ("review", "parked")
    assert not world.target.calls


def test_an_execution_that_is_under_way_waits_and_goes_on_with_the_same_key(
    world: World, manager: User
) -> None:
    decision = scenes.agreed(scenes.version())
    scenes.approve(decision, manager)
    world.target.answer = "busy"
    execute(decision)
    before = Execution.objects.get()
    stopped = stop(manager, decision)
    world.clock.forward(hours=1)
    world.target.answer = "ok"
    for _ in range(3):
        sweep(world)
        assert execute(decision).status == "executing"
    held = Execution.objects.get()
    assert (held.attempts, held.next_at, held.fence) == (1, before.next_at, before.fence)
    assert len(world.target.calls) == 1
    lift(stopped, manager)
    sweep(world)
    assert Decision.objects.get(pk=decision.pk).status == "executed"
    assert {call.key for call in world.target.calls} == {before.idempotency_key}
    assert len(world.target.effects) == 1


def test_what_is_decided_under_a_stop_goes_to_people(world: World, manager: User) -> None:
    """Workers never get so far; whoever calls the judge in another way does."""
    version = scenes.version(automatic=True)
    known = scenes.agreed(version)
    again = factories.negotiation(
        status=Negotiation.Status.AGREED,
        version=version,
        agreement=known.negotiation.agreement,
        summary=known.negotiation.summary,
    )
    scenario = version.compiled()
    judged = judgements.judge(
        negotiation=again,
        scenario=scenario,
        session=transcripts.replayed(known.negotiation, scenario),
        offer=known.negotiation.agreed_offer,
        now=timezone.now(),
    )
    assert judged.judgement.route == "auto"
    stop(manager, Decision(negotiation=again))
    with transaction.atomic():
        decision = decisions.decide(
            negotiation=again, scenario=scenario, judged=judged, now=timezone.now()
        )
    assert (decision.route, decision.status) == ("review", "parked")
    assert decision.judgement["findings"][0]["rule"] == stops.RULE
    assert "Something is odd" in decision.judgement["findings"][0]["text"]


def test_a_last_turn_under_a_stop_makes_no_decision(
    world: World, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = runs._judged
    made: list[Stop] = []

    def stopped_meanwhile(lease: runs._Lease, now: object) -> object:
        judged = usual(lease, now)  # type: ignore[arg-type]
        if judged is not None and not made:
            made.append(stop(manager))
        return judged

    monkeypatch.setattr(runs, "_judged", stopped_meanwhile)
    with pytest.raises(Decision.DoesNotExist):
        scenes.agreed(scenes.version(automatic=True))
    assert Negotiation.objects.get().status == "running"
    lift(made[0], manager)
    sweep(world)
    assert Decision.objects.get().status == "cleared"


def test_a_stopped_decision_is_not_reminded_of(world: World, manager: User) -> None:
    decision = scenes.agreed(scenes.version())
    stopped = stop(manager, decision)
    world.clock.forward(days=9)
    world.look_for_the_forgotten()
    decision.refresh_from_db()
    assert decision.status == "parked"
    assert not AuditEntry.objects.filter(action="decision.reminded").exists()
    lift(stopped, manager)
    decision.refresh_from_db()
    assert decision.due_at is not None
    assert decision.due_at - world.clock.now == timedelta(hours=decision.tier["window_hours"])
