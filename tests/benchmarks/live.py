"""How soon viewers see what is said: one negotiation, many sockets, the embedded mode as it is.

The time is from the moment that the worker stamps a message, just before it commits, to the
moment that a viewer's socket has it; counted once everybody has joined.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import quantiles
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Origin

from tests.benchmarks._rows import Row
from tests.embedded import program

GROUP = "live"
COMMAND = "make bench ONLY=live"
PORT = 8766
VIEWERS = 200
PACE = 0.5
PATIENCE = 60.0
STAMP = re.compile(r'datetime="([^"]+)"')


def rows() -> Iterator[Row]:
    with program(PORT) as url:
        cookie, number = _started(url)
        delays, complete = asyncio.run(_watched(url, cookie, number))
    p50, p99 = (1_000 * quantiles(delays, n=100)[place] for place in (49, 98))
    yield Row(f"live.{VIEWERS}_viewers.p50", p50, "ms", command=COMMAND)
    yield Row(f"live.{VIEWERS}_viewers.p99", p99, "ms", "under 200", p99 < 200, COMMAND)
    share = complete / VIEWERS
    yield Row(f"live.{VIEWERS}_viewers.complete", share, "of the viewers", "1", share == 1, COMMAND)


def _started(url: str) -> tuple[str, str]:
    """The operator's session cookie, and the path of a negotiation that has just begun."""
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        client.get("/login/")
        name = {"username": "operator", "password": "parley-operator"}
        _post(client, "/login/", name)
        form = {"scenario": "cloud-placement", "pace": str(PACE), "seed": "7"}
        page = _post(client, "/negotiations/start/", form)
        session = client.cookies["sessionid"]
    return f"sessionid={session}", page.url.path


def _post(client: httpx.Client, path: str, form: dict[str, str]) -> httpx.Response:
    token = client.cookies["csrftoken"]
    answer = client.post(path, data=form | {"csrfmiddlewaretoken": token})
    answer.raise_for_status()
    return answer


async def _watched(url: str, cookie: str, path: str) -> tuple[list[float], int]:
    """All delays in seconds, and how many viewers have the transcript without a gap."""
    address = f"{url.replace('http', 'ws', 1)}/ws{path}?after=0"
    viewers = [Viewer() for _ in range(VIEWERS)]
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as watching:
        for viewer in viewers:
            watching.create_task(viewer.watch(address, url, cookie))
    everybody_there = max(viewer.joined for viewer in viewers)
    delays = [
        arrived - said
        for viewer in viewers
        for said, arrived in viewer.times
        if said > everybody_there
    ]
    complete = sum(viewer.numbers == list(range(1, len(viewer.numbers) + 1)) for viewer in viewers)
    return delays, complete


@dataclass
class Viewer:
    joined: float = 0.0
    numbers: list[int] = field(default_factory=list)
    times: list[tuple[float, float]] = field(default_factory=list)

    async def watch(self, address: str, url: str, cookie: str) -> None:
        """Follows until the negotiation has ended."""
        headers = {"Cookie": cookie}
        async with connect(address, additional_headers=headers, origin=Origin(url)) as socket:
            async for frame in socket:
                told = json.loads(frame)
                self._take(told.get("items", ()))
                await socket.send(json.dumps({"ack": told["head"]}))
                if told["status"] not in {"queued", "running"}:
                    return

    def _take(self, items: Iterable[dict[str, Any]]) -> None:
        now = time.time()
        self.joined = self.joined or now
        for item in items:
            stamp = STAMP.search(item["html"])
            assert stamp is not None
            self.numbers.append(item["seq"])
            self.times.append((datetime.fromisoformat(stamp[1]).timestamp(), now))
