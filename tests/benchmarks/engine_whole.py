"""Whole negotiations of two seats, from their preferences to the agreement or round 1,000."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from negotiation.engine.session import Session
from tests.benchmarks._cases import LARGE, MEDIUM, SMALL, case, prepared
from tests.benchmarks._reference import reference
from tests.benchmarks._timing import faster, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._cases import Prepared
    from tests.benchmarks._rows import Row

GROUP = "engine"
STRATEGIES = ("boulware", "micro", "nice-tft")
ROUNDS = 1_000
LEAST = 40.0  # times as fast as the reference engine
LIMIT = 60.0  # seconds that it may take


def rows() -> Iterator[Row]:
    for strategy in STRATEGIES:
        for options in (SMALL, MEDIUM, LARGE):
            two = case(options, 2, reservation=0.5)
            own = seconds_of(partial(prepared, two, strategy), _negotiate)
            theirs = reference(
                "negotiate", two, strategy=strategy, rounds=ROUNDS, runs=3, limit=LIMIT
            )
            yield faster(f"whole.{strategy}.{two.offers}", own, theirs, LEAST)


def _negotiate(made: Prepared) -> None:
    session = Session(made.table(ROUNDS), seed=1)
    session.run()
    assert session.ending is not None
