"""Says whether this installation can work: database, Redis, and a worker that is alive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis import RedisError

from negotiation import heartbeats

PATIENCE = 1.0
OK, SILENT = "ok", "is silent"
# A probe that hangs keeps its thread; the next ones wait in line and count as silent too.
_PROBERS = ThreadPoolExecutor(max_workers=3, thread_name_prefix="health")


def _database() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return {"database": f"does not answer ({type(error).__name__})"}
    finally:
        connection.close()
    return {"database": OK}


def _redis_and_worker() -> dict[str, str]:
    try:
        seen = heartbeats.last()
    except RedisError as error:
        return {"redis": f"does not answer ({type(error).__name__})"}
    worker = OK if seen else f"none was heard for {heartbeats.FRESH_FOR} s"
    return {"redis": OK, "worker": worker}


@login_not_required
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when every part answers within a second, else 503; the body names each part."""
    answers = [_PROBERS.submit(probe) for probe in (_database, _redis_and_worker)]
    parts = {"database": SILENT, "redis": SILENT, "worker": "unknown without Redis"}
    for answer in wait(answers, timeout=PATIENCE).done:
        parts |= answer.result()
    healthy = all(state == OK for state in parts.values())
    return JsonResponse(
        {"status": OK if healthy else "unavailable", "parts": parts},
        status=200 if healthy else 503,
    )
