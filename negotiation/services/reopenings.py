"""A person asks for more than the seats have agreed on: the decision waits while they talk again.

The decision leaves the queue and the table goes on in one transaction. It comes back with what they
agree on then (`services/returns.come_back`), or it is void (`give_up`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from negotiation import broadcast, dispatch
from negotiation.engine.conflicts import conflicts_of, sentence
from negotiation.engine.messages import PERSON, Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.requirements import BadRequirement, check, worded
from negotiation.engine.rules import IllegalMove
from negotiation.models import Decision, Message, Negotiation
from negotiation.services import audits, decisions, transcripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.requirements import Requirement
    from negotiation.engine.session import Session
    from negotiation.engine.table import Table

MOST = 2
"""How often people may ask the same table for more."""


class SentBackTwice(Exception):
    """It was sent back twice already: approve what they agreed on, amend it, or reject it."""


class CannotBeAsked(Exception):
    """The seats cannot be asked for this; the sentence says why, and nothing was sent."""


class Unlikely(Exception):
    """As the seats see it now, nothing that keeps this reaches their limits."""


def asked(
    *,
    decision: Decision,
    requirements: Sequence[Requirement],
    by: User,
    reason: str,
    sure: bool = True,
) -> EngineMessage:
    """The message with which `by` asks for more; raises CannotBeAsked, and Unlikely unless `sure`.

    Replays the table, so it belongs before the transaction that sends the decision back.
    """
    if not requirements:
        raise CannotBeAsked("Say at least one thing that the seats have to keep.")
    negotiation = decision.negotiation
    try:
        session = transcripts.replayed(negotiation, negotiation.version.compiled())
    except IllegalMove as problem:
        raise CannotBeAsked(str(problem)) from problem
    message = put(session, requirements, by=by, saying=f"Sent it back: “{reason}”")
    _check_that_it_asks_for_something(decision, session.table)
    if not sure and (why := out_of_reach(session)):
        raise Unlikely(
            f"{why} If they learn nothing new that changes this, this decision is void. To send it"
            " back all the same, press Send back again."
        )
    return message


def put(
    session: Session, requirements: Sequence[Requirement], *, by: User, saying: str
) -> EngineMessage:
    """Applies and returns the message with which a person asks the seats to keep `requirements`;
    raises CannotBeAsked."""
    try:
        wanted = tuple(_worded(session.table, requirements))
        message = EngineMessage(
            seq=len(session.messages) + 1,
            round=session.round,
            sender=f"{PERSON}{by.get_username()}",
            act=Act.INTERVENE,
            text=f"{saying} From now on: {' '.join(each.text for each in wanted)}",
            requirements=wanted,
            decided_by="human",
        )
        session.apply(message)
    except (IllegalMove, BadRequirement) as problem:
        raise CannotBeAsked(str(problem)) from problem
    return message


def out_of_reach(session: Session) -> str:
    """What conflicts, as a sentence, where no offer is left that enough seats can live with."""
    conflicts = conflicts_of(session.table, session.outlooks)
    return sentence(session.table, conflicts) if conflicts else ""


def _worded(table: Table, requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    for each in requirements:
        check(table, each)
        yield replace(each, text=worded(table, each))


def _check_that_it_asks_for_something(decision: Decision, table: Table) -> None:
    if not len(table.lawful):
        looked_at = (
            f" of the {table.space.count:,} that are looked at" if table.space.pooled else ""
        )
        raise CannotBeAsked(
            f"No lawful offer{looked_at} keeps all of this. Ask for less; nothing was sent."
        )
    if decision.offer is None and not table.broken(table.space.index_of(decision.agreed)):
        raise CannotBeAsked(
            "What they agreed on keeps all of this already, so they would only agree on it again."
        )


@transaction.atomic
def reopen(
    *, decision: Decision, message: EngineMessage, by: User, reason: str, now: datetime
) -> None:
    """Parked → sent back, and the table that agreed goes on with `message`, which `asked` gave.

    Raises decisions.NotParked, SentBackTwice.
    """
    if decision.sent_back >= MOST:
        raise SentBackTwice(SentBackTwice.__doc__)
    left = decisions.as_seen(decision).update(
        status=Decision.Status.SENT_BACK,
        revision=F("revision") + 1,
        sent_back=F("sent_back") + 1,
        claimed_by=None,
        claimed_until=None,
    )
    if left != 1 or not _goes_on(decision.negotiation_id, message, now):
        raise decisions.NotParked(decisions.NotParked.__doc__)
    negotiation = decision.negotiation
    Message.from_move(negotiation, message, now).save(force_insert=True)
    dispatch.run_negotiation(negotiation.pk)
    wanted = [each.text for each in message.requirements]
    audits.record(
        "decision.sent_back",
        decision,
        now=now,
        by=by,
        seen=decision.tag,
        reason=reason,
        requirements=wanted,
    )
    audits.record("negotiation.reopened", negotiation, now=now, by=by, requirements=wanted)
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=negotiation.pk)


def _goes_on(negotiation_id: int, message: EngineMessage, now: datetime) -> bool:
    """Agreed → running, if nothing was said since `message` was made."""
    agreed = Negotiation.objects.filter(
        pk=negotiation_id, status=Negotiation.Status.AGREED, head=message.seq - 1
    )
    moved = agreed.update(
        status=Negotiation.Status.RUNNING,
        head=message.seq,
        agreement=None,
        summary={},
        reason="",
        finished_at=None,
        next_at=now,
        stalls=0,
    )
    return moved == 1
