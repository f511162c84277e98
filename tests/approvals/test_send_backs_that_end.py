"""Somebody always comes back to what was sent back, and where nothing comes of it it is void."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation import tasks
from negotiation.engine.requirements import Requirement
from negotiation.models import AuditEntry
from negotiation.services import runs, sessions
from tests.approvals import scenes
from tests.approvals.sent_back import fresh, send, talk
from tests.negotiation.scenarios.small import changed

pytestmark = pytest.mark.django_db


def test_where_they_find_nothing_the_decision_is_void_with_the_reason(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SMALL", changed("seats.0.reservation", 0.6))
    parked = scenes.agreed(scenes.version())
    share = Requirement(subject="share", test="equals", limit=0)
    machine = Requirement(subject="machine", test="equals", limit="t2d-standard-8")
    send(parked, manager, share, machine)
    after = talk(parked)
    assert after.status == "void"
    assert after.negotiation.status == "no_agreement"
    assert f"the requirement of {manager.username}" in after.reason
    assert "Spot share is 0 %" in after.reason
    assert "reaches the limit of Cost" in after.reason
    assert {"decision.voided", "negotiation.no_agreement"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )


def test_where_somebody_stops_the_table_the_decision_is_void(manager: User, operator: User) -> None:
    parked = scenes.agreed(scenes.version())
    send(parked, manager)
    sessions.stop(
        negotiation_id=parked.negotiation_id, by=operator, reason="Too long", now=timezone.now()
    )
    after = fresh(parked)
    assert (after.status, after.reason) == ("void", "Its table was ended: Too long")


def test_where_nobody_resumes_the_table_the_decision_is_void(manager: User, operator: User) -> None:
    parked = scenes.agreed(scenes.version())
    send(parked, manager)
    now = timezone.now()
    sessions.pause(negotiation_id=parked.negotiation_id, by=operator, reason="Wait", now=now)
    sessions.stop_forgotten(
        negotiation_id=parked.negotiation_id, now=now + sessions.PAUSE_LASTS + timedelta(minutes=1)
    )
    assert fresh(parked).status == "void"


def test_where_the_table_breaks_down_the_decision_is_void(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    parked = scenes.agreed(scenes.version())
    send(parked, manager)
    monkeypatch.setattr(runs, "_next_moves", lambda *_args, **_named: 1 / 0)
    after = talk(parked)
    assert (after.status, after.negotiation.status) == ("void", "failed")
    assert "broke down" in after.reason


def test_the_sweep_finds_a_table_whose_task_was_lost(
    world: scenes.World, manager: User, django_capture_on_commit_callbacks: Any
) -> None:
    decision = scenes.agreed(scenes.version())
    with django_capture_on_commit_callbacks(execute=True):
        send(decision, manager)
    world.broker.take()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    world.broker.deliver(times=2)
    assert fresh(decision).status == "parked"
    assert fresh(decision).returned == 1
