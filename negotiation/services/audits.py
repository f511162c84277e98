"""Writes the audit rows: in the transaction that changes the state they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negotiation.models import AuditEntry

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import Model


def record(
    action: str, subject: Model, *, now: datetime, by: User | None = None, **details: Any
) -> AuditEntry:
    """One row; `by=None` means that Parley itself acted."""
    return AuditEntry.objects.create(
        at=now,
        actor=by.get_username() if by else "parley",
        user=by,
        action=action,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        details=details,
    )
