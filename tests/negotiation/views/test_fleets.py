from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from negotiation.models import Negotiation
from tests import factories

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TOGETHER = "/negotiations/together/"


def test_a_page_has_one_line_for_each_and_leads_back_to_the_same_filters(
    operator_client: Client,
) -> None:
    running = factories.negotiation(title="<b>Ledger</b>")
    ended = factories.negotiation(status="no_agreement")
    said = {"verb": "end", "reason": "Enough", "table": [running.pk, ended.pk, 10**15]}
    answer = operator_client.post(TOGETHER, {**said, "back": "state=running&page=2&evil=//x"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of 3 done" in page
    assert "&lt;b&gt;Ledger&lt;/b&gt;" in page
    assert "This negotiation has already ended. Nothing was changed." in page
    assert "There is no such table." in page
    assert 'href="/?state=running"' in page
    running.refresh_from_db()
    assert (running.status, running.reason) == ("stopped", "Enough")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"verb": "pause", "table": []}, "Nothing was selected"),
        ({"verb": "pause", "table": ["x", "-1", "9" * 500, "\0", "²"]}, "Nothing was selected"),
        ({"verb": "explode", "table": ["1"]}, "Choose to pause, resume, end or stop them."),
        ({"table": ["1"]}, "required"),
        ({"verb": "end", "table": ["1"]}, "Say why"),
        ({"verb": "end", "table": ["1"], "reason": "x" * 801}, "Keep the reason under 800"),
        ({"verb": "pause", "table": ["1"], "reason": "a\0b"}, "Null characters"),
        ({"verb": "pause", "table": list(range(1, 60))}, "At most 50 tables at once"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    said: dict[str, Any], told: str, operator_client: Client
) -> None:
    table = factories.negotiation()
    answer = operator_client.post(TOGETHER, said)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    table.refresh_from_db()
    assert table.status == "running"


def test_who_may_not_is_told_so(
    manager_client: Client, stranger_client: Client, client: Client
) -> None:
    table = factories.negotiation()
    said = {"verb": "pause", "table": [table.pk]}
    assert manager_client.post(TOGETHER, said).status_code == 403
    assert stranger_client.post(TOGETHER, said).status_code == 403
    assert client.post(TOGETHER, said).status_code == 302
    assert manager_client.get(TOGETHER).status_code == 405
    assert not Negotiation.objects.paused().exists()
    assert (
        manager_client.post(TOGETHER, {**said, "verb": "stop", "reason": "No"}).status_code == 200
    )


def test_managers_are_offered_what_they_may_do(
    manager_client: Client, operator_client: Client
) -> None:
    factories.negotiation()
    page = manager_client.get("/").content.decode()
    assert 'data-verb="stop"' in page
    assert 'data-verb="pause"' not in page
    assert 'data-verb="pause"' in operator_client.get("/").content.decode()
