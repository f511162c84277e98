"""Mandates: a vote given beforehand, within bounds, counted where the agreement is routed."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from approvals.services import reviews
from negotiation.engine.requirements import Requirement
from negotiation.models import AuditEntry, Mandate, Stop
from negotiation.roles import Role
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import (
    mandates,
    scenarios,
    switches,
)
from tests import factories
from tests.approvals import scenes, voices
from tests.approvals.safeguards import execute, give, judged, route
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def test_an_agreement_in_its_region_is_cleared_by_its_giver(world: World, manager: User) -> None:
    version = scenes.version()
    mandate = give(version, manager)
    decision = scenes.agreed(version)
    assert (decision.status, decision.route) == ("cleared", "review")
    assert (decision.cleared_by, decision.mandate, decision.approvals) == (manager, mandate, 1)
    assert decision.grant.granted_by == manager
    mandate.refresh_from_db()
    assert mandate.used_count == 1
    assert mandate.used_harm > 0
    used = AuditEntry.objects.get(action="mandate.used")
    assert (used.user, used.details["for_user"]) == (None, manager.get_username())
    assert used.details["decision"] == decision.pk
    assert execute(decision).status == "executed"


def test_with_a_quorum_of_two_it_is_one_vote_and_its_giver_has_no_second(
    world: World, manager: User
) -> None:
    version = scenes.version(people=2)
    give(version, manager)
    decision = scenes.agreed(version)
    assert (decision.status, decision.approvals) == ("parked", 1)
    assert decision.timers.live().exists()
    with pytest.raises(reviews.MayNotApprove):
        scenes.approve(decision, manager)
    scenes.approve(decision, factories.person(Role.MANAGER))
    assert execute(decision).status == "executed"


def test_who_gave_the_mandate_gives_nobody_elses_voice_beside_it(
    world: World, manager: User
) -> None:
    version = scenes.version(people=2)
    give(version, manager)
    decision, other = scenes.agreed(version), factories.person(Role.MANAGER)
    voices.give(other, manager)
    with pytest.raises(reviews.MayNotApprove, match="Your voice counts"):
        voices.approve(decision, manager, for_user=other)
    scenes.approve(decision, other)
    assert execute(decision).status == "executed"


def test_a_seniors_mandate_is_a_seniors_vote(world: World) -> None:
    senior = factories.person(Role.SENIOR)
    version = scenes.version()
    document = deepcopy(version.document)
    document["policy"]["tiers"] = [{"people": 1, "seniors": 1}]
    version = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="x",
        now=timezone.now(),
    )
    give(version, factories.person(Role.MANAGER), max_count=1)
    plain = scenes.agreed(version)
    assert (plain.status, plain.approvals, plain.senior_approvals) == ("parked", 1, 0)
    give(version, senior)
    assert scenes.agreed(version).status == "cleared"
    senior.groups.set(Group.objects.filter(name="manager"))
    assert scenes.agreed(version).mandate is None, "its giver is no senior any more"


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (Requirement(subject="share", test="equals", limit=0), False),
        (Requirement(subject="share", test="in", limit=(50, 100)), True),
        (Requirement(subject="share", test="not_in", limit=(0,)), True),
        (Requirement(subject="region", test="in", limit=("europe-west9",)), False),
        (Requirement(subject="monthly_cost", test="at_most", limit=10_000), True),
        (Requirement(subject="monthly_cost", test="at_most", limit=1), False),
        (Requirement(subject="monthly_cost", test="at_least", limit=1), True),
    ],
)
def test_it_covers_what_keeps_every_requirement(
    world: World, manager: User, asked: Requirement, fits: bool
) -> None:
    version = scenes.version()
    known = scenes.agreed(version)
    assert known.agreed["share"] in {50, 100}
    give(version, manager, asked)
    assert (scenes.agreed(version).mandate is not None) == fits
    both = give(version, manager, asked, Requirement(subject="share", test="equals", limit=0))
    scenes.agreed(version)
    both.refresh_from_db()
    assert both.used_count == 0


def test_it_is_used_as_often_as_it_says_and_no_longer_than_it_says(
    world: World, manager: User
) -> None:
    version = scenes.version()
    mandate = give(version, manager, max_count=2)
    assert [scenes.agreed(version).status for _ in range(3)] == ["cleared", "cleared", "parked"]
    mandate.refresh_from_db()
    assert mandate.used_count == 2
    give(version, manager, expires_at=timezone.now() + timedelta(hours=1))
    assert scenes.agreed(version).status == "cleared"
    world.clock.forward(hours=1)
    assert scenes.agreed(version).status == "parked"


def test_its_harm_is_never_exceeded(world: World, manager: User) -> None:
    version = scenes.version()
    table, found = judged(version)
    mandate = give(version, manager, max_harm=found.judgement.risk.harm * 1.5)
    assert [route(table, found).status for _ in range(2)] == ["cleared", "parked"]
    mandate.refresh_from_db()
    assert 0 < mandate.used_harm <= mandate.max_harm


def test_it_never_covers_the_automatic_the_refused_and_the_unscored(
    world: World, manager: User
) -> None:
    automatic = scenes.version(automatic=True)
    give(automatic, manager)
    assert scenes.agreed(automatic).mandate is None
    version = scenes.version()
    document = deepcopy(version.document)
    document["policy"] |= {"refuse_from": 1}
    refusing = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="x",
        now=timezone.now(),
    )
    give(refusing, manager)
    assert scenes.agreed(refusing).status == "refused"
    assert not Mandate.objects.filter(used_count__gt=0).exists()


def test_it_never_covers_what_a_stop_or_a_freeze_holds(world: World, manager: User) -> None:
    version = scenes.version()
    table, found = judged(version)
    give(version, manager)
    assert route(table, found).mandate is not None
    switches.stop(scope=Stop.Scope.GLOBAL, by=manager, reason="Odd", now=timezone.now())
    assert route(table, found).mandate is None
    switches.lift(stop_id=Stop.objects.get().pk, by=manager, reason="Fine", now=timezone.now())
    assert route(table, found).mandate is not None
    document = deepcopy(version.document)
    freeze = {"name": "holidays", "text": "Nothing changes over the holidays"}
    freeze |= {"begins": "2026-01-01T00:00Z", "ends": "2027-01-01T00:00Z"}
    document["policy"]["freezes"] = [freeze]
    frozen = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="x",
        now=timezone.now(),
    )
    assert scenes.agreed(frozen).mandate is None


def test_a_giver_who_left_or_wrote_the_rules_does_not_speak(world: World, manager: User) -> None:
    version = scenes.version()
    give(version, manager)
    own = scenes.edit_scenario(version, manager)
    decision = scenes.agreed(own)
    assert (decision.status, decision.mandate) == ("parked", None)
    assert scenes.agreed(version).mandate is not None
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert scenes.agreed(version).mandate is None
    User.objects.filter(pk=manager.pk).update(is_active=True)
    manager.groups.set(Group.objects.filter(name="operator"))
    assert scenes.agreed(version).mandate is None


def test_under_rules_in_which_a_word_means_something_else_it_covers_nothing(
    world: World, manager: User
) -> None:
    version = scenes.version()
    give(version, manager, Requirement(subject="monthly_cost", test="at_most", limit=10_000))
    document = deepcopy(version.document)
    document["measures"][0] |= {"unit": "EUR/month"}
    newer = scenarios.import_document(
        document=ScenarioDocument.model_validate(document),
        author=None,
        note="x",
        now=timezone.now(),
    )
    assert scenes.agreed(version).mandate is not None
    assert scenes.agreed(newer).mandate is None


def test_revoked_it_takes_its_votes_along_and_what_it_cleared_comes_back(
    world: World, manager: User
) -> None:
    one, two = scenes.version(), scenes.version(short=True, people=2)
    first, second = give(one, manager), give(two, manager)
    cleared, parked = scenes.agreed(one), scenes.agreed(two)
    for mandate in (first, second):
        mandates.revoke(mandate_id=mandate.pk, by=manager, now=timezone.now())
    with pytest.raises(mandates.AlreadyRevoked):
        mandates.revoke(mandate_id=first.pk, by=manager, now=timezone.now())
    parked.refresh_from_db()
    assert (parked.status, parked.approvals, parked.mandate) == ("parked", 0, None)
    assert execute(cleared).status == "parked"
    assert f"revoked mandate {first.pk}" in cleared.returned_because
    assert (cleared.mandate, cleared.approvals) == (None, 0)
    assert not world.target.calls
    assert scenes.agreed(one).mandate is None
    scenes.approve(cleared, manager)
    assert execute(cleared).status == "executed"


def test_what_it_cleared_comes_back_if_its_giver_is_no_manager_any_more(
    world: World, manager: User
) -> None:
    version = scenes.version()
    give(version, manager)
    cleared = scenes.agreed(version)
    assert cleared.status == "cleared"
    manager.groups.clear()
    assert execute(cleared).status == "parked"
    assert "no longer decides" in cleared.returned_because
    assert not world.target.calls


def test_what_was_begun_before_it_was_revoked_goes_to_its_end(world: World, manager: User) -> None:
    version = scenes.version()
    mandate = give(version, manager)
    decision = scenes.agreed(version)
    world.target.answer = "busy"
    assert execute(decision).status == "executing"
    mandates.revoke(mandate_id=mandate.pk, by=manager, now=timezone.now())
    world.target.answer = "ok"
    world.clock.forward(hours=1)
    assert execute(decision).status == "executed"
