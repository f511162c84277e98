"""One hub per server process: the only Redis subscription, the feeds, and the floor's bells."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import redis.asyncio as redis
from django.conf import settings
from redis.exceptions import RedisError

from negotiation.broadcast import CHANNEL
from negotiation.live.feeds import Feed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    Bell = asyncio.Event

log = logging.getLogger("parley.hub")

TICK = 0.05
# Every feed with viewers is read again this often, whatever became of the doorbells.
HEAL_SECONDS = 15.0

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This event loop's hub; it starts with its first viewer and ends with its last."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


class Hub:
    def __init__(self) -> None:
        self._feeds: dict[int, Feed] = {}
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._work: set[asyncio.Task[None]] = set()
        self._background: list[asyncio.Task[None]] = []
        self._subscribed = asyncio.Event()
        self._visitors = 0

    @asynccontextmanager
    async def watch(self, negotiation_id: int, after: int) -> AsyncIterator[tuple[Feed, Bell]]:
        """The feed of one negotiation, and the bell that says it has been read again."""
        async with self._visitor():
            feed = self._feeds.setdefault(negotiation_id, Feed(negotiation_id))
            bell = asyncio.Event()
            feed.bells.add(bell)
            try:
                # Subscribed first, read second: or what is committed in between is never shown.
                await feed.open(after)
                yield feed, bell
            finally:
                feed.bells.discard(bell)
                if not feed.bells:
                    self._feeds.pop(negotiation_id, None)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[Bell]:
        """An event that is set whenever something of this topic changed.

        It is set at once: what changed between the page and its socket is read again.
        """
        async with self._visitor():
            bell = asyncio.Event()
            bell.set()
            self._bells.setdefault(topic, set()).add(bell)
            try:
                yield bell
            finally:
                self._bells[topic].discard(bell)

    @asynccontextmanager
    async def _visitor(self) -> AsyncIterator[None]:
        self._visitors += 1
        if not self._background:
            self._background = [
                asyncio.create_task(self._subscribe()),
                asyncio.create_task(self._heal()),
            ]
        try:
            # Without Redis the page still works: healing brings what the bells would have told.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._subscribed.wait(), timeout=2)
            yield
        finally:
            self._visitors -= 1
            if not self._visitors:
                await self._rest()

    async def _rest(self) -> None:
        tasks, self._background = [*self._background, *self._work], []
        self._subscribed.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _subscribe(self) -> None:
        while True:
            try:
                await self._follow()
            except (RedisError, OSError, ValueError) as error:
                self._subscribed.clear()
                log.warning("No doorbells (%s); trying again in a second.", error)
                await asyncio.sleep(1)

    async def _follow(self) -> None:
        # A subscription is silent most of the time: no read timeout.
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
        async with client, client.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            async for event in pubsub.listen():
                if event["type"] == "subscribe":
                    self._subscribed.set()
                    # Bells may have rung while nobody listened.
                    self._ring_everything()
                elif event["type"] == "message":
                    self._hear(event["data"])

    def _hear(self, data: bytes) -> None:
        match json.loads(data):
            case {"topic": str(topic)}:
                self._ring(topic)
            case {"negotiation": int(negotiation_id)}:
                self._ring("floor")
                self._refresh(negotiation_id)
            case other:
                log.warning("Not a doorbell: %r", other)

    def _ring(self, topic: str) -> None:
        for bell in self._bells.get(topic, ()):
            bell.set()

    def _refresh(self, negotiation_id: int) -> None:
        feed = self._feeds.get(negotiation_id)
        if feed is None:
            return
        feed.mark_stale()
        task = asyncio.create_task(self._refresh_soon(feed))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _refresh_soon(self, feed: Feed) -> None:
        try:
            await feed.refresh()
        except Exception:
            feed.mark_stale()
            log.exception("Negotiation %s could not be shown.", feed.negotiation_id)

    def _ring_everything(self) -> None:
        for topic in self._bells:
            self._ring(topic)
        for negotiation_id in self._feeds:
            self._refresh(negotiation_id)

    async def _heal(self) -> None:
        while True:
            await asyncio.sleep(HEAL_SECONDS)
            self._ring_everything()
