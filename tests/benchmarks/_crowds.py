"""`python -m tests.benchmarks._crowds`: live delivery to a thousand browsers. Prints JSON.

One daphne has a core for itself; PostgreSQL, Redis, whoever talks and the browsers share another.
The bare broadcast gets the same core, the same browsers and frames of the same size. A process of
its own, because the tests' servers take over the environment.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from multiprocessing import get_context
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from tests.benchmarks import _bare, _farm
from tests.benchmarks._databases import Figures, tell
from tests.benchmarks._farm import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks._tables import Tables

ONE, OTHER = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))
VIEWERS, PACE, SECONDS = 1_000, 6.0, 15.0
CROWD, BATCH, AHEAD, SATURATED = 500, 25, 200, 8.0
TABLES, EACH, ALL_TABLES_PACE = 200, 5, 100.0
BURST, DEAF_SECONDS = 300, 4.0
PATIENCE = 60.0


class Browsers:
    """The farm, in its own process."""

    def __init__(self, port: int) -> None:
        spawn = get_context("spawn")
        self._asked, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_farm.run, args=(theirs, port, OTHER))
        self._process.start()

    def ask(self, name: str, *args: Any, **named: Any) -> Any:
        self._asked.send((name, args, named))
        return self._asked.recv()

    def wait(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The state once it is reached, or when patience ends."""
        end = time.time() + PATIENCE
        while not reached(state := self.ask("state")) and time.time() < end:
            time.sleep(0.02)
        return dict(state)

    def end(self) -> None:
        self._asked.send(("end", (), {}))
        self._process.join()


@contextmanager
def browsers(port: int) -> Iterator[Browsers]:
    farm = Browsers(port)
    try:
        yield farm
    finally:
        farm.end()


@contextmanager
def daphne() -> Iterator[int]:
    """One server process, on a core of its own; the address it listens at."""
    from tests import servers  # noqa: PLC0415
    from tests.stack import Stack  # noqa: PLC0415

    for child in (servers.start_postgres(), servers.start_redis()):
        if child and child.pid:
            os.sched_setaffinity(child.pid, {OTHER})
    stack = Stack()
    os.sched_setaffinity(0, {ONE})
    stack.begin("web")
    os.sched_setaffinity(0, {OTHER})
    try:
        _wait_for(stack.port)
        yield stack.port
    finally:
        stack.stop()


def _wait_for(port: int) -> None:
    end = time.time() + PATIENCE
    while time.time() < end:
        try:
            page = HTTPConnection("127.0.0.1", port, timeout=5)
            page.request("GET", "/healthz", headers={"Host": "localhost"})
            page.getresponse()
        except OSError:
            time.sleep(0.1)
        else:
            return


def measured() -> Figures:
    from tests import factories  # noqa: PLC0415
    from tests.benchmarks._tables import Tables, cookies  # noqa: PLC0415

    tables, figures = Tables(factories.version()), Figures()
    keys = cookies(VIEWERS)
    parts = sys.argv[1:] or list(PARTS)
    with daphne() as port:
        for name in parts:
            with browsers(port) as farm:
                figures |= {
                    f"{name}.{what}": n for what, n in PARTS[name](tables, farm, keys).items()
                }
    return figures


