"""What a few well-chosen questions are worth where the seats know little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._timing import judged, told
from tests.engine.random_instances import SURE, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._rows import Row

GROUP = "engine"
INSTANCES = 400
OF_FULL = 0.9
BELOW_LIMIT = 0.03


def rows() -> Iterator[Row]:
    """Shares of 400 instances with an agreement that is really above everybody's limit."""
    found = compare(INSTANCES)
    for name, comparison in found.items():
        yield told(f"knowledge.{name}", comparison.sound, "of the instances")
    ratio = found["six"].sound / found["full"].sound
    yield judged("knowledge.ratio", ratio, "of full sharing", least=OF_FULL)
    below = found["six"].below_limit(SURE)
    yield judged("knowledge.below_limit", below, "of agreements", most=BELOW_LIMIT)
    every = found["six"].below_limit(0.0)
    yield told("knowledge.below_limit.any_confidence", every, "of agreements")
