"""Tables that the browser tests watch."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from negotiation.models import Decision, Negotiation, ScenarioVersion
from negotiation.services import sessions

A_WHILE = 60_000


def start(version: ScenarioVersion, *, pace: float, seed: int) -> Negotiation:
    """A table that the operator has opened, one message in `pace` seconds."""
    by = User.objects.get(username="operator")
    return sessions.start(version=version, by=by, now=timezone.now(), pace=pace, seed=seed)


def parked_at(page: Page, version: ScenarioVersion) -> Decision:
    """What a table at work leaves behind, once `page`, which watches it, has seen it park."""
    table = start(version, pace=0, seed=7)
    page.goto(f"/negotiations/{table.pk}/")
    expect(page.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)
    return Decision.objects.select_related("negotiation").get(negotiation=table)
