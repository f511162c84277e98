"""What rings: the one subscription of a process, and the lists that want to hear of a change."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import redis.asyncio as redis
from django.conf import settings
from redis.exceptions import RedisError

from negotiation.broadcast import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Send = Callable[[dict[str, str]], Awaitable[None]]

log = logging.getLogger("parley.bells")

# A subscription that was silent for so long is asked whether it still lives.
SILENCE_SECONDS = 10.0
AGAIN_SECONDS = 1.0
ALIVE = {"type": "websocket.send", "text": '{"type":"alive"}'}


@dataclass(eq=False)
class Listener:
    """A page with live lists: the topics it shows, and which of them changed."""

    send: Send
    topics: frozenset[str]
    # The page hears of a negotiation on the same socket, and so that it is alive.
    is_told: bool = False
    changed: set[str] = field(default_factory=set)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, *topics: str) -> None:
        if heard := self.topics.intersection(topics):
            self.changed |= heard
            self.bell.set()

    async def tell(self) -> None:
        """A sign of life."""
        if self.is_told:
            return
        try:
            await self.send(ALIVE)
        except Exception:
            log.debug("A list is gone.", exc_info=True)

    def take(self) -> list[str]:
        """What has changed since the last time."""
        changed = sorted(self.changed)
        self.changed.clear()
        self.bell.clear()
        return changed


class Bells:
    """The subscription to the doorbells. `hear` is told each event, `joined` that it begins."""

    def __init__(self, *, hear: Callable[[Any], None], joined: Callable[[], None]) -> None:
        self.subscribed = asyncio.Event()
        self._hear = hear
        self._joined = joined
        self._client: redis.Redis | None = None

    async def run(self) -> None:
        """Follows for ever; after an error it begins again in a second."""
        while True:
            try:
                await self._follow()
            except (RedisError, OSError, ValueError) as error:
                log.warning("No doorbells (%s); trying again in a second.", error)
            finally:
                self.subscribed.clear()
                self._client = None
            await asyncio.sleep(AGAIN_SECONDS)

    async def publish(self, event: dict[str, Any]) -> None:
        """Tells the other processes; nothing where there is no Redis just now."""
        if self._client is None:
            return
        try:
            await self._client.publish(CHANNEL, json.dumps(event))
        except (RedisError, OSError) as error:
            log.warning("No event %s: %s", event, error)

    async def _follow(self) -> None:
        # A subscription is silent most of the time: no read timeout.
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
        async with client, client.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            asked = False
            while True:
                event = await pubsub.get_message(timeout=SILENCE_SECONDS)
                if event is None and asked:
                    raise ConnectionError("It does not answer any more.")
                asked = event is None
                if event is None:
                    await pubsub.ping()
                elif event["type"] == "subscribe":
                    # Bells may have rung while nobody listened.
                    self._client = client
                    self.subscribed.set()
                    self._joined()
                elif event["type"] == "message":
                    self._hear(json.loads(event["data"]))
