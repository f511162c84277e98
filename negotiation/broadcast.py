"""The only emitter of live events. An event is a doorbell: it says where to look, not what is new.

A plain Redis PUBLISH on commit; losing one costs at most the wait until the next head check,
because viewers are sent rows by `seq`.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from redis import RedisError

from negotiation.message_server import client

log = logging.getLogger("parley.broadcast")

CHANNEL = f"{settings.CHANNEL_PREFIX}.doorbell"


def transcript_changed(*, negotiation_id: int) -> None:
    """New messages, or a new state, of one negotiation; the floor hears it too."""
    _ring_on_commit({"negotiation": negotiation_id})


def queue_changed() -> None:
    """Something was parked, decided, executed or has expired."""
    _ring_on_commit({"topic": "decisions"})


def receiver_changed() -> None:
    """The demo receiver took something in."""
    _ring_on_commit({"topic": "receiver"})


def notifications_changed() -> None:
    """Somebody was told something, or has seen it."""
    _ring_on_commit({"topic": "notifications"})


def access_changed(*, person_id: int) -> None:
    """Somebody logged out, or lost a role or the account: their open sockets are asked again."""
    _ring_on_commit({"person": person_id})


def _ring_on_commit(event: dict[str, Any]) -> None:
    def ring() -> None:
        try:
            client().publish(CHANNEL, json.dumps(event))
        except (RedisError, OSError) as error:
            # The rows are committed; viewers find them at the next head check.
            log.warning("No live event for %s: %s", event, error)

    transaction.on_commit(ring)
