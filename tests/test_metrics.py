"""What a monitor reads: right at the moment it asks, and for nobody who may not know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from approvals import tasks
from negotiation import heartbeats
from negotiation.models import Stop, Timer
from negotiation.roles import Role
from negotiation.services import switches, timers
from tests import factories
from tests.approvals.posts import say

pytestmark = pytest.mark.django_db

TOKEN = "a-token-for-the-test"


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def read(client: Client) -> dict[str, float]:
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return {
        sample.name + "".join(f".{value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_a_row_that_nobody_comes_back_to_is_seen_at_once_and_gone_when_mended(
    client: Client,
) -> None:
    decision = factories.decision()
    name = "parley_items_without_next_time.decision_parked"
    assert read(client)[name] == 0
    Timer.objects.filter(decision=decision).delete()
    assert read(client)[name] == 1
    timers.start(decision, timezone.now())
    assert read(client)[name] == 0


def test_what_waits_and_since_when(client: Client) -> None:
    now = timezone.now()
    factories.decision(created_at=now - timedelta(hours=2))
    factories.decision(due_at=now - timedelta(minutes=1))
    figures = read(client)
    assert figures["parley_open_items.decision_parked"] == 2
    assert 7200 <= figures["parley_parked_oldest_seconds"] < 7300
    assert figures["parley_timers_overdue"] == 3, "both reminders and the end of one of them"
    assert figures["parley_alarms"] == 0


def test_what_a_stop_holds_is_not_overdue(client: Client) -> None:
    factories.decision(due_at=timezone.now() - timedelta(minutes=1))
    admin = factories.person(Role.ADMIN)
    switches.stop(scope=Stop.Scope.GLOBAL, by=admin, reason="Look at it", now=timezone.now())
    assert read(client)["parley_timers_overdue"] == 0


def test_how_far_behind_the_notifier_is(client: Client, manager: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda **_: None)
    User.objects.update(email="manager@example.org")
    tasks.notify()
    say()
    say()
    assert read(client)["parley_notifier_lag"] > 1
    tasks.notify()
    figures = read(client)
    assert figures["parley_notifier_lag"] == 0
    assert figures["parley_deliveries.pending"] == 1
    assert figures["parley_heartbeat_age_seconds.notifier"] < 5
    assert figures["parley_heartbeat_age_seconds.sweep"] == float("inf")


def test_signs_of_life_that_nobody_can_read_are_none(client: Client, monkeypatch: Any) -> None:
    nobody: Redis = Redis.from_url("unix:///nowhere/at/all")
    monkeypatch.setattr(heartbeats, "client", lambda: nobody)
    assert read(client)["parley_heartbeat_age_seconds.sweep"] == float("inf")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é", f"Bearer {TOKEN}x"],
)
def test_nobody_reads_them_without_the_token(header: str, client: Client) -> None:
    answer = client.get("/metrics", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert b"parley_" not in answer.content


def test_admins_read_them_and_nobody_else_who_is_signed_in(
    admin_client: Client, manager_client: Client
) -> None:
    assert admin_client.get("/metrics").status_code == 200
    assert manager_client.get("/metrics").status_code == 403


def test_without_a_token_in_the_environment_no_token_opens_it(
    client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer"):
        assert client.get("/metrics", headers={"authorization": header}).status_code == 401


@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    number: int, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        factories.decision()
    with django_assert_max_num_queries(30):
        read(client)
