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
    """The frequency model of one seat: how often it offered which option.

    `places` has a row for each offer and a column for each issue. The options of all issues are
    counted in one array, those of an issue from its entry in `starts` on.
    """

    def __init__(self, places: Places, options: Sequence[int]) -> None:
        self._places = places
        self._options = np.array(options)
        self._starts = np.cumsum(self._options) - self._options
        self._counts = np.zeros(self._options.sum(), dtype=np.int64)
        self._kept = np.zeros(len(options))
        self._last: IntArray | None = None

    def add(self, rows: Sequence[int]) -> None:
        """Counts offers in, in their order."""
        if not rows:
            return
        offered = self._places[rows] + self._starts
        self._counts += np.bincount(offered.ravel(), minlength=len(self._counts))
        if self._last is not None:
            offered = np.concatenate([self._last, offered])
        self._kept += (offered[1:] == offered[:-1]).sum(axis=0)
        self._last = offered[-1:]

    def liking(self, rows: IntArray) -> FloatArray:
        """How much the seat is thought to like each of `rows`, from 0 to 1."""
        return np.asarray(self._values()[self._places[rows] + self._starts].sum(axis=1))

    def liking_of_all(self) -> FloatArray:
        """The same for every row, issue by issue: nothing wide is made."""
        liked = np.zeros(len(self._places))
        values = np.split(self._values(), self._starts[1:])
        for issue, of_options in enumerate(values):
            liked += of_options[self._places[:, issue]]
        return liked

    def _values(self) -> FloatArray:
        """What each option adds to the liking of an offer."""
        weights = 1 / len(self._kept) + _KEPT * self._kept
        most = np.maximum(np.maximum.reduceat(self._counts, self._starts), 1)
        return np.asarray((weights / (weights.sum() * most)).repeat(self._options) * self._counts)


class Opponents:
    """The models of all other seats, kept up to date with the record of a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._places = np.column_stack(view.places())
        self._options = [len(issue.options) for issue in view.issues]
        self._models = {place: self._new() for place in view.others}
        self._heard = dict.fromkeys(view.others, 0)

    def listen(self) -> None:
        """Counts in what was offered since the last time."""
        for place, offers in zip(self._view.others, self._view.heard(), strict=True):
            self._models[place].add(offers[self._heard[place] :])
            self._heard[place] = len(offers)

    def liking(self, rows: IntArray) -> FloatArray:
        """How much the others are thought to like each of `rows`, from 0 to 1 each, in all."""
        first, *others = (model.liking(rows) for model in self._models.values())
        return sum(others, start=first)

    def nash(self, many: int) -> float:
        """The seat's own utility at the Nash point, as the others' first `many` offers show it."""
        own = np.asarray(self._view.utilities)
        product = np.maximum(own - self._view.reservation, 0.0)
        for offers in self._view.heard():
            model = self._new()
            model.add(offers[:many])
            product *= model.liking_of_all()
        return float(own[product.argmax()])

    def _new(self) -> Frequencies:
        return Frequencies(self._places, self._options)


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
        rows = self.view.about(max(self.target(turn), self.view.reservation))
        if len(rows) < 2:
            return int(rows[0]) if len(rows) else NOTHING
        self.opponents.listen()
        return int(rows[self.opponents.liking(rows).argmax()])
