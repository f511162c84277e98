"""The editors in a browser: a scenario written in both tabs, and a policy by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Page, expect

from negotiation.models import PolicyChange, ScenarioVersion
from tests.browser.keyboards import Keyboard

pytestmark = pytest.mark.browser
SCENARIO = "/scenarios/cloud-placement/"
SLOW = 20_000  # the whole form is drawn anew
WORST = "seats.0.objectives.0.value.worst"


def test_a_scenario_is_written_in_both_tabs_looked_at_saved_and_restored(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(f"{SCENARIO}edit/")
    picture = page.locator("#seats-0-objectives-0-picture")
    before = picture.inner_html()
    page.locator(f"[name='{WORST}']").fill("9000")
    expect(page.locator("#preview")).to_contain_text("What you changed")
    expect(page.locator("#preview del").first).to_contain_text("10,500")
    # The value function is drawn as it is typed.
    expect(picture).not_to_have_js_property("innerHTML", before)
    page.get_by_label("Note").fill("Cost is seen more sharply")
    page.get_by_role("button", name="YAML", exact=True).click()
    draft = page.get_by_label("The scenario", exact=True)
    expect(draft).to_have_value(re.compile("worst: 9000"))
    draft.fill(draft.input_value().replace("rounds: 10", "rounds: [12"))
    expect(page.locator("#preview")).to_contain_text(re.compile(r"line \d+, column \d+"))
    draft.fill(draft.input_value().replace("rounds: [12", "rounds: 12"))
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.locator("[name='protocol.rounds']")).to_have_value("12")
    expect(page.locator(f"[name='{WORST}']")).to_have_value("9000")
    expect(page.get_by_label("Note")).to_have_value("Cost is seen more sharply")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("main")).to_contain_text("Saved as version")
    saved = ScenarioVersion.objects.latest("number")
    assert saved.document["protocol"]["rounds"] == 12
    assert saved.document["seats"][0]["objectives"][0]["value"]["worst"] == 9000
    expect(page.locator("#agree-part")).to_contain_text("combinations are lawful")
    page.goto(f"{SCENARIO}versions/{version.number}/")
    page.get_by_role("button", name="Restore this version…").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore", exact=True).click()
    expect(page.locator("main")).to_contain_text("Saved as version")
    restored = ScenarioVersion.objects.latest("number")
    assert restored.number == saved.number + 1
    assert restored.document == version.document


def test_a_draft_that_was_not_saved_asks_before_it_is_left(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(f"{SCENARIO}edit/")
    page.locator(f"[name='{WORST}']").fill("9000")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    page.on("dialog", answer)
    away = page.get_by_role("link", name="Floor", exact=True).first
    away.click()
    expect(page.locator(f"[name='{WORST}']")).to_have_value("9000")
    away.click()
    expect(page.get_by_role("heading", name="Floor")).to_be_visible()
    assert asked == ["beforeunload"] * 2


def test_what_is_wrong_is_reached_from_the_summary_also_where_it_is_folded_away(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin", width=375)
    page.goto(f"{SCENARIO}edit/")
    page.locator("[id='c-seats.2'] > summary").click()
    page.locator("[name='seats.2.reservation']").fill("much")
    page.locator("[id='c-seats.2'] > summary").click()
    page.get_by_label("Note").fill("Wrong")
    page.get_by_role("button", name="Save as a new version").click()
    summary = page.locator("#summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Carbon, Limit").click()
    expect(page.locator("[name='seats.2.reservation']")).to_be_focused()
    expect(page.locator("[name='seats.2.reservation']")).to_have_value("much")


def test_parts_come_and_go_without_losing_what_was_typed(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(f"{SCENARIO}edit/")
    page.locator("[name='seats.0.title']").fill("Money")
    page.get_by_role("button", name="Add an objective Cost").click()
    added = page.locator("[name='seats.0.objectives.2.subject']")
    expect(added).to_be_focused(timeout=SLOW)
    expect(page.locator("[name='seats.0.title']")).to_have_value("Money")
    form = page.locator("[name='seats.0.objectives.0.value.form']")
    form.focus()
    form.select_option("points")
    expect(page.locator("[name='seats.0.objectives.0.value.points']")).to_have_value(
        "1800: 1, 10500: 0", timeout=SLOW
    )
    expect(form).to_be_focused()


def test_a_policy_is_edited_and_tried_by_keyboard_alone(
    open_page: Callable[..., Page], version: ScenarioVersion
) -> None:
    page = open_page("admin")
    page.goto(f"{SCENARIO}policy/edit/")
    line = page.locator("#score-line")
    expect(line).to_contain_text("0 to 35")
    keys = Keyboard(page)
    keys.to("[name='policy.review_from']")
    keys.press("Control+a")
    keys.write("20")
    expect(line).to_contain_text("0 to 20")
    expect(page.locator("#tier-span-0")).to_contain_text("20 to 60")
    keys.to("button", text="Try it on past decisions")
    keys.press("Enter")
    what_if = page.locator("#what-if")
    expect(what_if).to_contain_text("A person decides from 35 → 20 points", timeout=SLOW)
    keys.to("[name=note]")
    keys.write("Look at more")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("Saved as version")
    saved = ScenarioVersion.objects.latest("number")
    assert saved.document["policy"]["review_from"] == 20
    assert not PolicyChange.objects.filter(note="Look at more").exists()
