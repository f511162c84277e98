"""Asks the workers to look at something, after the transaction that made it worth a look.

A message to a worker is only a hint: when it is lost, the sweep finds the row by its `next_at`.
Tasks are named, not imported, because tasks call services and services call this.
"""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis import RedisError

log = logging.getLogger("parley.dispatch")


def run_negotiation(negotiation_id: int, *, delay: float = 0, expires: float = 0) -> None:
    """After `delay` seconds; a worker that comes to it only after `expires` seconds lets it be."""
    _send_on_commit(
        "negotiation.tasks.run_negotiation", delay, expires, negotiation_id=negotiation_id
    )


def execute_decision(decision_id: int, *, delay: float = 0, expires: float = 0) -> None:
    """As `run_negotiation`."""
    _send_on_commit("negotiation.tasks.execute_decision", delay, expires, decision_id=decision_id)


def answer_question(question_id: int) -> None:
    """Of a person to an agent; the sweep of approvals finds it where this is lost."""
    _send_on_commit("approvals.tasks.answer_question", 0, 0, question_id=question_id)


def check_trail(check_id: int) -> None:
    """Of the audit trail; where this is lost, the next check gives it up."""
    _send_on_commit("negotiation.tasks.check_trail", 0, 0, check_id=check_id)


def _send_on_commit(task: str, delay: float, expires: float, **ids: int) -> None:
    def send() -> None:
        try:
            current_app.send_task(
                task, kwargs=ids, countdown=delay or None, expires=expires or None, retry=False
            )
        except (KombuError, RedisError, OSError) as error:
            log.warning("%s for %s waits for the sweep: %s", task, ids, error)

    transaction.on_commit(send)
