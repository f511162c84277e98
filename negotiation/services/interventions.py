"""What people bring to a table that is open: evidence for all seats, or a constraint.

A worker may be in the middle of a turn, so the table is held first: the turn is dropped and nobody
claims it for a moment. The message is made from the transcript as it stands then, and it is said
in one UPDATE that names the head it was made for. Whoever else steps in may have been quicker;
then it is made again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from negotiation import broadcast, dispatch
from negotiation.engine.formatting import spread
from negotiation.engine.messages import PERSON, Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.rules import IllegalMove
from negotiation.models import Message, Negotiation
from negotiation.services import audits, transcripts
from negotiation.services.exclusions import CONSTRAINED, INFORMED
from negotiation.services.reopenings import CannotBeAsked, Unlikely, out_of_reach, put
from negotiation.services.sessions import NotOpen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.messages import Evidence
    from negotiation.engine.requirements import Requirement
    from negotiation.engine.session import Session
    from negotiation.engine.table import Table

HOLD = timedelta(seconds=30)
"""How long a table stands still at most while a message is made; a process that dies meanwhile
costs no more than that."""

TRIES = 200


class CannotBeTold(Exception):
    """The seats cannot be told this; the sentence says why, and nothing was said."""


class ChangesNothing(Exception):
    """No seat would believe or do anything else than before; nothing was said."""


class Crowded(Exception):
    """Too many people step in at this moment. Nothing was said: try it again."""


def tell(
    *, negotiation_id: int, evidence: Evidence, by: User, reason: str, now: datetime
) -> Message:
    """Evidence about a public fact for all seats, which fuse it like what a seat tells.

    `source` is the document; who told of it is added. A `root` that is empty is filled in: the
    same document of the same day is counted once, whoever tells of it.
    Raises NotOpen, CannotBeTold, ChangesNothing, Crowded.
    """

    def make(session: Session) -> EngineMessage:
        return _told(session, evidence, by=by, reason=reason)

    details = {"fact": evidence.fact, "mean": evidence.mean, "sd": evidence.sd}
    said = {**details, "kind": evidence.kind, "source": evidence.source, "reason": reason}
    return _step_in(negotiation_id, make, _Entry(INFORMED, by, now, said))


def constrain(
    *,
    negotiation_id: int,
    requirements: Sequence[Requirement],
    by: User,
    reason: str,
    now: datetime,
    sure: bool = True,
) -> Message:
    """What every further offer of the table has to keep.

    Raises NotOpen, CannotBeAsked, ChangesNothing, Crowded and, unless `sure`, Unlikely.
    """
    if not requirements:
        raise CannotBeAsked("Say at least one thing that the seats have to keep.")

    def make(session: Session) -> EngineMessage:
        return _asked(session, requirements, by=by, reason=reason, sure=sure)

    entry = _Entry(CONSTRAINED, by, now, {"reason": reason})
    return _step_in(negotiation_id, make, entry)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The audit row that goes with what is said."""

    action: str
    by: User
    now: datetime
    details: dict[str, Any]


def _told(session: Session, evidence: Evidence, *, by: User, reason: str) -> EngineMessage:
    claim = replace(
        evidence,
        root=evidence.root or _root(evidence),
        source=f"{evidence.source}, told by {by.get_username()}",
    )
    fact = session.table.fact.get(claim.fact)
    if fact is None:
        raise CannotBeTold("Choose one of the facts of this table.")
    dated = f", {claim.observed_on}" if claim.observed_on else ""
    figure = spread(claim.mean, claim.sd, fact.unit)
    source = f"Source: {claim.source} ({claim.kind}{dated})."
    message = EngineMessage(
        seq=len(session.messages) + 1,
        round=session.round,
        sender=f"{PERSON}{by.get_username()}",
        act=Act.INTERVENE,
        text=f"Told all seats: “{reason}” {fact.label}: {figure}. {source}",
        evidence=claim,
        decided_by="human",
    )
    held = {name: each.beliefs[fact.name] for name, each in session.outlooks.items()}
    try:
        session.apply(message)
    except IllegalMove as problem:
        raise CannotBeTold(str(problem)) from problem
    if all(
        (held[name].mean, held[name].sd)
        == (each.beliefs[fact.name].mean, each.beliefs[fact.name].sd)
        for name, each in session.outlooks.items()
    ):
        raise ChangesNothing(
            "No seat would believe anything else: each has counted this source already, is certain"
            " of its own figure, or finds this too far from it. Nothing was said."
        )
    return message


