"""Signing in, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 375])
def test_a_person_signs_in_and_stands_on_the_floor(
    open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width)
    page.goto("/")
    page.get_by_label("Name").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("location.pathname") == "/"
    wider_than_the_screen = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider_than_the_screen


def test_who_has_no_role_is_turned_away(open_page: Callable[..., Page]) -> None:
    answer = open_page("stranger").goto("/")
    assert answer is not None
    assert answer.status == 403
