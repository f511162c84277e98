"""Websocket doors. What is sent comes from the hub; who may see it from `visible_to`."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from negotiation.live.access import session_user
from negotiation.live.hubs import TICK, hub
from negotiation.models import Negotiation
from negotiation.roles import may_watch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from negotiation.live.feeds import Feed, Item

log = logging.getLogger("parley.sockets")

BROKEN, NOT_LOGGED_IN, NOT_ALLOWED, UNKNOWN, TOO_FAR_BEHIND = 1011, 4401, 4403, 4404, 4409
RECHECK_SECONDS = 30.0
MAX_UNACKNOWLEDGED = 2_000
DOORBELL_SECONDS = 1.0
# daphne's --websocket-max-message-size bounds what is sent as well as what is received.
MAX_FRAME = 256 * 1024
MAX_ACKNOWLEDGEMENT = 100


class WatchingConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Checks access when it opens and again every half minute, then runs `watch`."""

    async def connect(self) -> None:
        await self.accept()
        if code := await self.refusal():
            await self.close(code=code)
            return
        self.tasks = [asyncio.create_task(self._run(part)) for part in (self.watch, self._recheck)]

    async def disconnect(self, code: int) -> None:  # noqa: ARG002  (channels calls it)
        for task in getattr(self, "tasks", ()):
            task.cancel()
        await asyncio.gather(*getattr(self, "tasks", ()), return_exceptions=True)

    async def refusal(self) -> int | None:
        """The close code for somebody who may not see this; None for somebody who may."""
        user = await database_sync_to_async(session_user)(self.scope)
        if not user.is_authenticated:
            return NOT_LOGGED_IN
        refusal: int | None = await database_sync_to_async(self.refusal_for)(user)
        return refusal

    def refusal_for(self, user: Any) -> int | None:
        return None if may_watch(user) else NOT_ALLOWED

    async def watch(self) -> None:
        raise NotImplementedError

    async def _recheck(self) -> None:
        while True:
            # Spread out, so that a thousand viewers do not ask in the same moment.
            await asyncio.sleep(RECHECK_SECONDS * random.uniform(0.7, 1.0))
            if code := await self.refusal():
                await self.close(code=code)
                return

    async def _run(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except Exception:
            # The edge of the server: the browser comes back by itself and is told again.
            log.exception("A socket to %s broke.", self.scope["path"])
            await self.close(code=BROKEN)


class TranscriptConsumer(WatchingConsumer):
    """`ws/negotiations/<id>/?after=<seq>`: everything above `seq`, then everything new."""

    def refusal_for(self, user: Any) -> int | None:
        if code := super().refusal_for(user):
            return code
        visible = Negotiation.objects.visible_to(user).filter(pk=self.negotiation_id)
        return None if visible.exists() else UNKNOWN

    @property
    def negotiation_id(self) -> int:
        return int(self.scope["url_route"]["kwargs"]["pk"])

    async def watch(self) -> None:
        after = _number(self.scope["query_string"], "after")
        async with hub().watch(self.negotiation_id, after) as (feed, bell):
            self.sent = self.acknowledged = min(after, feed.head)
            revision = -1
            while True:
                bell.clear()
                frame = await self._frame(feed, revision)
                revision = feed.revision
                await self.send(frame)
                if self.sent - self.acknowledged > MAX_UNACKNOWLEDGED:
                    await self.close(code=TOO_FAR_BEHIND)
                    return
                await asyncio.sleep(TICK)
                if self.sent >= feed.head:
                    await bell.wait()

    async def _frame(self, feed: Feed, revision: int) -> str:
        """What this viewer lacks, as much as fits; only the head where it lacks nothing."""
        items: list[Item] = []
        size = 0
        for item in await feed.after(self.sent):
            size += len(item.json)
            if items and size > MAX_FRAME:
                break
            items.append(item)
        told = f'"head":{feed.head},"status":{json.dumps(feed.status)}'
        if not items and revision == feed.revision:
            return f'{{"type":"head",{told}}}'
        self.sent = items[-1].seq if items else self.sent
        cards = ",".join(item.json for item in items)
        fragments = feed.fragments if revision != feed.revision else "[]"
        return f'{{"type":"messages",{told},"items":[{cards}],"fragments":{fragments}}}'

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        """The browser says how far it has shown; anything else is ignored."""
        if len(text_data) > MAX_ACKNOWLEDGEMENT:
            return
        with suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError):
            shown = int(json.loads(text_data)["ack"])
            self.acknowledged = max(self.acknowledged, min(shown, self.sent))


class DoorbellConsumer(WatchingConsumer):
    """`ws/doorbell/?topic=floor`: says that a list has changed, at most once a second."""

    TOPICS = frozenset({"floor", "decisions", "receiver", "notifications"})

    def refusal_for(self, user: Any) -> int | None:
        return super().refusal_for(user) or (None if self.topic in self.TOPICS else UNKNOWN)

    @property
    def topic(self) -> str:
        return _parameter(self.scope["query_string"], "topic")

    async def watch(self) -> None:
        async with hub().listen(self.topic) as bell:
            while True:
                await bell.wait()
                bell.clear()
                await self.send(json.dumps({"type": "changed", "topic": self.topic}))
                await asyncio.sleep(DOORBELL_SECONDS)


class UnknownConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # as above
    """Every other path: refused, and no error of ours."""

    async def connect(self) -> None:
        await self.close()


def _parameter(query: bytes, name: str) -> str:
    return parse_qs(query.decode(errors="replace")).get(name, [""])[0]


def _number(query: bytes, name: str) -> int:
    """A whole number from the query string, 0 where there is none."""
    value = _parameter(query, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
