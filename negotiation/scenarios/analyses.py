"""What a table holds before anybody speaks: sizes, frontier, solution points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine.domains import analyse
from negotiation.engine.outlook import Outlook
from negotiation.engine.plain import plain

if TYPE_CHECKING:
    from negotiation.engine.domains import Analysis, Point
    from negotiation.engine.messages import Offer
    from negotiation.engine.table import Table

MOST_LISTED = 1_000
"""Offers of the frontier that `TableAnalysis.to_dict` lists; `capped` says if there are more."""

POINTS = {
    "nash": "Nash",
    "kalai": "Kalai",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "utilitarian": "Welfare",
}


@dataclass(frozen=True, slots=True)
class TableAnalysis:
    """The analysis of a table's lawful offers, under what the seats believe at first."""

    table: Table
    found: Analysis

    @classmethod
    def of(cls, table: Table) -> TableAnalysis:
        utilities = np.stack([Outlook.first(table, seat).utilities for seat in table.seats]).T
        return cls(table, analyse(utilities, table.limits))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(seat.name for seat in self.table.seats)

    def point(self, name: str) -> Point | None:
        found: Point | None = getattr(self.found, name)
        return found

    def offer(self, row: int) -> Offer:
        return self.table.offer(row)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; figures by seat are under its name."""
        found, space = self.found, self.table.space
        return {
            "title": self.table.title,
            "size": space.size,
            "pooled": space.pooled,
            "offers_looked_at": space.count,
            "lawful": found.size,
            "clearing": found.clearing,
            "reservations": {seat.name: seat.preferences.reservation for seat in self.table.seats},
            "lowest": self._by_seat(found.lowest),
            "highest": self._by_seat(found.highest),
            "points": {name: self._point(name) for name in POINTS},
            "opposition": plain(found.opposition),
            "kalai_opposition": plain(found.kalai_opposition),
            "balance": self._by_seat(found.balance),
            "frontier": self._frontier(),
        }

    def _by_seat(self, figures: tuple[float, ...]) -> dict[str, Any]:
        return dict(zip(self.names, plain(figures), strict=True))

    def _point(self, name: str) -> dict[str, Any] | None:
        point = self.point(name)
        if point is None:
            return None
        return {
            "offer": self.offer(point.row),
            "utilities": self._by_seat(point.utilities),
            "value": plain(point.value),
        }

    def _frontier(self) -> dict[str, Any]:
        rows, utilities = self.found.frontier, self.found.frontier_utilities
        listed = zip(rows[:MOST_LISTED].tolist(), utilities[:MOST_LISTED].tolist(), strict=True)
        return {
            "size": len(rows),
            "complete": self.found.complete,
            "capped": len(rows) > MOST_LISTED,
            "offers": [
                {"offer": self.offer(row), "utilities": self._by_seat(tuple(own))}
                for row, own in listed
            ],
        }
