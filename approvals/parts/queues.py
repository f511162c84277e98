"""What the queue shows of an item besides the case: who is at it, for whom, and what can be
approved together with others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from approvals.services import looks
from approvals.services.batches import hindrance
from approvals.services.deputies import Deputies
from negotiation.models import ScenarioVersion
from negotiation.roles import may_review
from negotiation.services.exclusions import read_interventions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision


def waiting_rows(rows: list[dict[str, Any]], user: User, now: datetime) -> list[dict[str, Any]]:
    """The rows of the queue with what is different for everybody who looks."""
    deputies, reviews = Deputies(now), may_review(user)
    if reviews:
        _read_documents(row["decision"] for row in rows)
        read_interventions(row["decision"].negotiation for row in rows)
    awaited = looks.awaited((row["decision"] for row in rows), user)
    principals = {row["decision"].pk: deputies.principals(user, row["decision"]) for row in rows}
    return [
        row
        | {
            "claimed": _is_claimed(row["decision"], now),
            "for": principals[row["decision"].pk],
            # As on the card: nobody sees others' opinion before they have said their own.
            "withheld": row["decision"].pk in awaited
            and (reviews or bool(principals[row["decision"].pk])),
            "key": _key(row["decision"]),
            "selectable": reviews and _is_selectable(row["decision"], user, now),
        }
        for row in rows
    ]


def _is_claimed(decision: Decision, now: datetime) -> bool:
    return decision.claimed_until is not None and decision.claimed_until > now


def _is_selectable(decision: Decision, user: User, now: datetime) -> bool:
    in_time = decision.due_at is None or decision.due_at > now
    return in_time and hindrance(decision, user, now) is None


def _key(decision: Decision) -> str:
    """As long as the item is the same, so that a list sent again approves nothing twice."""
    return f"selected-{decision.pk}-{decision.revision}-{decision.short_hash}"


def _read_documents(decisions: Iterable[Decision]) -> None:
    """The rules that the exclusions ask, in one query for all rows."""
    versions = [decision.negotiation.version for decision in decisions]
    documents = dict(
        ScenarioVersion.objects.filter(pk__in={version.pk for version in versions}).values_list(
            "pk", "document"
        )
    )
    for version in versions:
        version.document = documents[version.pk]
