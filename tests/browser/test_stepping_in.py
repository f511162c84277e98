"""An operator brings information and a constraint to a table, by keyboard alone, and sees that what
follows keeps them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Negotiation, ScenarioVersion
from tests.browser.tables import start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 30_000
A_WHILE = 120_000
SLOWLY = 60
"""Seconds between two messages: it must not be over before the operator has typed all this."""


def test_information_and_a_constraint_by_keyboard_change_the_offers_that_follow(
    live: Stack, open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=SLOWLY, seed=7)
    page = open_page("operator", width=1440, height=900)
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#m1")).to_be_attached(timeout=SOON)
    page.keyboard.press("i")
    page.wait_for_url("**/evidence/", timeout=SOON)
    page.keyboard.press("Space")
    typed = {"value": "60", "doubt": "1", "kind": None, "source": "Invoice", "url": None}
    for text in typed.values():
        page.keyboard.press("Tab")
        if text is not None:
            page.keyboard.type(text)
    page.locator("#in-reason").focus()
    page.keyboard.type("Seen on the bill.")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/negotiations/{table.pk}/", timeout=SOON)
    told = page.locator(".msg-intervene", has_text="Told all seats")
    expect(told).to_be_attached(timeout=SOON)
    expect(page.get_by_text("told by a person")).to_be_attached()

    page.keyboard.press("c")
    page.wait_for_url("**/constraint/", timeout=SOON)
    frankfurt = page.get_by_label("Frankfurt (Germany)").first
    frankfurt.focus()
    page.keyboard.press("Space")
    page.locator("#reason").focus()
    page.keyboard.type("Not there.")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/negotiations/{table.pk}/", timeout=SOON)
    asked = page.locator(".msg-intervene", has_text="Added a constraint")
    expect(asked).to_be_attached(timeout=SOON)
    at = int(asked.get_attribute("data-seq") or 0)
    Negotiation.objects.filter(pk=table.pk).update(pace=0.2, next_at=timezone.now())
    expect(page.locator(f"#m{at + 6}")).to_be_attached(timeout=A_WHILE)

    said = Negotiation.objects.get(pk=table.pk).messages.filter(seq__gt=at)
    offers = [body["offer"] for body in said.values_list("body", flat=True) if body["offer"]]
    assert offers
    assert "europe-west3" not in {offer["region"] for offer in offers}
