from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from negotiation.models import Scenario, ScenarioVersion
from negotiation.scenarios.loaders import load_named
from tests import factories

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIMIT = "seats.0.reservation"
EDIT = "/scenarios/cloud-placement/edit/"


def test_the_page_shows_seats_rules_with_their_authors_and_the_history(
    operator_client: Client,
) -> None:
    version = factories.version()
    page = operator_client.get(reverse("scenario", args=[version.scenario.slug])).content.decode()
    rule = version.document["constraints"][0]
    for words in ("Cost", "Risk tolerance", rule["author"], rule["citation"], "For a test"):
        assert words in page
    assert "Edit the scenario" not in page
    assert "Edit the policy" not in page


@pytest.mark.parametrize(
    "url",
    [
        "/scenarios/nowhere/",
        "/scenarios/cloud-placement/versions/9/",
        f"/scenarios/cloud-placement/versions/{'9' * 30}/",
    ],
)
def test_what_is_not_there_is_not_found(operator_client: Client, url: str) -> None:
    factories.version()
    assert operator_client.get(url).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_scenarios(
    rows: int, operator_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = factories.version()
    for number in range(rows):
        other = Scenario.objects.create(slug=f"s{number}", title=f"Scenario {number}")
        copied = ScenarioVersion.objects.create(
            scenario=other,
            number=1,
            document=version.document,
            document_hash=version.document_hash,
            note="Copied",
            created_at=version.created_at,
        )
        Scenario.objects.filter(pk=other.pk).update(current=copied)
    with django_assert_num_queries(5):
        operator_client.get("/scenarios/")


def test_the_page_says_what_follows_when_the_seats_do_not_agree(admin_client: Client) -> None:
    policy = load_named("cloud-placement").model_dump(mode="json")["policy"]
    rule = {"resolution": ["precedence", "ask"], "precedence": ["compliance", "cost"]}
    factories.version(policy=policy | rule)
    page = admin_client.get("/scenarios/cloud-placement/").content.decode()
    assert "the order of precedence (Compliance and Cost), then a person" in page
