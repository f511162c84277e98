"""Connections that break while agents talk: what the page says, and that nothing is missing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Negotiation, ScenarioVersion
from tests import factories
from tests.browser.tables import start
from tests.browser.test_crashes import has_ended, has_reached, shown, wait_for
from tests.negotiation.live.sockets import say
from tests.stack import Stack

pytestmark = pytest.mark.browser

SEED = 11
SOON = 20_000
A_WHILE = 60_000
CLOCK = "new Date().toLocaleTimeString('en-GB')"
NEXT_TRY = re.compile(r"^Reconnecting, next try in \d+ s ·$")


def is_complete(page: Page, negotiation: Negotiation) -> None:
    negotiation.refresh_from_db()
    expect(page.locator(f"#m{negotiation.head}")).to_be_attached(timeout=A_WHILE)
    assert shown(page) == list(range(1, negotiation.head + 1))


def seconds(clock: str) -> int:
    hours, minutes, rest = map(int, clock.split(":"))
    return (hours * 60 + minutes) * 60 + rest


@pytest.fixture
def followed(
    version: ScenarioVersion, open_page: Callable[..., Page]
) -> Callable[..., tuple[Negotiation, Page]]:
    """A table in the middle of its talk, and somebody who follows it."""

    def follow(pace: float, base: str = "") -> tuple[Negotiation, Page]:
        negotiation = start(version, pace=pace, seed=SEED)
        page = open_page("operator")
        page.goto(f"{base}/negotiations/{negotiation.pk}/")
        expect(page.locator("#m3")).to_be_attached(timeout=A_WHILE)
        expect(page.locator("#link-word")).to_have_text("live")
        expect(page.locator("#viewers")).to_have_text("1")
        expect(page.locator("#link-line")).to_be_hidden()
        return negotiation, page

    return follow


def test_a_web_server_that_is_away_for_five_seconds_is_waited_for_and_caught_up_with(
    live: Stack, followed: Callable[..., tuple[Negotiation, Page]]
) -> None:
    negotiation, page = followed(pace=0.5)
    line = page.locator("#link-line")
    live.kill("web")
    page.wait_for_timeout(1_000)
    expect(line).to_be_hidden()
    expect(line).to_contain_text("Reconnecting", timeout=5_000)
    expect(line).to_have_class(re.compile("tone-amber"))
    expect(page.locator("#link-word")).to_have_text("reconnecting")
    page.wait_for_timeout(3_000)
    live.restart("web")
    expect(line).to_have_text(re.compile(r"^Caught up: \d+ messages?"), timeout=A_WHILE)
    expect(line).to_have_class(re.compile("tone-green"))
    expect(line).to_be_hidden(timeout=SOON)
    wait_for(partial(has_ended, negotiation))
    is_complete(page, negotiation)
    expect(page.locator("#link-word")).to_have_text("ended")


def test_a_message_server_that_loses_everything_costs_no_message(
    live: Stack, followed: Callable[..., tuple[Negotiation, Page]]
) -> None:
    negotiation, page = followed(pace=0.5)
    live.kill_message_server()
    page.wait_for_timeout(3_000)
    expect(page.locator("#link-word")).to_have_text("live")
    live.start_message_server()

    def goes_on_to_its_end() -> bool:
        # A worker may die of it.
        live.revive()
        return has_ended(negotiation)

    wait_for(goes_on_to_its_end, seconds=100)
    is_complete(page, negotiation)
    expect(page.locator("#link-line")).to_be_hidden()


def test_a_network_that_is_off_for_a_minute_is_told_with_the_time_and_made_good(
    live: Stack, followed: Callable[..., tuple[Negotiation, Page]]
) -> None:
    live.cable.plug_in()
    negotiation, page = followed(pace=1, base=live.cable.url)
    line, pause = page.locator("#link-line"), page.get_by_role("button", name="Pause", exact=True)
    pulled, at = page.evaluate(CLOCK), time.monotonic()
    live.cable.pull()
    expect(line).to_contain_text("Reconnecting", timeout=SOON)
    expect(pause).to_be_enabled()
    reached = len(shown(page))
    expect(line).to_contain_text("Offline since", timeout=A_WHILE)
    assert 55 < time.monotonic() - at < 70
    since = re.search(r"Offline since (\d\d:\d\d:\d\d), showing saved data", line.inner_text())
    assert since is not None
    assert abs(seconds(since[1]) - seconds(pulled)) <= 6
    expect(pause).to_be_disabled()
    expect(pause).to_have_attribute("title", re.compile("offline"))
    assert len(shown(page)) == reached
    live.cable.plug_in()
    if page.locator("#link-now").is_visible():
        page.locator("#link-now").click()
    wait_for(partial(has_reached, negotiation, reached + 2))
    expect(line).to_have_text(re.compile(r"^Caught up: \d+ messages"), timeout=A_WHILE)
    wait_for(partial(has_ended, negotiation))
    is_complete(page, negotiation)


def test_the_next_try_is_counted_down_and_can_be_had_at_once(
    live: Stack, open_page: Callable[..., Page]
) -> None:
    table = factories.negotiation()
    live.cable.plug_in()
    page = open_page("operator")
    page.clock.install()
    page.goto(f"{live.cable.url}/negotiations/{table.pk}/")
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    live.cable.pull()
    # The browser knows at once when its own network goes.
    page.evaluate("dispatchEvent(new Event('offline'))")
    say(table)
    now = page.locator("#link-now")
    for _ in range(30):
        page.clock.run_for(1_000)
        if now.is_visible():
            break
    expect(now).to_be_visible()
    assert NEXT_TRY.match(page.locator("#link-line > span").inner_text())
    live.cable.plug_in()
    now.click()
    expect(page.locator("#link-line")).to_contain_text("Caught up: 1 message", timeout=SOON)
    expect(page.locator("#m1")).to_be_attached()


def test_lists_say_that_what_they_show_is_saved_and_nothing_can_be_sent(
    live: Stack, open_page: Callable[..., Page]
) -> None:
    page = open_page("operator")
    page.clock.install()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-link", "live", timeout=SOON)
    live.kill("web")
    page.clock.run_for(3_000)
    expect(page.locator("#link-line")).to_contain_text("Reconnecting", timeout=SOON)
    page.clock.run_for(60_000)
    expect(page.locator("#link-line")).to_contain_text("showing saved data", timeout=SOON)
    assert page.locator("main form[method=post] button:enabled").count() == 0
    live.restart("web")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(20_000)
    expect(page.locator("#link-line")).to_contain_text("Caught up", timeout=A_WHILE)
    expect(page.locator("html")).to_have_attribute("data-link", "live")


def test_a_tail_that_nobody_rang_for_is_found_by_its_number(
    live: Stack, open_page: Callable[..., Page]
) -> None:
    table = factories.negotiation()
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    say(table, ring=False)
    expect(page.locator("#m1")).to_be_attached(timeout=SOON)
