"""Each constraint of the database, and a write that tries to break it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals.models import Review, VerdictCall
from negotiation.models import (
    AuditEntry,
    AuditHead,
    Decision,
    Execution,
    Grant,
    Message,
    Negotiation,
    ScenarioVersion,
)
from tests import factories

pytestmark = pytest.mark.django_db

Status = Decision.Status


def test_the_constraints_are_tried_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


def refused(name: str, write: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


@pytest.mark.parametrize("status", ["cleared", "executing", "executed", "failed"])
def test_a_decision_never_runs_uncleared(status: str) -> None:
    parked = factories.decision()
    change = Decision.objects.filter(pk=parked.pk)
    refused("decision_never_runs_uncleared", lambda: change.update(status=status))


def test_a_decision_under_review_is_cleared_by_a_person_only() -> None:
    parked = factories.decision()
    change = Decision.objects.filter(pk=parked.pk)
    refused(
        "decision_review_needs_a_person",
        lambda: change.update(status=Status.CLEARED, cleared_at=timezone.now(), approvals=1),
    )


@pytest.mark.parametrize(
    ("people", "seniors", "approvals", "senior_approvals"),
    [(1, 0, 0, 0), (2, 0, 1, 1), (2, 1, 2, 0)],
)
def test_a_decision_is_cleared_by_as_many_people_as_its_tier_asks_for(
    people: int, seniors: int, approvals: int, senior_approvals: int
) -> None:
    parked = factories.decision(
        people=people, seniors=seniors, approvals=approvals, senior_approvals=senior_approvals
    )
    manager = factories.person()
    cleared = {"status": Status.CLEARED, "cleared_at": timezone.now(), "cleared_by": manager}
    change = Decision.objects.filter(pk=parked.pk)
    refused("decision_cleared_by_enough_people", lambda: change.update(**cleared))
    change.update(**cleared, approvals=people, senior_approvals=seniors)


@pytest.mark.parametrize(("people", "seniors"), [(0, 0), (1, 2)])
def test_at_least_one_person_is_asked_and_no_more_seniors_than_people(
    people: int, seniors: int
) -> None:
    refused(
        "decision_asks_at_least_one_person",
        lambda: factories.decision(people=people, seniors=seniors),
    )


def test_a_decision_is_sent_back_twice_at_most() -> None:
    refused("decision_sent_back_twice_at_most", lambda: factories.decision(sent_back=3))


def test_what_a_person_made_of_an_agreement_names_the_person() -> None:
    refused("decision_amended_by_somebody", lambda: factories.decision(offer={"region": "x"}))


def test_a_claim_has_an_end() -> None:
    by = factories.person()
    refused("decision_claim_has_an_end", lambda: factories.decision(claimed_by=by))


def test_a_refused_decision_is_never_cleared() -> None:
    refused_one = factories.decision(status=Status.REFUSED, route=Decision.Route.REFUSE)
    change = Decision.objects.filter(pk=refused_one.pk)
    refused(
        "decision_refused_is_never_cleared",
        lambda: change.update(status=Status.CLEARED, cleared_at=timezone.now(), approvals=1),
    )
    refused(
        "decision_refused_is_never_cleared",
        lambda: change.update(status=Status.PARKED, due_at=timezone.now()),
    )


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "expired", "sent_back"])
def test_what_was_turned_down_is_never_cleared(status: str) -> None:
    boss = factories.person()
    ended = factories.decision(status=status)
    change = Decision.objects.filter(pk=ended.pk)
    refused(
        "decision_rejected_is_never_cleared",
        lambda: change.update(cleared_at=timezone.now(), cleared_by=boss, approvals=1),
    )


def test_a_parked_decision_has_a_due_time() -> None:
    parked = factories.decision()
    change = Decision.objects.filter(pk=parked.pk)
    refused("decision_parked_has_a_due_time", lambda: change.update(due_at=None))


def test_what_could_not_be_scored_is_never_automatic() -> None:
    parked = factories.decision(score=None)
    change = Decision.objects.filter(pk=parked.pk)
    refused("decision_unscored_is_never_automatic", lambda: change.update(route="auto"))


def test_a_nonce_is_given_once() -> None:
    factories.grant(factories.decision(), nonce="same")
    refused("nonce", lambda: factories.grant(factories.decision(), nonce="same"))


def test_a_decision_and_its_grant_are_executed_once() -> None:
    first = execution()
    other = factories.decision()
    refused("decision_id", lambda: execution(decision=first.decision, grant=factories.grant(other)))
    refused("grant_id", lambda: execution(decision=other, grant=first.grant))


def test_a_negotiation_has_one_decision() -> None:
    parked = factories.decision()
    refused("negotiation_id", lambda: factories.decision(negotiation=parked.negotiation))


def test_a_decision_has_one_grant() -> None:
    cleared = factories.decision(
        status=Status.CLEARED, route=Decision.Route.AUTO, cleared_at=timezone.now()
    )
    factories.grant(cleared)
    refused("decision_id", lambda: factories.grant(cleared))


@pytest.mark.parametrize("hours", [-1, 1, 2])
def test_a_grant_is_used_within_its_time(hours: int) -> None:
    grant = factories.grant(factories.decision())
    used = grant.granted_at + timedelta(hours=hours)
    change = Grant.objects.filter(pk=grant.pk)
    refused("grant_used_within_its_time", lambda: change.update(consumed_at=used))


def execution(**fields: Any) -> Execution:
    decision = factories.decision()
    now = timezone.now()
    defaults = {
        "decision": decision,
        "grant": factories.grant(decision),
        "idempotency_key": f"key-{decision.pk}",
        "kind": "dry-run",
        "started_at": now,
        "next_at": now,
    }
    return Execution.objects.create(**(defaults | fields))


def test_an_idempotency_key_is_used_once() -> None:
    execution(idempotency_key="same")
    refused("idempotency_key", lambda: execution(idempotency_key="same"))


def test_a_pending_execution_has_a_next_time() -> None:
    change = Execution.objects.filter(pk=execution().pk)
    refused("execution_pending_has_a_next_time", lambda: change.update(next_at=None))


def test_an_ended_execution_is_at_rest() -> None:
    change = Execution.objects.filter(pk=execution().pk)
    refused("execution_ended_is_at_rest", lambda: change.update(status="succeeded"))


def test_a_message_number_is_given_once() -> None:
    table = factories.negotiation()
    factories.message(table, 1)
    refused("message_numbered_once", lambda: factories.message(table, 1))


def test_message_numbers_begin_at_one() -> None:
    table = factories.negotiation()
    refused("message_numbers_begin_at_one", lambda: factories.message(table, 0))
    assert not Message.objects.exists()


@pytest.mark.parametrize("status", ["queued", "running", "paused"])
def test_an_open_negotiation_has_a_next_time(status: str) -> None:
    table = factories.negotiation(status=status)
    change = Negotiation.objects.filter(pk=table.pk)
    refused("negotiation_open_has_a_next_time", lambda: change.update(next_at=None))


@pytest.mark.parametrize("status", ["agreed", "no_agreement", "stopped", "failed"])
def test_an_ended_negotiation_is_at_rest(status: str) -> None:
    table = factories.negotiation(agreement={"region": "europe-west3"})
    change = Negotiation.objects.filter(pk=table.pk)
    refused("negotiation_ended_is_at_rest", lambda: change.update(status=status))


def test_an_agreed_negotiation_names_an_offer() -> None:
    table = factories.negotiation(status="agreed")
    change = Negotiation.objects.filter(pk=table.pk)
    refused("negotiation_agreed_names_an_offer", lambda: change.update(agreement=None))


def test_a_version_number_is_given_once_and_says_why() -> None:
    version = factories.version()
    change = ScenarioVersion.objects.filter(pk=version.pk)
    refused("version_has_a_note", lambda: change.update(note=""))
    copy = ScenarioVersion.objects.get(pk=version.pk)
    copy.pk = None
    refused("version_numbered_once", copy.save)


def test_the_audit_trail_begins_at_one_and_has_one_head() -> None:
    now = timezone.now()
    refused(
        "audit_numbers_begin_at_one",
        lambda: AuditEntry.objects.create(number=0, at=now, subject_id=1),
    )
    refused("audit_has_one_head", lambda: AuditHead.objects.create(pk=2, number=1))


def review(decision: Decision, **fields: Any) -> Review:
    defaults = {
        "package_hash": decision.package_hash,
        "reviewer": factories.person(),
        "verdict": "approve",
        "created_at": timezone.now(),
    }
    return Review.objects.create(decision=decision, **(defaults | fields))


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_person_says_the_same_of_a_package_once(verdict: str) -> None:
    parked = factories.decision()
    who = factories.person()
    review(parked, reviewer=who)
    review(parked, reviewer=who, verdict="reject", reason="no")
    refused(
        "review_once_per_person",
        lambda: review(parked, reviewer=who, verdict=verdict, reason="once more"),
    )


def test_a_package_has_many_approvals_and_one_end() -> None:
    parked = factories.decision()
    review(parked)
    review(parked)
    review(parked, verdict="reject", reason="no")
    for end in ("reject", "amend", "send_back", "withdraw"):
        again = partial(review, parked, verdict=end, reason="no", requirements=["x"])
        refused("review_one_end_per_package", again)


def test_a_key_stands_for_one_call_of_a_person() -> None:
    given = review(factories.decision())
    call: dict[str, Any] = {
        "reviewer": given.reviewer,
        "review": given,
        "key": "same",
        "digest": "0" * 64,
    }
    VerdictCall.objects.create(**call)
    refused("verdict_call_once_per_key", lambda: VerdictCall.objects.create(**call))


def test_a_rejection_says_why() -> None:
    parked = factories.decision()
    refused("review_reject_says_why", lambda: review(parked, verdict="reject"))
