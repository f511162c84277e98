"""The stop switch over tables: held, not lost; and who may use it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from negotiation import tasks
from negotiation.models import AuditEntry, Decision, Negotiation, Stop, Timer
from negotiation.roles import Role
from negotiation.services import deadlines, runs, sessions, switches, timers
from tests import factories

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db

Scope = Stop.Scope


def table(**fields: Any) -> Negotiation:
    """A table of the shipped scenario that is to talk at full speed."""
    known = factories.version()
    return sessions.start(
        version=known, by=None, now=timezone.now(), **({"pace": 0, "seed": 7} | fields)
    )


def over(scope: Scope, by: User, at: Negotiation, now: datetime | None = None) -> Stop:
    return switches.stop(
        scope=scope,
        seat="compliance" if scope == Scope.AGENT else "",
        negotiation_id=at.pk if scope == Scope.NEGOTIATION else None,
        by=by,
        reason="An attacker may be at the tables",
        now=now or timezone.now(),
    )


def lift(stop: Stop, by: User, now: datetime | None = None) -> Stop:
    return switches.lift(stop_id=stop.pk, by=by, reason="It was nobody", now=now or timezone.now())


def run(at: Negotiation) -> Negotiation:
    runs.run(negotiation_id=at.pk, clock=timezone.now)
    at.refresh_from_db()
    return at


@pytest.mark.parametrize("scope", Scope)
def test_a_stopped_table_is_held_and_goes_on_when_the_stop_is_lifted(
    manager: User, scope: Scope
) -> None:
    talking = table()
    assert "compliance" in {seat["name"] for seat in talking.version.document["seats"]}
    stopped = over(scope, manager, talking)
    assert run(talking).status == "queued"
    assert (talking.head, talking.stalls, talking.lease_until) == (0, 0, None)
    lift(stopped, manager)
    assert run(talking).status == "agreed"


def test_a_stop_over_another_agent_or_table_holds_nothing(manager: User) -> None:
    talking, other = table(), table()
    over(Scope.NEGOTIATION, manager, other)
    switches.stop(
        scope=Scope.AGENT, seat="nobody-here", by=manager, reason="A test", now=timezone.now()
    )
    assert run(talking).status == "agreed"


@pytest.mark.parametrize("scope", Scope)
def test_the_sweep_asks_nobody_to_look_at_what_is_stopped(
    manager: User, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = table()
    asked: list[int] = []
    monkeypatch.setattr("negotiation.dispatch.run_negotiation", lambda pk, **_: asked.append(pk))
    stopped = over(scope, manager, talking)
    tasks.sweep()
    assert asked == []
    lift(stopped, manager)
    tasks.sweep()
    assert asked == [talking.pk]


def test_a_stop_in_the_middle_of_a_turn_throws_the_turn_away_and_counts_no_stall(
    manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    talking = table()
    usual = runs._next_moves
    made: list[Stop] = []

    def interrupted(session: Any, *, paced: bool) -> Any:
        moves = usual(session, paced=paced)
        if not made:
            made.append(over(Scope.GLOBAL, manager, talking))
        return moves

    monkeypatch.setattr(runs, "_next_moves", interrupted)
    assert run(talking).status == "running"
    assert (talking.head, talking.stalls, talking.lease_until) == (0, 0, None)
    assert not talking.messages.exists()
    for _ in range(runs.MAX_STALLS + 2):
        run(talking)
    lift(made[0], manager)
    assert run(talking).status == "agreed"
    assert [said.seq for said in talking.messages.all()] == list(range(1, talking.head + 1))


def test_what_is_said_after_a_stop_is_what_would_have_been_said_without_it(manager: User) -> None:
    held, free = table(), table()
    stopped = over(Scope.NEGOTIATION, manager, held)
    run(held)
    lift(stopped, manager)
    texts = [[said.text for said in run(each).messages.all()] for each in (held, free)]
    assert texts[0] == texts[1]


def test_a_paused_table_is_not_forgotten_while_it_is_stopped(manager: User, operator: User) -> None:
    paused, now = table(), timezone.now()
    sessions.pause(negotiation_id=paused.pk, by=operator, reason="", now=now)
    stopped = over(Scope.GLOBAL, manager, paused, now + timedelta(hours=1))
    late = now + sessions.PAUSE_LASTS + timedelta(hours=5)
    sessions.stop_forgotten(negotiation_id=paused.pk, now=late)
    paused.refresh_from_db()
    assert paused.status == "paused"
    lift(stopped, manager, late)
    sessions.stop_forgotten(negotiation_id=paused.pk, now=late)
    paused.refresh_from_db()
    assert paused.status == "paused"
    assert paused.next_at == late + sessions.PAUSE_LASTS - timedelta(hours=1)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("first", "second"),
    [((0, 10), (5, 20)), ((0, 20), (5, 10)), ((5, 20), (0, 10)), ((0, 5), (10, 25))],
)
def test_two_stops_put_a_deadline_off_by_as_long_as_one_of_them_stood(
    manager: User, first: tuple[int, int], second: tuple[int, int]
) -> None:
    parked = factories.decision()
    before, begin = parked.due_at, timezone.now()
    other = factories.decision()
    stands = {Scope.GLOBAL: first, Scope.NEGOTIATION: second}
    moments = sorted((at, scope) for scope, both in stands.items() for at in both)
    made: dict[Scope, Stop] = {}
    for at, scope in moments:
        if scope not in made:
            made[scope] = over(scope, manager, parked.negotiation, begin + hours(at))
        else:
            lift(made[scope], manager, begin + hours(at))
    stood = len(set(range(*first)) | set(range(*second)))
    after = Decision.objects.get(pk=parked.pk).due_at
    assert before is not None
    assert after == before + hours(stood)
    after = Decision.objects.get(pk=other.pk).due_at
    assert other.due_at is not None
    assert after == other.due_at + hours(first[1] - first[0])


def test_what_is_parked_under_a_stop_gets_its_whole_window_when_that_is_lifted(
    manager: User,
) -> None:
    begin = timezone.now()
    stopped = over(Scope.GLOBAL, manager, table(), begin)
    parked = factories.decision(due_at=begin + hours(3 + 4), tier={"window_hours": 4.0})
    timers.start(parked, begin + hours(3))
    lift(stopped, manager, begin + hours(20))
    after = Decision.objects.get(pk=parked.pk)
    assert after.due_at == begin + hours(20 + 4)
    moments = Timer.objects.live().filter(decision=parked).values_list("due_at", flat=True)
    assert list(moments) == [begin + hours(20 + 4 * share) for share in (0.5, 0.9, 1)]


def test_no_timer_fires_under_a_stop_and_all_do_afterwards(manager: User) -> None:
    begin = timezone.now()
    parked = factories.decision(due_at=begin + hours(4), tier={"window_hours": 4.0})
    timers.start(parked, begin)
    stopped = over(Scope.NEGOTIATION, manager, parked.negotiation, begin + hours(1))
    for timer in Timer.objects.all():
        assert not deadlines.fire(timer_id=timer.pk, now=begin + hours(30))
    assert not Timer.objects.due(begin + hours(30)).unstopped().exists()
    lift(stopped, manager, begin + hours(30))
    assert not Timer.objects.due(begin + hours(30)).exists()
    late = begin + hours(29 + 4)
    for timer in Timer.objects.due(late).unstopped():
        assert deadlines.fire(timer_id=timer.pk, now=late)
    assert Decision.objects.get(pk=parked.pk).status == "expired"


@pytest.mark.parametrize("role", Role)
def test_who_stops_and_who_lifts(role: Role) -> None:
    person, boss = factories.person(role), factories.person(Role.ADMIN)
    try:
        stopped = over(Scope.GLOBAL, person, table())
    except switches.NotAllowed:
        assert role == Role.SERVICE
        stopped = over(Scope.GLOBAL, boss, table())
    try:
        lift(stopped, person)
    except switches.NotAllowed:
        assert role in {Role.OPERATOR, Role.SERVICE}
        assert Stop.objects.live().exists()


def test_a_stop_and_its_end_are_in_the_audit_trail_with_their_reasons(manager: User) -> None:
    stopped = over(Scope.GLOBAL, manager, table())
    lift(stopped, manager)
    rows = AuditEntry.objects.filter(subject="stop", subject_id=stopped.pk)
    assert [(row.action, row.user, row.details["reason"]) for row in rows] == [
        ("stop.set", manager, "An attacker may be at the tables"),
        ("stop.lifted", manager, "It was nobody"),
    ]


def test_what_is_stopped_is_not_stopped_again_and_what_is_lifted_is_not_lifted_again(
    manager: User,
) -> None:
    stopped = over(Scope.GLOBAL, manager, table())
    with pytest.raises(switches.AlreadyStopped):
        over(Scope.GLOBAL, manager, table())
    lift(stopped, manager)
    with pytest.raises(switches.AlreadyLifted):
        lift(stopped, manager)
    over(Scope.GLOBAL, manager, table())


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_stop_and_its_end_need_a_reason(manager: User, reason: str) -> None:
    now = timezone.now()
    with pytest.raises(switches.ReasonMissing):
        switches.stop(scope=Scope.GLOBAL, by=manager, reason=reason, now=now)
    stopped = over(Scope.GLOBAL, manager, table())
    with pytest.raises(switches.ReasonMissing):
        switches.lift(stop_id=stopped.pk, by=manager, reason=reason, now=now)


def test_a_stop_names_exactly_what_its_scope_is_over(manager: User) -> None:
    now = timezone.now()
    with pytest.raises(switches.NothingToStop):
        switches.stop(scope=Scope.GLOBAL, seat="cost", by=manager, reason="A test", now=now)
    with pytest.raises(switches.NothingToStop):
        switches.stop(scope=Scope.AGENT, by=manager, reason="A test", now=now)


BROKEN: dict[str, dict[str, Any]] = {
    "stop_names_what_it_is_over": {"seat": "cost"},
    "stop_says_why": {"reason": ""},
    "stop_is_lifted_by_somebody": {"lifted_at": timezone.now()},
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_a_stop_that_is_none(manager: User, name: str) -> None:
    stopped = over(Scope.GLOBAL, manager, table())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Stop.objects.filter(pk=stopped.pk).update(**BROKEN[name])


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("stop_once_over_everything", Scope.GLOBAL),
        ("stop_once_over_an_agent", Scope.AGENT),
        ("stop_once_over_a_table", Scope.NEGOTIATION),
    ],
)
def test_the_database_refuses_a_second_live_stop_over_the_same(
    manager: User, name: str, scope: Scope
) -> None:
    first = over(scope, manager, table())
    second = {
        field: getattr(first, field) for field in ("scope", "seat", "negotiation", "by", "at")
    }
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Stop.objects.create(**second, reason="Again")


def test_a_stop_is_lifted_after_it_was_set(manager: User) -> None:
    stopped = over(Scope.GLOBAL, manager, table())
    early = stopped.at - timedelta(seconds=1)
    with pytest.raises(IntegrityError, match="lifted_by_somebody"), transaction.atomic():
        lift(stopped, manager, early)
