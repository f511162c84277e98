"""A long transcript: older messages on demand, permalinks, search and filters."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation import broadcast
from negotiation.models import Negotiation, ScenarioVersion
from tests.browser.holds import first_of, hold
from tests.browser.talks import speak, talk
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
KEPT = 1000
AGREED = Negotiation.Status.AGREED


@pytest.fixture(scope="module")
def long(version: ScenarioVersion) -> Negotiation:
    return talk(version, 2_400, status=AGREED)


def cards(page: Page) -> list[int]:
    numbers: list[int] = page.locator("#transcript > li").evaluate_all(
        "all => all.map(one => Number(one.dataset.seq))"
    )
    return numbers


def under_the_eye(page: Page) -> tuple[int, float]:
    """The number of the first card that is seen whole, and where it is."""
    found: list[float] = page.evaluate(
        "() => { const card = [...document.querySelectorAll('#transcript > li')]"
        ".find(one => one.getBoundingClientRect().top > 150);"
        " return [Number(card.dataset.seq), card.getBoundingClientRect().top]; }"
    )
    return int(found[0]), found[1]


def say_live(table: Negotiation, more: int) -> None:
    speak(table, more)
    broadcast.transcript_changed(negotiation_id=table.pk)


def test_a_long_talk_opens_at_its_end_with_few_cards(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/")
    expect(page.locator("#m2400")).to_be_in_viewport(timeout=SOON)
    assert len(cards(page)) <= 200


def test_what_is_said_while_a_part_is_on_its_way_is_there_in_the_end(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = talk(version, 600)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/?at=1")
    expect(page.locator("#m1")).to_be_in_viewport(timeout=SOON)
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    held = hold(page, re.compile(r"/messages/\?(?!.*(at|before|after)=)"))
    page.keyboard.press("End")
    let_go = first_of(page, held)
    say_live(table, 3)
    expect(page.locator("#transcript")).to_have_attribute("data-last", "603", timeout=SOON)
    let_go()
    page.locator("#m603").wait_for(state="attached", timeout=SOON)
    assert cards(page)[-4:] == [600, 601, 602, 603]


def test_older_messages_come_while_one_scrolls_and_nothing_jumps(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/?at=2301")
    expect(page.locator("#m2301")).to_be_in_viewport(timeout=SOON)
    page.wait_for_timeout(800)
    first = cards(page)[0]
    page.mouse.move(400, 400)
    for _ in range(60):
        page.mouse.wheel(0, -400)
        before = under_the_eye(page)
        page.wait_for_timeout(60)
        if cards(page)[0] < first:
            break
    seen = cards(page)
    assert seen[0] < first
    assert seen == list(range(seen[0], seen[-1] + 1)), "without a gap"
    page.wait_for_timeout(500)
    place = page.locator(f"#m{before[0]}").evaluate("one => one.getBoundingClientRect().top")
    assert abs(place - before[1]) < 450, "what one was reading is still there"


def test_never_more_than_a_thousand_cards_are_in_the_page(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/")
    expect(page.locator("#m2400")).to_be_in_viewport(timeout=SOON)
    page.wait_for_timeout(600)
    for _ in range(80):
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        page.wait_for_timeout(250)
        if page.locator("#newer").is_visible():
            break
    seen = cards(page)
    assert len(seen) == KEPT
    assert seen == list(range(seen[0], seen[-1] + 1))
    page.keyboard.press("End")
    # `expect` would describe a thousand cards while it waits, and hold up the page.
    page.locator("#m2400").wait_for(state="attached")
    expect(page.locator("#m2400")).to_be_in_viewport(timeout=SOON)
    assert len(cards(page)) < KEPT


def test_a_click_leads_to_the_newest_from_far_up(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/?at=1200")
    expect(page.locator("#m1200")).to_be_in_viewport(timeout=SOON)
    page.locator("#newer").get_by_role("link", name="The newest messages").click()
    expect(page.locator("#m2400")).to_be_in_viewport(timeout=SOON)
    page.wait_for_timeout(600)
    expect(page.locator("#m2400")).to_be_in_viewport()


@pytest.mark.parametrize("address", ["#m17", "?at=17#m17", "?at=17"])
def test_a_permalink_finds_a_message_that_is_not_in_the_page(
    open_page: Callable[..., Page], long: Negotiation, address: str
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/{address}")
    expect(page.locator("#m17")).to_be_in_viewport(timeout=SOON)
    expect(page.locator("#m17")).to_have_class("msg msg-revise tone-slate aimed")


def test_a_number_that_was_never_said_is_told(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/#m9999")
    expect(page.locator("#talk-line")).to_contain_text("no message 9999", timeout=SOON)


def test_search_looks_at_the_whole_talk_and_clearing_brings_all_back(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("number 70 about")
    line = page.locator("#talk-line")
    expect(line).to_contain_text("1 of 2400 messages match", timeout=SOON)
    expect(line).to_contain_text("2399 are hidden")
    assert cards(page) == [70]
    assert "q=number+70+about" in page.url
    page.reload()
    assert cards(page) == [70]
    page.get_by_role("link", name="Show all").click()
    expect(line).to_be_empty(timeout=SOON)
    expect(page.locator("#m2400")).to_be_attached()
    page.go_back()
    expect(line).to_contain_text("1 of 2400", timeout=SOON)
    expect(page.get_by_role("searchbox")).to_have_value("number 70 about")


def test_chips_filter_by_agent_and_act_and_stay_in_the_address(
    open_page: Callable[..., Page], long: Negotiation
) -> None:
    page = open_page("operator")
    page.goto(f"/negotiations/{long.pk}/")
    page.locator('[data-chip="carbon"]').click()
    expect(page.locator("#talk-line")).to_contain_text("800 of 2400 messages match", timeout=SOON)
    expect(page.locator('[data-chip="carbon"]')).to_be_focused()
    page.locator('[data-chip="propose"]').click()
    expect(page.locator("#talk-line")).to_contain_text("No message matches", timeout=SOON)
    page.locator('[data-chip="propose"]').click()
    expect(page.locator("#talk-line")).to_contain_text("800 of 2400", timeout=SOON)
    assert page.url.endswith("?agent=carbon")
    assert {number % 3 for number in cards(page)} == {2}


def test_while_one_filters_only_what_matches_arrives(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = talk(version, 30)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/?agent=cost")
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    say_live(table, 60)
    expect(page.locator("#talk-line")).to_contain_text("30 of 90 messages match", timeout=SOON)
    expect(page.locator("#m88")).to_be_attached(timeout=SOON)
    assert cards(page) == list(range(1, 90, 3))
    expect(page.locator('[data-chip="carbon"] b')).to_have_text("30")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#m90")).to_be_attached(timeout=SOON)
    assert cards(page) == list(range(1, 91))


def test_who_came_by_a_permalink_is_told_what_is_new_and_goes_to_it(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = talk(version, 600)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/#m50")
    expect(page.locator("#m50")).to_be_in_viewport(timeout=SOON)
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    say_live(table, 7)
    expect(page.locator("#follow")).to_have_text("7 new", timeout=SOON)
    expect(page.locator("#m50")).to_be_in_viewport()
    page.locator("#follow").click()
    expect(page.locator("#m607")).to_be_in_viewport(timeout=SOON)
    say_live(table, 1)
    expect(page.locator("#m608")).to_be_in_viewport(timeout=SOON)


def test_space_holds_the_end_and_lets_it_go_without_scrolling(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = talk(version, 60)
    page = open_page("operator")
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#hold-word")).to_have_text("Following", timeout=SOON)
    expect(page.locator("#link-word")).to_have_text("live", timeout=SOON)
    page.wait_for_timeout(400)
    before = page.evaluate("scrollY")
    page.keyboard.press("Space")
    expect(page.locator("#hold-word")).to_have_text("On hold")
    say_live(table, 3)
    expect(page.locator("#follow")).to_have_text("3 new", timeout=SOON)
    assert page.evaluate("scrollY") == before
    page.keyboard.press("Space")
    expect(page.locator("#m63")).to_be_in_viewport(timeout=SOON)
    expect(page.locator("#follow")).to_be_hidden()


def test_a_message_is_copied_as_json(
    open_page: Callable[..., Page], long: Negotiation, live: Stack
) -> None:
    page = open_page("operator", permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/negotiations/{long.pk}/?at=10")
    page.locator("#m10").hover()
    page.get_by_role("link", name="Copy message 10 as JSON").click()
    expect(page.locator("#m10 .msg-json")).to_have_text("copied")
    assert '"seq": 10' in page.evaluate("navigator.clipboard.readText()")
