"""What an offer means in figures, and where those figures are from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from negotiation.scenarios.columns import known_or_none
from negotiation.scenarios.tables import subject_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.messages import Option
    from negotiation.engine.table import Table
    from negotiation.scenarios.columns import Columns
    from negotiation.scenarios.schema import ScenarioDocument

ASSUMED = "assumed in the scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRead:
    """The best figure that the table has about a fact: `value` ± `sd` in `unit`."""

    fact: str
    label: str
    unit: str
    value: float
    sd: float
    source: str
    date: str
    kind: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRead:
    """One figure of the catalogue that an offer rests on; `value` is None where it is unknown."""

    name: str
    label: str
    unit: str
    value: Option | None
    source: str
    url: str
    licence: str
    date: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def values(offer: Mapping[str, Option], columns: Columns, table: Table) -> dict[str, Option | None]:
    """Everything a rule may be about: None where it is unknown, measures at nominal facts."""
    index = columns.space.index_of(offer)
    stated = columns.known.document.parameters
    found: dict[str, Option | None] = {
        name: value for name, value in stated.items() if not isinstance(value, list)
    }
    found.update(offer)
    for name in columns.known.lookups:
        found[name] = known_or_none(columns.lookup(name)[index])
    for name in columns.known.measures:
        found[name] = known_or_none(table.lookup(name)[index])
    return found


def facts_read(document: ScenarioDocument, columns: Columns) -> tuple[FactRead, ...]:
    """For each fact that a measure reads, the figure of the most exact source at the table."""
    used = frozenset().union(*(columns.facts_of(name) for name in columns.known.measures))
    return tuple(
        _fact_read(name, document, columns) for name in columns.known.facts if name in used
    )


def _fact_read(name: str, document: ScenarioDocument, columns: Columns) -> FactRead:
    fact = columns.known.facts[name]
    claims = [seat.knows[name] for seat in document.seats if name in seat.knows]
    if not claims:
        return FactRead(
            fact=name,
            label=fact.label,
            unit=fact.unit,
            value=fact.nominal,
            sd=fact.sd,
            source=ASSUMED,
            date="",
            kind="claimed",
        )
    best = min(claims, key=lambda claim: claim.sd)
    return FactRead(
        fact=name,
        label=fact.label,
        unit=fact.unit,
        value=best.mean,
        sd=best.sd,
        source=best.source,
        date=best.observed_on,
        kind=best.kind,
    )


def figures_read(offer: Mapping[str, Option], columns: Columns) -> tuple[FigureRead, ...]:
    """The figures of the catalogue behind an offer, with source, licence and date."""
    known, index = columns.known, columns.space.index_of(offer)
    found = []
    for name, lookup in known.lookups.items():
        if known.catalogue is None:
            break
        source = known.catalogue.source_of(lookup.table, lookup.column)
        found.append(
            FigureRead(
                name=name,
                label=subject_label(name, known),
                unit=known.catalogue.tables[lookup.table].columns[lookup.column].unit,
                value=known_or_none(columns.lookup(name)[index]),
                source=source.name,
                url=source.url,
                licence=source.licence,
                date=source.date,
            )
        )
    return tuple(found)
