"""Doors for the workers, as in `negotiation/tasks.py`."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from approvals.models import Delivery, Question
from approvals.services import deliveries, emergencies, notifications, open_items, questions
from negotiation import dispatch, heartbeats
from negotiation.models import Timer
from negotiation.services import deadlines

log = logging.getLogger("parley.upkeep")

# Batches of the audit trail in one task: the next one follows within seconds.
BATCHES = 20
# Timers and deliveries in one task; as above.
AT_ONCE = 500
# As for the sweep of `negotiation/tasks.py`.
STALE_SECONDS = 30


@shared_task
def fire_timers(**_: object) -> None:
    """Reminds, asks more people, and ends what nobody decided: whatever has come due, in order."""
    now = timezone.now()
    heartbeats.record(now=now, of="timers")
    for pk in Timer.objects.due(now).unstopped().values_list("pk", flat=True)[:AT_ONCE]:
        try:
            deadlines.fire(timer_id=pk, now=now)
        except Exception:
            # The edge of the worker: one that breaks must not hold up the others.
            log.exception("Timer %s broke.", pk)


@shared_task
def notify(**_: object) -> None:
    """Tells people what is new in the audit trail, and has it sent to those who want that."""
    heartbeats.record(now=timezone.now(), of="notifier")
    for _batch in range(BATCHES):
        if not notifications.tell(now=timezone.now()):
            break
    now = timezone.now()
    deliveries.collect(now=now)
    for pk in Delivery.objects.due(now).values_list("pk", flat=True)[:AT_ONCE]:
        deliver.apply_async(kwargs={"delivery_id": pk}, expires=STALE_SECONDS)


@shared_task
def deliver(*, delivery_id: int, **_: object) -> None:
    deliveries.deliver(delivery_id=delivery_id, clock=timezone.now)


@shared_task
def answer_question(*, question_id: int, **_: object) -> None:
    questions.answer_by_engine(question_id=question_id, now=timezone.now())


@shared_task
def sweep_questions(**_: object) -> None:
    """Gives up waiting for what took too long, and asks again what no worker took up."""
    now = timezone.now()
    for pk in Question.objects.stale(now - questions.LONGEST).values_list("pk", flat=True):
        questions.lapse(question_id=pk, now=now)
    for pk in Question.objects.open().values_list("pk", flat=True):
        dispatch.answer_question(pk)


@shared_task
def thin_notifications(**_: object) -> None:
    deliveries.thin(now=timezone.now())


@shared_task
def audit_open_items(**_: object) -> None:
    """Proves that everything that is open will be looked at again, and raises an alarm if not."""
    now = timezone.now()
    heartbeats.record(now=now, of="auditor")
    open_items.raise_alarms(now=now)
    emergencies.alarm(now=now)
