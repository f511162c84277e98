"""A permission that does not hold when it is used: back to people, with what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from approvals.services import reviews
from negotiation.models import AuditEntry, Decision, EarlierPackage, Execution, Grant
from negotiation.services import execution, runs, sessions
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.negotiation.services.targets import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(manager: User) -> Decision:
    """What a real table of the shipped scenario left for a manager, who approved it."""
    table = sessions.start(
        version=factories.version_for(1), by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return approve(Decision.objects.parked().get(), manager)


def approve(decision: Decision, by: User) -> Decision:
    reviews.approve(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        seen_revision=decision.revision,
        now=timezone.now(),
    )
    decision.refresh_from_db()
    return decision


def execute(decision: Decision) -> Decision:
    execution.execute(decision_id=decision.pk, clock=timezone.now)
    decision.refresh_from_db()
    return decision


CHANGES: dict[str, dict[str, Any]] = {
    "A figure that the decision rests on has changed": {"fingerprint": "f" * 64},
    "had expired before it was used": {"expires_at": None},
}


@pytest.mark.parametrize("said", CHANGES)
def test_it_comes_back_to_the_queue_and_says_why(
    approved: Decision, target: Target, said: str
) -> None:
    grant = Grant.objects.filter(decision=approved)
    change = {
        name: value or approved.grant.granted_at + timedelta(microseconds=1)
        for name, value in CHANGES[said].items()
    }
    grant.update(**change)
    package = approved.package
    decision = execute(approved)
    assert decision.status == Decision.Status.PARKED
    assert decision.route == Decision.Route.REVIEW
    assert said in decision.returned_because
    assert decision.package == package
    assert decision.due_at is not None
    assert decision.due_at > timezone.now()
    assert (decision.cleared_by, decision.returned, decision.revision) == (None, 1, 3)
    assert grant.get().void_at is not None
    assert AuditEntry.objects.filter(action="decision.returned").count() == 1
    assert not Execution.objects.exists()
    assert not target.calls


def test_what_came_back_is_approved_again_and_carried_out_once(
    approved: Decision, manager: User, target: Target
) -> None:
    Grant.objects.filter(decision=approved).update(fingerprint="f" * 64)
    decision = approve(execute(approved), manager)
    assert decision.status == Decision.Status.CLEARED
    assert decision.reviews.count() == 2
    assert execute(execute(decision)).status == Decision.Status.EXECUTED
    assert len(target.calls) == 1
    assert Grant.objects.filter(decision=decision, void_at=None).count() == 1


def test_a_tampered_package_comes_back_as_the_true_one(
    approved: Decision, manager: User, target: Target
) -> None:
    package = approved.package
    Decision.objects.filter(pk=approved.pk).update(package=package.replace("{", "{ ", 1))
    decision = execute(approved)
    assert decision.status == Decision.Status.PARKED
    assert "not the one that was approved" in decision.returned_because
    assert decision.package == package
    assert EarlierPackage.objects.get().package != package
    assert execute(approve(decision, manager)).status == Decision.Status.EXECUTED
    assert target.calls[0][1] == package.encode()


def test_an_automatic_decision_whose_permission_fails_needs_a_person(target: Target) -> None:
    table = sessions.start(
        version=factories.version("batch-placement"), by=None, now=timezone.now(), pace=0, seed=1
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    automatic = Decision.objects.cleared().get()
    Grant.objects.filter(decision=automatic).update(fingerprint="f" * 64)
    decision = execute(automatic)
    assert (decision.route, decision.status) == ("review", "parked")
    assert not target.calls


def test_the_card_shows_what_changed(approved: Decision, manager_client: Client) -> None:
    spot = '"spot_share":'
    place = approved.package.index(spot) + len(spot)
    end = approved.package.index("}", place)
    other = approved.package[:place] + "77" + approved.package[end:]
    Decision.objects.filter(pk=approved.pk).update(package=other)
    execute(approved)
    page = manager_client.get(reverse("approval", args=[approved.pk])).content.decode()
    assert "It came back." in page
    assert "<del>77 %</del>" in page


def test_a_transcript_that_does_not_fit_any_more_is_void(
    approved: Decision, target: Target
) -> None:
    Grant.objects.filter(decision=approved).update(fingerprint="f" * 64)
    approved.negotiation.messages.filter(seq=1).update(body={"seq": 1})
    decision = execute(approved)
    assert decision.status == Decision.Status.VOID
    assert "figure" in decision.reason
    assert not target.calls


def test_a_cleared_row_without_a_permission_is_not_carried_out(
    approved: Decision, target: Target
) -> None:
    Grant.objects.filter(decision=approved).delete()
    decision = execute(approved)
    assert decision.status == Decision.Status.PARKED
    assert "no permission" in decision.returned_because
    assert not target.calls


def test_two_permissions_never_count_at_once(approved: Decision) -> None:
    with pytest.raises(IntegrityError, match="grant_one_that_counts"), transaction.atomic():
        factories.grant(approved)


def test_a_void_permission_is_never_used(approved: Decision) -> None:
    grant = Grant.objects.filter(decision=approved)
    now = approved.grant.granted_at
    with pytest.raises(IntegrityError, match="grant_void_is_never_used"), transaction.atomic():
        grant.update(void_at=now, consumed_at=now)
