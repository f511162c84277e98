"""The stop switch at the same moment as everything else, and killed in the middle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from approvals.services import reviews
from negotiation import tasks
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.session import Session
from negotiation.models import AuditEntry, Decision, Execution, Stop
from negotiation.services import (
    runs,
    sessions,
    stops,
    switches,
)
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.faults import killed
from tests.approvals.invariants import Look, check
from tests.approvals.safeguards import execute, lift, stop
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def number(action: str, **subject: int) -> int | None:
    found = AuditEntry.objects.filter(action=action, **subject).values_list("number", flat=True)
    return found.first()


@pytest.mark.django_db(transaction=True)
def test_of_a_stop_and_a_beginning_at_once_it_had_begun_or_it_does_not_begin(
    world: World, crowd: Crowd, manager: User
) -> None:
    version, ends = scenes.version(short=True), []
    for at in range(24):
        decision = scenes.agreed(version)
        scenes.approve(decision, manager)
        calls: list[Callable[[], object]] = [
            partial(tasks.execute_decision, decision_id=decision.pk)
        ] * 6
        calls[at % 6 : at % 6] = [partial(stop, manager)]
        crowd.do(calls)
        decision.refresh_from_db()
        stopped = Stop.objects.live().get()
        began = Execution.objects.filter(decision=decision).first()
        if began is None:
            assert decision.status == "parked"
            assert "Something is odd" in decision.returned_because
        else:
            started = number("execution.started", subject_id=began.pk)
            assert started is not None
            assert started < (number("stop.set", subject_id=stopped.pk) or 0)
        check(Look.now(), world.target)
        calls_before = len(world.target.calls)
        execute(decision)
        assert len(world.target.calls) == calls_before, "nothing is attempted under a stop"
        ends.append(began is not None)
        world.clock.forward(seconds=1)
        lift(stopped, manager)
    assert not all(ends), "some of them were stopped in time"


@pytest.mark.django_db(transaction=True)
def test_of_a_stop_and_an_approval_at_once_it_was_approved_before_or_it_is_not(
    world: World, crowd: Crowd, manager: User
) -> None:
    def vote(decision: Decision) -> str:
        try:
            scenes.approve(decision, manager)
        except reviews.NotParked:
            return "told"
        return "approved"

    version = scenes.version(short=True)
    for at in range(24):
        decision = scenes.agreed(version)
        calls: list[Callable[[], object]] = [partial(vote, decision), partial(stop, manager)]
        said = crowd.do(calls[:: 1 if at % 2 else -1])
        stopped = Stop.objects.live().get()
        cleared = number("decision.cleared", subject="decision", subject_id=decision.pk)  # type: ignore[arg-type]
        assert ("approved" in said) == (cleared is not None)
        if cleared is not None:
            assert cleared < (number("stop.set", subject_id=stopped.pk) or 0)
        lift(stopped, manager)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_stop_at_once_have_stopped_once(
    world: World, crowd: Crowd, manager: User
) -> None:
    def told() -> str:
        try:
            stop(manager)
        except switches.AlreadyStopped:
            return "told"
        return "stopped"

    assert sorted(crowd.do([told] * 12)) == ["stopped"] + ["told"] * 11
    assert Stop.objects.live().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_switch_is_kept_until_a_commit_or_not_at_all() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        stops.share()


@pytest.mark.django_db(transaction=True)
def test_a_stop_while_a_table_talks_holds_it_at_a_whole_turn_and_loses_nothing(
    world: World, crowd: Crowd, manager: User
) -> None:
    version = scenes.version(short=True)
    apart = version.compiled().table
    held = 0
    for at in range(10):
        table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=7)
        run = partial(runs.run, negotiation_id=table.pk, clock=timezone.now)
        calls: list[Callable[[], object]] = [run, partial(stop, manager)]
        crowd.do(calls[:: 1 if at % 2 else -1])
        table.refresh_from_db()
        stood = (table.head, table.status)
        assert [said.seq for said in table.messages.all()] == list(range(1, table.head + 1))
        assert table.lease_until is None, "whoever was at it has let go"
        crowd.do([run] * 3)
        table.refresh_from_db()
        assert (table.head, table.status) == stood
        assert table.stalls == 0
        held += table.status != "agreed"
        lift(Stop.objects.live().get(), manager)
        run()
        table.refresh_from_db()
        assert table.status == "agreed"
        said = [EngineMessage.from_dict(each.body) for each in table.messages.all()]
        assert Session.replay(apart, seed=7, messages=said).ending is not None
    assert held, "some of them were stopped in time"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["stop", "lift"])
def test_a_stop_and_its_end_that_are_killed_anywhere_are_whole_or_have_not_happened(
    world: World, manager: User, what: str
) -> None:
    for at in count(1):
        stopped = stop(manager) if what == "lift" else None
        before = AuditEntry.objects.count()
        with killed(world, at) as fate:
            lift(stopped, manager) if stopped else stop(manager)
        live = Stop.objects.live().first()
        happened = (live is not None) == (what == "stop")
        assert AuditEntry.objects.count() == before + happened
        if not fate.dead:
            assert happened
            assert at > 10, "there are many points at which it can be killed"
            return
        if live:
            lift(live, manager)
