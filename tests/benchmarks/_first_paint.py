"""`python -m tests.benchmarks._first_paint`: when Chromium first paints something of a talk of
2,000 messages, on the running program. Prints JSON; nothing where there is no Chromium.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._databases import Figures, tell

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.stack import Stack

MESSAGES = 2_000
RUNS = 9
PAINTS = (
    "() => new Promise(done => new PerformanceObserver((found) => {"
    " const paint = found.getEntriesByName('first-contentful-paint')[0];"
    " if (paint) done(paint.startTime);"
    "}).observe({ type: 'paint', buffered: true }))"
)


def measured() -> Figures:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests import factories, machine  # noqa: PLC0415
    from tests.benchmarks._transcripts import talked  # noqa: PLC0415
    from tests.stack import NAMES, Stack  # noqa: PLC0415

    executable = machine.chromium()
    if executable is None:
        return {}
    stack = Stack()
    stack.people = {name: factories.person(*NAMES[name], name=name) for name in NAMES}
    number = talked(MESSAGES).pk
    try:
        stack.start()
        # No row is touched within Playwright's loop, which would have a connection of its own.
        session = stack.session_of("operator")
        with sync_playwright() as playwright:
            flags = list(machine.CHROMIUM_FLAGS)
            chromium = playwright.chromium.launch(executable_path=executable, args=flags)
            return _painted(chromium, stack, session, f"/negotiations/{number}/")
    finally:
        stack.stop()


def _painted(browser: Browser, stack: Stack, session: str, path: str) -> Figures:
    """The median, and the slowest but the first: that one fetches the styles too."""
    from statistics import median  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415

    context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": session, "url": stack.url}])
    page = context.new_page()
    times: list[float] = []
    for _ in range(RUNS):
        page.goto(path)
        times.append(page.evaluate(PAINTS))
    context.close()
    browser.close()
    return {"first_ms": times[0], "median_ms": median(times), "slowest_ms": max(times[1:])}


if __name__ == "__main__":
    tell(measured)
