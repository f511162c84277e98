"""Whatever is changed between the approval and the execution: nothing is carried out, and the
card says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from negotiation import tasks
from negotiation.models import Decision, Execution, Grant, ScenarioVersion
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World

pytestmark = [pytest.mark.django_db, pytest.mark.long]

HEX = "0123456789abcdef"


@pytest.fixture
def cleared(world: World, manager: User) -> Decision:
    """Approved by a person and not carried out yet."""
    decision = scenes.agreed(scenes.version())
    scenes.approve(decision, manager)
    return fresh(decision)


def fresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("negotiation__version__scenario").get(pk=decision.pk)


def grant_of(decision: Decision) -> Grant:
    return Grant.objects.get(decision=decision, consumed_at=None)


def carry_out(decision: Decision, times: int = 2) -> Decision:
    for _ in range(times):
        tasks.execute_decision(decision_id=decision.pk)
    return fresh(decision)


def refusal(decision: Decision, world: World, times: int = 2) -> str:
    """Why it was not carried out, as the row says it; nothing has left the house."""
    now = carry_out(decision, times)
    assert now.status in {"void", "parked"}, now.status
    assert not world.target.calls
    assert not Execution.objects.filter(decision=decision).exists()
    said = now.returned_because if now.status == "parked" else now.reason
    assert said
    return said


def on_the_card(decision: Decision, said: str, client: Client) -> bool:
    answer = client.get(reverse("approval", args=[decision.pk]))
    assert answer.status_code == 200
    return escape(said) in answer.content.decode()


def everywhere(text: str) -> list[str]:
    """The text with one character changed, for each of its positions."""
    changed = []
    for at, char in enumerate(text):
        other = "0" if char != "0" else "1"
        changed.append(f"{text[:at]}{other}{text[at + 1 :]}")
    return changed


def test_no_byte_of_the_package_can_be_changed(world: World, manager: User) -> None:
    cleared = scenes.agreed(scenes.version(short=True))
    scenes.approve(cleared, manager)
    assert len(cleared.package) > 400
    for package in everywhere(cleared.package):
        start = transaction.savepoint()
        Decision.objects.filter(pk=cleared.pk).update(package=package)
        assert "not the one that was approved" in refusal(cleared, world, times=1)
        transaction.savepoint_rollback(start)
    assert carry_out(cleared).status == "executed", "unchanged, it is carried out"


def test_nothing_can_be_added_to_or_taken_from_the_package(world: World, cleared: Decision) -> None:
    whole = cleared.package
    for package in ("", "{}", whole[:-1], whole + " ", " " + whole, whole.replace(",", ", ")):
        start = transaction.savepoint()
        Decision.objects.filter(pk=cleared.pk).update(package=package)
        assert "not the one that was approved" in refusal(cleared, world)
        transaction.savepoint_rollback(start)


def test_no_digit_of_the_hashes_can_be_changed(world: World, cleared: Decision) -> None:
    grant = grant_of(cleared)
    for column, digits in (
        ("package_hash", grant.package_hash),
        ("fingerprint", grant.fingerprint),
    ):
        for changed in everywhere(digits):
            start = transaction.savepoint()
            Grant.objects.filter(pk=grant.pk).update(**{column: changed})
            refusal(cleared, world, times=1)
            transaction.savepoint_rollback(start)


def broken_json(decision: Decision) -> None:
    Decision.objects.filter(pk=decision.pk).update(package=decision.package[:-1])


def other_region(decision: Decision) -> None:
    changed = decision.package.replace("europe-west3", "us-central1")
    Decision.objects.filter(pk=decision.pk).update(package=changed)


def package_and_its_hash(decision: Decision) -> None:
    changed = decision.package.replace('"share":100', '"share":0')
    assert changed != decision.package
    made = hashlib.sha256(changed.encode()).hexdigest()
    Decision.objects.filter(pk=decision.pk).update(package=changed, package_hash=made)


def grant_for_another_package(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).update(package_hash="f" * 64)


def grant_for_other_figures(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).update(fingerprint="f" * 64)


def grant_under_another_version(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).update(version=factories.version("batch-placement"))


def negotiation_under_another_version(decision: Decision) -> None:
    other = scenes.edit_scenario(decision.negotiation.version, factories.person())
    type(decision.negotiation).objects.filter(pk=decision.negotiation_id).update(version=other)


def document_of_the_version(decision: Decision) -> None:
    version = decision.negotiation.version
    document = version.document | {"executor": {"kind": "webhook", "target": "elsewhere"}}
    ScenarioVersion.objects.filter(pk=version.pk).update(document=document)


def document_and_its_hash(decision: Decision) -> None:
    document_of_the_version(decision)
    version = ScenarioVersion.objects.filter(pk=decision.negotiation.version_id)
    version.update(document_hash="f" * 64)


def figure_told_late(decision: Decision) -> None:
    scenes.tell_a_figure(decision, mean=44.0)


def another_agreement(decision: Decision) -> None:
    table = type(decision.negotiation).objects.filter(pk=decision.negotiation_id)
    table.update(agreement={"region": "europe-west1", "machine": "e2-standard-8", "share": 0})


def nonce(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).update(nonce="chosen-by-somebody-else")


def nonce_by_a_letter(decision: Decision) -> None:
    changed = everywhere(grant_of(decision).nonce)[3]
    Grant.objects.filter(decision=decision).update(nonce=changed)


def expiry_earlier(decision: Decision) -> None:
    grant = Grant.objects.filter(decision=decision)
    grant.update(expires_at=grant.get().granted_at)


def expiry_later(decision: Decision) -> None:
    grant = Grant.objects.filter(decision=decision)
    grant.update(expires_at=grant.get().expires_at + timedelta(days=365))


def approver(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).update(granted_by=factories.person())


def no_grant_at_all(decision: Decision) -> None:
    Grant.objects.filter(decision=decision).delete()


CHANGES: list[Callable[[Decision], None]] = [
    broken_json,
    other_region,
    package_and_its_hash,
    grant_for_another_package,
    grant_for_other_figures,
    grant_under_another_version,
    negotiation_under_another_version,
    document_of_the_version,
    document_and_its_hash,
    figure_told_late,
    another_agreement,
    nonce,
    nonce_by_a_letter,
    expiry_earlier,
    expiry_later,
    approver,
    no_grant_at_all,
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_after_the_approval_is_not_carried_out_and_the_card_says_why(
    world: World, cleared: Decision, manager_client: Client, change: Callable[[Decision], None]
) -> None:
    change(cleared)
    said = refusal(cleared, world)
    assert on_the_card(cleared, said, manager_client)


def test_a_permission_that_has_run_out_is_not_used(
    world: World, cleared: Decision, manager_client: Client
) -> None:
    world.clock.now = grant_of(cleared).expires_at
    said = refusal(cleared, world)
    assert "expired" in said
    assert on_the_card(cleared, said, manager_client)


def test_another_price_in_the_catalogue_is_noticed(
    world: World, cleared: Decision, manager_client: Client
) -> None:
    world.dearer = True
    assert on_the_card(cleared, refusal(cleared, world), manager_client)


def forge(decision: Decision, **fields: Any) -> Grant:
    """A row that nobody's approval has made, put beside or instead of the true one."""
    return factories.grant(decision, **{"signature": "f" * 64, **fields})


