"""Carry out a package. One class per kind; a scenario names the kind and, for a webhook, a target.

An executor either returns a receipt or raises `ExecutorError`; `permanent` says whether trying
again could help. It must be safe to run twice: the idempotency key is the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from negotiation.webhooks import NotDelivered, SignedCall, post

if TYPE_CHECKING:
    from datetime import datetime


class ExecutorError(Exception):
    """The package was not carried out, as far as the executor knows."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an executor is given: the exact bytes that were approved, and the key."""

    key: str
    body: bytes
    package_hash: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What came back, for people to read."""

    text: str


class Executor(Protocol):
    def execute(self, order: Order, *, now: datetime) -> Receipt: ...

    def describe(self, order: Order) -> dict[str, str]:
        """The request that would be made, without making it."""


class DryRun:
    """Carries out nothing, and says so."""

    def execute(self, order: Order, *, now: datetime) -> Receipt:  # noqa: ARG002
        return Receipt(text="Dry run: nothing was sent.")

    def describe(self, order: Order) -> dict[str, str]:
        return {"kind": "dry run", "body": order.body.decode()}


class SignedWebhook:
    """POSTs the package as it is."""

    def execute(self, order: Order, *, now: datetime) -> Receipt:
        try:
            return Receipt(text=post(_call(order), now=now))
        except NotDelivered as error:
            raise ExecutorError(str(error), permanent=error.permanent) from error

    def describe(self, order: Order) -> dict[str, str]:
        call = _call(order)
        headers = "\n".join(f"{name}: {value}" for name, value in call.sent_headers.items())
        return {"kind": "signed webhook", "url": call.url, "headers": headers, "body": call.body}


EXECUTORS: dict[str, Executor] = {"webhook": SignedWebhook(), "dry-run": DryRun()}


def _call(order: Order) -> SignedCall:
    target = _target(order.target)
    return SignedCall(
        name=order.target,
        url=target["url"],
        secret=target["secret"],
        allow_private=target["allow_private"],
        key=order.key,
        body=order.body.decode(),
        headers={"parley-package": order.package_hash},
    )


def _target(name: str) -> dict[str, Any]:
    try:
        return dict(settings.WEBHOOK_TARGETS[name])
    except KeyError:
        known = ", ".join(sorted(settings.WEBHOOK_TARGETS)) or "none"
        raise ExecutorError(
            f"There is no webhook target {name!r}. Known targets: {known}. An engineer adds"
            " one in WEBHOOK_TARGETS.",
            permanent=True,
        ) from None
