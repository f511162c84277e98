"""Consent under everything that can happen, in any order: verdicts, time, targets, changed facts.

A sequence is a story of two decisions, one that two people must clear and one that the policy
cleared. After each step the invariants hold; some are followed until nothing is left to be done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals.services import reviews
from negotiation import tasks
from negotiation.models import Decision, Grant, Stop
from negotiation.roles import Role
from negotiation.services import amendments, reopenings, sessions, switches
from tests import factories, proofs
from tests.approvals import scenes
from tests.approvals.doubles import Killed
from tests.approvals.invariants import Look, check, check_step
from tests.approvals.scenes import World

SEQUENCES = proofs.of(2_000, sample=400)
STEPS = 10

which = st.integers(0, 1)
who = st.integers(0, 2)
times = st.integers(1, 3)
mostly_the_first = st.sampled_from([0, 0, 0, 1])


class Stories(RuleBasedStateMachine):
    world: ClassVar[World]
    agreed: ClassVar[list[Decision]]
    managers: ClassVar[list[User]]
    operator: ClassVar[User]
    beginning: ClassVar[Look]
    told: ClassVar[int]
    ends: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world.begin_again()
        self.before = self.beginning
        self.seen = list(self.agreed)
        self.looked = True
        self.to_the_end = False
        self.sent_before_the_stop: int | None = None

    @initialize(to_the_end=st.sampled_from([False, False, True]))
    def somebody_begins(self, to_the_end: bool) -> None:
        self.to_the_end = to_the_end

    @contextmanager
    def committed(self) -> Iterator[None]:
        """What is done in here is committed, and its tasks go to the broker."""
        self.looked = False
        with TestCase.captureOnCommitCallbacks(execute=True):
            yield

    @rule(index=which)
    def somebody_opens_the_card(self, index: int) -> None:
        decisions = Decision.objects.select_related("negotiation__version__scenario")
        self.seen[index] = decisions.get(pk=self.agreed[index].pk)

    @rule(index=mostly_the_first, by=who)
    def approve(self, index: int, by: int) -> None:
        with self.committed(), suppress(reviews.NotParked, reviews.MayNotApprove):
            scenes.approve(self.seen[index], self.managers[by])

    @rule(index=mostly_the_first, by=who)
    def reject(self, index: int, by: int) -> None:
        with self.committed(), suppress(reviews.NotParked):
            scenes.reject(self.seen[index], self.managers[by])

    @rule(index=mostly_the_first, by=who)
    def send_back(self, index: int, by: int) -> None:
        no = (reviews.NotParked, reopenings.CannotBeAsked, reopenings.SentBackTwice)
        with self.committed(), suppress(*no):
            scenes.send_back(self.seen[index], self.managers[by])

    @rule(index=mostly_the_first, by=who, share=st.sampled_from([0, 50, 100]))
    def amend(self, index: int, by: int, share: int) -> None:
        with self.committed(), suppress(reviews.NotParked, amendments.CannotTakeItsPlace):
            scenes.amend(self.seen[index], self.managers[by], share=share)

    @rule(index=mostly_the_first)
    def withdraw(self, index: int) -> None:
        with self.committed(), suppress(reviews.NotParked):
            scenes.withdraw(self.seen[index], self.operator)

    @rule()
    def somebody_stops_everything(self) -> None:
        with self.committed(), suppress(switches.AlreadyStopped):
            switches.stop(
                scope=Stop.Scope.GLOBAL, by=self.operator, reason="Wait", now=timezone.now()
            )
            self.sent_before_the_stop = len(self.world.target.calls)

    @rule()
    def it_goes_on(self) -> None:
        with self.committed():
            self.lift()

    def lift(self) -> None:
        self.sent_before_the_stop = None
        for stop in Stop.objects.live():
            switches.lift(stop_id=stop.pk, by=self.managers[0], reason="Go on", now=timezone.now())

    @rule(minutes=st.sampled_from([1, 30, 241, 60 * 25]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.forward(minutes=minutes)

    @rule()
    def the_sweep_runs(self) -> None:
        with self.committed():
            self.world.look_for_the_forgotten()

    @rule(times=times)
    def the_broker_delivers(self, times: int) -> None:
        with self.committed(), suppress(Killed):
            self.world.broker.deliver(times=times)

    @rule()
    def the_broker_loses_everything(self) -> None:
        self.world.broker.take()

    @rule(index=which, times=times)
    def a_task_arrives_that_nobody_sent(self, index: int, times: int) -> None:
        with self.committed(), suppress(Killed):
            for _ in range(times):
                tasks.execute_decision(decision_id=self.agreed[index].pk)

    @rule(answer=st.sampled_from(["ok", "busy", "refuses", "refuses", "silent", "kills"]))
    def the_target_changes_its_mind(self, answer: str) -> None:
        self.world.target.answer = answer

    @rule(index=which, by=who, what=st.sampled_from(["edit", "price", "figure", "stop"]))
    def the_world_changes(self, index: int, by: int, what: str) -> None:
        person, decision = self.managers[by], self.agreed[index]
        with self.committed(), suppress(sessions.NotOpen):
            match what:
                case "edit":
                    scenes.edit_scenario(decision.negotiation.version, person)
                case "price":
                    self.world.dearer = not self.world.dearer
                case "figure":
                    scenes.tell_a_figure(decision, mean=44.0)
                case "stop":
                    scenes.stop(decision, person)

    @rule(index=which)
    def the_permission_runs_out(self, index: int) -> None:
        grant = Grant.objects.filter(decision_id=self.agreed[index].pk, consumed_at=None).last()
        if grant and grant.expires_at > self.world.clock.now:
            self.world.clock.now = grant.expires_at

    @invariant()
    def consent_holds(self) -> None:
        if self.looked:
            return
        look = Look.now()
        check(look, self.world.target)
        check_step(self.before, look)
        self.before, self.looked = look, True
        stopped = self.sent_before_the_stop
        assert stopped in {None, len(self.world.target.calls)}, "under a stop nothing is sent"

    def teardown(self) -> None:
        type(self).told += 1
        try:
            if self.to_the_end:
                self.it_goes_on()
                self.world.come_to_rest(self.committed)
                self.consent_holds()
            self.ends.update(each.status for each in self.before.decisions.values())
        finally:
            transaction.savepoint_rollback(self.savepoint)
            connection.run_on_commit.clear()


@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.timeout(600)
def test_consent_holds_in_every_story(world: World) -> None:
    assert connection.vendor == "postgresql"
    Stories.world, Stories.told, Stories.ends = world, 0, set()
    Stories.managers = [factories.person(Role.MANAGER) for _ in range(3)]
    Stories.operator = factories.person(Role.OPERATOR)
    reviewed = scenes.agreed(scenes.version(people=2))
    automatic = scenes.agreed(scenes.version(automatic=True))
    assert (reviewed.status, automatic.status) == ("parked", "cleared")
    Stories.agreed = [reviewed, automatic]
    Stories.beginning = Look.now()
    run_state_machine_as_test(
        Stories,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Stories.told >= SEQUENCES
    every_end = {"executed", "failed", "rejected", "expired", "void"}
    assert Stories.ends >= every_end if proofs.WHOLE else len(Stories.ends & every_end) >= 3
