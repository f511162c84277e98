"""The approvals inbox in use: by keyboard alone, with one thumb, by two at once, and while things
arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from approvals.models import Review
from negotiation import broadcast
from negotiation.models import Decision
from tests import factories
from tests.browser.holds import first_of, hold
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000


@pytest.fixture(autouse=True)
def nothing_waits(live: Stack) -> None:
    Decision.objects.parked().update(status=Decision.Status.VOID)


def urgent(place: int) -> Decision:
    """The more so the smaller the place."""
    return factories.decision(
        score=99 - place,
        due_at=timezone.now() + timedelta(minutes=30 + place),
        package=f'{{"action":"place","target":"shop {place}"}}',
    )


def shown(page: Page, decision: Decision) -> None:
    expect(page.locator("#detail")).to_have_attribute(
        "data-decision", str(decision.pk), timeout=SOON
    )


def row(page: Page, decision: Decision) -> Locator:
    return page.locator(f"#queue #d{decision.pk}")


def test_three_in_a_row_by_keyboard_alone(open_page: Callable[..., Page], live: Stack) -> None:
    three = [urgent(place) for place in range(3)]
    rest = urgent(3)
    page = open_page("manager")
    page.goto("/approvals/")
    expect(row(page, three[0])).to_be_visible()
    page.keyboard.press("j")
    for decision, upcoming in zip(three, [*three[1:], rest], strict=True):
        shown(page, decision)
        expect(row(page, decision)).to_be_focused()
        page.keyboard.press("a")
        dialog = page.get_by_role("dialog", name="Approve exactly this package")
        confirm = dialog.get_by_role("button", name="Approve", exact=True)
        expect(confirm).to_be_disabled()
        page.keyboard.press("Control+Enter")
        assert not Review.objects.filter(decision=decision).exists(), "it rests"
        expect(confirm).to_be_enabled(timeout=SOON)
        page.keyboard.press("Control+Enter")
        said = page.locator("#said")
        expect(said).to_contain_text(f"#{decision.negotiation_id}: Approved.", timeout=SOON)
        shown(page, upcoming)
        expect(row(page, upcoming)).to_be_focused()
        assert page.url.endswith(f"/approvals/{upcoming.pk}/")
    decided = Review.objects.filter(decision__in=three, verdict=Review.Verdict.APPROVE)
    assert decided.count() == 3


def test_address_back_forward_and_reload_keep_true(
    open_page: Callable[..., Page], live: Stack
) -> None:
    first, second = urgent(0), urgent(1)
    page = open_page("manager")
    page.goto("/approvals/?show=soon")
    for decision in (first, second):
        row(page, decision).click()
        shown(page, decision)
        assert page.url.endswith(f"/approvals/{decision.pk}/?show=soon")
    page.go_back()
    shown(page, first)
    expect(row(page, first)).to_have_attribute("aria-current", "true")
    page.go_forward()
    shown(page, second)
    page.reload()
    shown(page, second)
    expect(row(page, second)).to_have_attribute("aria-current", "true", timeout=SOON)
    expect(page.locator("#queue .filters [aria-current]")).to_contain_text("Within the hour")


def test_what_somebody_else_decides_is_said_and_no_word_is_lost(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = urgent(0)
    writing, quick = open_page("manager"), open_page("deputy")
    for page in (writing, quick):
        page.goto(f"/approvals/{decision.pk}/")
    writing.get_by_role("button", name="Reject…").click()
    writing.get_by_role("dialog").get_by_label("Why").fill("Too dear for this quarter")
    quick.get_by_role("button", name="Reject…").click()
    quick.get_by_role("dialog").get_by_label("Why").fill("Not in May")
    quick.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
    expect(quick.locator("#said")).to_contain_text("Rejected.", timeout=SOON)
    expect(writing.get_by_role("dialog").get_by_label("Why")).to_have_value(
        "Too dear for this quarter"
    )
    writing.keyboard.press("Escape")
    expect(writing.locator("#meanwhile")).to_contain_text("deputy rejected this", timeout=SOON)
    expect(writing.locator("#kept")).to_contain_text("Too dear for this quarter")
    expect(writing.get_by_role("button", name="Reject…")).to_have_count(0)
    shown(writing, decision)


def test_who_confirms_too_late_keeps_what_was_typed(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = urgent(0)
    page = open_page("manager")
    page.goto(f"/approvals/{decision.pk}/")
    page.get_by_role("button", name="Reject…").click()
    page.get_by_role("dialog").get_by_label("Why").fill("Too dear")
    Decision.objects.filter(pk=decision.pk).update(status="void", reason="Nothing was found")
    page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator("#refusal")).to_be_focused(timeout=SOON)
    expect(page.locator("#kept")).to_contain_text("Too dear")
    assert page.url.endswith(f"/approvals/{decision.pk}/")


def test_one_thumb_on_a_small_phone(open_page: Callable[..., Page], live: Stack) -> None:
    decision, upcoming = urgent(0), urgent(1)
    page = open_page("manager", width=320, height=568, has_touch=True, is_mobile=True)
    page.goto("/approvals/")
    row(page, decision).tap()
    page.wait_for_url(f"**/approvals/{decision.pk}/")
    for name in ("Reject…", "Approve…", "Amend…"):
        button = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert 568 * 0.7 < box["y"] < 568 - 44, "within reach"
    for essential in (".case-risk", ".case-facts"):
        box = page.locator(essential).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < page.locator(".case-bar").bounding_box()["y"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Approve…").tap()
    confirm = page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True)
    expect(confirm).to_be_enabled(timeout=SOON)
    confirm.tap()
    expect(page.locator("#said")).to_contain_text("Approved.", timeout=SOON)
    shown(page, upcoming)
    assert page.evaluate("scrollY") == 0


def test_what_arrives_moves_nothing_and_takes_no_word(
    open_page: Callable[..., Page], live: Stack
) -> None:
    first, second = urgent(1), urgent(2)
    page = open_page("manager", height=500)
    page.goto(f"/approvals/{second.pk}/")
    expect(row(page, second)).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Reject…").click()
    why = page.get_by_role("dialog").get_by_label("Why")
    why.type("Too de")
    most = urgent(0)
    page.wait_for_timeout(1_500)
    why.type("ar")
    expect(why).to_have_value("Too dear")
    expect(row(page, most)).to_have_count(0)
    page.keyboard.press("Escape")
    row(page, second).hover()
    before = place_of(page, second)
    ring(page)
    expect(row(page, most)).to_have_count(1, timeout=SOON)
    assert place_of(page, second) == before
    shown(page, second)
    Decision.objects.filter(pk=first.pk).update(status="void", reason="Nothing was found")
    ring(page)
    expect(page.locator(f"#row-{first.pk}")).to_contain_text("waits no longer", timeout=SOON)
    assert row(page, second).bounding_box() == before


def test_a_bell_that_rings_while_the_card_reads_itself_is_not_lost(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = urgent(0)
    page = open_page("manager")
    page.goto(f"/approvals/{decision.pk}/")
    expect(row(page, decision)).to_be_visible(timeout=SOON)
    held = hold(page, re.compile(rf"/approvals/{decision.pk}/\?.*seen="))
    change(decision, due_at=timezone.now() + timedelta(hours=9))
    let_go = first_of(page, held)
    change(decision, status="void", reason="Nothing was found")
    expect(row(page, decision)).to_have_count(0, timeout=SOON)
    let_go()
    expect(page.locator("#verdict")).to_contain_text("Nothing was found", timeout=SOON)


def test_what_changes_while_a_case_is_fetched_shows_once_it_is_there(
    open_page: Callable[..., Page], live: Stack
) -> None:
    first, second = urgent(0), urgent(1)
    page = open_page("manager")
    page.goto(f"/approvals/{first.pk}/")
    held = hold(page, f"**/approvals/{second.pk}/")
    row(page, second).click()
    let_go = first_of(page, held)
    change(second, status="void", reason="Nothing was found")
    expect(page.locator(f"#row-{second.pk}")).to_contain_text("waits no longer", timeout=SOON)
    let_go()
    shown(page, second)
    expect(page.locator("#verdict")).to_contain_text("Nothing was found", timeout=SOON)


def test_a_verdict_that_is_refused_altogether_says_so_and_keeps_the_words(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = urgent(0)
    page = open_page("manager")
    page.goto(f"/approvals/{decision.pk}/")
    page.get_by_role("button", name="Reject…").click()
    page.get_by_role("dialog").get_by_label("Why").fill("Too dear for this quarter")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("dialog").get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator("#said")).to_contain_text("That was refused", timeout=SOON)
    page.get_by_role("button", name="Reject…").click()
    expect(page.get_by_role("dialog").get_by_label("Why")).to_have_value(
        "Too dear for this quarter"
    )
    assert not Review.objects.filter(decision=decision).exists()


def place_of(page: Page, decision: Decision) -> object:
    """Where its row stands; for a moment it stands nowhere, while the list is put anew."""
    for _moment in range(50):
        if place := row(page, decision).bounding_box():
            return place
        page.wait_for_timeout(100)
    raise AssertionError("The row is gone.")


def change(decision: Decision, **to: object) -> None:
    """As the services do it: with a new revision, and a bell."""
    Decision.objects.filter(pk=decision.pk).update(revision=F("revision") + 1, **to)
    broadcast.queue_changed()


def ring(page: Page) -> None:
    page.evaluate("document.getElementById('queue').dispatchEvent(new Event('doorbell'))")
