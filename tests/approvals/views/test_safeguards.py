"""What cards and the approvals page say of stops, broken glass, mandates and spot checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from approvals.models import GlassReview
from approvals.services import emergencies
from negotiation.models import Decision, ScenarioVersion, SpotCheck, Stop
from negotiation.roles import Role
from negotiation.services import switches
from tests import factories
from tests.approvals import scenes

pytestmark = pytest.mark.django_db

REASON = "The <b>region</b> is down and customers wait"
QUEUE = "/approvals/"


@pytest.fixture
def senior(db: None) -> User:
    return factories.person(Role.SENIOR)


@pytest.fixture
def senior_client(senior: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(senior)


@pytest.fixture
def decision(db: None) -> Decision:
    return scenes.agreed(scenes.version(people=2))


def card(client: Client, decision: Decision) -> str:
    return client.get(reverse("approval", args=[decision.pk])).content.decode()


def smash(client: Client, decision: Decision, **other: str) -> Any:
    fields = {
        "seen": decision.tag,
        "key": "a-key-of-mine",
        "glass_reason": REASON,
        "typed": decision.short_hash,
    }
    return client.post(reverse("approval-break-glass", args=[decision.pk]), fields | other)


def broken(decision: Decision, by: User) -> GlassReview:
    return emergencies.break_glass(
        decision_id=decision.pk,
        by=by,
        seen_hash=decision.package_hash,
        seen_revision=decision.revision,
        typed=decision.short_hash,
        reason=REASON,
        key=f"key-{decision.pk}",
        now=timezone.now(),
    )


def test_a_senior_breaks_the_glass_and_another_person_looks_at_it(
    senior_client: Client, manager_client: Client, decision: Decision
) -> None:
    assert 'data-dialog="break-glass"' in card(senior_client, decision)
    assert "break-glass" not in card(manager_client, decision)
    assert smash(senior_client, decision).status_code == 302
    assert "Somebody else looks at it" in card(senior_client, decision)
    assert "broken glass" in manager_client.get(QUEUE).content.decode()
    page = card(manager_client, decision)
    assert "broke the glass" in page
    assert "The &lt;b&gt;region&lt;/b&gt; is down" in page
    review = GlassReview.objects.get()
    address = reverse("glass-review", args=[review.pk])
    assert senior_client.post(address, {"verdict": "justified", "note": "x"}).status_code == 403
    assert manager_client.post(address, {"verdict": "fine", "note": "x"}).status_code == 422
    assert manager_client.post(address, {"verdict": "justified", "note": " "}).status_code == 422
    assert (
        manager_client.post(address, {"verdict": "justified", "note": "I saw it"}).status_code
        == 302
    )
    assert (
        manager_client.post(address, {"verdict": "justified", "note": "Again"}).status_code == 409
    )
    assert "I saw it" in card(manager_client, decision)
    assert "broken glass" not in manager_client.get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"glass_reason": "Now!"}, 422),
        ({"glass_reason": ""}, 422),
        ({"glass_reason": "x" * 900}, 422),
        ({"glass_reason": "a\0b" * 10}, 422),
        ({"typed": "000000000000"}, 422),
        ({"typed": ""}, 422),
        ({"seen": ""}, 428),
        ({"key": ""}, 428),
        ({"seen": "nonsense"}, 400),
        ({"seen": f"1-{'0' * 64}"}, 409),
    ],
)
def test_what_cannot_be_broken_is_told_and_what_was_typed_is_there(
    senior_client: Client, decision: Decision, wrong: dict[str, str], status: int
) -> None:
    answer = smash(senior_client, decision, **wrong)
    assert answer.status_code == status
    page = answer.content.decode()
    assert "Not done." in page
    if "glass_reason" not in wrong:
        assert "The &lt;b&gt;region&lt;/b&gt; is down" in page
    decision.refresh_from_db()
    assert decision.status == "parked"


def test_a_manager_and_a_link_break_nothing(
    manager_client: Client, senior_client: Client, decision: Decision
) -> None:
    assert smash(manager_client, decision).status_code == 403
    address = reverse("approval-break-glass", args=[decision.pk])
    assert senior_client.get(address).status_code == 405


def test_under_a_stop_the_card_says_so_and_offers_no_approval(
    manager_client: Client, manager: User, decision: Decision
) -> None:
    assert 'data-dialog="approve"' in card(manager_client, decision)
    switches.stop(scope=Stop.Scope.GLOBAL, by=manager, reason="A <i>leak</i>", now=timezone.now())
    page = card(manager_client, decision)
    assert "A &lt;i&gt;leak&lt;/i&gt;" in page
    assert 'data-dialog="approve"' not in page
    assert 'data-dialog="reject"' in page


def test_a_live_card_hears_of_a_stop(
    manager_client: Client, manager: User, decision: Decision
) -> None:
    page = card(manager_client, decision)
    seen = page.partition('id="verdict"')[2].partition("?seen=")[2].partition('"')[0]
    address = reverse("approval", args=[decision.pk]) + f"?seen={seen}"
    live = {"HX-Request": "true"}
    assert manager_client.get(address, headers=live).status_code == 204
    switches.stop(scope=Stop.Scope.GLOBAL, by=manager, reason="A leak", now=timezone.now())
    assert "A leak" in manager_client.get(address, headers=live).content.decode()


def test_a_spot_check_is_answered_on_its_card(
    manager_client: Client, operator_client: Client
) -> None:
    decision = scenes.agreed(scenes.version(automatic=True))
    SpotCheck.objects.filter(decision=decision).delete()
    check = SpotCheck.objects.create(decision=decision, drawn_at=timezone.now())
    assert "spot check" in manager_client.get(QUEUE).content.decode()
    address = reverse("spot-check", args=[check.pk])
    assert address in card(manager_client, decision)
    assert address not in card(operator_client, decision)
    assert operator_client.post(address, {"verdict": "right"}).status_code == 403
    wrong = manager_client.post(address, {"verdict": "wrong", "note": ""})
    assert wrong.status_code == 422
    assert manager_client.post(address, {"verdict": "maybe"}).status_code == 422
    assert manager_client.post(address, {"verdict": "wrong", "note": "Not so"}).status_code == 302
    assert manager_client.post(address, {"verdict": "right"}).status_code == 409
    assert "Spot check: wrong" in card(manager_client, decision)


def test_who_wrote_the_rules_is_told_that_somebody_else_answers_the_spot_check(
    manager: User, manager_client: Client
) -> None:
    decision = scenes.agreed(scenes.version(automatic=True))
    SpotCheck.objects.filter(decision=decision).delete()
    check = SpotCheck.objects.create(decision=decision, drawn_at=timezone.now())
    ScenarioVersion.objects.filter(pk=decision.negotiation.version_id).update(author=manager)
    answer = manager_client.post(reverse("spot-check", args=[check.pk]), {"verdict": "right"})
    assert (answer.status_code, b"Somebody else looks at it" in answer.content) == (403, True)


def test_what_is_none_is_not_found(manager_client: Client) -> None:
    for name in ("glass-review", "spot-check", "mandate-revoke"):
        for pk in (7, 99999999999999999999):
            address = reverse(name, args=[pk])
            assert manager_client.post(address, {}).status_code == 404


@pytest.mark.parametrize("rows", [1, 6])
def test_the_number_of_queries_does_not_grow_with_what_is_to_be_checked(
    rows: int,
    senior: User,
    manager_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        broken(scenes.agreed(scenes.version(short=True)), senior)
        SpotCheck.objects.create(
            decision=factories.decision(status="rejected"), drawn_at=timezone.now()
        )
    manager_client.get(QUEUE)
    with django_assert_num_queries(10):
        page = manager_client.get(QUEUE).content.decode()
    assert page.count("broken glass") == rows
