"""What is wrong with a page, as its users would meet it: axe, overflow, console, policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import ConsoleMessage, Page

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 768, 1440)
HEIGHT = 900
EXTREMES = ((THEMES[0], WIDTHS[-1]), (THEMES[1], WIDTHS[0]))
# WCAG 2.2 AA and what axe's makers hold for good practice.
RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# The themes differ in nothing but colours, so the second one is asked for these alone.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
FINDINGS = """async (rules) => {
  const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => [id, node.target.join(" "), node.failureSummary]));
}"""
REFUSED = """() => {
  window.refusedByPolicy = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.refusedByPolicy.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
  });
}"""
OPENERS = """() => {
  const named = [...document.querySelectorAll("[data-dialog]")].map((one) => one.dataset.dialog);
  return [...new Set(named)].filter((id) => document.getElementById(id));
}"""
# Until the page is drawn anew; nothing moves, because motion is reduced.
REST = 80


class Watched:
    """A page, and what its console says while it is looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._said: list[str] = []
        page.emulate_media(reduced_motion="reduce")
        page.add_init_script(f"({REFUSED})()")
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(f"script error: {error}"))

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type in {"error", "warning"}:
            self._said.append(f"console: {line.text}")

    def faults(
        self, themes: Iterable[Literal["light", "dark"]] = THEMES, widths: Iterable[int] = WIDTHS
    ) -> list[str]:
        """Every fault of the page that is open, in each theme and width."""
        self.page.evaluate(AXE_SCRIPT)
        found = [
            f"{theme} {width}: {fault}"
            for width in widths
            for theme in themes
            for fault in self._in_sight(theme, width)
        ]
        return [*found, *self._in_dialogs(), *self._said, *self._refused()]

    def _refused(self) -> list[str]:
        refused: list[str] = self.page.evaluate("window.refusedByPolicy ?? []")
        return [f"policy: {one}" for one in refused]

    def _in_dialogs(self) -> Iterator[str]:
        """Each dialog that a button of the page opens, in the two extremes."""
        names: list[str] = self.page.evaluate(OPENERS)
        for name in names:
            for theme, width in EXTREMES:
                self.page.set_viewport_size({"width": width, "height": HEIGHT})
                self.page.evaluate("(id) => document.getElementById(id).showModal()", name)
                yield from (f"dialog {name}: {fault}" for fault in self._in_sight(theme, width))
                self.page.evaluate("(id) => document.getElementById(id).close()", name)

    def _in_sight(self, theme: Literal["light", "dark"], width: int) -> Iterator[str]:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        self.page.wait_for_timeout(REST)
        reach: int = self.page.evaluate("document.documentElement.scrollWidth")
        if reach > width:
            yield f"{reach} px wide"
        findings: list[list[Any]] = self.page.evaluate(
            FINDINGS, RULES if theme == THEMES[0] else OF_COLOURS
        )
        for rule, where, why in findings:
            yield f"axe {rule} at {where}: {why}"
