"""The package says what the judgement used, and nothing that was told in confidence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from negotiation.engine.formatting import quantity
from negotiation.models import Decision, Negotiation, ScenarioVersion
from negotiation.scenarios.loaders import load_named
from negotiation.scenarios.readings import FactsUsed
from negotiation.services import runs, sessions
from negotiation.services.packages import fingerprint, present_fingerprint
from tests import factories

pytestmark = pytest.mark.django_db


def agreed(version: ScenarioVersion | None = None) -> Negotiation:
    table = sessions.start(
        version=version or factories.version(), by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()
    return table


def package(table: Negotiation) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Decision.objects.get(negotiation=table).package)
    return read


def disclosed(kind: str) -> ScenarioVersion:
    """The shipped scenario with every fact public, on request or never told."""
    facts = load_named("cloud-placement").model_dump(mode="json")["facts"]
    return factories.version(facts=[fact | {"disclosure": kind} for fact in facts])


def test_the_effects_follow_from_the_facts_that_the_package_names() -> None:
    table = agreed()
    scenario, told = table.version.compiled(), package(table)
    facts = FactsUsed.from_dicts(told["read"]["facts"])

    assert {fact["source"] for fact in told["read"]["facts"]} > {"assumed in the scenario"}
    assert told["effects"] == json.loads(json.dumps(scenario.effects(table.agreed_offer, facts)))


def test_the_judgement_was_made_with_the_facts_that_the_package_names() -> None:
    table = agreed()
    values = table.version.compiled().values(
        table.agreed_offer, FactsUsed.from_dicts(package(table)["read"]["facts"])
    )
    findings = Decision.objects.get(negotiation=table).judgement["findings"]
    measured = {each["subject"]: each["measured"] for each in findings if each["subject"] in values}

    assert measured
    assert measured == {subject: values[subject] for subject in measured}


@pytest.mark.parametrize("kind", ["on_request", "never"])
def test_what_was_not_told_to_everybody_is_nowhere_in_the_package(kind: str) -> None:
    table = agreed(disclosed(kind))
    document = table.version.document
    text = Decision.objects.get(negotiation=table).package

    for seat in document["seats"]:
        for claim in (seat.get("knows") or {}).values():
            assert claim["source"] not in text
    nominal = {fact["name"]: fact["nominal"] for fact in document["facts"]}
    for fact in package(table)["read"]["facts"]:
        assert fact["value"] == nominal[fact["fact"]]


def test_the_bill_that_cost_tells_only_on_request_is_not_in_the_shipped_package() -> None:
    text = Decision.objects.get(negotiation=agreed()).package

    assert "Internet egress" in text
    assert "Cloud bill" not in text


def test_the_card_shows_the_figures_of_the_package(manager_client: Client) -> None:
    table = agreed()
    decision, told = Decision.objects.get(negotiation=table), package(table)
    answer = manager_client.get(reverse("approval", args=[decision.pk]))
    cost = told["effects"]["monthly_cost"]
    tiles = {tile.label: tile.after for tile in answer.context["measures"]}

    assert tiles[cost["label"]].startswith(quantity(cost["value"]).removesuffix(".0"))
    assert [fact.to_dict() for fact in answer.context["read"]] == told["read"]["facts"]
    assert "Cloud bill" not in answer.content.decode()


def test_the_fingerprint_can_be_computed_again_from_what_is_stored() -> None:
    table = agreed()
    decision = Decision.objects.get(negotiation=table)

    assert fingerprint(decision.package) == present_fingerprint(decision, table.version.compiled())


def test_a_transcript_that_says_something_else_has_another_fingerprint() -> None:
    table = agreed()
    decision = Decision.objects.get(negotiation=table)
    message = table.messages.filter(act="inform").exclude(body__recipients__0__isnull=False)[0]
    message.body["evidence"]["mean"] += 1
    message.save()

    assert fingerprint(decision.package) != present_fingerprint(decision, table.version.compiled())


def test_an_agreement_that_turns_out_over_its_budget_is_refused_and_says_why() -> None:
    document = load_named("cloud-placement").model_dump(mode="json")
    copying = {"name": "copying", "label": "Copying", "unit": "USD/month", "formula": "replication"}
    rule = {"name": "copying", "subject": "copying", "at_most": 300, "citation": "Budget 2026"}
    rule |= {"text": "Copying costs at most 300 USD a month", "author": "Head of finance"}
    # 420 USD, as the table is told, and not 200.
    facts = [
        fact | ({"nominal": 200} if fact["name"] == "replication" else {})
        for fact in document["facts"]
    ]
    table = agreed(
        factories.version(
            facts=facts,
            measures=[*document["measures"], copying],
            constraints=[*document["constraints"], rule],
        )
    )

    decision = Decision.objects.get(negotiation=table)
    assert (decision.route, decision.status) == ("refuse", "refused")
    assert "at most 300 USD a month" in decision.reason
