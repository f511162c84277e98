"""A worker's side of a negotiation: claims, commits, crashes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from negotiation.models import AuditEntry, Decision, Message, Negotiation
from negotiation.services import runs, sessions
from tests import factories

pytestmark = pytest.mark.django_db


def transcript(negotiation: Negotiation) -> list[dict[str, object]]:
    return [message.body for message in negotiation.messages.order_by("seq")]


def start(name: str = "cloud-placement", **options: float) -> Negotiation:
    return sessions.start(
        version=factories.version(name),
        by=None,
        now=timezone.now(),
        pace=options.get("pace", 0),
        seed=int(options.get("seed", 7)),
    )


def run(negotiation: Negotiation) -> Negotiation:
    runs.run(negotiation_id=negotiation.pk, clock=timezone.now)
    negotiation.refresh_from_db()
    return negotiation


def run_to_the_end(negotiation: Negotiation) -> Negotiation:
    for _ in range(500):
        if not run(negotiation).is_open:
            return negotiation
        Negotiation.objects.filter(pk=negotiation.pk).update(next_at=timezone.now())
    raise AssertionError("it never ended")


def test_a_run_ends_in_an_agreement_with_its_decision_and_no_gap() -> None:
    negotiation = run_to_the_end(start())
    assert negotiation.status == Negotiation.Status.AGREED
    numbers = list(negotiation.messages.values_list("seq", flat=True))
    assert numbers == list(range(1, negotiation.head + 1))
    decision = Decision.objects.get(negotiation=negotiation)
    assert decision.status == Decision.Status.PARKED
    assert decision.due_at is not None
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"negotiation.started", "negotiation.agreed", "decision.parked"} <= actions


def test_a_safe_agreement_is_born_cleared_with_a_grant_and_without_a_person() -> None:
    negotiation = run_to_the_end(start("batch-placement"))
    decision = Decision.objects.get(negotiation=negotiation)
    assert (decision.route, decision.status) == ("auto", "cleared")
    assert decision.cleared_by is None
    assert decision.grant.package_hash == decision.package_hash


def test_a_paced_run_says_one_thing_and_lets_go() -> None:
    negotiation = run(start(pace=3))
    assert negotiation.head == 1
    assert negotiation.lease_until is None
    assert negotiation.next_at is not None
    assert negotiation.next_at > timezone.now() + timedelta(seconds=2)
    assert run(negotiation).head == 1, "its time has not come"


def test_a_table_that_is_run_message_by_message_says_what_it_says_in_one_go() -> None:
    paced, whole = start(pace=3), start()
    assert transcript(run_to_the_end(paced)) == transcript(run_to_the_end(whole))


def test_the_same_seed_says_the_same_and_ends_in_the_same_package_parameters() -> None:
    first, second = run_to_the_end(start()), run_to_the_end(start())
    assert transcript(first) == transcript(second)
    assert first.agreement == second.agreement


def test_a_negotiation_that_another_worker_holds_is_left_alone() -> None:
    negotiation = start()
    Negotiation.objects.filter(pk=negotiation.pk).update(
        status="running", lease_until=timezone.now() + timedelta(seconds=20)
    )
    assert run(negotiation).head == 0


def test_a_worker_that_was_overtaken_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    negotiation = start()
    compute = runs._next_moves

    def overtaken(*args: object, **options: object) -> object:
        Negotiation.objects.filter(pk=negotiation.pk).update(fence=F("fence") + 1)
        return compute(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "_next_moves", overtaken)
    run(negotiation)
    assert negotiation.head == 0
    assert not Message.objects.exists()


def test_an_expired_lease_is_taken_over_where_it_stood() -> None:
    negotiation = start(pace=3)
    run(negotiation)
    Negotiation.objects.filter(pk=negotiation.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1), next_at=timezone.now()
    )
    assert run(negotiation).head == 2


def test_a_pause_holds_the_table_and_resuming_goes_on(operator: User) -> None:
    negotiation = run(start(pace=3))
    now = timezone.now()
    sessions.pause(negotiation_id=negotiation.pk, by=operator, reason="Lunch", now=now)
    Negotiation.objects.filter(pk=negotiation.pk).update(next_at=now)
    assert run(negotiation).head == 2, "only the person spoke"
    sessions.resume(negotiation_id=negotiation.pk, by=operator, reason="", now=now)
    run_to_the_end(negotiation)
    assert negotiation.status == Negotiation.Status.AGREED
    assert list(negotiation.messages.values_list("seq", flat=True)) == list(
        range(1, negotiation.head + 1)
    )
    said = negotiation.messages.get(seq=2)
    assert (said.sender, said.act) == (f"person:{operator.username}", "intervene")
    assert "Lunch" in said.text


def test_a_pause_in_the_middle_of_a_turn_wins_over_the_worker(
    monkeypatch: pytest.MonkeyPatch, operator: User
) -> None:
    negotiation = start()
    compute = runs._next_moves

    def paused_meanwhile(*args: object, **options: object) -> object:
        sessions.pause(
            negotiation_id=negotiation.pk, by=operator, reason="Wait", now=timezone.now()
        )
        return compute(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "_next_moves", paused_meanwhile)
    run(negotiation)
    assert negotiation.status == Negotiation.Status.PAUSED
    assert [message.act for message in negotiation.messages.all()] == ["intervene"]


def test_what_kills_its_worker_again_and_again_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    negotiation = start()

    def killed(*_: object, **__: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "_next_moves", killed)
    for _ in range(runs.MAX_STALLS):
        with pytest.raises(KeyboardInterrupt):
            run(negotiation)
        Negotiation.objects.filter(pk=negotiation.pk).update(lease_until=None)
    run(negotiation)
    assert negotiation.status == Negotiation.Status.FAILED
    assert "stopped 5 times" in negotiation.reason


def test_an_engine_that_breaks_ends_the_negotiation_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("utility of nothing")

    monkeypatch.setattr(runs, "_next_moves", broken)
    negotiation = run(start())
    assert negotiation.status == Negotiation.Status.FAILED
    assert "utility of nothing" in negotiation.reason


def test_a_table_without_a_lawful_offer_ends_without_agreement_and_says_why() -> None:
    version = factories.version()
    document = version.document
    for constraint in document["constraints"]:
        if "at_most" in constraint and constraint["at_most"] not in (None, 0):
            constraint["at_most"] = 0.001
    impossible = factories.version(constraints=document["constraints"])
    negotiation = sessions.start(version=impossible, by=None, now=timezone.now(), pace=0, seed=1)
    run_to_the_end(negotiation)
    assert negotiation.status == Negotiation.Status.NO_AGREEMENT
    assert negotiation.reason
    assert not Decision.objects.exists()


def test_a_stopped_negotiation_stays_stopped(operator: User) -> None:
    negotiation = run(start(pace=3))
    sessions.stop(negotiation_id=negotiation.pk, by=operator, reason="Enough", now=timezone.now())
    assert run(negotiation).status == Negotiation.Status.STOPPED
    with pytest.raises(sessions.NotOpen):
        sessions.stop(
            negotiation_id=negotiation.pk, by=operator, reason="Again", now=timezone.now()
        )
    assert negotiation.messages.count() == negotiation.head


def test_nobody_resumed_it_in_time(operator: User) -> None:
    negotiation = run(start(pace=3))
    now = timezone.now()
    sessions.pause(negotiation_id=negotiation.pk, by=operator, reason="", now=now)
    sessions.stop_forgotten(negotiation_id=negotiation.pk, now=now)
    negotiation.refresh_from_db()
    assert negotiation.status == Negotiation.Status.PAUSED
    sessions.stop_forgotten(
        negotiation_id=negotiation.pk, now=now + sessions.PAUSE_LASTS + timedelta(seconds=1)
    )
    negotiation.refresh_from_db()
    assert negotiation.status == Negotiation.Status.STOPPED
    assert "24 hours" in negotiation.reason
