"""What a socket is sent, and that nothing is missed. Real Redis, real hub."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User

from negotiation import consumers, message_server
from negotiation.live import feeds, hubs
from tests import factories
from tests.negotiation.live.sockets import closing, collect, say, socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


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
    items: list[dict[str, str]] = []
    fragments: list[str] = []
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        while not (items and fragments):
            frame = json.loads(await viewer.receive_from(timeout=5))
            items += frame.get("items", [])
            fragments += frame.get("fragments", [])
    assert frame["status"] == "running"
    assert 'id="m1"' in items[0]["html"]
    assert {"state", "picture", "standing"} <= {
        part.split('id="', 1)[1].split('"', 1)[0] for part in fragments
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
    monkeypatch.setattr(feeds, "MAX_FRAME", 4_000)
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
    for name, size in (("RING", 5), ("CHUNK", 4)):
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
    monkeypatch.setattr(feeds, "WINDOW", 5)
    monkeypatch.setattr(consumers, "PATIENCE_SECONDS", 0.3)
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(8):
        await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        assert await collect(viewer, 8) == list(range(1, 9))
        await database_sync_to_async(say)(table)
        assert await closing(viewer) == consumers.TOO_FAR_BEHIND


async def test_a_viewer_that_says_late_what_it_showed_goes_on_where_it_was(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "WINDOW", 5)
    table = await database_sync_to_async(factories.negotiation)()
    for _ in range(8):
        await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        assert await collect(viewer, 8) == list(range(1, 9))
        await database_sync_to_async(say)(table)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(collect(viewer, 9), 0.5)
        await viewer.send_to(text_data='{"ack": 8}')
        assert await collect(viewer, 9) == [9]


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
