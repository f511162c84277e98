"""Proves that whatever is open has a time at which something will look at it again.

Constraints carry most of it; this looks whether they, and what no constraint can say, hold. What is
found is counted by /metrics at every reading, and an alarm is raised once for each item.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from approvals.models import Alarm, Delivery, GlassReview
from negotiation.models import Decision, Execution, Grant, Negotiation, PolicyChange, Timer
from negotiation.services import audits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

log = logging.getLogger("parley.auditor")

# So many alarms of a kind are raised at once; the metric counts all.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`lacking` leaves of what is open that which nobody comes back to; `sentence` says why."""

    name: str
    sentence: str
    open: Callable[[], QuerySet[Any]]
    lacking: Callable[[QuerySet[Any]], QuerySet[Any]]

    def missing(self) -> QuerySet[Any]:
        return self.lacking(self.open())


KINDS = (
    Kind(
        name="decision_parked",
        sentence="It is parked, and no timer ends it at its due time.",
        open=Decision.objects.parked,
        lacking=lambda parked: parked.exclude(
            Exists(
                Timer.objects.live().filter(
                    decision=OuterRef("pk"), kind=Timer.Kind.END, due_at=OuterRef("due_at")
                )
            )
        ),
    ),
    Kind(
        name="decision_sent_back",
        sentence="It was sent back, and its table is not open.",
        open=Decision.objects.sent_back,
        lacking=lambda sent: sent.exclude(negotiation__status__in=Negotiation.OPEN),
    ),
    Kind(
        name="decision_cleared",
        sentence="It is cleared, and there is no permission to carry it out.",
        open=Decision.objects.cleared,
        lacking=lambda cleared: cleared.exclude(
            Exists(Grant.objects.filter(decision=OuterRef("pk"), void_at=None, consumed_at=None))
        ),
    ),
    Kind(
        name="decision_executing",
        sentence="It is being carried out, and no attempt is to come.",
        open=Decision.objects.executing,
        lacking=lambda executing: executing.exclude(
            Exists(
                Execution.objects.pending().filter(decision=OuterRef("pk"), next_at__isnull=False)
            )
        ),
    ),
    Kind(
        name="negotiation",
        sentence="It is open, and nobody will look at it.",
        open=Negotiation.objects.open,
        lacking=lambda tables: tables.filter(next_at=None),
    ),
    Kind(
        name="policy_change",
        sentence="It waits for a second admin, and never expires.",
        open=PolicyChange.objects.parked,
        lacking=lambda changes: changes.filter(expires_at=None),
    ),
    Kind(
        name="glass_review",
        sentence="It is to be looked at afterwards, and nobody is told when it is late.",
        open=GlassReview.objects.open,
        lacking=lambda reviews: reviews.filter(due_at=None),
    ),
    Kind(
        name="delivery",
        sentence="It is to be sent, and no attempt is to come.",
        open=Delivery.objects.pending,
        lacking=lambda deliveries: deliveries.filter(next_at=None),
    ),
)


def raise_alarms(*, now: datetime) -> list[Alarm]:
    """The alarms that are new. What was mended since is ended."""
    fresh = []
    for kind in KINDS:
        missing = kind.missing()
        for pk in missing.order_by("pk").values_list("pk", flat=True)[:MOST]:
            fresh += _raised(kind, pk, now)
        mended = Alarm.objects.live().filter(kind=kind.name)
        for alarm in mended.exclude(item_id__in=missing.values("pk")):
            _ended(alarm, now)
    return fresh


@transaction.atomic
def _raised(kind: Kind, pk: int, now: datetime) -> list[Alarm]:
    alarm, is_new = Alarm.objects.live().get_or_create(
        kind=kind.name,
        item_id=pk,
        ended_at=None,
        defaults={"sentence": kind.sentence, "raised_at": now},
    )
    if not is_new:
        return []
    log.error("%s %s: %s", kind.name, pk, kind.sentence)
    audits.record("alarm.raised", alarm, now=now, kind=kind.name, item=str(pk))
    return [alarm]


@transaction.atomic
def _ended(alarm: Alarm, now: datetime) -> None:
    if Alarm.objects.live().filter(pk=alarm.pk).update(ended_at=now):
        audits.record("alarm.ended", alarm, now=now, kind=alarm.kind, item=str(alarm.item_id))
