"""Somebody decides in somebody else's name: how far that goes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals.models import Delegation, Review
from approvals.services import delegations, reviews
from approvals.services.deputies import (
    Deputies,
    may_decide_something,
    stands_in_for,
)
from negotiation.models import AuditEntry, Decision
from negotiation.roles import Role
from tests import factories
from tests.approvals.voices import DAY, approve, give

pytestmark = pytest.mark.django_db


def test_who_is_no_manager_approves_in_the_name_of_one(anna: User, ben: User) -> None:
    decision = factories.decision()
    give(anna, ben)
    review = approve(decision, ben, for_user=anna)
    assert (review.reviewer, review.on_behalf_of) == (ben, anna)
    decision.refresh_from_db()
    assert (decision.status, decision.cleared_by) == (Decision.Status.CLEARED, ben)
    entry = AuditEntry.objects.get(action="decision.cleared")
    assert (entry.actor, entry.details["for_user"]) == ("ben", "anna")


def test_seniority_comes_from_who_gave_the_voice(anna: User, ben: User, carl: User) -> None:
    decision = factories.decision(people=2, seniors=1)
    give(anna, ben)
    approve(decision, carl)
    approve(decision, ben, for_user=anna)
    decision.refresh_from_db()
    assert (decision.status, decision.senior_approvals) == (Decision.Status.CLEARED, 1)


def test_a_senior_gives_a_junior_voice_for_a_junior(anna: User, carl: User) -> None:
    decision = factories.decision(people=2, seniors=1)
    give(carl, anna)
    approve(decision, anna, for_user=carl)
    decision.refresh_from_db()
    assert (decision.approvals, decision.senior_approvals) == (1, 0)


def test_nobody_decides_for_somebody_who_did_not_ask_for_it(anna: User, ben: User) -> None:
    decision = factories.decision()
    with pytest.raises(reviews.NotAllowed, match="do not stand in for anna"):
        approve(decision, ben, for_user=anna)
    with pytest.raises(reviews.NotAllowed):
        approve(decision, ben)
    assert not Review.objects.exists()


@pytest.mark.parametrize("scope", ["scenario", "decision"])
def test_a_delegation_reaches_as_far_as_its_scope(anna: User, ben: User, scope: str) -> None:
    inside = factories.decision()
    elsewhere = factories.decision(
        negotiation=factories.negotiation(
            status="agreed", version=factories.version("batch-placement")
        )
    )
    about = {"scenario": inside.negotiation.version.scenario, "decision": inside}
    give(anna, ben, **{scope: about[scope]})
    now = timezone.now()
    assert stands_in_for(ben, inside, now) == [anna]
    assert Deputies(now).stand_ins(anna, inside) == [ben]
    assert stands_in_for(ben, elsewhere, now) == []
    with pytest.raises(reviews.NotAllowed):
        approve(elsewhere, ben, for_user=anna)


def test_a_delegation_counts_in_its_time_only(anna: User, ben: User) -> None:
    decision, now = factories.decision(), timezone.now()
    give(anna, ben, begins=now + DAY, ends=now + 3 * DAY)
    told = {days: stands_in_for(ben, decision, now + days * DAY) for days in (0, 1, 2, 3)}
    assert told == {0: [], 1: [anna], 2: [anna], 3: []}


@pytest.mark.parametrize("lost", ["role", "account"])
def test_what_the_giver_lost_the_receiver_has_not(anna: User, ben: User, lost: str) -> None:
    decision = factories.decision()
    give(anna, ben)
    if lost == "role":
        anna.groups.clear()
    else:
        User.objects.filter(pk=anna.pk).update(is_active=False)
    anna = User.objects.get(pk=anna.pk)
    assert stands_in_for(ben, decision, timezone.now()) == []
    with pytest.raises(reviews.NotAllowed):
        approve(decision, ben, for_user=anna)


def test_a_voice_counts_once_whoever_gives_it(anna: User, ben: User, carl: User) -> None:
    decision = factories.decision(people=3)
    give(anna, ben)
    give(anna, carl)
    approve(decision, ben, for_user=anna)
    with pytest.raises(reviews.MayNotApprove, match="Your voice counts"):
        approve(decision, anna)
    with pytest.raises(reviews.MayNotApprove, match="The voice of anna counts"):
        approve(decision, carl, for_user=anna)
    with pytest.raises(reviews.MayNotApprove, match="another person"):
        approve(decision, ben, for_user=anna)


def test_one_person_is_one_vote_however_many_voices_they_have(anna: User, carl: User) -> None:
    decision = factories.decision(people=2)
    give(anna, carl)
    approve(decision, carl)
    with pytest.raises(reviews.MayNotApprove, match="another person"):
        approve(decision, carl, for_user=anna)
    decision.refresh_from_db()
    assert decision.approvals == 1


def test_the_constraints_hold_whoever_writes(anna: User, ben: User, carl: User) -> None:
    assert connection.vendor == "postgresql"
    decision = factories.decision(people=3)

    def vote(reviewer: User, voice: User | None) -> None:
        with transaction.atomic():
            Review.objects.create(
                decision=decision,
                package_hash=decision.package_hash,
                reviewer=reviewer,
                on_behalf_of=voice,
                verdict="approve",
                created_at=timezone.now(),
            )

    vote(ben, anna)
    for reviewer, voice, name in (
        (anna, None, "review_once_per_voice"),
        (carl, anna, "review_once_per_voice"),
        (ben, None, "review_once_per_person"),
        (carl, carl, "review_on_behalf_of_somebody_else"),
    ):
        with pytest.raises(IntegrityError, match=name):
            vote(reviewer, voice)


def test_four_eyes_bind_who_gives_the_voice_and_who_has_it(anna: User, carl: User) -> None:
    give(anna, carl)
    by_giver = factories.decision(amended_by=anna, offer={})
    with pytest.raises(reviews.MayNotApprove, match="They are the one who amended"):
        approve(by_giver, carl, for_user=anna)
    by_receiver = factories.decision(amended_by=carl, offer={})
    with pytest.raises(reviews.MayNotApprove, match="You are the one who amended"):
        approve(by_receiver, carl, for_user=anna)
    assert stands_in_for(carl, by_giver, timezone.now()) == [anna]


def test_what_was_passed_on_may_be_passed_on_again(anna: User, carl: User, ben: User) -> None:
    decision = factories.decision()
    give(anna, carl)
    give(carl, ben)
    now = timezone.now()
    assert set(stands_in_for(ben, decision, now)) == {anna, carl}
    assert set(Deputies(now).stand_ins(anna, decision)) == {carl, ben}
    approve(decision, ben, for_user=anna)


def test_who_lost_every_role_passes_nothing_on(anna: User, carl: User, ben: User) -> None:
    decision = factories.decision()
    give(anna, carl)
    give(carl, ben)
    carl.groups.clear()
    now = timezone.now()
    assert stands_in_for(ben, decision, now) == []
    assert ben not in Deputies(now).stand_ins(anna, decision)
    with pytest.raises(reviews.NotAllowed):
        approve(decision, ben, for_user=anna)


def test_a_service_account_never_stands_in(anna: User) -> None:
    robot = factories.person(Role.MANAGER, Role.SERVICE, name="robot")
    with pytest.raises(delegations.BadDelegation, match="robot cannot decide for you"):
        give(anna, robot)
    now = timezone.now()
    Delegation.objects.create(
        giver=anna, receiver=robot, scope="all", begins=now, ends=now + DAY, created_at=now
    )
    decision = factories.decision()
    assert stands_in_for(robot, decision, now) == []
    assert Deputies(now).stand_ins(anna, decision) == []
    assert not may_decide_something(robot, now)


def test_away_is_being_absent_as_long_as_it_lasts(anna: User, ben: User) -> None:
    now = timezone.now()
    give(anna, ben, away=True)
    assert Deputies(timezone.now()).away(anna)
    assert not Deputies(now + 2 * DAY).away(anna)
    assert not Deputies(timezone.now()).away(ben)


@pytest.mark.django_db(transaction=True)
def test_two_who_give_one_voice_at_once_give_it_once(anna: User, ben: User, carl: User) -> None:
    give(anna, ben)
    give(anna, carl)
    for _ in range(5):
        decision = factories.decision(people=2)
        start = Barrier(3)

        def voted(
            who: tuple[User, User | None], decision: Decision = decision, start: Barrier = start
        ) -> bool:
            start.wait(timeout=60)
            try:
                approve(decision, who[0], for_user=who[1])
            except (reviews.MayNotApprove, reviews.NotParked):
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(voted, [(anna, None), (ben, anna), (carl, anna)]))
        assert sum(done) == 1
        decision.refresh_from_db()
        assert (decision.approvals, decision.status) == (1, Decision.Status.PARKED)
