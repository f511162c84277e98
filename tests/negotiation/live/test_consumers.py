"""Sockets: who gets in, what is sent, and that nothing is missed. Real Redis, real hub."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client

from config.asgi import application
from negotiation import broadcast, consumers, message_server
from negotiation.live import hubs
from negotiation.models import Message, Negotiation
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

ORIGIN = (b"origin", settings.ORIGINS[0].encode())


@pytest.fixture(autouse=True)
async def _no_connection_stays_open(transactional_db: None) -> AsyncIterator[None]:
    """The thread that serves sockets keeps its connection; the next test's flush waits for it."""
    yield
    await sync_to_async(connections.close_all)()


def cookie_of(user: User | None) -> bytes:
    client = Client()
    if user:
        client.force_login(user)
    session = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return f"{settings.SESSION_COOKIE_NAME}={session.value if session else ''}".encode()


@asynccontextmanager
async def socket(
    path: str, user: User | None, origin: tuple[bytes, bytes] = ORIGIN
) -> AsyncIterator[WebsocketCommunicator]:
    cookie = await database_sync_to_async(cookie_of)(user)
    communicator = WebsocketCommunicator(application, path, headers=[origin, (b"cookie", cookie)])
    try:
        yield communicator
    finally:
        await communicator.disconnect()


async def closed_with(communicator: WebsocketCommunicator) -> int:
    connected, _ = await communicator.connect()
    assert connected
    event = await communicator.receive_output(timeout=3)
    assert event["type"] == "websocket.close"
    return int(event["code"])


def say(negotiation: Negotiation, *, ring: bool = True) -> Message:
    """What a worker does: one committed message, one doorbell."""
    seq = negotiation.messages.count() + 1
    message = factories.message(negotiation, seq, body=factories.move(seq).to_dict())
    Negotiation.objects.filter(pk=negotiation.pk).update(head=seq)
    if ring:
        broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return message


async def collect(communicator: WebsocketCommunicator, upto: int) -> list[int]:
    """The numbers of the messages as they arrive, until number `upto`."""
    seen: list[int] = []
    while not seen or seen[-1] < upto:
        frame = json.loads(await communicator.receive_from(timeout=5))
        seen += [item["seq"] for item in frame.get("items", [])]
    return seen


