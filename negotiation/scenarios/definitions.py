"""What a name of a document stands for, down to its formulas: equal texts mean the same figure."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.expressions import names_in
from negotiation.scenarios.policy_parts import Reversibility

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.scenarios.policy_parts import RiskInputs
    from negotiation.scenarios.schema import ScenarioDocument


class Definitions:
    """`assumptions`: whether what a fact is assumed to be belongs to what a name stands for."""

    def __init__(self, document: ScenarioDocument, *, assumptions: bool) -> None:
        self.document = document
        self.assumptions = assumptions
        self._known: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Canonical text; of a name that stands for nothing an empty one."""
        if name not in self._known:
            self._known[name] = ""  # a formula that reads itself is refused elsewhere
            self._known[name] = json.dumps(self._parts_of(name), sort_keys=True)
        return self._known[name]

    def _parts_of(self, name: str) -> Any:
        if name in self._measures:
            measure = self._measures[name]
            read = {each: self.of(each) for each in sorted(names_in(measure.formula))}
            return ["measure", measure.formula, measure.unit, read]
        if name in self._lookups:
            lookup = self._lookups[name].model_dump(mode="json", exclude={"label"})
            return ["lookup", self.document.catalogue, lookup]
        if name in self._facts:
            fact = self._facts[name]
            return ["fact", fact.unit, self._assumed(fact) if self.assumptions else None]
        if name in self.document.parameters:
            return ["parameter", self.document.parameters[name]]
        return ["issue", self._issues[name].unit] if name in self._issues else []

    def _assumed(self, fact: Any) -> list[Any]:
        """What it is assumed to be, what seats will say that it is, and whether all hear it."""
        told = [seat.knows[fact.name] for seat in self.document.seats if fact.name in seat.knows]
        return [fact.nominal, fact.disclosure, [[each.mean, each.sd] for each in told]]

    @cached_property
    def _measures(self) -> dict[str, Any]:
        return {part.name: part for part in self.document.measures}

    @cached_property
    def _lookups(self) -> dict[str, Any]:
        return {part.name: part for part in self.document.lookups}

    @cached_property
    def _facts(self) -> dict[str, Any]:
        return {part.name: part for part in self.document.facts}

    @cached_property
    def _issues(self) -> dict[str, Any]:
        return {part.name: part for part in self.document.issues}


def read_by_the_judge(document: ScenarioDocument) -> dict[str, None]:
    """The names whose values decide about an agreement, in the order of the document."""
    return dict.fromkeys([*_read_by_rules(document), *read_by_risk(document.policy.risk)])


def _read_by_rules(document: ScenarioDocument) -> Iterator[str]:
    for rule in document.constraints:
        for test in (rule, rule.when):
            if test is not None:
                yield test.subject
                if test.differs_from is not None:
                    yield test.differs_from
    for gate in document.policy.gates:
        yield gate.subject


def read_by_risk(risk: RiskInputs) -> Iterator[str]:
    for dimension in risk.dimensions:
        yield dimension.loss
    for stated in (risk.affected, risk.population):
        if isinstance(stated, str):
            yield stated
    if isinstance(risk.reversibility, Reversibility):
        yield risk.reversibility.by
