"""Made-up domains that both engines negotiate about: additive preferences over tables of values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import Objective, Preferences, TableValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.table import Kind

SMALL = (5, 4, 3, 3)  # 180 offers, as many as Itex against Cypress
SHIPPED = (5, 4, 3, 3, 5, 4)  # 3,600
MEDIUM = (5,) * 6  # 15,625
LARGE = (5,) * 8  # 390,625
LARGEST = (10, 10, 10, 10, 10, 19)  # 1,900,000


@dataclass(frozen=True)
class Wishes:
    """One seat: a weight for each issue, a value from 0 to 1 for each of its options."""

    weights: list[float]
    values: list[list[float]]


@dataclass(frozen=True)
class Case:
    options: tuple[int, ...]
    reservation: float
    seats: tuple[Wishes, ...]

    @property
    def offers(self) -> int:
        return prod(self.options)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def case(options: Sequence[int], seats: int, *, reservation: float = 0.0, seed: int = 1) -> Case:
    """Weights are drawn; each seat likes the options of an issue in an order of its own."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(seats):
        weights = rng.random(len(options))
        values = [rng.permutation(np.linspace(0, 1, count)).tolist() for count in options]
        drawn.append(Wishes((weights / weights.sum()).tolist(), values))
    return Case(tuple(options), reservation, tuple(drawn))


@dataclass(frozen=True)
class Prepared:
    """A space and the seats' preferences: all that a table is made of."""

    space: OutcomeSpace
    seats: tuple[Seat, ...]

    def table(self, rounds: int, protocol: Kind = "alternating") -> Table:
        return Table(
            title="Made up", space=self.space, seats=self.seats, protocol=protocol, rounds=rounds
        )


def prepared(case: Case, strategy: str = "boulware") -> Prepared:
    names = [f"i{number}" for number in range(len(case.options))]
    space = OutcomeSpace(
        [
            Issue(name, name, tuple(f"v{place}" for place in range(count)))
            for name, count in zip(names, case.options, strict=True)
        ]
    )
    seats = [
        Seat(
            name=f"seat{number}",
            title=f"Seat {number}",
            preferences=_preferences(names, wishes, case.reservation),
            strategy=STRATEGIES[strategy],
        )
        for number, wishes in enumerate(case.seats)
    ]
    return Prepared(space, tuple(seats))


def _preferences(names: Sequence[str], wishes: Wishes, reservation: float) -> Preferences:
    objectives = [
        Objective(
            name, weight, TableValue({f"v{place}": v for place, v in enumerate(values)}), name
        )
        for name, weight, values in zip(names, wishes.weights, wishes.values, strict=True)
    ]
    return Preferences(tuple(objectives), reservation)
