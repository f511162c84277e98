"""What the names of a document stand for, and whether each is a number or a text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from negotiation.scenarios import catalogues
from negotiation.scenarios.words import Words

if TYPE_CHECKING:
    from negotiation.scenarios.expressions import Kind
    from negotiation.scenarios.schema import Fact, Issue, Lookup, Measure, ScenarioDocument


@dataclass(frozen=True)
class Vocabulary:
    document: ScenarioDocument

    @cached_property
    def words(self) -> Words:
        return Words.of(self.document.model_dump(mode="json"))

    @cached_property
    def issues(self) -> dict[str, Issue]:
        return {issue.name: issue for issue in self.document.issues}

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return {fact.name: fact for fact in self.document.facts}

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        return {lookup.name: lookup for lookup in self.document.lookups}

    @cached_property
    def measures(self) -> dict[str, Measure]:
        return {measure.name: measure for measure in self.document.measures}

    @cached_property
    def catalogue(self) -> catalogues.Catalogue | None:
        """The catalogue, None where there is none of the name."""
        name = self.document.catalogue
        return catalogues.load(name) if name in catalogues.names() else None

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """Number or text for every name a formula, rule or objective may use but measures."""
        kinds: dict[str, Kind] = dict.fromkeys(self.facts, "number")
        for name, value in self.document.parameters.items():
            if not isinstance(value, list):
                kinds[name] = "text" if isinstance(value, str) else "number"
        for name, issue in self.issues.items():
            kinds[name] = kind_of_issue(issue)
        for name, lookup in self.lookups.items():
            if column := self.column_of(lookup):
                kinds[name] = column.kind
        return kinds

    @cached_property
    def subjects(self) -> dict[str, Kind]:
        """What a rule may be about: everything that an offer alone decides."""
        known = self.kinds | dict.fromkeys(self.measures, "number")
        return {name: kind for name, kind in known.items() if name not in self.facts}

    def table_of(self, lookup: Lookup) -> catalogues.CatalogueTable:
        """The table of a lookup that was checked; raises LookupError if there is none."""
        if self.catalogue is None:
            raise LookupError(f"The lookup {lookup.name} has no catalogue.")
        return self.catalogue.tables[lookup.table]

    def column_of(self, lookup: Lookup) -> catalogues.Column | None:
        table = self.catalogue.tables.get(lookup.table) if self.catalogue else None
        return table.columns.get(lookup.column) if table else None


def kind_of_issue(issue: Issue) -> Kind:
    return "text" if any(isinstance(value, str) for value in issue.values) else "number"


def option_texts(issue: Issue) -> dict[str, int | float | str]:
    """The options by the text that stands for them as a key of a document."""
    return {str(value): value for value in issue.values}


def subjects(document: ScenarioDocument) -> list[str]:
    """The measures that somebody wants, limits or tolerates: steps on the way are left out."""
    matters = {
        *(goal.subject for seat in document.seats for goal in seat.objectives),
        *(rule.subject for rule in document.constraints),
        *(gate.subject for gate in document.policy.gates),
        *(part.loss for part in document.policy.risk.dimensions),
    }
    return [measure.name for measure in document.measures if measure.name in matters]
