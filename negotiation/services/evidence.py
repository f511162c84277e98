"""Everything about one decision in one file that can be checked without Parley.

The texts and the audit rows are in it byte for byte as they were hashed, with the links of the
chain from the first of these rows to its head; of other people's rows only their digests.
`negotiation/verify_evidence.py` checks it and needs nothing but Python.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import ManyToOneRel, Q

from negotiation.models import AuditEntry, AuditHead, Decision, Message, Negotiation
from negotiation.models.audit import GENESIS, sha256
from negotiation.services import audits, chains, seals

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "parley-evidence/1"
# Rows that lie further back than this (an old version of the rules) are given without their links.
LONGEST_CHAIN = 100_000
# Keys of the door: named, never shown.
SECRETS = frozenset({"nonce", "signature", "idempotency_key"})
# In the texts already, or not about this decision alone.
ELSEWHERE: tuple[type[models.Model], ...] = (Message, Negotiation)


def export(*, decision: Decision, now: datetime) -> str:
    """The file's content: JSON whose first line has the SHA-256 of the rest."""
    with transaction.atomic():
        # Held until all is read, so that rows and texts are of one moment.
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        rows = _rows_about(decision)
        entries = list(_entries(decision, rows))
        evidence = {
            "format": FORMAT,
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "decision": _shown(decision, leave_out={"package", "judgement"}),
            "texts": seals.texts(decision),
            "rows": {_name(model): [_shown(row) for row in found] for model, found in rows.items()},
            "audit": [_audit_row(entry) for entry in entries],
        }
    evidence["chain"] = _chain(entries, head)
    body = f'"evidence": {json.dumps(evidence, indent=1)}}}\n'
    return f'{{"sha256": "{sha256(body)}",\n{body}'


Rows = dict[type[models.Model], list[models.Model]]


def _rows_about(decision: Decision) -> Rows:
    """What points to the decision and what points to that, whichever app it belongs to."""
    found: Rows = {}
    seen: set[tuple[type[models.Model], Any]] = {(Decision, decision.pk)}
    waiting: list[models.Model] = [decision]
    while waiting:
        row = waiting.pop()
        for other in _pointing_to(row):
            if (type(other), other.pk) not in seen:
                seen.add((type(other), other.pk))
                found.setdefault(type(other), []).append(other)
                waiting.append(other)
    return found


def _pointing_to(row: models.Model) -> Iterable[models.Model]:
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model not in ELSEWHERE:
            model, field = relation.related_model, relation.field.name
            yield from model._default_manager.filter(**{field: row}).order_by("pk")


def _entries(decision: Decision, rows: Rows) -> Iterable[AuditEntry]:
    negotiation = decision.negotiation
    about = Q(subject="decision", subject_id=decision.pk)
    about |= Q(subject="negotiation", subject_id=negotiation.pk)
    about |= Q(subject="scenarioversion", subject_id=negotiation.version_id)
    for model, found in rows.items():
        name = model._meta.model_name or ""
        about |= Q(subject=name, subject_id__in=[row.pk for row in found])
    return AuditEntry.objects.filter(about).order_by("number")


def _audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "text": entry.canonical,
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }


def _chain(entries: list[AuditEntry], head: AuditHead | None) -> dict[str, Any]:
    """The hash before the first row, and a digest for each row from there to the head."""
    last = head.number if head else 0
    near = [entry for entry in entries if entry.number > last - LONGEST_CHAIN]
    after = near[0].number - 1 if near else last
    links = takewhile(lambda entry: entry.number <= last, chains.entries(after=after))
    return {
        "after": after,
        "after_hash": near[0].previous_hash if near else _hash(head),
        "links": [entry.digest for entry in links],
        "head": {"number": last, "hash": _hash(head)},
    }


def _hash(head: AuditHead | None) -> str:
    return head.hash if head else GENESIS


def _name(model: type[models.Model]) -> str:
    return str(model._meta.label_lower)


def _shown(row: models.Model, leave_out: Iterable[str] = ()) -> dict[str, Any]:
    return {
        field.name: _value(row, field)
        for field in row._meta.concrete_fields
        if field.name not in leave_out
    }


def _value(row: models.Model, field: models.Field[Any, Any]) -> Any:
    value = field.value_from_object(row)
    if field.name in SECRETS:
        return {"sha256": sha256(str(value))}
    if value is not None and field.related_model is User:
        person: User = getattr(row, field.name)
        return {"id": str(value), "name": person.get_username()}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and field.is_relation:
        return str(value)
    return audits.plain(value) if _is_plain(value) else str(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, float, bool, dict, list, type(None)))
