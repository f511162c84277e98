"""Asking the agents: what they answer, and what the clock does meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from approvals import tasks
from approvals.models import Question
from approvals.services import questions
from negotiation.engine.interviews import Answer
from negotiation.models import AuditEntry, Decision, ScenarioVersion, Timer
from negotiation.roles import Role
from negotiation.services import timers
from tests import factories
from tests.approvals import scenes
from tests.approvals.crowds import Crowd
from tests.approvals.scenes import World

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
_keys = iter(range(10_000))


@pytest.fixture
def decision(world: World, db: None) -> Decision:
    return scenes.agreed(scenes.version())


def ask(decision: Decision, by: User, world: World, **fields: Any) -> Question:
    call = {"kind": "limit", "key": f"question-{next(_keys)}", "seen_hash": decision.package_hash}
    return questions.ask(
        decision_id=decision.pk,
        by=by,
        now=world.clock(),
        **(call | fields),
    )


def due(decision: Decision) -> datetime:
    decision.refresh_from_db()
    assert decision.due_at is not None
    return decision.due_at


def seats_of(decision: Decision) -> list[str]:
    return [seat["name"] for seat in decision.negotiation.version.document["seats"]]


@pytest.fixture
def seat(decision: Decision) -> str:
    return seats_of(decision)[0]


def test_an_answer_comes_from_a_worker_and_is_kept(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    with_hooks = ask(decision, carl, world, seat=seat)
    assert (with_hooks.answered_at, with_hooks.answer_text) == (None, "")
    tasks.answer_question(question_id=with_hooks.pk, from_the_future="unknown")
    answered = Question.objects.get()
    assert "of the way from my limit to my best" in answered.answer_text
    assert answered.answer is not None
    assert set(answered.answer["figures"]) >= {"utility", "limit", "best", "surplus"}
    actions = AuditEntry.objects.filter(subject="question").values_list("action", flat=True)
    assert list(actions) == ["question.asked", "question.answered"]


def test_every_kind_of_question_is_answered(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    document = decision.negotiation.version.document
    issue = document["issues"][0]["name"]
    options = decision.negotiation.version.compiled().table.space.issue(issue).options
    other = next(option for option in options if option != decision.agreed[issue])
    fact = document["facts"][0]["name"]
    for fields in (
        {"kind": "fact", "subject": fact},
        {"kind": "instead", "changes": {issue: other}},
        {"kind": "why"},
    ):
        question = ask(decision, carl, world, seat=seat, **fields)
        tasks.answer_question(question_id=question.pk)
        question.refresh_from_db()
        assert question.answered_at is not None
        assert "cannot be read again" not in question.answer_text


def test_the_clock_stands_still_for_as_long_as_the_answer_took(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    before = due(decision)
    timed = dict(Timer.objects.live().filter(decision=decision).values_list("kind", "due_at"))
    question = ask(decision, carl, world, seat=seat)
    world.clock.forward(minutes=4)
    assert questions.answer(question_id=question.pk, said=Answer("So."), now=world.clock())
    assert due(decision) == before + 4 * MINUTE
    for timer in Timer.objects.live().filter(decision=decision):
        assert timer.due_at == timed[timer.kind] + 4 * MINUTE


def test_nothing_expires_while_a_question_is_open(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    world.clock.now = due(decision) - MINUTE
    ask(decision, carl, world, seat=seat)
    world.clock.forward(minutes=14)
    tasks.fire_timers()
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED
    assert decision.escalated == 0


def test_what_is_not_answered_in_a_quarter_of_an_hour_lapses(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    before = due(decision)
    question = ask(decision, carl, world, seat=seat)
    world.clock.forward(minutes=15)
    tasks.sweep_questions()
    question.refresh_from_db()
    assert question.lapsed_at == world.clock()
    assert due(decision) == before + 15 * MINUTE
    assert not questions.answer(question_id=question.pk, said=Answer("Late."), now=world.clock())
    question.refresh_from_db()
    assert question.answer_text == ""


def test_a_question_that_no_worker_heard_of_is_sent_again(
    decision: Decision,
    carl: User,
    world: World,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    question = ask(decision, carl, world, seat=seats_of(decision)[0])
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_questions()
    sent = ("approvals.tasks.answer_question", {"question_id": question.pk})
    assert sent in world.broker.waiting
    world.broker.deliver(times=2)
    question.refresh_from_db()
    assert question.answered_at is not None
    assert AuditEntry.objects.filter(action="question.answered").count() == 1


def test_questions_at_the_same_time_stop_the_clock_once(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    before = due(decision)
    first = ask(decision, carl, world, seat=seat)
    world.clock.forward(minutes=5)
    second = ask(decision, carl, world, seat=seat)
    world.clock.forward(minutes=5)
    questions.answer(question_id=first.pk, said=Answer("One."), now=world.clock())
    world.clock.forward(minutes=2)
    questions.answer(question_id=second.pk, said=Answer("Two."), now=world.clock())
    assert due(decision) == before + 12 * MINUTE


def test_at_most_three_questions_are_open(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    asked = [ask(decision, carl, world, seat=seat) for _ in range(3)]
    before = due(decision)
    with pytest.raises(questions.BadQuestion, match="open already"):
        ask(decision, carl, world, seat=seat)
    assert (Question.objects.count(), due(decision)) == (3, before)
    questions.answer(question_id=asked[0].pk, said=Answer("So."), now=world.clock())
    ask(decision, carl, world, seat=seat)


def test_the_same_key_is_the_same_question(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    first = ask(decision, carl, world, seat=seat, key="one-intention")
    before = due(decision)
    assert ask(decision, carl, world, seat=seat, key="one-intention") == first
    assert (Question.objects.count(), due(decision)) == (1, before)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"seat": "nobody"}, "No agent of that name"),
        ({"kind": "gossip"}, "one of the four"),
        ({"kind": "fact", "subject": "the weather"}, "no such fact"),
        ({"kind": "instead"}, "differs from what was agreed"),
        ({"kind": "instead", "changes": {"place": "the moon"}}, "Choose options of the lists"),
    ],
)
def test_what_this_table_does_not_have_cannot_be_asked(
    decision: Decision, carl: User, world: World, fields: dict[str, Any], sentence: str
) -> None:
    before, seat = due(decision), seats_of(decision)[0]
    with pytest.raises(questions.BadQuestion, match=sentence):
        ask(decision, carl, world, **({"seat": seat} | fields))
    assert (Question.objects.count(), due(decision)) == (0, before)


def test_only_who_may_decide_asks_and_only_about_what_waits(
    decision: Decision, seat: str, carl: User, ben: User, world: World
) -> None:
    with pytest.raises(questions.MayNotAsk):
        ask(decision, ben, world, seat=seat)
    scenes.reject(decision, carl)
    with pytest.raises(questions.NotWaiting):
        ask(decision, carl, world, seat=seat)


def test_a_question_about_another_package_is_not_put(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    with pytest.raises(questions.NotWaiting):
        ask(decision, carl, world, seat=seat, seen_hash="0" * 64)


def test_a_decision_that_ends_meanwhile_stays_as_it_is(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    question = ask(decision, carl, world, seat=seat)
    scenes.reject(decision, carl)
    before = due(decision)
    tasks.answer_question(question_id=question.pk)
    question.refresh_from_db()
    assert question.answered_at is not None
    assert (due(decision), decision.status) == (before, "rejected")


def test_what_cannot_be_read_again_is_said_and_the_clock_goes_on(
    decision: Decision, seat: str, carl: User, world: World
) -> None:
    before = due(decision)
    question = ask(decision, carl, world, seat=seat)
    decision.negotiation.messages.filter(seq=1).update(body={"act": "propose"})
    tasks.answer_question(question_id=question.pk)
    question.refresh_from_db()
    assert "cannot be read again" in question.answer_text
    assert due(decision) == before


def test_the_rows_keep_their_rules(decision: Decision, carl: User, world: World) -> None:
    row: dict[str, Any] = {
        "decision": decision,
        "package_hash": decision.package_hash,
        "asker": carl,
        "seat": "price",
        "text": "?",
        "asked_at": world.clock(),
    }
    now = world.clock()
    for fields, name in (
        ({"kind": "fact"}, "question_names_its_subject"),
        ({"kind": "instead"}, "question_names_its_subject"),
        ({"kind": "why", "answered_at": now}, "question_answered_says_something"),
        ({"kind": "why", "answer_text": "So."}, "question_answered_says_something"),
        (
            {"kind": "why", "answer_text": "So.", "answered_at": now, "lapsed_at": now},
            "question_answered_or_lapsed",
        ),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Question.objects.create(**row, **fields, key=f"row-{next(_keys)}")
    Question.objects.create(**row, kind="why", key="same")
    with pytest.raises(IntegrityError, match="question_once_per_key"), transaction.atomic():
        Question.objects.create(**row, kind="limit", key="same")


@pytest.mark.django_db(transaction=True)
def test_of_twenty_asked_at_once_three_are_open(world: World, crowd: Crowd) -> None:
    version: ScenarioVersion = scenes.version(short=True)
    decision = scenes.agreed(version)
    seat = seats_of(decision)[0]
    timers.start(decision, world.clock())
    people = [factories.person(Role.MANAGER) for _ in range(20)]
    before = due(decision)

    def asked(by: User) -> bool:
        try:
            ask(decision, by, world, seat=seat)
        except questions.BadQuestion:
            return False
        return True

    assert sum(crowd.do([partial(asked, by) for by in people])) == 3
    assert due(decision) == before + questions.LONGEST
    pks = list(Question.objects.values_list("pk", flat=True))
    said, now = Answer("So."), world.clock()
    told = crowd.do(
        [partial(questions.answer, question_id=pk, said=said, now=now) for pk in pks * 4]
    )
    assert sum(told) == 3
    assert due(decision) == before
