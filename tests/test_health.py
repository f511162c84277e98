"""The health page: 200 only when every part answers, and a name for what does not."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import redis
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.utils import timezone

from config import health
from negotiation import heartbeats, message_server

pytestmark = pytest.mark.django_db


def ask() -> tuple[int, dict[str, str]]:
    answer: Any = Client().get("/healthz")
    return answer.status_code, answer.json()["parts"]


def test_everything_answers_and_nobody_has_to_sign_in() -> None:
    heartbeats.record(now=timezone.now())
    assert ask() == (200, {"database": "ok", "redis": "ok", "worker": "ok"})


def test_the_answer_is_never_kept() -> None:
    assert "no-store" in Client().get("/healthz")["Cache-Control"]


def test_a_silent_worker_is_named() -> None:
    status, parts = ask()
    assert status == 503
    assert parts == {"database": "ok", "redis": "ok", "worker": "none was heard for 30 s"}


def test_a_sign_of_life_is_forgotten_in_time() -> None:
    heartbeats.record(now=timezone.now())
    assert 0 < int(message_server.client().ttl(heartbeats.key())) <= heartbeats.FRESH_FOR


def test_a_missing_redis_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = redis.Redis.from_url("unix:///nowhere/redis.sock")
    monkeypatch.setattr(heartbeats, "client", lambda: nobody)
    status, parts = ask()
    assert status == 503
    assert parts["redis"] == "does not answer (ConnectionError)"
    assert parts["worker"] == "unknown without Redis"


def test_a_missing_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    heartbeats.record(now=timezone.now())
    status, parts = ask()
    assert status == 503
    assert parts == {"database": "does not answer (DatabaseError)", "redis": "ok", "worker": "ok"}


def test_a_part_that_hangs_does_not_hang_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "_database", lambda: {"database": str(answered.wait(10))})
    heartbeats.record(now=timezone.now())
    began = time.monotonic()
    status, parts = ask()
    answered.set()
    assert time.monotonic() - began < 2
    assert status == 503
    assert parts == {"database": "is silent", "redis": "ok", "worker": "ok"}
