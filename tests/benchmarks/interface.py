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
QUERIES = 12


def rows() -> Iterator[Row]:
    yield from pages_of("_floor", "floor_of_8000")


def pages_of(module: str, name: str) -> Iterator[Row]:
    """Of each page that the module has measured (`<page>_p95_ms`, `<page>_queries`)."""
    found = figures_of(module)
    for key, value in found.items():
        if key.endswith("_p95_ms"):
            page = f"interface.{name}.{key.removesuffix('_p95_ms')}"
            yield Row(f"{page}.p95", value, "ms", f"under {PAGE_MS}", value < PAGE_MS, COMMAND)
            asked, goal = found[key.replace("_p95_ms", "_queries")], f"at most {QUERIES}"
            yield Row(f"{page}.queries", asked, "", goal, asked <= QUERIES, COMMAND)
