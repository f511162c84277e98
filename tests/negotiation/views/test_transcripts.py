"""Parts of a transcript, searches in it, and the whole as a file."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from negotiation import windows
from negotiation.engine.messages import Act
from negotiation.models import Message, Negotiation
from tests import factories

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db
PRIVATE = {"utilities": {"cost": 0.7}, "surplus": {"cost": 0.4}}


@pytest.fixture
def table() -> Negotiation:
    """Thirty messages: cost and carbon by turns, every third one a rejection."""
    made = factories.negotiation()
    speak(made, 30)
    return made


def speak(table: Negotiation, count: int) -> None:
    offer = table.version.document["today"]
    rows = []
    for seq in range(1, count + 1):
        move = factories.move(
            seq,
            sender=("cost", "carbon")[seq % 2],
            act=Act.REJECT if seq % 3 == 0 else Act.PROPOSE,
            text=f"Words number {seq}",
            offer=None if seq % 3 == 0 else offer,
            private={} if seq % 3 == 0 else PRIVATE,
        )
        rows.append(Message.from_move(table, move, table.opened_at))
    Message.objects.bulk_create(rows)
    table.head = count
    table.save()


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "SHOWN", 10)


def part(client: Client, table: Negotiation, **asked: Any) -> HttpResponse:
    answer: Any = client.get(reverse("negotiation-messages", args=[table.pk]), asked)
    assert answer.status_code == 200
    return answer  # type: ignore[no-any-return]


def numbers(answer: Any) -> list[int]:
    return [item["message"].seq for item in answer.context["items"]]


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize(
    ("asked", "seen", "more"),
    [
        ({}, (21, 30), (True, False)),
        ({"before": 21}, (11, 20), (True, True)),
        ({"before": 6}, (1, 5), (False, True)),
        ({"after": 3}, (4, 13), (True, True)),
        ({"after": 25}, (26, 30), (True, False)),
        ({"at": 15}, (10, 19), (True, True)),
        ({"at": 1}, (1, 5), (False, True)),
        ({"at": 30}, (25, 30), (True, False)),
        ({"at": "9" * 40}, (21, 30), (True, False)),
        ({"at": "five", "before": "-3", "after": "²"}, (21, 30), (True, False)),
    ],
)
def test_one_gets_the_part_that_one_asks_for(
    operator_client: Client,
    table: Negotiation,
    asked: dict[str, Any],
    seen: tuple[int, int],
    more: tuple[bool, bool],
) -> None:
    answer: Any = part(operator_client, table, **asked)
    assert numbers(answer) == list(range(seen[0], seen[1] + 1))
    assert (answer.context["older"], answer.context["newer"]) == more


def test_words_agents_and_acts_narrow_it_together(
    operator_client: Client, table: Negotiation
) -> None:
    assert numbers(part(operator_client, table, q="NUMBER 1")) == [1, *range(10, 20)]
    assert numbers(part(operator_client, table, agent="carbon", act="reject")) == [3, 9, 15, 21, 27]
    both: Any = part(operator_client, table, q="number 2", agent=["carbon", "cost"], act="reject")
    assert numbers(both) == [21, 24, 27]
    tally = both.context["tally"]
    assert (tally.total, tally.found, tally.hidden) == (30, 3, 27)
    assert {chip.key: chip.times for chip in tally.acts} == {"propose": 20, "reject": 10}


def test_a_chip_that_is_on_leads_to_the_address_without_it(
    operator_client: Client, table: Negotiation
) -> None:
    answer: Any = part(operator_client, table, q="a b", agent="cost")
    chips = {chip.key: chip for chip in answer.context["tally"].agents}
    assert chips["cost"].on
    assert chips["cost"].query == "q=a+b"
    assert chips["carbon"].query == "q=a+b&agent=cost&agent=carbon"


@pytest.mark.parametrize(
    "odd", ["\0", "%", "_", "'; --", "\u202e", "x" * 5_000, "\\", "<script>alert(1)</script>"]
)
def test_whatever_is_searched_for_is_only_text(
    operator_client: Client, table: Negotiation, odd: str
) -> None:
    answer: Any = part(operator_client, table, q=odd, agent=odd, act=odd)
    assert "<script>alert" not in answer.content.decode()
    assert "\u202e" not in answer.content.decode()
    if odd != "\0":
        assert numbers(answer) == []


@pytest.mark.parametrize("address", ["", "?q=words&agent=cost", "?at=7"])
def test_one_message_costs_as_many_queries_as_fifty(operator_client: Client, address: str) -> None:
    asked = []
    for count in (1, 50):
        table = factories.negotiation()
        speak(table, count)
        operator_client.get(reverse("negotiation", args=[table.pk]))
        with CaptureQueriesContext(connection) as queries:
            operator_client.get(reverse("negotiation", args=[table.pk]) + address)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert asked[0] <= 12


def lines(answer: Any) -> list[dict[str, Any]]:
    text = b"".join(answer.streaming_content).decode()
    return [json.loads(line) for line in text.splitlines()]


def test_the_whole_as_json_has_what_only_some_may_see_for_them_only(
    operator_client: Client, manager_client: Client, table: Negotiation
) -> None:
    address = reverse("transcript-json", args=[table.pk])
    known = lines(operator_client.get(address))
    assert [line["seq"] for line in known] == list(range(1, 31))
    assert known[0]["offer"] == table.version.document["today"]
    assert not any("private" in line for line in known)
    assert lines(manager_client.get(address))[0]["private"] == PRIVATE
    one = reverse("negotiation-message", args=[table.pk, 1])
    assert "private" not in operator_client.get(one).json()
    assert manager_client.get(one).json()["private"] == PRIVATE


def test_no_cell_of_the_table_is_a_formula(manager_client: Client) -> None:
    table = factories.negotiation()
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "\u202e=1"]
    for seq, text in enumerate(evil, 1):
        move = factories.move(seq, sender=text.strip() or "x", text=text)
        row = Message.from_move(table, move, table.opened_at)
        row.save()
    Negotiation.objects.filter(pk=table.pk).update(head=len(evil))
    answer: Any = manager_client.get(reverse("transcript-csv", args=[table.pk]))
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert len(rows) == len(evil)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.lstrip()[:1] in {"=", "+", "-", "@"}]
    assert not {"\u202e", "\t", "\r"} & set("".join(cells))


def test_the_table_names_terms_as_people_do_and_values_only_for_some(
    operator_client: Client, manager_client: Client, table: Negotiation
) -> None:
    address = reverse("transcript-csv", args=[table.pk])
    seen = []
    for client in (operator_client, manager_client):
        answer: Any = client.get(address)
        text = b"".join(answer.streaming_content).decode()
        seen.append(next(csv.DictReader(StringIO(text, newline=""))))
    assert seen[0]["Region"] == "Frankfurt (Germany)"
    assert not [name for name in seen[0] if name.startswith("worth to")]
    assert seen[1]["worth to Cost"] == "0.7"


@pytest.mark.parametrize(
    "name", ["negotiation-messages", "transcript-json", "transcript-csv", "replay", "replay-moment"]
)
def test_nobody_without_a_role_reads_any_of_it(
    stranger_client: Client, table: Negotiation, name: str
) -> None:
    assert stranger_client.get(reverse(name, args=[table.pk])).status_code == 403


@pytest.mark.parametrize("seq", ["0", "31", "9" * 30])
def test_a_message_that_was_not_said_is_not_found(
    operator_client: Client, table: Negotiation, seq: str
) -> None:
    answer = operator_client.get(f"/negotiations/{table.pk}/messages/{seq}.json")
    assert answer.status_code == 404
