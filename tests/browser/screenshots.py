"""Takes the pictures in docs/images from the running program: `make screenshots`.

Starts the embedded mode on a folder with a fortnight of work in it, and looks at it as its users
do.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import machine
from tests.embedded import ROOT, program

IMAGES = ROOT / "docs" / "images"
PORT = 8765
A_WHILE = 60_000
PAST = "from tests.browser import pasts; pasts.make()"
# The picture is taken while the seats are still moving towards each other.
MID_TALK = 13


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with program(PORT, before=PAST) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=machine.chromium(), args=list(machine.CHROMIUM_FLAGS)
        )
        for name, who, visit in PICTURES:
            page = signed_in(browser, url, who)
            visit(page)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                page.wait_for_timeout(300)
                page.screenshot(path=IMAGES / f"{name}-{theme}.png")
            page.context.close()
        browser.close()


def signed_in(browser: Browser, url: str, name: str) -> Page:
    context = browser.new_context(
        base_url=url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"parley-{name}")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}/")
    return page


def floor(page: Page) -> None:
    """Once the workers have seen to what became due before they ran."""
    page.goto("/")
    expect(page.get_by_text("Running").first).to_be_visible(timeout=A_WHILE)
    expect(page.get_by_text("was due")).to_have_count(0, timeout=A_WHILE)


def negotiation(page: Page) -> None:
    begun(page, pace="0.8", seed="7")
    expect(page.locator(f"#m{MID_TALK}")).to_be_attached(timeout=A_WHILE)


def begun(page: Page, *, pace: str, seed: str) -> None:
    page.goto("/")
    page.get_by_role("button", name="Start a negotiation").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Scenario").select_option("cloud-placement")
    dialog.get_by_label("Pace").fill(pace)
    dialog.get_by_label("Seed").fill(seed)
    dialog.get_by_role("button", name="Start", exact=True).click()


def press(page: Page, name: str, why: str) -> None:
    """A step that asks for a reason."""
    page.get_by_role("button", name=name).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(why)
    dialog.get_by_role("button", name=name, exact=True).click()


def stepping_in(page: Page) -> None:
    """A person forbids spot capacity in the middle of the talk; the seats go on with that."""
    begun(page, pace="0.8", seed="11")
    expect(page.locator("#m8")).to_be_attached(timeout=A_WHILE)
    press(page, "Pause", "On-call is thin this week")
    expect(page.locator("#state")).to_contain_text("Paused", timeout=A_WHILE)
    page.keyboard.press("c")
    page.wait_for_url("**/constraint/")
    for share in ("50", "75", "100"):
        page.locator(f"input[name='keep:spot_share'][value='{share}']").uncheck()
    page.get_by_label("Why?").fill("Nobody is there at night to bring machines back")
    page.get_by_role("button", name="Add constraint").click()
    page.wait_for_url("**/negotiations/**")
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_role("button", name="Resume", exact=True).click()
    expect(page.locator("#state")).to_contain_text("Needs approval", timeout=A_WHILE)
    page.locator(".msg-intervene").nth(1).scroll_into_view_if_needed()


def approval(page: Page) -> None:
    page.goto("/approvals/")
    page.locator("a[data-item]").first.click()
    expect(page.get_by_role("button", name="Approve…")).to_be_enabled(timeout=A_WHILE)


def amending(page: Page) -> None:
    approval(page)
    page.goto(f"{page.url}amend/")
    page.get_by_label("on demand").check()
    expect(page.locator("#amend-button")).to_be_enabled(timeout=A_WHILE)


def policy(page: Page) -> None:
    """What a change would have done to the past."""
    page.goto("/scenarios/batch-placement/policy/edit/")
    page.locator("[name='policy.review_from']").fill("37")
    page.get_by_role("button", name="Try it on past decisions").click()
    result = page.locator("#what-if .big-figure")
    expect(result).to_be_visible(timeout=A_WHILE)
    page.locator("#what-if").scroll_into_view_if_needed()


def overview(page: Page) -> None:
    page.goto("/overview/?period=30d")


def agent(page: Page) -> None:
    page.goto("/agents/carbon/")


PICTURES: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("floor", "operator", floor),
    ("negotiation", "operator", negotiation),
    ("stepping-in", "operator", stepping_in),
    ("approval", "manager", approval),
    ("amending", "manager", amending),
    ("policy", "admin", policy),
    ("overview", "manager", overview),
    ("agent", "manager", agent),
)


if __name__ == "__main__":
    main()
