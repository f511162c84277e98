"""Signs of life that the workers leave in Redis; the health page and the metrics read them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from negotiation.message_server import client

# Whatever runs again and again, and how many seconds a sign of it counts as fresh. The worker that
# sweeps also negotiates, so it may be busy with a large table for a while.
FRESH_FOR = 30
SIGNS = {"sweep": FRESH_FOR, "timers": FRESH_FOR, "notifier": FRESH_FOR, "auditor": 150}


def record(*, now: datetime, of: str = "sweep") -> None:
    """Called by a worker whenever it runs; forgotten by itself when it is fresh no longer."""
    client().set(key(of), now.isoformat(), ex=SIGNS[of])


def last(of: str = "sweep") -> datetime | None:
    """When it ran last; None when that is too long ago."""
    written = client().get(key(of))
    return datetime.fromisoformat(str(written)) if written else None


def key(of: str = "sweep") -> str:
    return f"{settings.CHANNEL_PREFIX}.heartbeat.{of}"
