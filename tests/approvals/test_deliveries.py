"""What leaves the house: one message a minute, tried again, and harmless whatever is in it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.header import decode_header, make_header
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import tasks
from approvals.models import Delivery, Notification, Posting
from approvals.services import deliveries
from negotiation import webhooks
from negotiation.models import Decision
from tests import factories
from tests.approvals.crowds import Crowd
from tests.approvals.faults import killed
from tests.approvals.posts import choose, say, send_all
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


def test_a_mail_says_what_waits_and_where_and_carries_nothing_that_decides(
    world: World, reader: User
) -> None:
    decision = say()
    send_all(times=3)
    (letter,) = mail.outbox
    assert letter.to == ["reader@example.org"]
    assert letter.subject.startswith("Parley: ")
    assert f"http://localhost:8000/approvals/{decision.pk}/\n" in letter.body
    assert f"package {decision.short_hash}" in letter.body
    links = [word for word in str(letter.body).split() if word.startswith("http")]
    assert all("?" not in link and "#" not in link for link in links), "no tokens"
    assert letter.extra_headers["Message-ID"].startswith("<parley-notice-")
    assert Delivery.objects.get().status == Delivery.Status.SENT


def test_a_thousand_items_are_two_mails_to_one_person(world: World, reader: User) -> None:
    decision = say()
    send_all()
    for _ in range(999):
        say(decision)
    for _ in range(10):
        send_all()
    assert len(mail.outbox) == 1, "this minute has had its mail"
    world.clock.forward(minutes=1)
    for _ in range(10):
        send_all()
    assert len(mail.outbox) == 2
    body = str(mail.outbox[1].body)
    assert mail.outbox[1].subject.startswith("Parley: 999 notifications")
    assert "And 949 more: http://localhost:8000/notifications/" in body
    assert body.count("needs approval") == 50
    assert not Posting.objects.filter(delivery=None).exists()


def test_a_mail_tells_what_has_become_of_it_meanwhile(world: World, reader: User) -> None:
    decision = say()
    tasks.notify()
    Decision.objects.filter(pk=decision.pk).update(status=Decision.Status.EXPIRED)
    tasks.deliver(delivery_id=Delivery.objects.get().pk)
    assert "It is expired by now." in str(mail.outbox[0].body)


def test_hostile_text_breaks_out_of_no_header_and_no_line(world: World, reader: User) -> None:
    package = '{"action":"a\\r\\nBcc: x@example.org","target":"\\u202eevil\\u0000\\u2028"}'
    say(factories.decision(package=package), "returned", reason="\r\nSubject: paid\r\n.\r\n")
    send_all()
    (letter,) = mail.outbox
    message = letter.message()
    assert "Bcc" not in message
    (subject,) = message.get_all("Subject", [])
    assert str(make_header(decode_header(subject))) == letter.subject
    assert letter.subject.isprintable()
    assert "\u202e" not in str(letter.body)
    assert "\\u202eevil" in str(letter.body)
    assert letter.recipients() == ["reader@example.org"]


def test_who_cannot_be_reached_is_sent_nothing_and_finds_it_on_the_page(
    world: World, manager: User
) -> None:
    choose(manager, ("parked", "mail"), ("parked", "webhook"), ("parked", "page"))
    say()
    send_all()
    assert Notification.objects.count() == 1
    assert not Posting.objects.exists()


def test_who_has_lost_their_address_meanwhile_is_given_up_at_once(
    world: World, reader: User
) -> None:
    say()
    tasks.notify()
    User.objects.update(email="")
    send_all()
    assert mail.outbox == []
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == (Delivery.Status.FAILED, 1)


def test_a_mail_server_that_is_away_is_asked_again_and_given_up_in_the_end(
    world: World, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    say()
    for _ in deliveries.BACKOFF:
        send_all(times=3)
        world.clock.forward(hours=1)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("pending", len(deliveries.BACKOFF))
    assert "gone" in delivery.answer
    send_all(times=3)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("failed", len(deliveries.BACKOFF) + 1)


def test_many_workers_make_and_send_one_message(
    world: World, crowd: Crowd, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    say()
    tasks.notify()
    Delivery.objects.all().delete()
    notification = Notification.objects.get()
    Posting.objects.create(notification=notification, channel="mail")
    now = timezone.now()
    made = crowd.do([lambda: deliveries.collect(now=now)] * 20)
    assert sum(made) == 1
    pk = Delivery.objects.get().pk
    crowd.do([lambda: tasks.deliver(delivery_id=pk)] * 20)
    assert len(mail.outbox) == 1


@pytest.mark.timeout(300)
def test_a_worker_that_is_killed_anywhere_sends_it_in_the_end(world: World, reader: User) -> None:
    decision = factories.decision()
    for at in count(1):
        Notification.objects.all().delete()
        Delivery.objects.all().delete()
        mail.outbox.clear()
        say(decision)
        with killed(world, at) as fate:
            send_all()
        world.clock.forward(minutes=2)
        send_all()
        assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 1
        assert len(mail.outbox) <= 2, "again only if it died before it could write it down"
        assert [one.status for one in Delivery.objects.all()] == ["sent"]
        if not fate.dead:
            break
    assert at > 25, "there are many points at which it can be killed"


def test_what_breaks_in_sending_is_written_down_and_tried_again(
    world: World, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(deliveries, "send_mail", broken)
    say()
    send_all()
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.answer) == ("pending", "ZeroDivisionError()")


def test_what_is_older_than_ninety_days_goes_and_never_comes_back(
    world: World, reader: User
) -> None:
    say()
    send_all()
    world.clock.forward(days=89)
    say()
    send_all()
    world.clock.forward(days=2)
    tasks.thin_notifications()
    assert Notification.objects.count() == Posting.objects.count() == Delivery.objects.count() == 1
    send_all()
    assert Notification.objects.count() == 1
    assert len(mail.outbox) == 2


def test_an_attempt_ends_before_its_lease() -> None:
    assert timedelta(seconds=webhooks.DEADLINE) < deliveries.LEASE


BROKEN: dict[str, Callable[[Delivery], object]] = {
    "delivery_one_a_minute": lambda one: Delivery.objects.create(
        user=one.user,
        channel=one.channel,
        minute=one.minute,
        key="x",
        made_at=one.made_at,
        next_at=one.made_at,
    ),
    "delivery_key": lambda one: Delivery.objects.create(
        user=one.user,
        channel=one.channel,
        minute=one.minute + 1,
        key=one.key,
        made_at=one.made_at,
        next_at=one.made_at,
    ),
    "delivery_pending_has_a_next_time": lambda _: Delivery.objects.update(next_at=None),
    "delivery_ended_is_at_rest": lambda _: Delivery.objects.update(status="sent"),
    "posting_once_for_a_channel": lambda _: Posting.objects.create(
        notification=Notification.objects.get(), channel="mail"
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name: str, world: World, reader: User) -> None:
    say()
    tasks.notify()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](Delivery.objects.get())
