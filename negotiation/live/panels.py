"""Renders the panels beside the transcripts: at most once a second each, the last always."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from negotiation.live import pages
from negotiation.live.desks import desk

if TYPE_CHECKING:
    from negotiation.live.feeds import Feed

log = logging.getLogger("parley.panels")

PANEL_SECONDS = 1.0
# After one it rests as long as that took times this: pictures never hold up what is said.
REST = 3


class Panels:
    """The feeds whose panel has to be rendered, and from when on it may be."""

    def __init__(self) -> None:
        self._due: dict[Feed, float] = {}
        self._wake = asyncio.Event()

    def want(self, feed: Feed) -> None:
        """It will be rendered, as it then is."""
        now = asyncio.get_running_loop().time()
        self._due.setdefault(feed, max(now, feed.dressed_at + PANEL_SECONDS))
        self._wake.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            feed = await self._next()
            feed.dressed_at = begun = loop.time()
            try:
                fragments = await desk("panels").ask(pages.panel, feed.negotiation_id)
            except Exception:
                log.exception("The panel of negotiation %s failed.", feed.negotiation_id)
                continue
            took = loop.time() - begun
            if feed.dress(fragments):
                await feed.deliver()
            await asyncio.sleep(REST * took)

    async def _next(self) -> Feed:
        """The one that has been due for longest, once one is."""
        loop = asyncio.get_running_loop()
        while True:
            self._wake.clear()
            for feed in [feed for feed in self._due if not feed.viewers]:
                del self._due[feed]
            wait = None
            if self._due:
                first = min(self._due, key=self._due.__getitem__)
                wait = self._due[first] - loop.time()
                if wait <= 0:
                    del self._due[first]
                    return first
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue
