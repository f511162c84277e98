"""What people do to a negotiation: start, pause, resume and end it.

Each of these is a conditional UPDATE on the statuses it may start from, and leaves a message of
the person in the transcript, so that everybody who watches sees who did it and why.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast, dispatch
from negotiation.engine.messages import PERSON, SYSTEM, Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.models import Message, Negotiation
from negotiation.services import audits, returns, stops

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import ScenarioVersion
    from negotiation.models.sessions import NegotiationQuerySet

PAUSE_LASTS = timedelta(hours=24)
MAX_SEED = 2**31 - 1


class NotRunning(Exception):
    """Only a negotiation that is queued or running can be paused."""


class NotPaused(Exception):
    """Only a paused negotiation can be resumed."""


class NotOpen(Exception):
    """This negotiation has already ended."""


@transaction.atomic
def start(
    *,
    version: ScenarioVersion,
    by: User | None,
    now: datetime,
    pace: float | None = None,
    seed: int | None = None,
) -> Negotiation:
    """Opens a negotiation on this version; a worker picks it up after the commit.

    `pace` is in seconds between two messages, by default the scenario's own. The seed decides
    everything that is left to chance.
    """
    negotiation = Negotiation.objects.create(
        version=version,
        title=version.document["title"],
        seed=secrets.randbelow(MAX_SEED) if seed is None else seed,
        pace=version.document["protocol"]["pace"] if pace is None else pace,
        opened_by=by,
        opened_at=now,
        next_at=now,
    )
    audits.record("negotiation.started", negotiation, now=now, by=by, seed=negotiation.seed)
    dispatch.run_negotiation(negotiation.pk)
    broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return negotiation


def pause(*, negotiation_id: int, by: User, reason: str, now: datetime) -> None:
    """Holds the table until somebody resumes it, at most `PAUSE_LASTS`."""
    changes = {"status": Negotiation.Status.PAUSED, "next_at": now + PAUSE_LASTS, "reason": reason}
    with transaction.atomic():
        moved = Negotiation.objects.active().filter(pk=negotiation_id)
        if not _move(moved, changes):
            raise NotRunning(NotRunning.__doc__)
        _say(negotiation_id, "paused", by=by, reason=reason, now=now)


def resume(*, negotiation_id: int, by: User, reason: str, now: datetime) -> None:
    """The table goes on from where it stands."""
    changes = {"status": Negotiation.Status.RUNNING, "next_at": now, "reason": ""}
    with transaction.atomic():
        moved = Negotiation.objects.paused().filter(pk=negotiation_id)
        if not _move(moved, changes):
            raise NotPaused(NotPaused.__doc__)
        dispatch.run_negotiation(negotiation_id)
        _say(negotiation_id, "resumed", by=by, reason=reason, now=now)


def stop(*, negotiation_id: int, by: User, reason: str, now: datetime) -> None:
    """Ends the negotiation without an agreement."""
    if not _stop(Negotiation.objects.open(), negotiation_id, by=by, reason=reason, now=now):
        raise NotOpen(NotOpen.__doc__)


def stop_forgotten(*, negotiation_id: int, now: datetime) -> None:
    """Ends a negotiation that nobody resumed in time; harmless when somebody just did."""
    reason = f"Nobody resumed it within {PAUSE_LASTS.total_seconds() / 3600:.0f} hours."
    with transaction.atomic():
        stops.share()
        forgotten = Negotiation.objects.forgotten(now).unstopped()
        _stop(forgotten, negotiation_id, by=None, reason=reason, now=now)


def _stop(
    expected: NegotiationQuerySet,
    negotiation_id: int,
    *,
    by: User | None,
    reason: str,
    now: datetime,
) -> bool:
    changes = {
        "status": Negotiation.Status.STOPPED,
        "next_at": None,
        "finished_at": now,
        "reason": reason,
    }
    with transaction.atomic():
        stopped = _move(expected.filter(pk=negotiation_id), changes)
        if stopped:
            returns.give_up(
                negotiation_id=negotiation_id, reason=f"Its table was ended: {reason}", now=now
            )
            _say(negotiation_id, "ended", by=by, reason=reason, now=now)
    return stopped


def _move(expected: NegotiationQuerySet, changes: dict[str, Any]) -> bool:
    """The conditional UPDATE; a worker that was at it finds its lease gone."""
    return expected.update(head=F("head") + 1, lease_until=None, stalls=0, **changes) == 1


def _say(negotiation_id: int, done: str, *, by: User | None, reason: str, now: datetime) -> None:
    # The UPDATE before holds the row until the commit: `head` is this message's number alone.
    negotiation = Negotiation.objects.get(pk=negotiation_id)
    move = EngineMessage(
        seq=negotiation.head,
        round=max(negotiation.round, 1),
        sender=f"{PERSON}{by.get_username()}" if by else SYSTEM,
        act=Act.INTERVENE if by else Act.SYSTEM,
        text=f"{done.capitalize()} the negotiation{f': {reason}' if reason else '.'}",
        decided_by="human" if by else "strategy",
    )
    Message.from_move(negotiation, move, now).save(force_insert=True)
    audits.record(f"negotiation.{done}", negotiation, now=now, by=by, reason=reason)
    broadcast.transcript_changed(negotiation_id=negotiation_id)
