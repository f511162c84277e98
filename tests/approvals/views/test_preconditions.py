"""A verdict says what it is about and is given once, however often it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from approvals.models import Review, VerdictCall
from negotiation.models import Decision, EarlierPackage
from negotiation.roles import Role
from tests import factories

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db

KEY = "5f0f3c1e-one-intention"


def approve(client: Client, decision: Decision, **headers: str) -> Answer:
    url = reverse("approval-approve", args=[decision.pk])
    return client.post(url, {"reason": "Fits"}, headers=headers)


def card(client: Client, decision: Decision) -> Answer:
    return client.get(reverse("approval", args=[decision.pk]))


def test_a_program_decides_with_the_tag_of_what_it_read(manager_client: Client) -> None:
    decision = factories.decision()
    tag = card(manager_client, decision)["ETag"]
    answer = approve(manager_client, decision, if_match=tag, idempotency_key=KEY)
    assert answer.status_code == 302
    decision.refresh_from_db()
    assert decision.status == Decision.Status.CLEARED


@pytest.mark.parametrize("missing", ["if_match", "idempotency_key"])
def test_a_verdict_without_its_conditions_is_not_taken(
    manager_client: Client, missing: str
) -> None:
    decision = factories.decision()
    headers = {"if_match": f'"{decision.tag}"', "idempotency_key": KEY}
    del headers[missing]
    answer = approve(manager_client, decision, **headers)
    assert answer.status_code == 428
    assert "Nothing was decided." in answer.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("key", ["short", "x" * 101, "with a blank in it", "clé-clé-clé"])
def test_a_key_has_plain_characters(manager_client: Client, key: str) -> None:
    decision = factories.decision()
    url = reverse("approval-approve", args=[decision.pk])
    answer = manager_client.post(url, {"seen": decision.tag, "key": key})
    assert answer.status_code == 400
    assert not Review.objects.exists()


def test_the_same_call_twice_is_one_verdict(manager_client: Client) -> None:
    decision = factories.decision()
    headers = {"if_match": f'"{decision.tag}"', "idempotency_key": KEY}
    assert approve(manager_client, decision, **headers).status_code == 302
    assert approve(manager_client, decision, **headers).status_code == 302
    assert Review.objects.count() == VerdictCall.objects.count() == 1


def test_a_key_is_not_used_for_two_intentions(manager_client: Client) -> None:
    first, second = factories.decision(), factories.decision()
    approve(manager_client, first, if_match=f'"{first.tag}"', idempotency_key=KEY)
    answer = approve(manager_client, second, if_match=f'"{second.tag}"', idempotency_key=KEY)
    assert answer.status_code == 422
    assert "another call" in answer.content.decode()
    second.refresh_from_db()
    assert second.status == Decision.Status.PARKED


def test_two_people_may_choose_the_same_key(
    manager_client: Client, client_of: Callable[[User], Client]
) -> None:
    first, second = factories.decision(), factories.decision()
    other = client_of(factories.person(Role.MANAGER, name="mia"))
    approve(manager_client, first, if_match=f'"{first.tag}"', idempotency_key=KEY)
    answer = approve(other, second, if_match=f'"{second.tag}"', idempotency_key=KEY)
    assert answer.status_code == 302
    assert Review.objects.count() == 2


def test_a_stale_card_is_answered_with_what_changed(manager_client: Client) -> None:
    old = '{"action":"place","parameters":{"spot_share":25},"effects":{}}'
    new = '{"action":"place","parameters":{"spot_share":50},"effects":{}}'
    decision = factories.decision(package=old)
    tag = decision.tag
    EarlierPackage.objects.create(
        decision=decision,
        package=old,
        package_hash=decision.package_hash,
        judgement={},
        replaced_at=decision.created_at,
    )
    fresh = factories.decision(package=new)
    Decision.objects.filter(pk=decision.pk).update(
        package=new, package_hash=fresh.package_hash, returned=1, revision=3
    )
    answer = approve(manager_client, decision, if_match=f'"{tag}"', idempotency_key=KEY)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The package has changed since you looked" in page
    assert "<del>25" in page
    assert "<ins>50" in page
    assert not Review.objects.exists()


def test_the_same_package_that_came_back_is_looked_at_again(manager_client: Client) -> None:
    decision = factories.decision()
    tag = decision.tag
    Decision.objects.filter(pk=decision.pk).update(returned=1, revision=4)
    answer = approve(manager_client, decision, if_match=f'"{tag}"', idempotency_key=KEY)
    assert answer.status_code == 409
    assert "came back since you looked" in answer.content.decode()


def test_a_card_that_came_back_says_why(manager_client: Client) -> None:
    decision = factories.decision(returned=1, returned_because="A figure <b>changed</b>.")
    page = card(manager_client, decision).content.decode()
    assert "It came back." in page
    assert "A figure &lt;b&gt;changed&lt;/b&gt;." in page


def test_a_page_that_stayed_open_is_led_to_what_came_back(manager_client: Client) -> None:
    decision = factories.decision()
    seen = card(manager_client, decision).context["seen"]
    Decision.objects.filter(pk=decision.pk).update(
        returned=1, returned_because="A figure changed.", revision=4
    )
    url = reverse("approval", args=[decision.pk])
    part = manager_client.get(url, {"seen": seen}, headers={"HX-Request": "true"}).content.decode()
    assert "A figure changed." in part
    assert "Look at it again" in part
    assert "data-dialog=" not in part
