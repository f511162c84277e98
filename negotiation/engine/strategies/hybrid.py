"""HybridAgent: Keskin, Çakan & Aydoğan, Solver agent: towards emotional and opponent-aware agent
for human-robot negotiation, 2021; choosing by a frequency model (`opponents`)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from negotiation.engine.strategies.opponents import Pleasing
from negotiation.engine.strategies.players import Strategy

if TYPE_CHECKING:
    from negotiation.engine.strategies.players import Player, View

_COURSE = (1.0, 0.75, 0.0)
"""Shares of the way from limit to best that the clock asks for: at the start, in the middle (it
pulls the curve, which does not pass through it) and at the end."""

_RECENT = ((1.0,), (0.25, 0.75), (0.11, 0.22, 0.66), (0.05, 0.15, 0.3, 0.5))
"""Weights of the others' last one to four moves, the newest last."""

_EMPATHY = 0.5


class Hybrid(Strategy):
    """Mirrors the others' recent concessions at first and follows the clock more and more.

    Among offers that are equally good for itself it chooses what the others seem to like.
    """

    def player(self, view: View) -> Player:
        return _Player(view)


class _Player(Pleasing):
    def target(self, turn: int) -> float:
        view = self.view
        time = view.time(turn)
        by_clock = view.target(_by_clock(time))
        heard, own = view.heard(), view.record.offers[view.place]
        if not own or min(map(len, heard)) < 2:
            return by_clock
        given = sum(self._given(rows) for rows in heard) / len(heard)
        mirrored = view.utilities[own[-1]] - given * (_EMPATHY + _EMPATHY * time)
        target = (1 - time**2) * mirrored + time**2 * by_clock
        return min(target, view.best)

    def _given(self, rows: list[int]) -> float:
        """The weighted mean of what another seat's last moves gave, in own utility."""
        recent = [self.view.utilities[row] for row in rows[-len(_RECENT) - 1 :]]
        steps = [after - before for before, after in pairwise(recent)]
        return sum(w * step for w, step in zip(_RECENT[len(steps) - 1], steps, strict=True))


def _by_clock(time: float) -> float:
    """A Bézier curve through the first and the last share of the course."""
    start, middle, end = _COURSE
    return (1 - time) ** 2 * start + 2 * (1 - time) * time * middle + time**2 * end


STRATEGIES = {"hybrid": Hybrid()}
