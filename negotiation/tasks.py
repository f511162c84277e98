"""Doors for the workers: each task makes one service call.

Signatures are keyword-only and take what they do not know, so that old and new workers
understand each other during a deploy.
"""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from negotiation import dispatch, heartbeats
from negotiation.models import Decision, Execution, Negotiation
from negotiation.services import anchors, execution, policies, runs, sessions, trail_checks

# A message older than this is dropped: the sweep has sent a newer one.
STALE_SECONDS = 30


@shared_task
def run_negotiation(*, negotiation_id: int, **_: object) -> None:
    runs.run(negotiation_id=negotiation_id, clock=timezone.now)


@shared_task
def execute_decision(*, decision_id: int, **_: object) -> None:
    execution.execute(decision_id=decision_id, clock=timezone.now)


@shared_task
def sweep(**_: object) -> None:
    """Finds every row whose time has come and that nobody holds, and asks for a look at it."""
    now = timezone.now()
    heartbeats.record(now=now)
    for pk in Negotiation.objects.due(now).unstopped().values_list("pk", flat=True):
        dispatch.run_negotiation(pk, expires=STALE_SECONDS)
    for pk in Decision.objects.cleared().values_list("pk", flat=True):
        dispatch.execute_decision(pk, expires=STALE_SECONDS)
    for pk in Execution.objects.due(now).unstopped().values_list("decision_id", flat=True):
        dispatch.execute_decision(pk, expires=STALE_SECONDS)
    for pk in Negotiation.objects.forgotten(now).unstopped().values_list("pk", flat=True):
        sessions.stop_forgotten(negotiation_id=pk, now=now)
    policies.expire(now=now)


@shared_task
def anchor_audit(**_: object) -> None:
    """Notes where the audit trail ends, if there is a place for that outside the database."""
    if settings.AUDIT_ANCHOR_FILE:
        anchors.append(settings.AUDIT_ANCHOR_FILE, anchors.Anchor.now(timezone.now()))


@shared_task
def check_trail(*, check_id: int, **_: object) -> None:
    trail_checks.check(check_id=check_id, clock=timezone.now)


@shared_task
def check_audit(**_: object) -> None:
    """By the clock, whether somebody asks or not."""
    with suppress(trail_checks.AlreadyAsked):
        trail_checks.ask(by=None, now=timezone.now())
