"""What the readers of the formats have in common: a game, and the table it is played at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, get_args

from negotiation.engine.pools import pooled_table
from negotiation.engine.space import OutcomeSpace
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import FEWEST_SEATS, MOST_SEATS, BadTable, Kind, Table
from negotiation.engine.utility import Objective, TableValue
from negotiation.scenarios.errors import did_you_mean
from negotiation.scenarios.formats.spots import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from negotiation.engine.messages import Option
    from negotiation.engine.space import Issue
    from negotiation.engine.table import Seat

PROTOCOLS: tuple[Kind, ...] = get_args(Kind)
MOST_ISSUES = 500
_ROUNDS, _ALTERNATING_ROUNDS = 20, 1_000
_MOST_MEDIATED = 10_000
_MOST_LOOKS = 10**10
"""Of all seats at all offers, in all rounds with a mediator: about 15 s."""
_MOST_MOVES = 1_000_000
"""Of a talk of alternating offers: each is kept, about 250 bytes and 5 µs."""
_OFFER_BY_OFFER = "micro"  # concedes one offer at a time, so it may need a round for each
_RESERVED = ("mediator", "system")


@dataclass(frozen=True, slots=True)
class Scale:
    """How a seat counts its own points: points = least + span · utility."""

    least: float
    span: float

    def points(self, utility: float) -> float:
        return self.least + self.span * utility


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a game is played; what is None is left as it is.

    `strategies`: one for all seats, or one for each in their order. `steps`: the rounds until the
    deadline. `quorum`: how many seats have to agree, those with a veto among them.
    """

    protocol: str | None = None
    strategies: Sequence[str] = ()
    steps: int | None = None
    quorum: int | None = None

    def applied(self, table: Table) -> Table:
        """The table with these settings; raises `ScenarioError` if one does not fit."""
        spot = Spot(table.title)
        try:
            return replace(
                table,
                protocol=self._protocol(spot) or table.protocol,
                rounds=self._rounds(spot, table),
                dissent=self._dissent(spot, table),
                seats=self._seats(spot, table),
            )
        except BadTable as error:
            spot.refuse(str(error).rstrip("."))

    def _protocol(self, spot: Spot) -> Kind | None:
        known = {name: name for name in PROTOCOLS}
        if self.protocol is not None and self.protocol not in known:
            remedy = did_you_mean(self.protocol, PROTOCOLS)
            spot.refuse(f"there is no protocol '{self.protocol}'", remedy)
        return known[self.protocol] if self.protocol else None

    def _rounds(self, spot: Spot, table: Table) -> int:
        alternating, seats = (self.protocol or table.protocol) == "alternating", len(table.seats)
        looks = min(_MOST_MEDIATED, _MOST_LOOKS // (table.space.count * seats))
        most = _MOST_MOVES // seats if alternating else looks
        if self.steps is not None:
            if not 1 <= self.steps <= most:
                few = "few" if self.steps < 1 else "many"
                spot.refuse(f"{self.steps} steps are too {few}", f"give 1 to {most:,}")
            return self.steps
        if self.protocol in {None, table.protocol}:
            return table.rounds
        if not alternating:
            return _ROUNDS
        if _OFFER_BY_OFFER not in self.strategies:
            return _ALTERNATING_ROUNDS
        return min(max(_ALTERNATING_ROUNDS, table.space.count), most)

    def _dissent(self, spot: Spot, table: Table) -> int:
        if self.quorum is None:
            return table.dissent
        vetoes, seats = sum(seat.veto for seat in table.seats), len(table.seats)
        least = max(vetoes, FEWEST_SEATS)
        if not least <= self.quorum <= seats:
            spot.refuse(
                f"a quorum of {self.quorum} does not fit {seats} seats, {vetoes} with a veto",
                f"give a number from {least} to {seats}",
            )
        return seats - self.quorum

    def _seats(self, spot: Spot, table: Table) -> tuple[Seat, ...]:
        if not self.strategies:
            return table.seats
        for name in self.strategies:
            if name not in STRATEGIES:
                spot.refuse(f"there is no strategy '{name}'", did_you_mean(name, STRATEGIES))
        names = [*self.strategies] * (len(table.seats) if len(self.strategies) == 1 else 1)
        if len(names) != len(table.seats):
            spot.refuse(
                f"there are {len(names)} strategies for {len(table.seats)} seats",
                "give one for all or one for each",
            )
        return tuple(
            replace(seat, strategy=STRATEGIES[name])
            for seat, name in zip(table.seats, names, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """What was read: issues, seats and how they count. `source` names it in an error.

    `scales`: by seat, for those that count points.
    """

    title: str
    source: str
    issues: tuple[Issue, ...]
    seats: tuple[Seat, ...]
    scales: Mapping[str, Scale] = field(default_factory=dict)

    def table(self, settings: Settings, *, seed: int = 1) -> Table:
        """The table; a space too large to be numbered is looked at through a pool of offers.

        Raises `ScenarioError` if `settings` do not fit. `seed` decides the pool alone.
        """
        spot = Spot(self.source)
        if not FEWEST_SEATS <= len(self.seats) <= MOST_SEATS:
            spot.refuse(
                f"there are {len(self.seats)} parties", f"give {FEWEST_SEATS} to {MOST_SEATS}"
            )
        if len(self.issues) > MOST_ISSUES:
            spot.refuse(f"there are {len(self.issues)} issues", f"use at most {MOST_ISSUES}")
        return settings.applied(pooled_table(self._seated, OutcomeSpace(self.issues), seed))

    def _seated(self, space: OutcomeSpace) -> Table:
        return Table(title=self.title, space=space, seats=self.seats)


def objective(issue: Issue, weight: float, values: Mapping[Option, float]) -> Objective:
    """An objective worth `weight` · `values`[option], `values` from 0 up.

    Where they pass 1 the weight takes their largest, so that values stay between 0 and 1.
    """
    largest = max(1.0, *values.values())
    table = TableValue({option: value / largest for option, value in values.items()})
    return Objective(issue.name, weight * largest, table, issue.label)


def distinct(names: Iterable[str], taken: Iterable[str] = _RESERVED) -> list[str]:
    """`names`, the second of the same with " (2)" and so on; `taken` are not given out."""
    given: list[str] = []
    used = set(taken)
    for name in names:
        number, candidate = 1, name
        while candidate in used:
            number += 1
            candidate = f"{name} ({number})"
        used.add(candidate)
        given.append(candidate)
    return given
