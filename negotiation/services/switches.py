"""Puts the stop switch on and lifts it again. What it holds meanwhile: `services/stops`."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast
from negotiation.models import Decision, Negotiation, Stop
from negotiation.roles import may_lift, may_stop
from negotiation.services import audits, sessions, stops, timers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.db.models import QuerySet


class NotAllowed(Exception):
    """Operators, managers and admins stop; managers and admins lift a stop."""


class AlreadyStopped(Exception):
    """It is stopped already; one stop over the same thing is enough."""


class AlreadyLifted(Exception):
    """This stop has been lifted already."""


class NothingToStop(Exception):
    """A stop is over everything, over an agent by name, or over a table."""


class ReasonMissing(Exception):
    """Say why: everybody who finds it stopped, or going again, will ask."""


@transaction.atomic
def stop(
    *,
    scope: Stop.Scope,
    by: User,
    reason: str,
    now: datetime,
    seat: str = "",
    negotiation_id: int | None = None,
) -> Stop:
    """From the commit on nothing of it begins; what had begun before goes to its end."""
    if not may_stop(by):
        raise NotAllowed(NotAllowed.__doc__)
    reason = _said(reason)
    if (bool(seat), negotiation_id is not None) != _NAMED[scope]:
        raise NothingToStop(NothingToStop.__doc__)
    over = {"scope": scope, "seat": seat, "negotiation_id": negotiation_id}
    stops.take()
    if Stop.objects.live().filter(**over).exists():
        raise AlreadyStopped(AlreadyStopped.__doc__)
    stopped = Stop.objects.create(**over, reason=reason, by=by, at=now)
    audits.record("stop.set", stopped, now=now, by=by, reason=reason, **_subject(stopped))
    _announce(stopped)
    return stopped


_NAMED = {
    Stop.Scope.GLOBAL: (False, False),
    Stop.Scope.AGENT: (True, False),
    Stop.Scope.NEGOTIATION: (False, True),
}


@transaction.atomic
def lift(*, stop_id: int, by: User, reason: str, now: datetime) -> Stop:
    """It goes on from where it stands, and its deadlines are later by as long as it stood."""
    if not may_lift(by):
        raise NotAllowed(NotAllowed.__doc__)
    reason = _said(reason)
    stops.take()
    lifted = Stop.objects.live().filter(pk=stop_id)
    if lifted.update(lifted_at=now, lifted_by=by, lift_reason=reason) != 1:
        raise AlreadyLifted(AlreadyLifted.__doc__)
    found = Stop.objects.get(pk=stop_id)
    _move_deadlines(found, now)
    stood = (now - found.at).total_seconds()
    audits.record(
        "stop.lifted", found, now=now, by=by, reason=reason, stood=stood, **_subject(found)
    )
    _announce(found)
    return found


def _move_deadlines(lifted: Stop, now: datetime) -> None:
    """Later by as long as this stop alone stood: another one over the same row counts its own."""
    for tables, until in _by_end(lifted, Negotiation.objects.paused(), "", now):
        ends = ((pk, at, sessions.PAUSE_LASTS) for pk, at in tables.values_list("pk", "next_at"))
        for by, pks in _lengths(ends, lifted.at, until):
            Negotiation.objects.paused().filter(pk__in=pks).update(next_at=F("next_at") + by)
    for parked, until in _by_end(lifted, Decision.objects.parked(), "negotiation__", now):
        found = parked.values_list("pk", "due_at", "tier__window_hours")
        ends = ((pk, at, timedelta(hours=hours or 0)) for pk, at, hours in found)
        for by, pks in _lengths(ends, lifted.at, until):
            timers.shift_all(pks, by=by)


def _by_end(
    lifted: Stop, rows: QuerySet[Any], path: str, now: datetime
) -> Iterator[tuple[QuerySet[Any], datetime]]:
    """The rows that were under it, and until when nothing else that still stands was over them."""
    held = rows.filter(Stop.objects.filter(pk=lifted.pk).reach(path))
    for other in Stop.objects.live().order_by("at"):
        under = Stop.objects.filter(pk=other.pk).reach(path)
        yield held.filter(under), min(other.at, now)
        held = held.exclude(under)
    yield held, now


def _lengths(
    ends: Iterable[tuple[int, datetime, timedelta]], since: datetime, until: datetime
) -> list[tuple[timedelta, list[int]]]:
    """How long each row's time stood still; what began under the stop has waited for less.

    `ends`: a row, when its time runs out, and how long that is in all.
    """
    found: defaultdict[timedelta, list[int]] = defaultdict(list)
    for pk, end, lasts in ends:
        stood = until - (max(since, end - lasts) if lasts else since)
        if stood > timedelta():
            found[stood].append(pk)
    return list(found.items())


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(ReasonMissing.__doc__)
    return reason.strip()


def _subject(stop: Stop) -> dict[str, Any]:
    return {"scope": str(stop.scope), "seat": stop.seat, "negotiation": stop.negotiation_id}


def _announce(stop: Stop) -> None:
    broadcast.queue_changed()
    if stop.negotiation_id:
        broadcast.transcript_changed(negotiation_id=stop.negotiation_id)
    else:
        for pk in Negotiation.objects.open().values_list("pk", flat=True):
            broadcast.transcript_changed(negotiation_id=pk)
