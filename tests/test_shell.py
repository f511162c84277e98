"""The shell around every page: who sees which place and which number, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation.models import Stop
from negotiation.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


def places(client: Client) -> list[str]:
    return re.findall(r'data-key-label="([^"]+)"', client.get("/receiver/").content.decode())


def numbers(client: Client) -> list[str]:
    return re.findall(r'aria-label="(\d+) waiting"', client.get("/receiver/").content.decode())


def test_rules_that_wait_for_an_admin_are_an_admins_place(
    operator_client: Client, admin_client: Client
) -> None:
    assert "Policy changes" not in places(operator_client)
    assert "Policy changes" in places(admin_client)
    assert set(places(operator_client)) < set(places(admin_client))


def test_every_place_has_a_key_of_its_own(admin_client: Client) -> None:
    page = admin_client.get("/receiver/").content.decode()
    keys = re.findall(r'data-key="(g [a-z])"', page)
    assert len(keys) == len(set(keys)) >= 5


def test_only_who_may_approve_is_told_how_many_approvals_wait(
    operator_client: Client, manager_client: Client, admin_client: Client
) -> None:
    factories.decision()
    assert numbers(manager_client) == ["1"]
    assert numbers(operator_client) == ["0"]
    assert numbers(admin_client) == ["0"]


def test_the_number_comes_alone_for_pages_that_are_about_something_else(
    manager_client: Client, stranger_client: Client
) -> None:
    factories.decision()
    answer = manager_client.get("/approvals/count/").content.decode()
    assert 'hx-swap-oob="true">1</span>' in answer
    assert "<ol" not in answer
    assert stranger_client.get("/approvals/count/").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_the_shell_costs_four_queries_however_much_waits(
    role: Role, client_of: Callable[[User], Client]
) -> None:
    client = client_of(factories.person(role))
    for rows in (1, 6):
        for _ in range(rows):
            factories.decision()
        with CaptureQueriesContext(connection) as asked:
            client.get("/approvals/count/")
        # The session, the person, their roles, and all numbers at once.
        assert len(asked) == 4


def test_a_stop_over_everything_is_on_every_page_with_who_and_why(
    operator_client: Client, manager: User
) -> None:
    assert "Everything is stopped" not in operator_client.get("/receiver/").content.decode()
    Stop.objects.create(scope=Stop.Scope.GLOBAL, by=manager, reason="Fire", at=timezone.now())
    page = operator_client.get("/receiver/").content.decode()
    assert "Everything is stopped" in page
    assert "Fire" in page
