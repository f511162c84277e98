"""What to hold the hub against: `websockets` broadcasting single frames, as fast as it can."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from itertools import count
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
    rooms: int = 1


def run(asked: Connection, plan: Plan) -> None:
    """Broadcasts for so long once all viewers are there, in one room after the other; says how many
    messages they are to get in all, and since when."""
    os.sched_setaffinity(0, {plan.core})
    asyncio.run(_broadcast(asked, plan))


async def _broadcast(asked: Connection, plan: Plan) -> None:
    rooms: list[set[ServerConnection]] = [set() for _ in range(plan.rooms)]
    numbers = count()
    all_there = asyncio.Event()

    async def door(connection: ServerConnection) -> None:
        number = next(numbers)
        rooms[number % plan.rooms].add(connection)
        if number == plan.viewers - 1:
            all_there.set()
        await connection.wait_closed()

    # No compression and no pings: nothing but frames.
    async with serve(door, "127.0.0.1", plan.port, compression=None, ping_interval=None):
        asked.send("listening")
        await all_there.wait()
        begun, sent = time.time(), 0
        while time.time() < begun + plan.seconds:
            room = rooms[sent % plan.rooms]
            if _is_full(room):
                await asyncio.sleep(0.001)
                continue
            broadcast(room, f'{{"seq": {sent // plan.rooms + 1}, "html": {plan.html}}}')
            sent += 1
            await asyncio.sleep(0)
        asked.send((sent * plan.viewers // plan.rooms, begun))
        # What waits goes out while the other side says that it has everything.
        await asyncio.get_running_loop().run_in_executor(None, asked.recv)


def _is_full(connected: set[ServerConnection]) -> bool:
    return any(one.transport.get_write_buffer_size() > BUFFERED for one in connected)
