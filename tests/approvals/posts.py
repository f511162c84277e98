"""Something to tell, and the workers that send it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from approvals import tasks
from approvals.models import Delivery
from approvals.services import notifications, preferences
from negotiation.models import Decision
from negotiation.services import audits
from tests import factories


def choose(user: User, *wanted: tuple[str, str], url: str = "") -> None:
    preferences.save(
        user=user, wanted=frozenset(wanted), url=url, new_secret=False, now=timezone.now()
    )


def say(decision: Decision | None = None, what: str = "parked", **details: Any) -> Decision:
    """Writes the row of the audit trail that people are told of."""
    decision = decision or factories.decision()
    audits.record(f"decision.{what}", decision, now=timezone.now(), **details)
    return decision


def read_all() -> None:
    """To the end of the audit trail."""
    while notifications.tell(now=timezone.now()):
        pass


def send_all(*, times: int = 1) -> None:
    """What the workers do, with every delivery asked for as often as `times`."""
    tasks.notify()
    for pk in Delivery.objects.values_list("pk", flat=True):
        for _ in range(times):
            tasks.deliver(delivery_id=pk)
