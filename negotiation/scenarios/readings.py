"""What an offer means in figures, and where those figures are from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from negotiation.engine.beliefs import note
from negotiation.engine.messages import PERSON
from negotiation.scenarios.columns import known_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from negotiation.engine.messages import Evidence, Message, Option
    from negotiation.engine.space import Column
    from negotiation.scenarios import schema
    from negotiation.scenarios.columns import Columns

ASSUMED = "assumed in the scenario"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactUsed:
    """The figure of a fact with which an agreement is judged: `value` ± `sd` in `unit`."""

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


@dataclass(frozen=True)
class FactsUsed:
    """All that an agreement's figures rest on besides the catalogue, and nothing else.

    Only what everybody at the table was told is in here, because packages leave the table: what
    one seat told another, or kept to itself, stays between them. `by_people`: what these facts are
    called of which a person told the table something.
    """

    facts: tuple[FactUsed, ...]
    by_people: tuple[str, ...] = ()

    @cached_property
    def values(self) -> dict[str, float]:
        return {fact.fact: fact.value for fact in self.facts}

    def to_dicts(self) -> list[dict[str, Any]]:
        return [fact.to_dict() for fact in self.facts]

    @classmethod
    def from_dicts(cls, stored: Iterable[Mapping[str, Any]]) -> FactsUsed:
        return cls(tuple(FactUsed(**fact) for fact in stored))


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


def values(
    offer: Mapping[str, Option], columns: Columns, facts: FactsUsed
) -> dict[str, Option | None]:
    """Everything a rule may be about, measures at these facts; None where it is unknown."""
    index = columns.space.index_of(offer)
    stated = columns.known.document.parameters
    found: dict[str, Option | None] = {
        name: value for name, value in stated.items() if not isinstance(value, list)
    }
    found.update(offer)
    for name in columns.known.lookups:
        found[name] = known_or_none(columns.lookup(name)[index])
    for name in columns.known.measures:
        found[name] = known_or_none(columns.measure(name, facts.values)[index])
    return found


def column(subject: str, columns: Columns, facts: FactsUsed) -> Column:
    """A measure at these facts, or an issue, for every offer; shape (space.count,)."""
    if subject in columns.known.measures:
        return columns.measure(subject, facts.values)
    return columns.space.column(subject)


def facts_used(columns: Columns, messages: Iterable[Message]) -> FactsUsed:
    """For each fact that a measure reads: the most exact figure told to everybody, else nominal."""
    known = columns.known
    read = frozenset().union(*(columns.facts_of(name) for name in known.measures))
    said = [message for message in messages if message.told and not message.recipients]
    told = _told(said)
    by_people = {
        message.told.fact for message in said if message.told and message.sender.startswith(PERSON)
    }
    used = [fact for fact in known.facts.values() if fact.name in read]
    return FactsUsed(
        tuple(_fact_used(fact, told.get(fact.name)) for fact in used),
        tuple(fact.label for fact in used if fact.name in by_people),
    )


def _told(messages: Iterable[Message]) -> dict[str, Evidence]:
    best: dict[str, Evidence] = {}
    for message in messages:
        if message.told is not None:
            note(best, message.told)
    return best


def _fact_used(fact: schema.Fact, told: Evidence | None) -> FactUsed:
    return FactUsed(
        fact=fact.name,
        label=fact.label,
        unit=fact.unit,
        value=told.mean if told else fact.nominal,
        sd=told.sd if told else fact.sd,
        source=told.source if told else ASSUMED,
        date=told.observed_on if told else "",
        kind=told.kind if told else "",
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
                label=known.words.label(name),
                unit=known.catalogue.tables[lookup.table].columns[lookup.column].unit,
                value=known_or_none(columns.lookup(name)[index]),
                source=source.name,
                url=source.url,
                licence=source.licence,
                date=source.date,
            )
        )
    return tuple(found)
