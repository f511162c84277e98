from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from negotiation.models import Decision, Execution, ReceivedCall, Report
from tests import factories

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
HOOK = "/receiver/hook/"


def signed(body: str, webhook_id: str = "parley-1") -> dict[str, str]:
    now = timezone.now()
    signature = Webhook(settings.WEBHOOK_TARGETS["demo"]["secret"]).sign(webhook_id, now, body)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def test_a_signed_call_is_taken_without_a_login_and_shown(
    client: Client, operator_client: Client
) -> None:
    body = '{"action":"place-service","target":"checkout"}'
    for deliveries in (1, 2):
        answer = client.post(HOOK, body, content_type="application/json", headers=signed(body))
        assert answer.json() == {"received": "parley-1", "deliveries": deliveries}
    page = operator_client.get("/receiver/").content.decode()
    assert "Place service" in page
    assert "but one effect" in page
    assert "SHA-256 of the body equals the package hash" in page
    assert html.escape(body) in page, "as it came, not set out"
    assert ReceivedCall.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"webhook-id": "x"}, signed("{}")])
def test_a_call_with_a_wrong_signature_is_refused(client: Client, headers: dict[str, str]) -> None:
    answer = client.post(HOOK, b"\xff\0", content_type="application/json", headers=headers)
    assert answer.status_code == 401
    assert not ReceivedCall.objects.exists()


def test_a_body_that_is_not_ours_is_shown_as_it_came(operator_client: Client) -> None:
    ReceivedCall.objects.create(
        webhook_id="x", received_at=timezone.now(), body="<b>no json", package_hash="0" * 64
    )
    page = operator_client.get("/receiver/").content.decode()
    assert "&lt;b&gt;no json" in page


def test_somebody_without_a_role_does_not_see_what_arrived(stranger_client: Client) -> None:
    assert stranger_client.get("/receiver/").status_code == 403


def carried_out(key: str) -> Execution:
    now = timezone.now()
    who = factories.person()
    decision = factories.decision(
        status=Decision.Status.EXECUTED, cleared_at=now, cleared_by=who, due_at=None
    )
    ReceivedCall.objects.create(webhook_id=key, received_at=now, body="{}", package_hash="0" * 64)
    return Execution.objects.create(
        decision=decision,
        grant=factories.grant(decision),
        idempotency_key=key,
        kind="webhook",
        status=Execution.Status.SUCCEEDED,
        started_at=now,
        finished_at=now,
    )


def test_what_arrived_leads_to_its_decision_and_to_the_form_that_reports_on_it(
    operator_client: Client,
) -> None:
    execution = carried_out("parley-7")
    page = operator_client.get("/receiver/").content.decode()
    card = reverse(settings.DECISION_PAGE, args=[execution.decision_id])
    assert f'href="{card}#report-outcome"' in page
    assert "Report what really happened" in page
    assert "Nobody has said how it went" in page
    assert "Region" in page, "the terms in words"


def test_what_was_reported_is_shown_with_who_said_it(
    operator: User, operator_client: Client
) -> None:
    execution = carried_out("parley-8")
    said = {"execution": execution, "person": operator, "reported_at": timezone.now()}
    Report.objects.create(outcome=Report.Outcome.INCIDENT, **said)
    page = operator_client.get("/receiver/").content.decode()
    assert "Incident" in page
    assert "Report again" in page


@pytest.mark.parametrize("calls", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_calls(
    calls: int, operator_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(calls):
        carried_out(f"parley-{number}")
    operator_client.get("/receiver/")
    with django_assert_max_num_queries(9):
        operator_client.get("/receiver/")