async def test_a_viewer_is_sent_what_exists_and_then_what_is_said(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(3):
        await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=1", operator) as viewer:
        await viewer.connect()
        assert await collect(viewer, 3) == [2, 3]
        for _ in range(5):
            await database_sync_to_async(say)(table)
        assert await collect(viewer, 8) == [4, 5, 6, 7, 8]


async def test_a_message_carries_its_card_and_the_fragments_come_along(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        frame = json.loads(await viewer.receive_from(timeout=5))
    assert frame["type"] == "messages"
    assert frame["status"] == "running"
    assert 'id="m1"' in frame["items"][0]["html"]
    assert {"state", "picture", "standing"} <= {
        part.split('id="', 1)[1].split('"', 1)[0] for part in frame["fragments"]
    }


async def test_a_lost_doorbell_is_healed(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEAL_SECONDS", 0.3)
    table = await database_sync_to_async(factories.negotiation)()
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        await database_sync_to_async(say)(table, ring=False)
        assert await collect(viewer, 1) == [1]


async def test_a_burst_arrives_complete_in_few_frames(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        for _ in range(300):
            await database_sync_to_async(say)(table)
        assert await collect(viewer, 300) == list(range(1, 301))


async def test_no_frame_is_larger_than_the_server_sends(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "MAX_FRAME", 4_000)
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(20):
        await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        seen: list[int] = []
        sizes: list[int] = []
        while len(seen) < 20:
            items = json.loads(await viewer.receive_from(timeout=5))["items"]
            seen += [item["seq"] for item in items]
            sizes.append(sum(len(json.dumps(item)) for item in items))
    assert seen == list(range(1, 21))
    assert max(sizes) <= 4_000
    assert len(sizes) > 1


async def test_one_who_comes_back_misses_nothing(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/"
    for _ in range(2):
        await database_sync_to_async(say)(table)
    async with socket(f"{path}?after=0", operator) as viewer:
        await viewer.connect()
        assert await collect(viewer, 2) == [1, 2]
    for _ in range(3):
        await database_sync_to_async(say)(table)
    async with socket(f"{path}?after=2", operator) as viewer:
        await viewer.connect()
        assert await collect(viewer, 5) == [3, 4, 5]


async def test_what_left_the_ring_is_read_from_the_database(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("RING", 5), ("WARM", 0), ("CHUNK", 4)):
        monkeypatch.setattr(f"negotiation.live.feeds.{name}", size)
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(20):
        await database_sync_to_async(say)(table)
    path = f"/ws/negotiations/{table.pk}/"
    async with (
        socket(f"{path}?after=18", operator) as first,
        socket(f"{path}?after=1", operator) as late,
    ):
        await first.connect()
        assert await collect(first, 20) == [19, 20]
        await late.connect()
        assert await collect(late, 20) == list(range(2, 21))


@pytest.mark.parametrize("after", ["99999", "-3", "x", "1e9", "9" * 400, ""])
async def test_a_nonsensical_place_to_begin_does_no_harm(operator: User, after: str) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after={after}", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        for nonsense in ('{"ack": "x"} nonsense', '{"ack": 1e999}', "[" * 90, "9" * 5_000):
            await viewer.send_to(text_data=nonsense)
        await database_sync_to_async(say)(table)
        assert (await collect(viewer, 2))[-1] == 2


async def test_a_viewer_that_reads_nothing_is_let_go(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "MAX_UNACKNOWLEDGED", 5)
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(8):
        await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        event = await viewer.receive_output(timeout=5)
        assert event == {"type": "websocket.close", "code": consumers.TOO_FAR_BEHIND}


async def test_nobody_gets_in_without_logging_in_a_role_and_a_negotiation(
    operator: User, stranger: User
) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/?after=0"
    for user, where, code in (
        (None, path, consumers.NOT_LOGGED_IN),
        (stranger, path, consumers.NOT_ALLOWED),
        (operator, "/ws/negotiations/999999/", consumers.UNKNOWN),
        (operator, "/ws/negotiations/" + "9" * 30 + "/", consumers.UNKNOWN),
        (None, "/ws/doorbell/?topic=floor", consumers.NOT_LOGGED_IN),
        (stranger, "/ws/doorbell/?topic=floor", consumers.NOT_ALLOWED),
        (operator, "/ws/doorbell/?topic=secrets", consumers.UNKNOWN),
    ):
        async with socket(where, user) as viewer:
            assert await closed_with(viewer) == code


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/negotiations/x/", "/nowhere/"])
async def test_an_unknown_socket_is_refused_without_an_error(operator: User, path: str) -> None:
    async with socket(path, operator) as viewer:
        connected, _ = await viewer.connect()
        assert not connected


@pytest.mark.parametrize("origin", [b"https://evil.example", b"ftp://localhost:8000", b"null"])
async def test_another_origin_does_not_get_in(operator: User, origin: bytes) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/"
    async with socket(path, operator, origin=(b"origin", origin)) as viewer:
        connected, _ = await viewer.connect()
        assert not connected


@pytest.mark.parametrize("change", ["logs out", "loses the role", "is deactivated"])
async def test_an_open_socket_closes_when_its_person_may_no_longer_see(
    operator: User, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    table = await database_sync_to_async(factories.negotiation)()

    def revoke() -> None:
        if change == "logs out":
            Session.objects.all().delete()
        elif change == "loses the role":
            operator.groups.clear()
        else:
            User.objects.filter(pk=operator.pk).update(is_active=False)

    async with socket(f"/ws/negotiations/{table.pk}/", operator) as viewer:
        await viewer.connect()
        await viewer.receive_from(timeout=5)
        await database_sync_to_async(revoke)()
        event: dict[str, Any] = {}
        while event.get("type") != "websocket.close":
            event = await viewer.receive_output(timeout=3)
    assert event["code"] in {consumers.NOT_LOGGED_IN, consumers.NOT_ALLOWED}


async def test_a_list_hears_the_doorbell_at_most_once_a_second(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    async with socket("/ws/doorbell/?topic=floor", operator) as viewer:
        await viewer.connect()
        frame = json.loads(await viewer.receive_from(timeout=5))
        assert frame == {"type": "changed", "topic": "floor"}, "it reads once after it joined"
        for _ in range(20):
            await database_sync_to_async(say)(table)
        frames = 0
        while not await viewer.receive_nothing(timeout=1.3):
            await viewer.receive_from(timeout=1)
            frames += 1
        assert 1 <= frames <= 2


@pytest.fixture
def no_redis() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REDIS_URL", "unix:///nowhere/redis.sock")
        message_server.client.cache_clear()
        yield
    message_server.client.cache_clear()


async def test_without_redis_a_viewer_still_gets_everything(
    operator: User, monkeypatch: pytest.MonkeyPatch, no_redis: None
) -> None:
    monkeypatch.setattr(hubs, "HEAL_SECONDS", 0.3)
    table = await database_sync_to_async(factories.negotiation)()
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect(timeout=5)
        await database_sync_to_async(say)(table)
        assert await collect(viewer, 1) == [1]
