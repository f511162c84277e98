"""The guard of the buttons that decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from negotiation.models import Decision
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser


def test_what_confirms_rests_whenever_its_dialog_opens(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = factories.decision()
    page = open_page("manager")
    page.goto(f"/approvals/{decision.pk}/")
    confirm = page.get_by_role("dialog").get_by_role("button", name="Approve", exact=True)
    for _ in range(2):
        page.get_by_role("button", name="Approve…").click()
        expect(confirm).to_be_disabled(timeout=1_200)
        page.keyboard.press("Control+Enter")
        expect(confirm).to_be_enabled(timeout=5_000)
        page.keyboard.press("Escape")
    decision.refresh_from_db()
    assert decision.status == Decision.Status.PARKED
