"""What the database holds of broken glass, and many people at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals.models import GlassReview
from approvals.services import reviews
from negotiation import tasks
from negotiation.models import Decision, Grant
from negotiation.roles import Role
from negotiation.services import glass
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.invariants import Look
from tests.approvals.safeguards import execute, smash
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture
def senior(db: None) -> User:
    return factories.person(Role.SENIOR)


def breakers() -> dict[str, Callable[[GlassReview, User], Any]]:
    def glass_of(review: GlassReview) -> Any:
        return GlassReview.objects.filter(pk=review.pk)

    def row_of(review: GlassReview) -> Any:
        return Decision.objects.filter(pk=review.decision_id)

    whole = {"verdict": "justified", "note": "Yes", "reviewed_at": timezone.now()}
    return {
        "glass_review_by_somebody_else": lambda review, _: glass_of(review).update(
            reviewed_by=review.broken_by, **whole
        ),
        "glass_review_is_whole": lambda review, other: glass_of(review).update(reviewed_by=other),
        "glass_review_has_a_time": lambda review, _: glass_of(review).update(
            due_at=review.broken_at
        ),
        "glass_broken_once_per_key": lambda review, _: GlassReview.objects.create(
            **{
                name: getattr(review, name)
                for name in ("decision", "package_hash", "broken_by", "reason", "key")
            },
            broken_at=review.broken_at,
            due_at=review.due_at,
        ),
        "decision_glass_is_broken_with_a_reason": lambda review, _: row_of(review).update(
            glass_reason="Now!"
        ),
        "decision_glass_is_broken_by_who_clears": lambda review, other: row_of(review).update(
            cleared_by=other
        ),
        "decision_waiting_has_its_glass_whole": lambda review, _: row_of(review).update(
            status="parked", cleared_at=None
        ),
        "decision_cleared_by_enough_people": lambda review, _: row_of(review).update(
            glass_broken_by=None, glass_broken_at=None, glass_reason=""
        ),
    }


@pytest.mark.parametrize("name", list(breakers()))
def test_the_database_holds_it(world: World, senior: User, manager: User, name: str) -> None:
    review = smash(scenes.agreed(scenes.version(people=2)), senior)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        breakers()[name](review, manager)


@pytest.mark.django_db(transaction=True)
def test_many_who_break_it_at_once_have_broken_it_once(world: World, crowd: Crowd) -> None:
    people = [factories.person(Role.SENIOR) for _ in range(10)]
    version = scenes.version(short=True, people=2)

    def told(decision: Decision, by: User) -> str:
        try:
            smash(decision, by)
        except reviews.NotParked:
            return "told"
        return "broken"

    for _ in range(6):
        decision = scenes.agreed(version)
        said = crowd.do([partial(told, decision, by) for by in people])
        assert sorted(said) == ["broken"] + ["told"] * 9
        assert GlassReview.objects.filter(decision=decision).count() == 1
        assert Grant.objects.filter(decision=decision).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_broken_glass_and_a_rejection_at_once_no_is_the_last_word_or_it_was_done(
    world: World, crowd: Crowd, senior: User, manager: User
) -> None:
    def told(deed: Callable[[], object]) -> bool:
        try:
            deed()
        except (reviews.NotParked, glass.NotBreakable):
            return False
        return True

    version = scenes.version(short=True)
    for at in range(12):
        decision = scenes.agreed(version)
        calls = [
            partial(told, partial(smash, decision, senior)),
            partial(told, partial(scenes.reject, decision, manager)),
            partial(told, partial(tasks.execute_decision, decision_id=decision.pk)),
        ]
        broke, no, _ = crowd.do(calls) if at % 2 else crowd.do(calls[::-1])[::-1]
        execute(decision)
        assert decision.status == ("rejected" if no else "executed")
        assert broke or no
    look = Look.now()
    assert len(world.target.effects) == sum(d.status == "executed" for d in look.decisions.values())
