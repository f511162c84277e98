"""Reports that arrive at once: one is present, each call counts once."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from negotiation.models import AuditEntry, Execution, Report
from negotiation.services import reports
from tests.negotiation.services.orders import cleared

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
THREADS = 12


@pytest.mark.django_db(transaction=True)
def test_parallel_reports_leave_one_present(settings: Settings) -> None:
    assert connection.vendor == "postgresql"
    settings.WEBHOOK_TARGETS = {"demo": {"url": "", "secret": SECRET, "allow_private": True}}
    decision, now = cleared(), timezone.now()
    execution = Execution.objects.create(
        decision=decision,
        grant=decision.grant,
        idempotency_key="parley-1-abc",
        kind="webhook",
        target="demo",
        status=Execution.Status.SUCCEEDED,
        started_at=now,
        finished_at=now,
    )
    together = Barrier(THREADS)

    def send(number: int) -> bool:
        call, at = f"call-{number % 4}", datetime.now(UTC)  # each call three times
        body = json.dumps({"execution": "parley-1-abc", "outcome": "ok", "note": call})
        headers = {
            "webhook-id": call,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(call, at, body),
        }
        try:
            together.wait(timeout=30)
            made = reports.receive(
                execution=execution, headers=headers, body=body.encode(), now=timezone.now()
            )
            return made.note == call
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        assert all(pool.map(send, range(THREADS)))
    assert Counter(report.replaced_at is None for report in Report.objects.all()) == {
        True: 1,
        False: 3,
    }
    assert AuditEntry.objects.filter(action="execution.reported").count() == 4
