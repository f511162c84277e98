"""The command palette by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser


def chosen(page: Page) -> str:
    active = page.get_by_role("combobox", name="Go to, or do").get_attribute(
        "aria-activedescendant"
    )
    return str(page.locator(f"#{active}").inner_text())


def test_a_page_is_three_keys_away_and_the_arrows_go_round(open_page: Callable[..., Page]) -> None:
    page = open_page("operator", width=375)
    page.goto("/receiver/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to, or do")).to_be_focused()
    # What the server adds is there, so the last is the last.
    expect(page.locator("[data-palette-count]")).to_have_text(re.compile("fit"))
    assert "Floor" in chosen(page)
    page.keyboard.press("ArrowUp")
    assert "Floor" not in chosen(page)
    page.keyboard.press("ArrowDown")
    assert "Floor" in chosen(page)
    page.keyboard.type("scen")
    assert "Scenarios" in chosen(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/scenarios/$"))


def test_a_negotiation_is_found_by_its_title(open_page: Callable[..., Page], live: Stack) -> None:
    table = factories.negotiation(title="Quiet harbour")
    page = open_page("operator")
    page.goto("/receiver/")
    page.keyboard.press("Meta+k")
    page.keyboard.type("quiet har")
    expect(page.get_by_role("option", name="Quiet harbour")).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/negotiations/{table.pk}/$"))


def test_what_the_page_can_do_is_done_from_it_and_escape_gives_the_focus_back(
    open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("operator")
    page.goto("/")
    page.get_by_role("button", name="Stop everything…").focus()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Stop everything…")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("stop every")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#stop")).to_be_visible()
    expect(page.locator("#palette")).to_be_hidden()


def test_what_does_not_exist_is_said(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzz")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_visible()
