"""What reviewers do to a decision, on the screens of all who look at it: send it back, amend it,
share it, decide for somebody else, or let its time pass.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from negotiation.models import Decision, ReceivedCall, ScenarioVersion
from tests import factories
from tests.browser.tables import parked_at, start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SOON = 15_000
A_WHILE = 60_000


@pytest.fixture(scope="module")
def version(live: Stack) -> ScenarioVersion:
    """Two people decide, whatever was lost on the service before."""
    return factories.version_for(2)


@pytest.fixture
def parked(open_page: Callable[..., Page], version: ScenarioVersion) -> Decision:
    return parked_at(open_page("operator"), version)


def card_of(page: Page, decision: Decision) -> Page:
    page.goto(f"/approvals/{decision.pk}/")
    return page


def confirm(page: Page, opens: str, does: str) -> None:
    """Opens the panel of a verdict and confirms it there."""
    page.get_by_role("button", name=opens).click()
    page.get_by_role("dialog").get_by_role("button", name=does, exact=True).click()


def see_it(page: Page) -> None:
    """Back to what was decided: the inbox has gone on to the next."""
    page.get_by_role("link", name="See it").click()


def verdict(page: Page) -> Locator:
    return page.locator("#verdict")


def test_two_people_on_two_browsers_and_the_first_sees_the_second_decide(
    open_page: Callable[..., Page], parked: Decision
) -> None:
    first, second = open_page("manager"), open_page("deputy", width=375)
    for page in (first, second):
        card_of(page, parked)
        expect(verdict(page)).to_contain_text("2 people approve")
    confirm(first, "Approve…", "Approve")
    expect(first.locator("main")).to_contain_text("1 more person must approve")
    # Nobody reloads: the card of the other one counts with them, and is good for a vote.
    expect(verdict(second)).to_contain_text("manager approved", timeout=SOON)
    confirm(second, "Approve…", "Approve")
    for page in (first, second):
        see_it(page)
        expect(verdict(page)).to_contain_text("Executed", timeout=SOON)
    assert ReceivedCall.objects.get(package_hash=parked.package_hash).deliveries == 1


def test_a_table_that_is_sent_back_goes_on_before_the_eyes_of_who_watches(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    table = start(version, pace=0.2, seed=7)
    watching = open_page("operator")
    watching.goto(f"/negotiations/{table.pk}/")
    expect(watching.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)
    agreed = Decision.objects.get(negotiation=table)
    said = watching.locator("#transcript > li").count()

    asking = card_of(open_page("manager"), agreed)
    asking.get_by_role("link", name="Send back…").click()
    # It was agreed with a commitment of a year.
    for term in ("one-year commitment", "three-year commitment"):
        asking.locator("label.tick", has_text=term).click()
        expect(asking.get_by_role("checkbox", name=term)).not_to_be_checked()
    asking.get_by_role("textbox", name="Why?").fill("No commitment this year")
    asking.get_by_role("button", name="Send back").click()
    sure = asking.get_by_role("alert")
    if sure.filter(has_text="Not sent yet").count():
        asking.get_by_role("button", name="Send back").click()
    asking.wait_for_url(f"**/negotiations/{table.pk}/")

    # Who watches has touched nothing since the agreement.
    expect(watching.locator(f"#m{said + 1}")).to_contain_text("No commitment this year")
    expect(watching.locator(f"#m{said + 2}")).to_be_attached(timeout=SOON)
    expect(watching.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)

    card_of(asking, agreed)
    expect(asking.locator("#returned")).to_contain_text("one-year commitment")
    again = Decision.objects.get(negotiation=table)
    assert again.package_hash != agreed.package_hash
    assert (again.sent_back, again.approvals) == (1, 0)
    assert again.negotiation.agreed_offer["purchase_model"] == "on_demand"


def test_who_amends_does_not_approve_and_an_old_card_is_told_the_difference(
    open_page: Callable[..., Page], parked: Decision
) -> None:
    late = card_of(open_page("senior"), parked)
    late.get_by_role("button", name="Approve…").click()
    amending = card_of(open_page("manager"), parked)
    amending.get_by_role("link", name="Amend", exact=False).first.click()
    amending.get_by_role("group", name="Spot share").get_by_label("50 %").check()
    expect(amending.locator("#check")).to_contain_text("50 %", timeout=SOON)
    amending.get_by_role("textbox", name="Why").fill("More of it can wait")
    amending.get_by_role("button", name="Amend").last.click()
    amending.wait_for_url(f"**/approvals/{parked.pk}/")
    expect(verdict(amending)).to_contain_text("who amended this package")
    expect(amending.get_by_role("button", name="Approve…")).to_have_count(0)

    with late.expect_response(lambda answer: "/approve/" in answer.url) as told:
        late.get_by_role("dialog").get_by_role("button", name="Approve", exact=True).click()
    assert told.value.status == 409
    expect(late.locator("#refusal")).to_contain_text("50 %")

    for name in ("deputy", "senior"):
        confirm(card_of(open_page(name), parked), "Approve…", "Approve")
    expect(verdict(amending)).to_contain_text("Executed", timeout=A_WHILE)
    parked.refresh_from_db()
    call = ReceivedCall.objects.get(package_hash=parked.package_hash)
    assert call.body == parked.package
    assert '"spot_share":50' in call.body


def test_a_delegate_decides_in_the_name_of_who_is_not_there(
    open_page: Callable[..., Page], live: Stack, parked: Decision
) -> None:
    away = card_of(open_page("manager"), parked)
    away.get_by_role("button", name="Delegate…").click()
    dialog = away.get_by_role("dialog")
    dialog.get_by_label("To whom").select_option(label="operator")
    dialog.get_by_role("button", name="Delegate", exact=True).click()
    expect(away.locator("main")).to_contain_text("operator")
    standing_in = card_of(open_page("operator"), parked)
    confirm(standing_in, "Approve…", "Approve")
    see_it(standing_in)
    expect(verdict(standing_in)).to_contain_text("operator for manager")
    card_of(away, parked)
    expect(away.get_by_role("button", name="Approve…")).to_have_count(0)
    parked.refresh_from_db()
    assert parked.approvals == 1


def test_what_nobody_decides_in_time_is_over_on_every_screen(
    open_page: Callable[..., Page], live: Stack
) -> None:
    seconds = 12
    tier = {"people": 1, "window_hours": seconds / 3600}
    policy = factories.version_for(1).document["policy"] | {"tiers": [tier]}
    table = start(factories.version(policy=policy), pace=0, seed=8)
    page = open_page("manager")
    page.goto("/approvals/")
    expect(page.locator("#queue")).to_contain_text(f"#{table.pk}", timeout=SOON)
    decision = Decision.objects.get(negotiation=table)
    expect(page.locator(f"#queue #d{decision.pk}")).to_have_count(0, timeout=A_WHILE)
    card_of(page, decision)
    expect(verdict(page)).to_contain_text("Nobody decided in time")
    assert decision.due_at is not None
    assert decision.due_at <= timezone.now() < decision.due_at + timedelta(seconds=60)
