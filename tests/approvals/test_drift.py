"""The rules may have changed between the approval and its use."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.models import Decision, Execution
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import runs, sessions
from negotiation.services.scenarios import save_version
from tests import factories
from tests.approvals.test_returns import approve, execute

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.negotiation.services.targets import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(manager: User) -> Decision:
    table = sessions.start(
        version=factories.version_for(1), by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return approve(Decision.objects.parked().get(), manager)


def save(decision: Decision, admin: User, **changes: Any) -> None:
    """A newer version of the scenario under which the decision was agreed."""
    version = decision.negotiation.version
    save_version(
        scenario=version.scenario,
        document=ScenarioDocument.model_validate(deepcopy(version.document) | changes),
        author=admin,
        note="A test",
        now=timezone.now(),
    )


def test_newer_rules_that_forbid_nothing_are_noted(
    approved: Decision, admin: User, manager_client: Client, target: Target
) -> None:
    save(approved, admin, description="Said in other words.")
    assert execute(approved).status == Decision.Status.EXECUTED
    said = "The rules are at version 2 now; this was agreed under 1. None of them forbids it."
    assert Execution.objects.get().drift == said
    page = manager_client.get(reverse("approval", args=[approved.pk])).content.decode()
    assert said in page


def test_a_newer_rule_that_forbids_it_ends_it(
    approved: Decision, admin: User, target: Target
) -> None:
    region = approved.negotiation.agreed_offer["region"]
    rule = {
        "name": "not-there",
        "text": "Nothing runs where it was agreed to run",
        "author": "An admin",
        "citation": "Order 7",
        "subject": "region",
        "not_in": [region],
    }
    rules = [*approved.negotiation.version.document["constraints"], rule]
    save(approved, admin, constraints=rules)
    decision = execute(approved)
    assert decision.status == Decision.Status.VOID
    assert "Nothing runs where it was agreed to run" in decision.reason
    assert not target.calls


def test_an_option_that_is_gone_ends_it(approved: Decision, admin: User, target: Target) -> None:
    region = approved.negotiation.agreed_offer["region"]
    document = deepcopy(approved.negotiation.version.document)
    for issue in document["issues"]:
        issue["options"] = [
            option
            for option in issue["options"]
            if (option["value"] if isinstance(option, dict) else option) != region
        ]
    document["today"] = None
    save(approved, admin, **document)
    decision = execute(approved)
    assert decision.status == Decision.Status.VOID
    assert "no offer any more" in decision.reason
    assert not target.calls


def test_a_newer_gate_brings_an_automatic_decision_to_people(admin: User, target: Target) -> None:
    version = factories.version("batch-placement")
    table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=1)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    automatic = Decision.objects.cleared().get()
    name, *_ = automatic.negotiation.agreed_offer
    others = set(version.compiled().table.space.issue(name).options)
    others.discard(automatic.negotiation.agreed_offer[name])
    gate = {"name": "always", "text": "Always a person", "subject": name, "not_in": sorted(others)}
    policy = version.document["policy"]
    save(automatic, admin, policy=policy | {"gates": [*policy["gates"], gate]})
    decision = execute(automatic)
    assert decision.status == Decision.Status.PARKED
    assert "A person decides it now: Always a person." in decision.returned_because
    assert not target.calls


def test_what_was_carried_out_there_meanwhile_is_noted(
    approved: Decision, manager: User, manager_client: Client, target: Target
) -> None:
    version = approved.negotiation.version
    table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=8)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    other = approve(Decision.objects.get(negotiation=table), manager)
    assert other.status == "cleared"
    assert execute(other).status == "executed"
    assert Execution.objects.get(decision=other).drift == ""
    assert execute(approved).status == "executed"
    page = manager_client.get(reverse("approval", args=[approved.pk])).content.decode()
    assert f"decision {other.pk} began to be carried out at the same service" in page
