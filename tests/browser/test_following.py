"""The transcript follows what is said until the reader scrolls up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Decision, Negotiation, ScenarioVersion
from negotiation.services import sessions
from tests.browser.tables import start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000
SEED = 7


def shows_its_end(page: Page) -> bool:
    return bool(
        page.locator("#transcript > li:last-child").evaluate(
            "card => { const { top, bottom } = card.getBoundingClientRect();"
            " return bottom <= innerHeight + 1 && bottom > 0 && top < innerHeight; }"
        )
    )


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (375, 700)])
def test_who_touches_nothing_sees_every_message_arrive_and_the_last_one_at_the_end(
    open_page: Callable[..., Page], version: ScenarioVersion, width: int, height: int
) -> None:
    table = start(version, pace=0.4, seed=SEED)
    page = open_page("operator", width=width, height=height)
    page.goto(f"/negotiations/{table.pk}/")
    follow = page.locator("#follow")
    for seq in (6, 9, 12):
        expect(page.locator(f"#m{seq}")).to_be_attached(timeout=SOON)
        expect(page.locator("#transcript > li:last-child")).to_be_in_viewport()
        expect(follow).to_be_hidden()
    expect(page.locator("#state")).not_to_have_attribute("data-status", "running", timeout=A_WHILE)
    page.wait_for_timeout(500)
    assert shows_its_end(page)
    expect(follow).to_be_hidden()


def test_a_turn_of_the_wheel_stops_it_and_the_end_takes_it_up_again(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=0.4, seed=SEED)
    page = open_page("operator", height=500)
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#m7")).to_be_attached(timeout=SOON)
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -120)
    expect(page.locator("#follow")).to_be_visible(timeout=SOON)
    stayed = page.evaluate("scrollY")
    page.wait_for_timeout(1_000)
    # Cards get their height when they are drawn; the end is much further away.
    assert abs(page.evaluate("scrollY") - stayed) < 100
    page.mouse.wheel(0, 20_000)
    expect(page.locator("#follow")).to_be_hidden()
    reached = int(page.locator("#transcript").get_attribute("data-last") or 0)
    expect(page.locator(f"#m{reached + 2}")).to_be_in_viewport(timeout=SOON)


def test_a_dialog_whose_table_has_ended_closes_and_says_so(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=60, seed=SEED)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    page.get_by_role("button", name="Pause", exact=True).click()
    by = User.objects.get(username="admin")
    sessions.stop(negotiation_id=table.pk, by=by, reason="Enough", now=timezone.now())
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    expect(page.locator("#step-line")).to_contain_text("it is now “ended”")
    expect(page.locator("#link-word")).to_have_text("ended")


def test_pausing_takes_one_key_in_the_dialog_and_the_focus_is_on_what_comes_next(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=60, seed=SEED)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_contain_text("Paused", timeout=SOON)
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_focused()
    expect(page.locator(".notices")).to_have_count(0, timeout=SOON)


def test_the_number_of_what_waits_is_live_beside_a_conversation(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    # What others left talking would add to it.
    by = User.objects.get(username="admin")
    for left in Negotiation.objects.active():
        sessions.stop(negotiation_id=left.pk, by=by, reason="Enough", now=timezone.now())
    watched = start(version, pace=60, seed=SEED)
    page = open_page("manager", width=375)
    page.goto(f"/negotiations/{watched.pk}/")
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    waiting = Decision.objects.parked().count()
    start(version, pace=0, seed=SEED)
    expect(page.locator("#queue-count")).to_have_text(str(waiting + 1), timeout=A_WHILE)
    expect(page.locator("#queue-count")).to_be_visible()


def test_the_floor_says_when_the_connection_is_lost_and_when_it_is_back(
    open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("operator")
    page.goto("/")
    page.wait_for_timeout(500)
    line = page.locator("#link-line")
    expect(line).to_be_hidden()
    live.kill("web")
    expect(line).to_contain_text("Reconnecting", timeout=10_000)
    live.restart("web")
    expect(line).to_contain_text("Caught up", timeout=A_WHILE)
    expect(line).to_be_hidden(timeout=10_000)
