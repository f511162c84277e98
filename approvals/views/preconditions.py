"""What every call with a verdict carries: what was seen, and a key of its own.

Programs send `If-Match` (the `ETag` of the decision) and `Idempotency-Key`; forms send the same in
the fields `seen` and `key`.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, NamedTuple

from negotiation.views.statuses import BAD_REQUEST, PRECONDITION_REQUIRED

if TYPE_CHECKING:
    from django.http import HttpRequest

    from negotiation.models import Decision


_TAG = re.compile(r"(\d{1,9})-([0-9a-f]{64})")
_KEY = re.compile(r"[\x21-\x7e]{8,100}")


class Missing(Exception):
    """The call cannot be taken; `status` is the answer's."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Seen(NamedTuple):
    revision: int
    package_hash: str
    key: str


def seen_by(request: HttpRequest) -> Seen:
    """What the caller saw, and its key; raises Missing."""
    tag = request.headers.get("If-Match", "").strip().strip('"') or request.POST.get("seen", "")
    key = request.headers.get("Idempotency-Key", "").strip().strip('"') or request.POST.get(
        "key", ""
    )
    return seen_in(tag, key)


def seen_in(tag: str, key: str) -> Seen:
    """The same, told apart from where it stood; raises Missing."""
    if not tag or not key:
        raise Missing(
            "A verdict says what it is about: send the decision's ETag as If-Match and a key of"
            " your own as Idempotency-Key. Nothing was decided.",
            PRECONDITION_REQUIRED,
        )
    found = _TAG.fullmatch(tag)
    if found is None or _KEY.fullmatch(key) is None:
        raise Missing(
            "If-Match is the ETag of the decision's page, and a key has 8 to 100 plain characters."
            " Nothing was decided.",
            BAD_REQUEST,
        )
    return Seen(int(found[1]), found[2], key)


def etag(decision: Decision) -> str:
    return f'"{decision.tag}"'


def new_key() -> str:
    return uuid.uuid4().hex
