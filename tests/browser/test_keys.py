"""Keys: where one goes, what the sheet lists, and when no key acts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MAKE_A_LIST = """() => {
  const list = document.querySelector('.nav-list');
  list.dataset.list = '';
  for (const link of list.querySelectorAll('a')) link.dataset.item = '';
}"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent")).strip()


def test_two_keys_after_each_other_go_to_a_page_also_from_a_narrow_screen(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("operator", width=375)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/scenarios/$"))


def test_the_sheet_lists_what_the_page_has_and_closes(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", name="Go to")).to_be_visible()
    expect(sheet.locator("dt", has_text="Scenarios")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile(":[0-9]+/$"))
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_who_types_presses_no_keys(open_page: Callable[..., Page]) -> None:
    page = open_page("manager")
    page.goto("/notifications/settings/")
    page.locator("#url").focus()
    page.keyboard.type("g s?")
    expect(page.locator("#url")).to_have_value("g s?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/notifications/settings/$"))


def test_a_key_with_a_modifier_is_the_browsers(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("Alt+s")
    expect(page).to_have_url(re.compile(":[0-9]+/$"))


def test_j_and_k_move_through_a_list_and_stop_at_its_ends(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    page.evaluate(MAKE_A_LIST)
    page.keyboard.press("k")
    assert focused(page).startswith("Floor")
    page.keyboard.press("j")
    assert focused(page).startswith("Approvals")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page).startswith("Floor")


def test_who_has_switched_them_off_is_left_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    page.evaluate("document.documentElement.dataset.keys = 'off'")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile(":[0-9]+/$"))
    page.get_by_role("button", name="Keys of this page").click()
    expect(page.get_by_text("You have switched single keys off")).to_be_visible()
