"""Offers that the seats did not agree on, as they would look to them: for people who amend.

The seats' beliefs are those with which they ended. In a space that is looked at through a pool,
offers that the pool left out are looked at too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine import beliefs
from negotiation.engine.analysis import summarise, summarise_at
from negotiation.engine.messages import PERSON
from negotiation.engine.outlook import Outlook
from negotiation.engine.requirements import constraint
from negotiation.engine.table import BreaksConstraint
from negotiation.engine.utility import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from negotiation.engine.analysis import Summary
    from negotiation.engine.endings import Rule
    from negotiation.engine.messages import Offer
    from negotiation.engine.requirements import Requirement
    from negotiation.engine.session import Session
    from negotiation.engine.space import BoolArray, Constraint, FloatArray, IntArray
    from negotiation.engine.table import Table
    from negotiation.scenarios.compilers import CompiledScenario

NEAREST = 100_000
"""Offers near the agreed one that are looked at beside a pool, at most."""


@dataclass(frozen=True)
class Asked:
    """What a person asked of every agreement, with what everybody had been told by then."""

    requirement: Requirement
    by: str
    facts: Mapping[str, float]

    def constraint(self, table: Table) -> Constraint:
        """It as a hard rule at this table."""
        return constraint(table, self.requirement, by=self.by, facts=self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Of one offer what a `Summary` says of the agreement, by seat: what judging it reads."""

    reservations: Mapping[str, float]
    utilities: Mapping[str, float]
    surplus: Mapping[str, float]
    confidences: Mapping[str, float]
    confidence: float
    by: Rule
    below: tuple[str, ...]


@dataclass(frozen=True)
class Prospect:
    """What the seats expect of the lawful offers of `table`, each by its row.

    `scenario` judges them; `table` has its rules and what people `asked` for at the table. `best`:
    the largest utility that each seat gets at the table they talked at, shape (seats,).
    """

    scenario: CompiledScenario
    table: Table
    outlooks: tuple[Outlook, ...]
    best: FloatArray
    asked: tuple[Asked, ...]

    @classmethod
    def of(cls, scenario: CompiledScenario, session: Session) -> Prospect:
        """Of the offers that the session's table has numbers for."""
        outlooks = tuple(session.outlooks[seat.name] for seat in scenario.table.seats)
        best = np.array([outlook.best for outlook in outlooks])
        return cls(scenario, session.table, outlooks, best, tuple(_asked(scenario, session)))

    def among(self, places: IntArray) -> Prospect:
        """Of the offers with `places` (offers, issues) instead."""
        scenario = self.scenario.through(places)
        rules = (each.constraint(scenario.table) for each in self.asked)
        table = replace(scenario.table, constraints=(*scenario.table.constraints, *rules))
        return replace(self, scenario=scenario, table=table, outlooks=self._seen_from(table))

    def only(self, offer: Offer) -> Prospect:
        """Of one offer; raises NotInSpace."""
        return self.among(np.array([self.table.space.places_of(offer)]))

    def regardless(self) -> Prospect:
        """Of the offers that break rules too."""
        table = replace(self.table, constraints=())
        return replace(self, table=table, outlooks=self._seen_from(table))

    def _seen_from(self, table: Table) -> tuple[Outlook, ...]:
        return tuple(Outlook(table, own.seat, own.beliefs) for own in self.outlooks)

    def around(self, offer: Offer) -> Prospect:
        """This one where every offer has a number; else of the pool, of the offers that differ from
        `offer` on one issue, and of those that differ on two as long as there are few."""
        space = self.table.space
        if not space.pooled:
            return self
        own = np.array(space.places_of(offer))
        pool = np.column_stack([space.places(issue.name) for issue in space.issues])
        near = _near(own, [len(issue.options) for issue in space.issues])
        return self.among(np.concatenate([own[None, :], *near, pool.astype(np.int64)]))

    @cached_property
    def utilities(self) -> FloatArray:
        """Each seat's expected utility of each lawful offer, shape (rows, seats)."""
        return np.stack([outlook.utilities for outlook in self.outlooks]).T

    def row_of(self, offer: Offer) -> int:
        """The row of a lawful offer that has a number here; raises NotInSpace, BreaksConstraint."""
        index = self.table.space.index_of(offer)
        row = self.table.row_of(index)
        if row is None:
            raise BreaksConstraint(self.table.broken(index))
        return row

    def clearing(self, rows: IntArray) -> BoolArray:
        """Who reaches their limit with which offer, inclusive; shape (rows, seats)."""
        return np.asarray(self.utilities[rows] >= self.table.limits - TOLERANCE)

    def surplus(self, rows: IntArray) -> FloatArray:
        """0 at the limit and 1 at the best, as `Outlook.surplus`; shape (rows, seats)."""
        room = self.best - self.table.limits
        above = self.utilities[rows] - self.table.limits
        return np.divide(above, room, out=np.zeros_like(above), where=room > 0)

    def confidences(self, rows: IntArray) -> FloatArray:
        """How sure each seat is that it reaches its limit, shape (rows, seats)."""
        return np.column_stack([_confidences(outlook, rows) for outlook in self.outlooks])

    def expected(self, row: int, by: Rule | None = None) -> Expected:
        """What the seats expect of one offer. Unless it is told what that is decided `by`: by
        consent if it is below nobody's limit, else by a person."""
        at, names = np.array([row]), [seat.name for seat in self.table.seats]
        sure = dict(zip(names, self.confidences(at)[0].tolist(), strict=True))
        clear = dict(zip(names, self.clearing(at)[0].tolist(), strict=True))
        below = tuple(name for name in names if not clear[name])
        return Expected(
            reservations=dict(zip(names, self.table.limits.tolist(), strict=True)),
            by=by or ("person" if below else "consent"),
            below=below,
            utilities=dict(zip(names, self.utilities[row].tolist(), strict=True)),
            surplus=dict(zip(names, self.surplus(at)[0].tolist(), strict=True)),
            confidences=sure,
            confidence=min(sure.values()),
        )


