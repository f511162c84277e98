"""Own verdict first, and when a card was first looked at."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.models import CardView, OwnVerdict
from approvals.services import looks, reviews
from negotiation.models import AuditEntry, Decision
from tests import factories
from tests.approvals import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(db: None) -> Decision:
    return factories.decision(tier={"own_verdict": True})


def say(decision: Decision, by: User, view: str) -> OwnVerdict:
    return looks.say(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        view=view,
        now=timezone.now(),
    )


@pytest.mark.parametrize("view", ["approve", "reject", "unsure"])
def test_nobody_approves_before_they_said_what_they_would_do(
    decision: Decision, carl: User, view: str
) -> None:
    with pytest.raises(reviews.MayNotApprove, match="First say what you would do"):
        scenes.approve(decision, carl)
    say(decision, carl, view)
    scenes.approve(decision, carl)
    decision.refresh_from_db()
    assert decision.status == Decision.Status.CLEARED
    assert AuditEntry.objects.get(action="verdict.foretold").details["view"] == view


def test_what_somebody_else_said_does_not_count(decision: Decision, anna: User, carl: User) -> None:
    say(decision, anna, "approve")
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(decision, carl)


def test_another_package_asks_again(decision: Decision, carl: User) -> None:
    say(decision, carl, "approve")
    Decision.objects.filter(pk=decision.pk).update(package="{}", package_hash="1" * 64)
    decision.refresh_from_db()
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(decision, carl)


def test_no_is_always_possible(decision: Decision, carl: User) -> None:
    scenes.reject(decision, carl)
    decision.refresh_from_db()
    assert decision.status == Decision.Status.REJECTED


def test_where_the_tier_does_not_ask_nothing_is_held_back(carl: User) -> None:
    scenes.approve(factories.decision(tier={"own_verdict": False}), carl)
    scenes.approve(factories.decision(), carl)


def test_what_was_thought_first_stays(decision: Decision, carl: User) -> None:
    assert say(decision, carl, "unsure") == say(decision, carl, "unsure")
    with pytest.raises(looks.AlreadySaid):
        say(decision, carl, "approve")
    assert OwnVerdict.objects.get().view == "unsure"
    with pytest.raises(IntegrityError, match="own_verdict_said_once"), transaction.atomic():
        OwnVerdict.objects.create(
            decision=decision,
            package_hash=decision.package_hash,
            reviewer=carl,
            view="approve",
            at=timezone.now(),
        )


def test_nothing_is_kept_of_what_is_gone_or_not_ones_own(
    decision: Decision, ben: User, carl: User
) -> None:
    with pytest.raises(looks.MayNotSay):
        say(decision, ben, "approve")
    scenes.reject(decision, carl)
    with pytest.raises(looks.PackageGone):
        say(decision, carl, "approve")
    assert not OwnVerdict.objects.exists()


def test_the_first_look_is_kept_and_only_of_who_may_decide(
    decision: Decision, ben: User, carl: User
) -> None:
    first = timezone.now()
    looks.note(decision, carl, first)
    looks.note(decision, carl, timezone.now())
    looks.note(decision, ben, first)
    seen = CardView.objects.get()
    assert seen.first_seen_at == first
    seen.pk = None
    with pytest.raises(IntegrityError, match="card_view_first_one_only"), transaction.atomic():
        seen.save(force_insert=True)
    ended = factories.decision(status="rejected")
    looks.note(ended, carl, first)
    assert CardView.objects.count() == 1
