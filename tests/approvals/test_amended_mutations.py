"""What a person made of an agreement, changed after its approval: nothing is carried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from negotiation.models import Decision, EarlierPackage
from negotiation.roles import Role
from tests import factories
from tests.approvals import scenes, test_mutations
from tests.approvals.scenes import World
from tests.approvals.test_mutations import carry_out, everywhere, fresh, on_the_card, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def amended(by: User, *, short: bool = False) -> Decision:
    """Approved by somebody else than who amended it, and not carried out yet."""
    decision = scenes.agreed(scenes.version(short=short))
    scenes.amend(decision, factories.person(Role.MANAGER), share=0)
    scenes.approve(fresh(decision), by)
    return fresh(decision)


@pytest.fixture
def cleared(world: World, manager: User) -> Decision:
    return amended(manager)


def test_no_byte_of_the_amended_package_can_be_changed(world: World, manager: User) -> None:
    cleared = amended(manager, short=True)
    for package in everywhere(cleared.package):
        start = transaction.savepoint()
        Decision.objects.filter(pk=cleared.pk).update(package=package)
        assert "not the one that was approved" in refusal(cleared, world, times=1)
        transaction.savepoint_rollback(start)
    assert carry_out(cleared).status == "executed", "unchanged, it is carried out"
    [order] = world.target.calls
    assert order.body == cleared.package.encode()


def the_package_before(decision: Decision) -> None:
    before = EarlierPackage.objects.get(decision=decision)
    Decision.objects.filter(pk=decision.pk).update(package=before.package)


def the_package_before_and_its_hash(decision: Decision) -> None:
    before = EarlierPackage.objects.get(decision=decision)
    row = Decision.objects.filter(pk=decision.pk)
    row.update(package=before.package, package_hash=before.package_hash)


def the_offer(decision: Decision) -> None:
    Decision.objects.filter(pk=decision.pk).update(offer=decision.agreed | {"share": 50})


def the_offer_taken_back(decision: Decision) -> None:
    Decision.objects.filter(pk=decision.pk).update(offer=None)


CHANGES: list[Callable[[Decision], None]] = [
    the_package_before,
    the_package_before_and_its_hash,
    the_offer,
    the_offer_taken_back,
    test_mutations.grant_for_another_package,
    test_mutations.grant_for_other_figures,
    test_mutations.approver,
    test_mutations.no_grant_at_all,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_after_the_approval_is_not_carried_out_and_the_card_says_why(
    world: World, cleared: Decision, manager_client: Client, change: Callable[[Decision], None]
) -> None:
    change(cleared)
    said = refusal(cleared, world)
    assert on_the_card(cleared, said, manager_client)


def test_another_price_brings_it_back_as_the_person_made_it(
    world: World, cleared: Decision
) -> None:
    world.dearer = True
    refusal(cleared, world)
    assert fresh(cleared).agreed == cleared.agreed
