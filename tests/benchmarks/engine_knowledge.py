"""What the seats gain from asking, and what a killed negotiation loses: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks._timing import judged, told
from tests.engine.random_instances import SURE, compare
from tests.engine.replays import same_after_a_kill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._rows import Row

GROUP = "engine"
INSTANCES = 400
KILLED = 500


def rows() -> Iterator[Row]:
    found = compare(INSTANCES)
    for way, comparison in found.items():
        yield told(f"knowledge.sound.{way}", 100 * comparison.sound, "% of instances")
    share = found["six"].sound / found["full"].sound
    yield judged("knowledge.six_questions", 100 * share, "% of full sharing", least=90)
    below = 100 * found["six"].below_limit(SURE)
    yield judged("knowledge.below_a_limit", below, f"% of agreements at {SURE}", most=3)
    same = sum(same_after_a_kill(draw) for draw in range(KILLED))
    yield judged("replay.same_after_a_kill", same, f"of {KILLED}", least=KILLED)
