from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from negotiation import traces
from negotiation.models import Negotiation
from tests import factories

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
FLOOR = "/"


def test_a_visitor_is_sent_to_the_login_page(client: Client) -> None:
    answer = client.get(FLOOR)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_somebody_without_a_role_sees_no_table(stranger_client: Client) -> None:
    factories.negotiation(title="Secret table")
    answer = stranger_client.get(FLOOR)
    assert answer.status_code == 403
    assert "Secret table" not in answer.content.decode()


def test_an_empty_floor_says_why_and_offers_one_action(operator_client: Client) -> None:
    factories.version()
    page = operator_client.get(FLOOR).content.decode()
    assert "No agents are talking yet" in page
    assert 'data-dialog="start"' in page


def test_without_a_scenario_the_floor_offers_no_dead_button(operator_client: Client) -> None:
    page = operator_client.get(FLOOR).content.decode()
    assert "There is no scenario yet" in page
    assert 'data-dialog="start"' not in page


def test_the_filter_stands_in_the_address(operator_client: Client) -> None:
    factories.negotiation(title="Table that runs")
    factories.negotiation(title="Table that stands", status=Negotiation.Status.PAUSED)
    decided = factories.decision().negotiation
    page = operator_client.get(FLOOR, {"state": "paused"}).content.decode()
    assert "Table that stands" in page
    assert "Table that runs" not in page
    page = operator_client.get(FLOOR, {"state": "parked"}).content.decode()
    assert f'id="n{decided.pk}"' in page
    assert "Table that" not in page


def test_the_live_list_is_the_same_address_and_keeps_its_filter(operator_client: Client) -> None:
    factories.negotiation(title="Table that runs")
    answer = operator_client.get(FLOOR, {"state": "running"}, headers={"HX-Request": "true"})
    fragment = answer.content.decode()
    assert "<html" not in fragment
    assert fragment.lstrip().startswith('<section id="floor-list"')
    assert 'data-address="/?state=running"' in fragment
    assert "Table that runs" in fragment


@pytest.mark.parametrize(
    "query", ["?page=99999999999999999999", "?page=-1", "?page=x", "?state=%00", "?state=nonsense"]
)
def test_nonsense_in_the_address_shows_the_floor(operator_client: Client, query: str) -> None:
    factories.negotiation()
    assert operator_client.get(FLOOR + query).status_code == 200


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize("who", ["operator", "manager", "admin"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    rows: int,
    who: str,
    request: pytest.FixtureRequest,
    client_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(request.getfixturevalue(who))
    for _ in range(rows):
        table = factories.decision().negotiation
        factories.message(table, 1)
        Negotiation.objects.filter(pk=table.pk).update(head=1)
    client.get(FLOOR)
    traces.forget()
    with django_assert_num_queries(11):
        client.get(FLOOR)
    shown = ".".join(str(pk) for pk in Negotiation.objects.values_list("pk", flat=True))
    with django_assert_num_queries(10):
        client.get(FLOOR, {"shown": shown}, headers={"HX-Request": "true"})


def test_a_title_is_text_whatever_it_holds(operator_client: Client) -> None:
    factories.negotiation(title="<img src=x onerror=alert(1)>\u202egnp.exe")
    page = operator_client.get(FLOOR).content.decode()
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\\u202egnp.exe" in page
