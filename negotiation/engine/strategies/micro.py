"""MiCRO: de Jonge, An analysis of the linear bilateral ANAC domains using the MiCRO benchmark
strategy, 2022. It needs no opponent model and no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.strategies.players import NOTHING, Player, Strategy
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import View


class Micro(Strategy):
    """Goes down its own offers from the best, one new offer for each new one of the others.

    When it is its turn to give nothing new it repeats one of its earlier offers. With more than
    two seats it waits for the one that has offered the least that is new.
    """

    def player(self, view: View) -> Player:
        return _Player(view)


class _Player(Player):
    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._falling = view.rising.data
        # How many from the end of `rising` its next new offer stands.
        self._next = 1 + view.passed
        self._own: list[int] = []  # different rows, in the order in which they were offered
        self._known: set[int] = set()
        self._counted = 0

    def offer(self, turn: int) -> int:
        new = self._new()
        return new if new != NOTHING else self._repeated(turn)

    def asks(self, _turn: int) -> float:
        return self._asks(self._new())

    def move(self, turn: int, named: int) -> int:
        new = self._new()
        if named != NOTHING and self.view.utilities[named] >= self._asks(new) - TOLERANCE:
            return named
        return new if new != NOTHING else self._repeated(turn)

    def _asks(self, new: int) -> float:
        """What the next new offer is worth, or the lowest of its offers if it owes none."""
        lowest = new if new != NOTHING or not self._own else self._own[-1]
        return self.view.utilities[lowest] if lowest != NOTHING else float("inf")

    def _repeated(self, turn: int) -> int:
        return self._own[self.view.pick(turn, len(self._own))] if self._own else NOTHING

    def _new(self) -> int:
        """The next offer down the ladder, where it is owed and not below the limit."""
        record = self.view.record.read()
        self._catch_up(record.offers[self.view.place])
        if len(self._own) > min(record.distinct[place] for place in self.view.others):
            return NOTHING
        falling, limit = self._falling, self.view.reservation - TOLERANCE
        while self._next <= len(falling):
            row = falling[-self._next]
            if self.view.utilities[row] < limit:
                break
            if row not in self._known:
                return row
            self._next += 1
        return NOTHING

    def _catch_up(self, offers: list[int]) -> None:
        for row in offers[self._counted :]:
            if row not in self._known:
                self._known.add(row)
                self._own.append(row)
        self._counted = len(offers)


STRATEGIES = {"micro": Micro()}
