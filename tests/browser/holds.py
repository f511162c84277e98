"""Answers that take their time: given by the real server, and kept from the page for a while."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route


def hold(page: Page, address: str | re.Pattern[str]) -> list[Callable[[], None]]:
    """The first answer from there waits, as it was given, until it is let go."""
    held: list[Callable[[], None]] = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        held.append(lambda: route.fulfill(response=answer))

    page.route(address, keep, times=1)
    return held


def first_of(page: Page, held: list[Callable[[], None]]) -> Callable[[], None]:
    for _moment in range(150):
        if held:
            return held[0]
        page.wait_for_timeout(100)
    raise AssertionError("Nothing was asked for.")
