"""What one seat expects of every lawful offer under its present beliefs.

A row is an offer's place among the lawful ones (`table.lawful[row]` is its number in the space).
An outlook never changes; `learn` gives the next one and shares every column that stays true.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief, confidence, fuse
from negotiation.engine.orders import rising_rows
from negotiation.engine.regions import add_regions
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from negotiation.engine.messages import Option
    from negotiation.engine.space import FloatArray, IntArray, Places
    from negotiation.engine.table import Seat, Table
    from negotiation.engine.utility import Objective, Region

_DERIVED = frozenset(
    {"utilities", "best", "rising", "shifts", "slopes", "sd", "downside", "_moved"}
)
_NOTHING: Mapping[str, float] = {}


class Outlook:
    """Expected utilities, their doubt and the figures behind them, for one seat.

    Arrays have one entry per lawful offer, shape (rows,). `beliefs` covers every fact of the
    table. Figures are in their measure's or issue's unit, utilities between 0 and 1.
    """

    def __init__(
        self,
        table: Table,
        seat: Seat,
        beliefs: Mapping[str, Belief],
        columns: Mapping[str, FloatArray] | None = None,
    ) -> None:
        self.table = table
        self.seat = seat
        self.beliefs = beliefs
        self._columns = dict(columns or {})

    @classmethod
    def first(cls, table: Table, seat: Seat) -> Outlook:
        """The outlook before anything is said: own beliefs, with own evidence counted in."""
        return cls(table, seat, {name: _first_belief(table, seat, name) for name in table.fact})

    def learn(self, fact: str, belief: Belief) -> Outlook:
        """The outlook once `fact` is believed to be as `belief` says."""
        kept = {
            name: column
            for name, column in self._columns.items()
            if fact not in self.table.measure[name].facts
        }
        later = Outlook(self.table, self.seat, {**self.beliefs, fact: belief}, kept)
        if not self.reads(fact):
            later.__dict__ |= {
                name: self.__dict__[name] for name in _DERIVED & self.__dict__.keys()
            }
        return later

    def reads(self, fact: str) -> bool:
        """Whether `fact` enters a measure that this seat cares about."""
        measures = (
            self.table.measure.get(objective.subject)
            for objective in self.seat.preferences.objectives
        )
        return any(measure is not None and fact in measure.facts for measure in measures)

    @property
    def reservation(self) -> float:
        """The utility below which no agreement is better."""
        return self.seat.preferences.reservation

    @cached_property
    def utilities(self) -> FloatArray:
        """Expected utility of every lawful offer, shape (rows,)."""
        if self._all_lawful:
            total = self._everywhere()
        else:
            total = np.zeros(len(self.table.lawful))
            for objective in self.seat.preferences.objectives:
                total += self._contributions(objective)
            self._add_regions_and_cut(total, self.table.places)
        total.flags.writeable = False
        return total

    @cached_property
    def best(self) -> float:
        """The largest utility that a lawful offer gives; 0 if there is none."""
        return float(self.utilities.max(initial=0.0))

    @cached_property
    def rising(self) -> IntArray:
        """Rows by rising utility, equal ones by row."""
        return rising_rows(self.utilities)

    def share(self, utilities: FloatArray) -> None:
        """Keeps `utilities`, which are its own, so that two copies need not be in memory."""
        self.__dict__["utilities"] = utilities

    def target(self, demand: float) -> float:
        """r + demand · (best − r): the utility asked for; the limit if nothing reaches it."""
        return self.reservation + demand * max(self.best - self.reservation, 0.0)

    def surplus(self, row: int) -> float:
        """(u − r) / (best − r): 0 at the limit, 1 at the best; 0 if nothing is above the limit."""
        room = self.best - self.reservation
        return float((self.utilities[row] - self.reservation) / room) if room > 0 else 0.0

    @cached_property
    def slopes(self) -> dict[str, FloatArray]:
        """What one standard deviation more of each uncertain fact does to u: {fact: (rows,)}.

        Half the difference between the utilities at mean + sd and at mean − sd.
        """
        return self._moved[0]

    @cached_property
    def downside(self) -> FloatArray:
        """Like `sd`, of what u may lose: where values are flat above and steep below, more."""
        return self._moved[1]

    @cached_property
    def shifts(self) -> dict[str, FloatArray]:
        """The size of `slopes`: how far a standard deviation moves u, up or down."""
        return {fact: np.abs(slope) for fact, slope in self.slopes.items()}

    @cached_property
    def sd(self) -> FloatArray:
        """Standard deviation of u (independent beliefs, to first order), shape (rows,)."""
        variance = np.zeros(len(self.table.lawful))
        for slope in self.slopes.values():
            variance += slope * slope
        return _root(variance, self.slopes)

    def confidence(self, row: int) -> float:
        """P(u ≥ r) of one offer."""
        rows = slice(row, row + 1)
        clears = self.utilities[row] >= self.reservation
        spread = self.downside if clears else self.sd
        return float(confidence(self.utilities[rows], spread[rows], self.reservation)[0])

    def contribution(self, objective: Objective, row: int) -> float:
        """c_k = w_k · v_k of one offer; the contributions add up to the utility before a cut."""
        if objective.subject in self.table.measure:
            column = self._column(objective.subject)[row : row + 1]
        else:
            place = self.table.places(objective.subject)[row]
            column = self.table.space.issue(objective.subject).values[place : place + 1]
        return float(self.seat.preferences.contribution(objective, column)[0])

    def inside(self, region: Region, row: int) -> bool:
        """Whether an offer lies in a region; if so the region's value is part of its utility."""
        offer = self.table.offer(row)
        return all(
            low - TOLERANCE <= float(offer[name]) <= high + TOLERANCE
            for name, (low, high) in region.bounds.items()
        )

    def figure(self, subject: str, row: int) -> Option | None:
        """What an offer means for a measure or issue, in its unit; None where it is unknown."""
        if subject in self.table.measure:
            figure = float(self._column(subject)[row])
            return figure if np.isfinite(figure) else None
        return self.table.offer(row)[subject]

    def estimates(self, subject: str) -> bool:
        """Whether an uncertain belief enters the figures of `subject`."""
        measure = self.table.measure.get(subject)
        return measure is not None and any(self.beliefs[name].sd > 0 for name in measure.facts)

    def everywhere(self) -> FloatArray:
        """Expected utility of every offer of the space, lawful or not, shape (space.count,)."""
        return self.utilities if self._all_lawful else self._everywhere()

    @property
    def _all_lawful(self) -> bool:
        return len(self.table.lawful) == self.table.space.count

    def _everywhere(self) -> FloatArray:
        space, preferences = self.table.space, self.seat.preferences
        figures: dict[str, FloatArray] = {}
        measured: list[Objective] = []
        for objective in preferences.objectives:
            subject = objective.subject
            if subject in self.table.measure:
                measured.append(objective)
            else:
                figures[subject] = preferences.contribution(objective, space.issue(subject).values)
        total = space.sums(figures)
        for objective in measured:
            total += preferences.contribution(objective, self._evaluate(objective.subject))
        self._add_regions_and_cut(total, space.places)
        return total

    def _add_regions_and_cut(self, total: FloatArray, places: Callable[[str], Places]) -> None:
        add_regions(total, self.seat.preferences, self.table.space, places)
        np.minimum(total, self.seat.preferences.ceiling, out=total)

    def _contributions(self, objective: Objective) -> FloatArray:
        preferences = self.seat.preferences
        if objective.subject in self.table.measure:
            return preferences.contribution(objective, self._column(objective.subject))
        options = self.table.space.issue(objective.subject).values
        return preferences.contribution(objective, options)[self.table.places(objective.subject)]

    def _column(self, measure: str) -> FloatArray:
        if not self.table.measure[measure].facts:
            return self.table.certain(measure)
        if measure not in self._columns:
            self._columns[measure] = self._evaluate(measure)[self.table.lawful]
        return self._columns[measure]

    def _evaluate(self, measure: str, moved: Mapping[str, float] = _NOTHING) -> FloatArray:
        reads = self.table.measure[measure].facts
        facts = {name: moved.get(name, self.beliefs[name].mean) for name in sorted(reads)}
        return np.asarray(self.table.measure[measure].evaluate(facts), dtype=np.float64)

    @cached_property
    def _moved(self) -> tuple[dict[str, FloatArray], FloatArray]:
        slopes: dict[str, FloatArray] = {}
        variance = np.zeros(len(self.table.lawful))
        for fact, belief in self.beliefs.items():
            if belief.sd > 0 and self.reads(fact):
                now = self._part(fact, belief.mean)
                above = self._part(fact, belief.mean + belief.sd)
                below = self._part(fact, belief.mean - belief.sd)
                slopes[fact] = (above - below) / 2
                variance += np.maximum(now - np.minimum(above, below), 0.0) ** 2
        return slopes, _root(variance, slopes)

    def _part(self, fact: str, figure: float) -> FloatArray:
        """The part of u that reads `fact`, if it is `figure` and all else as believed, (rows,)."""
        preferences, lawful = self.seat.preferences, self.table.lawful
        total = np.zeros(len(lawful))
        for objective in preferences.objectives:
            measure = self.table.measure.get(objective.subject)
            if measure is not None and fact in measure.facts:
                column = self._evaluate(measure.name, {fact: figure})[lawful]
                total += preferences.contribution(objective, column)
        return total


def _root(variance: FloatArray, slopes: Mapping[str, FloatArray]) -> FloatArray:
    """The root of `variance`; fresh zeros stay untouched where there are no slopes, as they take
    no memory until they are written to."""
    return np.sqrt(variance, out=variance) if slopes else variance


def _first_belief(table: Table, seat: Seat, name: str) -> Belief:
    fact, evidence, belief = table.fact[name], seat.knows.get(name), seat.beliefs.get(name)
    if evidence is None:
        return belief or Belief(fact.nominal, 0.0)
    if belief is None:
        return Belief(evidence.mean, evidence.sd, frozenset({evidence.root}))
    return fuse(belief, evidence, fact=fact)
