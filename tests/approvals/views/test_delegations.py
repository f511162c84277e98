"""The page of delegations, the answers to several approvals at once, and the reviewers' page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.models import Delegation, Review
from negotiation.models import Decision
from negotiation.roles import Role
from tests import factories
from tests.approvals.voices import give

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]
PAGE = "/delegations/"


def form(person: User, /, **fields: Any) -> dict[str, Any]:
    ends = timezone.now() + timedelta(days=2)
    call = {"receiver": person.pk, "about": "all", "ends": ends.strftime("%Y-%m-%dT%H:%M")}
    return call | fields


def test_a_manager_delegates_and_revokes(anna: User, ben: User, client_of: ClientOf) -> None:
    client = client_of(anna)
    answer = client.post(f"{PAGE}give/", form(ben, about="away", reason="Holidays"), follow=True)
    page = answer.content.decode()
    assert "ben decides for you until" in page
    assert "out of office" in page
    one = Delegation.objects.get()
    assert (one.scope, one.away, one.reason) == ("all", True, "Holidays")
    assert "<b>ben</b> for <b>anna</b>" in client_of(ben).get(PAGE).content.decode()
    client.post(f"{PAGE}{one.pk}/revoke/")
    one.refresh_from_db()
    assert one.revoked_at is not None
    assert "Over or revoked (1)" in client.get(PAGE).content.decode()


def test_a_name_that_would_turn_the_line_is_told_by_its_code(
    anna: User, client_of: ClientOf
) -> None:
    turned = factories.person(Role.OPERATOR, name="b\u202en")
    page = client_of(anna).post(f"{PAGE}give/", form(turned), follow=True).content.decode()
    assert "decides for you until" in page
    assert "\u202e" not in page
    assert "\u202e" not in client_of(turned).get(PAGE).content.decode()


@pytest.mark.parametrize("about", ["scenario", "decision"])
def test_a_delegation_from_the_card(anna: User, ben: User, client_of: ClientOf, about: str) -> None:
    decision = factories.decision()
    pk = {"decision": decision.pk, "scenario": decision.negotiation.version.scenario_id}[about]
    answer = client_of(anna).post(f"{PAGE}give/", form(ben, about=f"{about}:{pk}"))
    assert answer.status_code == 302
    assert Delegation.objects.get().scope == about


@pytest.mark.parametrize(
    "fields",
    [
        {"receiver": ""},
        {"receiver": "x"},
        {"receiver": 10**30},
        {"about": "scenario:9" + "9" * 30},
        {"about": "decision:x"},
        {"about": "planet:1"},
        {"about": ""},
        {"ends": ""},
        {"ends": "soon"},
        {"ends": "0001-01-01T00:00"},
        {"ends": "9999-12-31T23:59"},
        {"ends": "2020-01-01T00:00"},
        {"begins": "9999-12-31T23:59"},
        {"reason": "x" * 301},
        {"reason": "a\0b"},
    ],
)
def test_what_does_not_fit_is_said_and_kept(
    anna: User, ben: User, client_of: ClientOf, fields: dict[str, Any]
) -> None:
    kept = {"reason": "Kept as typed"} | fields
    answer = client_of(anna).post(f"{PAGE}give/", form(ben, **kept))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not done." in page
    assert fields.get("reason") is not None or "Kept as typed" in page
    assert not Delegation.objects.exists()


def test_a_circle_is_answered_with_its_chain(anna: User, carl: User, client_of: ClientOf) -> None:
    give(anna, carl)
    answer = client_of(carl).post(f"{PAGE}give/", form(anna))
    assert answer.status_code == 422
    assert "carl → anna → carl" in answer.content.decode()


def test_others_delegations_are_not_shown_and_not_revoked(
    anna: User, ben: User, carl: User, admin: User, client_of: ClientOf
) -> None:
    one = give(anna, ben)
    client = client_of(carl)
    assert "<b>ben</b> for <b>anna</b>" not in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}{one.pk}/revoke/").status_code == 404
    assert client.post(f"{PAGE}{10**30}/revoke/").status_code == 404
    assert "<b>ben</b> for <b>anna</b>" in client_of(admin).get(PAGE).content.decode()


def test_who_has_no_voice_finds_no_form(ben: User, anna: User, client_of: ClientOf) -> None:
    assert "Let somebody decide for you" not in client_of(ben).get(PAGE).content.decode()
    answer = client_of(ben).post(f"{PAGE}give/", form(anna))
    assert answer.status_code == 422
    assert "no voice to give" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_asks_no_more_for_more_rows(
    rows: int, anna: User, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        give(anna, factories.person(Role.OPERATOR), decision=factories.decision())
    client = client_of(anna)
    client.get(PAGE)
    with django_assert_num_queries(8):
        client.get(PAGE)


def selected(client: Client, *decisions: Decision, key: str = "") -> tuple[int, str]:
    items = [f"{one.pk} {one.tag} {key or f'selected-{one.pk}'}" for one in decisions]
    answer = client.post(reverse("approvals-selected"), {"item": items})
    return answer.status_code, answer.content.decode()


def test_only_what_one_person_may_clear_can_be_ticked(carl: User, client_of: ClientOf) -> None:
    fine, two = factories.decision(), factories.decision(people=2)
    page = client_of(carl).get(reverse("approvals")).content.decode()
    assert f'id="select-{fine.pk}"' in page
    assert f'id="select-{two.pk}"' not in page


def test_each_selected_item_has_a_result(carl: User, client_of: ClientOf) -> None:
    fine, two = factories.decision(), factories.decision(people=2)
    for _ in range(2):
        status, page = selected(client_of(carl), fine, two)
        assert status == 200
        assert "Approved. It is being carried out." in page
        assert "decide it by itself" in page
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("items", "status"),
    [
        ([], 422),
        (["x"], 400),
        (["1"], 428),
        (["1 1-zz key-of-mine"], 400),
        (["9" * 400 + f" 1-{'0' * 64} a-key-of-mine"], 400),
        ([f"{n} 1-{'0' * 64} a-key-of-mine{n}" for n in range(1, 30)], 422),
    ],
)
def test_a_selection_that_cannot_be_read_approves_nothing(
    carl: User, client_of: ClientOf, items: list[str], status: int
) -> None:
    answer = client_of(carl).post(reverse("approvals-selected"), {"item": items})
    assert answer.status_code == status
    assert not Review.objects.exists()


def test_the_reason_for_several_is_shown_unless_all_are_approved(
    carl: User, client_of: ClientOf
) -> None:
    fine, two = factories.decision(), factories.decision(people=2)
    client, said = client_of(carl), {"reason": "All <fine>"}
    for one, shown in ((None, True), (two, True), (fine, False)):
        items = [f"{one.pk} {one.tag} selected-{one.pk}"] if one else []
        answer = client.post(reverse("approvals-selected"), {**said, "item": items})
        written = "<dt>Reason</dt><dd>All &lt;fine&gt;</dd>" in answer.content.decode()
        assert written == shown


def test_operators_select_nothing(ben: User, client_of: ClientOf) -> None:
    assert selected(client_of(ben), factories.decision())[0] == 403
    assert "data-select" not in client_of(ben).get(reverse("approvals")).content.decode()


def test_reviewers_see_what_is_theirs(
    anna: User, carl: User, ben: User, client_of: ClientOf
) -> None:
    page = reverse("reviewers")
    assert "<b>anna</b>" not in client_of(carl).get(page).content.decode()
    assert "<b>carl</b>" in client_of(anna).get(page, {"days": "90"}).content.decode()
    assert client_of(anna).get(page, {"days": "x" * 500}).status_code == 200
    assert client_of(ben).get(page).status_code == 403
