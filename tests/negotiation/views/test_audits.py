"""The audit trail as managers and admins read it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation import tasks
from negotiation.models import AuditEntry, Preferences, TrailCheck
from negotiation.services import audits
from tests import factories
from tests.negotiation.audit import trails

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>\u202e'


def write(by: User, action: str = "decision.rejected", **more: Any) -> AuditEntry:
    return audits.record(action, factories.negotiation(), now=NOON, by=by, **more)


def shown(client: Client, query: str = "") -> list[int]:
    return [row.entry.number for row in client.get(f"/audit/{query}").context["rows"]]


def test_only_managers_and_admins_read_it(
    operator_client: Client, stranger_client: Client, manager_client: Client, admin_client: Client
) -> None:
    for client, status in (
        (operator_client, 403),
        (stranger_client, 403),
        (manager_client, 200),
        (admin_client, 200),
    ):
        assert client.get("/audit/").status_code == status
        assert client.get("/audit/export/").status_code == status
    assert operator_client.post("/audit/check/").status_code == 403
    assert not TrailCheck.objects.exists()


def test_what_one_looks_for_is_found_and_nothing_else(
    manager: User, manager_client: Client
) -> None:
    rejected = write(manager, reason="Too dear")
    stopped = write(manager, "stop.set")
    assert shown(manager_client)[:2] == [stopped.number, rejected.number]
    assert shown(manager_client, "?kind=stop&actor=manager") == [stopped.number]
    assert shown(manager_client, "?kind=stop&actor=nobody") == []
    about = f"?subject=negotiation&number={rejected.subject_id}"
    assert shown(manager_client, about) == [rejected.number]
    day = (NOON + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert shown(manager_client, f"?until={day}&kind=decision") == [rejected.number]
    assert shown(manager_client, f"?since={day}&kind=decision") == []


def test_more_than_a_page_goes_on_where_it_ended(manager: User, manager_client: Client) -> None:
    written = [write(manager, "glass.broken").number for _ in range(120)]
    numbers: list[int] = []
    query: str | None = "kind=glass"
    while query:
        page = manager_client.get(f"/audit/?{query}")
        numbers += [row.entry.number for row in page.context["rows"]]
        query = page.context["older"]
    assert numbers == written[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "kind=odd",
        "number=0",
        f"number={10**30}",
        "since=yesterday",
        "before=x",
        "actor=" + "x" * 5000,
        "since=0001-01-01T00:00",
    ],
)
def test_what_cannot_be_looked_for_is_said(manager_client: Client, query: str) -> None:
    answer = manager_client.get(f"/audit/?{query}")
    assert answer.status_code in {200, 422}
    assert manager_client.get(f"/audit/export/?{query}").status_code == answer.status_code
    if answer.status_code == 422:
        assert b'role="alert"' in answer.content


def test_a_row_that_was_changed_is_marked_and_its_neighbours_are_not(
    manager: User, manager_client: Client
) -> None:
    first, changed, last = (write(manager) for _ in range(3))
    trails.unguarded()
    AuditEntry.objects.filter(pk=changed.pk).update(actor="somebody else")
    faults = {row.entry.number: row.fault for row in manager_client.get("/audit/").context["rows"]}
    assert "does not give the hash" in faults[changed.number]
    assert faults[first.number] == faults[last.number] == ""


def test_a_row_after_one_that_was_taken_out_is_marked(
    manager: User, manager_client: Client
) -> None:
    _, removed, last = (write(manager) for _ in range(3))
    trails.unguarded()
    AuditEntry.objects.filter(pk=removed.pk).delete()
    rows = manager_client.get("/audit/").context["rows"]
    assert rows[0].entry == last
    assert "missing" in rows[0].fault


def test_a_person_has_the_whole_trail_verified(manager_client: Client) -> None:
    assert b"Not verified yet" in manager_client.get("/audit/").content
    manager_client.post("/audit/check/")
    tasks.check_trail(check_id=TrailCheck.objects.get().pk)
    assert b"Sound: all" in manager_client.get("/audit/").content


def test_what_people_wrote_is_shown_and_exported_as_text(
    manager: User, manager_client: Client
) -> None:
    write(manager, reason=HOSTILE)
    page = manager_client.get("/audit/").content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    answer = manager_client.get("/audit/export/")
    assert answer.headers["Content-Disposition"].endswith('"audit.csv"')
    content = answer.getvalue().decode()
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0][0] == "number"
    assert len(rows) == AuditEntry.objects.count() + 1
    assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_page_costs_the_same_for_one_row_and_for_fifty(
    manager: User, manager_client: Client
) -> None:
    costs = []
    for more in (1, 49):
        for _ in range(more):
            write(manager, "glass.broken")
        with CaptureQueriesContext(connection) as asked:
            rows = shown(manager_client, "?kind=glass")
        costs.append((len(rows), len(asked)))
    assert [rows for rows, _ in costs] == [1, 50]
    assert costs[0][1] == costs[1][1] <= 12


def test_a_check_that_runs_is_told(manager: User, manager_client: Client) -> None:
    TrailCheck.objects.create(asked_at=timezone.now(), asked_by=manager)
    assert b"verifying since" in manager_client.get("/audit/").content


@pytest.mark.parametrize("page", ["", "export/"])
@pytest.mark.parametrize(
    ("zone", "query"),
    [
        ("Asia/Tokyo", "since=0001-01-01"),
        ("Asia/Tokyo", "until=0001-01-01T00:00"),
        ("America/New_York", "until=9999-12-31T23:59"),
    ],
)
def test_a_moment_that_no_other_time_zone_has_is_refused(
    manager: User, manager_client: Client, page: str, zone: str, query: str
) -> None:
    Preferences.objects.create(user=manager, time_zone=zone)
    assert manager_client.get(f"/audit/{page}?{query}").status_code == 422
