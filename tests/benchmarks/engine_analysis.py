"""What a domain holds: from the preferences to the frontier, all solution points and opposition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.domains import analyse
from negotiation.engine.session import Session
from tests.benchmarks._cases import LARGE, LARGEST, MEDIUM, case, prepared
from tests.benchmarks._reference import reference
from tests.benchmarks._timing import faster, judged, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._cases import Case, Prepared
    from tests.benchmarks._rows import Row

GROUP = "engine"
LEAST = 300.0  # times as fast as the reference engine
LIMIT = 150.0  # seconds that it may take
MOST = 2_000.0  # milliseconds for the largest space


def rows() -> Iterator[Row]:
    for options in (MEDIUM, LARGE):
        two = case(options, 2)
        theirs = reference("analyse", two, runs=1, limit=LIMIT)
        yield faster(f"analysis.{two.offers}", _seconds(two), theirs, LEAST)
    for seats in (2, 4):
        largest = case(LARGEST, seats)
        own = 1_000 * _seconds(largest)
        yield judged(f"analysis.{largest.offers}.{seats}_seats", own, "ms", most=MOST)


def _seconds(made_up: Case) -> float:
    return seconds_of(lambda: prepared(made_up), _analyse)


def _analyse(made: Prepared) -> None:
    session = Session(made.table(rounds=1), seed=1)
    assert analyse(session.utilities, session.table.limits).complete
