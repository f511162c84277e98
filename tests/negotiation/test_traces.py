"""A transcript's thumbnail: bounded however long it is, and never read twice."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from negotiation import traces
from negotiation.models import Message, Negotiation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    traces.forget()


def talked(table: Negotiation, upto: int) -> Negotiation:
    """Two seats in turn; each concedes a little with every offer."""
    said = [
        Message(
            negotiation=table,
            seq=seq,
            round=1,
            sender=("cost", "carbon")[seq % 2],
            act="propose",
            text="",
            body={"private": {"surplus": {"cost": 1 - seq / 20_000, "carbon": 1 - seq / 20_000}}},
            created_at=table.opened_at,
        )
        for seq in range(table.head + 1, upto + 1)
    ]
    Message.objects.bulk_create(said)
    table.head = upto
    table.save()
    return table


def test_a_short_transcript_is_shown_whole() -> None:
    table = talked(factories.negotiation(), 10)
    asked = traces.traces([table])[table.pk].asked
    assert [seq for seq, _ in asked["cost"]] == [2, 4, 6, 8, 10]
    assert [seq for seq, _ in asked["carbon"]] == [1, 3, 5, 7, 9]


def test_of_a_long_one_a_bounded_sample_of_each_seat_and_its_end() -> None:
    table = talked(factories.negotiation(), 3_000)
    asked = traces.traces([table])[table.pk].asked
    for points in asked.values():
        assert traces.SAMPLE / 4 < len(points) <= traces.SAMPLE
        assert points[0][0] < 200
        assert [seq for seq, _ in points] == sorted(seq for seq, _ in points)
    assert max(seq for points in asked.values() for seq, _ in points) == 3_000


def test_what_is_known_is_not_read_again_and_what_is_new_is_added(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    table = talked(factories.negotiation(), 10)
    traces.traces([table])
    with django_assert_num_queries(0):
        traces.traces([table])
    talked(table, 12)
    with django_assert_num_queries(1):
        grown = traces.traces([table])[table.pk]
    assert [seq for seq, _ in grown.asked["cost"]] == [2, 4, 6, 8, 10, 12]
    for upto in range(20, 2_000, 50):
        grown = traces.traces([talked(table, upto)])[table.pk]
    assert all(len(points) <= traces.SAMPLE for points in grown.asked.values())


def test_everybody_who_stepped_in_is_known_once_however_long_ago() -> None:
    table = talked(factories.negotiation(), 900)
    for seq, name in ((901, "person:ada"), (902, "person:bob"), (903, "person:ada")):
        factories.message(table, seq, sender=name, act="intervene")
    table.head = 903
    table.save()
    talked(table, 2_000)
    assert traces.traces([table])[table.pk].people == ("person:ada", "person:bob")


def test_tables_are_told_apart_and_the_oldest_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(traces, "KEPT", 2)
    tables = [talked(factories.negotiation(), n) for n in (1, 3, 5)]
    found = traces.traces(tables)
    assert [sum(map(len, found[table.pk].asked.values())) for table in tables] == [1, 3, 5]
    assert len(traces._known) == 2
