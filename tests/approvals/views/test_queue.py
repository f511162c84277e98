from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from negotiation.models import Decision
from tests import factories

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
QUEUE = "/approvals/"


def test_an_empty_queue_says_so(manager_client: Client) -> None:
    assert "Nothing waits for you" in manager_client.get(QUEUE).content.decode()


def test_more_risk_and_less_time_come_first(manager_client: Client) -> None:
    now = timezone.now()
    calm = factories.decision(score=40, due_at=now + timedelta(hours=4))
    risky = factories.decision(score=80, due_at=now + timedelta(hours=4))
    urgent = factories.decision(score=40, due_at=now + timedelta(minutes=5))
    page = manager_client.get(QUEUE).content.decode()
    places = [page.index(f'id="d{decision.pk}"') for decision in (urgent, risky, calm)]
    assert places == sorted(places)


def test_an_unknown_risk_is_taken_for_the_highest(manager_client: Client) -> None:
    due = timezone.now() + timedelta(hours=4)
    unknown, high, low = (factories.decision(score=score, due_at=due) for score in (None, 99, 1))
    waiting = manager_client.get(QUEUE).context["waiting"]
    assert [row["decision"].pk for row in waiting] == [unknown.pk, high.pk, low.pk]


def test_what_is_overdue_has_no_time_left_and_no_less(manager_client: Client) -> None:
    now = timezone.now()
    long_over = factories.decision(score=40, due_at=now - timedelta(days=9))
    riskier = factories.decision(score=41, due_at=now - timedelta(seconds=1))
    waiting = manager_client.get(QUEUE).context["waiting"]
    assert [row["decision"].pk for row in waiting] == [riskier.pk, long_over.pk]


def test_only_the_page_that_is_shown_is_read(
    manager_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        factories.decision(score=number)
    manager_client.get(QUEUE)
    with django_assert_max_num_queries(12) as asked:
        page = manager_client.get(QUEUE, {"page": 2})
    assert [row["decision"].score for row in page.context["waiting"]] == list(range(9, -1, -1))
    assert any("LIMIT 10 OFFSET 50" in query["sql"] for query in asked.captured_queries)


def test_the_number_beside_the_menu_is_the_length_of_the_queue(manager_client: Client) -> None:
    factories.decision()
    factories.decision(status="rejected")
    assert 'aria-label="1 waiting"' in manager_client.get("/").content.decode()


def test_the_live_list_brings_the_number_with_it(manager_client: Client) -> None:
    factories.decision()
    fragment = manager_client.get(QUEUE, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<section id="queue"')
    assert 'hx-swap-oob="true"' in fragment


def test_somebody_without_a_role_sees_no_queue(stranger_client: Client) -> None:
    assert stranger_client.get(QUEUE).status_code == 403


@pytest.mark.parametrize("rows", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    rows: int, manager_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        factories.decision()
        factories.decision(status="rejected")
    manager_client.get(QUEUE)
    with django_assert_num_queries(11):
        manager_client.get(QUEUE)


def test_what_was_escalated_says_so_in_the_queue(manager_client: Client) -> None:
    plain = factories.decision()
    assert "Escalated to senior managers" not in manager_client.get(QUEUE).content.decode()
    Decision.objects.filter(pk=plain.pk).update(escalated=1)
    assert "Escalated to senior managers" in manager_client.get(QUEUE).content.decode()
