from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from negotiation.models import ReceivedCall
from negotiation.services.receivers import BadSignature, receive

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"action":"place"}'


@pytest.fixture(autouse=True)
def target(settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = {"demo": {"url": "", "secret": SECRET, "allow_private": True}}


def signed(body: bytes = BODY, *, key: str = "key-1", at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "Webhook-Id": key,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign(key, at, body.decode()),
    }


def test_a_call_is_taken_in_once_however_often_it_is_sent() -> None:
    for _ in range(3):
        call = receive(headers=signed(), body=BODY, now=timezone.now())
    assert ReceivedCall.objects.count() == 1
    assert (call.deliveries, call.body) == (3, BODY.decode())


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (signed(), b'{"action":"place more"}'),
        (signed() | {"Webhook-Signature": "v1,AAAA"}, BODY),
        (signed() | {"Webhook-Signature": "nonsense"}, BODY),
        (signed() | {"Webhook-Id": "another"}, BODY),
        (signed() | {"Webhook-Timestamp": "soon"}, BODY),
        (signed(at=datetime.now(UTC) - timedelta(minutes=6)), BODY),
        (signed(), b"\xff\xfe"),
    ],
)
def test_a_call_that_is_not_ours_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadSignature):
        receive(headers=headers, body=body, now=timezone.now())
    assert not ReceivedCall.objects.exists()


def test_without_a_demo_target_nothing_is_taken_in(settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = {}
    with pytest.raises(BadSignature, match="No demo receiver"):
        receive(headers=signed(), body=BODY, now=timezone.now())
