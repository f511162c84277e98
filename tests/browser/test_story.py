"""The main job as its users do it: a real daphne, real workers, PostgreSQL, Redis, Chromium."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Decision, ReceivedCall
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000


@pytest.fixture(scope="module", autouse=True)
def scenario(live: Stack) -> None:
    factories.version()


def log_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()


def start(page: Page, *, pace: str, seed: str = "7") -> int:
    """Starts a negotiation on the floor, opens it, and returns its number."""
    # A click before the page's modules have run opens nothing.
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Start a negotiation").first.click()
    dialog = page.get_by_role("dialog", name="Start a negotiation")
    dialog.get_by_label("Pace").fill(pace)
    dialog.get_by_label("Seed").fill(seed)
    dialog.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/negotiations/*/")
    return int(page.url.rstrip("/").rsplit("/", 1)[1])


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("width", [1280, 375])
def test_from_a_start_to_the_receivers_record(open_page: Callable[..., Page], width: int) -> None:
    watching = open_page(width=width)
    log_in(watching, "operator")
    assert fits(watching)
    start(watching, pace="0.3")
    cards = watching.locator("#transcript > li")
    expect(watching.locator("#link-word")).to_have_text("live", timeout=SOON)
    expect(cards.nth(1)).to_be_attached(timeout=SOON)
    expect(cards.nth(5)).to_be_attached(timeout=SOON)
    assert fits(watching)
    expect(watching.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)
    if (pictures := watching.locator(".side-fold summary")).is_visible():
        pictures.click()
    expect(watching.locator("#picture svg").first).to_be_visible()
    seen = cards.evaluate_all("items => items.map(item => Number(item.dataset.seq))")
    assert seen == list(range(1, len(seen) + 1))

    for name, said in (("manager", "1 more person must approve"), ("deputy", "carried out now")):
        deciding = open_page(width=width)
        log_in(deciding, name)
        deciding.goto("/approvals/")
        assert fits(deciding)
        deciding.get_by_role("link", name="Place service").first.click()
        assert fits(deciding)
        expect(deciding.get_by_text("A commitment of a year or more").first).to_be_visible()
        approve = deciding.get_by_role("button", name="Approve…")
        approve.click()
        confirm = deciding.get_by_role("dialog").get_by_role("button", name="Approve", exact=True)
        expect(confirm).to_be_disabled()
        expect(confirm).to_be_enabled(timeout=3_000)
        confirm.click()
        expect(deciding.locator("main")).to_contain_text(said)
        deciding.get_by_role("link", name="See it").click()
    expect(deciding.locator("#verdict")).to_contain_text("Executed", timeout=SOON)
    expect(deciding.locator("#verdict")).to_contain_text("1 attempt")

    # The operator, who never reloaded, is told.
    expect(watching.locator("#state")).to_contain_text("Executed", timeout=SOON)
    watching.goto("/receiver/")
    decision = Decision.objects.latest("pk")
    expect(watching.get_by_text(decision.short_hash).first).to_be_visible()
    call = ReceivedCall.objects.get(package_hash=decision.package_hash)
    assert call.deliveries == 1
    assert call.body == decision.package


def test_an_operator_pauses_resumes_and_stops(open_page: Callable[..., Page]) -> None:
    page = open_page("operator")
    page.goto("/")
    start(page, pace="0.5")
    expect(page.locator("#m2")).to_be_attached(timeout=SOON)
    for verb, said in (("Pause", "Paused"), ("Resume", "Running"), ("End", "Ended")):
        page.get_by_role("button", name=verb, exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Why").fill(f"Because of the {verb.lower()}")
        dialog.get_by_role("button", name=verb, exact=True).click()
        expect(page.locator("#state")).to_contain_text(said, timeout=SOON)
        expect(page.locator("#transcript")).to_contain_text(f"Because of the {verb.lower()}")
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()


def test_the_queue_grows_while_a_manager_looks_at_it(
    open_page: Callable[..., Page], live: Stack
) -> None:
    page = open_page("manager")
    page.goto("/approvals/")
    before = page.get_by_role("link", name="Place service").count()
    starting = open_page("operator")
    starting.goto("/")
    start(starting, pace="0")
    expect(page.get_by_role("link", name="Place service")).to_have_count(
        before + 1, timeout=A_WHILE
    )


def test_of_two_managers_the_second_is_told_who_was_first(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = Decision.objects.parked().latest("pk")
    # What was carried out a moment ago counts: by now it may be in any tier.
    Decision.objects.filter(pk=decision.pk).update(people=1, seniors=0, tier={"people": 1})
    first, second = open_page("manager"), open_page("manager")
    for page in (first, second):
        page.goto(f"/approvals/{decision.pk}/")
    # Both dialogs are open before anybody confirms.
    second.get_by_role("button", name="Reject…").click()
    second.get_by_role("dialog").get_by_label("Why").fill("Too dear")
    first.get_by_role("button", name="Approve…").click()
    first.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    first.get_by_role("link", name="See it").click()
    expect(first.locator("#verdict")).to_contain_text("Executed", timeout=SOON)
    with second.expect_response(lambda answer: "/reject" in answer.url) as told:
        second.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
    assert told.value.status == 409
    expect(second.locator("main")).to_contain_text("manager approved this")
    decision.refresh_from_db()
    assert decision.status == Decision.Status.EXECUTED


def test_an_admin_changes_a_weight_and_the_version_says_who_and_why(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("admin")
    page.goto("/scenarios/cloud-placement/edit/")
    page.get_by_label("Weight").first.fill("0.31")
    page.get_by_label("Note").fill("Cost matters less this quarter")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Cost matters less this quarter")
    expect(page.locator("main")).to_contain_text("v2")


def test_a_reader_who_scrolled_up_is_not_pulled_down(open_page: Callable[..., Page]) -> None:
    page = open_page("operator", height=500)
    page.goto("/")
    start(page, pace="2")
    expect(page.locator("#m4")).to_be_attached(timeout=A_WHILE)
    page.evaluate("scrollTo(0, 0)")
    follow = page.get_by_role("button", name="new")
    expect(follow).to_be_visible(timeout=SOON)
    assert page.evaluate("scrollY") < 50
    follow.click()
    expect(follow).to_be_hidden()
