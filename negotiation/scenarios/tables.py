"""A document's table: who sits there, what is negotiated, and how every figure is computed."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, cast

import numpy as np

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.pools import pooled_table
from negotiation.engine.space import ENUMERABLE, Issue, OutcomeSpace
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import (
    LinearValue,
    Measure,
    Objective,
    PiecewiseValue,
    Preferences,
    TableValue,
    TriangularValue,
)
from negotiation.scenarios.columns import Columns
from negotiation.scenarios.rules import compile_constraint
from negotiation.scenarios.vocabulary import Vocabulary, option_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from negotiation.engine.space import FloatArray
    from negotiation.engine.utility import ValueFunction
    from negotiation.scenarios import schema
    from negotiation.scenarios.values import Value


_SEED = 1  # of the search for a pool


def compile_space(document: schema.ScenarioDocument) -> OutcomeSpace:
    return OutcomeSpace(
        [
            Issue(issue.name, issue.label, issue.values, issue.unit, issue.labels)
            for issue in document.issues
        ]
    )


def compile_columns(document: schema.ScenarioDocument) -> Columns:
    """The figures of all offers, or of a pool of them where there are too many.

    The pool is the same for the same document. What is in place today is always in it.
    """
    space = compile_space(document)
    columns = Columns(Vocabulary(document), space)
    if space.size <= ENUMERABLE:
        return columns
    pooled = pooled_table(
        lambda some: compile_table(Columns(columns.known, some, like=columns)), space, _SEED
    ).space
    if document.today:
        today = [issue.options.index(document.today[issue.name]) for issue in space.issues]
        found = np.column_stack([pooled.places(issue.name) for issue in space.issues])
        pooled = space.with_pool(np.concatenate([found, [today]]))
    return Columns(columns.known, pooled, like=columns)


def compile_table(columns: Columns) -> Table:
    known, document = columns.known, columns.known.document
    return Table(
        title=document.title,
        space=columns.space,
        facts=tuple(_fact(fact) for fact in document.facts),
        measures=tuple(_measures(columns)),
        constraints=tuple(compile_constraint(rule, columns) for rule in document.constraints),
        seats=tuple(_seat(seat, columns, _newest_day(document)) for seat in document.seats),
        protocol=known.document.protocol.kind,
        rounds=document.protocol.rounds,
        dissent=document.protocol.dissent,
        questions=document.protocol.questions,
        quiet_rounds=document.protocol.quiet_rounds,
        resolution=tuple(document.policy.resolution),
        precedence=tuple(document.policy.precedence),
    )


def _fact(fact: schema.Fact) -> Fact:
    return Fact(
        name=fact.name,
        label=fact.label,
        unit=fact.unit,
        nominal=fact.nominal,
        drift_per_day=fact.drift_per_day,
        disclosure=fact.disclosure,
    )


def _measures(columns: Columns) -> Iterator[Measure]:
    """The measures, and every figure of the catalogue, which is a measure without facts."""
    known = columns.known
    for measure in known.measures.values():
        evaluate = partial(columns.measure, measure.name)
        facts = columns.facts_of(measure.name)
        levels = {float(level): label for level, label in measure.levels.items()}
        yield Measure(measure.name, measure.label, measure.unit, evaluate, facts, levels)
    for name in known.lookups:
        if known.kinds[name] == "number":
            words = known.words
            evaluate = partial(_certain, columns, name)
            yield Measure(name, words.label(name), words.unit(name), evaluate)


def _certain(columns: Columns, lookup: str, _facts: Mapping[str, float]) -> FloatArray:
    return columns.lookup(lookup)


def _newest_day(document: schema.ScenarioDocument) -> date | None:
    days = [claim.observed_on for seat in document.seats for claim in seat.knows.values()]
    return date.fromisoformat(max(days)) if days else None


def _seat(seat: schema.Seat, columns: Columns, today: date | None) -> Seat:
    return Seat(
        name=seat.name,
        title=seat.title,
        preferences=Preferences(
            tuple(_objective(objective, columns) for objective in seat.objectives),
            seat.reservation,
            discount=seat.discount,
        ),
        beliefs={
            fact.name: _belief(seat, fact)
            for fact in columns.known.document.facts
            if fact.name not in seat.knows
        },
        knows={name: _evidence(name, claim, today) for name, claim in seat.knows.items()},
        strategy=STRATEGIES[seat.strategy],
        veto=seat.veto,
    )


def _belief(seat: schema.Seat, fact: schema.Fact) -> Belief:
    own = seat.beliefs.get(fact.name)
    return Belief(own.mean, own.sd) if own else Belief(fact.nominal, fact.sd)


def _evidence(fact: str, claim: schema.Knowledge, today: date | None) -> Evidence:
    observed = date.fromisoformat(claim.observed_on)
    return Evidence(
        fact=fact,
        mean=claim.mean,
        sd=claim.sd,
        source=claim.source,
        root=claim.root or f"{claim.source} {claim.observed_on}",
        kind=claim.kind,
        observed_on=claim.observed_on,
        age_days=float((today - observed).days) if today else 0.0,
        url=claim.url,
    )


def _objective(objective: schema.Objective, columns: Columns) -> Objective:
    subject, words = objective.subject, columns.known.words
    return Objective(
        subject=subject,
        weight=objective.weight,
        value=value_function(objective.value, columns.known.issues.get(subject)),
        label=objective.label or words.label(subject),
        unit=words.unit(subject),
    )


def value_function(value: Value, issue: schema.Issue | None) -> ValueFunction:
    """`issue`: what a table of values is about."""
    if value.table is not None and issue is not None:
        options = option_texts(issue)
        return TableValue({options[text]: figure for text, figure in value.table.items()})
    if value.triangle is not None:
        return TriangularValue(*value.triangle)
    if value.points is not None:
        return PiecewiseValue(tuple((point[0], point[1]) for point in value.points))
    return LinearValue(cast("float", value.worst), cast("float", value.best))
