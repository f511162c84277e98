"""Hostile text through every field: it is read as text, on every page and in every file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from urllib.parse import quote_from_bytes

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from negotiation.models import Message, Negotiation, ScenarioVersion
from negotiation.scenarios.loaders import from_data, load_named
from negotiation.services import scenarios
from tests import factories
from tests.browser.poison import ANSI, HARM, HUGE, SPELLS, poisoned, poisoned_document
from tests.browser.showrooms import Showroom
from tests.browser.test_every_page import LOOKS, Look
from tests.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _connections_closed() -> Iterator[None]:
    """Playwright's loop gives a test a database connection of its own."""
    yield
    connections.close_all()


def poisoned_version(name: str) -> ScenarioVersion:
    """A shipped scenario in which every text that people read is poisoned."""
    document = poisoned_document(load_named(name).model_dump(mode="json", by_alias=True))
    return scenarios.import_document(
        document=from_data(document, source="A test"),
        author=None,
        note=poisoned("As it came"),
        now=timezone.now(),
    )


@pytest.fixture(scope="module")
def showroom(live: Stack) -> Showroom:
    for person in live.people.values():
        person.username = poisoned(person.username, 150)
        person.save()
    return Showroom.furnished(live, poisoned, poisoned_version)


@pytest.fixture(scope="module")
def table(showroom: Showroom) -> Negotiation:
    """What no engine would say, written by somebody who got past it."""
    said = [*SPELLS, ANSI, HUGE]
    table = factories.negotiation(
        title=poisoned("Odd", 120), status=Negotiation.Status.PAUSED, reason=ANSI, head=len(said)
    )
    for seq, spell in enumerate(said, 1):
        move = factories.move(seq, text=spell, sender=f"person:{spell[:100]}", act="intervene")
        factories.message(
            table, seq, sender=move.sender, act=move.act, text=spell, body=move.to_dict()
        )
    return table


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.name}{look.query}-{look.who}")
def test_a_page_shows_spells_as_text(
    open_page: Callable[..., Page], showroom: Showroom, look: Look
) -> None:
    row = getattr(showroom, look.of) if look.of else None
    page = open_page(look.who)
    page.goto(reverse(look.name, args=look.args or ([row.pk] if row else [])) + look.query)
    assert page.evaluate(HARM) == []


def test_a_transcript_shows_spells_as_text(
    open_page: Callable[..., Page], table: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    assert page.evaluate(HARM) == []
    text = page.locator("#transcript").text_content() or ""
    assert SPELLS[0] in text
    assert "\\u202e" in text
    assert "\\x1b" in text
    assert len(text) < len(HUGE) / 10


def test_spells_stay_text_when_they_come_over_the_socket(
    open_page: Callable[..., Page], showroom: Showroom, live: Stack
) -> None:
    page = open_page("operator")
    page.goto("/")
    table = factories.negotiation(title=SPELLS[1], version=showroom.running.version)
    page.goto(f"/negotiations/{table.pk}/")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("dialog").get_by_label("Why").fill(poisoned("Wait", 800))
    page.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
    page.locator("#transcript .msg").first.wait_for()
    assert page.evaluate(HARM) == []


def test_no_cell_of_a_file_is_a_formula(
    client_of: Callable[[User], Client], live: Stack, table: Negotiation
) -> None:
    client = client_of(live.people["admin"])
    for name, args in (
        ("transcript-csv", [table.pk]),
        ("audit-export", []),
        ("overview-csv", []),
    ):
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 200
        csv.field_size_limit(2 * len(HUGE))
        rows = list(csv.reader(io.StringIO(answer.getvalue().decode())))
        cells = [cell for row in rows for cell in row]
        assert len(cells) > 10
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@", "\t"))]


def test_json_files_are_json_with_the_text_as_it_was_said(
    client_of: Callable[[User], Client], live: Stack, table: Negotiation
) -> None:
    answer = client_of(live.people["admin"]).get(reverse("transcript-json", args=[table.pk]))
    lines = [json.loads(line) for line in answer.getvalue().decode().splitlines()]
    said = " ".join(str(line.get("text")) for line in lines)
    assert all(spell in said for spell in SPELLS)


@pytest.mark.parametrize("reason", [HUGE.encode(), b"\0", b"\xed\xa0\x80"])
def test_what_no_row_can_hold_is_refused_where_it_is_typed(
    client_of: Callable[[User], Client], live: Stack, showroom: Showroom, reason: bytes
) -> None:
    table = factories.negotiation(version=showroom.running.version)
    answer = client_of(live.people["operator"]).post(
        reverse("negotiation-pause", args=[table.pk]),
        b"reason=" + quote_from_bytes(reason).encode(),
        content_type="application/x-www-form-urlencoded",
        follow=True,
    )
    assert answer.status_code in {200, 400, 422}
    said = " ".join(Message.objects.filter(negotiation=table).values_list("text", flat=True))
    assert "\0" not in said
    assert len(said) < len(HUGE)
