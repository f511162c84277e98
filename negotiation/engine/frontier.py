"""The Pareto frontier of many offers for a few seats.

A row dominates another if it is nowhere smaller and somewhere larger; equal rows do not dominate
each other. In the order of falling sums a row can only be dominated by one before it, so a search
that stops early has found true rows of the frontier.

Most pairs are told apart by one subtraction: the utilities of a row, rounded down to a few bits
per seat, share a machine word, each field below a guard bit. (a | guards) − b keeps every guard
exactly if a is nowhere smaller than b (Lamport, Multiple byte processing with full-word
instructions, 1975). Only pairs that pass are compared exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.sections import sifted, swept

if TYPE_CHECKING:
    from negotiation.engine.space import BoolArray, FloatArray, IntArray, Words

_TWO = 2
_PIVOTS = 64
_BLOCK = 1024  # rows that are held against _TILE others at once: fits the processor's cache
_TILE = 64
_WORD = 64
_MOST_CODED = 16  # the fields of more seats would be too narrow; the others only count exactly
_MOST_BITS = 20


@dataclass(frozen=True, slots=True)
class Frontier:
    """Rising `rows` that nothing dominates: all of them if `complete`, else those found."""

    rows: IntArray
    complete: bool


def pareto_frontier(utilities: FloatArray) -> IntArray:
    """Rising rows of `utilities` (offers, seats) that no other row dominates.

    Up to n²/2 comparisons for n offers, about 1 ns each; `frontier_within` has a bound.
    """
    return frontier_within(utilities, inf).rows


def frontier_within(utilities: FloatArray, comparisons: float) -> Frontier:
    """The frontier of `utilities` (offers, seats), as far as so many comparisons of two rows go.

    Two steps are always taken: every row against the few of largest sum, and the first block of
    what is left against itself. A search that stops has found the rows of largest sum. For two
    seats it never stops.
    """
    sieved = sifted(utilities)
    utilities = utilities[sieved]
    if utilities.shape[1] == _TWO:
        return Frontier(sieved[swept(utilities)], complete=True)
    rows, complete = _searched(utilities, comparisons)
    return Frontier(sieved[rows], complete)


def _searched(utilities: FloatArray, comparisons: float) -> tuple[IntArray, bool]:
    """Rising rows that none dominates, and whether these are all."""
    words = _coded(utilities)
    rows = _without_pivoted(utilities, words)
    rows = rows[_by_falling_sum(utilities[rows])]
    ranked = utilities[rows]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (ranked[1:] != ranked[:-1]).any(axis=1)
    best, complete = _undominated(ranked[new], words[rows[new]], comparisons)
    return np.sort(rows[best[np.cumsum(new) - 1]]), complete


def undominated(utilities: FloatArray, row: int) -> bool:
    """Whether no row of `utilities` (offers, seats) dominates this one: one look at each."""
    no_worse = np.ones(len(utilities), dtype=np.bool_)
    for column in utilities.T:
        no_worse &= column >= column[row]
    return bool((utilities[no_worse] == utilities[row]).all())


def _coded(utilities: FloatArray) -> Words:
    """Each row as one word of rounded utilities, the guard bit of every field clear."""
    words = np.zeros(len(utilities), dtype=np.uint64)
    for shift, bits, column in _fields(utilities):
        least, largest = column.min(initial=inf), column.max(initial=-inf)
        # Rounding never turns the order of two figures, so a code is smaller only if a figure is.
        share = (column - least) / (largest - least if largest > least else 1.0)
        words |= (share * (2**bits - 1)).astype(np.uint64) << np.uint64(shift)
    return words


def _fields(utilities: FloatArray) -> list[tuple[int, int, FloatArray]]:
    """Place and width of each coded seat's field, without its guard bit, and the seat's column."""
    coded = utilities.T[:_MOST_CODED]
    width = min(_WORD // max(len(coded), 1), _MOST_BITS + 1)
    return [(seat * width, width - 1, column) for seat, column in enumerate(coded)]


def _guards(seats: int) -> np.uint64:
    fields = _fields(np.empty((0, seats)))
    return np.uint64(sum(1 << (shift + bits) for shift, bits, _ in fields))


def _without_pivoted(utilities: FloatArray, words: Words) -> IntArray:
    """Rows left when those are dropped that one of the rows of largest sum dominates."""
    if len(utilities) <= _PIVOTS:
        return np.arange(len(utilities))
    pivots = np.argpartition(utilities.sum(axis=1), -_PIVOTS)[-_PIVOTS:]
    dropped = [
        _dominated(
            utilities[start : start + _BLOCK],
            words[start : start + _BLOCK],
            utilities[pivots],
            words[pivots],
        )
        for start in range(0, len(utilities), _BLOCK)
    ]
    return np.flatnonzero(~np.concatenate(dropped))


def _by_falling_sum(utilities: FloatArray) -> IntArray:
    """An order in which a row comes after all that dominate it, equal rows side by side."""
    sums = utilities.sum(axis=1)
    order = np.argsort(-sums, kind="stable")
    falling = sums[order]
    same = np.zeros(len(order) + 1, dtype=np.bool_)
    same[1:-1] = falling[1:] == falling[:-1]
    # Rounding may make the sums of different rows equal: among these, column by column.
    tied = order[same[1:] | same[:-1]]
    columns = -utilities[tied].T
    order[same[1:] | same[:-1]] = tied[np.lexsort((*columns, -sums[tied]))]
    return order


def _undominated(ranked: FloatArray, words: Words, comparisons: float) -> tuple[BoolArray, bool]:
    """Which rows nothing dominates, and whether all were looked at.

    `ranked` has no equal rows and a dominating row comes first.
    """
    kept = np.zeros(0, dtype=np.int64)
    result = np.zeros(len(ranked), dtype=np.bool_)
    for start in range(0, len(ranked), _BLOCK):
        comparisons -= len(kept) * _BLOCK
        if comparisons < 0:
            return result, False
        rows = np.arange(start, min(start + _BLOCK, len(ranked)))
        for others in (kept, rows):
            beaten = _dominated(ranked[rows], words[rows], ranked[others], words[others])
            rows = rows[~beaten]
        result[rows] = True
        kept = np.concatenate([kept, rows])
    return result, True


def _dominated(
    own: FloatArray, own_words: Words, others: FloatArray, other_words: Words
) -> BoolArray:
    """Which rows of `own` (a, seats) some row of `others` (b, seats) dominates; shape (a,)."""
    guards = _guards(own.shape[1])
    result = np.zeros(len(own), dtype=np.bool_)
    for start in range(0, len(others), _TILE):
        left = np.flatnonzero(~result)
        if not left.size:
            break
        guarded = other_words[start : start + _TILE, None] | guards
        passed = ((guarded - own_words[left]) & guards) == guards
        other, row = np.divmod(np.flatnonzero(passed), len(left))
        row = left[row]
        above, below = others[start + other], own[row]
        beaten = (above >= below).all(axis=1) & (above > below).any(axis=1)
        result[row[beaten]] = True
    return result
