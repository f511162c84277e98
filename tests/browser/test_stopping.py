"""An operator stops everything, a manager lifts it: tables and open cards follow by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Decision, Stop
from tests import factories
from tests.browser import tables
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000


def test_a_table_and_a_card_are_held_and_go_on(open_page: Callable[..., Page], live: Stack) -> None:
    version = factories.version()
    tables.start(version, pace=0, seed=7)
    talking = tables.start(version, pace=1, seed=8)
    card = open_page("manager", width=375)
    card.goto("/approvals/")
    row = card.locator("#queue a.item-link").first
    expect(row).to_be_visible(timeout=A_WHILE)
    row.click()
    expect(card.get_by_role("button", name="Approve…")).to_be_enabled(timeout=SOON)
    watching = open_page("operator")
    watching.goto(f"/negotiations/{talking.pk}/")
    expect(watching.locator("#m2")).to_be_attached(timeout=A_WHILE)

    floor = open_page("operator")
    floor.goto("/")
    floor.wait_for_load_state("load")
    floor.get_by_role("button", name="Stop everything…").click()
    dialog = floor.get_by_role("dialog")
    dialog.get_by_label("Why").fill("Prices look wrong")
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(floor.get_by_text("Everything is stopped.")).to_be_visible()

    expect(watching.locator("#state")).to_contain_text("Prices look wrong", timeout=SOON)
    expect(card.locator("#safeguards")).to_contain_text("Prices look wrong", timeout=SOON)
    expect(card.get_by_role("button", name="Approve…")).to_be_hidden()
    expect(card.get_by_role("button", name="Reject…")).to_be_visible()
    said = watching.locator("#transcript > li").count()
    watching.wait_for_timeout(3_000)
    assert watching.locator("#transcript > li").count() == said

    stops = open_page("manager", color_scheme="dark")
    stops.goto("/stops/")
    stops.wait_for_load_state("load")
    stops.get_by_role("button", name="Lift…").click()
    stops.get_by_role("dialog").get_by_label("Why it may go on").fill("They are right again")
    stops.get_by_role("dialog").get_by_role("button", name="Lift", exact=True).click()
    expect(stops.get_by_text("Nothing is stopped")).to_be_visible()
    expect(watching.locator(f"#m{said + 1}")).to_be_attached(timeout=SOON)
    expect(card.get_by_role("button", name="Approve…")).to_be_enabled(timeout=SOON)
    assert not Stop.objects.live().exists()
    assert Decision.objects.parked().exists()
