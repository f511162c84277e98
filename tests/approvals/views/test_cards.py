from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import Review
from negotiation.models import Decision
from negotiation.roles import Role
from negotiation.services import runs, sessions
from tests import factories

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(db: None) -> Decision:
    """What a real table of the shipped scenario leaves for a manager."""
    table = sessions.start(
        version=factories.version_for(1), by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return Decision.objects.parked().get()


def url(name: str, decision: Decision) -> str:
    return reverse(name, args=[decision.pk])


_calls = count()


def decide(
    client: Client, verb: str, decision: Decision, reason: str = "", seen: str | None = None
) -> tuple[int, str]:
    seen = decision.tag if seen is None else seen
    call = {"seen": seen, "key": f"a-key-of-{verb}-{next(_calls)}", "reason": reason}
    answer = client.post(url(f"approval-{verb}", decision), call)
    return answer.status_code, answer.content.decode()


def test_the_card_answers_what_a_reviewer_asks(manager_client: Client, parked: Decision) -> None:
    page = manager_client.get(url("approval", parked)).content.decode()
    for heading in (
        "What will happen",
        "Why it is here",
        "Risk score",
        "Who gave up what",
        "comes off worst",
        "What else was possible",
        "What the figures rest on",
        "The exact request",
        "The end of the conversation",
        "If nobody decides until then,",
    ):
        assert heading in page
    for finding in parked.judgement["findings"]:
        assert finding["text"] in page
    assert parked.package_hash[:12] in page
    assert f"{parked.score:.1f}" in page


def test_what_changes_is_shown_against_today_in_the_scenarios_words(
    manager_client: Client, parked: Decision
) -> None:
    changes = manager_client.get(url("approval", parked)).context["changes"]
    today = parked.negotiation.version.document["today"]
    assert changes[0].label == "Region"
    assert all(change.before is not None for change in changes)
    agreed = parked.negotiation.agreement or {}
    assert [change.same for change in changes] == [
        agreed[issue["name"]] == today[issue["name"]]
        for issue in parked.negotiation.version.document["issues"]
    ]


def test_a_finding_names_what_was_measured_and_what_is_allowed_in_words(
    manager_client: Client,
) -> None:
    finding: dict[str, object] = {
        "rule": "new-country",
        "text": "New",
        "forces": "review",
        "subject": "country",
    }
    finding |= {"measured": "BEL", "limit": ["DEU", "FRA"], "unit": "ISO 3166-1 alpha-3"}
    term: dict[str, object] = {
        "rule": "long",
        "text": "Long",
        "forces": "review",
        "subject": "commitment",
    }
    term |= {"measured": 36, "limit": 12, "unit": "months"}
    decision = factories.decision(judgement={"findings": [finding, term]})
    page = manager_client.get(url("approval", decision)).content.decode()
    assert "Belgium; allowed: Germany and France" in page
    assert 'measured <span class="num">36 months</span>, limit' in page


def test_a_manager_approves_exactly_this_package(
    manager_client: Client, manager: User, parked: Decision
) -> None:
    assert decide(manager_client, "approve", parked, "Fits the budget")[0] == 302
    parked.refresh_from_db()
    assert parked.status == Decision.Status.CLEARED
    assert parked.cleared_by == manager
    page = manager_client.get(url("approval", parked)).content.decode()
    assert "Fits the budget" in page
    assert 'data-dialog="approve"' not in page
    assert 'data-dialog="reject"' in page, "until a worker begins, no wins over yes"


def test_measures_that_only_order_are_shown_by_their_names(
    manager_client: Client, parked: Decision
) -> None:
    tiles = manager_client.get(url("approval", parked)).context["measures"]
    (standby,) = [tile for tile in tiles if tile.label == "Independence of the standby"]
    assert {standby.before, standby.after} <= {"none", "same country", "another country"}


def test_a_manager_rejects_with_a_reason(manager_client: Client, parked: Decision) -> None:
    assert decide(manager_client, "reject", parked, "Not this quarter")[0] == 302
    parked.refresh_from_db()
    assert (parked.status, parked.reason) == (Decision.Status.REJECTED, "Not this quarter")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 900_000, "a\0b"])
def test_a_rejection_says_why_or_does_not_happen(
    manager_client: Client, parked: Decision, reason: str
) -> None:
    status, page = decide(manager_client, "reject", parked, reason)
    assert status == 422
    assert "Not done." in page
    parked.refresh_from_db()
    assert parked.status == Decision.Status.PARKED


