"""The transcript follows what is said until the reader scrolls up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Negotiation, ScenarioVersion
from negotiation.services import sessions
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000
SEED = 7


@pytest.fixture(scope="module")
def version(live: Stack) -> ScenarioVersion:
    return factories.version()


def start(version: ScenarioVersion, *, pace: float) -> Negotiation:
    by = User.objects.get(username="operator")
    return sessions.start(version=version, by=by, now=timezone.now(), pace=pace, seed=SEED)


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
    table = start(version, pace=0.4)
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
    table = start(version, pace=0.4)
    page = open_page("operator", height=500)
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#m7")).to_be_attached(timeout=SOON)
    page.mouse.move(300, 300)
    page.mouse.wheel(0, -120)
    expect(page.locator("#follow")).to_be_visible(timeout=SOON)
    stayed = page.evaluate("scrollY")
    page.wait_for_timeout(1_000)
    assert page.evaluate("scrollY") == stayed
    page.mouse.wheel(0, 20_000)
    expect(page.locator("#follow")).to_be_hidden()
    reached = int(page.locator("#transcript").get_attribute("data-last") or 0)
    expect(page.locator(f"#m{reached + 2}")).to_be_in_viewport(timeout=SOON)
