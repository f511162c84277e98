"""A table that ends by asking a person is in the queue, is counted, and tells who may choose."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.models import Event, Notification
from approvals.services import choices, letters, mails, webhooks
from config.context_processors import waiting
from negotiation.models import Negotiation
from negotiation.roles import Role
from tests import factories
from tests.approvals.posts import read_all
from tests.approvals.scenes import World
from tests.negotiation.services.test_imposed import ended, stubborn

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(world: World) -> Negotiation:
    return ended(stubborn("mediate", "ask", "status_quo"))


def choose(table: Negotiation, by: User) -> None:
    offer = table.summary["ending"]["candidates"][0]["offer"]
    choices.choose(
        negotiation_id=table.pk,
        by=by,
        seen_head=table.head,
        offer=offer,
        reason="Somebody has to",
        now=timezone.now(),
    )


def queue(client: Client) -> str:
    return client.get(reverse("approvals")).content.decode()


def test_it_stands_in_the_queue_of_those_who_may_choose_until_one_has(
    asking: Negotiation, manager: User, manager_client: Client, operator_client: Client
) -> None:
    page = queue(manager_client)
    assert "Asks you to choose" in page
    assert f'href="{reverse("approval-choose", args=[asking.pk])}"' in page
    assert "Asks you to choose" not in queue(operator_client)
    choose(asking, manager)
    assert "Asks you to choose" not in queue(manager_client)


def test_a_table_that_only_failed_asks_nobody(world: World, manager_client: Client) -> None:
    ended(stubborn("mediate", "status_quo"))
    read_all()
    assert "Asks you to choose" not in queue(manager_client)
    assert not Notification.objects.exists()


def test_it_is_counted_where_people_look(
    asking: Negotiation, manager: User, operator: User, manager_client: Client
) -> None:
    assert (waiting(manager).choices, waiting(operator).choices) == (1, 0)
    page = manager_client.get(reverse("approvals-count")).content.decode()
    assert 'aria-label="1 waiting"' in page
    assert 'aria-label="1 waiting"' in queue(manager_client)


def test_those_who_may_choose_are_told_once_and_seen_when_they_open_it(
    asking: Negotiation, manager: User, operator: User, manager_client: Client
) -> None:
    read_all()
    read_all()
    told = Notification.objects.get()
    assert (told.user, told.event) == (manager, Event.ASKED)
    assert (told.decision, told.negotiation) == (None, asking)
    assert "ended without an agreement and asks you to choose" in told.text
    page = manager_client.get(reverse("notifications")).content.decode()
    assert f'href="{reverse("approval-choose", args=[asking.pk])}"' in page
    manager_client.get(reverse("approval-choose", args=[asking.pk]))
    told.refresh_from_db()
    assert told.seen_at is not None


def test_one_that_somebody_has_chosen_for_meanwhile_tells_nobody(
    asking: Negotiation, manager: User
) -> None:
    choose(asking, manager)
    factories.person(Role.MANAGER)
    read_all()
    assert Event.ASKED not in set(Notification.objects.values_list("event", flat=True))


def test_letters_say_what_became_of_it(asking: Negotiation, manager: User) -> None:
    read_all()
    told = Notification.objects.get()
    letter = letters.Letter(user=manager, key="k", told=[told])
    assert "asks you to choose" in letter.heading
    assert f"/approvals/choose/{asking.pk}/" in mails.body(letter)
    assert "package" not in mails.body(letter).split("-- ")[0]
    body: dict[str, Any] = webhooks.body(letter)
    assert body["notifications"][0]["negotiation"] == str(asking.pk)
    assert body["notifications"][0]["decision"] == ""
    choose(asking, manager)
    assert "Somebody has chosen by now." in mails.body(letter)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_queue_costs_the_same_for_one_and_for_many(
    world: World, manager_client: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    ending = {"ending": {"asks": True, "candidates": []}}
    for _ in range(rows):
        factories.negotiation(status="no_agreement", summary=ending, reason="No")
    with django_assert_max_num_queries(12):
        page = queue(manager_client)
    assert page.count('href="/approvals/choose/') == min(rows, 20)
    assert (f"{rows} in all" in page) is (rows > 20)


def test_a_notification_is_about_one_thing(asking: Negotiation, manager: User) -> None:
    fields: dict[str, Any] = {
        "user": manager,
        "event": Event.ASKED,
        "text": "x",
        "on_page": True,
        "created_at": timezone.now(),
        "audit_seq": 1,
    }
    with pytest.raises(IntegrityError, match="notification_is_about_one_thing"):
        Notification.objects.create(**fields)
