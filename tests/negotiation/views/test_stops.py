from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from negotiation.models import Stop
from negotiation.services import switches
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

PAGE = "/stops/"
SET = "/stops/set/"


def stopped(by: User, **over: object) -> Stop:
    found = {"scope": Stop.Scope.GLOBAL} | over
    return switches.stop(**found, by=by, reason="A leak", now=timezone.now())  # type: ignore[arg-type]


def test_an_operator_stops_everything_from_the_floor_and_every_page_says_so(
    operator_client: Client, manager_client: Client
) -> None:
    factories.version()
    floor = operator_client.get("/").content.decode()
    assert "Stop everything…" in floor
    answer = operator_client.post(SET, {"scope": "global", "reason": "A leak"})
    assert answer["Location"] == PAGE
    for address in ("/", PAGE, "/approvals/", "/scenarios/"):
        page = manager_client.get(address).content.decode()
        assert "Everything is stopped." in page
        assert "A leak" in page
    assert "Stop everything…" not in manager_client.get("/").content.decode()


def test_nobody_who_is_not_signed_in_is_asked_about_stops(
    client: Client, manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stopped(manager)
    with django_assert_num_queries(0):
        page = client.get(reverse("login")).content.decode()
    assert "stopped" not in page


def test_a_table_is_stopped_and_lifted_from_its_own_page(manager_client: Client) -> None:
    table = factories.negotiation()
    address = reverse("negotiation", args=[table.pk])
    page = manager_client.get(address).content.decode()
    assert 'data-dialog="stop"' in page
    answer = manager_client.post(
        SET, {"scope": "negotiation", "negotiation": str(table.pk), "reason": "Too fast"}
    )
    assert answer["Location"] == address
    page = manager_client.get(address).content.decode()
    assert "Too fast" in page
    stop = Stop.objects.get()
    answer = manager_client.post(reverse("stop-lift", args=[stop.pk]), {"reason": "Slower now"})
    assert answer["Location"] == address
    assert not Stop.objects.live().exists()
    assert "Too fast" not in manager_client.get(address).content.decode()


def test_an_agent_is_stopped_by_the_name_of_its_seat(manager_client: Client) -> None:
    table = factories.negotiation()
    manager_client.post(SET, {"scope": "agent", "seat": "cost", "reason": "It repeats itself"})
    assert Stop.objects.get().subject == "the agent “cost”"
    page = manager_client.get(reverse("negotiation", args=[table.pk])).content.decode()
    assert "It repeats itself" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "galaxy"},
        {"scope": ""},
        {"scope": "agent", "seat": "no-such-agent"},
        {"scope": "agent", "seat": "\0"},
        {"scope": "agent", "seat": "x" * 5000},
        {"scope": "negotiation"},
        {"scope": "negotiation", "negotiation": "99999999999999999999"},
        {"scope": "negotiation", "negotiation": "7e3"},
        {"reason": ""},
        {"reason": "  "},
        {"reason": "a\0b"},
        {"reason": "x" * 900},
    ],
)
def test_what_cannot_be_stopped_is_told_in_the_form_and_nothing_typed_is_lost(
    manager_client: Client, wrong: dict[str, str]
) -> None:
    factories.version()
    said = {"scope": "global", "reason": "Because <b>I</b> say so"} | wrong
    answer = manager_client.post(SET, said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="error"' in page
    if "reason" not in wrong:
        assert "Because &lt;b&gt;I&lt;/b&gt; say so" in page
    assert not Stop.objects.exists()


def test_what_is_stopped_already_is_told_and_nothing_is_changed(manager_client: Client) -> None:
    for _ in range(2):
        answer = manager_client.post(SET, {"scope": "global", "reason": "A leak"}, follow=True)
    assert "stopped already" in answer.content.decode()
    assert Stop.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "x" * 900, "a\0b"])
def test_lifting_needs_a_reason_that_can_be_kept(
    manager_client: Client, manager: User, reason: str
) -> None:
    stop = stopped(manager)
    lift = reverse("stop-lift", args=[stop.pk])
    assert manager_client.post(lift, {"reason": reason}, follow=True).status_code == 200
    assert Stop.objects.live().exists()
    manager_client.post(lift, {"reason": "All clear"})
    page = manager_client.post(lift, {"reason": "All clear"}, follow=True).content.decode()
    assert "lifted already" in page


def test_an_operator_stops_but_does_not_lift(operator_client: Client, operator: User) -> None:
    stop = stopped(operator)
    lift = reverse("stop-lift", args=[stop.pk])
    assert operator_client.post(lift, {"reason": "All clear"}).status_code == 403
    page = operator_client.get(PAGE).content.decode()
    assert "Lift…" not in page
    assert Stop.objects.live().exists()


def test_somebody_without_a_role_sees_and_stops_nothing(
    stranger_client: Client, manager: User
) -> None:
    stop = stopped(manager)
    assert stranger_client.get(PAGE).status_code == 403
    assert stranger_client.post(SET, {"scope": "global", "reason": "x"}).status_code == 403
    assert "A leak" not in stranger_client.get("/").content.decode()
    lift = reverse("stop-lift", args=[stop.pk])
    assert stranger_client.post(lift, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("address", [SET, "/stops/1/lift/"])
def test_a_link_never_stops_and_never_lifts(manager_client: Client, address: str) -> None:
    assert manager_client.get(address).status_code == 405


def test_a_stop_that_is_none_is_not_found(manager_client: Client) -> None:
    for pk in (7, 99999999999999999999):
        assert manager_client.post(f"/stops/{pk}/lift/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 8])
def test_the_number_of_queries_does_not_grow_with_the_stops(
    rows: int,
    manager: User,
    manager_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        table = factories.negotiation()
        over = {"scope": Stop.Scope.NEGOTIATION, "negotiation_id": table.pk}
        lifted = stopped(manager, **over)
        switches.lift(stop_id=lifted.pk, by=manager, reason="Done", now=timezone.now())
        stopped(manager, **over)
    with django_assert_num_queries(9):
        page = manager_client.get(PAGE).content.decode()
    assert page.count("Lift…") == rows


def test_a_stop_tells_how_much_it_holds_and_where_that_is(
    manager: User, manager_client: Client
) -> None:
    first = factories.decision().negotiation
    table = factories.negotiation()
    factories.negotiation(version=factories.version("batch-placement"))
    stopped(manager, scope=Stop.Scope.AGENT, seat="reliability")
    stopped(manager, scope=Stop.Scope.NEGOTIATION, negotiation_id=table.pk)
    standing = {one.stop.scope: one for one in manager_client.get(PAGE).context["standing"]}
    assert (standing["agent"].tables, standing["agent"].decisions) == (1, 1)
    assert standing["agent"].floor == "/?state=running&agent=reliability"
    assert (standing["negotiation"].tables, standing["negotiation"].decisions) == (1, 0)
    assert first.version_id == table.version_id
    rows = manager_client.get(standing["agent"].floor).context["rows"]
    assert [row["n"].pk for row in rows] == [table.pk]
    assert rows[0]["held"].startswith("The stop switch is on")


def test_the_list_of_stops_comes_alone_when_it_is_asked_for_live(manager_client: Client) -> None:
    page = manager_client.get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert page.lstrip().startswith('<div class="stack" id="stops-list"')
