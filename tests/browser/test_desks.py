"""Two reviewers at one desk, an answer that comes by itself, and several approvals at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Decision
from tests import factories
from tests.approvals import scenes
from tests.browser.showrooms import one_of
from tests.browser.tables import start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000


@pytest.fixture(scope="module")
def parked(live: Stack) -> Decision:
    table = start(scenes.version(), pace=0, seed=7)
    return one_of(Decision.objects.parked().filter(negotiation=table))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1280, 320])
def test_an_answer_and_a_claim_appear_by_themselves_on_every_card(
    open_page: Callable[..., Page], parked: Decision, width: int
) -> None:
    page, other = open_page("manager", width=width), open_page("admin")
    for one in (page, other):
        one.goto(f"/approvals/{parked.pk}/")
    page.get_by_role("button", name="Claim").click()
    expect(page.locator("#claim")).to_contain_text("You are reviewing this")
    expect(other.locator("#claim")).to_contain_text("Being reviewed by manager", timeout=SOON)
    page.get_by_role("button", name="Ask…").click()
    dialog = page.get_by_role("dialog", name="Ask an agent")
    dialog.get_by_label("What matters most to you").check()
    assert fits(page)
    dialog.get_by_role("button", name="Ask", exact=True).click()
    answer = "of the way from my limit to my best"
    for one in (page, other):
        expect(one.locator("#questions .answer").last).to_contain_text(answer, timeout=SOON)
    page.get_by_role("button", name="Let go").click()
    expect(other.locator("#claim")).to_have_count(0, timeout=SOON)
    assert fits(page)


def test_what_is_ticked_stays_ticked_when_the_list_comes_anew(
    open_page: Callable[..., Page], live: Stack
) -> None:
    waiting = [factories.decision() for _ in range(3)]
    page = open_page("manager")
    page.goto("/approvals/")
    for decision in waiting[:2]:
        page.locator(f"#select-{decision.pk}").check()
    factories.decision()
    with page.expect_response(lambda answer: answer.url.endswith("/approvals/")):
        page.evaluate("document.getElementById('queue').dispatchEvent(new Event('doorbell'))")
    expect(page.locator(f"#select-{waiting[0].pk}")).to_be_checked()
    expect(page.locator("[data-select]:checked")).to_have_count(2)
    page.get_by_role("button", name="Approve 2 selected…").click()
    approve = page.get_by_role("dialog").get_by_role("button", name="Approve 2", exact=True)
    expect(approve).to_be_enabled(timeout=5_000)
    approve.click()
    expect(page.get_by_text("Approved. It is being carried out.")).to_have_count(2)


def test_the_plain_case_comes_before_everything_else(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = factories.decision(tier={"own_verdict": True})
    page = open_page("manager", width=375)
    page.goto(f"/approvals/{decision.pk}/")
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_text("risk of 100")).to_have_count(0)
    assert fits(page)
    page.get_by_role("radio", name="Reject").check()
    page.get_by_role("button", name="Say so and go on").click(timeout=5_000)
    expect(page.get_by_text("risk of 100")).to_be_visible()
    expect(page.get_by_role("heading", name="By the plain case alone")).to_be_visible()
    assert fits(page)
