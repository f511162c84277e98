"""The connection to Redis for what is small and must not wait."""

from functools import cache

import redis
from django.conf import settings


@cache
def client() -> redis.Redis:
    """One pool per process; a Redis that does not answer within a second counts as down."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, decode_responses=True
    )
