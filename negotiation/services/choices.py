"""Where the seats did not agree and the table's rules ask a person: what that person chooses.

The negotiation stays without an agreement; the choice is a decision of its own, as an amendment is:
judged as what a person decides, and for somebody else to approve. There is one for each table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from negotiation import broadcast
from negotiation.models import Decision, Message, Negotiation
from negotiation.services import amendments, audits, precedents, returns, stops, timers
from negotiation.services.seals import seals

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.services.judgements import Judged


class NobodyIsAsked(Exception):
    """This table does not ask anybody, or somebody has chosen already."""


@transaction.atomic
def choose(
    *, negotiation: Negotiation, judged: Judged, by: User, reason: str, now: datetime
) -> Decision:
    """A parked decision on what was `judged` (amendments.judged_of).

    Raises NobodyIsAsked, also if something was said at the table since it was judged, and while
    there is a stop over it.
    """
    stops.share()
    for stop in stops.live_for(negotiation)[:1]:
        raise NobodyIsAsked(stop.sentence)
    text = f"Chose where the seats did not agree. {reason}"
    said = amendments.message_of(negotiation=negotiation, judged=judged, by=by, text=text)
    asking = Negotiation.objects.asking().filter(pk=negotiation.pk, head=said.seq - 1)
    if asking.update(head=said.seq) != 1:
        raise NobodyIsAsked(NobodyIsAsked.__doc__)
    Message.from_move(negotiation, said, now).save(force_insert=True)
    scenario = negotiation.version.compiled()
    decision = Decision.objects.create(
        negotiation=negotiation,
        offer=judged.offer,
        amended_by=by,
        action_class=precedents.class_of(judged.features),
        created_at=now,
        **returns.columns(judged) | returns.routed(scenario, judged, now) | {"returned": 0},
    )
    timers.start(decision, now)
    audits.record(
        "decision.chosen",
        decision,
        now=now,
        by=by,
        seen=str(said.seq - 1),
        reason=reason,
        offer=dict(judged.offer),
        score=decision.score,
        **seals(decision),
    )
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=negotiation.pk)
    return decision
