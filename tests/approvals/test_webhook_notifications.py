"""Notifications as signed calls, to hosts that were allowed and to nobody inside the network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from approvals import tasks
from approvals.models import Delivery, Event, NotificationWebhook
from approvals.services import preferences
from approvals.services.webhooks import escaped
from tests import factories
from tests.approvals.posts import choose, say, send_all
from tests.approvals.scenes import World
from tests.negotiation.services.targets import SECRET, Target, listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_queue")]


@pytest.fixture
def other_side() -> Iterator[Target]:
    with listening() as target:
        yield target


@pytest.fixture
def subscribed(reader: User, other_side: Target, settings: Any) -> User:
    """The reader, who wants everything by webhook and nothing by mail."""
    settings.NOTIFY_WEBHOOK_HOSTS, settings.NOTIFY_WEBHOOK_PRIVATE = ["127.0.0.1"], True
    choose(reader, *((event, "webhook") for event in Event), url=other_side.url)
    NotificationWebhook.objects.update(secret=SECRET)
    return reader


def test_a_webhook_is_signed_and_reads_well_in_a_chat(
    world: World, subscribed: User, other_side: Target
) -> None:
    decision = say(factories.decision(package='{"action":"place","target":"<!channel> & co"}'))
    send_all(times=3)
    ((headers, body),) = other_side.calls
    assert is_signed(headers, body)
    sent = json.loads(body)
    assert sent["text"] == (
        f"Place · &lt;!channel&gt; &amp; co #{decision.negotiation_id} needs approval."
        " Decide by 01 Sep 2026, 13:00 UTC."
        f" http://localhost:8000/approvals/{decision.pk}/"
    )
    (one,) = sent["notifications"]
    assert one["package"] == decision.package_hash
    assert one["event"] == "parked"


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    """The library's own check refuses times of the past, where the test's clock stands."""
    now, key = timezone.now(), headers["webhook-id"]
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    return bool(headers["webhook-signature"] == Webhook(SECRET).sign(key, now, body.decode()))


def test_a_webhook_keeps_its_id_and_its_words_when_it_is_tried_again(
    world: World, subscribed: User, other_side: Target
) -> None:
    other_side.answers = [503, 429, 200]
    decision = say()
    for _ in range(3):
        send_all()
        world.clock.forward(minutes=2)
        say(decision)
    ids = [headers["webhook-id"] for headers, _ in other_side.calls[:3]]
    first = [
        (headers, body) for headers, body in other_side.calls if headers["webhook-id"] == ids[0]
    ]
    assert len(first) == 3
    assert len({body for _, body in first}) == 1
    assert Delivery.objects.filter(status="sent").exists()


def test_a_refusal_and_a_redirect_are_the_end_of_it(
    world: World, subscribed: User, other_side: Target
) -> None:
    for status in (410, 302):
        other_side.answers = [status]
        say()
        send_all()
        world.clock.forward(minutes=1)
    assert {one.status for one in Delivery.objects.all()} == {"failed"}
    assert len(other_side.calls) == 2


INSIDE = [
    "https://127.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://10.1.2.3/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_the_network_is_refused_although_its_host_is_named(
    url: str, world: World, reader: User, settings: Any
) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = ["127.0.0.1", "169.254.169.254", "::1", "::ffff:a00:1"]
    settings.NOTIFY_WEBHOOK_HOSTS += ["10.1.2.3", "[::1]", "::ffff:10.0.0.1"]
    choose(reader, ("parked", "webhook"), url=url)
    say()
    send_all()
    delivery = Delivery.objects.get()
    assert delivery.status == Delivery.Status.FAILED
    assert "not a public address" in delivery.answer


def test_a_host_that_is_allowed_no_longer_is_sent_nothing(
    world: World, subscribed: User, other_side: Target, settings: Any
) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = []
    say()
    send_all()
    assert Delivery.objects.get().status == Delivery.Status.FAILED
    assert other_side.calls == []


REFUSED = [
    "http://hooks.example.com/",
    "https://user:pw@hooks.example.com/",
    "https://elsewhere.example.com/",
    "https://hooks.example.com.evil.example/",
    "ftp://hooks.example.com/",
    "https://[::1",
    "javascript:alert(1)",
    "//hooks.example.com/",
    "x" * 400,
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_nobody_allowed_is_not_kept(url: str, reader: User, settings: Any) -> None:
    settings.NOTIFY_WEBHOOK_HOSTS = ["hooks.example.com"]
    with pytest.raises(preferences.AddressRefused):
        choose(reader, ("parked", "webhook"), url=url)
    assert not NotificationWebhook.objects.exists()
    assert preferences.wishes([reader.pk])[reader.pk] == preferences.USUAL, "nothing was saved"


def test_the_characters_of_a_chat_are_written_out() -> None:
    assert escaped("<!here> & <https://evil|good>") == (
        "&lt;!here&gt; &amp; &lt;https://evil|good&gt;"
    )


def test_a_worker_whose_lease_ran_out_writes_nothing(
    world: World, subscribed: User, other_side: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    say()
    tasks.notify()
    delivery = Delivery.objects.get()

    def slow(*_: object, **__: object) -> str:
        Delivery.objects.update(fence=9, lease_until=timezone.now() + timedelta(minutes=1))
        return "200"

    monkeypatch.setattr("approvals.services.webhooks.post", slow)
    tasks.deliver(delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.fence) == ("pending", 9)
