"""What one negotiation's viewers are sent. Read and rendered once per process, kept in a ring."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async

from negotiation.live import pages

if TYPE_CHECKING:
    from negotiation.models import Message

RING = 1_000
WARM = 100
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Item:
    """One rendered message, as the JSON that every viewer's frame takes in."""

    seq: int
    json: str

    @classmethod
    def of(cls, seq: int, html: str) -> Item:
        return cls(seq, json.dumps({"seq": seq, "html": html}))


@dataclass
class Feed:
    """The newest messages of one negotiation, rendered, and the fragments beside them.

    The ring holds the messages `base + 1 … head` without gaps. `revision` grows whenever the
    fragments changed. Each viewer has a bell, set whenever the feed was read.
    """

    negotiation_id: int
    base: int = 0
    head: int = 0
    status: str = ""
    fragments: str = "[]"
    revision: int = 0
    bells: set[asyncio.Event] = field(default_factory=set)
    _rows: list[Message] = field(default_factory=list)
    _ring: deque[Item] = field(default_factory=deque)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stale: bool = True

    async def open(self, after: int) -> None:
        """Reads what the first viewer lacks, and a little more for those who come back with it."""
        async with self._reading:
            if not self.revision:
                known = await database_sync_to_async(pages.head)(self.negotiation_id)
                self.base = self.head = max(0, min(after, known) - WARM)
                await self._read()

    def mark_stale(self) -> None:
        self._stale = True

    async def refresh(self) -> None:
        """Reads until nothing rang meanwhile; bells that ring during a read cost one more read."""
        async with self._reading:
            while self._stale:
                await self._read()

    async def _read(self) -> None:
        self._stale = False
        news = await database_sync_to_async(pages.news)(
            self.negotiation_id, known=self._rows, shown=self.head
        )
        if news is None:
            return
        self._rows += news.rows
        self._ring.extend(Item.of(seq, html) for seq, html in news.items)
        while len(self._ring) > RING:
            self.base = self._ring.popleft().seq
        if news.items:
            self.head = news.items[-1][0]
        self.status = news.status
        fragments = json.dumps(news.fragments)
        if fragments != self.fragments:
            self.fragments = fragments
            self.revision += 1
        for bell in self.bells:
            bell.set()

    async def after(self, seq: int) -> list[Item]:
        """The messages above `seq`, from the ring; the oldest of them when they left it."""
        if seq >= self.base:
            return list(islice(self._ring, seq - self.base, None))
        older = await database_sync_to_async(pages.rendered)(
            self.negotiation_id, after=seq, upto=min(self.base, seq + CHUNK)
        )
        return [Item.of(number, html) for number, html in older]
