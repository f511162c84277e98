"""Theme, time zone and browser notifications, as a person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.clocks import to_the_second
from tests import factories
from tests.approvals.posts import say
from tests.stack import Stack

pytestmark = pytest.mark.browser

MOMENTS = [datetime(2026, month, 3, 4, 5, 6, tzinfo=UTC) for month in (1, 7, 9)]
ZONES = ["Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham", "UTC"]
WATCH_NOTIFICATIONS = """
window.Notification = class {
  constructor(title, { body }) {
    document.body.dataset.told = (document.body.dataset.told ?? "") + body;
  }
};
Notification.permission = 'default';
Notification.requestPermission = async () => {
  window.asked = true;
  return (Notification.permission = 'granted');
};
Document.prototype.hasFocus = () => false;
"""


def test_without_a_choice_it_is_as_the_browser_says(open_page: Callable[..., Page]) -> None:
    page = open_page("operator", timezone_id="America/New_York")
    page.goto("/login/")
    page.goto("/settings/")
    expect(page.locator("#time-zone-help")).to_contain_text(re.compile("UTC-[45]"))


@pytest.mark.parametrize("zone", ZONES)
def test_the_page_and_the_server_write_a_moment_alike(
    open_page: Callable[..., Page], zone: str
) -> None:
    page = open_page("operator", timezone_id=zone)
    page.goto("/settings/")
    for moment in MOMENTS:
        page.evaluate(
            """iso => { const time = document.createElement('time'); time.dateTime = iso;
            time.dataset.ago = ''; document.getElementById('main').append(time);
            document.dispatchEvent(new Event('parley:shown')); }""",
            moment.isoformat(),
        )
        with timezone.override(zone):
            expect(page.locator("main > time").last).to_have_attribute(
                "title", to_the_second(moment)
            )


def test_the_button_changes_the_theme_at_once_and_for_good(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("admin", color_scheme="light")
    page.goto("/receiver/")
    with page.expect_response("**/settings/theme/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    other = open_page("admin", color_scheme="light")
    other.goto("/settings/")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.get_by_label("As the system").check()
    other.get_by_role("button", name="Save").click()
    expect(other.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_browser_notifications_are_asked_for_by_a_click_and_told_once(
    open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("manager")
    page.add_init_script(WATCH_NOTIFICATIONS)
    page.goto("/settings/")
    assert page.evaluate("window.asked") is None
    page.get_by_role("button", name="Turn on…").click()
    expect(page.get_by_text("On in this browser.")).to_be_visible()
    say(factories.decision())
    expect(page.locator("body")).to_have_attribute(
        "data-told", re.compile("^[^\n]+$"), timeout=20_000
    )
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("Off in this browser.")).to_be_visible()
