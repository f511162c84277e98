"""Candidate pools: the offers at which a negotiation looks where there are too many for all.

Climbers find good offers for very different weights of the seats (`climbs`). Mixtures of these,
their neighbours and random offers fill the range from each seat's best down to its limit, so
that a seat that concedes finds a next offer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.climbs import Aims, Worth, anneal, ascend, drawn, judge_of
from negotiation.engine.outlook import Outlook
from negotiation.engine.space import ENUMERABLE, OutcomeSpace, distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation.engine.climbs import Evaluate, Judge, Rows
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.table import Table

SIZE = 50_000
"""Offers in a pool, at most."""

_PLACES = 5_000_000
"""Options of all offers in a pool, at most: above 100 issues there are fewer offers."""

_DRAWN = 4_000
_WEIGHTS = 48
_RESTARTS = 16
_STEPS = 200
_SWEEPS = 6
_FINISHED = 1_000  # mixtures that are improved by one more sweep; fewer where issues are many
_TRIALS = 150_000  # offers that this may evaluate
_ROUNDS = 3  # of a further search for lawful offers where they are few
_EGALITARIAN = -8.0
_CORNER = 1e-9  # what the others count where one seat gets its best


def pooled_table(
    make_table: Callable[[OutcomeSpace], Table], space: OutcomeSpace, seed: int
) -> Table:
    """The table over all offers of `space`, or over a pool of them where there are too many."""
    if space.size <= ENUMERABLE:
        return make_table(space)

    def evaluate(pooled: OutcomeSpace) -> Worth:
        table = make_table(pooled)
        outlooks = [Outlook.first(table, seat) for seat in table.seats]
        utilities = np.stack([outlook.everywhere() for outlook in outlooks], axis=1)
        return Worth(utilities, _kept(table))

    one = make_table(space.with_pool(np.zeros((1, len(space.issues)), dtype=np.int64)))
    return make_table(search(space, evaluate, seed=seed, limits=one.limits))


def search(
    space: OutcomeSpace,
    evaluate: Evaluate,
    *,
    seed: int,
    size: int = SIZE,
    limits: FloatArray | None = None,
) -> OutcomeSpace:
    """`space` looked at through a pool of at most `size` offers, the same for the same seed.

    `limits`: the seats' reservation values, shape (seats,), 0 if not given. The pool has the
    best offer for each seat and for all of them together where utilities are additive and all
    offers are lawful; otherwise the best that was found. A quarter of it is drawn at random and
    may break constraints. For 2 to 4 seats, 10 to 50 issues and 500 options in all: up to a
    million evaluations, at most 20,000 at a time; 0.1 to 0.4 s where utilities are additive, up to
    3 s where they are not; 100 MB.
    """
    rng = np.random.default_rng(seed % 2**64)
    size = min(size, _PLACES // len(space.issues))
    judge = judge_of(space, evaluate, rng)
    elite = _elite(judge, limits, rng)
    found = _lawful(judge, distinct(np.concatenate([elite, _around(judge, elite, size, rng)])))
    for _ in range(_ROUNDS):
        if not 0 < len(found) < size // 2:
            break
        found = _lawful(judge, distinct(np.concatenate([found, _around(judge, found, size, rng)])))
    some = drawn(judge.widths, size // 4, rng)
    return space.with_pool(np.concatenate([found[: size - len(some)], some]))


def _kept(table: Table) -> FloatArray:
    """The share of the constraints that each offer keeps, shape (offers,); near a limit that is
    broken a little more than far from it, so that climbers find their way."""
    kept = np.zeros(table.space.count)
    for constraint, allowed in zip(table.constraints, table.masks, strict=True):
        kept += allowed
        if constraint.margin is not None:
            limit = constraint.margin.limit
            figures = np.asarray(table.lookup(constraint.margin.subject), dtype=np.float64)
            excess = np.abs(figures - limit) / (abs(limit) or 1.0)
            kept += ~allowed * np.nan_to_num(0.5 / (1 + excess))
    return kept / len(table.masks) if table.masks else kept + 1


def _lawful(judge: Judge, rows: Rows) -> Rows:
    return rows if judge.additive else rows[judge(rows).kept >= 1]


def _around(judge: Judge, rows: Rows, count: int, rng: np.random.Generator) -> Rows:
    """So many offers: mixtures of `rows`, neighbours of them, mixtures with random offers."""
    others = drawn(judge.widths, count // 4, rng)
    return np.concatenate(
        [
            _crossed(rows, rows, count // 2, rng),
            _neighbours(judge, rows, count // 4, rng),
            _crossed(rows, others, count // 4, rng),
        ]
    )


def _elite(judge: Judge, limits: FloatArray | None, rng: np.random.Generator) -> Rows:
    """Distinct offers that are best, or nearly, for some weights of the seats."""
    some = drawn(judge.widths, _DRAWN, rng)
    utilities = judge(some).utilities
    seats = utilities.shape[1]
    corners = Aims(
        np.eye(seats) + _CORNER, np.ones(seats), utilities.min(axis=0), utilities.max(axis=0) + 1
    )
    best = _climbed(judge, corners, some, rng)
    tops = judge(best).utilities.max(axis=0)
    floors = np.zeros(seats) if limits is None else limits
    floors = np.where(floors < tops - _CORNER, floors, utilities.min(axis=0) - _CORNER)
    aims = _aims(seats, floors, np.maximum(tops, floors + _CORNER), rng)
    found = distinct(np.concatenate([best, _climbed(judge, aims, some, rng)]))
    return distinct(np.concatenate([found, _finished(judge, aims, found, rng)]))


def _aims(seats: int, floors: FloatArray, tops: FloatArray, rng: np.random.Generator) -> Aims:
    """Random weights towards sums and products, even ones with restarts and egalitarian ones."""
    random = rng.dirichlet(np.ones(seats), _WEIGHTS)
    even = np.full((_RESTARTS, seats), 1 / seats)
    powers = (1.0, 0.0, 1.0, 0.0, _EGALITARIAN)
    weights = (random, random, even[:1], even, even)
    return Aims(
        np.concatenate(weights),
        np.concatenate(
            [np.full(len(each), power) for power, each in zip(powers, weights, strict=True)]
        ),
        floors,
        tops,
    )


def _climbed(judge: Judge, aims: Aims, some: Rows, rng: np.random.Generator) -> Rows:
    """Where climbers get from offers of `some`, by annealing first where issues interact."""
    rows = some[rng.integers(0, len(some), len(aims.powers))]
    if not judge.additive:
        rows = anneal(judge, aims, rows, _STEPS, rng)
    return ascend(judge, aims, rows, _SWEEPS, rng)


def _finished(judge: Judge, aims: Aims, elite: Rows, rng: np.random.Generator) -> Rows:
    """Mixtures of the elite, each improved by one sweep towards random weights."""
    count = max(min(_FINISHED, int(_TRIALS // judge.widths.sum())), 1)
    seats = aims.weights.shape[1]
    weights = rng.dirichlet(np.ones(seats), count)
    products = Aims(weights, np.zeros(count), aims.floors, aims.tops)
    return ascend(judge, products, _crossed(elite, elite, count, rng), 1, rng)


def _crossed(one: Rows, other: Rows, count: int, rng: np.random.Generator) -> Rows:
    """Each issue as in a row of `one` or of `other`, at odds that are drawn for each pair."""
    first, second = one[_favoured(one, count, rng)], other[_favoured(other, count, rng)]
    return np.where(rng.random(first.shape) < rng.random((count, 1)), first, second)


def _neighbours(judge: Judge, elite: Rows, count: int, rng: np.random.Generator) -> Rows:
    rows = elite[_favoured(elite, count, rng)]
    issues = rng.integers(0, len(judge.widths), count)
    rows[np.arange(count), issues] = rng.integers(0, judge.widths[issues])
    return rows


def _favoured(rows: Rows, count: int, rng: np.random.Generator) -> IntArray:
    """So many places in `rows`, the first ones more often: each seat's best stand in front."""
    return (len(rows) * rng.random(count) ** 3).astype(np.int64)
