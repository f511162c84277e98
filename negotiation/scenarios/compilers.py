"""From a document to what the engine works with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation.engine.budgets import Budget
from negotiation.engine.gates import gated
from negotiation.engine.policy import judge
from negotiation.engine.risk import MissingFigure, assess
from negotiation.engine.tiers import tier_of
from negotiation.scenarios import judgements, readings
from negotiation.scenarios.checks import problems_of
from negotiation.scenarios.columns import Columns
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.judgements import History
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.scenarios.tables import compile_columns, compile_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from negotiation.engine.gates import Finding
    from negotiation.engine.messages import Message, Offer, Option
    from negotiation.engine.policy import Judgement, Policy
    from negotiation.engine.risk import RiskInputs
    from negotiation.engine.space import IntArray
    from negotiation.engine.table import Table
    from negotiation.engine.tiers import Tier
    from negotiation.scenarios.judgements import Expectations
    from negotiation.scenarios.readings import FactsUsed
    from negotiation.scenarios.schema import Executor
    from negotiation.scenarios.words import Words

_REMEMBERED = 16  # compiled scenarios; each holds the figures of all its offers


def compile_scenario(document: ScenarioDocument) -> CompiledScenario:
    """The scenario ready to run; raises `ScenarioError` if its parts do not fit together.

    Equal documents give the same object, so its figures are computed once.
    """
    return _compiled(document.model_dump_json())


@lru_cache(maxsize=_REMEMBERED)
def _compiled(canonical: str) -> CompiledScenario:
    document = ScenarioDocument.model_validate_json(canonical)
    if problems := problems_of(document):
        raise ScenarioError(document.name, problems)
    columns = compile_columns(document)
    return CompiledScenario(
        document=document,
        table=compile_table(columns),
        policy=judgements.compile_policy(columns.known),
        columns=columns,
    )


@dataclass(frozen=True)
class CompiledScenario:
    document: ScenarioDocument
    table: Table
    policy: Policy
    columns: Columns

    @property
    def today(self) -> Offer | None:
        """What is in place now, its issues in the order of the space."""
        today = self.document.today
        return {name: today[name] for name in self.columns.known.issues} if today else None

    @property
    def executor(self) -> Executor:
        return self.document.executor

    @property
    def pace(self) -> float:
        """Seconds between two messages."""
        return self.document.protocol.pace

    @property
    def action(self) -> str:
        return self.document.action

    @property
    def service(self) -> str:
        """What the action is done to."""
        return self.document.service

    @property
    def words(self) -> Words:
        return self.columns.known.words

    def tier(self, judgement: Judgement) -> Tier:
        """Who decides this judgement, if it goes to people."""
        return tier_of(self.policy.tiers, judgement)

    @property
    def budget(self) -> Budget:
        """Of risk without a person, for this service."""
        stated = self.document.policy.budget
        return Budget(harm=stated.harm, hours=stated.hours)

    @property
    def grant_hours(self) -> float:
        return self.document.policy.grant_hours

    def facts_used(self, messages: Iterable[Message]) -> FactsUsed:
        """The facts with which an agreement of this conversation is judged, shown and checked."""
        return readings.facts_used(self.columns, messages)

    def values(self, offer: Offer, facts: FactsUsed) -> dict[str, Option | None]:
        """Everything a rule may be about by name: issues, parameters, figures of the catalogue
        and measures at these facts; None where it is unknown. Raises NotInSpace."""
        return readings.values(offer, self.columns, facts)

    def effects(self, offer: Offer, facts: FactsUsed) -> dict[str, dict[str, Any]]:
        """What carrying it out leads to: label, value and unit of every measure."""
        values = self.values(offer, facts)
        return {
            measure.name: {
                "label": measure.label,
                "value": values[measure.name],
                "unit": measure.unit,
            }
            for measure in self.table.measures
        }

    def figures_read(self, offer: Offer) -> tuple[readings.FigureRead, ...]:
        """The figures of the catalogue behind an offer, with source, licence and date."""
        return readings.figures_read(offer, self.columns)

    def risk_inputs(
        self, offer: Offer, summary: Expectations, facts: FactsUsed, history: History
    ) -> RiskInputs:
        return judgements.risk_inputs(
            self.document.policy.risk,
            offer=offer,
            values=self.values(offer, facts),
            stances=judgements.Stances.of(summary),
            history=history,
        )

    def looking_at(self, offer: Offer) -> CompiledScenario:
        """These rules over a space in which `offer` has a number, also if the pool left it out.

        Raises NotInSpace if it is no offer here at all.
        """
        space = self.table.space
        if not space.pooled:
            return self
        return self.through(np.array([space.places_of(offer)]))

    def through(self, places: IntArray) -> CompiledScenario:
        """These rules over the offers with `places` (offers, issues) and no others."""
        columns = Columns(self.columns.known, self.table.space.with_pool(places), like=self.columns)
        return replace(self, table=compile_table(columns), columns=columns)

    def broken(self, offer: Offer, facts: FactsUsed) -> tuple[Finding, ...]:
        """The hard rules that an offer does not keep at these facts. Raises NotInSpace."""
        return judgements.broken(self.table.constraints, offer, self.columns, facts)

    def gated(self, offer: Offer, facts: FactsUsed) -> tuple[Finding, ...]:
        """The gates that send an offer to people at these facts. Raises NotInSpace."""
        return gated(self.policy.gates, self.values(offer, facts))

    def judge(
        self,
        offer: Offer,
        summary: Expectations,
        facts: FactsUsed,
        history: History | None = None,
        now: datetime | None = None,
    ) -> Judgement:
        """The route of an agreement; without a history nothing is known of earlier actions, without
        `now` (aware) nothing of freezes."""
        inputs = self.risk_inputs(offer, summary, facts, history or History())
        try:
            risk = assess(inputs)
        except MissingFigure:
            risk = None
        return judge(
            self.policy,
            risk=risk,
            values=self.values(offer, facts),
            confidence=summary.confidence,
            by=summary.by,
            below=tuple(self.table.seat[name].title for name in summary.below),
            broken=self.broken(offer, facts),
            by_people=facts.by_people,
            reversibility=inputs.reversibility,
            now=judgements.seconds(now),
        )