def _root(evidence: Evidence) -> str:
    """Names the document, whoever tells of it."""
    document = evidence.url or " ".join(evidence.source.casefold().split())
    return f"{PERSON}{document}@{evidence.observed_on}"


def _asked(
    session: Session, requirements: Sequence[Requirement], *, by: User, reason: str, sure: bool
) -> EngineMessage:
    before = session.table
    message = put(session, requirements, by=by, saying=f"Added a constraint: “{reason}”")
    after = session.table
    if not len(after.lawful):
        raise CannotBeAsked(f"{out_of_reach(session)} Nothing was said.")
    if _as_many(before, after):
        raise ChangesNothing("Every offer that is left keeps this already. Nothing was said.")
    if not sure and (why := out_of_reach(session)):
        raise Unlikely(
            f"{why} If they learn nothing new that changes this, they end without an agreement. To"
            " add it all the same, press Add constraint again."
        )
    return message


def _as_many(before: Table, after: Table) -> bool:
    return before.space is after.space and len(before.lawful) == len(after.lawful)


def _step_in(
    negotiation_id: int, make: Callable[[Session], EngineMessage], entry: _Entry
) -> Message:
    for _ in range(TRIES):
        negotiation = _hold(negotiation_id, entry.now)
        try:
            message = make(transcripts.replayed(negotiation, negotiation.version.compiled()))
        except BaseException:
            _let_go(negotiation, entry.now)
            raise
        said = _say(negotiation, message, entry)
        if said is not None:
            return said
    raise Crowded(Crowded.__doc__)


def _hold(negotiation_id: int, now: datetime) -> Negotiation:
    """The table, which nobody else goes on with for a moment; raises NotOpen."""
    Negotiation.objects.active().filter(pk=negotiation_id).update(
        fence=F("fence") + 1, lease_until=None, next_at=now + HOLD, stalls=0
    )
    opened = Negotiation.objects.open().select_related("version__scenario")
    negotiation = opened.filter(pk=negotiation_id).first()
    if negotiation is None:
        raise NotOpen(NotOpen.__doc__)
    return negotiation


def _let_go(negotiation: Negotiation, now: datetime) -> None:
    """The table goes on at its own pace, unless somebody else holds it."""
    held = Negotiation.objects.active().filter(pk=negotiation.pk, fence=negotiation.fence)
    if held.update(next_at=now + timedelta(seconds=negotiation.pace)):
        dispatch.run_negotiation(negotiation.pk, delay=negotiation.pace)


def _say(negotiation: Negotiation, message: EngineMessage, entry: _Entry) -> Message | None:
    """The message's row; None if something was said since it was made."""
    expected = Negotiation.objects.filter(
        pk=negotiation.pk, status=negotiation.status, head=message.seq - 1
    )
    changes: dict[str, Any] = {"head": message.seq, "lease_until": None, "stalls": 0}
    waits = negotiation.status == Negotiation.Status.PAUSED
    if not waits:
        changes["next_at"] = entry.now + timedelta(seconds=negotiation.pace)
    with transaction.atomic():
        if expected.update(**changes) != 1:
            return None
        said = Message.from_move(negotiation, message, entry.now)
        said.save(force_insert=True)
        if not waits:
            dispatch.run_negotiation(negotiation.pk, delay=negotiation.pace)
        wanted = {"requirements": [each.text for each in message.requirements]}
        details = entry.details | (wanted if message.requirements else {})
        audits.record(entry.action, negotiation, now=entry.now, by=entry.by, **details)
        broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return said
