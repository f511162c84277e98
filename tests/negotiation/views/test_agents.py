"""The agents' pages: what they show is what the rows say, at a cost that does not grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.engine.trust import BASE
from negotiation.models import Report, Stop, TrustEntry
from negotiation.services.agents import MOST, agents
from tests import factories, histories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIST, PAGE = "/agents/", "/agents/cost/"


def past(manager: User, decisions: int) -> None:
    version = factories.version()
    histories.furnish([version], [manager], decisions=decisions, now=timezone.now(), bad=0.3)
    histories.settle(seats=[seat["name"] for seat in version.document["seats"]])


def test_whoever_has_a_seat_is_on_the_list(operator_client: Client) -> None:
    version = factories.version()
    page = operator_client.get(LIST).content.decode()
    for seat in version.document["seats"]:
        assert f'href="/agents/{seat["name"]}/"' in page
    assert "not weighed yet" in page


def test_without_scenarios_the_list_says_why_it_is_empty(operator_client: Client) -> None:
    assert "No agent has a seat yet" in operator_client.get(LIST).content.decode()


def test_an_agent_without_a_past_is_believed_as_its_identity_says(operator: User) -> None:
    factories.version()
    found = agents(operator, "cost")[0]
    assert found.trust.believability == BASE["verified organisation"]
    assert (found.tables, found.claims) == (0, [])


def test_a_table_says_how_far_each_of_its_seats_is_believed(
    manager: User, manager_client: Client
) -> None:
    table = factories.negotiation()
    address = reverse("negotiation", args=[table.pk])
    assert "nothing settled yet" in manager_client.get(address).content.decode()
    past(manager, 40)
    shown = {one.face.name: one for one in manager_client.get(address).context["trusted"]}
    assert set(shown) == {seat["name"] for seat in table.version.document["seats"]}
    for agent in agents(manager):
        one = shown[agent.name]
        assert (one.trust, one.kept, one.broken) == (agent.trust, agent.kept, agent.broken)
    assert any(one.broken for one in shown.values())


def test_wrong_claims_cost_belief_and_a_replaced_report_no_longer_counts(
    manager: User, client: Client
) -> None:
    past(manager, 40)
    before = agents(manager, "cost")[0]
    assert before.claims
    TrustEntry.objects.exclude(fact="").update(right=False)
    assert agents(manager, "cost")[0].trust.history < before.trust.history
    Report.objects.update(replaced_at=timezone.now())
    assert agents(manager, "cost")[0].entries == ()


def test_only_the_newest_reports_are_read(manager: User) -> None:
    past(manager, 1200)
    assert Report.objects.count() > MOST
    found = agents(manager, "cost")[0]
    assert len({each.report_id for each in found.entries}) == MOST
    newest = Report.objects.order_by("-pk").values_list("pk", flat=True)[:MOST]
    assert {each.report_id for each in found.entries} == set(newest)


@pytest.mark.parametrize("address", [LIST, PAGE])
@pytest.mark.parametrize("decisions", [1, 120])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    address: str,
    decisions: int,
    manager: User,
    manager_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    past(manager, decisions)
    manager_client.get(address)
    with django_assert_max_num_queries(12):
        assert manager_client.get(address).status_code == 200


def test_the_page_leads_to_the_evidence(manager: User, manager_client: Client) -> None:
    past(manager, 60)
    page = manager_client.get(PAGE).content.decode()
    entry = TrustEntry.objects.present().filter(seat="cost").exclude(fact="").last()
    assert entry is not None
    assert f'href="/negotiations/{entry.negotiation_id}/#m{entry.seq}"' in page
    assert "Brier score" in page


def test_a_stopped_agent_is_marked(manager: User, manager_client: Client) -> None:
    factories.version()
    Stop.objects.create(
        scope=Stop.Scope.AGENT, seat="cost", by=manager, reason="It shouts.", at=timezone.now()
    )
    assert "Stopped" in manager_client.get(LIST).content.decode()
    assert "Stopped" in manager_client.get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["/agents/nobody/", "/agents/%00/", f"/agents/{'x' * 5000}/"])
def test_who_is_not_there_has_no_page(address: str, operator_client: Client) -> None:
    assert operator_client.get(address).status_code == 404


def test_who_has_no_role_sees_nothing(stranger_client: Client) -> None:
    assert stranger_client.get(LIST).status_code == 403
    assert stranger_client.get(PAGE).status_code == 403
