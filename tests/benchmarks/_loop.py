"""Boulware in a plain loop: what a negotiation costs that knows no rules, only frozen messages."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.engine.session import Session
from tests.benchmarks._cases import prepared

if TYPE_CHECKING:
    from tests.benchmarks._cases import Case


@dataclass(frozen=True, slots=True)
class Said:
    seq: int
    round: int
    sender: str
    act: str
    row: int


@dataclass(frozen=True, slots=True)
class Seat:
    name: str
    utilities: list[float]
    rising: list[int]
    steps: list[float]  # the utilities in that order


def seats_of(held_out: Case) -> list[Seat]:
    made = prepared(held_out)
    columns = Session(made.table(rounds=1), seed=1).utilities.T.tolist()
    return [
        Seat(seat.name, own, sorted(range(len(own)), key=own.__getitem__), sorted(own))
        for seat, own in zip(made.seats, columns, strict=True)
    ]


def played(seats: list[Seat], limit: float, rounds: int) -> list[Said]:
    """The transcript: every seat concedes from its best to its limit, nobody is satisfied."""
    said: list[Said] = []
    on_the_table, last = 0, rounds * len(seats) - 1
    for round_ in range(1, rounds + 1):
        for seat in seats:
            target = limit + (1 - (len(said) / last) ** 5) * (seat.steps[-1] - limit)
            row, act = seat.rising[bisect_left(seat.steps, target - 1e-9)], "propose"
            if seat.utilities[on_the_table] >= seat.utilities[row]:
                act, row = "accept", on_the_table
            said.append(Said(len(said) + 1, round_, seat.name, act, row))
            on_the_table = row
    return said
