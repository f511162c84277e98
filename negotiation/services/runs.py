"""Runs negotiations: claim, replay, say the next thing, commit, let go.

What people and workers may do to a negotiation's status is drawn in `models/sessions.py`.
A worker owns a negotiation while its lease lasts. Every commit is one transaction: the new
messages, the new head, the lease, and with the last message the decision. It is conditional on
the fence, so a worker that was overtaken, or a table that was paused meanwhile, changes nothing.
Under a stop (`services/stops`) nothing is claimed and no turn is committed: what was being said is
said again when it is lifted.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from negotiation import broadcast, dispatch
from negotiation.engine.endings import Agreement, NoAgreement
from negotiation.engine.last_words import last_word
from negotiation.engine.messages import PERSON
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.plain import plain
from negotiation.engine.session import Session
from negotiation.models import Decision, Message, Negotiation
from negotiation.services import audits, decisions, judgements, returns, stops

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.models.sessions import NegotiationQuerySet
    from negotiation.scenarios.compilers import CompiledScenario

    Clock = Callable[[], datetime]

log = logging.getLogger("parley.runs")

LEASE = timedelta(seconds=30)
SLICE_SECONDS = 0.25
SEAT_SECONDS = 5.0  # a seat whose strategy takes longer loses its turn
SLICE_MESSAGES = 50
MAX_STALLS = 5


class LeaseLost(Exception):
    """Somebody paused, stopped or overtook this negotiation; nothing was written."""


@dataclass(frozen=True)
class _Lease:
    negotiation: Negotiation
    scenario: CompiledScenario
    session: Session


def run(*, negotiation_id: int, clock: Clock) -> None:
    """Takes a due negotiation as far as its pace allows. Harmless when it is not due."""
    negotiation = _claim(negotiation_id, clock())
    if negotiation is None:
        return
    try:
        lease = _prepare(negotiation, clock)
        while _take_slice(lease, clock):
            pass
    except LeaseLost:
        log.info("Negotiation %s went on without this worker.", negotiation_id)
    except stops.Stopped as stopped:
        log.info("Negotiation %s is held. %s", negotiation_id, stopped)
        _let_go(negotiation)


@transaction.atomic
def _claim(negotiation_id: int, now: datetime) -> Negotiation | None:
    stops.share()
    claimed = Negotiation.objects.due(now).unstopped().filter(pk=negotiation_id)
    won = claimed.update(
        status=Negotiation.Status.RUNNING,
        fence=F("fence") + 1,
        stalls=F("stalls") + 1,
        lease_until=now + LEASE,
    )
    if won != 1:
        return None
    return Negotiation.objects.select_related("version__scenario").get(pk=negotiation_id)


def _prepare(negotiation: Negotiation, clock: Clock) -> _Lease:
    if negotiation.stalls > MAX_STALLS:
        reason = f"It stopped {MAX_STALLS} times without saying anything new."
        _fail(negotiation, reason, clock())
        raise LeaseLost
    try:
        scenario = negotiation.version.compiled()
        moves = [EngineMessage.from_dict(message.body) for message in negotiation.messages.all()]
        session = Session.replay(
            scenario.table,
            seed=negotiation.seed,
            messages=moves,
            clock=time.monotonic,
            patience=SEAT_SECONDS,
        )
    except Exception as error:
        log.exception("Negotiation %s cannot be replayed.", negotiation.pk)
        _fail(negotiation, f"The transcript could not be replayed: {error}", clock())
        raise LeaseLost from error
    return _Lease(negotiation, scenario, session)


def _take_slice(lease: _Lease, clock: Clock) -> bool:
    """One committed batch of messages; True while there is more to say at once."""
    negotiation, session = lease.negotiation, lease.session
    try:
        moves = _next_moves(session, paced=negotiation.pace > 0)
        judged = _judged(lease, clock())
    except Exception as error:
        log.exception("Negotiation %s failed.", negotiation.pk)
        _fail(negotiation, f"The table broke down: {error}", clock())
        raise LeaseLost from error
    now = clock()
    ended = session.ending is not None
    with transaction.atomic():
        stops.refuse_if_over(negotiation)
        _advance(negotiation, moves, now=now, rounds=session.round, ended=ended)
        if ended:
            _conclude(lease, judged, now)
        elif negotiation.pace:
            dispatch.run_negotiation(negotiation.pk, delay=negotiation.pace)
        broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return not ended and not negotiation.pace


def _judged(lease: _Lease, now: datetime) -> judgements.Judged | None:
    """The agreement, judged while no transaction is open; None while there is none."""
    if not isinstance(lease.session.ending, Agreement):
        return None
    return judgements.judge(
        negotiation=lease.negotiation,
        scenario=lease.scenario,
        session=lease.session,
        offer=dict(lease.session.ending.offer),
        now=now,
    )


def _next_moves(session: Session, *, paced: bool) -> list[EngineMessage]:
    """Applies and returns what is said next: one message at a pace, a slice otherwise."""
    moves: list[EngineMessage] = []
    stop = time.monotonic() + SLICE_SECONDS
    while session.ending is None and (move := session.next()) is not None:
        session.apply(move)
        moves.append(move)
        if paced or len(moves) == SLICE_MESSAGES or time.monotonic() > stop:
            break
    return moves


def _advance(
    negotiation: Negotiation, moves: list[EngineMessage], *, now: datetime, rounds: int, ended: bool
) -> None:
    head = negotiation.head + len(moves)
    waits = timedelta(seconds=negotiation.pace)
    lease_until = None if ended or waits else now + LEASE
    won = _held(negotiation).update(
        head=head, round=rounds, stalls=0, next_at=now + waits, lease_until=lease_until
    )
    if won != 1:
        raise LeaseLost
    negotiation.head = head
    Message.objects.bulk_create(Message.from_move(negotiation, move, now) for move in moves)


def _conclude(lease: _Lease, judged: judgements.Judged | None, now: datetime) -> None:
    """Ends the negotiation in the transaction of its last message."""
    if judged is not None:
        changes = {"agreement": judged.offer, "summary": judged.summary.to_dict()}
        negotiation = _end(lease.negotiation, Negotiation.Status.AGREED, now, **changes)
        _decide(lease, negotiation, judged, now)
    elif isinstance(lease.session.ending, NoAgreement):
        ending = lease.session.ending
        told = {
            "reason": last_word(lease.scenario.table, ending)[:1000],
            "summary": {"ending": plain(ending)},
        }
        _end(lease.negotiation, Negotiation.Status.NO_AGREEMENT, now, **told)
        if ending.asks:
            broadcast.queue_changed()


def _decide(
    lease: _Lease, negotiation: Negotiation, judged: judgements.Judged, now: datetime
) -> None:
    """A new decision, or the one that people had sent back."""
    asked = [lease.session.messages[seq - 1] for seq in lease.session.reopened]
    decision = Decision.objects.filter(negotiation=negotiation).first() if asked else None
    if decision is None:
        decisions.decide(negotiation=negotiation, scenario=lease.scenario, judged=judged, now=now)
        return
    returns.come_back(
        decision=decision,
        scenario=lease.scenario,
        judged=judged,
        reason=_why(asked[-1]),
        now=now,
    )


def _why(asked: EngineMessage) -> str:
    wanted = " ".join(each.text for each in asked.requirements)
    return f"{asked.sender.removeprefix(PERSON)} had sent it back. {wanted}"[:1000]


def _held(negotiation: Negotiation) -> NegotiationQuerySet:
    """The row, as long as this worker's claim on it stands and nobody spoke in between."""
    return Negotiation.objects.filter(
        pk=negotiation.pk,
        fence=negotiation.fence,
        head=negotiation.head,
        status=Negotiation.Status.RUNNING,
    )


def _end(
    negotiation: Negotiation, status: Negotiation.Status, now: datetime, **changes: Any
) -> Negotiation:
    ended = _held(negotiation).update(
        status=status, finished_at=now, lease_until=None, next_at=None, **changes
    )
    if ended != 1:
        raise LeaseLost
    negotiation.refresh_from_db()
    if status != Negotiation.Status.AGREED:
        returns.give_up(negotiation_id=negotiation.pk, reason=negotiation.reason, now=now)
    audits.record(f"negotiation.{status}", negotiation, now=now)
    return negotiation


def _let_go(negotiation: Negotiation) -> None:
    """Gives the claim back as if it had not been made: a stop is no stall."""
    _held(negotiation).update(lease_until=None, stalls=Greatest(F("stalls"), 1) - 1)


def _fail(negotiation: Negotiation, reason: str, now: datetime) -> None:
    failed = Negotiation.Status.FAILED
    with suppress(LeaseLost), transaction.atomic():
        _end(negotiation, failed, now, reason=reason[:1000])
        broadcast.transcript_changed(negotiation_id=negotiation.pk)
