"""Why no offer will do: a smallest set of demands that cannot be met together.

Every offer breaks some of the demands. A set conflicts if every offer breaks one of its members
(it hits every pattern of broken demands), so only the distinct patterns matter, and they are few.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.endings import Conflict
from negotiation.engine.formatting import enough, listed, quantity
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.outlook import Outlook
    from negotiation.engine.space import BoolArray
    from negotiation.engine.table import Table

_TRIED_BY_SIZE = 3


def smallest_conflict(broken: BoolArray) -> tuple[int, ...]:
    """Columns of which every row of `broken`, shape (offers, demands), has at least one True.

    The smallest such set up to three members, above that a minimal one (none can be left out);
    empty if some row breaks nothing.
    """
    patterns = np.unique(broken, axis=0)
    demands = range(broken.shape[1])
    if not patterns.any(axis=1).all():
        return ()
    for size in range(1, _TRIED_BY_SIZE + 1):
        for members in combinations(demands, size):
            if patterns[:, members].any(axis=1).all():
                return members
    kept = list(demands)
    for demand in demands:
        rest = [other for other in kept if other != demand]
        if patterns[:, rest].any(axis=1).all():
            kept = rest
    return tuple(kept)


def constraint_conflicts(table: Table) -> tuple[Conflict, ...]:
    """The constraints that leave no lawful offer, each with the smallest relaxation if any does."""
    broken = ~np.column_stack(table.masks)
    members = smallest_conflict(broken)
    return tuple(_constraint_conflict(table, broken, member) for member in members)


def reservation_conflicts(table: Table, outlooks: Mapping[str, Outlook]) -> tuple[Conflict, ...]:
    """The seats whose limits no lawful offer clears together; empty if one offer clears all."""
    broken = np.column_stack(
        [
            outlooks[seat.name].utilities < seat.preferences.reservation - TOLERANCE
            for seat in table.seats
        ]
    )
    seats = [table.seats[member] for member in smallest_conflict(broken)]
    return tuple(Conflict(seat.name, _limit_text(seat.title), "reservation") for seat in seats)


def sentence(conflicts: tuple[Conflict, ...], titles: Mapping[str, str]) -> str:
    """Names what conflicts, for people."""
    names = listed([titles.get(conflict.name, conflict.name) for conflict in conflicts])
    if not conflicts:
        return "Time ran out before the seats met."
    if conflicts[0].kind == "constraint":
        verb = "cannot be met by any offer" if len(conflicts) == 1 else "cannot be met together"
        rules = " ".join(conflict.text for conflict in conflicts)
        return f"There is no lawful agreement: {names} {verb}. {rules}"
    if len(conflicts) == 1:
        return f"No lawful offer reaches the limit of {names}."
    return f"No lawful offer reaches the limits of {names} together."


def _constraint_conflict(table: Table, broken: BoolArray, member: int) -> Conflict:
    constraint = table.constraints[member]
    relaxed = _relaxed(table, broken, member)
    text = f"{constraint.text.rstrip('.')}."
    if relaxed is not None and constraint.margin is not None:
        limit = enough(relaxed, up=constraint.margin.sense == "at_most")
        text += f" With a limit of {quantity(limit, constraint.margin.unit)} there would be one."
    return Conflict(constraint.name, text, "constraint", relaxed)


def _relaxed(table: Table, broken: BoolArray, member: int) -> float | None:
    margin = table.constraints[member].margin
    alone = broken[:, member] & (broken.sum(axis=1) == 1)
    if margin is None or not alone.any():
        return None
    figures = np.asarray(table.lookup(margin.subject), dtype=np.float64)[alone]
    figures = figures[np.isfinite(figures)]
    if not figures.size:
        return None
    return float(figures.min() if margin.sense == "at_most" else figures.max())


def _limit_text(title: str) -> str:
    return f"{title} would go below its limit."
