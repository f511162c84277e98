"""Saved views, first steps, and what a row of the floor says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from negotiation.models import Negotiation, SavedView
from negotiation.services import audits, sessions
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db
SAVE, AWAY = "/views/save/", "/first-steps/away/"
NOW = timezone.now()


def test_a_view_keeps_what_the_address_says_and_leads_there(operator_client: Client) -> None:
    said = {"name": "Mine, stuck", "query": "mine=1&stuck=1&page=7&state=nonsense&x=<script>"}
    answer = operator_client.post(SAVE, said)
    assert answer["Location"] == "/?stuck=1&mine=1"
    page = operator_client.get(answer["Location"]).content.decode()
    assert '<a href="/?stuck=1&amp;mine=1" aria-current="page" data-floor>Mine, stuck</a>' in page
    view = SavedView.objects.get()
    assert operator_client.post(f"/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "told"),
    [
        ("", "mine=1", "Give the view a name."),
        ("  ", "mine=1", "Give the view a name."),
        ("x" * 61, "mine=1", "Keep the name under 60 characters."),
        ("a\0b", "mine=1", "Null characters are not allowed."),
        ("All", "", "No filter is on"),
        ("Taken", "mine=1", "You have a view of that name already"),
    ],
)
def test_what_is_no_view_is_told(name: str, query: str, told: str, operator_client: Client) -> None:
    operator_client.post(SAVE, {"name": "Taken", "query": "stuck=1"})
    answer = operator_client.post(SAVE, {"name": name, "query": query}, follow=True)
    assert told in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_nobody_deletes_the_view_of_another(
    operator: User, manager_client: Client, stranger_client: Client
) -> None:
    view = SavedView.objects.create(owner=operator, name="Mine", query="mine=1", saved_at=NOW)
    for number in (view.pk, 10**18):
        answer = manager_client.post(f"/views/{number}/delete/", follow=True)
        assert "You have no such view any more." in answer.content.decode()
    assert stranger_client.post(f"/views/{view.pk}/delete/").status_code == 403
    assert "Mine" not in manager_client.get("/").context["saved_views"]["all"]
    assert SavedView.objects.exists()


def steps(client: Client) -> dict[str, bool]:
    return {step.key: step.done for step in client.get("/").context["first_steps"]}


def test_first_steps_are_ticked_off_by_what_has_happened(
    operator: User, operator_client: Client
) -> None:
    version = factories.version()
    assert steps(operator_client) == dict.fromkeys(
        ("started", "followed", "stepped_in", "reported"), False
    )
    table = sessions.start(version=version, by=operator, now=NOW)
    sessions.pause(negotiation_id=table.pk, by=operator, reason="", now=NOW)
    assert steps(operator_client)["started"]
    assert steps(operator_client)["stepped_in"]
    sessions.stop(negotiation_id=table.pk, by=operator, reason="Enough", now=NOW)
    assert steps(operator_client) == {
        "started": True,
        "followed": True,
        "stepped_in": True,
        "reported": False,
    }


def test_other_people_do_other_things_first(
    manager: User, manager_client: Client, admin_client: Client
) -> None:
    assert list(steps(manager_client)) == ["decided", "answered", "reported"]
    assert list(steps(admin_client)) == ["started", "wrote", "ratified"]
    decision = factories.decision()
    audits.record("decision.approved", decision, now=NOW, by=manager)
    assert steps(manager_client)["decided"]
    assert not steps(admin_client)["wrote"]


def test_done_or_put_away_they_are_gone(
    manager: User, manager_client: Client, operator_client: Client
) -> None:
    decision = factories.decision(status="rejected")
    audits.record("decision.approved", decision, now=NOW, by=manager)
    audits.record("decision.amended", decision, now=NOW, by=manager)
    assert steps(manager_client)["answered"]
    answer = operator_client.post(AWAY)
    assert answer["Location"] == "/"
    assert steps(operator_client) == {}
    assert operator_client.get(AWAY).status_code == 405


def row(client: Client, **query: str) -> str:
    page = client.get("/", query).content.decode()
    return page[page.index("<tbody") : page.index("</tbody>")]


def test_a_row_says_why_it_is_stuck_and_who_stepped_in(
    operator: User, operator_client: Client
) -> None:
    table = factories.negotiation(status="paused", next_at=NOW + timedelta(hours=10))
    factories.message(table, 1, sender="person:<ada>", act="intervene")
    Negotiation.objects.filter(pk=table.pk).update(head=1)
    page = row(operator_client, stuck="1")
    assert "Paused for 14 hours, and nobody has resumed it." in page
    assert f'aria-describedby="why-{table.pk}"' in page
    assert "Stepped in: </span>&lt;ada&gt;" in page


def test_a_row_tells_the_measure_that_the_seats_weigh_most(operator_client: Client) -> None:
    factories.decision(features={"effects": {"monthly_cost": 6771.6, "carbon": 20}})
    page = row(operator_client)
    assert "6,772 USD/month" in page
    assert "Monthly cost" in page


def test_who_asks_a_person_is_a_state_of_its_own(operator_client: Client) -> None:
    factories.negotiation(status="no_agreement", summary={"ending": {"asks": True}})
    assert "Asks a person" in row(operator_client, state="asking")


def test_the_rows_that_a_page_shows_are_sent_wherever_they_stand_now(
    operator_client: Client,
) -> None:
    old, gone = factories.negotiation(title="Old"), factories.negotiation(status="paused")
    for _ in range(55):
        factories.negotiation(title="Newer")
    query = {"state": "running", "shown": f"{old.pk}.{gone.pk}.x.{'9' * 40}"}
    answer = operator_client.get("/", query, headers={"HX-Request": "true"})
    assert [each["n"].pk for each in answer.context["rows"]] == [old.pk]
    assert answer.context["new"] == 50
    assert 'data-new="50"' in answer.content.decode()
    assert answer.context["address"] == "/?state=running"
