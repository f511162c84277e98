"""What one negotiation's viewers are sent. Read and rendered once per process, kept in a ring."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from negotiation.live import pages
from negotiation.live.desks import desk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from negotiation.models import Negotiation

    Send = Callable[[dict[str, str]], Awaitable[None]]

log = logging.getLogger("parley.feeds")

RING = 1_000
CHUNK = 500
# Below daphne's --websocket-max-message-size, which bounds what is sent as well as what comes.
MAX_FRAME = 256 * 1024
# A viewer that has not said it showed so many is sent no more until it does.
WINDOW = 1_000
# So many viewers are sent something before other things have their turn.
AT_ONCE = 25


class Item(NamedTuple):
    """One rendered message, as the JSON that every viewer's frame takes in."""

    seq: int
    json: str

    @classmethod
    def of(cls, seq: int, html: str) -> Item:
        return cls(seq, json.dumps({"seq": seq, "html": html}))


class Frame(NamedTuple):
    """What is sent, the same for everybody in the same place, and the place it leads to."""

    message: dict[str, str]
    seq: int
    revision: int


@dataclass(eq=False)
class Viewer:
    """One socket's cursor: what it was `sent`, and how far it says that it has `shown`.

    It follows once it has everything; until then, and while its window is full, its own task
    pulls, and the feed leaves it alone.
    """

    send: Send
    person_id: int
    sent: int = 0
    shown: int = 0
    revision: int = 0
    following: bool = False
    left_behind: asyncio.Event = field(default_factory=asyncio.Event)
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_full(self) -> bool:
        return self.sent - self.shown >= WINDOW

    def acknowledge(self, seq: int) -> None:
        self.shown = max(self.shown, min(seq, self.sent))
        self.acknowledged.set()

    async def take(self, frame: Frame) -> None:
        self.sent, self.revision = frame.seq, frame.revision
        await self.send(frame.message)

    def leave_behind(self) -> None:
        self.following = False
        self.left_behind.set()


@dataclass(eq=False)
class Feed:
    """The newest messages of one negotiation, rendered, and the panel beside them.

    The ring holds the messages `base + 1 … head` without gaps; `known` is how many there are.
    `revision` grows whenever the panel's fragments changed.
    """

    negotiation_id: int
    table: Negotiation | None = None
    base: int = 0
    head: int = 0
    known: int = 0
    status: str = ""
    crowd: int = 1
    fragments: str = "[]"
    revision: int = 0
    dressed_at: float = 0.0
    viewers: set[Viewer] = field(default_factory=set)
    _ring: deque[Item] = field(default_factory=deque)
    _frames: dict[tuple[int, int], Frame] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self, after: int) -> None:
        """Begins where the first viewer is; reaches back for one who lacks more, once for all."""
        async with self._opening:
            if self.table is None:
                await self._begin(after)
            elif after < self.base and self.head - after <= RING:
                base = self.base
                older = await self._read(after, base)
                # Full meanwhile: what was read does not adjoin, and the viewer reads it by itself.
                if base == self.base:
                    self._ring.extendleft(reversed(older))
                    self.base = self._ring[0].seq - 1

    async def _begin(self, after: int) -> None:
        found = await desk("messages").ask(pages.tables, [self.negotiation_id])
        table = found[self.negotiation_id]
        self.status, self.known = table.status, table.head
        self.base = self.head = max(min(after, table.head), table.head - RING)
        self.table = table

    def add(self, news: pages.News) -> bool:
        """Takes in what was read; whether that is anything new."""
        # What was read in the meantime by somebody else is here already.
        fresh = [Item.of(seq, html) for seq, html in news.items if seq > self.head]
        changed = bool(fresh) or news.status != self.status
        self.status, self.known = news.status, max(self.known, news.head)
        self._ring.extend(fresh)
        while len(self._ring) > RING:
            self.base = self._ring.popleft().seq
        if fresh:
            self.head = fresh[-1].seq
        if changed:
            self._frames.clear()
        return changed

    def dress(self, fragments: list[str]) -> bool:
        """Takes in the panel; whether it looks different."""
        said = json.dumps(fragments)
        if said == self.fragments:
            return False
        self.fragments = said
        self.revision += 1
        self._frames.clear()
        return True

    def count(self, people: int) -> bool:
        """Takes in how many people watch, in all processes; whether that is new."""
        changed = people != self.crowd
        if changed:
            self.crowd = people
            self._frames.clear()
        return changed

    async def deliver(self) -> None:
        """Sends every viewer that follows what it lacks."""
        for place, viewer in enumerate(list(self.viewers)):
            if viewer.following:
                await self._bring_up(viewer)
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)

    async def _bring_up(self, viewer: Viewer) -> None:
        try:
            while viewer.sent < self.head or viewer.revision != self.revision:
                if viewer.is_full or viewer.sent < self.base:
                    viewer.leave_behind()
                    return
                await viewer.take(self.frame(viewer))
        except Exception:
            # A socket that is just closing; its own end comes by itself.
            log.debug("A viewer of %s is gone.", self.negotiation_id, exc_info=True)
            viewer.leave_behind()

    def frame(self, viewer: Viewer) -> Frame:
        """What this viewer lacks, as much as fits, from the ring."""
        place = (viewer.sent, viewer.revision)
        if place not in self._frames:
            items = islice(self._ring, viewer.sent - self.base, None)
            self._frames[place] = self._framed(items, viewer)
        return self._frames[place]

    async def pull(self, viewer: Viewer) -> Frame:
        """The same, from the database where the ring does not reach back so far."""
        if viewer.sent >= self.base:
            return self.frame(viewer)
        older = await self._read(viewer.sent, min(self.base, viewer.sent + CHUNK))
        return self._framed(older, viewer)

    async def _read(self, after: int, upto: int) -> list[Item]:
        found = await desk("messages").ask(
            pages.rendered, self.negotiation_id, after=after, upto=upto
        )
        return [Item.of(seq, html) for seq, html in found]

    def _framed(self, items: Iterable[Item], viewer: Viewer) -> Frame:
        cards: list[str] = []
        seq, size = viewer.sent, 0
        for item in items:
            size += len(item.json)
            if cards and size > MAX_FRAME:
                break
            cards.append(item.json)
            seq = item.seq
        fragments, revision = "[]", viewer.revision
        if revision != self.revision and (not cards or size + len(self.fragments) <= MAX_FRAME):
            fragments, revision = self.fragments, self.revision
        told = f'{self._told()},"items":[{",".join(cards)}],"fragments":{fragments}'
        return Frame(_message(f'{{"type":"messages",{told}}}'), seq, revision)

    async def tell(self) -> None:
        """Tells everybody how far it has come, so that a lost tail is found."""
        if self.table is None:
            return
        message = _message(f'{{"type":"head",{self._told()}}}')
        for place, viewer in enumerate(list(self.viewers)):
            try:
                await viewer.send(message)
            except Exception:
                log.debug("A viewer of %s is gone.", self.negotiation_id, exc_info=True)
            if place % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)

    def _told(self) -> str:
        status = json.dumps(self.status)
        # Also what is not read yet: who has less has not caught up.
        return f'"head":{self.known},"status":{status},"viewers":{self.crowd}'


def _message(text: str) -> dict[str, str]:
    return {"type": "websocket.send", "text": text}
