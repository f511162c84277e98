"""A person puts another lawful offer in the place of what the seats agreed.

It is another package: what was said about the one before does not count for it, people decide it
whatever its score, and whoever amended it is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from negotiation import broadcast
from negotiation.engine.messages import PERSON, Act
from negotiation.engine.messages import Message as EngineMessage
from negotiation.engine.rules import IllegalMove
from negotiation.engine.space import NotInSpace
from negotiation.engine.table import BreaksConstraint
from negotiation.models import Message, Negotiation
from negotiation.scenarios import trials
from negotiation.services import (
    audits,
    decisions,
    judgements,
    precedents,
    returns,
    timers,
    transcripts,
)
from negotiation.services.packages import Amended
from negotiation.services.seals import seals

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.messages import Offer
    from negotiation.engine.session import Session
    from negotiation.models import Decision
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.judgements import Expectations, History
    from negotiation.services.judgements import Judged


class CannotTakeItsPlace(Exception):
    """This offer cannot take the place of what was agreed; the sentence says why."""


class NotReplayable(CannotTakeItsPlace):
    """The transcript does not fit its table any more, so nothing can be judged."""


def judged(*, decision: Decision, offer: Offer, by: User, now: datetime) -> Judged:
    """The offer judged as what `by` decides; raises CannotTakeItsPlace.

    Replays the table and reads the whole outcome space, so it belongs before the transaction.
    """
    if offer == decision.agreed:
        raise CannotTakeItsPlace("That is what it is already; change at least one issue.")
    return judged_of(negotiation=decision.negotiation, offer=offer, by=by, now=now)


def judged_of(*, negotiation: Negotiation, offer: Offer, by: User, now: datetime) -> Judged:
    """The same of any offer, whether the seats agreed on one or not."""
    scenario = negotiation.version.compiled()
    session = _replayed(negotiation, scenario)
    try:
        found = judgements.judge(
            negotiation=negotiation,
            scenario=scenario,
            session=session,
            offer=offer,
            now=now,
            amended=Amended(person=by.get_username(), message=len(session.messages) + 1),
        )
    except (NotInSpace, BreaksConstraint) as refusal:
        raise CannotTakeItsPlace(f"{refusal} Nothing was changed.") from refusal
    if found.judgement.route == "refuse":
        raise CannotTakeItsPlace(f"{decisions.refusal(found.judgement)['reason']}")
    return found


def amend(*, decision: Decision, judged: Judged, by: User, reason: str, now: datetime) -> None:
    """Parked → parked with another package, as `judged` by its function; the votes begin again.

    Call it in a transaction. Raises decisions.NotParked if it is not as it was seen any more, or
    if something was said at the table since.
    """
    scenario = decision.negotiation.version.compiled()
    again = returns.columns(judged) | returns.routed(scenario, judged, now)
    own = {"offer": judged.offer, "amended_by": by, "returned": F("returned")}
    changed = decisions.as_seen(decision).update(revision=F("revision") + 1, **again | own)
    if changed != 1 or not _say(decision, judged, by=by, reason=reason, now=now):
        raise decisions.NotParked(decisions.NotParked.__doc__)
    returns.keep(decision, now)
    timers.start(decision, now)
    audits.record(
        "decision.amended",
        decision,
        now=now,
        by=by,
        seen=decision.tag,
        reason=reason,
        offer=dict(judged.offer),
        **seals(decision),
    )
    broadcast.queue_changed()
    broadcast.transcript_changed(negotiation_id=decision.negotiation_id)


def message_of(*, negotiation: Negotiation, judged: Judged, by: User, text: str) -> EngineMessage:
    """The message that the package of a `judged` offer names, in which `by` says why."""
    return EngineMessage(
        seq=judged.features["amended"]["message"],
        round=max(negotiation.round, 1),
        sender=f"{PERSON}{by.get_username()}",
        act=Act.INTERVENE,
        text=text,
        decided_by="human",
    )


def _say(decision: Decision, judged: Judged, *, by: User, reason: str, now: datetime) -> bool:
    """Leaves the message that the package names, if it still is the next one."""
    negotiation = decision.negotiation
    text = f"Amended it: {_changes(decision, judged.offer)}. {reason}"
    said = message_of(negotiation=negotiation, judged=judged, by=by, text=text)
    at_rest = Negotiation.objects.filter(pk=negotiation.pk, head=said.seq - 1, next_at=None)
    if at_rest.update(head=said.seq) != 1:
        return False
    Message.from_move(negotiation, said, now).save(force_insert=True)
    return True


def _changes(decision: Decision, offer: Offer) -> str:
    words, before = decision.negotiation.version.compiled().words, decision.agreed
    return ", ".join(
        f"{words.label(issue)} {words.value(issue, option)} instead of"
        f" {words.value(issue, before[issue])}"
        for issue, option in offer.items()
        if before[issue] != option
    )


def _replayed(negotiation: Negotiation, scenario: CompiledScenario) -> Session:
    try:
        return transcripts.replayed(negotiation, scenario)
    except IllegalMove as problem:
        raise NotReplayable(f"{NotReplayable.__doc__} {problem}") from problem


def tried_out(*, negotiation: Negotiation, offer: Offer, now: datetime) -> trials.Trial:
    """What would follow if a person decided on `offer`, lawful or not; raises NotInSpace and
    NotReplayable."""
    scenario = negotiation.version.compiled()
    session = _replayed(negotiation, scenario)
    facts = scenario.facts_used(session.messages)

    def known(rules: CompiledScenario, seats: Expectations) -> History:
        features = precedents.features(rules, offer, seats, facts)
        return precedents.history(negotiation=negotiation, features=features, now=now)

    return trials.try_out(scenario, session, offer, facts=facts, known=known, now=now)
