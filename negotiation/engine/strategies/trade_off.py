"""Trade-offs: Faratin, Sierra & Jennings, Using similarity criteria to make issue trade-offs in
automated negotiations, 2002."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.strategies.players import NOTHING, Deliberate, Strategy
from negotiation.engine.strategies.time_dependent import LINEAR, TimeDependent

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.strategies.players import Player, View


@dataclass(frozen=True)
class TradeOff(Strategy):
    """Concedes by the clock, and among offers that are equally good for itself chooses the one
    that is most like what the others offered last."""

    concession: TimeDependent = LINEAR

    def demand(self, time: float) -> float:
        return self.concession.demand(time)

    def player(self, view: View) -> Player:
        return _Player(view, self.concession)


class _Player(Deliberate):
    def __init__(self, view: View, concession: TimeDependent) -> None:
        super().__init__(view)
        self._concession = concession
        self._issues = view.issues
        issues = view.outlook.table.space.issues
        self._steps = [max(len(issue.options) - 1, 1) if issue.numeric else 0 for issue in issues]

    def choose(self, turn: int) -> int:
        view = self.view
        rows = view.about(view.outlook.target(self._concession.demand(view.time(turn))))
        if not len(rows):
            return NOTHING
        likeness = np.zeros(len(rows))
        for heard in view.heard():
            if heard:
                likeness += self._likeness(rows, heard[-1])
        return int(rows[likeness.argmax()])

    def _likeness(self, rows: IntArray, other: int) -> FloatArray:
        """Over the issues: 1 for the same option, less for numbers further apart, 0 for others."""
        likeness = np.zeros(len(rows))
        for places, steps in zip(self._issues, self._steps, strict=True):
            apart = np.abs(places[rows].astype(np.int64) - int(places[other]))
            likeness += 1 - apart / steps if steps else apart == 0
        return likeness


STRATEGIES = {"tradeoff": TradeOff()}
