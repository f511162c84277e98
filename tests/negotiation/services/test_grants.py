"""What was approved is what is executed: other bytes, other figures, too late or never cleared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from negotiation.models import Decision, Execution, Grant, ScenarioVersion
from negotiation.services import execution
from tests import factories
from tests.negotiation.services.orders import cleared, execute
from tests.negotiation.services.targets import Target

pytestmark = pytest.mark.django_db


def test_a_scenario_that_can_no_longer_be_read_makes_its_decision_void(target: Target) -> None:
    decision = cleared()
    version = ScenarioVersion.objects.filter(pk=decision.negotiation.version_id)
    version.update(document={"executor": {"kind": "webhook", "target": "demo"}})
    execute(decision)
    assert decision.status == Decision.Status.VOID
    assert "no longer be read" in decision.reason
    assert not target.calls


def test_a_grant_under_another_version_is_void(target: Target) -> None:
    decision = cleared()
    other = factories.version("batch-placement")
    Grant.objects.filter(decision=decision).update(version=other)
    execute(decision)
    assert decision.status == Decision.Status.VOID
    assert "another version" in decision.reason


def test_bytes_that_change_between_two_attempts_are_not_sent(target: Target) -> None:
    target.answers = [503]
    decision, now = cleared(), timezone.now()
    execute(decision, now)
    Decision.objects.filter(pk=decision.pk).update(package='{"action":"place more"}')
    execute(decision, now + timedelta(seconds=5))
    assert decision.status == Decision.Status.FAILED
    assert "not the one that was approved" in decision.reason
    assert len(target.calls) == 1


def test_two_installations_never_share_an_idempotency_key(target: Target) -> None:
    decision = cleared()
    first = execution.order_for(decision).key
    Grant.objects.filter(decision=decision).update(nonce="another-installations-nonce")
    assert execution.order_for(decision).key != first


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"package": '{"action":"place more"}'}, "not the one that was approved"),
        ({"grant": {"expires_at": timedelta(0)}}, "expired"),
        ({"grant": {"fingerprint": "f" * 64}}, "figure"),
    ],
)
def test_what_is_not_what_was_approved_is_void(
    target: Target, change: dict[str, Any], said: str
) -> None:
    decision = cleared()
    grant = Grant.objects.filter(decision=decision)
    if "package" in change:
        Decision.objects.filter(pk=decision.pk).update(package=change["package"])
    elif "expires_at" in change["grant"]:
        grant.update(expires_at=decision.grant.granted_at)
    else:
        grant.update(**change["grant"])
    execute(decision)
    assert decision.status == Decision.Status.VOID
    assert said in decision.reason
    assert not target.calls
    assert not Execution.objects.exists()
    assert grant.get().consumed_at is None


@pytest.mark.parametrize("status", ["parked", "rejected", "expired", "refused"])
def test_what_nobody_cleared_is_never_carried_out(target: Target, status: str) -> None:
    route = "refuse" if status == "refused" else "review"
    decision = execute(factories.decision(status=status, route=route))
    assert decision.status == status
    assert not target.calls
