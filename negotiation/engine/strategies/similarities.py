"""How alike offers are, and a player that chooses what is most like the others' last offers."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.strategies.players import NOTHING, Deliberate

if TYPE_CHECKING:
    from negotiation.engine.space import FloatArray, IntArray
    from negotiation.engine.strategies.players import View


class Approaching(Deliberate):
    """Of the offers that are about as good as its target it makes the one that is most like what
    the others offered last (Faratin, Sierra & Jennings 2002)."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._places = view.places()
        self._steps = [
            max(len(issue.options) - 1, 1) if issue.numeric else 0 for issue in view.issues
        ]

    @abstractmethod
    def target(self, turn: int) -> float:
        """The utility asked for at `turn`, not below the limit."""

    def choose(self, turn: int) -> int:
        rows = self.view.about(self.target(turn))
        if len(rows) < 2:
            return int(rows[0]) if len(rows) else NOTHING
        likeness = np.zeros(len(rows))
        for heard in self.view.heard():
            if heard:
                likeness += self._likeness(rows, heard[-1])
        return int(rows[likeness.argmax()])

    def _likeness(self, rows: IntArray, other: int) -> FloatArray:
        """Over the issues: 1 for the same option, less for numbers further apart, 0 for others."""
        likeness = np.zeros(len(rows))
        for places, steps in zip(self._places, self._steps, strict=True):
            apart = np.abs(places[rows].astype(np.int64) - int(places[other]))
            likeness += 1 - apart / steps if steps else apart == 0
        return likeness
