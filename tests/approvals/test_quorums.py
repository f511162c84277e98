"""As many people as the tier asks for, each once, and none who is part of the case."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from approvals.models import Review
from approvals.services import reviews
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Grant, PolicyChange, ScenarioVersion
from negotiation.roles import Role
from tests import factories
from tests.approvals import scenes

if TYPE_CHECKING:
    from django.test import Client

    from tests.approvals.crowds import Crowd
    from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(world: World) -> Decision:
    """It waits for two people."""
    return scenes.agreed(scenes.version(people=2))


def manager(*roles: Role) -> User:
    return factories.person(*(roles or (Role.MANAGER,)))


def fresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("negotiation__version__scenario").get(pk=decision.pk)


def test_the_first_of_two_approvals_counts_and_clears_nothing(parked: Decision) -> None:
    scenes.approve(parked, manager())
    after = fresh(parked)
    assert (after.status, after.approvals, after.revision) == ("parked", 1, parked.revision)
    assert not Grant.objects.exists()
    assert AuditEntry.objects.filter(action="decision.approved").count() == 1


@pytest.mark.parametrize("lost", ["role", "account"])
def test_who_is_no_manager_any_more_counts_no_longer(parked: Decision, lost: str) -> None:
    first = manager()
    scenes.approve(parked, first)
    if lost == "role":
        first.groups.clear()
    else:
        User.objects.filter(pk=first.pk).update(is_active=False)
    scenes.approve(parked, manager())
    assert fresh(parked).status == "parked"
    assert not Grant.objects.exists()
    scenes.approve(parked, manager())
    assert fresh(parked).status == "cleared"


def test_the_second_person_clears_it_from_the_card_that_was_open_all_the_time(
    parked: Decision,
) -> None:
    first, second = manager(), manager()
    scenes.approve(parked, first)
    scenes.approve(parked, second)
    after = fresh(parked)
    assert (after.status, after.approvals, after.cleared_by) == ("cleared", 2, second)
    assert Grant.objects.get().granted_by == second


def test_one_person_counts_once(parked: Decision) -> None:
    who = manager()
    scenes.approve(parked, who, key="first-key")
    with pytest.raises(reviews.MayNotApprove, match="another person"):
        scenes.approve(parked, who, key="other-key")
    assert fresh(parked).approvals == 1


def test_the_same_call_again_is_answered_and_not_counted(parked: Decision) -> None:
    who = manager()
    first = scenes.approve(parked, who, key="the-same-key")
    assert scenes.approve(parked, who, key="the-same-key") == first
    assert fresh(parked).approvals == 1


def test_one_no_is_enough(parked: Decision) -> None:
    scenes.approve(parked, manager())
    scenes.reject(parked, manager())
    assert fresh(parked).status == "rejected"


def test_the_highest_tier_needs_a_senior_voice(parked: Decision) -> None:
    Decision.objects.filter(pk=parked.pk).update(seniors=1)
    for who in (manager(), manager()):
        scenes.approve(parked, who)
    assert fresh(parked).status == "parked"
    scenes.approve(parked, manager(Role.SENIOR))
    assert (fresh(parked).status, fresh(parked).approvals) == ("cleared", 3)


def test_votes_begin_again_when_the_package_comes_back(parked: Decision, world: World) -> None:
    first, second = manager(), manager()
    scenes.approve(parked, first)
    scenes.approve(parked, second)
    world.clock.forward(days=2)
    tasks.execute_decision(decision_id=parked.pk)
    back = fresh(parked)
    assert (back.status, back.approvals, back.people) == ("parked", 0, 2)
    scenes.approve(back, first)
    assert fresh(parked).approvals == 1, "who approved it before may approve it again"


def test_the_tier_is_frozen_on_the_item(parked: Decision, admin: User) -> None:
    scenes.edit_scenario(parked.negotiation.version, admin)
    assert fresh(parked).tier == parked.tier
    assert parked.tier["people"] == parked.people == 2


def author(parked: Decision, who: User) -> None:
    ScenarioVersion.objects.filter(pk=parked.negotiation.version_id).update(author=who)


def ratifier(parked: Decision, who: User) -> None:
    """Of a change that loosened the policy: it has another author, and was parked for a second."""
    version = parked.negotiation.version
    proposal = PolicyChange.objects.create(
        scenario=version.scenario,
        base=version,
        document=version.document,
        document_hash=version.document_hash,
        author=factories.person(Role.ADMIN),
        note="Looser",
        changes=[],
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    ScenarioVersion.objects.filter(pk=version.pk).update(
        author=proposal.author, ratified_by=who, proposal=proposal
    )


def amender(parked: Decision, who: User) -> None:
    Decision.objects.filter(pk=parked.pk).update(offer=parked.agreed, amended_by=who)


def owner(parked: Decision, who: User) -> None:
    version = parked.negotiation.version
    version.document["seats"][0]["owner"] = who.username
    version.save()


def service(parked: Decision, who: User) -> None:
    who.groups.add(Group.objects.get(name=Role.SERVICE.value))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (author, "author of version 1"),
        (ratifier, "agreed to version 1"),
        (amender, "amended"),
        (owner, "owner of the agent"),
    ],
)
def test_who_is_part_of_the_case_cannot_approve_and_is_told_why(
    parked: Decision, client: Client, part: Any, said: str
) -> None:
    who = manager()
    part(parked, who)
    client.force_login(who)
    page = client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert said in page
    assert 'data-dialog="approve"' not in page
    answer = client.post(
        reverse("approval-approve", args=[parked.pk]), {"seen": parked.tag, "key": "a-key-of-mine"}
    )
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert fresh(parked).approvals == 0
    scenes.reject(fresh(parked), who)
    assert fresh(parked).status == "rejected", "no is always possible"


def test_everybody_sees_who_cannot_approve(parked: Decision, client: Client) -> None:
    who = manager()
    author(parked, who)
    client.force_login(manager())
    page = client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert f"{who.username} cannot approve" in page


def test_a_service_account_never_counts(parked: Decision) -> None:
    who = manager()
    service(parked, who)
    with pytest.raises(reviews.NotAllowed):
        scenes.approve(parked, User.objects.get(pk=who.pk))


def test_the_card_says_how_many_are_still_needed(parked: Decision, client: Client) -> None:
    client.force_login(manager())
    page = client.get(reverse("approval", args=[parked.pk])).content.decode()
    assert "2 people approve" in page
    answer = client.post(
        reverse("approval-approve", args=[parked.pk]),
        {"seen": parked.tag, "key": "a-key-of-mine"},
        follow=True,
    )
    assert "1 more person must approve" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_ten_people_at_once_are_counted_one_by_one(crowd: Crowd) -> None:
    parked = scenes.agreed(scenes.version(people=5))
    people = [manager() for _ in range(10)]

    def approve(who: User) -> str:
        try:
            scenes.approve(parked, who)
        except reviews.NotParked:
            return "late"
        return "counted"

    said = crowd.do([partial(approve, who) for who in people])
    assert sorted(said) == ["counted"] * 5 + ["late"] * 5
    assert Review.objects.count() == fresh(parked).approvals == 5
    assert (fresh(parked).status, Grant.objects.count()) == ("cleared", 1)


@pytest.mark.django_db(transaction=True)
def test_one_person_on_ten_screens_counts_once(crowd: Crowd) -> None:
    parked = scenes.agreed(scenes.version(people=2))
    who = manager()

    def approve(number: int) -> str:
        try:
            scenes.approve(parked, who, key=f"screen-{number}")
        except reviews.MayNotApprove:
            return "again"
        return "counted"

    assert sorted(crowd.do([partial(approve, number) for number in range(10)])) == ["again"] * 9 + [
        "counted"
    ]
    assert (fresh(parked).status, fresh(parked).approvals) == ("parked", 1)


def test_now_is_when_it_was_said(parked: Decision, world: World) -> None:
    assert scenes.approve(parked, manager()).created_at == timezone.now()
