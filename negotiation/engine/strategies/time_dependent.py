"""Concession by the clock: Faratin, Sierra & Jennings, Negotiation decision functions for
autonomous agents, 1998."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.strategies.players import NOTHING, Player, Strategy
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import View

_AHEAD = 1_024
"""Turns of one seat that are looked up at once."""


@dataclass(frozen=True, slots=True)
class TimeDependent(Strategy):
    """s(t) = 1 − t^(1/e): the share asked for at relative time t.

    e < 1 holds out (Boulware), e = 1 concedes evenly, e > 1 concedes early (conceder).
    """

    e: float = 1.0

    def __post_init__(self) -> None:
        if not self.e > 0:
            raise ValueError("The exponent e of a time-dependent strategy is above 0.")

    def demand(self, time: float) -> float:
        return float(1.0 - min(max(time, 0.0), 1.0) ** (1.0 / self.e))

    def player(self, view: View) -> Player:
        return _Player(view, self.e)


class _Player(Player):
    """Offers the least that reaches the target of the moment.

    Nothing that is said changes the targets, so the offers of many turns are found at once.
    """

    def __init__(self, view: View, e: float) -> None:
        super().__init__(view)
        self._e = e
        self._rows: list[int] = []
        self._asks: list[float] = []  # with tolerance

    def offer(self, turn: int) -> int:
        return self._rows[self._reach(turn)]

    def asks(self, turn: int) -> float:
        return self._asks[self._reach(turn)] + TOLERANCE

    def move(self, turn: int, named: int) -> int:
        own = turn // self.view.seats
        if own >= len(self._rows):
            self._reach(turn)
        if named >= 0 and self.view.utilities[named] >= self._asks[own]:
            return named
        return self._rows[own]

    def _reach(self, turn: int) -> int:
        """Which of the seat's own turns this is, its offer and what it asks looked up."""
        own = turn // self.view.seats
        while own >= len(self._rows):
            self._look_ahead()
        return own

    def _look_ahead(self) -> None:
        view = self.view
        own = np.arange(len(self._rows), len(self._rows) + _AHEAD)
        times = np.minimum((own * view.seats + view.first) / (view.turns - 1), 1.0)
        targets = view.reservation + (1.0 - times ** (1.0 / self._e)) * view.room
        steps = np.asarray(view.steps)
        places = np.searchsorted(steps, targets - TOLERANCE)
        found = places < len(steps)
        places[~found] = 0  # stands for nothing; a place that is there, unless nothing is lawful
        self._rows += np.where(found, view.rising[places], NOTHING).tolist()
        self._asks += (np.where(found, steps[places], np.inf) - TOLERANCE).tolist()


BOULWARE = TimeDependent(0.2)
LINEAR = TimeDependent(1.0)
CONCEDER = TimeDependent(2.0)

STRATEGIES = {"boulware": BOULWARE, "linear": LINEAR, "conceder": CONCEDER}
