"""What a few well-chosen questions are worth where the seats know little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._rows import Row
from tests.engine.random_instances import SURE, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "engine"
COMMAND = "make bench ONLY=engine"
INSTANCES = 400
OF_FULL = 0.9
BELOW_LIMIT = 0.03


def rows() -> Iterator[Row]:
    """Shares of 400 instances with an agreement that is really above everybody's limit."""
    found = compare(INSTANCES)
    for name, comparison in found.items():
        yield Row(
            f"engine.knowledge.{name}", comparison.sound, "of the instances", "", None, COMMAND
        )
    ratio = found["six"].sound / found["full"].sound
    below = found["six"].below_limit(SURE)
    yield _judged("ratio", ratio, "of full sharing", f"at least {OF_FULL}", ratio >= OF_FULL)
    goal = f"at most {BELOW_LIMIT}"
    yield _judged("below_limit", below, "of agreements", goal, below <= BELOW_LIMIT)
    every = found["six"].below_limit(0.0)
    yield Row(
        "engine.knowledge.below_limit.any_confidence", every, "of agreements", "", None, COMMAND
    )


def _judged(name: str, value: float, unit: str, goal: str, ok: bool) -> Row:
    return Row(f"engine.knowledge.{name}", value, unit, goal, ok, COMMAND)
