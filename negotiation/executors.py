"""Carry out a package. One class per kind; a scenario names the kind and, for a webhook, a target.

An executor either returns a receipt or raises `ExecutorError`; `permanent` says whether trying
again could help. It must be safe to run twice: the idempotency key is the same each time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from negotiation.addresses import ForbiddenAddress, pinned

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
# Below the lease of an execution, so that no second worker sends while one still does.
DEADLINE = 20.0
MAX_RESPONSE = 64 * 1024


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
    """POSTs the package as it is, signed as the Standard Webhooks specification 1.0 says."""

    def execute(self, order: Order, *, now: datetime) -> Receipt:
        target = _target(order.target)
        body = order.body.decode()
        headers = self._headers(order) | {
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(target["secret"]).sign(
                order.key, now.astimezone(UTC), body
            ),
        }
        try:
            address = pinned(target["url"], allow_private=target["allow_private"])
            response = asyncio.run(
                _post(address.url, body, headers | address.headers, address.server_name)
            )
        except ForbiddenAddress as error:
            raise ExecutorError(str(error), permanent=True) from error
        except TimeoutError as error:
            raise ExecutorError(f"{order.target} took longer than {DEADLINE:.0f} s.") from error
        except httpx.HTTPError as error:
            raise ExecutorError(f"{order.target} did not answer: {error!r}") from error
        return _receipt(order.target, *response)

    def describe(self, order: Order) -> dict[str, str]:
        target = _target(order.target)
        headers = "\n".join(f"{name}: {value}" for name, value in self._headers(order).items())
        return {
            "kind": "signed webhook",
            "url": target["url"],
            "headers": headers,
            "body": order.body.decode(),
        }

    @staticmethod
    def _headers(order: Order) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "user-agent": "Parley",
            # A compressed answer could grow beyond every bound while it is read.
            "accept-encoding": "identity",
            "webhook-id": order.key,
            "idempotency-key": order.key,
            "parley-package": order.package_hash,
        }


EXECUTORS: dict[str, Executor] = {"webhook": SignedWebhook(), "dry-run": DryRun()}


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


async def _post(url: str, body: str, headers: dict[str, str], server_name: str) -> tuple[int, str]:
    """Status and the beginning of the answer. No redirects, no proxies, bounded size and time.

    httpx's own timeouts begin anew with every byte; the deadline does not.
    """
    async with (
        asyncio.timeout(DEADLINE),
        httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST",
            url,
            content=body,
            headers=headers,
            extensions={"sni_hostname": server_name},
        ) as response,
    ):
        answer = b""
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > MAX_RESPONSE:
                break
        return response.status_code, answer[:500].decode(errors="replace")


def _receipt(target: str, status: int, answer: str) -> Receipt:
    if httpx.codes.is_success(status):
        return Receipt(text=f"{status} {answer}".strip())
    # 408, 425, 429 and 5xx may pass; every other refusal stays one.
    permanent = not (status >= 500 or status in {408, 425, 429})
    raise ExecutorError(f"{target} answered {status}: {answer}", permanent=permanent)
