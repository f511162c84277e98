"""What the command palette finds, for whom, and what it costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.palette import PLACES
from negotiation.models import Decision, ScenarioVersion
from tests import factories

pytestmark = pytest.mark.django_db

PALETTE = "/palette/"


def found(client: Client, text: str) -> str:
    answer = client.get(PALETTE, {"q": text})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_negotiation_is_found_by_a_part_of_its_title_and_by_its_number(
    operator_client: Client,
) -> None:
    table = factories.negotiation(title="Cheaper rooms in Lyon")
    factories.negotiation(title="Trucks")
    link = f'href="/negotiations/{table.pk}/"'
    for text in ("rooms in", "ROOMS", str(table.pk), f"#{table.pk}", "  lyon "):
        page = found(operator_client, text)
        assert link in page
    assert "Trucks" not in found(operator_client, "rooms")


def test_a_decision_is_found_by_its_number_its_title_and_the_start_of_its_hash(
    manager_client: Client,
) -> None:
    decision = factories.decision()
    link = f'href="/approvals/{decision.pk}/"'
    for text in (str(decision.pk), decision.negotiation.title, decision.package_hash[:8]):
        assert link in found(manager_client, text)
    assert link not in found(manager_client, decision.package_hash[:3] + "zz")


def test_a_scenario_is_found_with_its_policy(operator_client: Client) -> None:
    scenario = factories.version().scenario
    page = found(operator_client, scenario.title[:6])
    assert f'href="/scenarios/{scenario.slug}/"' in page
    assert f'href="/scenarios/{scenario.slug}/policy/"' in page


def test_an_agent_is_found_by_its_name(operator_client: Client) -> None:
    name, title = rosters_of(factories.version())[0]
    for text in (name, title.upper()):
        assert f'href="/agents/{name}/"' in found(operator_client, text)


def rosters_of(version: ScenarioVersion) -> list[tuple[str, str]]:
    return [(seat["name"], seat.get("title") or seat["name"]) for seat in version.document["seats"]]


def test_every_page_it_names_is_there(manager_client: Client) -> None:
    page = found(manager_client, "")
    for place in PLACES:
        assert place.label in page
    assert manager_client.get("/approvals/mandates/").status_code == 200


def test_who_has_no_role_finds_nothing(stranger_client: Client, client: Client) -> None:
    factories.negotiation(title="Kept from strangers")
    answer = stranger_client.get(PALETTE, {"q": "Kept"})
    assert answer.status_code == 403
    assert "Kept from strangers" not in answer.content.decode()
    assert client.get(PALETTE).status_code == 302


@pytest.mark.parametrize(
    "text",
    ["\0", "%", "_%_", "' OR 1=1 --", "<script>", "9" * 99, "#" * 50, "\u202e", "x" * 100_000],
)
def test_a_hostile_question_finds_nothing_and_breaks_nothing(
    operator_client: Client, text: str
) -> None:
    factories.negotiation(title="Rooms")
    page = found(operator_client, text)
    assert "<script" not in page
    if text.strip("\0\u202e"):
        assert "Rooms" not in page


def test_a_hostile_title_is_only_text(operator_client: Client) -> None:
    factories.negotiation(title="<script>\u202elive</script>")
    page = found(operator_client, "script")
    assert "<script" not in page
    assert "\u202e" not in page


def test_it_costs_as_many_queries_for_one_row_as_for_many(
    operator: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(operator)
    factories.decision()
    # Which seats a version has is read once in each process.
    found(client, "a")
    for rows in (1, 20):
        for _ in range(rows):
            factories.decision()
        with CaptureQueriesContext(connection) as asked:
            found(client, "a")
        # The session, the person, their roles, and one for each kind.
        assert len(asked) == 7


def test_both_say_the_table_s_number_and_what_became_of_it(manager_client: Client) -> None:
    # So that no decision has its table's number.
    factories.negotiation(title="Trucks")
    decision = factories.decision(status=Decision.Status.REJECTED)
    table = decision.negotiation
    assert table.pk != decision.pk
    page = found(manager_client, f"#{table.pk}")
    assert f"#{table.pk} · Rejected" in page
    assert f"#{table.pk} · decision {decision.pk} · Rejected" in page
