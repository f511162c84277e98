"""A long audit trail, and ways to get past the triggers that keep it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from negotiation.models import AuditEntry, AuditHead
from negotiation.models.audit import GENESIS

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def write(count: int) -> None:
    """Rows as `record` makes them, all at once."""
    entries, last = [], GENESIS
    for number in range(1, count + 1):
        entry = AuditEntry(
            number=number,
            at=BEGAN + timedelta(seconds=number),
            actor="mia",
            action="decision.rejected",
            subject="decision",
            subject_id=number // 3 + 1,
            details={"reason": f"Too dear, the {number}th time", "score": number / 7},
            previous_hash=last,
        )
        entry.hash = last = entry.hash_after(last)
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
    AuditHead.objects.update_or_create(pk=1, defaults={"number": count, "hash": last})


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE negotiation_auditentry, negotiation_audithead")


def unguarded() -> None:
    """As the database's owner could; undone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE negotiation_auditentry DISABLE TRIGGER audit_rows_are_kept")


def change(row: int, **columns: Any) -> None:
    AuditEntry.objects.filter(number=row).update(**columns)


def rechain(first: int) -> None:
    """What a careful forger does: numbers and hashes made anew from this row on."""
    last = AuditEntry.objects.get(number=first - 1).hash if first > 1 else GENESIS
    entries = list(AuditEntry.objects.filter(number__gte=first).order_by("number"))
    for entry in entries:
        entry.previous_hash = last
        entry.hash = last = entry.hash_after(last)
    AuditEntry.objects.bulk_update(entries, ["previous_hash", "hash"], batch_size=1000)
    AuditHead.objects.update(number=entries[-1].number, hash=last)
