"""The floor while hundreds of things happen: what is filtered stays filtered, and nothing moves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from negotiation import broadcast
from negotiation.models import AuditEntry, Message, Negotiation, SavedView, ScenarioVersion
from negotiation.services import sessions
from tests import factories
from tests.browser.audits import THEMES, WIDTHS, Watched
from tests.browser.holds import first_of, hold
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
EVENTS = 500
FILTERED = "/?state=running&scenario=cloud-placement"

# Each row that appears or changes is written down with its state and scenario, and whatever moved.
WATCH = """() => {
  const body = document.getElementById("floor-rows");
  const places = () => JSON.stringify([...body.children].map((row) =>
    [row.id, Math.round(row.getBoundingClientRect().top + scrollY)]));
  window.seen = { rows: [], moved: [], chips: [], begin: places() };
  const note = (row) => seen.rows.push(
    [row.dataset.status, row.querySelector(".sub").textContent.trim().split(" v")[0]]);
  [...body.children].forEach(note);
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      for (const node of addedNodes) if (node.nodeName === "TR") note(node);
      const row = (target.closest ? target : target.parentElement)?.closest("#floor-rows > tr");
      if (row) note(row);
    }
    if (places() !== seen.begin) seen.moved.push(places());
    seen.chips.push(document.querySelector("#floor-chips [aria-current]").id);
  }).observe(document.getElementById("floor-list"), {
    subtree: true, childList: true, attributes: true, characterData: true,
  });
}"""


@pytest.fixture(scope="module")
def batch(live: Stack) -> ScenarioVersion:
    return factories.version("batch-placement")


@pytest.fixture(scope="module", autouse=True)
def _nobody_works(live: Stack) -> Iterator[None]:
    """The tables do what the test says, and no more."""
    live.kill_workers()
    yield
    live.start_workers()


@pytest.fixture(autouse=True)
def _empty(version: ScenarioVersion) -> None:
    Negotiation.objects.all().delete()


def tables(version: ScenarioVersion, count: int, status: str = "running") -> list[Negotiation]:
    """Rows whose next message is due in an hour."""
    return [
        factories.negotiation(version=version, title=f"Table {n}", pace=60, status=status)
        for n in range(count)
    ]


def floor(open_page: Callable[..., Page], address: str = "/", **options: int) -> Page:
    page = open_page("operator", **options)
    # The first bell rings as soon as the page is connected.
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        page.goto(address)
    return page


def rows(page: Page) -> Locator:
    return page.locator("#floor-rows > tr")


def refreshed(page: Page, about: Negotiation) -> None:
    """Something happens, and the page has read it."""
    with page.expect_response(lambda answer: "shown=" in answer.url, timeout=SOON):
        broadcast.transcript_changed(negotiation_id=about.pk)
    page.wait_for_timeout(100)


def happen(made: list[Negotiation], by: User) -> int:
    """Hundreds of events: tables that go on, pause and resume; how many changed their state."""
    changed = 0
    for number in range(EVENTS):
        table = made[number * 7 % len(made)]
        Negotiation.objects.filter(pk=table.pk).update(round=number % 9 + 1)
        if number % 2 == 0:
            now = timezone.now()
            step = {"running": sessions.pause, "paused": sessions.resume}
            status = Negotiation.objects.values_list("status", flat=True).get(pk=table.pk)
            step[status](negotiation_id=table.pk, by=by, reason="Again", now=now)
            ahead = now + timedelta(hours=23)
            Negotiation.objects.filter(pk=table.pk, lease_until=None).update(next_at=ahead)
            changed += 1
        broadcast.transcript_changed(negotiation_id=table.pk)
    return changed


def test_hundreds_of_events_bring_only_what_matches_and_move_no_row_under_the_pointer(
    open_page: Callable[..., Page], version: ScenarioVersion, batch: ScenarioVersion, live: Stack
) -> None:
    made = [*tables(version, 12), *tables(batch, 12), *tables(version, 4, "paused")]
    page = floor(open_page, FILTERED)
    expect(rows(page)).to_have_count(12)
    rows(page).nth(4).hover()
    page.evaluate(WATCH)
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "shown=" in request.url else None
    )
    began = timezone.now()
    assert happen(made, live.people["operator"]) > 200
    for number in range(5):
        factories.negotiation(version=version, title=f"Late {number}", pace=60)
        factories.negotiation(version=batch, title=f"Late {number}", pace=60)
    broadcast.transcript_changed(negotiation_id=made[0].pk)
    expect(page.locator("#floor-new")).to_contain_text("new", timeout=SOON)
    running = Negotiation.objects.filter(status="running", version=version)
    expect(page.locator("#chip-running b")).to_have_text(str(running.count()), timeout=SOON)
    took = (timezone.now() - began).total_seconds()
    seen = page.evaluate("seen")
    assert {tuple(row) for row in seen["rows"]} == {("running", "cloud-placement")}
    assert seen["moved"] == []
    assert set(seen["chips"]) == {"chip-running"}
    assert 2 <= len(asked) <= took + 2, "at most one refresh a second"
    assert page.url.endswith(FILTERED)
    page.locator("#floor-new").click()
    expect(rows(page)).to_have_count(running.count())
    shown = rows(page).evaluate_all("rows => rows.map(row => Number(row.dataset.row))")
    assert shown == sorted(running.values_list("pk", flat=True), reverse=True)
    assert {tuple(row) for row in page.evaluate("seen.rows")} == {("running", "cloud-placement")}


def test_what_matches_no_more_stays_under_the_pointer_and_goes_when_nobody_points(
    open_page: Callable[..., Page], version: ScenarioVersion, live: Stack
) -> None:
    made = tables(version, 3)
    page = floor(open_page, "/?state=running")
    rows(page).nth(0).hover()
    by, now = live.people["operator"], timezone.now()
    sessions.pause(negotiation_id=made[1].pk, by=by, reason="Prices", now=now)
    gone = page.locator(f"#row-{made[1].pk}")
    expect(gone).to_have_attribute("data-left", "", timeout=SOON)
    expect(page.locator("#chip-paused b")).to_have_text("1")
    page.locator("h1").hover()
    expect(gone).to_have_count(0, timeout=SOON)
    sessions.resume(negotiation_id=made[1].pk, by=by, reason="", now=now)
    expect(page.locator("#floor-new")).to_have_text("1 new", timeout=SOON)
    page.keyboard.press(".")
    expect(gone).to_be_visible()


def test_several_tables_are_paused_by_keyboard_and_each_has_a_result(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    paused, second, first = [*tables(version, 1, "paused"), *tables(version, 2)]
    page = floor(open_page)
    for key in ("j", "x", "j", "x", "j", "k", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator(f"#n{paused.pk}")).to_be_focused()
    expect(page.locator("#together-count")).to_have_text("3 selected")
    refreshed(page, first)
    expect(page.locator(f"#n{paused.pk}")).to_be_focused()
    expect(page.locator("#floor-rows input:checked")).to_have_count(3)
    page.keyboard.press("p")
    expect(page.get_by_role("dialog", name="Pause 3 tables")).to_be_visible()
    page.keyboard.type("The prices are of last year")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="2 of 3 done")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=f"#{paused.pk}")).to_contain_text(
        "Only a negotiation that is queued or running can be paused. Nothing was changed."
    )
    told = AuditEntry.objects.filter(
        action="negotiation.paused", subject_id__in=[first.pk, second.pk]
    )
    assert {entry.details["reason"] for entry in told} == {"The prices are of last year"}
    assert Message.objects.filter(negotiation=first, act="intervene").count() == 1
    assert Watched(page).faults(THEMES, WIDTHS) == []
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        page.get_by_role("link", name="Back to the floor").click()
    page.keyboard.press("j")
    expect(page.locator("#floor-rows a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/negotiations/{first.pk}/$"))


def test_shift_takes_all_rows_between_and_escape_lets_go_of_them(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    tables(version, 6)
    page = floor(open_page)
    boxes = page.locator("#floor-rows input[name=table]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("#together-count")).to_have_text("4 selected")
    page.locator("#floor-rows a").nth(0).focus()
    page.keyboard.press("Escape")
    expect(page.locator("#together-bar")).to_be_hidden()
    expect(page.locator("#floor-rows input:checked")).to_have_count(0)


def test_filters_stand_in_the_address_and_back_and_reload_keep_them(
    open_page: Callable[..., Page], version: ScenarioVersion, batch: ScenarioVersion
) -> None:
    tables(version, 2), tables(batch, 3, "paused")
    page = floor(open_page)
    page.locator("#chip-paused").click()
    expect(page).to_have_url(re.compile(r"/\?state=paused$"))
    expect(rows(page)).to_have_count(3)
    page.get_by_role("search").get_by_label("Scenario").select_option("batch-placement")
    page.get_by_label("Title or number").fill("table 1")
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Title or number")).to_be_focused()
    page.reload()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="Search table 1").click()
    expect(rows(page)).to_have_count(3)
    page.go_back()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Title or number")).to_have_value("table 1")
    page.get_by_label("Title or number").fill("nothing like it")
    expect(page.get_by_role("heading", name="No table matches these filters")).to_be_visible()
    page.get_by_role("link", name="Clear all", exact=True).click()
    expect(rows(page)).to_have_count(5)


def test_what_is_typed_on_wins_over_an_answer_that_is_slow(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    tables(version, 12)
    page = floor(open_page)
    held = hold(page, re.compile(r"q=Table(\+|%20)1(&|$)"))
    field = page.get_by_label("Title or number")
    field.fill("Table 1")
    first_of(page, held)
    field.fill("Table 11")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=Table(\+|%20)11$"))
    expect(field).to_be_focused()


def test_a_view_is_named_shown_and_deleted_and_its_name_is_only_text(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    tables(version, 1)
    name = "<img src=x onerror=alert(1)>\u202egnp"
    page = floor(open_page, "/?state=running&mine=1")
    page.keyboard.press("v")
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.keyboard.press("Control+Enter")
    tab = page.locator("#floor-views [aria-current]")
    expect(tab).to_have_text("<img src=x onerror=alert(1)>\\u202egnp")
    expect(page.locator("#floor-views img")).to_have_count(0)
    assert SavedView.objects.get().query == "state=running&mine=1"
    page.get_by_role("button", name="Delete view").click()
    expect(page.locator("#floor-views")).not_to_contain_text("onerror")
    assert not SavedView.objects.exists()


def test_one_thumb_filters_and_opens_at_320_pixels(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    tables(version, 2), tables(version, 2, "paused")
    page = floor(open_page, width=320, height=640)
    page.locator("#chip-paused").click()
    expect(rows(page)).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    low = page.locator("#floor-chips a").evaluate_all(
        "links => Math.min(...links.map(link => link.offsetHeight))"
    )
    assert low >= 44
    rows(page).nth(0).click()
    expect(page).to_have_url(re.compile(r"/negotiations/\d+/$"))
