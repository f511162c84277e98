"""Whatever is open has a next time; what has none is counted, and an alarm is raised once."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals import tasks
from approvals.models import Alarm
from approvals.services.open_items import KINDS
from negotiation.models import AuditEntry, Decision, Negotiation, Timer
from negotiation.services import timers
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db(transaction=True)


def missing() -> dict[str, int]:
    return {kind.name: kind.missing().count() for kind in KINDS if kind.missing().exists()}


def sql(statement: str, *parameters: int) -> None:
    """Behind Parley's back."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_a_whole_story_never_leaves_anything_without_a_next_time(
    world: World, manager: User
) -> None:
    version = scenes.version(short=True)
    for answer in ("ok", "busy", "refuses"):
        decision = scenes.agreed(version)
        assert missing() == {}
        world.target.answer = answer
        scenes.approve(decision, manager)
        assert missing() == {}
        world.broker.deliver()
        assert missing() == {}
    scenes.agreed(version)
    for _ in range(3):
        world.clock.forward(days=40)
        world.look_for_the_forgotten()
        assert missing() == {}


def parked() -> Decision:
    return factories.decision()


def sent_back() -> Decision:
    table = factories.negotiation(status=Negotiation.Status.RUNNING)
    return factories.decision(status=Decision.Status.SENT_BACK, negotiation=table)


def cleared() -> Decision:
    manager = factories.person()
    decision = factories.decision(
        status=Decision.Status.CLEARED,
        cleared_at=timezone.now(),
        cleared_by=manager,
        approvals=1,
    )
    factories.grant(decision)
    return decision


BROKEN: dict[str, tuple[Callable[[], Decision], str]] = {
    "decision_parked": (parked, "DELETE FROM negotiation_timer WHERE decision_id = %s"),
    "decision_sent_back": (
        sent_back,
        "UPDATE negotiation_negotiation SET status = 'stopped', next_at = NULL,"
        " finished_at = now() WHERE id IN"
        " (SELECT negotiation_id FROM negotiation_decision WHERE id = %s)",
    ),
    "decision_cleared": (
        cleared,
        "UPDATE negotiation_grant SET void_at = now() WHERE decision_id = %s",
    ),
    "decision_executing": (
        cleared,
        "UPDATE negotiation_decision SET status = 'executing' WHERE id = %s",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_was_broken_behind_parleys_back_is_found(name: str) -> None:
    make, statement = BROKEN[name]
    decision = make()
    assert missing() == {}
    sql(statement, decision.pk)
    assert missing() == {name: 1}


def test_a_timer_at_another_time_than_the_card_says_is_none(db: None) -> None:
    decision = parked()
    sql("UPDATE negotiation_decision SET due_at = due_at + interval '1 hour'")
    assert missing() == {"decision_parked": 1}
    timers.start(decision, timezone.now())
    assert missing() == {}


def test_an_alarm_is_raised_once_and_ends_when_it_is_mended(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    decision = parked()
    Timer.objects.filter(decision=decision).delete()
    with caplog.at_level(logging.ERROR, logger="parley.auditor"):
        for _ in range(3):
            tasks.audit_open_items()
    assert len(caplog.records) == 1
    assert f"decision_parked {decision.pk}: It is parked, and no timer" in caplog.text
    assert Alarm.objects.live().get().item_id == decision.pk
    timers.start(decision, timezone.now())
    tasks.audit_open_items()
    assert not Alarm.objects.live().exists()
    Timer.objects.filter(decision=decision).delete()
    with caplog.at_level(logging.ERROR, logger="parley.auditor"):
        tasks.audit_open_items()
    assert len(caplog.records) == 2, "it broke again"
    said = AuditEntry.objects.filter(subject="alarm").values_list("action", flat=True)
    assert list(said) == ["alarm.raised", "alarm.ended", "alarm.raised"]


def test_the_database_refuses_a_second_alarm_of_the_same() -> None:
    alarm = {"kind": "x", "item_id": 1, "sentence": "x", "raised_at": timezone.now()}
    Alarm.objects.create(**alarm)
    with pytest.raises(IntegrityError, match="alarm_once_for_an_item"), transaction.atomic():
        Alarm.objects.create(**alarm)


def test_the_command_names_what_is_lost_and_fails_then(capsys: pytest.CaptureFixture[str]) -> None:
    decision = parked()
    call_command("open_items")
    assert "Everything that is open will be looked at again." in capsys.readouterr().out
    Timer.objects.filter(decision=decision).delete()
    with pytest.raises(SystemExit, match="1"):
        call_command("open_items")
    assert f"  {decision.pk}: It is parked, and no timer ends it" in capsys.readouterr().out
