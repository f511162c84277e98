"""What is killed in the middle: the transcript ends complete, without a gap or a duplicate."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Negotiation, ScenarioVersion
from tests.browser.tables import start
from tests.stack import Stack

pytestmark = pytest.mark.browser

SEED = 11
A_WHILE = 60_000


def wait_for(reached: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def said(negotiation: Negotiation) -> list[object]:
    return [message.body for message in negotiation.messages.order_by("seq")]


def has_reached(negotiation: Negotiation, seq: int) -> bool:
    negotiation.refresh_from_db()
    return negotiation.head >= seq


def has_ended(negotiation: Negotiation) -> bool:
    negotiation.refresh_from_db()
    return not negotiation.is_open


def shown(page: Page) -> list[int]:
    numbers: list[int] = page.locator("#transcript > li").evaluate_all(
        "items => items.map(item => Number(item.dataset.seq))"
    )
    return numbers


@pytest.fixture(scope="module")
def undisturbed(version: ScenarioVersion) -> list[object]:
    """What the same table says when nothing happens to it."""
    negotiation = start(version, pace=0, seed=SEED)
    wait_for(partial(has_ended, negotiation))
    return said(negotiation)


def test_a_killed_worker_costs_time_and_no_message(
    live: Stack,
    version: ScenarioVersion,
    undisturbed: list[object],
    open_page: Callable[..., Page],
) -> None:
    negotiation = start(version, pace=0.4, seed=SEED)
    page = open_page("operator")
    page.goto(f"/negotiations/{negotiation.pk}/")
    for progress in (3, 8):
        wait_for(partial(has_reached, negotiation, progress))
        live.kill_workers()
        live.start_workers()
    wait_for(partial(has_ended, negotiation))
    assert said(negotiation) == undisturbed
    expect(page.locator(f"#m{negotiation.head}")).to_be_attached(timeout=A_WHILE)
    assert shown(page) == list(range(1, negotiation.head + 1))


def test_a_worker_killed_while_it_holds_the_lease_is_followed_by_another(
    live: Stack, version: ScenarioVersion, undisturbed: list[object]
) -> None:
    live.kill_workers()
    negotiation = start(version, pace=0, seed=SEED)
    now = timezone.now()
    # What a worker leaves behind that died between its claim and its first commit.
    Negotiation.objects.filter(pk=negotiation.pk).update(
        status="running", fence=1, stalls=1, lease_until=now, next_at=now
    )
    live.start_workers()
    wait_for(partial(has_ended, negotiation))
    assert said(negotiation) == undisturbed


def test_a_killed_web_server_is_caught_up_with(
    live: Stack, version: ScenarioVersion, open_page: Callable[..., Page]
) -> None:
    negotiation = start(version, pace=0.5, seed=SEED)
    page = open_page("operator")
    page.goto(f"/negotiations/{negotiation.pk}/")
    expect(page.locator("#m4")).to_be_attached(timeout=A_WHILE)
    live.kill("web")
    expect(page.locator("#link-word")).to_have_text("reconnecting", timeout=10_000)
    live.restart("web")
    wait_for(partial(has_ended, negotiation))
    expect(page.locator(f"#m{negotiation.head}")).to_be_attached(timeout=A_WHILE)
    assert shown(page) == list(range(1, negotiation.head + 1))
    expect(page.locator("#link-word")).to_have_text("ended")
