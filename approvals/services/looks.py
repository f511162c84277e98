"""What a reviewer has seen, and what they would do themselves before they see others' opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from approvals.models import CardView, OwnVerdict
from approvals.services.deputies import may_decide
from negotiation.models import Decision
from negotiation.services import audits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import User


FIRST = "First say what you would do yourself: decisions of this risk ask for that."


class MayNotSay(Exception):
    """Only who may decide says what they would do."""


class AlreadySaid(Exception):
    """You have said what you would do; what counts is what you thought first."""


class PackageGone(Exception):
    """The decision is not waiting with this package any more; nothing was kept."""


def note(decision: Decision, user: User, now: datetime) -> None:
    """Keeps when a reviewer first had a waiting package before them."""
    if decision.status == Decision.Status.PARKED and may_decide(user, decision, now):
        CardView.objects.bulk_create(
            [
                CardView(
                    decision=decision,
                    package_hash=decision.package_hash,
                    reviewer=user,
                    first_seen_at=now,
                )
            ],
            ignore_conflicts=True,
        )


def own_verdict(decision: Decision, user: User) -> OwnVerdict | None:
    """What `user` said about the present package."""
    said = OwnVerdict.objects.filter(decision=decision, package_hash=decision.package_hash)
    return said.filter(reviewer=user).first()


def is_asked(decision: Decision) -> bool:
    """Whether this decision wants everybody's own verdict first: as it was routed."""
    return decision.status == Decision.Status.PARKED and bool(decision.tier.get("own_verdict"))


def awaited(decisions: Iterable[Decision], user: User) -> set[int]:
    """Of these, the ones that want an own verdict which `user` has not given yet: one query."""
    asked = {one.pk: one.package_hash for one in decisions if is_asked(one)}
    if not asked:
        return set()
    said = OwnVerdict.objects.filter(decision__in=asked, reviewer=user)
    given = {pk for pk, seen in said.values_list("decision", "package_hash") if asked[pk] == seen}
    return set(asked) - given


@transaction.atomic
def say(*, decision_id: int, by: User, seen_hash: str, view: str, now: datetime) -> OwnVerdict:
    """Keeps what `by` would do with this package; the very same again changes nothing.

    Raises MayNotSay, PackageGone, AlreadySaid.
    """
    waiting = Decision.objects.parked().select_related("negotiation__version")
    decision = waiting.filter(pk=decision_id, package_hash=seen_hash).first()
    if decision is None:
        raise PackageGone(PackageGone.__doc__)
    if not may_decide(by, decision, now):
        raise MayNotSay(MayNotSay.__doc__)
    said, new = OwnVerdict.objects.get_or_create(
        decision=decision,
        package_hash=seen_hash,
        reviewer=by,
        defaults={"view": OwnVerdict.View(view), "at": now},
    )
    if new:
        audits.record("verdict.foretold", decision, now=now, by=by, seen=decision.tag, view=view)
    elif said.view != view:
        raise AlreadySaid(AlreadySaid.__doc__)
    return said
