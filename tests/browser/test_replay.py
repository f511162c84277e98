"""A table as it was after each of its messages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Decision, ScenarioVersion
from tests.browser.tables import start
from tests.browser.talks import talk
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000


def test_the_scrubber_shows_transcript_and_panel_as_they_were(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=0, seed=7)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#state")).not_to_have_attribute("data-status", "running", timeout=A_WHILE)
    table.refresh_from_db()
    assert Decision.objects.filter(negotiation=table).exists()
    page.goto(f"/negotiations/{table.pk}/replay/?at=6")
    said = page.locator("#said > li")
    expect(said).to_have_count(6)
    expect(page.locator("#agreed-title")).to_have_count(0)
    expect(page.locator("#state")).to_contain_text("Running")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_count(7)
    expect(page.locator("#m7")).to_be_in_viewport()
    page.keyboard.press("End")
    expect(page.locator("#agreed-title")).to_be_visible(timeout=SOON)
    expect(said).to_have_count(table.head)
    page.keyboard.press("Home")
    expect(said).to_have_count(1)
    expect(page.locator("#agreed-title")).to_have_count(0, timeout=SOON)
    expect(page.locator("#replay-where")).to_have_text(f"#1 of {table.head}")
    page.wait_for_url("**/replay/?at=1")


def test_it_plays_by_itself_and_stops_at_the_end(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = talk(version, 24)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/replay/")
    page.get_by_label("Speed").select_option("16×")
    page.locator("body").click(position={"x": 5, "y": 500})
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.locator("#m24")).to_be_in_viewport(timeout=SOON)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_long_talk_is_read_piece_by_piece(
    open_page: Callable[..., Page], version: ScenarioVersion, live: Stack
) -> None:
    table = talk(version, 700)
    page = open_page("operator", width=375)
    page.goto(f"/negotiations/{table.pk}/replay/?at=350")
    expect(page.locator("#m350")).to_be_in_viewport(timeout=SOON)
    page.locator("#replay-at").evaluate(
        "range => { range.value = 123; range.dispatchEvent(new Event('input')); }"
    )
    expect(page.locator("#m123")).to_be_in_viewport(timeout=SOON)
    numbers = page.locator("#said > li").evaluate_all("all => all.map(one => one.dataset.seq)")
    assert numbers == [str(seq) for seq in range(94, 124)]
    page.get_by_role("link", name="Transcript").click()
    expect(page.locator("#m123")).to_be_in_viewport(timeout=SOON)
