"""The audit trail is the outbox: whoever is concerned is told once, whatever dies on the way."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals import tasks
from approvals.models import (
    Delegation,
    Event,
    Notification,
    NotificationCursor,
    Posting,
    Review,
)
from approvals.services import notifications
from approvals.services.recipients import Audience
from negotiation.models import AuditHead, Decision
from negotiation.roles import Role
from negotiation.services import audits
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.faults import killed
from tests.approvals.posts import read_all, say
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db(transaction=True)

HOSTILE = "\u202e<b>\r\nBcc: all@example.org\0"


def told(user: User) -> list[str]:
    return list(
        Notification.objects.filter(user=user).order_by("id").values_list("event", flat=True)
    )


def test_what_waits_is_told_to_who_may_decide_it(
    world: World, manager: User, operator: User, admin: User
) -> None:
    service = factories.person(Role.MANAGER, Role.SERVICE)
    gone = factories.person(Role.MANAGER)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    scenes.agreed(scenes.version(short=True))
    read_all()
    assert told(manager) == [Event.PARKED]
    assert all(told(user) == [] for user in (operator, admin, service, gone))
    notification = Notification.objects.get()
    assert "needs approval. Decide by 01 Sep 2026, 13:00 UTC." in notification.text
    assert notification.decision is not None
    assert notification.package_hash == notification.decision.package_hash


def test_who_may_not_approve_a_package_is_not_asked_to(world: World, manager: User) -> None:
    author, decision = factories.person(Role.MANAGER), factories.decision()
    version = decision.negotiation.version
    version.author = author
    version.save()
    say(decision, "parked")
    read_all()
    assert (told(manager), told(author)) == ([Event.PARKED], [])


def test_a_whole_story_is_told_to_each_as_it_concerns_them(
    world: World, manager: User, operator: User
) -> None:
    decision = scenes.agreed(scenes.version(short=True))
    decision.negotiation.opened_by = operator
    decision.negotiation.save()
    read_all()
    scenes.approve(decision, manager)
    world.broker.deliver()
    read_all()
    assert told(manager) == [Event.PARKED, Event.EXECUTED], "not what they did themselves"
    assert told(operator) == [Event.DECIDED, Event.EXECUTED]


def test_a_failure_is_told_to_managers_too(world: World, manager: User) -> None:
    colleague = factories.person(Role.MANAGER)
    decision = scenes.agreed(scenes.version(short=True))
    world.target.answer = "refuses"
    scenes.approve(decision, manager)
    world.broker.deliver()
    read_all()
    assert told(manager)[-1] == told(colleague)[-1] == Event.FAILED


def test_what_the_policy_cleared_is_told_when_it_is_done(world: World, operator: User) -> None:
    decision = scenes.agreed(scenes.version(automatic=True))
    decision.negotiation.opened_by = operator
    decision.negotiation.save()
    world.broker.deliver()
    read_all()
    assert told(operator) == [Event.EXECUTED]


def test_an_escalation_is_told_to_seniors_and_where_there_are_none_to_everybody(
    world: World, manager: User
) -> None:
    decision = factories.decision()
    say(decision, "escalated")
    read_all()
    assert told(manager) == [Event.ESCALATED]
    senior = factories.person(Role.SENIOR)
    say(decision, "escalated")
    read_all()
    assert (told(manager), told(senior)) == ([Event.ESCALATED], [Event.ESCALATED])


def test_what_came_back_is_work_for_who_decides_and_news_for_who_began_it(
    world: World, manager: User, operator: User
) -> None:
    decision = factories.decision()
    decision.negotiation.opened_by = operator
    decision.negotiation.save()
    say(decision, "returned", reason="A figure has changed.")
    read_all()
    assert (told(manager), told(operator)) == ([Event.PARKED], [Event.DECIDED])
    assert "“A figure has changed.”" in Notification.objects.filter(user=operator).get().text


def test_who_stands_in_for_somebody_who_is_away_is_told_instead_of_them(
    world: World, manager: User, operator: User
) -> None:
    now = timezone.now()
    Delegation.objects.create(
        giver=manager,
        receiver=operator,
        scope=Delegation.Scope.ALL,
        away=True,
        created_at=now,
        begins=now,
        ends=now + timedelta(days=1),
    )
    for what in ("parked", "escalated"):
        say(factories.decision(), what)
    read_all()
    assert (told(manager), told(operator)) == ([], [Event.PARKED, Event.ESCALATED])
    Delegation.objects.update(away=False)
    say(factories.decision())
    read_all()
    assert (told(manager), told(operator)[2:]) == ([Event.PARKED], [])


def test_a_decision_that_asks_for_an_own_verdict_first_is_told_like_any_other(
    world: World, manager: User
) -> None:
    say(factories.decision(tier={"own_verdict": True}), "parked")
    read_all()
    assert told(manager) == [Event.PARKED]


def test_a_broken_glass_is_work_for_others_and_news_for_who_began_it(
    world: World, manager: User, operator: User
) -> None:
    breaker, decision = factories.person(Role.MANAGER), factories.decision()
    decision.negotiation.opened_by = operator
    decision.negotiation.save()
    audits.record("glass.broken", decision, now=timezone.now(), by=breaker, reason="Outage")
    read_all()
    assert (told(manager), told(operator), told(breaker)) == (
        [Event.PARKED],
        [Event.DECIDED],
        [],
    )


def test_a_reminder_is_told_again_but_not_to_who_has_approved(world: World, manager: User) -> None:
    other = factories.person(Role.MANAGER)
    decision = factories.decision(people=2)
    Review.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        reviewer=manager,
        verdict="approve",
        created_at=timezone.now(),
    )
    for kind in ("remind_half", "remind_late"):
        say(decision, "reminded", kind=kind)
    read_all()
    assert (told(manager), told(other)) == ([], [Event.REMINDER] * 2)


def test_nobody_is_told_twice_however_often_the_task_arrives(world: World, manager: User) -> None:
    say(factories.decision(), "parked")
    for _ in range(5):
        tasks.notify()
    assert told(manager) == [Event.PARKED]
    NotificationCursor.objects.update(number=0)
    with pytest.raises(IntegrityError, match="notification_once_for_a_person"):
        notifications.tell(now=timezone.now())


def test_twenty_workers_at_once_tell_each_once(world: World, crowd: Crowd) -> None:
    people = [factories.person(Role.MANAGER) for _ in range(3)]
    for _ in range(30):
        say(factories.decision(), "parked")
    crowd.do([tasks.notify] * 20)
    assert [len(told(user)) for user in people] == [30, 30, 30]
    assert notifications.behind() == 0


def test_nothing_is_lost_while_others_write(world: World, crowd: Crowd, manager: User) -> None:
    waiting = [factories.decision() for _ in range(60)]

    def written_or_read(number: int) -> None:
        if number % 5 == 0:
            read_all()
        with transaction.atomic():
            say(waiting[number])

    crowd.do([partial(written_or_read, number) for number in range(60)])
    read_all()
    assert len(told(manager)) == 60
    assert Notification.objects.values("audit_seq").distinct().count() == 60


def test_a_worker_that_is_killed_anywhere_tells_each_once(world: World, reader: User) -> None:
    assert connection.vendor == "postgresql"
    for at in count(1):
        before = len(told(reader))
        say(factories.decision(), "parked")
        with killed(world, at) as fate:
            notifications.tell(now=timezone.now())
        assert len(told(reader)) in {before, before + 1}
        read_all()
        assert len(told(reader)) == before + 1
        assert Posting.objects.count() == len(told(reader)), "nothing half"
        if not fate.dead:
            break
    assert at > 15, "there are many points at which it can be killed"


def test_an_installation_that_learns_to_tell_begins_with_the_end_of_its_trail(
    world: World, manager: User
) -> None:
    say(factories.decision(), "parked")
    NotificationCursor.objects.create(number=AuditHead.objects.get().number)
    say(factories.decision(), "parked")
    read_all()
    assert len(told(manager)) == 1


def test_hostile_text_reaches_people_as_something_to_be_seen(world: World, manager: User) -> None:
    package = '{"action":"place","target":"\\u202e<b>\\r\\nBcc: x@example.org\\u0000"}'
    decision = factories.decision(package=package)
    say(decision, "returned", reason=HOSTILE)
    read_all()
    text = Notification.objects.get().text
    assert text.isprintable()
    assert "\\u202e<b>" in text


def test_a_package_that_is_no_package_is_told_by_its_number(world: World, manager: User) -> None:
    for package in ("no json", "[]", '{"action": 1}', "null"):
        say(factories.decision(package=package), "parked")
    read_all()
    assert all(one.text.startswith("Decision ") for one in Notification.objects.all())
    assert len(told(manager)) == 4


def test_a_row_that_cannot_be_told_keeps_back_no_other(
    world: World, manager: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = say(), say()
    usual = Audience.recipients

    def recipients(self: Audience, decision: Decision, event: str) -> list[User]:
        if decision.pk == broken.pk:
            raise ZeroDivisionError
        return usual(self, decision, event)

    monkeypatch.setattr(Audience, "recipients", recipients)
    read_all()
    assert Notification.objects.get().decision_id == sound.pk
    assert "cannot be told" in caplog.text


def test_each_decision_costs_two_queries_more_however_many_are_told(
    world: World, manager: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        say(factories.decision(), "parked")
    with django_assert_max_num_queries(2 * 20 + 25):
        read_all()


def test_the_database_refuses_a_second_cursor() -> None:
    with pytest.raises(IntegrityError, match="notification_cursor_is_one"):
        NotificationCursor.objects.create(pk=2)