def test_the_second_of_two_managers_gets_the_fresh_card_and_is_told(
    manager_client: Client, client_of: Callable[[User], Client], parked: Decision
) -> None:
    other = factories.person(Role.MANAGER, name="mia")
    decide(client_of(other), "reject", parked, "I would rather not")
    status, page = decide(manager_client, "approve", parked)
    assert status == 409
    assert "mia rejected this" in page
    assert "nothing was changed" in page
    assert f'hx-get="{url("approval", parked)}?seen=' in page, "and the card stays live"
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ("", 428),
        ("1-" + "0" * 64, 409),
        ("0" * 64, 400),
        ("x" * 100_000, 400),
        ("\0", 400),
        ("é", 400),
        ("9" * 400 + "-" + "0" * 64, 400),
    ],
)
def test_a_hash_that_is_not_this_packages_decides_nothing(
    manager_client: Client, parked: Decision, seen: str, status: int
) -> None:
    assert decide(manager_client, "approve", parked, seen=seen)[0] == status
    parked.refresh_from_db()
    assert parked.status == Decision.Status.PARKED


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_operators_read_and_managers_decide(
    operator_client: Client, parked: Decision, verb: str
) -> None:
    page = operator_client.get(url("approval", parked)).content.decode()
    assert "Only managers decide." in page
    assert f'data-dialog="{verb}"' not in page
    assert decide(operator_client, verb, parked, "Because")[0] == 403
    parked.refresh_from_db()
    assert parked.status == Decision.Status.PARKED


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_link_never_decides(manager_client: Client, parked: Decision, verb: str) -> None:
    assert manager_client.get(url(f"approval-{verb}", parked)).status_code == 405


def test_somebody_without_a_role_does_not_see_the_card(
    stranger_client: Client, parked: Decision
) -> None:
    answer = stranger_client.get(url("approval", parked))
    assert answer.status_code == 403
    assert parked.short_hash not in answer.content.decode()


@pytest.mark.parametrize("pk", ["0", "9223372036854775808", "9" * 300])
def test_a_decision_that_does_not_exist_is_not_found(manager_client: Client, pk: str) -> None:
    for path in (f"/approvals/{pk}/", f"/approvals/{pk}/approve/"):
        answer = manager_client.get(path) if path.endswith(f"{pk}/") else manager_client.post(path)
        assert answer.status_code == 404


def test_the_live_part_answers_only_when_something_changed(
    manager_client: Client, parked: Decision
) -> None:
    ask = {"HX-Request": "true"}
    seen = manager_client.get(url("approval", parked)).context["seen"]
    unchanged = manager_client.get(url("approval", parked), {"seen": seen}, headers=ask)
    assert unchanged.status_code == 204
    decide(manager_client, "reject", parked, "Not this quarter")
    changed = manager_client.get(url("approval", parked), {"seen": seen}, headers=ask)
    assert changed.status_code == 200
    assert changed.content.decode().lstrip().startswith('<aside class="decide" id="verdict"')


def offered(client: Client, decision: Decision) -> list[str]:
    """What the card has buttons for."""
    beside = {"HX-Request": "true", "HX-Target": "detail"}
    card = client.get(url("approval", decision), headers=beside).content.decode()
    return re.findall(r'data-dialog="([a-z-]+)"', card)


def test_a_decision_whose_time_ran_out_offers_no_buttons(
    manager_client: Client, parked: Decision
) -> None:
    Decision.objects.filter(pk=parked.pk).update(due_at=timezone.now())
    page = manager_client.get(url("approval", parked)).content.decode()
    assert "Its time ran out" in page
    assert offered(manager_client, parked) == []
    assert decide(manager_client, "approve", parked)[0] == 409


@pytest.mark.parametrize("status", ["refused", "expired", "void", "failed", "executed"])
def test_a_decision_in_any_state_has_its_card(manager_client: Client, status: str) -> None:
    fields = {"refused": {"route": "refuse"}, "expired": {}, "void": {}}.get(
        status, {"cleared_at": timezone.now(), "route": "auto"}
    )
    decision = factories.decision(status=status, reason="For a reason", **fields)
    answer = manager_client.get(url("approval", decision))
    assert answer.status_code == 200
    assert offered(manager_client, decision) == []


def test_a_card_says_that_it_was_escalated_and_what_comes_next(
    parked: Decision, manager_client: Client
) -> None:
    Decision.objects.filter(pk=parked.pk).update(escalated=1, tier={"escalations": 1})
    page = manager_client.get(url("approval", parked)).content.decode()
    assert "Escalated to senior managers" in page
    assert "If nobody decides until then, nothing is carried out." in page
    Decision.objects.filter(pk=parked.pk).update(escalated=0, due_at=timezone.now())
    assert (
        "Senior managers are being asked."
        in manager_client.get(url("approval", parked)).content.decode()
    )
