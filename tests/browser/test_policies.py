"""Two admins and a policy: typed in both tabs, tried, parked, ratified."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from negotiation.models import PolicyChange, ScenarioVersion

pytestmark = pytest.mark.browser
EDIT = "/scenarios/cloud-placement/policy/edit/"


def test_a_looser_policy_is_tried_parked_and_ratified_by_another(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(EDIT)
    page.get_by_label("A person decides from").fill("50")
    page.get_by_label("Note").fill("People look at too much")
    page.get_by_role("button", name="YAML", exact=True).click()
    draft = page.get_by_label("The policy")
    expect(draft).to_have_value(re.compile("review_from: 50"))
    expect(page.get_by_label("Note")).to_have_value("People look at too much")
    page.get_by_role("button", name="Try it on past decisions").click()
    expect(page.locator("#what-if")).to_contain_text("A person decides from 35 → 50 points")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("Nothing is saved yet")
    expect(page.get_by_role("button", name="Ratify…")).to_have_count(0)
    other = open_page("steward", width=375)
    other.goto("/policy-changes/")
    other.get_by_role("link", name="People look at too much").click()
    other.get_by_role("button", name="Ratify…").click()
    other.get_by_role("dialog").get_by_role("button", name="Ratify", exact=True).click()
    expect(other.locator("main")).to_contain_text("admin, ratified by steward")
    saved = ScenarioVersion.objects.latest("number")
    assert saved.document["policy"]["review_from"] == 50
    assert saved.ratified_by == User.objects.get(username="steward")


def test_a_mistake_in_the_yaml_leads_to_its_line(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(f"{EDIT}?tab=yaml")
    draft = page.get_by_label("The policy")
    text = draft.input_value()
    draft.fill(text.replace("refuse_from: 90", "refuse_from: never"))
    page.get_by_role("button", name="Try it on past decisions").click()
    expect(page.locator("#what-if")).to_contain_text("cannot be tried yet")
    before = PolicyChange.objects.count()
    page.get_by_label("Note").fill("Wrong")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="policy.refuse_from").click()
    chosen = page.evaluate(
        "() => { const d = document.getElementById('draft');"
        " return d.value.slice(d.selectionStart, d.selectionEnd); }"
    )
    assert chosen.strip() == "refuse_from: never"
    assert PolicyChange.objects.count() == before
