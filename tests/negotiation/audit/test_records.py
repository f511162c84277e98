"""Rows of the audit trail: numbered without gaps, plain, kept, and written for every change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from negotiation import tasks
from negotiation.models import AuditEntry, AuditHead, guards
from negotiation.models.audit import GENESIS
from negotiation.services import audits, chains
from tests import factories

pytestmark = pytest.mark.django_db


def record(**details: Any) -> AuditEntry:
    return audits.record("test.done", User(pk=7), now=timezone.now(), **details)


def newest() -> AuditEntry:
    entry = AuditEntry.objects.last()
    assert entry is not None
    return entry


def test_the_first_row_follows_nothing_and_each_other_the_one_before() -> None:
    one, two = record(), record()
    assert (one.number, one.previous_hash) == (1, GENESIS)
    assert (two.number, two.previous_hash) == (2, one.hash)
    assert chains.verify() == 2


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.update(actor="eve"),
        lambda rows: rows.update(id=1000),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_keeps_its_rows(write: Callable[[Any], object]) -> None:
    entry = record()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        write(AuditEntry.objects.filter(pk=entry.pk))


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE negotiation_auditentry SET actor = 'eve'",
        "DELETE FROM negotiation_auditentry",
    ],
)
def test_sqlite_keeps_its_rows_too(write: str) -> None:
    embedded = sqlite3.connect(":memory:")
    try:
        embedded.execute("CREATE TABLE negotiation_auditentry (actor)")
        for statement in (*guards.SQLITE, *guards.SQLITE):
            embedded.execute(statement)
        embedded.execute("INSERT INTO negotiation_auditentry VALUES ('mia')")
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            embedded.execute(write)
    finally:
        embedded.close()


def test_what_is_undone_takes_its_number_with_it() -> None:
    record()
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert record().number == 2
    assert chains.verify() == 2


def test_a_lost_head_is_made_again_from_the_last_row() -> None:
    record()
    AuditHead.objects.all().delete()
    assert record().number == 2
    assert chains.verify() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_at_once_leave_no_gap() -> None:
    assert connection.vendor == "postgresql"
    ready = Barrier(20)

    def write(_: int) -> None:
        ready.wait()
        try:
            for _ in range(5):
                record(reason="all at once")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    assert list(AuditEntry.objects.values_list("number", flat=True)) == list(range(1, 101))
    assert chains.verify() == 100


HOSTILE = [
    "<script>alert(1)</script>",
    "\x00 \ud800 \u202e \U0001f600",
    "'; DROP TABLE negotiation_auditentry; --",
    '{"number": "1"}\n{"hash": "0"}',
    "a" * 100_000,
    "\\u0000 %s {0}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_kept_and_still_verifies(text: str) -> None:
    record(reason=text, **{"k\x00ey": [text]})
    kept = newest().details
    assert len(kept["reason"]) >= len(text)
    assert chains.verify() == 1


FIGURES = [2**53, -(2**60), 10**400, 1e22, -1e300, 0.1 + 0.2, -0.0, 5e-324, True, None, [1, (2,)]]


@pytest.mark.parametrize("value", FIGURES, ids=range(len(FIGURES)))
def test_figures_of_any_size_still_verify(value: Any) -> None:
    record(value=value)
    assert chains.verify() == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, {1, 2}, b"x", object()])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(audits.NotPlain):
        record(value={"deep": [value]})
    assert not AuditEntry.objects.exists()


def test_who_is_given_a_role_or_loses_it_is_written_down() -> None:
    user = factories.person()
    role = Group.objects.get(name="manager")
    user.groups.add(role)
    user.groups.add(role)
    role.user_set.remove(user)
    user.groups.set([role])
    user.groups.clear()
    User.objects.filter(pk=user.pk).get().save()
    user.is_superuser = True
    user.save()
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.delete()
    rows = AuditEntry.objects.filter(subject="user").values_list("action", "details")
    name = user.username
    assert [action for action, _ in rows] == [
        "account.made",
        "role.given",
        "role.taken",
        "role.given",
        "role.taken",
        "account.changed",
        "account.changed",
        "account.removed",
    ]
    assert rows[1][1] == {"username": name, "role": "manager"}
    assert rows[5][1] == {"username": name, "is_superuser": True}
    assert rows[6][1] == {"username": name, "is_active": False}
    assert chains.verify() == 8


def test_a_change_in_djangos_admin_has_an_author(client_of: Callable[[User], Client]) -> None:
    boss = User.objects.create_superuser("boss", password="x")
    user = factories.person()
    page = client_of(boss).post(
        reverse("admin:auth_user_change", args=[user.pk]),
        {
            "username": user.username,
            "is_active": "on",
            "groups": [Group.objects.get(name="admin").pk],
            "date_joined_0": "2026-01-01",
            "date_joined_1": "00:00:00",
        },
    )
    assert page.status_code == 302
    row = newest()
    assert (row.action, row.user, row.subject_id) == ("role.given", boss, user.pk)
    assert row.details["auth"] == "session"


def test_the_end_of_the_trail_is_noted_where_the_setting_says(
    settings: Settings, tmp_path: Any
) -> None:
    settings.AUDIT_ANCHOR_FILE = None
    tasks.anchor_audit()
    settings.AUDIT_ANCHOR_FILE = tmp_path / "anchors"
    tasks.anchor_audit(something_new=1)
    record()
    tasks.anchor_audit()
    lines = (tmp_path / "anchors").read_text().splitlines()
    assert [json.loads(line)["number"] for line in lines] == [0, 1]
