"""Asking an agent about a parked decision, and what it answers.

The row comes first and the answer later, written by a worker outside any transaction, so an agent
that is far away can take its time. Meanwhile the decision's clock stands still: it is moved on by
the longest that the answer may take, and back by what was not used.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from approvals.models import Question
from approvals.services import claims
from approvals.services.deputies import may_decide
from negotiation import broadcast, dispatch
from negotiation.engine import interviews
from negotiation.engine.plain import plain
from negotiation.engine.space import NotInSpace
from negotiation.models import Decision
from negotiation.services import audits, timers, transcripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.engine.interviews import Answer
    from negotiation.engine.messages import Offer, Option

log = logging.getLogger("parley.questions")

LONGEST = timedelta(minutes=15)
MOST = 3


class MayNotAsk(Exception):
    """Only who may decide asks the agents."""


class BadQuestion(Exception):
    """This cannot be asked; the sentence says what to change."""


class NotWaiting(Exception):
    """The decision is not waiting with this package any more; nothing was asked."""


@transaction.atomic
def ask(
    *,
    decision_id: int,
    by: User,
    seen_hash: str,
    key: str,
    seat: str,
    kind: str,
    now: datetime,
    subject: str = "",
    changes: Mapping[str, Option] | None = None,
) -> Question:
    """Puts a question to a seat and stops the clock; the same key again is the same question.

    Raises MayNotAsk, BadQuestion, NotWaiting.
    """
    decision = _held(decision_id, seen_hash, now)
    asked = Question.objects.filter(asker=by, key=key).first()
    if asked is not None:
        return asked
    if decision is None:
        raise NotWaiting(NotWaiting.__doc__)
    if not may_decide(by, decision, now):
        raise MayNotAsk(MayNotAsk.__doc__)
    question = Question(
        decision=decision,
        package_hash=decision.package_hash,
        asker=by,
        key=key,
        seat=seat,
        kind=kind,
        subject=subject,
        changes=dict(changes) if changes else None,
        asked_at=now,
    )
    question.text = _wording(decision, question)
    waiting = _open_ones(decision)
    if len(waiting) >= MOST:
        raise BadQuestion(f"{MOST} questions are open already. Wait for an answer, then ask.")
    question.save(force_insert=True)
    _move(decision, before=waiting, after=[*waiting, question], now=now)
    claims.renew(decision_id=decision.pk, by=by, now=now)
    audits.record(
        "question.asked", question, now=now, by=by, seen=decision.tag, seat=seat, text=question.text
    )
    dispatch.answer_question(question.pk)
    broadcast.queue_changed()
    return question


def answer_by_engine(*, question_id: int, now: datetime) -> None:
    """Lets the seat answer from its own figures. Harmless for a question that is closed."""
    question = (
        Question.objects.open()
        .select_related("decision__negotiation__version__scenario")
        .filter(pk=question_id)
        .first()
    )
    if question is not None:
        answer(question_id=question_id, said=_interview(question), now=now)


@transaction.atomic
def answer(*, question_id: int, said: Answer, now: datetime) -> bool:
    """Writes an answer down and lets the clock go on; the first one holds, and False is told to
    whoever comes later."""
    return _close(
        question_id,
        now,
        action="question.answered",
        answered_at=now,
        answer={"figures": plain(said.figures), "refused": said.refused},
        answer_text=said.text,
    )


@transaction.atomic
def lapse(*, question_id: int, now: datetime) -> bool:
    """Gives up waiting for an answer; whether this call did."""
    return _close(question_id, now, action="question.lapsed", lapsed_at=now)


def _held(decision_id: int, seen_hash: str, now: datetime) -> Decision | None:
    """The decision as it was seen, its row held until the commit; None if it is not so any more."""
    waiting = Decision.objects.select_for_update(of=("self",)).parked()
    return (
        waiting.select_related("negotiation__version__scenario")
        .filter(pk=decision_id, package_hash=seen_hash, due_at__gt=now)
        .first()
    )


def _close(question_id: int, now: datetime, *, action: str, **said: Any) -> bool:
    question = Question.objects.get(pk=question_id)
    # The decision first, as everybody who moves it does: rows are locked in one order.
    decision = Decision.objects.select_for_update().get(pk=question.decision_id)
    waiting = _open_ones(decision)
    if Question.objects.open().filter(pk=question_id).update(**said) != 1:
        return False
    rest = [other for other in waiting if other.pk != question_id]
    _move(decision, before=waiting, after=rest, now=now)
    text = said.get("answer_text", "")
    audits.record(action, question, now=now, seat=question.seat, text=text)
    broadcast.queue_changed()
    return True


def _open_ones(decision: Decision) -> list[Question]:
    """Of the present package: with another one its time began anew, and owes nothing."""
    present = Question.objects.open().filter(package_hash=decision.package_hash)
    return list(present.filter(decision=decision))


def _move(
    decision: Decision, *, before: Iterable[Question], after: Iterable[Question], now: datetime
) -> None:
    """The clock stands until the last open question is answered, or for LONGEST after it."""
    until, later = (
        max((one.asked_at + LONGEST for one in those), default=now) for those in (before, after)
    )
    by = max(later, now) - max(until, now)
    if by:
        timers.shift(decision, by=by)


def _wording(decision: Decision, question: Question) -> str:
    """The question as a sentence; raises BadQuestion for what this table does not have."""
    scenario = decision.negotiation.version.compiled()
    table, words = scenario.table, scenario.words
    if question.seat not in table.seat:
        raise BadQuestion("No agent of that name sits at this table. Choose one of the list.")
    if question.kind not in Question.Kind.values:
        raise BadQuestion("That cannot be asked. Choose one of the four questions.")
    if question.kind == Question.Kind.FACT:
        fact = table.fact.get(question.subject)
        if fact is None:
            raise BadQuestion("This table knows no such fact. Choose one of the list.")
        return f"What do you know about “{fact.label}”, from where, and how sure are you?"
    if question.kind == Question.Kind.INSTEAD:
        _check_changes(decision, question)
        options = ", ".join(
            f"{words.label(issue)} {words.value(issue, option)}"
            for issue, option in (question.changes or {}).items()
        )
        return f"What would you gain or lose if it were {options} instead?"
    if question.kind == Question.Kind.LIMIT:
        return "What matters most to you, and how far is this from your limit and your best?"
    return "Why did you accept this?"


def _check_changes(decision: Decision, question: Question) -> None:
    space = decision.negotiation.version.compiled().table.space
    changes = question.changes or {}
    offer = _offer(question)
    if not changes or all(offer.get(issue) == option for issue, option in changes.items()):
        raise BadQuestion("Choose an option that differs from what was agreed.")
    try:
        space.index_of({**offer, **changes})
    except NotInSpace as error:
        raise BadQuestion(f"{error} Choose options of the lists.") from error


def _offer(question: Question) -> Offer:
    """What the package that was asked about would carry out."""
    decision, package = question.decision, question.decision.package
    if decision.package_hash != question.package_hash:
        package = decision.earlier.filter(package_hash=question.package_hash).latest("pk").package
    parameters: Offer = json.loads(package)["parameters"]
    return parameters


def _interview(question: Question) -> Answer:
    try:
        negotiation = question.decision.negotiation
        scenario = negotiation.version.compiled()
        session = transcripts.replayed(negotiation, scenario)
        offer = {**scenario.table.space.offer_at(0), **_offer(question)}
        match question.kind:
            case Question.Kind.FACT:
                return interviews.knowledge(session, question.seat, question.subject)
            case Question.Kind.INSTEAD:
                return interviews.instead(session, question.seat, offer, question.changes or {})
            case Question.Kind.LIMIT:
                return interviews.priorities(session, question.seat, offer)
            case _:
                return interviews.motive(session, question.seat, offer)
    except Exception:
        # The edge of the worker: the reviewer is told, and the clock goes on.
        log.exception("Question %s cannot be answered.", question.pk)
        return interviews.Answer(
            "I cannot answer that: what was said at the table cannot be read again.", refused=True
        )
