"""POSTs a body to another server, signed as the Standard Webhooks specification 1.0 says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from standardwebhooks.webhooks import Webhook

from negotiation.addresses import ForbiddenAddress, pinned

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
# Below every lease under which somebody sends, so that no second worker sends while one still does.
DEADLINE = 20.0
MAX_RESPONSE = 64 * 1024


class NotDelivered(Exception):
    """The other side has not said that it took it; `permanent`: trying again does not help."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent


@dataclass(frozen=True, kw_only=True)
class SignedCall:
    """`name` is what people call the target; `key` is the same in every attempt."""

    name: str
    url: str
    secret: str
    key: str
    body: str
    allow_private: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def sent_headers(self) -> dict[str, str]:
        """All but what each attempt has of its own."""
        return {
            "content-type": "application/json",
            "user-agent": "Parley",
            # A compressed answer could grow beyond every bound while it is read.
            "accept-encoding": "identity",
            "webhook-id": self.key,
            "idempotency-key": self.key,
        } | self.headers


def post(call: SignedCall, *, now: datetime) -> str:
    """What the target answered, shortened; raises NotDelivered."""
    headers = call.sent_headers | {
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(call.secret).sign(call.key, now.astimezone(UTC), call.body),
    }
    try:
        address = pinned(call.url, allow_private=call.allow_private)
        status, answer = asyncio.run(
            _post(address.url, call.body, headers | address.headers, address.server_name)
        )
    except ForbiddenAddress as error:
        raise NotDelivered(str(error), permanent=True) from error
    except TimeoutError as error:
        raise NotDelivered(f"{call.name} took longer than {DEADLINE:.0f} s.") from error
    except httpx.HTTPError as error:
        raise NotDelivered(f"{call.name} did not answer: {error!r}") from error
    if httpx.codes.is_success(status):
        return f"{status} {answer}".strip()
    # 408, 425, 429 and 5xx may pass; every other refusal stays one.
    permanent = not (status >= 500 or status in {408, 425, 429})
    raise NotDelivered(f"{call.name} answered {status}: {answer}", permanent=permanent)


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
