"""One story through every step of the path, without a browser: start, talk, park, approve, send."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from approvals.services import reviews
from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Negotiation, ReceivedCall
from negotiation.roles import Role
from negotiation.services import sessions
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def receive_at(live_server: LiveServer, settings: Settings) -> None:
    address = live_server.url + reverse("receiver-hook")
    settings.WEBHOOK_TARGETS = {"demo": settings.WEBHOOK_TARGETS["demo"] | {"url": address}}


def test_a_risky_agreement_waits_for_two_people_and_is_carried_out_once(
    live_server: LiveServer, settings: Settings, operator: User, manager: User
) -> None:
    receive_at(live_server, settings)

    negotiation = sessions.start(
        version=factories.version(), by=operator, now=timezone.now(), pace=0, seed=7
    )
    tasks.run_negotiation(negotiation_id=negotiation.pk, something_newer="ignored")
    negotiation.refresh_from_db()
    assert negotiation.status == Negotiation.Status.AGREED

    decision = Decision.objects.parked().get()
    for person in (manager, factories.person(Role.MANAGER)):
        tasks.execute_decision(decision_id=decision.pk)
        assert not ReceivedCall.objects.exists(), "not enough people have cleared it"
        reviews.approve(
            decision_id=decision.pk, by=person, seen_hash=decision.package_hash, now=timezone.now()
        )
    for _ in range(3):
        tasks.execute_decision(decision_id=decision.pk)
        tasks.sweep()

    decision.refresh_from_db()
    assert decision.status == Decision.Status.EXECUTED
    call = ReceivedCall.objects.get()
    assert call.deliveries == 1
    assert hashlib.sha256(call.body.encode()).hexdigest() == decision.package_hash
    package = json.loads(call.body)
    assert package["parameters"] == negotiation.agreement
    told = AuditEntry.objects.exclude(subject="user").values_list("action", flat=True)
    assert list(told) == [
        "scenario.saved",
        "negotiation.started",
        "negotiation.agreed",
        "decision.parked",
        "decision.approved",
        "decision.cleared",
        "grant.given",
        "execution.started",
        "execution.succeeded",
    ]


def test_a_safe_agreement_is_carried_out_without_a_person(
    live_server: LiveServer, settings: Settings, operator: User
) -> None:
    receive_at(live_server, settings)
    negotiation = sessions.start(
        version=factories.version("batch-placement"), by=operator, now=timezone.now(), pace=0
    )
    tasks.run_negotiation(negotiation_id=negotiation.pk)
    decision = Decision.objects.get(negotiation=negotiation)
    assert decision.route == Decision.Route.AUTO
    tasks.execute_decision(decision_id=decision.pk)
    decision.refresh_from_db()
    assert decision.status == Decision.Status.EXECUTED
    assert ReceivedCall.objects.count() == 1
