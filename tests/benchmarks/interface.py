"""How long the pages take that people live in, with as much on them as they are made for, and how
many queries: the server's work for one request, through its middleware, on PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._databases import figures_of
from tests.benchmarks._rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "interface"
COMMAND = "make bench ONLY=interface"
PAGE_MS = 300
PAINT_MS = 500
QUERIES = 12


def rows() -> Iterator[Row]:
    yield from pages_of("_floor", "floor_of_8000")
    yield from pages_of("_transcripts", "transcript_of_10000")
    yield from pages_of("_queue", "inbox_of_2000")
    yield from _painted()


def _painted() -> Iterator[Row]:
    """When a browser first paints something of a transcript of 2,000 messages."""
    found = figures_of("_first_paint")
    name, goal = "interface.transcript_of_2000.first_paint", f"under {PAINT_MS}"
    if not found:
        yield Row(name, None, "ms", goal, None, COMMAND, note="There is no Chromium here.")
        return
    took = found["median_ms"]
    yield Row(name, took, "ms", goal, took < PAINT_MS, COMMAND)
    yield Row(f"{name}.slowest", found["slowest_ms"], "ms", command=COMMAND)


def pages_of(module: str, name: str) -> Iterator[Row]:
    """Of each page that the module has measured (`<page>_p95_ms`, `<page>_queries`)."""
    found = figures_of(module)
    for key, value in found.items():
        if key.endswith("_p95_ms"):
            page = f"interface.{name}.{key.removesuffix('_p95_ms')}"
            yield Row(f"{page}.p95", value, "ms", f"under {PAGE_MS}", value < PAGE_MS, COMMAND)
            asked, goal = found[key.replace("_p95_ms", "_queries")], f"at most {QUERIES}"
            yield Row(f"{page}.queries", asked, "", goal, asked <= QUERIES, COMMAND)
