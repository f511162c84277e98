"""What people and systems may say about an execution, and what is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from negotiation.models import AuditEntry, Execution, Report
from tests import factories
from tests.negotiation.services.orders import cleared

pytestmark = pytest.mark.django_db

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def targets(settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = {
        "demo": {"url": "", "secret": SECRET, "allow_private": True},
        "other": {"url": "", "secret": OTHER, "allow_private": True},
    }


def executed(status: str = "succeeded", key: str = "parley-1-abc_DEF") -> Execution:
    decision = cleared()
    ended = {"next_at": timezone.now()} if status == "pending" else {"finished_at": timezone.now()}
    return Execution.objects.create(
        decision=decision,
        grant=decision.grant,
        idempotency_key=key,
        kind="webhook",
        target="demo",
        status=status,
        started_at=timezone.now(),
        **ended,
    )


def send(
    execution: Execution,
    body: bytes | dict[str, Any],
    *,
    call: str = "call-1",
    secret: str = SECRET,
    at: datetime | None = None,
) -> Any:
    if isinstance(body, dict):
        body = json.dumps({"execution": execution.idempotency_key} | body).encode()
    at = at or datetime.now(UTC)
    try:
        signature = Webhook(secret).sign(call, at, body.decode())
    except UnicodeDecodeError:
        signature = "v1,AAAA"
    return Client(enforce_csrf_checks=True).post(
        reverse("execution-report-hook", args=[execution.idempotency_key]),
        body,
        content_type="application/json",
        headers={
            "webhook-id": call,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        },
    )


def outcomes(execution: Execution) -> list[tuple[str, bool]]:
    return [(report.outcome, report.replaced_at is None) for report in execution.reports.all()]


def test_a_system_reports_and_the_same_call_again_has_no_second_effect() -> None:
    execution = executed()
    for _ in range(3):
        answer = send(execution, {"outcome": "rolled_back", "note": "Too slow"})
        assert (answer.status_code, answer.json()["current"]) == (200, True)
    report = Report.objects.get()
    assert (report.outcome, report.note, report.reporter) == ("rolled_back", "Too slow", "demo")
    assert AuditEntry.objects.filter(action="execution.reported").count() == 1


def test_a_later_report_replaces_the_present_one_and_the_earlier_stays(
    operator: User, operator_client: Client
) -> None:
    execution = executed()
    send(execution, {"outcome": "ok"})
    page = operator_client.post(
        reverse("execution-report", args=[execution.pk]), {"outcome": "incident", "note": "Down"}
    )
    assert page.status_code == 302
    assert outcomes(execution) == [("ok", False), ("incident", True)]
    repeated = send(execution, {"outcome": "ok"})
    assert (repeated.status_code, repeated.json()["current"]) == (200, False)
    assert outcomes(execution) == [("ok", False), ("incident", True)]
    card = operator_client.get(reverse("approval", args=[execution.decision_id])).content.decode()
    assert "Down" in card
    assert operator.username in card


def test_a_call_cannot_say_something_else_under_the_same_id() -> None:
    execution = executed()
    send(execution, {"outcome": "ok"})
    answer = send(execution, {"outcome": "incident"})
    assert answer.status_code == 400
    assert "another report" in answer.json()["error"]
    assert outcomes(execution) == [("ok", True)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"outcome":"ok"}',
        b'{"execution":"parley-2-other","outcome":"ok"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"fine"}',
        b'{"execution":"parley-1-abc_DEF","outcome":["ok"]}',
        b'{"execution":"parley-1-abc_DEF","outcome":{"a":1}}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","outcome":"incident"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":NaN}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":7}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":null}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":"\\u0000"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":"\\ud800"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","\\ud800":1}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","who":"me"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":"' + b"x" * 801 + b'"}',
        b'{"execution":"parley-1-abc_DEF","outcome":"ok","note":"' + b"x" * 17_000 + b'"}',
        b"[" * 8_000,
        b'{"execution":' + b"9" * 5_000 + b"}",
    ],
)
def test_hostile_bodies_are_refused_with_a_sentence(body: bytes) -> None:
    answer = send(executed(), body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"].endswith(".")
    assert not Report.objects.exists()


@pytest.mark.parametrize("call", ["", "x" * 101, "caf\x01"])
def test_odd_ids_are_refused(call: str) -> None:
    answer = send(executed(), {"outcome": "ok"}, call=call)
    assert 400 <= answer.status_code < 500


def test_only_the_executions_own_target_reports() -> None:
    execution = executed()
    assert send(execution, {"outcome": "ok"}, secret=OTHER).status_code == 401
    old = datetime.now(UTC) - timedelta(minutes=6)
    assert send(execution, {"outcome": "ok"}, at=old).status_code == 401
    bare = Client().post(reverse("execution-report-hook", args=[execution.idempotency_key]))
    assert bare.status_code == 401
    assert not Report.objects.exists()


@pytest.mark.parametrize("key", ["nobody-knows-it", "%00", "a%20b", "x" * 300])
def test_an_unknown_execution_is_not_found(key: str) -> None:
    assert Client().post(f"/api/executions/{key}/report/").status_code == 404


def test_what_has_not_ended_cannot_be_reported_on() -> None:
    assert send(executed("pending"), {"outcome": "ok"}).status_code == 409


def test_what_failed_cannot_have_gone_well() -> None:
    execution = executed("failed")
    assert send(execution, {"outcome": "ok"}).status_code == 409
    assert send(execution, {"outcome": "incident"}, call="call-2").status_code == 200


@pytest.mark.parametrize("role", ["operator", "manager", "admin"])
def test_people_with_a_role_report(role: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{role}_client")
    execution = executed()
    page = client.get(reverse("approval", args=[execution.decision_id]))
    address = reverse("execution-report", args=[execution.pk])
    assert address in page.content.decode()
    assert client.post(address, {"outcome": "amended"}).status_code == 302
    assert outcomes(execution) == [("amended", True)]


def test_strangers_and_forged_forms_do_not_report(
    stranger_client: Client, operator: User, client_of: Callable[[User], Client]
) -> None:
    execution = executed()
    address = reverse("execution-report", args=[execution.pk])
    assert stranger_client.post(address, {"outcome": "ok"}).status_code == 403
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(operator)
    assert forged.post(address, {"outcome": "ok"}).status_code == 403
    assert Client().post(address, {"outcome": "ok"}).status_code == 302
    assert client_of(operator).get(address).status_code == 405
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "form", [{}, {"outcome": "fine"}, {"outcome": "ok", "note": "x" * 801}, {"note": "\0"}]
)
def test_a_form_that_says_nothing_changes_nothing(
    form: dict[str, str], manager_client: Client
) -> None:
    execution = executed()
    page = manager_client.post(reverse("execution-report", args=[execution.pk]), form, follow=True)
    assert page.status_code == 200
    assert not Report.objects.exists()


def test_executions_that_are_not_there(manager_client: Client) -> None:
    for pk in (1, 2**63, 10**30):
        answer = manager_client.post(reverse("execution-report", args=[pk]), {"outcome": "ok"})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("report_one_is_current", {"call": "b"}),
        ("report_once_per_call", {"call": "a", "replaced_at": timezone.now()}),
        ("report_is_somebodys", {"call": "b", "target": "", "replaced_at": timezone.now()}),
        (
            "report_outcome_is_known",
            {"call": "b", "outcome": "fine", "replaced_at": timezone.now()},
        ),
    ],
)
def test_the_database_refuses(name: str, fields: dict[str, Any]) -> None:
    stated = {
        "execution": executed(),
        "outcome": "ok",
        "target": "demo",
        "reported_at": timezone.now(),
    }
    Report.objects.create(**stated, call="a")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Report.objects.create(**(stated | fields))


def test_a_person_and_a_target_are_not_the_same_reporter() -> None:
    with pytest.raises(IntegrityError, match="report_is_somebodys"), transaction.atomic():
        Report.objects.create(
            execution=executed(),
            outcome="ok",
            target="demo",
            call="a",
            person=factories.person(),
            reported_at=timezone.now(),
        )


def test_a_signed_report_may_carry_what_was_measured() -> None:
    execution = executed()
    fact = execution.decision.negotiation.version.document["facts"][0]["name"]
    body = {"execution": execution.idempotency_key, "outcome": "ok"}
    refused = send(execution, body | {"measured": [{"name": "nothing", "value": 1}]})
    assert refused.status_code == 400
    assert "There is no fact or measure" in refused.json()["error"]
    answer = send(execution, body | {"measured": [{"name": fact, "value": 1.5}]}, call="call-2")
    kept = [{"name": fact, "value": 1.5, "sd": 0.0}]
    assert answer.json()["measured"] == Report.objects.get().measured == kept
