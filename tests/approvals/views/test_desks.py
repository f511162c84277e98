"""The card and what hangs on it: claims, stand-ins, withdrawing, questions, own verdicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import tasks
from approvals.models import CardView, Question
from approvals.services import claims
from negotiation.models import Decision
from tests import factories
from tests.approvals import scenes
from tests.approvals.scenes import World
from tests.approvals.views.calls import post, read, url
from tests.approvals.voices import give

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def decision(world: World, db: None) -> Decision:
    return scenes.agreed(scenes.version())


def test_a_claim_is_shown_and_holds_everything_but_a_no(
    decision: Decision, anna: User, carl: User, client_of: ClientOf
) -> None:
    assert post(client_of(anna), "approval-claim", decision)[0] == 302
    assert "You are reviewing this" in read(client_of(anna), decision)
    page = read(client_of(carl), decision)
    assert "Being reviewed by <b>anna</b>" in page
    assert 'data-dialog="approve"' not in page
    status, page = post(client_of(carl), "approval-approve", decision)
    assert (status, "being reviewed by anna" in page) == (409, True)
    assert post(client_of(carl), "approval-claim", decision)[0] == 409
    assert post(client_of(anna), "approval-release", decision)[0] == 302
    assert 'data-dialog="approve"' in read(client_of(carl), decision)


def test_a_claim_reaches_open_cards_and_the_queue(
    decision: Decision, anna: User, carl: User, client_of: ClientOf
) -> None:
    client = client_of(carl)
    seen = client.get(url("approval", decision)).context["seen"]
    claims.claim(decision_id=decision.pk, by=anna, now=timezone.now())
    fresh = client.get(url("approval", decision), {"seen": seen}, headers={"HX-Request": "true"})
    assert "Being reviewed by" in fresh.content.decode()
    assert "being reviewed by anna" in client.get(reverse("approvals")).content.decode()


def test_who_stands_in_decides_in_that_name(
    decision: Decision, anna: User, ben: User, client_of: ClientOf
) -> None:
    client = client_of(ben)
    assert post(client, "approval-approve", decision)[0] == 403
    give(anna, ben)
    assert "You stand in for <b>anna</b>" in read(client, decision)
    assert "you for anna" in client.get(reverse("approvals")).content.decode()
    status, page = post(client, "approval-approve", decision)
    assert (status, "Only managers" in page) == (403, True), "in whose name has to be said"
    assert post(client, "approval-approve", decision, voice=str(anna.pk))[0] == 302
    page = read(client, decision)
    assert "<b>ben</b> for <b>anna</b> approved this" in page


@pytest.mark.parametrize("voice", ["0", "x", "9" * 400, "-1", "\0"])
def test_a_voice_of_nobody_is_no_error_of_ours(
    decision: Decision, carl: User, client_of: ClientOf, voice: str
) -> None:
    assert post(client_of(carl), "approval-approve", decision, voice=voice)[0] == 404


def test_an_operator_withdraws_with_a_reason(
    decision: Decision, operator: User, carl: User, client_of: ClientOf
) -> None:
    client = client_of(operator)
    assert 'data-dialog="withdraw"' in read(client, decision)
    assert post(client, "approval-withdraw", decision, reason="")[0] == 422
    assert post(client, "approval-withdraw", decision, reason="Gone", seen=None)[0] == 428
    assert post(client_of(carl), "approval-withdraw", decision, reason="Gone")[0] == 403
    assert post(client, "approval-withdraw", decision, reason="Gone")[0] == 302
    page = read(client, decision)
    assert "Withdrawn" in page
    assert "<b>operator</b> withdrew this" in page
    decision.refresh_from_db()
    status, page = post(client, "approval-withdraw", decision, reason="Gone")
    assert (status, "nothing was changed" in page) == (409, True)


def test_a_question_and_its_answer_are_on_the_card(
    decision: Decision, carl: User, client_of: ClientOf
) -> None:
    client = client_of(carl)
    seat = decision.negotiation.version.document["seats"][0]["name"]
    issue = decision.negotiation.version.document["issues"][0]["name"]
    ask = {"seat": seat, "kind": "instead", f"option-{issue}": "0"}
    options = decision.negotiation.version.compiled().table.space.issue(issue).options
    if options[0] == decision.agreed[issue]:
        ask[f"option-{issue}"] = "1"
    assert post(client, "approval-ask", decision, **ask)[0] == 302
    page = read(client, decision)
    assert "is thinking" in page
    assert "Its clock stands still" in page
    list_ = url("approval-answers", decision)
    seen = client.get(url("approval", decision)).context["seen_questions"]
    assert client.get(list_, {"seen": seen}).status_code == 204
    tasks.answer_question(question_id=Question.objects.get().pk)
    fresh = client.get(list_, {"seen": seen}).content.decode()
    assert fresh.lstrip().startswith('<section id="questions"')
    assert Question.objects.get().answer_text[:30] in read(client, decision)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"seat": ""}, 422),
        ({"kind": "gossip"}, 422),
        ({"seat": "nobody"}, 422),
        ({"seat": "a\0b"}, 422),
        ({"kind": "fact", "subject": "x" * 900}, 422),
        ({"kind": "instead", "option-place": "99999999999999999999"}, 422),
        ({"kind": "instead", "option-nowhere": "0"}, 422),
        ({"seen": None}, 428),
        ({"key": None}, 428),
        ({"key": "short"}, 400),
        ({"seen": f"1-{'0' * 64}"}, 409),
    ],
)
def test_what_cannot_be_asked_is_said(
    decision: Decision, carl: User, client_of: ClientOf, fields: dict[str, Any], status: int
) -> None:
    seat = decision.negotiation.version.document["seats"][0]["name"]
    call = {"seat": seat, "kind": "limit"} | fields
    told, page = post(client_of(carl), "approval-ask", decision, **call)
    assert told == status
    assert "Not done." in page
    assert not Question.objects.exists()


def test_a_refused_question_is_in_the_form_again(
    decision: Decision, carl: User, client_of: ClientOf
) -> None:
    document = decision.negotiation.version.document
    seat, fact = document["seats"][-1]["name"], document["facts"][-1]["name"]
    issue = decision.negotiation.version.compiled().table.space.issues[-1]
    place = next(n for n, each in enumerate(issue.options) if each != decision.agreed[issue.name])
    chosen = {"kind": "fact", "subject": fact, f"option-{issue.name}": str(place)}
    status, page = post(client_of(carl), "approval-ask", decision, seat=seat, key="short", **chosen)
    assert status == 400
    ask = page[page.index('<dialog id="ask"') :]
    for value in (seat, fact, str(place)):
        assert f'<option value="{value}" selected>' in ask
    assert ask.count(" checked>") == 1
    assert 'value="fact" checked>' in ask
    fresh = read(client_of(carl), decision)
    assert " selected>" not in fresh[fresh.index('<dialog id="ask"') :]


def test_an_agents_answer_is_shown_not_run(
    decision: Decision, carl: User, client_of: ClientOf
) -> None:
    Question.objects.create(
        decision=decision,
        package_hash=decision.package_hash,
        asker=carl,
        key="a-key-of-mine",
        seat="<b>seat</b>",
        kind="why",
        text="<script>?</script>",
        asked_at=timezone.now(),
        answered_at=timezone.now(),
        answer={},
        answer_text="<img src=x onerror=alert(1)>\u202e",
    )
    page = read(client_of(carl), decision)
    assert "<img src=x" not in page
    assert "<script>?" not in page
    assert "\u202e" not in page


def test_opening_the_card_is_noted_once_and_for_who_decides(
    decision: Decision, carl: User, ben: User, client_of: ClientOf
) -> None:
    for user in (carl, carl, ben):
        read(client_of(user), decision)
    assert CardView.objects.get().reviewer == carl


@pytest.mark.parametrize("name", ["claim", "ask", "own-verdict", "approve", "reject"])
def test_who_stands_in_elsewhere_does_nothing_here(
    decision: Decision, anna: User, ben: User, client_of: ClientOf, name: str
) -> None:
    give(anna, ben, decision=factories.decision())
    seat = decision.negotiation.version.document["seats"][0]["name"]
    call = {"seat": seat, "kind": "limit", "view": "reject", "reason": "x"}
    status, page = post(client_of(ben), f"approval-{name}", decision, **call)
    assert (status, "Not done." in page) == (403, True)
    decision.refresh_from_db()
    assert (decision.status, decision.claimed_by_id) == ("parked", None)


@pytest.mark.parametrize("name", ["claim", "release", "ask", "own-verdict", "withdraw"])
def test_strangers_do_nothing(decision: Decision, stranger_client: Client, name: str) -> None:
    assert post(stranger_client, f"approval-{name}", decision, reason="x")[0] == 403


@pytest.mark.parametrize("name", ["claim", "release", "ask", "own-verdict", "approve"])
def test_of_no_decision_nothing_is_done(carl: User, client_of: ClientOf, name: str) -> None:
    for pk in (10**12, 10**30):
        answer = client_of(carl).post(f"/approvals/{pk}/{name}/", {"view": "reject", "seat": "x"})
        assert answer.status_code == 404
