"""The pages with which an operator adds information and constraints."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from negotiation import wishes
from negotiation.models import Negotiation
from tests import factories
from tests.negotiation.services.test_interventions import open_table, to_the_end

pytestmark = pytest.mark.django_db

TOLD = {
    "fact": "interruptions",
    "value": "14 % a day",
    "doubt": "0.5",
    "kind": "measured",
    "source": "Fleet log",
    "url": "https://example.org/log?a=1",
    "observed_on": "2026-07-01",
    "reason": "It got worse.",
}


def tell(client: Client, table: Negotiation, **changes: Any) -> HttpResponse:
    return client.post(reverse("negotiation-evidence", args=[table.pk]), TOLD | changes)  # type: ignore[return-value]


def rows(client: Client, table: Negotiation) -> dict[str, list[str]]:
    """The form as it comes: every option is kept, nothing is asked for."""
    answer = client.get(reverse("negotiation-constraint", args=[table.pk]))
    return {
        f"keep:{wish.name}": [choice.value for choice in wish.choices if choice.kept]
        for wish in answer.context["wishes"].issues
    }


def ask(client: Client, table: Negotiation, **typed: Any) -> HttpResponse:
    sent = {**rows(client, table), "reason": "The lawyers say so.", **typed}
    return client.post(reverse("negotiation-constraint", args=[table.pk]), sent)  # type: ignore[return-value]


def test_information_is_told_with_everything_that_was_typed(operator_client: Client) -> None:
    table = open_table()
    answer = tell(operator_client, table)
    assert answer["Location"] == reverse("negotiation", args=[table.pk])
    body = table.messages.get(seq=5).body
    said = body["evidence"]
    assert (said["fact"], said["mean"], said["sd"]) == ("interruptions", 14, 0.5)
    assert said["source"] == "Fleet log, told by operator"
    assert (said["kind"], said["observed_on"]) == ("measured", "2026-07-01")
    assert said["url"] == TOLD["url"]
    assert said["age_days"] == (timezone.now().date() - date(2026, 7, 1)).days
    assert body["recipients"] == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fact": ""}, "Choose what it is about."),
        ({"fact": "egress"}, "Choose one of the facts of this table."),
        ({"fact": "x\0"}, "Choose one of the facts of this table."),
        ({"value": ""}, "How much is it?"),
        ({"value": "a lot"}, "A number in % a day, as in 4,500 or 4.5 k."),
        ({"value": "9" * 40}, "finds this too far from it"),
        ({"value": "1e99999"}, "A number in % a day"),
        ({"value": "nan"}, "A number in % a day"),
        ({"doubt": "-1"}, "How far off it may be is 0 or more."),
        ({"doubt": "0", "kind": "estimated"}, "An estimate is never exact."),
        ({"kind": "claimed"}, "is not one of the available choices"),
        ({"source": ""}, "Name the source"),
        ({"source": "\0"}, "Null characters are not allowed."),
        ({"url": "javascript:alert(1)"}, "An address begins with https://"),
        ({"url": "http://[::1"}, "An address begins with https://"),
        ({"observed_on": "0001-01-01"}, "A day of the past, or today."),
        ({"observed_on": "2999-01-01"}, "A day of the past, or today."),
        ({"observed_on": "soon"}, "A day, as in 2026-11-23, or nothing."),
        ({"reason": ""}, "Say why, in a few words."),
        ({"reason": "x" * 801}, "Keep the reason under 800 characters."),
    ],
)
def test_what_cannot_be_told_is_said_beside_its_field_and_nothing_is_lost(
    operator_client: Client, changes: dict[str, str], sentence: str
) -> None:
    table = open_table(1)
    answer = tell(operator_client, table, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'role="alert"' in page
    kept = {name: text for name, text in TOLD.items() if name not in changes}
    assert all(text.replace("&", "&amp;") in page for text in kept.values())
    assert table.messages.count() == 1


def test_telling_the_same_twice_is_refused_with_what_was_typed(operator_client: Client) -> None:
    table = open_table()
    tell(operator_client, table)
    answer = tell(operator_client, table)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "counted this source already" in page
    assert 'value="Fleet log"' in page
    assert table.messages.count() == 5


def test_what_each_seat_believes_stands_beside_the_fact(operator_client: Client) -> None:
    table = open_table()
    page = operator_client.get(reverse("negotiation-evidence", args=[table.pk])).content.decode()
    assert "Spot interruptions" in page
    assert "Internet egress" not in page, "it is told on request only"
    assert 'aria-label="Cost: ' in page


def test_a_constraint_is_typed_in_the_rows_of_a_send_back(operator_client: Client) -> None:
    table = open_table()
    answer = ask(operator_client, table, **{"most:monthly_cost": "9 k"})
    assert answer["Location"] == reverse("negotiation", args=[table.pk])
    (asked,) = table.messages.get(seq=5).body["requirements"]
    assert (asked["subject"], asked["test"], asked["limit"]) == ("monthly_cost", "at_most", 9_000)


def test_one_that_nobody_could_live_with_warns_and_is_added_when_asked_for_again(
    operator_client: Client,
) -> None:
    table = open_table()
    hard = {"most:monthly_cost": "3600"}
    warned = ask(operator_client, table, **hard)
    assert warned.status_code == 422
    page = warned.content.decode()
    assert "Not said yet." in page
    assert 'value="3600"' in page
    sure = warned.context["sure"]  # type: ignore[attr-defined]
    other = ask(operator_client, table, **{"most:monthly_cost": "3599"}, sure=sure)
    assert other.status_code == 422, "another one is doubted anew"
    assert ask(operator_client, table, **hard, sure=sure).status_code == 302


def test_a_constraint_that_leaves_nothing_names_what_conflicts(operator_client: Client) -> None:
    table = open_table()
    answer = ask(operator_client, table, **{"most:monthly_cost": "10"})
    assert answer.status_code == 422
    assert "There is no lawful agreement" in answer.content.decode()
    empty = ask(operator_client, table)
    assert empty.status_code == 422
    assert "at least one thing" in empty.content.decode()


def test_a_table_that_is_over_says_so_and_keeps_the_words(operator_client: Client) -> None:
    table = open_table()
    to_the_end(table)
    for answer in (tell(operator_client, table), ask(operator_client, table)):
        assert answer.status_code in {409, 422}
        assert "This negotiation is over" in answer.content.decode()


def end(table: Negotiation) -> None:
    ended = {"status": "stopped", "finished_at": timezone.now(), "next_at": None}
    Negotiation.objects.filter(pk=table.pk).update(**ended)


def written(answer: HttpResponse) -> dict[str, str]:
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "What you had written" in page
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))


def test_what_can_no_longer_be_told_is_shown_whole(operator_client: Client) -> None:
    table = open_table(1)
    end(table)
    assert written(tell(operator_client, table, reason="It got <worse>.")) == {
        "What it is about": "Spot interruptions",
        "Value": "14 % a day",
        "Give or take": "0.5",
        "How it is known": "measured: somebody looked",
        "Source": "Fleet log",
        "Address": "https://example.org/log?a=1",
        "Observed on": "2026-07-01",
        "Reason": "It got &lt;worse&gt;.",
    }


def test_what_can_no_longer_be_asked_for_is_shown_whole(operator_client: Client) -> None:
    table = open_table(1)
    issue = wishes.rows_of(table.version).issues[0]
    first, second, *_ = issue.choices
    typed = {f"keep:{issue.name}": [first.value, second.value], "most:monthly_cost": "9 k"}
    sent = {**rows(operator_client, table), **typed, "reason": "The lawyers say so."}
    end(table)
    answer = operator_client.post(reverse("negotiation-constraint", args=[table.pk]), sent)
    assert written(answer) == {  # type: ignore[arg-type]
        issue.label: f"only {first.text}, {second.text}",
        "Monthly cost": "at most 9 k",
        "Why": "The lawyers say so.",
    }


@pytest.mark.parametrize("page", ["negotiation-evidence", "negotiation-constraint"])
def test_only_operators_step_in(manager_client: Client, stranger_client: Client, page: str) -> None:
    table = factories.negotiation()
    for client in (manager_client, stranger_client):
        assert client.get(reverse(page, args=[table.pk])).status_code == 403
        assert client.post(reverse(page, args=[table.pk]), TOLD).status_code == 403
    assert not table.messages.exists()


def test_the_cards_of_people_are_told_from_those_of_agents(operator_client: Client) -> None:
    table = open_table()
    tell(operator_client, table)
    page = operator_client.get(reverse("negotiation", args=[table.pk])).content.decode()
    assert "msg msg-intervene tone-violet" in page
    assert "told by a person" in page
