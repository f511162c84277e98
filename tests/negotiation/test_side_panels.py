"""The panel beside a transcript: quick, small, and the same for a prefix as for a table that ended
there."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from negotiation import timelines
from negotiation.engine.requirements import Requirement
from negotiation.live.pages import FRAGMENTS
from negotiation.models import Message, Negotiation
from negotiation.moments import as_it_was
from negotiation.services import interventions, runs, sessions
from negotiation.side_panels import side_context
from tests import factories
from tests.negotiation.services.test_interventions import open_table, tell, to_the_end

pytestmark = pytest.mark.django_db


def finished(**changes: Any) -> Negotiation:
    table = sessions.start(
        version=factories.version(**changes), by=None, now=timezone.now(), pace=0, seed=7
    )
    runs.run(negotiation_id=table.pk, clock=timezone.now)
    return Negotiation.objects.get(pk=table.pk)


def rendered(table: Negotiation, **more: Any) -> str:
    context = side_context(table) | more
    return "".join(render_to_string(name, context) for name in FRAGMENTS[1:])


def test_nothing_of_later_is_in_the_panel_of_a_moment(operator: User) -> None:
    table = open_table(5)
    tell(table, operator)
    interventions.constrain(
        negotiation_id=table.pk,
        requirements=[Requirement(subject="monthly_cost", test="at_most", limit=9_000)],
        by=operator,
        reason="Too dear.",
        now=timezone.now(),
    )
    table.refresh_from_db()
    seen = {}
    for _ in range(40):
        # What a viewer of this moment was shown when it was the newest.
        seen[table.head] = rendered(as_it_was(table, table.head), decision=None)
        timelines._tables.clear()
        if not table.is_open:
            break
        Negotiation.objects.filter(pk=table.pk).update(next_at=timezone.now())
        runs.run(negotiation_id=table.pk, clock=timezone.now)
        table.refresh_from_db()
    assert len(seen) > 8
    for seq, then in seen.items():
        assert rendered(as_it_was(table, seq), decision=None) == then
    first = rendered(as_it_was(table, 5), decision=None)
    assert "told by a person" not in first
    assert "told by a person" in rendered(table)


def test_the_picture_is_of_the_pair_that_is_asked_for_else_of_the_most_opposed() -> None:
    table = finished()
    names = [seat["name"] for seat in table.version.document["seats"]]
    space = side_context(table, (names[4], names[0]))["space"]
    assert (space.x.name, space.y.name) == (names[4], names[0])
    usual = side_context(table)["space"]
    for wrong in ((names[0], names[0]), ("x", "y"), (names[1], "")):
        assert side_context(table, wrong)["space"] == usual
    assert len({usual.x.name, usual.y.name}) == 2


def test_the_page_of_a_pair_is_that_picture(operator_client: Client) -> None:
    table = finished()
    address = reverse("negotiation-space", args=[table.pk])
    page = operator_client.get(address, {"x": "cost", "y": "carbon"}).content.decode()
    assert 'data-x="cost" data-y="carbon"' in page
    assert "agreement" in page
    before = operator_client.get(address, {"x": "cost", "y": "carbon", "at": "7"}).content.decode()
    assert "agreement" not in before
    assert "#m9" not in before
    for at in ("0", "9" * 400, "-1", "x", "\0"):
        answer = operator_client.get(address, {"x": "cost", "y": "\ufffd\0", "at": at})
        assert answer.status_code == 200


def test_a_table_of_ten_thousand_messages_has_a_small_panel_at_once(
    django_assert_max_num_queries: Any,
) -> None:
    table = finished()
    offers = list(table.messages.filter(act__in=["propose", "revise"]))
    last = table.head
    copies = [copy(offers[number % len(offers)]) for number in range(10_000)]
    for number, each in enumerate(copies):
        each.pk, each.seq = None, last + number + 1
    Message.objects.bulk_create(copies, batch_size=1000)
    Negotiation.objects.filter(pk=table.pk).update(head=last + len(copies))
    table.refresh_from_db()
    first = rendered(table)
    assert len(first.encode()) < 70_000
    factories.message(table, table.head + 1, body=offers[0].body | {"seq": table.head + 1})
    Negotiation.objects.filter(pk=table.pk).update(head=table.head + 1)
    table.refresh_from_db()
    with django_assert_max_num_queries(6):
        again = rendered(table)
    assert again != first


def test_what_was_read_of_a_table_is_not_read_again(django_assert_num_queries: Any) -> None:
    table = finished()
    timelines.timeline(table)
    with django_assert_num_queries(0):
        line = timelines.timeline(table)
        earlier = timelines.timeline(as_it_was_without_queries(table, 8))
    assert [each.seq for each in earlier.offers] == [e.seq for e in line.offers if e.seq <= 8]


def as_it_was_without_queries(table: Negotiation, seq: int) -> Negotiation:
    then = copy(table)
    then.head = seq
    return then


def test_tables_that_nobody_looks_at_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "KEPT_OFFERS", 3 * timelines._EACH)
    version = factories.version()
    for _ in range(5):
        table = factories.negotiation(version=version)
        timelines.timeline(table)
    assert len(timelines._tables) <= 3


def test_who_heard_a_claim_is_shown_with_the_belief_before_and_after() -> None:
    told = side_context(finished())["told"]
    assert told
    for telling in told:
        assert not telling.by_person
        for heard in telling.heard:
            assert heard.face.name != telling.face.name
            assert 0 <= heard.after.low <= heard.after.mean <= heard.after.high <= 100
            assert heard.moved is (heard.text_before != heard.text_after) or heard.moved


def test_what_a_person_told_is_told_apart(operator: User) -> None:
    table = open_table(5)
    tell(table, operator)
    table.refresh_from_db()
    (last,) = [telling for telling in side_context(table)["told"] if telling.by_person]
    assert last.face.title == "operator"
    assert "told by a person" in rendered(table)


def test_a_hostile_source_and_title_are_only_shown(operator: User) -> None:
    table = open_table(5)
    tell(table, operator, source="<script>alert(1)</script>\u202egnp")
    to_the_end(table)
    page = rendered(table)
    assert "<script" not in page
    assert "\u202e" not in page
