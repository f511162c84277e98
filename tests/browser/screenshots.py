"""Takes the pictures in docs/images from the running program: `make screenshots`.

Starts the embedded mode on a fresh folder, waits for the demo, and looks at it as its users do.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import machine
from tests.embedded import ROOT, program

IMAGES = ROOT / "docs" / "images"
PORT = 8765
A_WHILE = 60_000
# The picture is taken while the seats are still moving towards each other.
MID_TALK = 13


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with program(PORT) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=machine.chromium(), args=list(machine.CHROMIUM_FLAGS)
        )
        for theme in ("light", "dark"):
            for name, who, visit in PICTURES:
                page = signed_in(browser, url, who, theme)
                visit(page)
                page.screenshot(path=IMAGES / f"{name}-{theme}.png")
                page.context.close()
        browser.close()


def signed_in(browser: Browser, url: str, name: str, theme: str) -> Page:
    context = browser.new_context(
        base_url=url,
        viewport={"width": 1440, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"parley-{name}")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{url}/")
    return page


def floor(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("Executed").first).to_be_visible(timeout=A_WHILE)
    expect(page.get_by_text("Needs approval").first).to_be_visible(timeout=A_WHILE)


def negotiation(page: Page) -> None:
    # A click before the page's modules have run opens nothing.
    page.wait_for_load_state("load")
    page.get_by_role("button", name="Start a negotiation").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Pace").fill("0.8")
    dialog.get_by_label("Seed").fill("7")
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(f"#m{MID_TALK}")).to_be_attached(timeout=A_WHILE)
    page.wait_for_timeout(300)


def approval(page: Page) -> None:
    page.goto("/approvals/")
    page.get_by_role("link", name="Place service").first.click()
    expect(page.get_by_role("button", name="Approve…")).to_be_enabled(timeout=A_WHILE)


PICTURES: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("floor", "operator", floor),
    ("negotiation", "operator", negotiation),
    ("approval", "manager", approval),
)


if __name__ == "__main__":
    main()
