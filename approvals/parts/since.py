"""What was carried out at the same service while a decision waited: its figures do not know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negotiation.models import Decision
from negotiation.services import validity

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

_NOT_BEGUN = (Decision.Status.PARKED, Decision.Status.CLEARED)
"""Afterwards the execution says what it found when it began."""


def context(decision: Decision, user: User, _now: datetime) -> dict[str, Any]:
    """For `approvals/_done_since.html` and `approvals/_approve_since.html`.

    `seen_since` changes with whatever of this is shown.
    """
    others: list[int] = []
    if decision.status in _NOT_BEGUN:
        done = validity.done_since(decision).visible_to(user)
        others = list(done.values_list("pk", flat=True))
    return {
        "done_since": validity.said_of_done(others),
        "done_by": others,
        "seen_since": len(others),
    }
