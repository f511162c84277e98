"""One hub per server process: the only Redis subscription, the feeds, and the bells of lists."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from negotiation.live import pages
from negotiation.live.bells import Bells
from negotiation.live.crowds import Crowds
from negotiation.live.desks import desk
from negotiation.live.feeds import AT_ONCE, Feed, Viewer
from negotiation.live.panels import Panels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from negotiation.live.bells import Listener, Send

log = logging.getLogger("parley.hub")

TICK = 0.05
# Everybody is told the head so often, which is also the sign of life that browsers wait for.
TELL_SECONDS = 5.0
# So often every feed is held against the database, whatever became of the doorbells.
HEAL_SECONDS = 15.0
CROWD_SECONDS = 1.0
FEEDS_AT_ONCE = 50

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
        self._listeners: set[Listener] = set()
        self._doors: dict[int, set[asyncio.Event]] = {}
        self._stale: dict[int, None] = {}
        self._wake = asyncio.Event()
        self._panels = Panels()
        self._crowds = Crowds()
        self._bells = Bells(hear=self._hear, joined=self._ring_everything)
        self._background: list[asyncio.Task[None]] = []
        self._visitors = 0

    @asynccontextmanager
    async def watch(
        self, negotiation_id: int, after: int, *, person_id: int, send: Send
    ) -> AsyncIterator[tuple[Feed, Viewer]]:
        """The feed of one negotiation, and a cursor in it that stands after message `after`."""
        async with self._visitor():
            feed = self._feeds.setdefault(negotiation_id, Feed(negotiation_id))
            viewer = Viewer(send, person_id)
            feed.viewers.add(viewer)
            try:
                # Subscribed first, read second: or what is committed in between is never shown.
                await feed.open(after)
                viewer.sent = viewer.shown = min(after, feed.known)
                self._mark_stale(feed)
                if not feed.revision:
                    self._panels.want(feed)
                yield feed, viewer
            finally:
                feed.viewers.discard(viewer)
                if not feed.viewers:
                    self._feeds.pop(negotiation_id, None)

    @asynccontextmanager
    async def listen(self, listener: Listener) -> AsyncIterator[None]:
        """Rings whenever something of the listener's topics changed.

        It rings at once: what changed between the page and its socket is read again.
        """
        async with self._visitor():
            self._listeners.add(listener)
            listener.ring(*listener.topics)
            try:
                yield
            finally:
                self._listeners.discard(listener)

    @asynccontextmanager
    async def door(self, person_id: int) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the access of this person has changed."""
        async with self._visitor():
            changed = asyncio.Event()
            doors = self._doors.setdefault(person_id, set())
            doors.add(changed)
            try:
                yield changed
            finally:
                doors.discard(changed)
                if not doors:
                    self._doors.pop(person_id, None)

    @asynccontextmanager
    async def _visitor(self) -> AsyncIterator[None]:
        self._visitors += 1
        if not self._background:
            every = [
                self._bells.run(),
                self._panels.run(),
                self._read(),
                _again(TELL_SECONDS, self._tell),
                _again(HEAL_SECONDS, self._heal),
                _again(CROWD_SECONDS, self._count),
            ]
            self._background = [asyncio.create_task(part) for part in every]
        try:
            # Without Redis the page still works: healing brings what the bells would have told.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bells.subscribed.wait(), timeout=2)
            yield
        finally:
            self._visitors -= 1
            if not self._visitors:
                await self._rest()

    async def _rest(self) -> None:
        tasks, self._background = self._background, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _hear(self, event: Any) -> None:
        match event:
            case {"topic": str(topic)}:
                self._ring(topic)
            case {"negotiation": int(negotiation_id)}:
                self._ring("floor")
                if feed := self._feeds.get(negotiation_id):
                    self._mark_stale(feed)
                    self._panels.want(feed)
            case {"person": int(person_id)}:
                for changed in self._doors.get(person_id, ()):
                    changed.set()
            case {"process": str(process), "crowd": dict(crowd)}:
                self._crowds.hear(process, crowd)
            case other:
                log.warning("Not a doorbell: %r", other)

    def _ring(self, *topics: str) -> None:
        for listener in self._listeners:
            listener.ring(*topics)

    def _ring_everything(self) -> None:
        for listener in self._listeners:
            listener.ring(*listener.topics)
        for feed in self._feeds.values():
            self._mark_stale(feed)
            self._panels.want(feed)

    def _mark_stale(self, feed: Feed) -> None:
        self._stale[feed.negotiation_id] = None
        self._wake.set()

    async def _read(self) -> None:
        """Reads what is new of many feeds at a time, once in a tick, and delivers it."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            begun = loop.time()
            feeds = self._next_feeds()
            news = await self._news(feeds)
            changed = [
                feed
                for feed in feeds
                if feed.negotiation_id in news and feed.add(news[feed.negotiation_id])
            ]
            for feed in feeds:
                if feed.head < feed.known and feed.negotiation_id in news:
                    self._mark_stale(feed)
            for feed in changed:
                await feed.deliver()
            await asyncio.sleep(max(0.0, TICK - (loop.time() - begun)))

    def _next_feeds(self) -> list[Feed]:
        numbers = list(self._stale)[:FEEDS_AT_ONCE]
        for number in numbers:
            del self._stale[number]
        if not self._stale:
            self._wake.clear()
        feeds = [self._feeds[number] for number in numbers if number in self._feeds]
        return [feed for feed in feeds if feed.table]

    async def _news(self, feeds: list[Feed]) -> dict[int, pages.News]:
        """What is new, without those that cannot be read: healing tries them again."""
        if not feeds:
            return {}
        shown = {feed.negotiation_id: feed.head for feed in feeds}
        known = {feed.negotiation_id: feed.table for feed in feeds if feed.table}
        try:
            return await desk("messages").ask(pages.news, shown, known)
        except Exception:
            if len(feeds) == 1:
                log.exception("Negotiation %s could not be shown.", feeds[0].negotiation_id)
                return {}
        # One that cannot be shown takes no other with it.
        alone = [await self._news([feed]) for feed in feeds]
        return {number: news for each in alone for number, news in each.items()}

    async def _tell(self) -> None:
        for feed in list(self._feeds.values()):
            await feed.tell()
        for place, listener in enumerate(list(self._listeners)):
            await listener.tell()
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)

    async def _heal(self) -> None:
        """Finds what no doorbell told."""
        if not self._bells.subscribed.is_set():
            self._ring_everything()
            return
        states = await desk("messages").ask(pages.states_of, list(self._feeds))
        for number, state in states.items():
            feed = self._feeds.get(number)
            if feed and state != (feed.status, feed.head):
                self._mark_stale(feed)
                self._panels.want(feed)

    async def _count(self) -> None:
        """Tells the viewers and the other processes how many people watch, where that changed."""
        here = {
            number: frozenset(viewer.person_id for viewer in feed.viewers)
            for number, feed in self._feeds.items()
        }
        await self._crowds.announce(here, self._bells.publish)
        for number, people in here.items():
            feed = self._feeds.get(number)
            if feed and feed.count(self._crowds.count(number, people)):
                await feed.tell()


async def _again(seconds: float, part: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await part()
        except Exception:
            log.exception("%s failed; it is tried again.", part.__name__)
