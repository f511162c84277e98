"""Saying in the browser what really happened, on the card of a decision that was carried out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Execution, Report
from tests.negotiation.services.orders import cleared
from tests.stack import Stack

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1440])
def test_a_refused_figure_keeps_what_was_typed_and_thanks_are_in_sight(
    open_page: Callable[..., Page], live: Stack, width: int
) -> None:
    decision = cleared()
    execution = Execution.objects.create(
        decision=decision,
        grant=decision.grant,
        idempotency_key=f"parley-said-{decision.pk}",
        kind="webhook",
        target="demo",
        status="succeeded",
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    page = open_page("manager")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/approvals/{decision.pk}/")
    report = page.locator("#report")
    report.locator("> summary").click()
    report.get_by_label("Afterwards it was").select_option(Report.Outcome.INCIDENT)
    report.get_by_label("Note").fill("The first night came late")
    report.get_by_text("What was measured?").click()
    spread = report.locator("[name^=measured-sd-]").first
    spread.fill("3")
    report.get_by_role("button", name="Report").click()
    said = page.locator("#said")
    expect(said).to_contain_text("has a standard deviation and no value")
    expect(said).to_be_in_viewport()
    expect(spread).to_be_visible()
    expect(spread).to_have_value("3")
    expect(report.get_by_label("Note")).to_have_value("The first night came late")
    expect(report.get_by_label("Afterwards it was")).to_have_value(Report.Outcome.INCIDENT)
    assert not Report.objects.filter(execution=execution).exists()
    spread.fill("")
    report.get_by_role("button", name="Report").click()
    expect(said).to_contain_text("Thank you.")
    expect(said).to_be_in_viewport()
    assert Report.objects.get(execution=execution).note == "The first night came late"
    page.goto(f"/approvals/{decision.pk}/")
    expect(page.locator("#report-note")).to_have_value("")
