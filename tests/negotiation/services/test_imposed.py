"""An offer that a rule imposes is for people, whatever its score."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from negotiation.models import Decision, Negotiation, ScenarioVersion
from negotiation.scenarios.loaders import load_named
from negotiation.services import runs, sessions
from tests import factories

pytestmark = pytest.mark.django_db


def stubborn(*resolution: str) -> ScenarioVersion:
    """The shipped scenario that is safe enough to need nobody, with seats that want too much."""
    document = load_named("batch-placement").model_dump(mode="json")
    names = [seat["name"] for seat in document["seats"]]
    return factories.version(
        "batch-placement",
        seats=[seat | {"reservation": 0.9} for seat in document["seats"]],
        policy=document["policy"] | {"resolution": [*resolution], "precedence": names},
    )


def ended(version: ScenarioVersion) -> Negotiation:
    table = sessions.start(version=version, by=None, now=timezone.now(), pace=0, seed=7)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()
    return table


@pytest.mark.parametrize("rule", ["precedence", "vote"])
def test_an_imposed_agreement_is_parked_and_says_whose_limit_it_is_below(rule: str) -> None:
    table = ended(stubborn(rule))
    decision = Decision.objects.get(negotiation=table)
    assert (decision.route, decision.status) == ("review", "parked")
    (found,) = [each for each in decision.judgement["findings"] if each["rule"] == "imposed"]
    assert "below the limit" in found["text"]
    decided = json.loads(decision.package)["decided_by"]
    assert decided["rule"] == rule
    assert decided["below_limit"]


def test_what_the_seats_agreed_says_so_in_the_package() -> None:
    table = ended(factories.version("batch-placement"))
    decision = Decision.objects.get(negotiation=table)
    assert json.loads(decision.package)["decided_by"] == {"rule": "consent", "below_limit": []}
    assert decision.status == "cleared"


def test_where_a_person_is_asked_nothing_is_decided() -> None:
    table = ended(stubborn("mediate", "ask", "status_quo"))
    assert table.status == Negotiation.Status.NO_AGREEMENT
    last = table.messages.latest("seq")
    assert "a person is asked" in last.body["text"]
    assert "a person is asked" in table.reason
    assert not Decision.objects.exists()


def test_a_document_from_before_the_list_still_runs() -> None:
    version = stubborn("vote")
    document = version.document
    del document["policy"]["resolution"], document["policy"]["precedence"]
    ScenarioVersion.objects.filter(pk=version.pk).update(document=document)
    version.refresh_from_db()
    assert ended(version).status == Negotiation.Status.NO_AGREEMENT
