"""A person's verdict on a decision: as many approvals of one package as its tier asks for.

No wins over yes until the permission is used.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict

from django.db import IntegrityError, transaction
from django.utils.timesince import timesince

from approvals.models import Review
from approvals.services import claims
from approvals.services.calls import Call, answered, keep
from approvals.services.deputies import stands_in_for
from approvals.services.objections import objection, stand
from negotiation.models import Decision
from negotiation.roles import may_operate, may_review
from negotiation.services import decisions, stops

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import NotRequired, Unpack

    from django.contrib.auth.models import User

    from negotiation.models import Stop


class NotAllowed(Exception):
    """Only managers approve and reject. Only operators and admins withdraw."""


class MayNotApprove(Exception):
    """This person cannot approve this package now; the sentence says why."""


class ReasonMissing(Exception):
    """A rejection needs a reason: the agents' owners and the next reviewer will read it."""


class NotParked(Exception):
    """The decision is no longer waiting as it was seen; `decision` is how it stands now."""

    def __init__(self, decision: Decision, sentence: str) -> None:
        super().__init__(sentence)
        self.decision = decision


class Verdict(TypedDict):
    """What every verdict comes with: the package that was seen, in the state in which it was seen;
    a key of the call; and whose voice it is, if not one's own."""

    decision_id: int
    by: User
    seen_hash: str
    now: datetime
    reason: NotRequired[str]
    seen_revision: NotRequired[int | None]
    key: NotRequired[str]
    for_user: NotRequired[User | None]


def approve(**said: Unpack[Verdict]) -> Review:
    """Approves exactly the package whose hash the reviewer saw, as it stood then; with the last
    approval that it needs it is cleared. Raises NotAllowed, MayNotApprove, NotParked, KeyReused."""
    return _verdict(Review.Verdict.APPROVE, said)


def reject(**said: Unpack[Verdict]) -> Review:
    """Ends the decision; nothing is carried out. Raises ReasonMissing besides."""
    return _verdict(Review.Verdict.REJECT, said)


def withdraw(**said: Unpack[Verdict]) -> Review:
    """Takes back what an operator had asked the agents for, until a worker begins."""
    return _verdict(Review.Verdict.WITHDRAW, said)


def _verdict(verdict: Review.Verdict, said: Verdict) -> Review:
    now, reason = said["now"], said.get("reason", "")
    if verdict != Review.Verdict.APPROVE and not reason.strip():
        raise ReasonMissing(ReasonMissing.__doc__)
    call = Call(
        decision_id=said["decision_id"],
        by=said["by"],
        verdict=verdict,
        reason=reason,
        seen_hash=said["seen_hash"],
        seen_revision=said.get("seen_revision"),
        key=said.get("key", ""),
        for_user=said.get("for_user"),
    )
    _refuse_without_a_voice(call, now)
    try:
        return once(call, lambda: _decide(call, now))
    except IntegrityError:
        _refuse_an_objection(seen(call, now), call)
        raise


def once(call: Call, decide: Callable[[], Review]) -> Review:
    """What `decide` returns, or the verdict that the very same call has led to before."""
    try:
        return answered(call) or decide()
    except (NotParked, MayNotApprove, IntegrityError):
        # The same call may be on its way twice: the first one's answer is then ours as well.
        review = answered(call)
        if review is None:
            raise
        return review


def _refuse_without_a_voice(call: Call, now: datetime) -> None:
    if call.for_user is not None:
        decision = Decision.objects.select_related("negotiation__version").get(pk=call.decision_id)
        if call.for_user not in stands_in_for(call.by, decision, now):
            name = call.for_user.get_username()
            raise NotAllowed(f"You do not stand in for {name} on this decision. Nothing was done.")
        return
    allowed = may_operate if call.verdict == Review.Verdict.WITHDRAW else may_review
    if not allowed(call.by):
        raise NotAllowed(NotAllowed.__doc__)


def _decide(call: Call, now: datetime) -> Review:
    decision = seen(call, now)
    if call.verdict == Review.Verdict.APPROVE:
        _refuse_an_objection(decision, call)
    scenario = decision.negotiation.version.compiled()
    try:
        with transaction.atomic():
            if call.verdict == Review.Verdict.APPROVE:
                decisions.vote(
                    decision=decision,
                    scenario=scenario,
                    by=call.by,
                    reason=call.reason,
                    now=now,
                    voice=call.for_user,
                    stand=partial(stand, decision, call.for_user or call.by),
                )
            elif call.verdict == Review.Verdict.WITHDRAW:
                decisions.withdraw(decision=decision, by=call.by, reason=call.reason, now=now)
            else:
                decisions.reject(
                    decision=decision,
                    by=call.by,
                    reason=call.reason,
                    now=now,
                    voice=call.for_user,
                )
            return keep(call, decision, now)
    except decisions.NotParked:
        raise too_late(call.decision_id, now) from None


def _refuse_an_objection(decision: Decision, call: Call) -> None:
    against = objection(decision, call.by, call.for_user)
    if against is not None:
        raise MayNotApprove(against)


def seen(call: Call, now: datetime) -> Decision:
    """The decision, if it still is what was looked at; raises NotParked."""
    decision = (
        Decision.objects.visible_to(call.by)
        .select_related("negotiation__version__scenario", "claimed_by")
        .get(pk=call.decision_id)
    )
    if decision.package_hash != call.seen_hash:
        raise NotParked(decision, "The package has changed since you looked; nothing was decided.")
    held = stops.holding(decision)
    parked = decision.status == Decision.Status.PARKED
    # Under a stop no time passes: a no is taken, however late it is by the clock.
    if parked and held is None and decision.due_at and decision.due_at <= now:
        raise NotParked(decision, "Its time had run out before you decided; nothing was changed.")
    if call.verdict in {Review.Verdict.REJECT, Review.Verdict.WITHDRAW}:
        return decision  # whatever happened since, it is this package that is not wanted
    if parked and held is not None:
        raise _held(decision, held)
    if claims.claimed_by_other(decision, call.by, now):
        raise NotParked(decision, claims.sentence(decision))
    if call.seen_revision not in {None, decision.revision}:
        if decision.status != Decision.Status.PARKED:
            raise too_late(call.decision_id, now)
        raise NotParked(
            decision, "It was decided and came back since you looked; nothing was changed."
        )
    return decision


def _held(decision: Decision, stop: Stop) -> NotParked:
    said = f"{stop.sentence} Nothing was changed. Rejecting it is always possible."
    return NotParked(decision, said)


def too_late(decision_id: int, now: datetime) -> NotParked:
    """Says who was first, and when."""
    decision = Decision.objects.select_related("negotiation__version__scenario").get(pk=decision_id)
    last = decision.reviews.select_related("reviewer").order_by("-id").first()
    if decision.status == Decision.Status.PARKED:
        if stop := stops.holding(decision):
            return _held(decision, stop)
        return NotParked(decision, "It changed while you decided; nothing was changed.")
    if last is None:
        return NotParked(decision, f"It is {decision.get_status_display().lower()} already.")
    seconds = round((now - last.created_at).total_seconds())
    ago = f"{seconds} s" if seconds < 60 else timesince(last.created_at, now)
    return NotParked(
        decision,
        f"{last.reviewer.get_username()} {last.get_verdict_display().lower()} this {ago} before"
        " you; nothing was changed.",
    )
