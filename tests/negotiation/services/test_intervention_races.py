"""People who step in while a worker is in the middle of a turn, and while others step in too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from negotiation.engine.session import Session
from negotiation.models import AuditEntry, Negotiation
from negotiation.services import interventions, runs, sessions, transcripts
from tests.approvals.crowds import Crowd, close_own_connection
from tests.negotiation.services.test_interventions import (
    at_most,
    constrain,
    open_table,
    replayed,
    tell,
    to_the_end,
    transcript,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

AT_ONCE = 50


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.go_home()


def due(table: Negotiation) -> None:
    Negotiation.objects.filter(pk=table.pk).update(next_at=timezone.now())


def test_the_database_is_the_one_that_locks_rows() -> None:
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("kind", ["evidence", "constraint"])
def test_a_turn_that_was_being_made_meanwhile_is_dropped_and_made_again(
    operator: User, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    table = open_table()
    real = runs._next_moves
    dropped: list[str] = []

    def meanwhile(session: Session, *, paced: bool) -> list[object]:
        moves = real(session, paced=paced)
        dropped.extend(move.text for move in moves)
        if kind == "evidence":
            tell(table, operator)
        else:
            constrain(table, operator, at_most("monthly_cost", 9_000))
        return list(moves)

    monkeypatch.setattr(runs, "_next_moves", meanwhile)
    due(table)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    monkeypatch.setattr(runs, "_next_moves", real)
    table.refresh_from_db()
    assert dropped
    assert table.head == table.messages.count() == 5
    assert table.messages.get(seq=5).sender == "person:operator"
    assert table.lease_until is None
    to_the_end(table)
    assert [body["seq"] for body in transcript(table)] == list(range(1, table.head + 1))


def test_a_worker_finds_nothing_to_claim_while_a_message_is_made(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = open_table()
    real = transcripts.replayed

    def slow(*given: Any) -> Session:
        session: Session = real(*given)
        due_before = table.messages.count()
        runs.run(negotiation_id=table.pk, clock=timezone.now)
        assert table.messages.count() == due_before
        return session

    due(table)
    monkeypatch.setattr(transcripts, "replayed", slow)
    tell(table, operator)
    assert table.messages.count() == 5


def test_who_is_overtaken_by_somebody_else_says_it_after_them(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = open_table()
    real = transcripts.replayed
    paused: list[bool] = []

    def quicker(*given: Any) -> Session:
        session: Session = real(*given)
        if not paused:
            paused.append(True)
            sessions.pause(negotiation_id=table.pk, by=operator, reason="Wait.", now=timezone.now())
        return session

    monkeypatch.setattr(transcripts, "replayed", quicker)
    tell(table, operator)
    table.refresh_from_db()
    texts = [body["text"] for body in transcript(table)]
    assert (table.status, table.head) == (Negotiation.Status.PAUSED, 6)
    assert texts[4].startswith("Paused")
    assert texts[5].startswith("Told all seats")


def test_a_refusal_gives_the_table_back_to_whoever_holds_it(operator: User) -> None:
    table = open_table()
    for _ in range(runs.MAX_STALLS + 2):
        due(table)
        with pytest.raises(interventions.CannotBeTold):
            tell(table, operator, fact="weather")
    due(table)
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    table.refresh_from_db()
    assert (table.status, table.head) == (Negotiation.Status.RUNNING, 5)


def test_fifty_at_once_against_a_running_worker_lose_nothing(crowd: Crowd, operator: User) -> None:
    table = open_table(0)
    Negotiation.objects.filter(pk=table.pk).update(pace=0.01)
    over = Event()
    worker = Thread(target=_works, args=(table, over))
    worker.start()
    try:
        crowd.do([partial(_step_in, table, operator, number) for number in range(AT_ONCE)])
    finally:
        over.set()
        worker.join(timeout=60)
    to_the_end(table)
    bodies = transcript(table)
    assert [body["seq"] for body in bodies] == list(range(1, table.head + 1))
    told = [body["evidence"]["source"] for body in bodies if body["act"] == "intervene"]
    assert sorted(told) == sorted(f"Bill {n}, told by operator" for n in range(AT_ONCE))
    entries = AuditEntry.objects.filter(subject_id=table.pk, action="negotiation.informed")
    assert entries.count() == AT_ONCE
    assert [message.to_dict() for message in replayed(table).messages] == bodies


def _step_in(table: Negotiation, by: User, number: int) -> None:
    tell(table, by, source=f"Bill {number}", mean=5 + number / 10)


def _works(table: Negotiation, over: Event) -> None:
    try:
        while not over.is_set():
            # It makes all haste, but the table must still be open when the last one steps in.
            if Negotiation.objects.get(pk=table.pk).head < AT_ONCE:
                runs.run(negotiation_id=table.pk, clock=timezone.now)
            time.sleep(0.01)
    finally:
        close_own_connection()
