"""Reminders, escalation and the end of a window: once each, in order, as frozen at the start."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals import tasks as upkeep
from approvals.services import reviews
from negotiation.models import AuditEntry, Decision, ScenarioVersion, Timer
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import deadlines, scenarios, timers
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.faults import killed
from tests.approvals.scenes import World
from tests.negotiation.scenarios.small import SMALL

pytestmark = pytest.mark.django_db(transaction=True)

WINDOW = timedelta(hours=4)
TIER = {"people": 1, "seniors": 0, "window_hours": 4, "escalations": 1}


def parked(**fields: Any) -> Decision:
    now = timezone.now()
    return factories.decision(**{"tier": TIER, "due_at": now + WINDOW} | fields)


def said_of(decision: Decision) -> list[str]:
    said = AuditEntry.objects.filter(subject="decision", subject_id=decision.pk)
    return [action.removeprefix("decision.") for action in said.values_list("action", flat=True)]


def live(decision: Decision) -> dict[str, datetime]:
    return dict(decision.timers.live().values_list("kind", "due_at"))


def fire(world: World, **forward: float) -> None:
    world.clock.forward(**forward)
    upkeep.fire_timers()


def test_half_and_nine_tenths_of_the_window_remind_and_its_end_asks_more_people_once(
    world: World,
) -> None:
    decision = parked()
    fire(world, hours=1.99)
    assert said_of(decision) == []
    fire(world, hours=0.01)
    assert said_of(decision) == ["reminded"]
    fire(world, hours=1.6)
    assert said_of(decision) == ["reminded", "reminded"]
    fire(world, hours=0.4)
    decision.refresh_from_db()
    assert (decision.status, decision.escalated) == ("parked", 1)
    assert decision.due_at == timezone.now() + WINDOW, "they have as much time again"
    fire(world, hours=4)
    decision.refresh_from_db()
    assert (decision.status, decision.escalated) == ("expired", 1)
    assert said_of(decision) == [*["reminded"] * 2, "escalated", *["reminded"] * 2, "expired"]
    assert not Timer.objects.live().exists()


def test_a_time_that_jumps_far_ahead_fires_in_order(world: World) -> None:
    decision = parked()
    fire(world, days=40)
    assert said_of(decision) == ["reminded", "reminded", "escalated"]
    fire(world, days=40)
    assert said_of(decision)[3:] == ["reminded", "reminded", "expired"]


def test_a_task_that_arrives_twice_fires_once(world: World) -> None:
    decision = parked()
    world.clock.forward(days=40)
    now = timezone.now()
    for _ in range(3):
        for timer in Timer.objects.all():
            deadlines.fire(timer_id=timer.pk, now=now)
    assert said_of(decision) == ["reminded", "reminded", "escalated"]


def test_twenty_workers_at_once_fire_each_timer_once(world: World, crowd: Crowd) -> None:
    assert connection.vendor == "postgresql"
    decision = parked()
    world.clock.forward(days=40)
    crowd.do([upkeep.fire_timers] * 20)
    assert sorted(said_of(decision)) == ["escalated", "reminded", "reminded"]
    decision.refresh_from_db()
    assert decision.escalated == 1
    assert len(live(decision)) == 3


def test_a_verdict_and_the_end_of_the_window_at_once_leave_one_of_them(
    world: World, manager: User, crowd: Crowd
) -> None:
    version = scenes.version(short=True)
    for _ in range(5):
        decision = scenes.agreed(version)
        world.clock.forward(hours=3.9)

        def approve(decision: Decision = decision) -> None:
            with suppress(reviews.NotParked):
                scenes.approve(decision, manager)

        def end(decision: Decision = decision) -> None:
            for timer in Timer.objects.filter(decision=decision):
                deadlines.fire(timer_id=timer.pk, now=timezone.now() + WINDOW)

        crowd.do([approve, end])
        decision.refresh_from_db()
        ends = [what for what in said_of(decision) if what in {"cleared", "expired"}]
        assert ends == [decision.status]


def test_a_worker_that_is_killed_anywhere_leaves_all_of_a_timer_or_nothing(world: World) -> None:
    points = 0
    while True:
        points += 1
        decision = parked()
        world.clock.forward(days=40)
        with killed(world, points) as fate:
            upkeep.fire_timers()
        upkeep.fire_timers()
        assert said_of(decision) == ["reminded", "reminded", "escalated"]
        assert Timer.objects.filter(decision=decision, fired_at=None).count() == 3
        if not fate.dead:
            break
        Decision.objects.filter(pk=decision.pk).update(status="void")
    assert points > 20, "there are many points at which it can be killed"


def test_a_timer_that_breaks_holds_up_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = parked(tier={"escalations": 3}), parked()
    fire(world, days=40)
    assert said_of(sound) == ["reminded", "reminded", "escalated"]
    assert said_of(broken) == ["reminded", "reminded"]
    assert "window_hours" in caplog.text


def test_what_was_frozen_at_the_start_is_what_counts(world: World, admin: User) -> None:
    document = deepcopy(SMALL)
    document["policy"] |= {"review_from": 0, "tiers": [tier(window=4, escalations=1)]}
    version = imported(document)
    decision = scenes.agreed(version)
    before = live(decision)
    document["policy"]["tiers"] = [tier(window=1, escalations=0)]
    scenarios.save_version(
        scenario=version.scenario,
        document=ScenarioDocument.model_validate(document),
        author=admin,
        note="Less time",
        now=timezone.now(),
    )
    assert live(decision) == before
    fire(world, hours=3.99)
    decision.refresh_from_db()
    assert (decision.status, decision.escalated) == ("parked", 0)
    fire(world, hours=0.01)
    decision.refresh_from_db()
    assert (decision.status, decision.escalated) == ("parked", 1)
    assert decision.due_at == timezone.now() + WINDOW


def tier(*, window: int, escalations: int) -> dict[str, Any]:
    return {"from": 0, "people": 1, "window_hours": window, "escalations": escalations}


def imported(document: dict[str, Any]) -> ScenarioVersion:
    return scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="For a test",
        now=timezone.now(),
    )


def test_what_was_decided_is_not_reminded_of_and_its_timers_go(world: World, manager: User) -> None:
    decision = scenes.agreed(scenes.version(short=True))
    scenes.approve(decision, manager)
    said = said_of(decision)
    fire(world, days=40)
    assert said_of(decision) == said
    assert not live(decision)


def test_a_shift_moves_what_is_still_to_come_and_its_due_time(world: World) -> None:
    decision = parked()
    fire(world, hours=3)
    before = live(decision)
    assert set(before) == {"remind_late", "end"}
    timers.shift(decision, by=timedelta(hours=5))
    decision.refresh_from_db()
    after = live(decision)
    assert after == {kind: due + timedelta(hours=5) for kind, due in before.items()}
    assert decision.due_at == after["end"]


def test_a_shift_of_what_is_not_parked_changes_nothing(world: World) -> None:
    decision = factories.decision(status="expired", due_at=timezone.now())
    timers.shift(decision, by=timedelta(hours=5))
    decision.refresh_from_db()
    assert decision.due_at == timezone.now()


def test_what_is_parked_anew_has_the_times_of_now_only(world: World) -> None:
    decision = parked()
    world.clock.forward(hours=1)
    decision.due_at = timezone.now() + timedelta(hours=10)
    decision.save()
    timers.start(decision, timezone.now())
    assert live(decision) == {
        "remind_half": timezone.now() + timedelta(hours=5),
        "remind_late": timezone.now() + timedelta(hours=9),
        "end": decision.due_at,
    }


def test_nothing_that_is_not_parked_gets_timers(world: World) -> None:
    decision = factories.decision(status="expired")
    with pytest.raises(Decision.DoesNotExist):
        timers.start(decision, timezone.now())
    assert not decision.timers.exists()


BROKEN: dict[str, Callable[[Timer], object]] = {
    "timer_one_live_of_a_kind": lambda one: Timer.objects.create(
        decision=one.decision, kind=one.kind, due_at=one.due_at
    ),
    "timer_fired_or_cancelled": lambda one: Timer.objects.filter(pk=one.pk).update(
        fired_at=one.due_at, cancelled_at=one.due_at
    ),
    "timer_never_fires_early": lambda one: Timer.objects.filter(pk=one.pk).update(
        fired_at=one.due_at - timedelta(seconds=1)
    ),
    "timer_is_of_a_known_kind": lambda one: Timer.objects.filter(pk=one.pk).update(kind="snooze"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name: str) -> None:
    timer = parked().timers.live().get(kind="end")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](timer)
