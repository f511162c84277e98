"""Letting somebody decide in one's name: its bounds, its circles, its end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals.models import Delegation
from approvals.services import delegations, reviews
from approvals.services.deputies import may_decide
from negotiation.models import AuditEntry
from negotiation.roles import Role
from tests import factories
from tests.approvals.voices import DAY, approve, give

pytestmark = pytest.mark.django_db


def test_a_revoked_delegation_counts_no_longer(anna: User, ben: User) -> None:
    decision, one = factories.decision(), give(anna, ben)
    assert may_decide(ben, decision, timezone.now())
    assert delegations.revoke(delegation_id=one.pk, by=anna, now=timezone.now())
    assert not delegations.revoke(delegation_id=one.pk, by=anna, now=timezone.now())
    assert not may_decide(ben, decision, timezone.now())
    with pytest.raises(reviews.NotAllowed):
        approve(decision, ben, for_user=anna)
    assert AuditEntry.objects.filter(action="delegation.revoked").count() == 1


def test_nobody_else_revokes_it_but_admins(anna: User, ben: User, carl: User, admin: User) -> None:
    one = give(anna, ben)
    with pytest.raises(delegations.NotYours):
        delegations.revoke(delegation_id=one.pk, by=carl, now=timezone.now())
    assert delegations.revoke(delegation_id=one.pk, by=admin, now=timezone.now())


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ends": timedelta(days=91)}, "at most 90 days"),
        ({"ends": timedelta(0)}, "ends before it begins"),
        ({"begins": 400 * DAY, "ends": 401 * DAY}, "more than a year"),
    ],
)
def test_a_delegation_has_its_bounds(
    anna: User, ben: User, fields: dict[str, timedelta], sentence: str
) -> None:
    now = timezone.now()
    with pytest.raises(delegations.BadDelegation, match=sentence):
        give(anna, ben, **{name: now + by for name, by in fields.items()})
    assert not Delegation.objects.exists()


def test_only_who_has_a_voice_gives_it_and_only_to_others(anna: User, ben: User) -> None:
    for giver, receiver, sentence in (
        (ben, anna, "no voice to give"),
        (anna, anna, "somebody else"),
        (anna, factories.person(name="nobody"), "cannot decide for you"),
    ):
        with pytest.raises(delegations.BadDelegation, match=sentence):
            give(giver, receiver)


def test_the_same_again_adds_nothing(anna: User, ben: User) -> None:
    ends = timezone.now() + DAY
    assert give(anna, ben, ends=ends) == give(anna, ben, ends=ends)
    assert AuditEntry.objects.filter(action="delegation.given").count() == 1


def test_a_circle_is_refused_with_its_chain(anna: User, carl: User) -> None:
    dora = factories.person(Role.MANAGER, name="dora")
    give(anna, carl)
    give(carl, dora)
    with pytest.raises(delegations.BadDelegation, match="dora → anna → carl → dora"):
        give(dora, anna)
    with pytest.raises(delegations.BadDelegation, match="carl → anna → carl"):
        give(carl, anna)
    assert Delegation.objects.count() == 2
    assert AuditEntry.objects.filter(action="delegation.given").count() == 2


def test_no_circle_where_times_or_subjects_do_not_meet(anna: User, carl: User) -> None:
    now = timezone.now()
    one, other = factories.decision(), factories.decision()
    give(anna, carl, ends=now + DAY, decision=one)
    give(carl, anna, ends=now + DAY, decision=other)
    give(carl, anna, begins=now + 2 * DAY, ends=now + 3 * DAY)
    with pytest.raises(delegations.BadDelegation, match="circle"):
        give(carl, anna, scenario=one.negotiation.version.scenario)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"receiver": "anna"}, "delegation_to_somebody_else"),
        ({"ends": timedelta(0)}, "delegation_has_a_time"),
        ({"scope": "decision"}, "delegation_names_what_it_is_about"),
        ({"scope": "decision", "decision": True, "away": True}, "delegation_away_is_about"),
    ],
)
def test_the_rows_keep_their_rules(
    anna: User, ben: User, fields: dict[str, Any], name: str
) -> None:
    now: datetime = timezone.now()
    row: dict[str, Any] = {"giver": anna, "receiver": ben, "scope": "all", "begins": now}
    row |= {"ends": now + DAY, "created_at": now} | fields
    row["receiver"] = anna if fields.get("receiver") else ben
    row["ends"] = now + fields["ends"] if "ends" in fields else now + DAY
    row["decision"] = factories.decision() if fields.get("decision") else None
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Delegation.objects.create(**row)


@pytest.mark.django_db(transaction=True)
def test_of_circles_made_at_once_none_is_closed() -> None:
    """Four people in a ring, each letting the next decide, all at the same time."""
    people = [factories.person(Role.MANAGER, name=f"ring{n}") for n in range(4)]
    now = timezone.now()
    for _ in range(5):
        start = Barrier(len(people))

        def made(place: int, start: Barrier = start) -> bool:
            start.wait(timeout=60)
            try:
                give(people[place], people[(place + 1) % len(people)], ends=now + DAY)
            except delegations.BadDelegation:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(len(people)) as pool:
            done = list(pool.map(made, range(len(people))))
        assert sum(done) == len(people) - 1
        assert Delegation.objects.standing(now).count() == len(people) - 1
        Delegation.objects.all().delete()
