"""Writes the audit rows: in the transaction that changes the state they speak of.

`record` holds the end of the chain until the commit, so it comes last among the things that lock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.db import transaction

from negotiation.models import AuditEntry, AuditHead
from negotiation.models.audit import GENESIS

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import Model

# Larger whole numbers are not the same in every JSON reader.
LARGEST_NUMBER = 2**53 - 1


class NotPlain(ValueError):
    """An audit row takes plain JSON only."""


def record(
    action: str,
    subject: Model,
    *,
    now: datetime,
    by: User | None = None,
    voice: User | None = None,
    **details: Any,
) -> AuditEntry:
    """One row; `by=None` means that Parley itself acted, `voice` is on whose behalf `by` did.

    Details that mean the same everywhere: `seen` (the package hash or revision that the person
    had before them), `auth` (how they were recognised), `for_user` (the name of `voice`).
    """
    if voice is not None:
        details["for_user"] = voice.get_username()
    if by is not None and (auth := getattr(by, "recognised_by", None)):
        details.setdefault("auth", auth)
    kept = plain(details)
    with transaction.atomic(savepoint=False):
        head = _held_head()
        entry = AuditEntry(
            number=head.number + 1,
            at=now,
            actor=by.get_username() if by else "parley",
            user=by,
            action=action,
            subject=subject._meta.model_name or "",
            subject_id=subject.pk,
            details=kept,
            previous_hash=head.hash,
        )
        entry.hash = entry.hash_after(head.hash)
        entry.save(force_insert=True)
        AuditHead.objects.filter(pk=head.pk).update(number=entry.number, hash=entry.hash)
    return entry


def _held_head() -> AuditHead:
    try:
        return AuditHead.objects.select_for_update().get(pk=1)
    except AuditHead.DoesNotExist:
        last = AuditEntry.objects.last()
        found = {"number": last.number, "hash": last.hash} if last else {}
        start = {"number": 0, "hash": GENESIS}
        head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1, defaults=start | found)
        return head


def plain(value: Any) -> Any:
    """The value as JSON that reads the same in every database and every reader of JSON.

    Whole numbers beyond 2^53 become texts, characters that no database stores are written out.
    Raises `NotPlain` for everything that JSON does not know, NaN and infinity included.
    """
    match value:
        case None | bool():
            return value
        case str():
            # As a person's name or label may be a subclass (an enum), the plain text of it.
            return _storable(str(value))
        case int():
            return int(value) if abs(value) <= LARGEST_NUMBER else str(int(value))
        case float():
            if not math.isfinite(value):
                raise NotPlain(f"{NotPlain.__doc__} {value} is none.")
            return value if abs(value) <= LARGEST_NUMBER else repr(value)
        case dict():
            return {_key(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    raise NotPlain(f"{NotPlain.__doc__} {value!r} is none.")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotPlain(f"{NotPlain.__doc__} The key {key!r} is no text.")
    return _storable(str(key))


def _storable(text: str) -> str:
    """NUL and lone surrogates written out: PostgreSQL refuses the one, UTF-8 the other."""
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()
