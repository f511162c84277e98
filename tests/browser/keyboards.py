"""Hands that have nothing but a keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_TABS = 200


class NotReached(AssertionError):
    """Tab never came to what one wanted."""


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, selector: str, *, text: str = "") -> None:
        """Tabs until an element like that, with that text in it, has the focus."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(
                "([selector, text]) => document.activeElement.matches(selector)"
                " && document.activeElement.textContent.includes(text)",
                [selector, text],
            ):
                return
            self.press("Tab")
        raise NotReached(f"{NotReached.__doc__} {selector} {text}")
