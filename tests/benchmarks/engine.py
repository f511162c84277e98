"""How fast the engine negotiates, replays and finds the frontier. Medians of five runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.analysis import summarise
from negotiation.engine.frontier import pareto_frontier
from negotiation.engine.session import Session
from negotiation.engine.strategies import BOULWARE
from tests.benchmarks._timing import judged, seconds
from tests.engine.large_tables import OFFERS_200K, crowded_table
from tests.engine.tables import pie_table, service_table
from tests.engine.talks import finished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._rows import Row

GROUP = "engine"
ROOT = Path(__file__).resolve().parents[2]
TYPES = 100  # machine types: 40,000 offers, 30,000 of them lawful


def rows() -> Iterator[Row]:
    yield _alternating()
    yield from _mediated()
    yield _frontier()
    yield _replay()
    yield from _crowded()
    yield from _largest()


def _alternating() -> Row:
    table = pie_table(rounds=1_000, strategy=BOULWARE)
    rounds = finished(table).round
    speed = rounds / seconds(lambda: finished(table))
    return judged("alternating.boulware.2_seats", speed, "rounds/s", least=2_000)


def _mediated() -> Iterator[Row]:
    table = service_table(types=TYPES)
    session = finished(table)
    negotiating = seconds(lambda: finished(service_table(types=TYPES)))
    yield judged("mediated.5_seats.30k_lawful", 1_000 * negotiating, "ms", most=250)
    summing_up = seconds(lambda: summarise(session))
    yield judged("summary.5_seats.30k_lawful", 1_000 * summing_up, "ms", most=500)
    ratio = summarise(session).nash_ratio or 0.0
    yield judged("mediated.5_seats.nash_ratio", ratio, "of the largest", least=0.98)


def _frontier() -> Row:
    utilities = np.random.default_rng(1).random((30_000, 5))
    taken = seconds(lambda: pareto_frontier(utilities))
    return judged("frontier.30k_offers.5_seats", 1_000 * taken, "ms", most=50)


def _replay() -> Row:
    table = pie_table(rounds=1_000, strategy=BOULWARE)
    messages = finished(table).messages
    taken = seconds(lambda: Session.replay(table, seed=1, messages=messages))
    return judged("replay", len(messages) / taken, "messages/s", least=20_000)


def _crowded() -> Iterator[Row]:
    session = finished(crowded_table(OFFERS_200K))
    negotiating = seconds(lambda: finished(crowded_table(OFFERS_200K)))
    yield judged("mediated.8_seats.200k", 1_000 * negotiating, "ms", most=3_000)
    summing_up = seconds(lambda: summarise(session))
    yield judged("summary.8_seats.200k", 1_000 * summing_up, "ms", most=2_000)
    utilities = np.random.default_rng(1).dirichlet(np.ones(8), 30_000)  # none dominates another
    taken = seconds(lambda: pareto_frontier(utilities))
    yield judged("frontier.30k_offers.8_seats", 1_000 * taken, "ms", most=2_000)


def _largest() -> Iterator[Row]:
    taken = _taken("eight")
    yield judged("longest_step.8_seats.2m", taken["longest"], "s", most=5)
    yield judged("summary.8_seats.2m", taken["summary"], "s", most=10)
    yield judged("memory.8_seats.2m", taken["peak"], "MB", most=900)
    yield judged("memory.4_seats.1_9m", _taken("four")["peak"], "MB", most=512)


def _taken(table: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks._largest", table]
    answer = subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    taken: dict[str, float] = json.loads(answer.stdout)
    return taken
