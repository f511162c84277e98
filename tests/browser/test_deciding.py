"""The guard of the buttons that decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Decision
from tests import factories
from tests.stack import Stack

pytestmark = pytest.mark.browser


def test_buttons_that_a_live_change_brings_rest_like_those_of_the_page(
    open_page: Callable[..., Page], live: Stack
) -> None:
    decision = factories.decision()
    page = open_page("manager")
    page.goto(f"/approvals/{decision.pk}/")
    approve = page.get_by_role("button", name="Approve…")
    expect(approve).to_be_enabled(timeout=5_000)
    Decision.objects.filter(pk=decision.pk).update(
        revision=F("revision") + 1, due_at=timezone.now() + timedelta(hours=9)
    )
    with page.expect_response(lambda answer: "?seen=" in answer.url):
        page.evaluate("document.getElementById('verdict').dispatchEvent(new Event('doorbell'))")
    expect(approve).to_be_disabled(timeout=1_200)
    expect(approve).to_be_enabled(timeout=5_000)
