"""What the stop switch holds, asked of the database at the moment of use.

Whoever begins something calls `share` before it locks anything else: from there to its commit
nobody can stop or lift (`services/switches` does both alone). So of a stop and a beginning at the
same moment either the beginning was committed before the stop, or it sees the stop and does not
begin.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection, transaction

from negotiation.engine.gates import Finding
from negotiation.models import Stop

if TYPE_CHECKING:
    from negotiation.engine.policy import Judgement
    from negotiation.models import Decision, Negotiation

RULE = "stop-switch"
# Names the lock to PostgreSQL; any number that nothing else in the database locks by.
_SWITCH = 57_001_114


class Stopped(Exception):
    """The stop switch is on for it."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.sentence)


def share() -> None:
    """Keeps the switch as it is until the commit, together with everybody else who begins."""
    _lock("pg_advisory_xact_lock_shared")


def take() -> None:
    """Keeps the switch until the commit, alone: waits for all who share it, and they for us."""
    _lock("pg_advisory_xact_lock")


def live_for(negotiation: Negotiation) -> list[Stop]:
    """The live stops over a table and all that came of it, the oldest first."""
    # A document that cannot be read any more is somebody else's business.
    seats = [seat["name"] for seat in negotiation.version.document.get("seats") or ()]
    return list(Stop.objects.live().over(negotiation.pk, seats).order_by("at", "pk"))


def holding(decision: Decision) -> Stop | None:
    """The stop that holds a decision; whoever broke the glass did so knowing the older ones."""
    broken_at = decision.glass_broken_at
    over = live_for(decision.negotiation)
    return next((stop for stop in over if broken_at is None or stop.at >= broken_at), None)


def refuse_if_over(negotiation: Negotiation) -> None:
    """Shares the switch; raises Stopped if there is a stop over the table."""
    share()
    for stop in live_for(negotiation)[:1]:
        raise Stopped(stop)


def held_against(negotiation: Negotiation, judgement: Judgement) -> Judgement:
    """The judgement, for people if there is a stop over its table. Shares the switch."""
    share()
    stops = live_for(negotiation)
    if not stops or judgement.route == "refuse":
        return judgement
    finding = Finding(
        rule=RULE,
        text=stops[0].sentence,
        subject=RULE,
        measured=stops[0].subject,
        limit=None,
        unit="",
        forces="review",
    )
    return replace(judgement, route="review", findings=(finding, *judgement.findings))


def _lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The switch is kept until a commit.")
    # A transaction of SQLite is alone from its beginning.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_SWITCH])
