"""Threads that read the database for the sockets of one event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connections

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Desk]] = WeakKeyDictionary()


class Desk:
    """One thread with one database connection, which stays open from question to question.

    `database_sync_to_async` shares one thread with everything else, and connects anew for every
    call: to PostgreSQL that costs more than the question.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"live-{name}")

    async def ask(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `read` returns. It only reads, so a connection that died is tried twice."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(_twice, read, *args, **kwargs))

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=False)


def desk(name: str) -> Desk:
    """This event loop's desk for one kind of question."""
    desks = _desks.setdefault(asyncio.get_running_loop(), {})
    if name not in desks:
        desks[name] = Desk(name)
    return desks[name]


async def close_all() -> None:
    for each in _desks.pop(asyncio.get_running_loop(), {}).values():
        await each.close()


def _twice(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return read(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connections.close_all()
        return read(*args, **kwargs)
