"""What a reviewer asks for, and whether the very same was asked before.

A browser, a proxy or a person who clicks twice may send a call again. Its key says that it is the
same intention; the answer is then the first one's, and nothing is decided twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.models import Review, VerdictCall

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.models import Decision


class KeyReused(Exception):
    """This key belongs to another call; take a new one for every verdict."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """`seen_hash` is the package that was looked at, `seen_revision` the decision's state then;
    None and an empty `key` where the caller does not know them."""

    decision_id: int
    by: User
    verdict: Review.Verdict
    reason: str
    seen_hash: str
    seen_revision: int | None
    key: str
    for_user: User | None = None
    # What is asked for besides, as text: requirements, another offer.
    content: str = ""

    @property
    def digest(self) -> str:
        asked: tuple[object, ...] = (
            self.decision_id,
            self.verdict,
            self.reason,
            self.seen_hash,
            self.seen_revision,
            self.for_user.pk if self.for_user else None,
            self.content,
        )
        return hashlib.sha256(repr(asked).encode()).hexdigest()


def answered(call: Call) -> Review | None:
    """The verdict that this call has led to before; raises KeyReused."""
    if not call.key:
        return None
    made = VerdictCall.objects.select_related("review").filter(reviewer=call.by, key=call.key)
    found = made.first()
    if found is None:
        return None
    if found.digest != call.digest:
        raise KeyReused(KeyReused.__doc__)
    return found.review


def keep(
    call: Call, decision: Decision, now: datetime, *, requirements: Iterable[object] = ()
) -> Review:
    """Writes down what the call led to: a verdict on the package that was seen.

    Call it in the transaction that moves `decision`, as it was read before.
    """
    review = Review.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        reviewer=call.by,
        on_behalf_of=call.for_user,
        verdict=call.verdict,
        reason=call.reason,
        requirements=list(requirements),
        returned=decision.returned,
        created_at=now,
    )
    if call.key:
        VerdictCall.objects.create(
            reviewer=call.by, key=call.key, digest=call.digest, review=review
        )
    return review
