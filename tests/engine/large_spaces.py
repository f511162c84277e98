"""Domains of any size to negotiate in: additive ones, and ones whose issues interact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.outlook import Outlook
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Kind, Seat, Table
from negotiation.engine.utility import Objective, Preferences, Region, TableValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.space import FloatArray

OPTIONS = 10
LIMIT = 0.3


def additive(
    seed: int, *, issues: int, seats: int = 2, limit: float = LIMIT
) -> tuple[OutcomeSpace, tuple[Seat, ...], FloatArray]:
    """A space of 10^issues offers, seats with tables for every issue, and what each option is
    worth to them, shape (seats, issues, options)."""
    rng = np.random.default_rng(seed)
    space = _space(issues)
    values = rng.random((seats, issues, OPTIONS))
    values /= values.max(axis=2, keepdims=True)
    weights = rng.dirichlet(np.ones(issues), seats)
    parties = []
    for place in range(seats):
        wishes = [
            Objective(
                issue.name,
                float(weights[place, rank]),
                TableValue(dict(zip(issue.options, values[place, rank].tolist(), strict=True))),
                issue.label,
            )
            for rank, issue in enumerate(space.issues)
        ]
        parties.append(_seat(place, Preferences(tuple(wishes), limit)))
    return space, tuple(parties), values * weights[:, :, None]


def interacting(
    seed: int, *, issues: int, seats: int = 2, regions: int = 20, limit: float = LIMIT
) -> tuple[OutcomeSpace, tuple[Seat, ...]]:
    """A space of 10^issues offers and seats that each like so many random hyper-rectangles, whose
    values add up to 3 (so that their best is somewhere around 1)."""
    rng = np.random.default_rng(seed)
    space = _space(issues)
    parties = []
    for place in range(seats):
        values = rng.uniform(10, 100, regions)
        values *= 3 / values.sum()
        liked = tuple(
            Region(f"region {rank}", f"Region {rank}", _bounds(rng, space), float(value))
            for rank, value in enumerate(values)
        )
        parties.append(_seat(place, Preferences((), limit, liked)))
    return space, tuple(parties)


def table_of(seats: tuple[Seat, ...], kind: Kind = "mediated") -> Callable[[OutcomeSpace], Table]:
    return lambda space: Table(title="Large", space=space, seats=seats, protocol=kind)


def utilities(table: Table) -> FloatArray:
    """Of all numbered offers, shape (space.count, seats)."""
    return np.stack([Outlook.first(table, seat).everywhere() for seat in table.seats], axis=1)


def nash(utilities: FloatArray, limit: float = LIMIT) -> float:
    return float(np.maximum(utilities - limit, 0).prod(axis=1).max())


def _space(issues: int) -> OutcomeSpace:
    return OutcomeSpace(
        tuple(Issue(f"i{n}", f"Issue {n}", tuple(range(OPTIONS))) for n in range(issues))
    )


def _seat(place: int, preferences: Preferences) -> Seat:
    return Seat(name=f"seat{place}", title=f"Seat {place}", preferences=preferences)


def _bounds(rng: np.random.Generator, space: OutcomeSpace) -> dict[str, tuple[float, float]]:
    bounds = {}
    for place in rng.choice(len(space.issues), rng.integers(2, 6), replace=False).tolist():
        low = int(rng.integers(0, 7))
        bounds[space.issues[place].name] = (float(low), float(low + rng.integers(2, 6)))
    return bounds
