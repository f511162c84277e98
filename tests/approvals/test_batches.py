"""Several approvals at once: what may be among them, and a result for each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from approvals.models import Review
from approvals.services import batches, claims, reviews
from approvals.services.batches import Item, Result
from negotiation.models import Decision
from tests import factories
from tests.approvals import scenes

pytestmark = pytest.mark.django_db


def item(decision: Decision, key: str = "") -> Item:
    key = key or f"selected-{decision.pk}"
    return Item(decision.pk, decision.revision, decision.package_hash, key)


def approve_all(*items: Item, by: User, reason: str = "") -> list[Result]:
    results, _ = batches.approve_all(items=items, by=by, reason=reason, now=timezone.now())
    return results


def test_each_is_a_verdict_of_its_own(carl: User) -> None:
    waiting = [factories.decision() for _ in range(3)]
    results = approve_all(*map(item, waiting), by=carl)
    assert [(each.decision, each.approved) for each in results] == [(one, True) for one in waiting]
    assert Decision.objects.cleared().count() == 3
    assert Review.objects.filter(reviewer=carl).count() == 3


def test_sent_again_nothing_is_approved_twice(carl: User) -> None:
    items = [item(factories.decision()) for _ in range(2)]
    first = approve_all(*items, by=carl)
    again = approve_all(*items, by=carl)
    assert [each.approved for each in first + again] == [True] * 4
    assert Review.objects.count() == 2


def test_one_that_changed_meanwhile_keeps_no_other_from_being_approved(
    anna: User, carl: User
) -> None:
    decided, changed, fine = (factories.decision() for _ in range(3))
    items = [item(one) for one in (decided, changed, fine)]
    scenes.approve(decided, anna)
    Decision.objects.filter(pk=changed.pk).update(package="{}", package_hash="1" * 64)
    told = {each.decision.pk: each for each in approve_all(*items, by=carl)}
    assert "anna approved this" in told[decided.pk].sentence
    assert "package has changed" in told[changed.pk].sentence
    assert [told[one.pk].approved for one in (decided, changed, fine)] == [False, False, True]


@pytest.mark.parametrize("why", ["people", "own verdict", "excluded", "claimed", "overdue"])
def test_what_needs_more_than_a_glance_is_left_out(anna: User, carl: User, why: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "people": {"people": 2},
        "own verdict": {"tier": {"own_verdict": True}},
        "excluded": {"amended_by": carl, "offer": {}},
        "overdue": {"due_at": timezone.now() - timedelta(minutes=1)},
    }
    decision = factories.decision(**fields.get(why, {}))
    if why == "claimed":
        claims.claim(decision_id=decision.pk, by=anna, now=timezone.now())
    (result,) = approve_all(item(decision), by=carl)
    assert not result.approved
    assert result.sentence
    decision.refresh_from_db()
    assert (decision.status, decision.approvals) == ("parked", 0)


def test_at_most_twenty_and_by_managers_only(carl: User, ben: User) -> None:
    items = [item(factories.decision()) for _ in range(21)]
    with pytest.raises(batches.TooMany):
        approve_all(*items, by=carl)
    with pytest.raises(reviews.NotAllowed):
        approve_all(*items[:1], by=ben)
    assert not Review.objects.exists()


def test_what_does_not_exist_is_told_apart(carl: User) -> None:
    fine = factories.decision()
    gone = Item(10**15, 1, "0" * 64, "selected-nothing")
    results, unknown = batches.approve_all(
        items=[gone, item(fine)], by=carl, reason="", now=timezone.now()
    )
    assert unknown == [10**15]
    assert [each.approved for each in results] == [True]
