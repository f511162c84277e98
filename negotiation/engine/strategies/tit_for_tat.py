"""Tit for tat: give as much as is given.

Naive: Faratin, Sierra & Jennings 1998 (absolute tit for tat). Nice: Baarslag, Hindriks & Jonker,
A tit for tat negotiation strategy for real-time bilateral negotiations, 2013.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation.engine.strategies.opponents import Pleasing
from negotiation.engine.strategies.players import Strategy
from negotiation.engine.strategies.similarities import Approaching

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import Player, View

_LATE = 0.9
"""Relative time from which both also give unasked, slowly at first, at the end all: who only
mirrors may wait for the other for ever."""

_OPENING = 0.05
"""Share of the way to its limit that a naive seat gives unasked once the others have opened."""


class NaiveTitForTat(Strategy):
    """Asks for less by as much as the others' offers have become better for it, on average, and
    chooses what is most like them."""

    def player(self, view: View) -> Player:
        return _Naive(view)


class NiceTitForTat(Strategy):
    """Goes as far towards the estimated Nash point as the others have come, and chooses what they
    seem to like among offers that are equally good for itself."""

    def player(self, view: View) -> Player:
        return _Nice(view)


class _Naive(Approaching):
    def target(self, turn: int) -> float:
        view, utilities = self.view, self.view.utilities
        heard = view.heard()
        given = 0.0
        if all(heard):
            gains = [utilities[rows[-1]] - utilities[rows[0]] for rows in heard]
            given = max(sum(gains) / len(gains), 0.0) + _OPENING * view.room
        return _hurried(view, turn, max(view.best - given, view.reservation))


class _Nice(Pleasing):
    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._peaks = [(0, 0.0)] * len(view.others)
        self._nash = 1.0
        self._judged = 0

    def target(self, turn: int) -> float:
        view, best = self.view, self.view.best
        heard = view.heard()
        if not all(heard):
            return best
        self._estimate(min(map(len, heard)))
        came = min(self._share(number, rows) for number, rows in enumerate(heard))
        mirrored = best - max(best - self._nash, 0.0) * came
        return _hurried(view, turn, mirrored)

    def _estimate(self, many: int) -> None:
        """The Nash point is estimated anew each time the number of offers has doubled."""
        judged = 1 << (many.bit_length() - 1)
        if judged != self._judged:
            self._judged, self._nash = judged, self.opponents.nash(judged)

    def _share(self, number: int, rows: list[int]) -> float:
        """How far another seat has come from its first offer to the Nash point, 0 to 1."""
        utilities = self.view.utilities
        counted, peak = self._peaks[number]
        peak = max([peak, *(utilities[row] for row in rows[counted:])])
        self._peaks[number] = (len(rows), peak)
        first = utilities[rows[0]]
        room = self._nash - first
        return min((peak - first) / room, 1.0) if room > 0 else 1.0


def _hurried(view: View, turn: int, target: float) -> float:
    late = max(view.time(turn) - _LATE, 0.0) / (1 - _LATE)
    return target - max(target - view.reservation, 0.0) * late**2


STRATEGIES = {"tft": NaiveTitForTat(), "nice-tft": NiceTitForTat()}
