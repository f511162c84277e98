"""Who sits at the table and what is on it, before anybody has spoken."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from negotiation.engine.formatting import listed
from negotiation.engine.strategies import LINEAR
from negotiation.engine.utility import TableValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.beliefs import Belief, Fact
    from negotiation.engine.messages import Evidence, Offer
    from negotiation.engine.space import (
        BoolArray,
        Column,
        Constraint,
        FloatArray,
        IntArray,
        Issue,
        OutcomeSpace,
        Places,
    )
    from negotiation.engine.strategies.players import Strategy
    from negotiation.engine.utility import Measure, Preferences

Kind = Literal["mediated", "alternating", "text"]
Resolution = Literal["mediate", "precedence", "vote", "ask", "status_quo"]
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
"""What can be tried, in an order that the table gives, when no agreement comes."""

FEWEST_SEATS, MOST_SEATS = 2, 64


class BadTable(ValueError):
    """The table does not fit together; the message says where."""


class BreaksConstraint(ValueError):
    """An offer is not lawful; `constraints` are those it breaks."""

    def __init__(self, constraints: tuple[Constraint, ...]) -> None:
        rules = " ".join(f"{constraint.text.rstrip('.')}." for constraint in constraints)
        super().__init__(f"The offer breaks a hard constraint: {rules}")
        self.constraints = constraints


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An agent at the table.

    `beliefs` by fact; a fact without one is believed at its nominal figure without doubt, or as
    the seat's own evidence says. `knows`: what it can tell about a fact when asked. A seat with a
    `veto` is part of every coalition.
    """

    name: str
    title: str
    preferences: Preferences
    beliefs: Mapping[str, Belief] = field(default_factory=dict)
    knows: Mapping[str, Evidence] = field(default_factory=dict)
    strategy: Strategy = LINEAR
    veto: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rounds` is the deadline; up to `dissent` seats may be overruled (0: unanimity).

    `resolution`: what is tried in turn when no agreement comes, of RESOLUTIONS. `precedence`:
    names of seats, the most important first. `questions`: most questions asked in all, None for
    no limit. `quiet_rounds`: after so many rounds of alternating offers in which nobody offers or
    tells anything new they are over before the deadline, None for never.
    """

    title: str
    space: OutcomeSpace
    seats: tuple[Seat, ...]
    measures: tuple[Measure, ...] = ()
    facts: tuple[Fact, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    protocol: Kind = "mediated"
    rounds: int = 20
    dissent: int = 0
    resolution: tuple[str, ...] = ()
    precedence: tuple[str, ...] = ()
    questions: int | None = None
    quiet_rounds: int | None = None

    def __post_init__(self) -> None:
        self.space.require_enumerable()
        _check(self)

    @cached_property
    def seat(self) -> dict[str, Seat]:
        return {seat.name: seat for seat in self.seats}

    @cached_property
    def measure(self) -> dict[str, Measure]:
        return {measure.name: measure for measure in self.measures}

    @cached_property
    def fact(self) -> dict[str, Fact]:
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def limits(self) -> FloatArray:
        """The seats' reservation values, shape (seats,)."""
        return np.array([seat.preferences.reservation for seat in self.seats])

    @cached_property
    def masks(self) -> tuple[BoolArray, ...]:
        """What each constraint allows, in their order; each of shape (space.count,)."""
        return tuple(constraint.allows(self.lookup) for constraint in self.constraints)

    @cached_property
    def lawful(self) -> IntArray:
        """Rising numbers of the offers that break no constraint. It may be empty."""
        allowed = np.ones(self.space.count, dtype=np.bool_)
        for mask in self.masks:
            allowed &= mask
        return np.flatnonzero(allowed).astype(np.int64)

    def row_of(self, index: int) -> int | None:
        """Where the offer numbered `index` stands among the lawful ones, None if it is not."""
        row = int(np.searchsorted(self.lawful, index))
        return row if row < len(self.lawful) and self.lawful[row] == index else None

    def broken(self, index: int) -> tuple[Constraint, ...]:
        """The constraints that the offer numbered `index` breaks."""
        both = zip(self.constraints, self.masks, strict=True)
        return tuple(constraint for constraint, mask in both if not mask[index])

    def offer(self, row: int) -> Offer:
        """The lawful offer in `row`."""
        return self.space.offer_at(int(self.lawful[row]))

    def places(self, issue: str) -> Places:
        """For every lawful offer the place of its option among the options of `issue`."""
        if issue not in self._places:
            places = self.space.places(issue)
            every = len(self.lawful) == self.space.count
            self._places[issue] = places if every else places[self.lawful]
        return self._places[issue]

    def certain(self, measure: str) -> FloatArray:
        """The figures of the lawful offers for a measure that reads no facts."""
        if measure not in self._certain:
            self._certain[measure] = self._nominal[measure][self.lawful]
        return self._certain[measure]

    def lookup(self, subject: str) -> Column:
        """The column of a measure at the nominal facts, or of an issue; shape (space.count,)."""
        if subject in self.measure:
            return self._nominal[subject]
        return self.space.column(subject)

    @cached_property
    def _places(self) -> dict[str, Places]:
        return {}

    @cached_property
    def _certain(self) -> dict[str, FloatArray]:
        return {}

    @cached_property
    def _nominal(self) -> dict[str, FloatArray]:
        return {
            measure.name: np.asarray(
                measure.evaluate({name: self.fact[name].nominal for name in sorted(measure.facts)}),
                dtype=np.float64,
            )
            for measure in self.measures
        }


def _check(table: Table) -> None:
    if not FEWEST_SEATS <= len(table.seats) <= MOST_SEATS:
        raise BadTable(f"A table has {FEWEST_SEATS} to {MOST_SEATS} seats, not {len(table.seats)}.")
    if table.protocol not in get_args(Kind):
        kinds = ", ".join(get_args(Kind))
        raise BadTable(f"There is no protocol {table.protocol!r}; there are {kinds}.")
    if table.quiet_rounds is not None and table.quiet_rounds < 1:
        raise BadTable("At least one round has to be quiet before a negotiation ends for it.")
    if table.rounds < 1:
        raise BadTable("A negotiation has at least one round.")
    if not 0 <= table.dissent < len(table.seats):
        raise BadTable("Fewer seats may be overruled than there are.")
    if table.dissent and table.protocol == "alternating":
        raise BadTable("Alternating offers need everybody's consent; use the mediated protocol.")
    _check_names(table)
    _check_resolution(table)
    for seat in table.seats:
        _check_seat(table, seat)


def _check_names(table: Table) -> None:
    for what, things in (
        ("seats", table.seats),
        ("measures", table.measures),
        ("facts", table.facts),
    ):
        names = [thing.name for thing in things]
        if len(set(names)) != len(names):
            raise BadTable(f"Two {what} have the same name.")
    for measure in table.measures:
        if missing := measure.facts - table.fact.keys():
            raise BadTable(
                f"Measure {measure.name} reads unknown facts: {', '.join(sorted(missing))}."
            )


def _check_resolution(table: Table) -> None:
    for what, names, known in (
        ("resolution", table.resolution, RESOLUTIONS),
        ("seat", table.precedence, table.seat),
    ):
        if unknown := [name for name in names if name not in known]:
            raise BadTable(f"There is no {what} {listed(unknown)}; there are {listed([*known])}.")
        if len(set(names)) != len(names):
            raise BadTable(f"A {what} is named twice: {listed(names)}.")
    if "precedence" in table.resolution and not table.precedence:
        raise BadTable("Precedence needs the names of seats, the most important first.")
    if table.questions is not None and table.questions < 0:
        raise BadTable("The most questions that may be asked are 0 or more.")


def _check_seat(table: Table, seat: Seat) -> None:
    issues = {issue.name: issue for issue in table.space.issues}
    for objective in seat.preferences.objectives:
        subject = objective.subject
        if subject not in table.measure and subject not in issues:
            raise BadTable(f"{seat.name} has an objective on {subject}, which nobody defines.")
        tabled = isinstance(objective.value, TableValue)
        if tabled and subject not in issues:
            raise BadTable(f"{seat.name}: a table of values fits an issue, not measure {subject}.")
        if not tabled and subject in issues and not issues[subject].numeric:
            raise BadTable(f"{seat.name}: the options of {subject} are words; give a table.")
    _check_regions(table, seat, issues)
    for name in [*seat.beliefs, *seat.knows]:
        if name not in table.fact:
            raise BadTable(f"{seat.name} holds something about {name}, which is no fact.")


def _check_regions(table: Table, seat: Seat, issues: Mapping[str, Issue]) -> None:
    for region in seat.preferences.regions:
        if region.name in issues or region.name in table.measure:
            raise BadTable(f"{seat.name}: region {region.name} is also an issue or a measure.")
        for name in region.bounds:
            if name not in issues or not issues[name].numeric:
                raise BadTable(f"{seat.name}: region {region.name} bounds no numeric issue {name}.")