def test_a_forged_permission_clears_nothing(world: World, manager: User) -> None:
    parked = scenes.agreed(scenes.version())
    forge(parked, granted_by=manager)
    assert carry_out(parked).status == "parked"
    assert not world.target.calls


def test_a_forged_permission_does_not_carry_out_what_somebody_marked_as_cleared(
    world: World, manager: User
) -> None:
    parked = scenes.agreed(scenes.version())
    original = scenes.agreed(scenes.version())
    scenes.approve(original, manager)
    true = grant_of(original)
    forge(
        parked,
        granted_by=manager,
        fingerprint=true.fingerprint,
        granted_at=true.granted_at,
        expires_at=true.expires_at,
    )
    Decision.objects.filter(pk=parked.pk).update(
        status="cleared", cleared_by=manager, cleared_at=true.granted_at, approvals=1
    )
    refusal(parked, world)


def test_the_permission_of_another_decision_is_refused(world: World, manager: User) -> None:
    first, second = scenes.agreed(scenes.version()), scenes.agreed(scenes.version())
    scenes.approve(first, manager)
    at = grant_of(first).granted_at
    Grant.objects.filter(decision=first).update(decision=second)
    Decision.objects.filter(pk=second.pk).update(
        status="cleared", cleared_by=manager, cleared_at=at, approvals=1
    )
    refusal(second, world)


def test_a_used_permission_is_not_used_again(
    world: World, cleared: Decision, manager: User
) -> None:
    assert carry_out(cleared).status == "executed"
    used: datetime = cleared.created_at
    Decision.objects.filter(pk=cleared.pk).update(status="cleared", cleared_at=used)
    for _ in range(2):
        tasks.execute_decision(decision_id=cleared.pk)
    assert fresh(cleared).status != "executed"
    assert len(world.target.calls) == 1
