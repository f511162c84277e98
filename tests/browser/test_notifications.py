"""The bell is live, and what it leads to is marked as seen by people only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from approvals.models import Notification
from tests import factories
from tests.approvals.posts import say
from tests.stack import Stack

pytestmark = pytest.mark.browser


def test_the_bell_rings_by_itself_and_falls_silent_when_all_is_seen(
    open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("manager", width=375)
    page.goto("/")
    bell = page.locator("#bell")
    expect(bell).to_have_attribute("aria-label", "Notifications: nothing new")
    decision, other = factories.decision(), factories.decision()
    for told in (other, decision):
        say(told)
    expect(bell).to_have_attribute("aria-label", "Notifications: 2 unseen", timeout=15_000)
    bell.click()
    page.locator(f"a[href='/approvals/{decision.pk}/']").first.click()
    page.wait_for_url(f"**/approvals/{decision.pk}/")
    # Whoever looks at the case has seen what they were told of it, and of nothing else.
    expect(bell).to_have_attribute("aria-label", "Notifications: 1 unseen")
    page.go_back()
    page.get_by_role("button", name="Mark all as seen").click()
    expect(bell).to_have_attribute("aria-label", "Notifications: nothing new")
    assert not Notification.objects.filter(user=live.people["manager"], seen_at=None).exists()


@pytest.mark.parametrize("path", ["/notifications/", "/notifications/settings/"])
@pytest.mark.parametrize("width", [320, 375, 1440])
def test_nothing_is_wider_than_the_window(
    path: str, width: int, open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("manager", width=width)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
