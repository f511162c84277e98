"""A card says what was carried out at the same service while its decision waited."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.parts import since
from negotiation.models import Decision, Execution, ScenarioVersion
from negotiation.services import validity
from negotiation.services.precedents import DRY_RUN
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World
from tests.approvals.views.calls import read, url

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def version(world: World) -> ScenarioVersion:
    return scenes.version(people=2)


@pytest.fixture
def waiting(version: ScenarioVersion) -> Decision:
    return scenes.agreed(version)


@pytest.fixture
def other(version: ScenarioVersion, waiting: Decision) -> Decision:
    """Agreed at another table, for the same service."""
    return scenes.agreed(version)


def begin(decision: Decision, at: datetime | None = None, **fields: Any) -> None:
    Execution.objects.create(
        decision=decision,
        grant=factories.grant(decision),
        idempotency_key=f"of-{decision.pk}",
        started_at=at or decision.created_at + timedelta(seconds=1),
        next_at=decision.created_at + timedelta(seconds=2),
        **{"kind": "webhook"} | fields,
    )


def sentence(decision: Decision) -> str:
    return (
        f"Since it was agreed, decision {decision.pk} began to be carried out at the same service."
    )


def fragment(client: Client, decision: Decision, seen: str) -> tuple[int, str]:
    """What an open card asks for when the bell rings."""
    headers = {"HX-Request": "true"}
    answer = client.get(url("approval", decision), {"seen": seen}, headers=headers)
    return answer.status_code, answer.content.decode()


def in_the_dialog(page: str) -> str:
    found = re.search(r'<p [^>]*id="approve-since"[^>]*>[^<]*</p>', page)
    assert found
    return found[0]


def test_the_card_says_it_above_what_will_happen_with_a_link_and_before_one_approves(
    waiting: Decision, other: Decision, manager_client: Client
) -> None:
    begin(other)
    page = read(manager_client, waiting)
    assert page.index(f"<b>{sentence(other)}</b> “Today” below") < page.index("What will happen")
    assert f'<a href="{url("approval", other)}">See decision {other.pk}</a>' in page
    assert sentence(other) in in_the_dialog(page)
    assert "hidden" not in in_the_dialog(page)


def test_several_are_named_in_the_order_in_which_they_began(
    version: ScenarioVersion, waiting: Decision, other: Decision, manager_client: Client
) -> None:
    third = scenes.agreed(version)
    begin(third)
    begin(other)
    page = read(manager_client, waiting)
    assert f"decisions {third.pk} and {other.pk} began to be carried out" in page
    assert page.index(f">See decision {third.pk}<") < page.index(f">See decision {other.pk}<")


@pytest.mark.parametrize("why", ["nothing", "before", "elsewhere", "as a rehearsal", "itself"])
def test_it_says_nothing_where_nothing_was_done_there_since(
    waiting: Decision, other: Decision, manager_client: Client, why: str
) -> None:
    if why == "before":
        begin(other, at=waiting.created_at - timedelta(seconds=1))
    elif why == "elsewhere":
        Decision.objects.filter(pk=other.pk).update(features={"service": "another"})
        begin(other)
    elif why == "as a rehearsal":
        begin(other, kind=DRY_RUN)
    elif why == "itself":
        begin(waiting)
    page = read(manager_client, waiting)
    assert "Since it was agreed" not in page
    assert "hidden" in in_the_dialog(page)


@pytest.mark.parametrize(
    ("status", "said"), [("cleared", True), ("executing", False), ("rejected", False)]
)
def test_it_is_said_until_the_decision_itself_begins(
    waiting: Decision, other: Decision, carl: User, client_of: ClientOf, status: str, *, said: bool
) -> None:
    begin(other)
    cleared = {"cleared_at": timezone.now(), "cleared_by": carl, "approvals": 2}
    decided = {} if status == "rejected" else cleared
    Decision.objects.filter(pk=waiting.pk).update(status=status, due_at=None, **decided)
    assert (sentence(other) in read(client_of(carl), waiting)) is said


def test_an_open_card_learns_of_it_also_in_its_dialog(
    waiting: Decision, other: Decision, manager_client: Client
) -> None:
    seen = manager_client.get(url("approval", waiting)).context["seen"]
    assert fragment(manager_client, waiting, seen) == (204, "")
    begin(other)
    status, part = fragment(manager_client, waiting, seen)
    assert status == 200
    assert f"<b>{sentence(other)}</b>" in part
    line = in_the_dialog(part)
    assert 'hx-swap-oob="true"' in line
    assert sentence(other) in line
    seen = manager_client.get(url("approval", waiting)).context["seen"]
    assert fragment(manager_client, waiting, seen) == (204, "")


def test_who_has_no_dialog_is_sent_no_line_of_it(
    waiting: Decision, other: Decision, operator_client: Client
) -> None:
    begin(other)
    status, part = fragment(operator_client, waiting, "0")
    assert status == 200
    assert sentence(other) in part
    assert "approve-since" not in part


def test_the_plain_case_says_it_too(
    waiting: Decision, other: Decision, carl: User, client_of: ClientOf
) -> None:
    Decision.objects.filter(pk=waiting.pk).update(tier=waiting.tier | {"own_verdict": True})
    begin(other)
    page = read(client_of(carl), waiting)
    assert 'id="own-verdict"' in page
    assert page.index(sentence(other)) < page.index("What will happen")


def test_it_is_the_sentence_that_the_execution_records(waiting: Decision, other: Decision) -> None:
    begin(other)
    found = validity.done_since(waiting)
    assert validity.said_of_done(found.values_list("pk", flat=True)) == sentence(other)


def test_however_many_there_are_they_cost_one_query(
    version: ScenarioVersion,
    waiting: Decision,
    other: Decision,
    carl: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for each in (other, scenes.agreed(version)):
        begin(each)
    with django_assert_num_queries(2):  # the first asks for the person's roles
        assert len(since.context(waiting, carl, timezone.now())["done_by"]) == 2
