from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.models import AuditEntry, Message, Negotiation, Stop
from negotiation.services import fleets
from negotiation.services.fleets import Verb
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def act(verb: Verb, tables: list[int], by: User, reason: str = "Old prices") -> list[bool]:
    results, _ = fleets.act_on_all(verb=verb, negotiation_ids=tables, by=by, reason=reason, now=NOW)
    return [result.done for result in results]


def test_each_has_a_result_of_its_own_and_what_one_refuses_hinders_no_other(operator: User) -> None:
    running, queued = factories.negotiation(), factories.negotiation(status="queued")
    paused = factories.negotiation(status="paused")
    asked = [running.pk, paused.pk, queued.pk, running.pk, 2**62]
    results, unknown = fleets.act_on_all(
        verb=Verb.PAUSE, negotiation_ids=asked, by=operator, reason="Prices", now=NOW
    )
    assert [(result.negotiation.pk, result.done) for result in results] == [
        (running.pk, True),
        (paused.pk, False),
        (queued.pk, True),
    ]
    assert results[1].sentence == "Only a negotiation that is queued or running can be paused."
    assert unknown == [2**62]
    assert Negotiation.objects.paused().count() == 3
    told = AuditEntry.objects.filter(action="negotiation.paused").order_by("number")
    assert [entry.subject_id for entry in told] == [running.pk, queued.pk]
    assert {entry.details["reason"] for entry in told} == {"Prices"}
    assert Message.objects.filter(act="intervene").count() == 2


def test_every_verb_does_what_it_does_on_one_table(operator: User) -> None:
    tables = [factories.negotiation().pk, factories.negotiation(status="paused").pk]
    assert act(Verb.RESUME, tables, operator, "") == [False, True]
    assert act(Verb.STOP, tables, operator) == [True, True]
    assert act(Verb.STOP, tables, operator) == [False, False]
    assert Stop.objects.live().count() == 2
    assert act(Verb.END, tables, operator) == [True, True]
    assert act(Verb.END, tables, operator) == [False, False]
    assert set(Negotiation.objects.values_list("status", flat=True)) == {"stopped"}


def test_managers_stop_and_do_nothing_else(manager: User, stranger: User) -> None:
    table = factories.negotiation()
    for verb in (Verb.PAUSE, Verb.RESUME, Verb.END):
        with pytest.raises(fleets.NotAllowed):
            act(verb, [table.pk], manager)
    with pytest.raises(fleets.NotAllowed):
        act(Verb.STOP, [table.pk], stranger)
    assert act(Verb.STOP, [table.pk], manager) == [True]


@pytest.mark.parametrize("verb", [Verb.END, Verb.STOP])
def test_what_cannot_be_taken_back_wants_a_reason(verb: Verb, operator: User) -> None:
    table = factories.negotiation()
    with pytest.raises(fleets.ReasonMissing):
        act(verb, [table.pk], operator, "")
    table.refresh_from_db()
    assert table.status == "running"


def test_more_than_fifty_at_once_change_nothing(operator: User) -> None:
    table = factories.negotiation()
    with pytest.raises(fleets.TooMany):
        act(Verb.PAUSE, [table.pk, *range(10**6, 10**6 + 50)], operator)
    assert not Negotiation.objects.paused().exists()
