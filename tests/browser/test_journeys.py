"""What people come for, by keyboard alone: watch, intervene, approve, amend, send back.

Editing a policy and trying it on past decisions is in `test_editors`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from negotiation.models import Decision, Message, Negotiation, ScenarioVersion
from tests import factories
from tests.browser.keyboards import Keyboard
from tests.browser.tables import parked_at, start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON, A_WHILE = 15_000, 60_000


@pytest.fixture(scope="module")
def version(live: Stack) -> ScenarioVersion:
    return factories.version_for(1)


@pytest.fixture
def parked(open_page: Callable[..., Page], version: ScenarioVersion) -> Decision:
    return parked_at(open_page("operator"), version)


def opened(page: Page, decision: Decision) -> Keyboard:
    """The card of the decision, chosen in the inbox."""
    keys = Keyboard(page)
    page.goto("/")
    keys.press("g", "a")
    page.wait_for_url("**/approvals/")
    for _ in range(10):
        keys.press("j")
        if page.evaluate("document.activeElement.getAttribute('href')") == address(decision):
            break
    keys.press("Enter")
    page.wait_for_url(f"**{address(decision)}")
    return keys


def address(decision: Decision) -> str:
    return f"/approvals/{decision.pk}/"


def until(page: Page, decision: Decision, so: Callable[[], bool]) -> None:
    """Waits for what the last key has done."""
    for _ in range(SOON // 100):
        decision.refresh_from_db()
        if so():
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.locator("main").inner_text())


def test_one_logs_in_finds_a_table_that_talks_and_watches_it(
    open_page: Callable[..., Page], live: Stack, version: ScenarioVersion
) -> None:
    table = start(version, pace=0.7, seed=8)
    page = open_page()
    page.goto("/")
    keys = Keyboard(page)
    keys.to("input[name=username]")
    keys.write("operator")
    keys.press("Tab")
    keys.write(factories.PASSWORD)
    keys.press("Enter")
    expect(page).to_have_url(f"{live.url}/")
    expect(page.locator("#floor-rows > tr").first).to_be_visible()
    page.wait_for_load_state("load")
    keys.press("j", "Enter")
    page.wait_for_url(f"**/negotiations/{table.pk}/")
    expect(page.locator("#m3")).to_be_visible(timeout=A_WHILE)
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Hold or follow the end")
    keys.press("Escape")
    keys.press("/")
    keys.write("zzz")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=zzz", timeout=SOON)
    assert settings.SESSION_COOKIE_NAME in {one["name"] for one in page.context.cookies()}


def test_one_steps_in_and_what_follows_keeps_to_it(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=1, seed=9)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    keys = Keyboard(page)
    expect(page.locator("#m5")).to_be_visible(timeout=A_WHILE)
    keys.press("p")
    keys.to("textarea[name=reason]")
    keys.write("Let us think")
    keys.press("Control+Enter")
    expect(page.locator("#state")).to_contain_text("Paused", timeout=SOON)
    keys.press("c")
    page.wait_for_url("**/constraint/")
    keys.to("input[name='most:spot_share'], input[name='keep:spot_share'][value='100']")
    keys.press("Space")
    keys.to("input[name=reason]")
    keys.write("On-call is thin this week")
    keys.press("Enter")
    page.wait_for_url(f"**/negotiations/{table.pk}/**")
    expect(page.locator("#transcript")).to_contain_text("On-call is thin this week")
    keys.press("p")
    keys.press("Control+Enter")
    expect(page.locator("#state")).to_contain_text("Running", timeout=SOON)
    table.refresh_from_db()
    asked = table.head
    expect(page.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)
    offers = Message.objects.filter(negotiation=table, seq__gt=asked, body__offer__isnull=False)
    assert offers.exists()
    assert all(each.body["offer"]["spot_share"] != 100 for each in offers)
    assert Negotiation.objects.get(pk=table.pk).agreed_offer["spot_share"] != 100


def test_one_approves(open_page: Callable[..., Page], parked: Decision) -> None:
    page = open_page("manager")
    keys = opened(page, parked)
    keys.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Approve", exact=True)).to_be_enabled(timeout=SOON)
    keys.press("Control+Enter")
    until(page, parked, lambda: parked.cleared_by is not None)


def test_one_amends(open_page: Callable[..., Page], parked: Decision) -> None:
    page = open_page("manager")
    keys = opened(page, parked)
    keys.press("e")
    page.wait_for_url("**/amend/")
    keys.to("[name='issue_spot_share']")
    keys.press("ArrowUp")
    keys.to("textarea[name=reason]")
    keys.write("A little safer")
    button = page.get_by_role("button", name="Amend to this")
    expect(button).to_be_enabled(timeout=SOON)
    keys.to("button[type=submit]", text="Amend")
    keys.press("Enter")
    until(page, parked, lambda: parked.amended_by is not None)


def test_one_sends_back(open_page: Callable[..., Page], parked: Decision) -> None:
    page = open_page("manager")
    keys = opened(page, parked)
    keys.press("s")
    page.wait_for_url("**/send-back/")
    keys.to("input[name='keep:spot_share'][value='25']")
    keys.press("Space")
    keys.to("input[name=reason]")
    keys.write("Without any interruption, please")
    keys.press("Enter")
    until(page, parked, lambda: parked.sent_back == 1)
