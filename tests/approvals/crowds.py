"""Many people who do something at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

AT_ONCE = 40

T = TypeVar("T")


class Crowd:
    """Threads with a database connection each; the first call of each waits for all the others."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE)

    def do(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        start = Barrier(min(len(calls), AT_ONCE))

        def called(number: int) -> T:
            if number < start.parties:
                start.wait(timeout=60)
            return calls[number]()

        return list(self.pool.map(called, range(len(calls))))

    def go_home(self) -> None:
        self.do([close_own_connection] * AT_ONCE)
        self.pool.shutdown()


def close_own_connection() -> None:
    connection.close()
