"""A worker that is killed at a point of our choosing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import connection

from negotiation.executors import Order, Receipt
from negotiation.models import Decision
from tests.approvals.doubles import Killed
from tests.approvals.invariants import Look, check, check_step
from tests.approvals.scenes import World

Deed = Callable[[Decision], object]


class Fate:
    """Kills at the n-th point. The points are before and after each statement, each commit and
    each call of the target.
    """

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0
        self.dead = False

    def point(self) -> None:
        self.passed += 1
        if self.dead or self.passed == self.at:
            self.dead = True
            raise Killed

    def statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.point()
        answer = execute(sql, params, many, context)
        self.point()
        return answer


@contextmanager
def killed(world: World, at: int) -> Iterator[Fate]:
    """What is done in here is killed at the n-th point, unless it has fewer of them.

    The dead send nothing to the broker, and the database rolls back what they had not committed.
    """
    fate = Fate(at)
    commit, execute = connection.commit, world.target.execute

    def committing() -> None:
        try:
            fate.point()
            commit()
            fate.point()
        except Killed:
            # As the end of a process does it, before anything of Django's can still commit.
            world.broker.down = True
            connection.close()
            raise

    def sending(order: Order, *, now: Any) -> Receipt:
        fate.point()
        receipt = execute(order, now=now)
        fate.point()
        return receipt

    connection.commit = committing  # type: ignore[method-assign]
    world.target.execute = sending  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(fate.statement):
            yield fate
    except Killed:
        pass
    finally:
        del connection.commit, world.target.execute
        world.broker.down = False
        if fate.dead:
            connection.close()


def deaths(world: World, ready: Callable[[], Decision], deed: Deed) -> Iterator[Decision]:
    """A decision for each point at which the deed can be killed, right after that happened."""
    assert connection.vendor == "postgresql"
    for at in count(1):
        decision, before = ready(), Look.now()
        with killed(world, at) as fate:
            deed(decision)
        check_step(before, Look.now())
        check(Look.now(), world.target)
        if not fate.dead:
            assert at > 10, "there are many points at which it can be killed"
            return
        yield decision
