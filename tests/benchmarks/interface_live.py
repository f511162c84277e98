"""How soon, and how much, a thousand browsers are sent by one daphne with PostgreSQL and Redis.

Times are from just before the commit to the browser's socket. The server has one core for itself;
the database, Redis, whoever talks and the browsers share the other. At saturation a bare
`websockets` server broadcasts single frames of the same size, on the same core, to the same
browsers: bare sockets in a process of their own, which take equally long for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._databases import figures_of
from tests.benchmarks._rows import Rival, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._databases import Figures

GROUP = "interface"
COMMAND = "make bench ONLY=interface"
SOON_MS = 200
BACK_SECONDS = 15
BURST = 300
VIEWERS = 1_000


def rows() -> Iterator[Row]:
    found = figures_of("_crowds")
    for part in ("one_table", "many_tables"):
        yield _told(f"{part}.p50", found[f"{part}.p50"], "ms")
        p99 = found[f"{part}.p99"]
        yield _told(f"{part}.p99", p99, "ms", f"under {SOON_MS}", p99 < SOON_MS)
        yield _nothing_lost(part, found[f"{part}.lost"])
    yield _beside_bare(
        found, "saturated", "500 browsers at one table", goal="at least a bare broadcast"
    )
    yield _nothing_lost("saturated", found["saturated.lost"])
    # Here each message is rendered for five; the bare one renders nothing, so it is no goal.
    yield _beside_bare(found, "saturated_tables", "5 browsers at each of 200 tables")
    yield _nothing_lost("saturated_tables", found["saturated_tables.lost"])
    arrived = found["burst.arrived"]
    yield _told("burst_to_a_deaf_browser", arrived, "messages", f"{BURST}", arrived == BURST)
    back, seconds = found["reconnect.back"], found["reconnect.seconds"]
    yield _told("reconnect.back", back, "browsers", f"{VIEWERS:,}", back == VIEWERS)
    yield _told(
        "reconnect.all_after", seconds, "s", f"under {BACK_SECONDS}", seconds < BACK_SECONDS
    )
    yield _nothing_lost("reconnect", found["reconnect.lost"])


def _beside_bare(found: Figures, part: str, whom: str, goal: str = "") -> Row:
    rate, bare = found[f"{part}.rate"], found[f"{part}.bare_rate"]
    return Row(
        f"interface.live.{part}",
        rate,
        "messages/s",
        goal,
        rate >= bare if goal else None,
        COMMAND,
        loop=Rival(value=bare, ratio=rate / bare),
        note=f"Saturated: messages of {found[f'{part}.bytes']:,.0f} bytes to {whom}; "
        "“loop” is the bare broadcast, which renders nothing.",
    )


def _nothing_lost(part: str, lost: float) -> Row:
    return _told(f"{part}.lost", lost, "messages", "0", lost == 0)


def _told(name: str, value: float, unit: str, goal: str = "", ok: bool | None = None) -> Row:
    return Row(f"interface.live.{name}", value, unit, goal, ok, COMMAND)
