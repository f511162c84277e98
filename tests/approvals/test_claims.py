"""Being reviewed by somebody, soft as that is; and taking a decision back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from approvals.models import Review
from approvals.services import claims, reviews
from approvals.services.calls import Call
from approvals.services.claims import Claimed
from negotiation.models import AuditEntry, Decision, Grant
from negotiation.roles import Role
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def claim(decision: Decision, by: User, now: datetime | None = None) -> None:
    claims.claim(decision_id=decision.pk, by=by, now=now or timezone.now())
    decision.refresh_from_db()


def withdraw(decision: Decision, by: User, key: str = "") -> Review:
    return reviews.withdraw(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        seen_revision=decision.revision,
        reason="Not needed any more",
        now=timezone.now(),
        key=key,
    )


def test_while_one_reviews_it_another_can_only_say_no(anna: User, carl: User) -> None:
    decision = factories.decision()
    claim(decision, anna)
    with pytest.raises(reviews.NotParked, match="being reviewed by anna"):
        scenes.approve(decision, carl)
    decision.refresh_from_db()
    assert (decision.status, decision.approvals, decision.revision) == ("parked", 0, 1)
    scenes.reject(decision, carl)
    decision.refresh_from_db()
    assert decision.status == "rejected"


@pytest.mark.parametrize("verdict", ["amend", "send_back"])
def test_nor_is_it_amended_or_sent_back_meanwhile(anna: User, carl: User, verdict: str) -> None:
    decision = factories.decision()
    claim(decision, anna)
    now = timezone.now()

    def looked(by: User) -> Decision:
        call = Call(
            decision_id=decision.pk,
            by=by,
            verdict=Review.Verdict(verdict),
            reason="Too dear",
            seen_hash=decision.package_hash,
            seen_revision=decision.revision,
            key="",
        )
        return reviews.seen(call, now)

    with pytest.raises(reviews.NotParked, match="being reviewed by anna"):
        looked(carl)
    assert looked(anna) == decision


def test_who_claimed_it_decides_and_lets_go_with_the_verdict(anna: User, carl: User) -> None:
    decision = factories.decision(people=2)
    claim(decision, anna)
    scenes.approve(decision, anna)
    decision.refresh_from_db()
    assert decision.claimed_by is None
    scenes.approve(decision, carl)


def test_a_claim_is_free_lapsed_or_ones_own(anna: User, carl: User) -> None:
    decision, now = factories.decision(), timezone.now()
    claim(decision, anna, now)
    claim(decision, anna, now + 5 * MINUTE)
    assert decision.claimed_until == now + 15 * MINUTE
    with pytest.raises(Claimed, match="being reviewed by anna"):
        claim(decision, carl, now + 14 * MINUTE)
    claim(decision, carl, now + 15 * MINUTE)
    assert (decision.claimed_by, decision.revision) == (carl, 1)
    assert AuditEntry.objects.filter(action="decision.claimed").count() == 3


def test_only_who_holds_a_claim_lets_go_of_it(anna: User, carl: User) -> None:
    decision = factories.decision()
    claim(decision, anna)
    claims.release(decision_id=decision.pk, by=carl, now=timezone.now())
    decision.refresh_from_db()
    assert decision.claimed_by == anna
    claims.release(decision_id=decision.pk, by=anna, now=timezone.now())
    decision.refresh_from_db()
    assert decision.claimed_by_id is None
    assert decision.claimed_until is None


def test_acting_renews_a_live_claim_and_no_lapsed_one(anna: User) -> None:
    decision, now = factories.decision(), timezone.now()
    claim(decision, anna, now)
    claims.renew(decision_id=decision.pk, by=anna, now=now + 9 * MINUTE)
    decision.refresh_from_db()
    assert decision.claimed_until == now + 19 * MINUTE
    claims.renew(decision_id=decision.pk, by=anna, now=now + 20 * MINUTE)
    decision.refresh_from_db()
    assert decision.claimed_until == now + 19 * MINUTE


def test_what_is_decided_is_claimed_by_nobody(anna: User) -> None:
    decision = factories.decision(status="rejected")
    claim(decision, anna)
    assert decision.claimed_by is None


def test_a_claim_has_an_end(anna: User) -> None:
    decision = factories.decision()
    with pytest.raises(IntegrityError, match="decision_claim_has_an_end"):
        Decision.objects.filter(pk=decision.pk).update(claimed_by=anna)


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_one_holds(world: World, crowd: Crowd) -> None:
    people = [factories.person(Role.MANAGER) for _ in range(20)]
    decision = factories.decision(due_at=world.clock() + timedelta(hours=1))

    def claimed(by: User) -> bool:
        try:
            claims.claim(decision_id=decision.pk, by=by, now=world.clock())
        except Claimed:
            return False
        return True

    answers = crowd.do([partial(claimed, by) for by in people])
    assert sum(answers) == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN])
def test_who_operates_takes_back_what_waits(role: Role) -> None:
    decision, operator = factories.decision(), factories.person(role)
    review = withdraw(decision, operator, key="a-key-of-mine")
    assert withdraw(decision, operator, key="a-key-of-mine") == review
    decision.refresh_from_db()
    assert (decision.status, decision.reason) == ("withdrawn", "Not needed any more")
    assert AuditEntry.objects.filter(action="decision.withdrawn", user=operator).count() == 1


def test_what_was_cleared_is_withdrawn_with_its_permission(operator: User, manager: User) -> None:
    decision = factories.decision()
    scenes.approve(decision, manager)
    decision.refresh_from_db()
    withdraw(decision, operator)
    decision.refresh_from_db()
    assert (decision.status, decision.cleared_at) == ("withdrawn", None)
    assert not Grant.objects.filter(decision=decision, void_at=None).exists()


def test_a_claim_keeps_nobody_from_withdrawing(operator: User, anna: User) -> None:
    decision = factories.decision()
    claim(decision, anna)
    withdraw(decision, operator)


@pytest.mark.parametrize("status", ["executing", "executed", "rejected", "expired"])
def test_what_has_begun_or_ended_is_not_withdrawn(operator: User, status: str) -> None:
    cleared = {"cleared_at": timezone.now(), "cleared_by": operator, "approvals": 1}
    begun = cleared if status in {"executing", "executed"} else {}
    decision = factories.decision(status=status, **begun)
    with pytest.raises(reviews.NotParked):
        withdraw(decision, operator)
    decision.refresh_from_db()
    assert decision.status == status


def test_managers_reject_and_do_not_withdraw(manager: User) -> None:
    decision = factories.decision()
    with pytest.raises(reviews.NotAllowed):
        withdraw(decision, manager)


def test_a_withdrawn_decision_is_never_cleared(operator: User, manager: User) -> None:
    decision = factories.decision()
    withdraw(decision, operator)
    with pytest.raises(IntegrityError, match="decision_rejected_is_never_cleared"):
        Decision.objects.filter(pk=decision.pk).update(
            cleared_at=timezone.now(), cleared_by=manager, approvals=1
        )
