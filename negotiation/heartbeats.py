"""A sign of life that the workers leave in Redis and the health page reads."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from negotiation.message_server import client

KEY = f"{settings.CHANNEL_PREFIX}.heartbeat"
# The worker that sweeps also negotiates, so it may be busy with a large table for a while.
FRESH_FOR = 30


def record(*, now: datetime) -> None:
    """Called by a worker whenever it sweeps; forgotten by itself after `FRESH_FOR` seconds."""
    client().set(KEY, now.isoformat(), ex=FRESH_FOR)


def last() -> datetime | None:
    """When a worker swept last; None when that is longer ago than `FRESH_FOR` seconds."""
    written = client().get(KEY)
    return datetime.fromisoformat(str(written)) if written else None
