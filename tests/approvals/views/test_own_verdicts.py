"""Where the tier asks for it, the plain case comes before everybody's opinion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from approvals.models import OwnVerdict, Review
from negotiation.models import Decision
from tests.approvals import scenes
from tests.approvals.scenes import World
from tests.approvals.views.calls import post, read, url

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]

HIDDEN = (
    "Risk score",
    "Risk of 100",
    "Who gave up what",
    "What else was possible",
    "The end of the conversation",
    "Why it is here",
    'data-dialog="approve"',
    "people approve",
    "waterfall",
    "Agents are sure",
)
PLAIN = ("What will happen", "against today", "What the figures rest on", "The exact request")


@pytest.fixture
def guarded(world: World, db: None) -> Decision:
    decision = scenes.agreed(scenes.version())
    decision.tier = decision.tier | {"own_verdict": True}
    decision.people, decision.seniors = 2, 1
    decision.save(update_fields=["tier", "people", "seniors"])
    return decision


def test_before_the_own_verdict_only_the_plain_case_is_sent(
    guarded: Decision, carl: User, client_of: ClientOf
) -> None:
    client = client_of(carl)
    page = read(client, guarded)
    assert [part for part in HIDDEN if part in page] == []
    assert [part for part in PLAIN if part not in page] == []
    given = client.get(url("approval", guarded)).context
    assert [
        name for name in ("risk", "steps", "gave", "given", "alternatives") if name in given
    ] == []
    status, page = post(client, "approval-approve", guarded)
    assert (status, "First say what you would do" in page) == (403, True)
    assert [part for part in HIDDEN if part in page] == []
    fragment = client.get(url("approval", guarded), headers={"HX-Request": "true"})
    assert fragment.status_code == 204
    assert client.get(url("approval-answers", guarded)).status_code == 204


@pytest.mark.parametrize("name", ["approval-send-back", "approval-amend", "approval-evidence"])
def test_nor_is_it_on_the_pages_beside_the_card(
    guarded: Decision, carl: User, client_of: ClientOf, name: str
) -> None:
    answer = client_of(carl).get(url(name, guarded))
    page = answer.content.decode()
    assert (answer.status_code, "First say what you would do" in page) == (403, True)
    assert [part for part in HIDDEN if part in page] == []


def test_after_it_both_are_shown_side_by_side(
    guarded: Decision, anna: User, carl: User, client_of: ClientOf
) -> None:
    client = client_of(carl)
    assert post(client, "approval-own-verdict", guarded, view="reject")[0] == 302
    page = read(client, guarded)
    assert [part for part in HIDDEN if part not in page] == []
    assert "By the plain case alone" in page
    assert OwnVerdict.objects.get().view == "reject"
    assert post(client, "approval-approve", guarded)[0] == 302
    assert Review.objects.count() == 1
    assert "Risk score" not in read(client_of(anna), guarded)


def test_nor_does_the_queue_tell_before_the_own_verdict(
    guarded: Decision, anna: User, carl: User, ben: User, client_of: ClientOf
) -> None:
    def told(user: User) -> bool:
        answer = client_of(user).get("/approvals/")
        [row] = answer.context["waiting"]
        page = answer.content.decode()
        shown = 'aria-label="Risk"' in page
        assert shown is not ("your own verdict first" in page)
        assert shown is not row["withheld"]
        return shown

    assert [told(user) for user in (anna, carl, ben)] == [False, False, True]
    post(client_of(carl), "approval-own-verdict", guarded, view="reject")
    assert [told(user) for user in (anna, carl, ben)] == [False, True, True]


def test_who_does_not_decide_sees_everything(
    guarded: Decision, ben: User, client_of: ClientOf
) -> None:
    assert "Risk score" in read(client_of(ben), guarded)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"view": ""}, 422),
        ({"view": "maybe"}, 422),
        ({"view": "reject", "seen": None}, 428),
        ({"view": "reject", "key": None}, 428),
        ({"view": "reject", "seen": f"1-{'0' * 64}"}, 409),
    ],
)
def test_an_own_verdict_says_what_it_is_about(
    guarded: Decision, carl: User, client_of: ClientOf, fields: dict[str, Any], status: int
) -> None:
    told, page = post(client_of(carl), "approval-own-verdict", guarded, **fields)
    assert (told, "Not done." in page) == (status, True)
    assert not OwnVerdict.objects.exists()
