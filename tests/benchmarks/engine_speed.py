"""Rounds per second, everybody holding out to the deadline, beside NegMAS and beside a plain loop.

3,600 offers, Boulware; every seat wants 0.9, which no offer gives to all, so every round is played.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.session import Session
from tests.benchmarks._cases import SHIPPED, case, prepared
from tests.benchmarks._loop import played, seats_of
from tests.benchmarks._reference import reference, why_not
from tests.benchmarks._rows import Rival, Row
from tests.benchmarks._timing import COMMAND, judged, seconds, seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks._cases import Case

GROUP = "engine"
SEATS = (2, 4, 8, 20)
ROUNDS = 1_000
LEAST = 20.0  # times as fast as the reference engine
STEEPEST = 1.3


def rows() -> Iterator[Row]:
    speeds = {}
    for seats in SEATS:
        held_out = case(SHIPPED, seats, reservation=0.9)
        speeds[seats] = ROUNDS / _seconds(held_out)
        yield _row(held_out, speeds[seats])
    few, many = SEATS[0], SEATS[-1]
    steepness = speeds[few] / speeds[many] / (many / few)
    yield judged("speed.cost_per_seat", steepness, f"{many} : {few} seats", most=STEEPEST)


def _seconds(held_out: Case) -> float:
    table = prepared(held_out).table(ROUNDS)

    def play(session: Session) -> None:
        session.run()
        # An offer of every seat in every round, and the sentence that says there is no deal.
        assert len(session.moves) == ROUNDS * len(held_out.seats) + 1

    return seconds_of(lambda: Session(table, seed=1), play)


def _row(held_out: Case, speed: float) -> Row:
    name, goal = f"engine.speed.{len(held_out.seats)}_seats", f"at least {LEAST:g} ×"
    seats = seats_of(held_out)
    plain = ROUNDS / seconds(lambda: played(seats, held_out.reservation, ROUNDS))
    loop = Rival(value=plain, ratio=speed / plain)
    taken = reference("negotiate", held_out, strategy="boulware", rounds=ROUNDS, runs=5)
    if taken is None:
        return Row(name, speed, "rounds/s", goal, None, COMMAND, loop=loop, note=why_not())
    assert taken.rounds == ROUNDS
    theirs = ROUNDS / taken.seconds
    rival = Rival(value=theirs, ratio=speed / theirs)
    return Row(name, speed, "rounds/s", goal, rival.ratio >= LEAST, COMMAND, rival, loop)
