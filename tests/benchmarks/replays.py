"""How many of 500 random negotiations survive a kill without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._timing import judged
from tests.engine.replays import same_after_a_kill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._rows import Row

GROUP = "engine"
NEGOTIATIONS = 500


def rows() -> Iterator[Row]:
    same = sum(same_after_a_kill(draw) for draw in range(NEGOTIATIONS))
    yield judged("replay.identical", same, f"of {NEGOTIATIONS}", least=NEGOTIATIONS)
