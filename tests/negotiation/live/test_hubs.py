"""Signs of life, panels, people: what is told beside the messages, and how often."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User

from negotiation.live import crowds, hubs, pages, panels
from negotiation.models import Message
from negotiation.presentation import message_context
from tests import factories
from tests.negotiation.live.sockets import collect, say, socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

Frames = list[dict[str, Any]]


async def heard(viewer: WebsocketCommunicator, seconds: float) -> Frames:
    """All that comes within so many seconds."""
    end, frames = time.monotonic() + seconds, Frames()
    while (left := end - time.monotonic()) > 0:
        if await viewer.receive_nothing(timeout=left, interval=0.02):
            break
        frames.append(json.loads(await viewer.receive_from()))
    return frames


async def people(viewer: WebsocketCommunicator) -> int:
    """How many watch, as it is told last before nothing more comes for a while."""
    frames = [json.loads(await viewer.receive_from(timeout=5)), *await heard(viewer, 1)]
    return int(frames[-1]["viewers"])


async def next_topic(viewer: WebsocketCommunicator) -> str:
    """The next list that has changed; what is said meanwhile is passed over."""
    while (frame := json.loads(await viewer.receive_from(timeout=5)))["type"] != "changed":
        pass
    return str(frame["topic"])


async def test_the_head_is_told_again_and_again_where_nothing_is_said(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "TELL_SECONDS", 0.2)
    table = await database_sync_to_async(factories.negotiation)()
    await database_sync_to_async(say)(table)
    async with socket(f"/ws/negotiations/{table.pk}/?after=1", operator) as viewer:
        await viewer.connect()
        frames = await heard(viewer, 2)
    told = [frame for frame in frames if frame["type"] == "head"]
    assert len(told) >= 3
    assert {frame["head"] for frame in told} == {1}
    assert {frame["status"] for frame in told} == {"running"}


async def test_a_list_hears_that_the_server_is_alive(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "TELL_SECONDS", 0.2)
    async with socket("/ws/doorbell/?topic=floor", operator) as viewer:
        await viewer.connect()
        frames = await heard(viewer, 1)
    assert [frame for frame in frames if frame["type"] == "alive"]


async def test_a_page_hears_of_its_table_and_of_its_lists_on_one_socket(operator: User) -> None:
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/?after=0&topic=floor&topic=decisions"
    async with socket(path, operator) as viewer:
        await viewer.connect()
        assert {await next_topic(viewer), await next_topic(viewer)} == {"decisions", "floor"}
        await database_sync_to_async(say)(table)
        assert await next_topic(viewer) == "floor"
        await database_sync_to_async(say)(table)
        assert (await collect(viewer, 2))[-1] == 2


async def test_the_panel_is_rendered_at_most_once_in_a_while_and_the_last_one_arrives(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "PANEL_SECONDS", 0.8)
    rendered: list[int] = []

    def panel(negotiation_id: int) -> list[str]:
        rendered.append(Message.objects.filter(negotiation=negotiation_id).count())
        return [f'<p id="panel">{rendered[-1]}</p>']

    monkeypatch.setattr(pages, "panel", panel)
    table = await database_sync_to_async(factories.negotiation)()
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        begun = time.monotonic()
        frames = await heard(viewer, 0.3)
        for _ in range(10):
            await database_sync_to_async(say)(table)
        spoken = time.monotonic() - begun
        frames += await heard(viewer, 2)
    shown = [part for frame in frames for part in frame.get("fragments", [])]
    assert shown[-1] == '<p id="panel">10</p>'
    assert len(rendered) <= 2 + spoken / 0.8 + 1
    assert [item["seq"] for frame in frames for item in frame.get("items", [])] == list(
        range(1, 11)
    )


async def test_a_panel_that_cannot_be_drawn_holds_no_message_up(
    operator: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def panel(negotiation_id: int) -> list[str]:
        raise ValueError(negotiation_id)

    monkeypatch.setattr(pages, "panel", panel)
    table = await database_sync_to_async(factories.negotiation)()
    async with socket(f"/ws/negotiations/{table.pk}/?after=0", operator) as viewer:
        await viewer.connect()
        for _ in range(3):
            await database_sync_to_async(say)(table)
        assert await collect(viewer, 3) == [1, 2, 3]


async def test_one_table_that_cannot_be_shown_holds_no_other_up(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = [await database_sync_to_async(factories.negotiation)() for _ in range(2)]

    def broken(table: Any, message: Any) -> dict[str, Any]:
        if table.pk == bad.pk:
            raise ValueError(table.pk)
        return message_context(table, message)

    monkeypatch.setattr(pages, "message_context", broken)
    async with (
        socket(f"/ws/negotiations/{good.pk}/", operator) as one,
        socket(f"/ws/negotiations/{bad.pk}/", operator) as other,
    ):
        await one.connect()
        await other.connect()
        for table in (bad, good):
            await database_sync_to_async(say)(table)
        assert await collect(one, 1) == [1]


async def test_people_who_watch_are_counted_once_each(
    operator: User, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "CROWD_SECONDS", 0.1)
    table = await database_sync_to_async(factories.negotiation)()
    path = f"/ws/negotiations/{table.pk}/"
    async with socket(path, operator) as first, socket(path, operator) as second:
        await first.connect()
        await second.connect()
        assert await people(first) == 1
        async with socket(path, manager) as third:
            await third.connect()
            assert await people(first) == 2
        assert await people(first) == 1


async def test_people_in_other_processes_count_until_those_are_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[dict[str, Any]] = []

    async def publish(event: dict[str, Any]) -> None:
        told.append(event)

    here, there = crowds.Crowds(), crowds.Crowds()
    watching = frozenset({1, 2})
    await there.announce({7: frozenset({2, 3})}, publish)
    here.hear(told[0]["process"], json.loads(json.dumps(told[0]["crowd"])))
    assert here.count(7, watching) == 3
    assert here.count(8, watching) == 2
    await here.announce({7: watching}, publish)
    await here.announce({7: watching}, publish)
    assert len(told) == 2, "what has not changed is not told again at once"
    monkeypatch.setattr(crowds, "FORGOTTEN_AFTER", 0.0)
    await asyncio.sleep(0.01)
    await here.announce({7: watching}, publish)
    assert here.count(7, watching) == 2


async def test_a_process_that_has_just_begun_is_told_who_is_here() -> None:
    told: list[dict[str, Any]] = []

    async def publish(event: dict[str, Any]) -> None:
        told.append(event)

    here = crowds.Crowds()
    await here.announce({7: frozenset({1})}, publish)
    here.hear("another", {})
    await here.announce({7: frozenset({1})}, publish)
    assert len(told) == 2
