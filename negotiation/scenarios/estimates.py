"""How many people each of very many offers would need: the judge's rules over whole columns.

An estimate may be too low by what floats are off by, never too high, so it is for looking for
offers, not for judging them: whoever finds one asks `CompiledScenario.judge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine import risk
from negotiation.engine.gates import frozen, met_by
from negotiation.scenarios import readings
from negotiation.scenarios.judgements import entropy, seconds
from negotiation.scenarios.policy_parts import Reversibility

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from negotiation.engine.policy import Judgement
    from negotiation.engine.space import BoolArray, Column, FloatArray, IntArray
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.judgements import History
    from negotiation.scenarios.prospects import Prospect
    from negotiation.scenarios.readings import FactsUsed

AUTOMATIC = 0
REFUSED = 1_000_000
_PERSON = 100  # so a senior more is less than a person more
_ROUNDING = 1e-6


def burden(scenario: CompiledScenario, judgement: Judgement) -> int:
    """What a judgement asks of people: nothing, some of them and of their seniors, or too much."""
    if judgement.route != "review":
        return AUTOMATIC if judgement.route == "auto" else REFUSED
    tier = scenario.tier(judgement)
    return tier.people * _PERSON + tier.seniors


@dataclass(frozen=True)
class Estimates:
    """The judge's rules for the rows of a prospect, with what is known of facts and the past."""

    prospect: Prospect
    facts: FactsUsed
    history: History
    now: datetime | None = None

    def burdens(self, rows: IntArray) -> IntArray:
        """At most what `burden` gives for the judgement of each row, shape (rows,)."""
        policy = self.prospect.scenario.policy
        severity, reversibility = self._severity(rows), self._reversibility(rows)
        scores = self._scores(rows, severity, reversibility)
        asked = np.where(scores < policy.review_from, 0, 1)  # unknown is not below
        for met, people in self._rules(rows):
            asked = np.where(met, np.maximum(asked, people), asked)
        if policy.irreversible:
            slight = (severity < policy.irreversible.severity - _ROUNDING) & ~np.isnan(scores)
            met = ~slight & (reversibility >= 1)
            asked = np.where(met, np.maximum(asked, policy.irreversible.people), asked)
        found = np.where(asked > 0, self._reviewed(scores, asked), AUTOMATIC)
        refused = (scores >= policy.refuse_from) | ~self._kept[rows]
        return np.where(refused, REFUSED, found)

    def _reviewed(self, scores: FloatArray, asked: IntArray) -> IntArray:
        first, *higher = self.prospect.scenario.policy.tiers
        people, seniors = np.full_like(asked, first.people), np.full_like(asked, first.seniors)
        for tier in higher:  # they rise
            below = scores < tier.begins
            people = np.where(below, people, tier.people)
            seniors = np.where(below, seniors, tier.seniors)
        return np.asarray(np.maximum(people, asked) * _PERSON + seniors)

    def _rules(self, rows: IntArray) -> Iterator[tuple[BoolArray, int]]:
        """Which rows meet a rule that does not ask for the score, and how many people it takes."""
        prospect, policy = self.prospect, self.prospect.scenario.policy
        for gate in policy.gates:
            yield met_by(gate, self._column(gate.subject, rows)), gate.people
        yield np.full(len(rows), bool(frozen(policy.freezes, seconds(self.now)))), 1
        yield np.asarray(~prospect.clearing(rows).all(axis=1)), 1
        yield self._confidence(rows) < policy.minimum_confidence - _ROUNDING, 1

    def _scores(
        self, rows: IntArray, severity: FloatArray, reversibility: FloatArray
    ) -> FloatArray:
        """NaN where a figure is missing, shape (rows,)."""
        prospect, known = self.prospect, self.history
        stated = prospect.scenario.document.policy.risk
        affected = self._stated(stated.affected, rows)
        population = self._stated(stated.population, rows)
        seats = len(prospect.outlooks)
        split = np.array([entropy(clear / seats) for clear in range(seats + 1)])
        stances = split[prospect.clearing(rows).sum(axis=1)]
        surplus = np.clip(prospect.surplus(rows).min(axis=1), 0.0, 1.0)
        sizes = (
            risk.failure_bound(known.reports, known.bad),
            np.minimum(severity, risk.LARGEST_SEVERITY),
            risk.reach(np.where(affected <= population, affected, np.nan), population),
            risk.effort(reversibility),
            risk.doubt(
                np.maximum(stances, 1 - surplus),
                known.novelty,
                risk.trusted(self._confidence(rows), known.calibrated_reports),
            ),
        )
        scores = 100.0 + sum(risk.points(size) for size in sizes)
        return np.asarray(np.clip(scores - _ROUNDING, 0.0, 100.0))

    def _severity(self, rows: IntArray) -> FloatArray:
        """The worst loss as a share of what is tolerated, NaN where one is unknown."""
        shares = []
        for part in self.prospect.scenario.document.policy.risk.dimensions:
            loss = self._stated(part.loss, rows) + self.history.lost.get(part.name, 0.0)
            shares.append(np.where(loss >= 0, loss, np.nan) / part.tolerance)
        return np.asarray(np.max(shares, axis=0))  # the largest of NaN and anything is NaN

    def _reversibility(self, rows: IntArray) -> FloatArray:
        scenario = self.prospect.scenario
        stated = scenario.document.policy.risk.reversibility
        if not isinstance(stated, Reversibility):
            return np.full(len(rows), float(stated))
        options = scenario.table.space.issue(stated.by).options
        levels = np.array([stated.levels[str(option)] for option in options])
        return np.asarray(levels[scenario.table.places(stated.by)[rows]])

    def _confidence(self, rows: IntArray) -> FloatArray:
        return np.asarray(self.prospect.confidences(rows).min(axis=1))

    def _stated(self, stated: float | str, rows: IntArray) -> FloatArray:
        """A figure, or that of the subject it names; texts are no figures."""
        if not isinstance(stated, str):
            return np.full(len(rows), float(stated))
        column = self._column(stated, rows)
        return np.full(len(rows), np.nan) if column.dtype == object else column

    def _column(self, subject: str, rows: IntArray) -> Column:
        """What a rule may be about, for each row: unknown figures are NaN, unknown texts ""."""
        table, columns = self.prospect.table, self.prospect.scenario.columns
        if subject in columns.known.lookups:
            return columns.lookup(subject)[table.lawful[rows]]
        if subject in columns.known.measures:
            return columns.measure(subject, self.facts.values)[table.lawful[rows]]
        if subject in columns.known.issues:
            return table.space.issue(subject).values[table.places(subject)[rows]]
        value = columns.known.document.parameters[subject]
        return np.full(len(rows), value, dtype=object if isinstance(value, str) else float)

    @cached_property
    def _kept(self) -> BoolArray:
        """Which lawful offers keep the hard rules also at the facts that were told, (rows,)."""
        table = self.prospect.scenario.table
        at_these = partial(
            readings.column, columns=self.prospect.scenario.columns, facts=self.facts
        )
        kept = np.ones(table.space.count, dtype=np.bool_)
        for constraint in table.constraints:
            kept &= constraint.allows(at_these)
        return kept[self.prospect.table.lawful]
