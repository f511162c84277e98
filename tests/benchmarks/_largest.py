"""Negotiates a largest table, mediated, in a process of its own; prints what it took as JSON.

`eight`: eight seats who know different things, 2 million offers; `four`: 1.9 million for four.
"""

from __future__ import annotations

import json
import resource
import sys
from time import perf_counter

from negotiation.engine.analysis import summarise
from negotiation.engine.session import Session
from tests.benchmarks._cases import LARGEST, case, prepared
from tests.engine.large_tables import OFFERS_2M, crowded_table

KIB_PER_MB = 1024
TABLES = {
    "eight": lambda: crowded_table(OFFERS_2M),
    "four": lambda: prepared(case(LARGEST, 4, reservation=0.3)).table(30, "mediated"),
}


def main() -> None:
    session = Session(TABLES[sys.argv[1]](), seed=1)
    longest = 0.0
    while session.ending is None:
        start = perf_counter()
        message = session.next()
        assert message is not None
        session.apply(message)
        longest = max(longest, perf_counter() - start)
    start = perf_counter()
    summarise(session)
    summing_up = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB
    json.dump({"longest": longest, "summary": summing_up, "peak": peak}, sys.stdout)


if __name__ == "__main__":
    main()
