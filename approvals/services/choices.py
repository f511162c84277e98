"""A reviewer's choice where the seats did not agree; somebody else then has to approve it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError

from approvals.services.reviews import NotAllowed, ReasonMissing
from negotiation.models import Decision, Negotiation
from negotiation.roles import may_review
from negotiation.services import amendments, choices
from negotiation.services.choices import NobodyIsAsked

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.messages import Offer


def choose(
    *, negotiation_id: int, by: User, seen_head: int, offer: Offer, reason: str, now: datetime
) -> Decision:
    """A decision on `offer` of a table that asks, as it was when its last message was `seen_head`.

    The same choice again by the same person is the first one. Raises NotAllowed, ReasonMissing,
    NobodyIsAsked and amendments.CannotTakeItsPlace; then nothing was changed.
    """
    if not may_review(by):
        raise NotAllowed("Only managers choose what is to be done.")
    if not reason.strip():
        raise ReasonMissing("Say why: whoever has to approve it will read it.")
    tables = Negotiation.objects.visible_to(by).select_related("version__scenario")
    negotiation = tables.get(pk=negotiation_id)
    made = Decision.objects.filter(negotiation=negotiation).first()
    if made is not None and (made.offer, made.amended_by_id) == (offer, by.pk):
        return made
    if made is not None or negotiation.head != seen_head:
        raise NobodyIsAsked(NobodyIsAsked.__doc__)
    judged = amendments.judged_of(negotiation=negotiation, offer=offer, by=by, now=now)
    try:
        return choices.choose(negotiation=negotiation, judged=judged, by=by, reason=reason, now=now)
    except IntegrityError as error:
        raise NobodyIsAsked(NobodyIsAsked.__doc__) from error
