"""Websocket doors. What is sent comes from the hub; who may see it from `live/access`."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from negotiation.live.access import UNKNOWN, Wish, gate
from negotiation.live.bells import Listener
from negotiation.live.hubs import TICK, hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from negotiation.live.feeds import Feed, Viewer

log = logging.getLogger("parley.sockets")

BROKEN, TOO_FAR_BEHIND = 1011, 4409
RECHECK_SECONDS = 30.0
SETTLED_SECONDS = 0.5
# So long a viewer whose window is full may show nothing before it is let go.
PATIENCE_SECONDS = 60.0
DOORBELL_SECONDS = 1.0
MAX_ACKNOWLEDGEMENT = 100
TOPICS = frozenset({"floor", "decisions", "receiver", "notifications"})


class DoorbellConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """`ws/doorbell/?topic=floor&topic=decisions`: says which lists have changed, at most once a
    second. Checks access when it opens and again every half minute.
    """

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As in channels, without a hop to another thread and back for every frame that comes:
        this door leaves database connections to the desks."""
        handler = getattr(self, message["type"].replace(".", "_"))
        await handler(message)

    async def connect(self) -> None:
        await self.accept()
        if code := await self._answer() or self._nonsense():
            await self.close(code=code)
            return
        self.tasks = [asyncio.create_task(self._run(part)) for part in self._parts()]

    async def disconnect(self, code: int) -> None:  # noqa: ARG002  (channels calls it)
        for task in getattr(self, "tasks", ()):
            task.cancel()
        await asyncio.gather(*getattr(self, "tasks", ()), return_exceptions=True)

    def _table(self) -> int | None:
        """The negotiation that is followed here."""
        return None

    def _parts(self) -> list[Callable[[], Awaitable[None]]]:
        return [self._recheck, self._listen]

    def _nonsense(self) -> int | None:
        return None if self._topics() and self._topics() <= TOPICS else UNKNOWN

    def _topics(self) -> frozenset[str]:
        return frozenset(_parameters(self.scope["query_string"], "topic"))

    async def _answer(self) -> int | None:
        """The close code for somebody who may not see this; None for somebody who may."""
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        self.person_id, refusal = await gate().ask(Wish(key, self._table()))
        return refusal

    async def _listen(self) -> None:
        listener = Listener(self.base_send, self._topics(), is_told=self._table() is not None)
        async with hub().listen(listener):
            while True:
                await listener.bell.wait()
                for topic in listener.take():
                    await self.send(json.dumps({"type": "changed", "topic": topic}))
                await asyncio.sleep(DOORBELL_SECONDS)

    async def _recheck(self) -> None:
        async with hub().door(self.person_id) as changed:
            while True:
                # Spread out, so that a thousand viewers do not ask in the same moment.
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), RECHECK_SECONDS * random.uniform(0.7, 1))
                    # Whoever tells of a change is about to make it.
                    await asyncio.sleep(SETTLED_SECONDS)
                changed.clear()
                if code := await self._answer():
                    await self.close(code=code)
                    return

    async def _run(self, part: Callable[[], Awaitable[None]]) -> None:
        try:
            await part()
        except Exception:
            # The edge of the server: the browser comes back by itself and is told again.
            log.exception("A socket to %s broke.", self.scope["path"])
            await self.close(code=BROKEN)


class TranscriptConsumer(DoorbellConsumer):
    """`ws/negotiations/<id>/?after=<seq>`: everything above `seq`, then everything new; with
    topics also which lists beside it have changed.
    """

    viewer: Viewer | None = None

    def _table(self) -> int:
        return int(self.scope["url_route"]["kwargs"]["pk"])

    def _parts(self) -> list[Callable[[], Awaitable[None]]]:
        return [*super()._parts(), self._watch] if self._topics() else [self._recheck, self._watch]

    def _nonsense(self) -> int | None:
        return None if self._topics() <= TOPICS else UNKNOWN

    async def _watch(self) -> None:
        after = _number(self.scope["query_string"], "after")
        watching = hub().watch(self._table(), after, person_id=self.person_id, send=self.base_send)
        async with watching as (feed, viewer):
            self.viewer = viewer
            # Whatever there is, so that the browser knows how far it has come.
            await viewer.take(await feed.pull(viewer))
            while await self._catch_up(feed, viewer):
                viewer.left_behind.clear()
                viewer.following = True
                await viewer.left_behind.wait()

    async def _catch_up(self, feed: Feed, viewer: Viewer) -> bool:
        """Pulls until it has everything; False for one that stopped showing what it was sent."""
        while viewer.sent < feed.head:
            viewer.acknowledged.clear()
            if viewer.is_full:
                try:
                    await asyncio.wait_for(viewer.acknowledged.wait(), PATIENCE_SECONDS)
                except TimeoutError:
                    await self.close(code=TOO_FAR_BEHIND)
                    return False
            else:
                await viewer.take(await feed.pull(viewer))
                await asyncio.sleep(TICK)
        return True

    async def receive(self, text_data: str = "", bytes_data: bytes | None = None) -> None:  # noqa: ARG002
        """The browser says how far it has shown; anything else is ignored."""
        if self.viewer is None or len(text_data) > MAX_ACKNOWLEDGEMENT:
            return
        with suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError):
            self.viewer.acknowledge(int(json.loads(text_data)["ack"]))


class UnknownConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # as above
    """Every other path: refused, and no error of ours."""

    async def connect(self) -> None:
        await self.close()


def _parameters(query: bytes, name: str) -> list[str]:
    return parse_qs(query.decode(errors="replace")).get(name, [])


def _number(query: bytes, name: str) -> int:
    """A whole number from the query string, 0 where there is none."""
    value = next(iter(_parameters(query, name)), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
