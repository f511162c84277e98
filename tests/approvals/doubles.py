"""What stands for the world around an approval: the time, the broker, the target."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from celery import current_app

from negotiation.executors import ExecutorError, Order, Receipt

BEGINNING = datetime(2026, 9, 1, 9, tzinfo=UTC)


class Killed(BaseException):
    """The worker is gone: nothing of it runs any more, not even its `except Exception`."""


class Clock:
    """Stands for `timezone.now`; it moves only when it is told to."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Broker:
    """Stands for Celery: keeps a task until it is delivered, more than once, late or never."""

    def __init__(self) -> None:
        self.begin_again()

    def begin_again(self) -> None:
        self.waiting: list[tuple[str, dict[str, int]]] = []
        self.down = False

    def send_task(self, name: str, *, kwargs: dict[str, int], **_: Any) -> None:
        if not self.down:
            self.waiting.append((name, kwargs))

    def deliver(self, times: int = 1) -> None:
        """Everything that waits, each `times` times. What that sends is left waiting."""
        for name, ids in self.take():
            for _ in range(times):
                current_app.tasks[name](**ids)

    def take(self) -> list[tuple[str, dict[str, int]]]:
        taken, self.waiting = self.waiting, []
        return taken


class Target:
    """An executor whose target knows its orders by their key, as the specification wants it.

    It answers what it is told to: "ok", "busy" (nothing done, try again), "refuses" (nothing done,
    for good), "silent" (done, but the answer is lost), "kills" (done, and the worker dies).
    """

    def __init__(self) -> None:
        self.begin_again()

    def begin_again(self) -> None:
        self.answer = "ok"
        self.calls: list[Order] = []
        self.effects: dict[str, bytes] = {}

    def execute(self, order: Order, *, now: datetime) -> Receipt:  # noqa: ARG002
        self.calls.append(order)
        if self.answer == "busy":
            raise ExecutorError("The target is busy.")
        if self.answer == "refuses":
            raise ExecutorError("The target refuses it.", permanent=True)
        self.effects.setdefault(order.key, order.body)
        if self.answer == "silent":
            raise ExecutorError("The target took longer than 20 s.")
        if self.answer == "kills":
            raise Killed
        return Receipt(text="200 done")

    def describe(self, order: Order) -> dict[str, str]:
        return {"kind": "double", "body": order.body.decode()}
