"""The components keep their promises: both themes on one page, and what a system asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

GUIDE = "/styleguide/"
LIGHT, DARK = "#half-light", "#half-dark"
PAGES = [GUIDE, "/", "/approvals/", "/settings/"]

MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
  const { transitionDuration, animationName, animationDuration } = getComputedStyle(one);
  const long = (list) => list.split(',').some((time) => parseFloat(time) > 0.001);
  return long(transitionDuration) || (animationName !== 'none' && long(animationDuration));
}).map((one) => one.outerHTML.slice(0, 80))"""

CONTRAST = """(selector) => {
  const brightness = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const one = document.querySelector(selector), { borderTopColor, backgroundColor } = getComputedStyle(one);
  const [a, b] = [brightness(borderTopColor), brightness(backgroundColor)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""  # noqa: E501


def style(page: Page, selector: str, name: str) -> str:
    script = "(one, name) => getComputedStyle(one)[name]"
    return str(page.locator(selector).first.evaluate(script, name))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_half_has_its_own_theme_whatever_the_page_has(
    open_page: Callable[..., Page], scheme: str
) -> None:
    page = open_page("operator", color_scheme=scheme)
    page.goto(GUIDE)
    assert style(page, LIGHT, "backgroundColor") == "rgb(252, 252, 253)"
    assert style(page, DARK, "backgroundColor") == "rgb(17, 17, 19)"
    assert style(page, f"{LIGHT} .muted, {LIGHT} .meta", "color") == "rgb(96, 100, 108)"
    assert style(page, f"{DARK} .muted, {DARK} .meta", "color") == "rgb(176, 180, 186)"
    samples = page.locator(f"{LIGHT} .sample h3").all_inner_texts()
    assert samples == page.locator(f"{DARK} .sample h3").all_inner_texts()
    assert len(samples) == len(set(samples)) >= 26


@pytest.mark.parametrize("half", [LIGHT, DARK])
def test_what_is_typed_into_has_a_border_that_is_seen(
    open_page: Callable[..., Page], half: str
) -> None:
    page = open_page("operator")
    page.goto(GUIDE)
    for field in ("input[type=text]", "textarea", "select", ".switch:not(:checked)"):
        assert page.evaluate(CONTRAST, f"{half} {field}") >= 3


def test_who_asks_for_more_contrast_gets_text_instead_of_grey(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("operator", contrast="more")
    page.goto(GUIDE)
    for half in (LIGHT, DARK):
        text = style(page, half, "color")
        assert style(page, f"{half} .meta", "color") == text
        assert style(page, f"{half} .card", "borderTopColor") == text


def test_forced_colours_leave_the_edges_of_everything_and_the_fills_of_the_seats(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("operator", forced_colors="active")
    page.goto(GUIDE)
    for part in (".badge", ".button", ".chip", ".notice", ".card", ".count"):
        assert style(page, f"{LIGHT} {part}", "borderTopStyle") == "solid", part
    fills = {style(page, f"{LIGHT} .mark-svg.seat-{n} .shape", "fill") for n in range(1, 7)}
    assert len(fills) == 6
    page.locator(f"{LIGHT} .button").first.focus()
    assert style(page, f"{LIGHT} .button", "outlineStyle") == "solid"


@pytest.mark.parametrize("path", PAGES)
def test_nothing_moves_for_who_asks_for_less_motion(
    open_page: Callable[..., Page], path: str
) -> None:
    page = open_page("manager", reduced_motion="reduce")
    page.goto(path)
    assert page.evaluate(MOVING) == []
