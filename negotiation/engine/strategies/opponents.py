"""What the others seem to want, from what they offer.

A frequency model: options that a seat offers often are good for it, and an issue that it hardly
ever changes weighs much (HardHeaded: van Krimpen, Looije & Hajizadeh 2013; Smith: van Galen Last
2012). It supposes that early offers are the best ones, and nothing about the seats' limits.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.strategies.players import NOTHING, Deliberate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiation.engine.space import FloatArray, IntArray, Places
    from negotiation.engine.strategies.players import View

_KEPT = 0.1
"""How much each offer that keeps an issue's option adds to the weight of the issue."""


class Frequencies:
    """The frequency model of one seat, over the issues' options by place."""

    def __init__(self, issues: Sequence[Places], options: Sequence[int]) -> None:
        self._issues = issues
        self._counts = [np.zeros(many) for many in options]
        self._kept = np.zeros(len(options))
        self._last: IntArray | None = None

    def add(self, rows: Sequence[int]) -> None:
        """Counts offers in, in their order."""
        if not rows:
            return
        offered = np.array([issue[rows] for issue in self._issues], dtype=np.int64)
        self._counts = [
            counts + np.bincount(places, minlength=len(counts))
            for counts, places in zip(self._counts, offered, strict=True)
        ]
        if self._last is not None:
            offered = np.column_stack([self._last, offered])
        self._kept += (offered[:, 1:] == offered[:, :-1]).sum(axis=1)
        self._last = offered[:, -1]

    def liking(self, rows: IntArray | slice) -> FloatArray:
        """How much the seat is thought to like each of `rows`, from 0 to 1."""
        weights = 1 / len(self._counts) + _KEPT * self._kept
        weights /= weights.sum()
        liked = np.zeros(1)
        for weight, counts, issue in zip(weights, self._counts, self._issues, strict=True):
            liked = liked + (weight * counts / max(counts.max(), 1.0))[issue[rows]]
        return np.asarray(liked)


class Opponents:
    """The models of all other seats, kept up to date with the record of a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._issues = view.issues
        self._options = [len(issue.options) for issue in view.outlook.table.space.issues]
        self._models = {place: self._new() for place in view.others}
        self._heard = dict.fromkeys(view.others, 0)

    def listen(self) -> None:
        """Counts in what was offered since the last time."""
        for place, offers in zip(self._view.others, self._view.heard(), strict=True):
            self._models[place].add(offers[self._heard[place] :])
            self._heard[place] = len(offers)

    def liking(self, rows: IntArray) -> FloatArray:
        """How much the others together are thought to like each of `rows`, from 0 to 1."""
        likings = [model.liking(rows) for model in self._models.values()]
        return np.asarray(np.mean(likings, axis=0))

    def nash(self, many: int) -> float:
        """The seat's own utility at the Nash point, as the others' first `many` offers show it."""
        outlook = self._view.outlook
        product = np.maximum(outlook.utilities - outlook.reservation, 0.0)
        for offers in self._view.heard():
            model = self._new()
            model.add(offers[:many])
            product *= model.liking(slice(None))
        return float(outlook.utilities[product.argmax()])

    def _new(self) -> Frequencies:
        return Frequencies(self._issues, self._options)


class Pleasing(Deliberate):
    """Of the offers that are about as good as its target it makes the one that the others are
    thought to like best."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.opponents = Opponents(view)

    @abstractmethod
    def target(self, turn: int) -> float:
        """The utility asked for at `turn`; it may be below the limit."""

    def choose(self, turn: int) -> int:
        rows = self.view.about(max(self.target(turn), self.view.outlook.reservation))
        if not len(rows):
            return NOTHING
        self.opponents.listen()
        return int(rows[self.opponents.liking(rows).argmax()])
