from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from negotiation.models import ReceivedCall

if TYPE_CHECKING:
    from django.test import Client

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
