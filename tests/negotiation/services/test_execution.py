"""Carrying out a cleared decision: attempts, answers, retries. The target really listens."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks.webhooks import Webhook

from negotiation import webhooks
from negotiation.models import AuditEntry, Decision, Execution
from negotiation.services import execution
from tests import factories
from tests.negotiation.services.orders import cleared, execute
from tests.negotiation.services.targets import SECRET, Target

pytestmark = pytest.mark.django_db


def test_the_approved_bytes_arrive_signed_and_once(target: Target) -> None:
    decision = execute(cleared())
    assert decision.status == Decision.Status.EXECUTED
    [(headers, body)] = target.calls
    assert body == decision.package.encode()
    assert headers["webhook-id"] == headers["idempotency-key"]
    assert headers["parley-package"] == decision.package_hash
    Webhook(SECRET).verify(body, headers)
    assert decision.execution.response == "200 noted"
    assert AuditEntry.objects.filter(action="execution.succeeded").count() == 1


def test_a_repeated_task_has_no_second_effect(target: Target) -> None:
    decision = cleared()
    for _ in range(3):
        execute(decision)
    assert len(target.calls) == 1
    assert Execution.objects.count() == 1


def test_a_target_that_stumbles_is_tried_again_with_the_same_key(target: Target) -> None:
    target.answers = [503, 429, 200]
    decision = cleared()
    now = timezone.now()
    execute(decision, now)
    assert decision.status == Decision.Status.EXECUTING
    execute(decision, now)
    assert len(target.calls) == 1, "its time has not come"
    execute(decision, now + timedelta(seconds=2))
    execute(decision, now + timedelta(seconds=20))
    assert decision.status == Decision.Status.EXECUTED
    assert decision.execution.attempts == 3
    assert len({headers["webhook-id"] for headers, _ in target.calls}) == 1


def test_a_target_that_refuses_ends_it(target: Target) -> None:
    target.answers = [400]
    decision = execute(cleared())
    assert decision.status == Decision.Status.FAILED
    assert "demo answered 400" in decision.reason


def test_a_target_that_drips_is_given_up_in_time(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "DEADLINE", 0.5)
    target.drips = True
    decision = execute(cleared())
    assert decision.status == Decision.Status.EXECUTING
    assert "took longer than" in decision.execution.response


def test_an_error_that_nobody_foresaw_is_told_and_given_up_like_any_other(
    target: Target, settings: Settings
) -> None:
    settings.WEBHOOK_TARGETS = {"demo": settings.WEBHOOK_TARGETS["demo"] | {"secret": "whsec_a"}}
    decision, now = cleared(), timezone.now()
    while decision.status in {"cleared", "executing"}:
        execute(decision, now)
        now = Execution.objects.get(decision=decision).next_at or now
    assert decision.status == Decision.Status.FAILED
    assert "Parley could not send it" in decision.reason
    assert decision.execution.attempts == len(execution.BACKOFF) + 1


def test_whatever_a_target_answers_is_recorded_once(target: Target) -> None:
    target.says = b"ok\x00\xff\xe2\x80\xae" + b"x" * 5_000
    decision = execute(cleared())
    assert decision.status == Decision.Status.EXECUTED
    assert decision.execution.response.startswith("200 ok\\x00")
    execute(decision)
    assert len(target.calls) == 1


def test_an_execution_whose_workers_all_die_is_given_up(target: Target) -> None:
    decision, now = cleared(), timezone.now()
    execution._begin(decision.pk, now)
    for _ in range(len(execution.BACKOFF) + 1):
        assert execution._claim(decision.pk, now) is not None
        now += execution.LEASE + timedelta(seconds=1)
    execute(decision, now)
    assert decision.status == Decision.Status.FAILED
    assert not target.calls


def test_a_redirect_is_not_followed(target: Target) -> None:
    target.answers = [302]
    decision = execute(cleared())
    assert decision.status == Decision.Status.FAILED
    assert len(target.calls) == 1


def test_a_target_that_is_away_is_tried_for_about_a_day(target: Target) -> None:
    target.answers = [500] * 20
    decision, now = cleared(), timezone.now()
    # A grant must be used in time; the attempts after that may take longer.
    while decision.status in {"cleared", "executing"}:
        execute(decision, now)
        attempt = Execution.objects.get(decision=decision)
        now = attempt.next_at or now
    assert decision.status == Decision.Status.FAILED
    assert len(target.calls) == len(execution.BACKOFF) + 1
    assert now - attempt.started_at > timedelta(hours=20)


def test_a_private_address_that_nobody_allowed_is_not_called(
    target: Target, settings: Settings
) -> None:
    target_of = settings.WEBHOOK_TARGETS["demo"]
    settings.WEBHOOK_TARGETS = {"demo": target_of | {"allow_private": False}}
    decision = execute(cleared())
    assert decision.status == Decision.Status.FAILED
    assert "not a public address" in decision.reason
    assert not target.calls


def test_an_unknown_target_is_named(target: Target, settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = {"other": settings.WEBHOOK_TARGETS["demo"]}
    decision = execute(cleared())
    assert decision.status == Decision.Status.FAILED
    assert "no webhook target 'demo'" in decision.reason


def test_a_preview_shows_the_request_without_making_it(target: Target) -> None:
    decision = factories.decision()
    shown = execution.preview(decision)
    assert shown["url"] == target.url
    assert shown["body"] == decision.package
    assert decision.package_hash in shown["headers"]
    assert SECRET not in json.dumps(shown)
    assert not target.calls


def test_a_dry_run_sends_nothing_and_says_so(target: Target) -> None:
    version = factories.version(executor={"kind": "dry-run"})
    table = factories.negotiation(version=version, status="agreed")
    decision = execute(cleared(negotiation=table))
    assert decision.status == Decision.Status.EXECUTED
    assert decision.execution.response == "Dry run: nothing was sent."
    assert not target.calls


def test_a_worker_that_died_while_sending_is_followed_by_another(target: Target) -> None:
    decision, now = cleared(), timezone.now()
    execution._begin(decision.pk, now)
    assert execution._claim(decision.pk, now) is not None
    assert execute(decision, now).status == Decision.Status.EXECUTING, "the lease still runs"
    execute(decision, now + execution.LEASE + timedelta(seconds=1))
    assert decision.status == Decision.Status.EXECUTED
    assert decision.execution.attempts == 2
