"""What is said of reviewers, and that it is said in as many queries whatever there is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.models import CardView, OwnVerdict, Review
from approvals.services import health
from approvals.services.health import Health, health_of
from negotiation.models import Decision, Execution, Report
from negotiation.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def reviewed(
    by: User, *, verdict: str = "approve", dwell: float | None = 60, **fields: Any
) -> Decision:
    """A decision with a verdict of an hour ago, the card opened so many seconds before."""
    decision = factories.decision(**fields)
    at = NOW - timedelta(hours=1)
    Review.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        reviewer=by,
        verdict=verdict,
        reason="So",
        created_at=at,
    )
    if dwell is not None:
        CardView.objects.create(
            decision=decision,
            package_hash=decision.package_hash,
            reviewer=by,
            first_seen_at=at - timedelta(seconds=dwell),
        )
    return decision


def of(user: User, days: int = 30, now: datetime = NOW) -> Health:
    (found,) = health_of([user], days=days, now=now)
    return found


def test_rate_and_longest_run(carl: User) -> None:
    for verdict in ("approve", "reject", "approve", "approve", "approve", "reject"):
        reviewed(carl, verdict=verdict)
    found = of(carl)
    assert (found.verdicts, found.approvals, found.longest_run) == (6, 4, 3)
    assert found.rate == pytest.approx(4 / 6)


def test_time_on_the_card_is_from_the_first_look_to_the_verdict(carl: User) -> None:
    for dwell in (4, 9, 30, None, 300):
        reviewed(carl, dwell=dwell)
    found = of(carl)
    assert found.dwell == pytest.approx(19.5)
    assert found.hasty == pytest.approx(0.5)
    assert found.dwell_text == "20 s"


def test_what_did_not_hold(carl: User, anna: User) -> None:
    reviewed(carl)
    rejected = reviewed(carl)
    Review.objects.create(
        decision=rejected,
        package_hash=rejected.package_hash,
        reviewer=anna,
        verdict="reject",
        reason="No",
        created_at=NOW,
    )
    reviewed(carl, returned=1)
    cleared: dict[str, Any] = {"cleared_at": NOW, "cleared_by": carl, "approvals": 1}
    bad = reviewed(carl, status="executed", **cleared)
    execution = Execution.objects.create(
        decision=bad,
        grant=factories.grant(bad),
        idempotency_key="k",
        kind="webhook",
        status="succeeded",
        started_at=NOW,
        finished_at=NOW,
    )
    Report.objects.create(
        execution=execution, outcome=Report.Outcome.INCIDENT, person=anna, reported_at=NOW
    )
    assert of(carl).reversed == 3


def test_own_verdicts_are_held_against_how_it_ended(carl: User) -> None:
    cleared = {"status": "cleared", "cleared_at": NOW, "cleared_by": carl, "approvals": 1}
    for view, fields in (
        ("approve", cleared),
        ("reject", cleared),
        ("reject", {"status": "rejected"}),
        ("unsure", {"status": "rejected"}),
        ("approve", {"status": "parked"}),
    ):
        decision = factories.decision(**fields)
        OwnVerdict.objects.create(
            decision=decision,
            package_hash=decision.package_hash,
            reviewer=carl,
            view=view,
            at=NOW - timedelta(days=1),
        )
    found = of(carl)
    assert (found.agreeing, found.foretold) == (2, 3)
    assert found.agreement == pytest.approx(2 / 3)


def test_what_looks_like_rubber_stamping_is_said_in_plain_words(carl: User, anna: User) -> None:
    for _ in range(20):
        reviewed(carl, dwell=2)
        reviewed(anna, dwell=200)
    for _ in range(5):
        reviewed(anna, verdict="reject", dwell=200)
    assert of(carl).remarks == [
        "Approved 20 of 20: nearly everything.",
        "100 % of the verdicts came within 10 s of the card.",
        "20 approvals in a row.",
    ]
    assert of(anna).remarks == ["20 approvals in a row."]


def test_of_few_verdicts_nothing_is_said(carl: User) -> None:
    for _ in range(9):
        reviewed(carl, dwell=1)
    assert of(carl).remarks == []


def test_only_the_window_counts(carl: User) -> None:
    reviewed(carl)
    assert of(carl, now=NOW + timedelta(days=31)).verdicts == 0
    assert of(carl, days=90, now=NOW + timedelta(days=31)).verdicts == 1


def test_managers_see_themselves_and_seniors_and_admins_everybody(
    carl: User, anna: User, admin: User
) -> None:
    assert health.shown_to(carl) == [carl]
    for user in (anna, admin):
        assert health.shown_to(user) == [anna, carl]


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_does_not_grow(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [factories.person(Role.MANAGER) for _ in range(rows)]
    for user in people:
        reviewed(user)
    with django_assert_num_queries(6):
        health_of(people, days=30, now=NOW)
