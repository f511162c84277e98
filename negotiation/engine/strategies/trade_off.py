"""Trade-offs: Faratin, Sierra & Jennings, Using similarity criteria to make issue trade-offs in
automated negotiations, 2002."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from negotiation.engine.strategies.players import Strategy
from negotiation.engine.strategies.similarities import Approaching
from negotiation.engine.strategies.time_dependent import LINEAR, TimeDependent

if TYPE_CHECKING:
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


class _Player(Approaching):
    def __init__(self, view: View, concession: TimeDependent) -> None:
        super().__init__(view)
        self._concession = concession

    def target(self, turn: int) -> float:
        return self.view.target(self._concession.demand(self.view.time(turn)))


STRATEGIES = {"tradeoff": TradeOff()}
