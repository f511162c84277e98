"""What to hold the hub against: `websockets` broadcasting single frames, as fast as it can."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from websockets.asyncio.server import ServerConnection, broadcast, serve

# More waiting than this for a browser, and the next message waits.
BUFFERED = 64 * 1024


@dataclass
class Plan:
    port: int
    core: int
    html: str
    seconds: float
    viewers: int


def run(asked: Connection, plan: Plan) -> None:
    """Broadcasts for so long once all viewers are there; says how many messages, and since when."""
    os.sched_setaffinity(0, {plan.core})
    asyncio.run(_broadcast(asked, plan))


async def _broadcast(asked: Connection, plan: Plan) -> None:
    connected: set[ServerConnection] = set()
    all_there = asyncio.Event()

    async def door(connection: ServerConnection) -> None:
        connected.add(connection)
        if len(connected) == plan.viewers:
            all_there.set()
        await connection.wait_closed()

    # No compression and no pings: nothing but frames.
    async with serve(door, "127.0.0.1", plan.port, compression=None, ping_interval=None):
        asked.send("listening")
        await all_there.wait()
        begun, sent = time.time(), 0
        while time.time() < begun + plan.seconds:
            if _is_full(connected):
                await asyncio.sleep(0.001)
                continue
            sent += 1
            broadcast(connected, f'{{"seq": {sent}, "html": {plan.html}}}')
            await asyncio.sleep(0)
        asked.send((sent, begun))
        # What waits goes out while the other side says that it has everything.
        await asyncio.get_running_loop().run_in_executor(None, asked.recv)


def _is_full(connected: set[ServerConnection]) -> bool:
    return any(one.transport.get_write_buffer_size() > BUFFERED for one in connected)
