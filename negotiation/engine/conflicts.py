"""Why no offer will do: a smallest set of demands that cannot be met together.

A demand is a constraint or the limit of a seat. Every offer of the space breaks some of them. An
offer is out if it breaks a constraint, the limit of a seat with a veto, or the limits of more
seats than may be overruled: if the weights of what it breaks add up to more than `dissent`, where
a seat weighs 1 and all else dissent + 1. A set of demands conflicts if it puts every offer out.
Only the distinct patterns of broken demands matter, and they are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.endings import Conflict
from negotiation.engine.formatting import enough, listed, quantity
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import BoolArray, IntArray
    from negotiation.engine.table import Table

_SMALL = 5
"""Up to so many demands the smallest conflict is searched; above, one that cannot be smaller."""

_MOST_CELLS = 200_000_000
"""What the search of a smallest conflict may copy, about a second; then a minimal one will do."""

_FOLDED = 32  # demands in a number before it is replaced by its rank: stays below 2^63


def smallest_conflict(
    columns: Sequence[BoolArray], weights: Sequence[int], dissent: int = 0
) -> tuple[int, ...]:
    """The demands, by their place, that together put every offer out; empty if an offer stays.

    `columns`: one per demand, shape (offers,), True where the offer breaks it; with `weights`. A
    smallest set up to five members, above that a minimal one (none can be left out); of equally
    small ones the one with the first demands.
    """
    patterns, share = _patterns(columns), np.asarray(weights, dtype=np.int64)
    if not _out(patterns, share, dissent).all():
        return ()
    need = np.full(len(patterns), dissent + 1, dtype=np.int64)
    try:
        for size in range(1, min(_SMALL, len(columns)) + 1):
            found = _completed(patterns, need, share, size, _Effort(_MOST_CELLS))
            if found is not None:
                return tuple(sorted(found))
    except _TooMuch:
        pass
    kept = list(range(len(columns)))
    for demand in reversed(range(len(columns))):
        rest = [other for other in kept if other != demand]
        if _out(patterns[:, rest], share[rest], dissent).all():
            kept = rest
    return tuple(kept)


def conflicts_of(table: Table, outlooks: Mapping[str, Outlook]) -> tuple[Conflict, ...]:
    """The constraints and seats that leave nothing to agree on; empty if an offer would do.

    Where no offer is lawful only constraints are named. Each constraint comes with the smallest
    relaxation that would do, if one number does.
    """
    columns = [~mask for mask in table.masks]
    weights = [table.dissent + 1] * len(columns)
    if len(table.lawful):
        columns += [
            outlooks[seat.name].everywhere() < seat.preferences.reservation - TOLERANCE
            for seat in table.seats
        ]
        weights += [table.dissent + 1 if seat.veto else 1 for seat in table.seats]
    members = smallest_conflict(columns, weights, table.dissent)
    rules = len(table.constraints)
    return tuple(
        _constraint_conflict(table, columns, weights, member)
        if member < rules
        else _seat_conflict(table.seats[member - rules].name, table.seats[member - rules].title)
        for member in members
    )


def sentence(table: Table, conflicts: tuple[Conflict, ...]) -> str:
    """Names what conflicts, for people; `conflicts` is not empty."""
    rules = [conflict for conflict in conflicts if conflict.kind == "constraint"]
    seats = [table.seat[each.name].title for each in conflicts if each.kind == "reservation"]
    names = listed([rule.name for rule in rules])
    said = " ".join(rule.text for rule in rules)
    if not seats:
        verb = "cannot be met by any offer" if not rules[1:] else "cannot be met together"
        return f"There is no lawful agreement: {names} {verb}. {said}"
    who = "No lawful offer" if not rules else f"No offer that keeps {names}"
    if not seats[1:]:
        reason = f"{who} reaches the limit of {seats[0]}."
    elif table.dissent and not any(seat.veto and seat.title in seats for seat in table.seats):
        reason = f"{who} reaches the limits of enough of {listed(seats)}."
    else:
        reason = f"{who} reaches the limits of {listed(seats)} together."
    return f"{reason} {said}".rstrip()


def _patterns(columns: Sequence[BoolArray]) -> BoolArray:
    """The distinct rows of `columns` side by side, shape (patterns, demands)."""
    code = np.zeros(len(columns[0]) if columns else 0, dtype=np.int64)
    for place, column in enumerate(columns):
        if place and place % _FOLDED == 0:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
        code = 2 * code + column
    code = code.astype(np.min_scalar_type(code.max(initial=0)))  # so that sorting only counts
    first = np.unique(code, return_index=True)[1]
    return np.array([column[first] for column in columns], dtype=np.bool_).T


def _out(patterns: BoolArray, weights: IntArray, dissent: int) -> BoolArray:
    return np.asarray(patterns @ weights > dissent, dtype=np.bool_)


class _TooMuch(Exception):
    """The search for the smallest takes too long."""


class _Effort:
    """What a search may still copy."""

    def __init__(self, cells: int) -> None:
        self.cells = cells

    def spend(self, cells: int) -> None:
        self.cells -= cells
        if self.cells < 0:
            raise _TooMuch


def _completed(
    patterns: BoolArray, need: IntArray, weights: IntArray, size: int, effort: _Effort
) -> tuple[int, ...] | None:
    """Up to `size` demands whose weights fill the `need` of every pattern; None if there are none.

    One of the demands that a pattern breaks has to be among them, so the search branches on those
    of the pattern that breaks the fewest.
    """
    still = need > 0
    if not still.any():
        return ()
    if not size:
        return None
    patterns, need = patterns[still], need[still]
    for member in np.flatnonzero(patterns[patterns.sum(axis=1).argmin()]).tolist():
        effort.spend(patterns.size + 5_000)
        others = patterns.copy()
        others[:, member] = False
        left = need - weights[member] * patterns[:, member]
        rest = _completed(others, left, weights, size - 1, effort)
        if rest is not None:
            return (member, *rest)
    return None


def _constraint_conflict(
    table: Table, columns: Sequence[BoolArray], weights: Sequence[int], member: int
) -> Conflict:
    constraint = table.constraints[member]
    relaxed = _relaxed(table, columns, weights, member)
    text = f"{constraint.text.rstrip('.')}."
    if relaxed is not None and constraint.margin is not None:
        limit = enough(relaxed, up=constraint.margin.sense == "at_most")
        text += f" With a limit of {quantity(limit, constraint.margin.unit)} there would be one."
    return Conflict(constraint.name, text, "constraint", relaxed)


def _relaxed(
    table: Table, columns: Sequence[BoolArray], weights: Sequence[int], member: int
) -> float | None:
    margin = table.constraints[member].margin
    if margin is None:
        return None
    others = np.zeros(table.space.count, dtype=np.int64)
    for place, column in enumerate(columns):
        if place != member:
            others += weights[place] * column
    figures = np.asarray(table.lookup(margin.subject), dtype=np.float64)
    figures = figures[columns[member] & (others <= table.dissent)]
    figures = figures[np.isfinite(figures)]
    if not figures.size:
        return None
    return float(figures.min() if margin.sense == "at_most" else figures.max())


def _seat_conflict(name: str, title: str) -> Conflict:
    return Conflict(name, f"{title} would go below its limit.", "reservation")