def one_table(tables: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(a) Everybody looks at the same negotiation."""
    return _followed(tables, farm, keys, tables=1, pace=PACE)


def many_tables(tables: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(c) A few look at each of many."""
    return _followed(tables, farm, keys, tables=TABLES, pace=ALL_TABLES_PACE)


def _followed(
    said: Tables, farm: Browsers, keys: list[str], *, tables: int, pace: float
) -> Figures:
    from tests.benchmarks._tables import path_of  # noqa: PLC0415

    opened = [said.open() for _ in range(tables)]
    doors = [Door(path_of(opened[n % tables]), key) for n, key in enumerate(keys)]
    farm.ask("plant", doors, within=len(keys) / 200)
    farm.wait(lambda state: state["ready"] == len(keys))
    time.sleep(2)
    said.talk(opened, pace, SECONDS)
    expected = sum(table.head for table in opened) * len(keys) // tables
    state = farm.wait(lambda state: state["total"] >= expected)
    delays = [
        arrived - said.committed[path, seq]
        for path, arrivals in farm.ask("arrivals")
        for seq, arrived in arrivals
    ]
    places = quantiles(delays, n=100)
    lost = expected - state["total"] + state["gaps"] + state["lost"]
    return {"p50": 1_000 * places[49], "p99": 1_000 * places[98], "lost": lost}


def saturated(said: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(b) As much as goes through to the viewers of one table."""
    return _flooded(said, farm, keys[:CROWD], tables=1)


def saturated_tables(said: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(c) The same, to a few viewers each of many."""
    return _flooded(said, farm, keys, tables=TABLES)


def _flooded(said: Tables, farm: Browsers, keys: list[str], *, tables: int) -> Figures:
    """Never more than so many messages ahead of the last browser."""
    from tests.benchmarks._tables import path_of  # noqa: PLC0415

    opened = [said.open() for _ in range(tables)]
    doors = [Door(path_of(opened[n % tables]), key) for n, key in enumerate(keys)]
    farm.ask("plant", doors, len(keys) / 200, counts_only=True)
    farm.wait(lambda state: state["ready"] == len(keys))
    begun, least = time.time(), 0
    while time.time() < begun + SATURATED:
        for table in opened:
            if table.head < least + AHEAD:
                said.say(table, BATCH)
            else:
                time.sleep(0.005)
            least = farm.ask("state")["least"]
    expected = sum(table.head for table in opened) * len(keys) // tables
    state = farm.wait(lambda state: state["total"] >= expected)
    rate = state["total"] / (state["now"] - begun)
    return {"rate": rate, "lost": expected - state["total"] + state["lost"]} | _bare_rate(
        said, viewers=len(keys), rooms=tables
    )


def _bare_rate(said: Tables, *, viewers: int, rooms: int) -> Figures:
    """The same browsers, and frames of the same size, on the same core."""
    from tests import servers  # noqa: PLC0415

    spawn, port, html = get_context("spawn"), servers.free_port(), said.card()
    ours, theirs = spawn.Pipe()
    plan = _bare.Plan(port, ONE, html, SATURATED, viewers, rooms)
    server = spawn.Process(target=_bare.run, args=(theirs, plan))
    server.start()
    ours.recv()
    with browsers(port) as farm:
        farm.ask("plant", [Door("/")] * viewers, viewers / 200, counts_only=True)
        sent, begun = ours.recv()
        state = farm.wait(lambda state: state["total"] >= sent)
    ours.send("end")
    server.join()
    return {"bare_rate": state["total"] / (state["now"] - begun), "bytes": len(html)}


def burst(said: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(d) Much is said while a browser does not read."""
    from tests.benchmarks._tables import path_of  # noqa: PLC0415

    table = said.open()
    farm.ask("plant", [Door(path_of(table), keys[0])], 0.0)
    farm.wait(lambda state: state["ready"] == 1)
    farm.ask("deaf", on=True)
    begun = time.time()
    for _ in range(BURST):
        said.say(table)
    time.sleep(max(0.0, begun + DEAF_SECONDS - time.time()))
    farm.ask("deaf", on=False)
    state = farm.wait(lambda state: state["least"] >= BURST)
    return {"arrived": state["total"] - state["gaps"]}


def reconnect(said: Tables, farm: Browsers, keys: list[str]) -> Figures:
    """(e) All are cut off, and come back within a second, while the table goes on."""
    from tests.benchmarks._tables import path_of  # noqa: PLC0415

    table = said.open()
    farm.ask("plant", [Door(path_of(table), key) for key in keys], len(keys) / 200)
    farm.wait(lambda state: state["ready"] == len(keys))
    said.talk([table], PACE, 2.0)
    farm.ask("cut")
    said.talk([table], PACE, 3.0)
    begun = time.time()
    farm.ask("again", 1.0)
    said.talk([table], PACE, 5.0)
    state = farm.wait(lambda state: state["ready"] == len(keys))
    said.talk([table], PACE, 1.0)
    done = farm.wait(lambda state: state["least"] >= table.head)
    lost = table.head * len(keys) - done["total"] + done["gaps"] + done["lost"]
    return {"back": state["ready"], "seconds": state["slowest"] - begun, "lost": lost}


PARTS: dict[str, Callable[[Tables, Browsers, list[str]], Figures]] = {
    "one_table": one_table,
    "saturated": saturated,
    "many_tables": many_tables,
    "saturated_tables": saturated_tables,
    "burst": burst,
    "reconnect": reconnect,
}

if __name__ == "__main__":
    tell(measured)
