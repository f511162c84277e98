"""What the floor can be narrowed to, and that every number is the number of rows behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from negotiation.filters import GROUPS, Filters, chosen, counted, described, narrowed
from negotiation.models import Negotiation
from negotiation.presentation import STATES
from negotiation.rosters import rosters
from negotiation.standstills import Standstills
from tests import factories

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db
ASKS = {"ending": {"asks": True}}


def found(user: User, **said: str) -> list[int]:
    now, filters, known = timezone.now(), Filters.of(said), rosters()
    tables = narrowed(Negotiation.objects.all(), filters, known, now)
    standstills = Standstills(now, [], known)
    told = described(tables, user, standstills)
    rows = list(chosen(told, filters, user, standstills).values_list("pk", flat=True))
    assert counted(told, filters).matching == len(rows)
    return sorted(rows)


def counts(user: User, **said: str) -> Any:
    now, filters, known = timezone.now(), Filters.of(said), rosters()
    tables = narrowed(Negotiation.objects.all(), filters, known, now)
    return counted(described(tables, user, Standstills(now, [], known)), filters)


def numbers(tables: Sequence[Negotiation]) -> list[int]:
    return sorted(table.pk for table in tables)


def test_each_state_that_there_is_has_one_chip() -> None:
    states = [state for group in GROUPS if group.key != "asking" for state in group.states]
    assert len(states) == len(set(states))
    assert set(states) == set(STATES) - {"asking", "sent_back"}


def test_who_ended_by_asking_a_person_is_found_until_somebody_chose(operator: User) -> None:
    asking = factories.negotiation(status="no_agreement", summary=ASKS)
    quiet = factories.negotiation(status="no_agreement", summary={"ending": {"asks": False}})
    bare = factories.negotiation(status="no_agreement")
    chose = factories.negotiation(status="no_agreement", summary=ASKS)
    factories.decision(negotiation=chose)
    assert found(operator, state="asking") == [asking.pk]
    assert found(operator, state="closed") == numbers([quiet, bare])
    assert found(operator, state="parked") == [chose.pk]


def test_filters_combine(operator: User, manager: User) -> None:
    batch = factories.version("batch-placement")
    mine = factories.negotiation(opened_by=operator, title="Ledger")
    factories.negotiation(opened_by=manager, title="Ledger")
    factories.negotiation(opened_by=operator, title="Ledger", version=batch)
    factories.negotiation(opened_by=operator, title="Ledger", status="paused")
    assert found(operator, state="running", mine="1", scenario="cloud-placement", q="edge") == [
        mine.pk
    ]
    assert found(operator, agent="delivery", state="running") == found(
        operator, scenario="batch-placement"
    )


def test_the_search_knows_titles_and_numbers(operator: User) -> None:
    first, second = factories.negotiation(title="Ledger"), factories.negotiation(title=r"100 % \_")
    assert found(operator, q=f"#{first.pk}") == [first.pk]
    assert found(operator, q="LEDG") == [first.pk]
    assert found(operator, q=r"% \_") == [second.pk]
    assert found(operator, q="9" * 90) == []


def test_since_when_is_a_span_or_a_day(operator: User) -> None:
    old = factories.negotiation(opened_at=timezone.now() - timedelta(days=9))
    new = factories.negotiation(opened_at=timezone.now() - timedelta(minutes=30))
    assert found(operator, since="1h") == [new.pk]
    assert found(operator, since="30d") == numbers([old, new])
    day = (timezone.now() - timedelta(days=2)).date().isoformat()
    assert found(operator, since=day) == [new.pk]


def test_a_chip_tells_what_it_would_show_over_what_the_others_leave(operator: User) -> None:
    late = {"next_at": timezone.now() - timedelta(hours=1)}
    factories.negotiation(opened_by=operator, **late)
    factories.negotiation(opened_by=operator)
    factories.negotiation(**late)
    factories.negotiation(status="paused", opened_by=operator)
    factories.decision()
    for said in ({}, {"state": "running"}, {"stuck": "1"}, {"mine": "1"}, {"state": "paused"}):
        told = counts(operator, **said)
        for group in GROUPS:
            assert told.groups[group.key] == len(found(operator, **said | {"state": group.key}))
        assert told.all == len(found(operator, **said | {"state": ""}))
        assert told.stuck == len(found(operator, **said | {"stuck": "1"}))
        assert told.mine == len(found(operator, **said | {"mine": "1"}))


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ({}, ""),
        ({"state": "nonsense", "stuck": "yes", "mine": "0", "since": "yesterday"}, ""),
        ({"mine": "1", "state": "paused", "q": "  a&b=c "}, "state=paused&q=a%26b%3Dc&mine=1"),
        ({"q": "a\0b\u202ec"}, "q=abc"),
        ({"since": "0001-01-01"}, ""),
        ({"since": "2026-11-01"}, "since=2026-11-01"),
    ],
)
def test_what_stands_in_the_address_is_what_counts(said: dict[str, str], query: str) -> None:
    filters = Filters.of(said)
    assert filters.query == query
    assert Filters.of(dict(parse_qsl(query))) == filters


def test_one_filter_is_changed_and_the_others_stay() -> None:
    filters = Filters.of({"state": "paused", "q": "x"})
    assert filters.but(state="") == "/?q=x"
    assert filters.but(stuck=True) == "/?state=paused&q=x&stuck=1"
    assert Filters.of({"q": "x"}).but(q="") == "/"


def test_a_search_is_cut_and_holds_no_surrogates() -> None:
    assert len(Filters.of({"q": "x" * 100_000}).q) == 100
    assert Filters.of({"q": "a\ud800b"}).query == "q=ab"
