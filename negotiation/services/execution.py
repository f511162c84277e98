"""Carries out cleared decisions: consume the grant, then try until the target answers.

The grant is consumed in the transaction that makes the execution, so there is one execution per
decision however often the task arrives. Attempts run under a lease, outside any transaction; the
idempotency key is the same in each, so the target can tell a retry from a second order.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from negotiation import broadcast, dispatch
from negotiation.executors import EXECUTORS, ExecutorError, Order, Receipt
from negotiation.models import Decision, Execution, Grant
from negotiation.scenarios.texts import visible
from negotiation.services import audits, stops
from negotiation.services.returns import give_back
from negotiation.services.validity import GrantNotValid, checked_grant

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

log = logging.getLogger("parley.execution")

LEASE = timedelta(seconds=60)
# Seconds until the next attempt: about a day in all, as Standard Webhooks suggests.
BACKOFF = (1, 5, 30, 120, 600, 1_800, 7_200, 21_600, 43_200)


def execute(*, decision_id: int, clock: Callable[[], datetime]) -> None:
    """Carries out one cleared decision, or goes on trying. Harmless in every other state."""
    try:
        _begin(decision_id, clock())
    except GrantNotValid as error:
        give_back(decision_id=decision_id, reason=_kept(str(error)), clock=clock, final=error.final)
        return
    execution = _claim(decision_id, clock())
    if execution is None:
        return
    try:
        receipt = _attempt(execution, clock())
    except ExecutorError as error:
        _record_failure(execution, error, clock())
    except Exception as error:
        # The edge of the worker: told to people, tried again, and given up like any other.
        log.exception("Execution %s broke.", execution.pk)
        _record_failure(execution, ExecutorError(f"Parley could not send it: {error!r}"), clock())
    else:
        _record_success(execution, receipt, clock())


def _attempt(execution: Execution, now: datetime) -> Receipt:
    """One try, outside any transaction; before each one the bytes are held against the grant."""
    order = order_for(execution.decision)
    if execution.attempts > len(BACKOFF) + 1:
        raise ExecutorError("Every attempt ended without an answer.", permanent=True)
    if hashlib.sha256(order.body).hexdigest() != execution.grant.package_hash:
        raise ExecutorError("The package is not the one that was approved.", permanent=True)
    return EXECUTORS[execution.kind].execute(order, now=now)


def preview(decision: Decision) -> dict[str, str]:
    """The request that carrying out this decision makes, without making it."""
    kind, _ = _executor(decision)
    return EXECUTORS[kind].describe(order_for(decision))


def order_for(decision: Decision) -> Order:
    _, target = _executor(decision)
    return Order(
        key=f"parley-{decision.pk}-{_nonce(decision)}",
        body=decision.package.encode(),
        package_hash=decision.package_hash,
        target=target,
    )


def _nonce(decision: Decision) -> str:
    """Makes keys of two installations differ; unknown until somebody has cleared the decision."""
    grant = Grant.objects.filter(decision=decision, void_at=None).first()
    return grant.nonce[:22] if grant else "given-when-cleared"


def _executor(decision: Decision) -> tuple[str, str]:
    executor = decision.negotiation.version.document["executor"]
    return executor["kind"], executor.get("target") or ""


@transaction.atomic
def _begin(decision_id: int, now: datetime) -> None:
    """Cleared → executing, with the grant consumed and the execution made, or nothing at all."""
    stops.share()
    moved = Decision.objects.cleared().filter(pk=decision_id)
    if moved.update(status=Decision.Status.EXECUTING, revision=F("revision") + 1) != 1:
        return
    decision = Decision.objects.select_related("negotiation__version").get(pk=decision_id)
    if stop := stops.holding(decision):
        raise GrantNotValid(stop.sentence)
    grant, drift = checked_grant(decision, now)
    unused = Grant.objects.filter(pk=grant.pk, consumed_at=None, void_at=None)
    if unused.update(consumed_at=now) != 1:
        raise GrantNotValid("This permission has been used before.")
    kind, target = _executor(decision)
    execution = Execution.objects.create(
        decision=decision,
        grant=grant,
        idempotency_key=order_for(decision).key,
        kind=kind,
        target=target,
        drift=_kept(drift),
        started_at=now,
        next_at=now,
    )
    audits.record(
        "execution.started",
        execution,
        now=now,
        grant=str(grant.pk),
        package=decision.package_hash,
        drift=drift,
    )
    _announce(decision)


@transaction.atomic
def _claim(decision_id: int, now: datetime) -> Execution | None:
    """Under a lease; None while another worker or a stop holds it."""
    stops.share()
    due = Execution.objects.due(now).filter(decision_id=decision_id)
    found = due.select_related("decision__negotiation__version", "grant").first()
    if found is None or stops.holding(found.decision):
        return None
    won = due.update(fence=F("fence") + 1, attempts=F("attempts") + 1, lease_until=now + LEASE)
    if won != 1:
        return None
    found.refresh_from_db(fields=["fence", "attempts", "lease_until"])
    return found


def _record_success(execution: Execution, receipt: Receipt, now: datetime) -> None:
    _finish(execution, Execution.Status.SUCCEEDED, receipt.text, now)


def _record_failure(execution: Execution, error: ExecutorError, now: datetime) -> None:
    log.warning("Execution %s, attempt %s: %s", execution.pk, execution.attempts, error)
    if error.permanent or execution.attempts > len(BACKOFF):
        _finish(execution, Execution.Status.FAILED, str(error), now)
        return
    delay = BACKOFF[execution.attempts - 1]
    with transaction.atomic():
        held = _held(execution)
        if held.update(
            next_at=now + timedelta(seconds=delay), lease_until=None, response=_kept(str(error))
        ):
            audits.record(
                "execution.postponed",
                execution,
                now=now,
                attempts=execution.attempts,
                answer=_kept(str(error)),
                delay=delay,
            )
            dispatch.execute_decision(execution.decision_id, delay=delay)
            _announce(execution.decision)


def _finish(execution: Execution, status: Execution.Status, response: str, now: datetime) -> None:
    succeeded = status == Execution.Status.SUCCEEDED
    final = Decision.Status.EXECUTED if succeeded else Decision.Status.FAILED
    with transaction.atomic():
        changed = _held(execution).update(
            status=status,
            response=_kept(response),
            finished_at=now,
            lease_until=None,
            next_at=None,
        )
        if changed != 1:
            return
        executing = Decision.objects.executing().filter(pk=execution.decision_id)
        reason = "" if succeeded else _kept(response)
        if executing.update(status=final, revision=F("revision") + 1, reason=reason) != 1:
            raise AssertionError(f"decision {execution.decision_id} is not executing")
        audits.record(
            f"execution.{status}",
            execution,
            now=now,
            attempts=execution.attempts,
            answer=_kept(response),
        )
        _announce(execution.decision)


def _kept(answer: str) -> str:
    """What a target said, as a column takes it: it may hold anything, NUL included."""
    return visible(answer)[:1000]


def _held(execution: Execution) -> QuerySet[Execution]:
    return Execution.objects.pending().filter(pk=execution.pk, fence=execution.fence)


def _announce(decision: Decision) -> None:
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=decision.negotiation_id)
