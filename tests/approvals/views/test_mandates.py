"""Giving, listing and revoking mandates, and what the card says of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from negotiation.engine.requirements import Requirement
from negotiation.models import Decision, Mandate
from negotiation.services import mandates
from tests.approvals import scenes

pytestmark = pytest.mark.django_db

MANDATES = "/approvals/mandates/"


def card(client: Client, decision: Decision) -> str:
    return client.get(reverse("approval", args=[decision.pk])).content.decode()


FORM = {
    "keep:region": ["europe-west3", "europe-west1", "europe-west9"],
    "keep:machine": ["e2-standard-8", "t2d-standard-8"],
    "keep:share": ["50", "100"],
    "most:monthly_cost": "10k",
    "max_count": "4",
    "max_harm": "0.5",
    "reason": "Always the same",
}


def form(**other: Any) -> dict[str, Any]:
    ends = timezone.now() + timedelta(days=3)
    return FORM | {"expires_at": f"{ends:%Y-%m-%dT%H:%M}"} | other


def test_a_manager_gives_a_mandate_and_the_card_says_under_which(
    manager_client: Client, manager: User
) -> None:
    version = scenes.version(people=2)
    address = reverse("mandate-give", args=[version.scenario.slug])
    assert "Spot share" in manager_client.get(address).content.decode()
    assert manager_client.post(address, form())["Location"] == MANDATES
    mandate = Mandate.objects.get()
    assert [each["text"] for each in mandate.requirements] == [
        "Spot share is not 0 %.",
        "Monthly cost is at most 10 k USD/month.",
    ]
    decision = scenes.agreed(version)
    page = card(manager_client, decision)
    assert f"mandate {mandate.pk}" in page
    assert "(1 of 4 used)" in page
    assert 'data-dialog="approve"' not in page, "its giver has no second vote"
    listed = manager_client.get(MANDATES).content.decode()
    assert "1 of 4" in listed
    assert "Always the same" in listed
    revoke = reverse("mandate-revoke", args=[mandate.pk])
    assert manager_client.post(revoke)["Location"] == MANDATES
    again = manager_client.post(revoke, follow=True).content.decode()
    assert "revoked already" in again
    assert manager.get_username() in again


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_count": "0"},
        {"max_count": "many"},
        {"max_harm": "nan"},
        {"max_harm": "0"},
        {"max_harm": "1e400"},
        {"expires_at": "soon"},
        {"expires_at": "0001-01-01T00:00"},
        {"expires_at": "9999-12-31T23:59"},
        {"reason": ""},
        {"reason": "a\0b"},
        {"most:monthly_cost": "cheap"},
        {"keep:share": ["7"]},
        {"keep:share": ["0", "50", "100"], "most:monthly_cost": ""},
    ],
)
def test_what_cannot_be_given_is_told_and_nothing_typed_is_lost(
    manager_client: Client, wrong: dict[str, Any]
) -> None:
    version = scenes.version()
    address = reverse("mandate-give", args=[version.scenario.slug])
    answer = manager_client.post(address, form(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Not given." in page
    if "reason" not in wrong:
        assert "Always the same" in page
    assert not Mandate.objects.exists()


def test_who_gives_and_who_revokes(
    operator_client: Client, admin_client: Client, manager: User
) -> None:
    version = scenes.version()
    version.scenario.refresh_from_db()
    give = reverse("mandate-give", args=[version.scenario.slug])
    assert operator_client.get(give).status_code == 403
    assert admin_client.post(give, form()).status_code == 403
    mandate = given(manager, version)
    revoke = reverse("mandate-revoke", args=[mandate.pk])
    assert operator_client.post(revoke).status_code == 403
    assert admin_client.post(revoke).status_code == 302
    assert admin_client.get(reverse("mandate-give", args=["nonsense"])).status_code == 403


def given(by: User, version: Any) -> Mandate:
    now = timezone.now()
    return mandates.give(
        scenario=version.scenario,
        by=by,
        requirements=[Requirement(subject="share", test="at_most", limit=100)],
        max_count=3,
        max_harm=1.0,
        expires_at=now + timedelta(days=1),
        reason="Always the same",
        now=now,
    )


@pytest.mark.parametrize("rows", [1, 6])
def test_the_number_of_queries_does_not_grow_with_the_mandates(
    rows: int,
    manager: User,
    manager_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = scenes.version()
    version.scenario.refresh_from_db()
    for _ in range(rows):
        mandates.revoke(mandate_id=given(manager, version).pk, by=manager, now=timezone.now())
        given(manager, version)
    manager_client.get(MANDATES)
    with django_assert_num_queries(7):
        manager_client.get(MANDATES)
