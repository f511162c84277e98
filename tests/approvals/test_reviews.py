"""One package, one verdict, whoever is first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from approvals import tasks
from approvals.models import Review
from approvals.services import reviews
from negotiation.models import AuditEntry, Decision, Grant
from negotiation.roles import Role
from negotiation.services import execution
from tests import factories
from tests.negotiation.services.targets import Target

pytestmark = pytest.mark.django_db


def approve(decision: Decision, by: User) -> Review:
    return reviews.approve(
        decision_id=decision.pk, by=by, seen_hash=decision.package_hash, now=timezone.now()
    )


def reject(decision: Decision, by: User, reason: str = "Too dear") -> Review:
    return reviews.reject(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        reason=reason,
        now=timezone.now(),
    )


def test_approving_clears_exactly_this_package(manager: User) -> None:
    decision = factories.decision()
    reviews.approve(
        decision_id=decision.pk,
        by=manager,
        seen_hash=decision.package_hash,
        reason="Fits",
        now=timezone.now(),
    )
    decision.refresh_from_db()
    assert decision.status == Decision.Status.CLEARED
    assert decision.cleared_by == manager
    assert decision.revision == 2
    assert decision.grant.package_hash == decision.package_hash
    entry = AuditEntry.objects.get(action="decision.cleared", user=manager)
    assert entry.details["reason"] == "Fits"


def test_rejecting_leaves_no_grant(manager: User) -> None:
    decision = factories.decision()
    reject(decision, manager)
    decision.refresh_from_db()
    assert (decision.status, decision.reason) == ("rejected", "Too dear")
    assert not Grant.objects.exists()


def test_a_rejection_without_a_reason_changes_nothing(manager: User) -> None:
    decision = factories.decision()
    with pytest.raises(reviews.ReasonMissing):
        reject(decision, manager, reason="  ")
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, None])
def test_only_managers_decide(role: Role | None) -> None:
    decision = factories.decision()
    person = factories.person(*([role] if role else []))
    for verdict in (approve, reject):
        with pytest.raises(reviews.NotAllowed):
            verdict(decision, person)
    assert not Review.objects.exists()


def test_the_second_one_is_told_who_was_first(manager: User) -> None:
    decision = factories.decision()
    first = factories.person(Role.MANAGER, name="mia")
    reject(decision, first)
    with pytest.raises(reviews.NotParked, match=r"mia rejected this \d s before you") as told:
        approve(decision, manager)
    assert told.value.decision.status == Decision.Status.REJECTED
    assert Review.objects.count() == 1


def test_no_wins_over_yes_until_it_is_carried_out(manager: User, target: Target) -> None:
    decision = factories.decision()
    approve(decision, factories.person(Role.MANAGER, name="mia"))
    reject(decision, manager)
    execution.execute(decision_id=decision.pk, clock=timezone.now)
    decision.refresh_from_db()
    assert (decision.status, decision.cleared_by) == (Decision.Status.REJECTED, None)
    assert Grant.objects.get().void_at is not None
    assert [review.verdict for review in decision.reviews.order_by("id")] == ["approve", "reject"]
    assert not target.calls


def test_no_comes_too_late_once_it_is_being_carried_out(manager: User) -> None:
    now = timezone.now()
    decision = factories.decision(
        status=Decision.Status.EXECUTING, cleared_at=now, cleared_by=manager
    )
    with pytest.raises(reviews.NotParked, match="executing already"):
        reject(decision, manager)


def test_a_package_that_changed_since_it_was_seen_is_not_decided(manager: User) -> None:
    decision = factories.decision()
    with pytest.raises(reviews.NotParked, match="changed since you looked"):
        reviews.approve(decision_id=decision.pk, by=manager, seen_hash="0" * 64, now=timezone.now())
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED


def test_nobody_decides_after_the_window(manager: User) -> None:
    decision = factories.decision(due_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(reviews.NotParked, match="run out"):
        approve(decision, manager)
    tasks.fire_timers()
    decision.refresh_from_db()
    assert decision.status == Decision.Status.EXPIRED
    assert "Nobody decided" in decision.reason


def test_an_expiry_and_its_audit_row_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    decision = factories.decision(due_at=timezone.now() - timedelta(seconds=1))

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("negotiation.services.decisions.audits.record", killed)
    with pytest.raises(KeyboardInterrupt):
        tasks.fire_timers()
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED


def test_what_is_still_in_its_window_does_not_expire() -> None:
    decision = factories.decision()
    tasks.fire_timers()
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(10))
def test_of_many_verdicts_at_once_exactly_one_stands(attempt: int) -> None:
    assert connection.vendor == "postgresql"
    people = [factories.person(Role.MANAGER) for _ in range(8)]
    decision = factories.decision()
    start = Barrier(len(people))

    def decide(number: int) -> str:
        verdict = approve if number % 2 else reject
        start.wait()
        try:
            verdict(decision, people[number])
        except reviews.NotParked:
            return "told"
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(len(people)) as pool:
        results = list(pool.map(decide, range(len(people))))

    decision.refresh_from_db()
    verdicts = list(decision.reviews.order_by("id").values_list("verdict", flat=True))
    assert verdicts in (["approve"], ["reject"], ["approve", "reject"])
    assert results.count("won") == len(verdicts)
    assert decision.status == {"approve": "cleared", "reject": "rejected"}[verdicts[-1]]
    assert (decision.status == "cleared") == Grant.objects.filter(void_at=None).exists()