def decided_at(scenario: CompiledScenario, session: Session, offer: Offer) -> Summary:
    """The summary as if a person had decided on `offer`, also on one that a pool left out.

    Raises NotInSpace for what is no offer here, BreaksConstraint for one that is not lawful.
    """
    if scenario.table.space.holds(offer):
        return summarise_at(session, offer)
    prospect = Prospect.of(scenario, session).only(offer)
    expected = prospect.expected(prospect.row_of(offer), "person")
    return replace(
        summarise(session),
        agreement=offer,
        **{each.name: getattr(expected, each.name) for each in fields(expected)},
        nash_ratio=None,
        pareto=None,
        distances=None,
        alternatives=(),
    )


def _asked(scenario: CompiledScenario, session: Session) -> Iterator[Asked]:
    for place, said in enumerate(session.messages):
        told = scenario.facts_used(session.messages[:place]).values if said.requirements else {}
        for requirement in said.requirements:
            yield Asked(requirement, said.sender.removeprefix(PERSON), told)


def _confidences(outlook: Outlook, rows: IntArray) -> FloatArray:
    own = outlook.utilities[rows]
    spread = np.where(own >= outlook.reservation, outlook.downside[rows], outlook.sd[rows])
    return beliefs.confidence(own, spread, outlook.reservation)


def _near(own: IntArray, widths: Sequence[int]) -> Iterator[IntArray]:
    """The places of offers that differ from `own` on one issue, then of those that do on two."""
    one = [_turned(own[None, :], issue, width) for issue, width in enumerate(widths)]
    yield from one
    left = NEAREST - sum(len(places) for places in one)
    for issue, width in enumerate(widths):
        for other in range(issue):
            left -= len(one[other]) * (width - 1)
            if left < 0:
                return
            yield _turned(one[other], issue, width)


def _turned(places: IntArray, issue: int, width: int) -> IntArray:
    """Each of `places` once for every other option of an issue on which they are alike."""
    others = np.delete(np.arange(width), places[0, issue]) if len(places) else np.arange(0)
    turned = np.repeat(places, len(others), axis=0)
    turned[:, issue] = np.tile(others, len(places))
    return turned
