"""Random tables for property tests: issues, measures with facts, constraints, unknown figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np
from hypothesis import strategies as st

from negotiation.engine.beliefs import Belief, Disclosure, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.space import Constraint, Issue, Margin, OutcomeSpace
from negotiation.engine.strategies import STRATEGIES
from negotiation.engine.table import RESOLUTIONS, Kind, Seat, Table
from negotiation.engine.utility import (
    LinearValue,
    Measure,
    Objective,
    PiecewiseValue,
    Preferences,
    TableValue,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.space import FloatArray

DISCLOSURES: tuple[Disclosure, ...] = ("public", "on_request", "never")


def random_table(
    *, draw: int, seats: int, kind: Kind = "mediated", strict: bool = False, dissent: int = 0
) -> Table:
    """A table drawn from `draw`; a `strict` one often has no lawful or no acceptable offer."""
    rng = np.random.default_rng(draw)
    space = OutcomeSpace(tuple(_issue(rng, number) for number in range(rng.integers(1, 4))))
    facts = tuple(
        Fact(f"fact{n}", f"Fact {n}", "ms", 1.0, disclosure=DISCLOSURES[rng.integers(3)])
        for n in range(rng.integers(0, 4))
    )
    measures = tuple(_measure(rng, space, facts, n) for n in range(rng.integers(1, 4)))
    constraints = tuple(_constraint(rng, measures, n, strict) for n in range(rng.integers(0, 3)))
    return Table(
        title="Random",
        space=space,
        seats=tuple(
            _seat(rng, space=space, measures=measures, facts=facts, number=number, strict=strict)
            for number in range(seats)
        ),
        measures=measures,
        facts=facts,
        constraints=constraints,
        protocol=kind,
        rounds=int(rng.integers(1, 15)),
        dissent=min(dissent, seats - 1),
    )


def with_rules(table: Table, *, draw: int) -> Table:
    """The table with a list of what follows without an agreement, and few questions."""
    rng = np.random.default_rng(draw)
    names = [seat.name for seat in table.seats]
    steps = [step for step in RESOLUTIONS if rng.random() < 0.5]
    return replace(
        table,
        resolution=tuple(steps),
        precedence=tuple(str(name) for name in rng.permutation(names)),
        questions=int(rng.integers(7)),
    )


def every_kind(draw: int) -> Table:
    """A table of any protocol, drawn from `draw`: everything that a table may have."""
    rng = np.random.default_rng(draw)
    kinds: tuple[Kind, ...] = get_args(Kind)
    kind = kinds[rng.integers(len(kinds))]
    dissent = 0 if kind == "alternating" else int(rng.integers(2))
    strict = bool(rng.random() < 0.5)
    seats = int(rng.integers(2, 6))
    table = random_table(draw=draw, seats=seats, kind=kind, strict=strict, dissent=dissent)
    return with_rules(table, draw=draw)


def tables(kind: Kind = "mediated", *, dissent: int = 0) -> st.SearchStrategy[Table]:
    return st.builds(
        random_table,
        draw=st.integers(0, 2**32),
        seats=st.integers(2, 5),
        kind=st.just(kind),
        strict=st.booleans(),
        dissent=st.just(dissent),
    )


def _issue(rng: np.random.Generator, number: int) -> Issue:
    count = int(rng.integers(2, 6))
    if rng.random() < 0.5:
        return Issue(f"issue{number}", f"Issue {number}", tuple(range(0, 10 * count, 10)), "%")
    options = tuple(f"option{number}{place}" for place in range(count))
    return Issue(f"issue{number}", f"Issue {number}", options)


def _measure(
    rng: np.random.Generator, space: OutcomeSpace, facts: tuple[Fact, ...], number: int
) -> Measure:
    base = rng.uniform(0, 100, space.size)
    base[rng.random(space.size) < 0.05] = np.nan
    slopes = {fact.name: rng.uniform(-20, 20, space.size) for fact in facts if rng.random() < 0.6}

    def evaluate(figures: Mapping[str, float]) -> FloatArray:
        total = base.copy()
        for name, slope in slopes.items():
            total += slope * figures[name]
        return total

    return Measure(f"measure{number}", f"Measure {number}", "ms", evaluate, frozenset(slopes))


def _constraint(
    rng: np.random.Generator, measures: tuple[Measure, ...], number: int, strict: bool
) -> Constraint:
    subject = measures[rng.integers(len(measures))].name
    limit = float(rng.uniform(-20, 60) if strict else rng.uniform(50, 120))
    return Constraint(
        f"rule{number}",
        f"{subject} is at most {limit:.0f} ms",
        lambda lookup: lookup(subject) <= limit,
        margin=Margin(subject, limit, "at_most", "ms"),
    )


def _seat(
    rng: np.random.Generator,
    *,
    space: OutcomeSpace,
    measures: tuple[Measure, ...],
    facts: tuple[Fact, ...],
    number: int,
    strict: bool,
) -> Seat:
    objectives = [
        *(_on_issue(rng, issue) for issue in space.issues if rng.random() < 0.6),
        *(_on_measure(rng, measure) for measure in measures if rng.random() < 0.6),
    ] or [_on_measure(rng, measures[0])]
    knows = {
        fact.name: Evidence(
            fact=fact.name,
            mean=float(rng.normal(1, 1)),
            sd=float(rng.uniform(0, 0.5)),
            source="Probe",
            root=f"{fact.name}-{rng.integers(2)}",
            kind=str(rng.choice(["measured", "documented", "estimated", "claimed"])),
        )
        for fact in facts
        if rng.random() < 0.4
    }
    beliefs = {
        fact.name: Belief(float(rng.normal(1, 1)), float(rng.uniform(0, 2)))
        for fact in facts
        if rng.random() < 0.8
    }
    return Seat(
        name=f"seat{number}",
        title=f"Seat {number}",
        preferences=Preferences(tuple(objectives), float(rng.uniform(0, 0.9 if strict else 0.4))),
        beliefs=beliefs,
        knows=knows,
        strategy=list(STRATEGIES.values())[rng.integers(len(STRATEGIES))],
        veto=bool(rng.random() < 0.2),
    )


def _on_issue(rng: np.random.Generator, issue: Issue) -> Objective:
    values = {option: float(rng.random()) for option in issue.options}
    return Objective(issue.name, float(rng.uniform(0.1, 1)), TableValue(values), issue.label)


def _on_measure(rng: np.random.Generator, measure: Measure) -> Objective:
    value: LinearValue | PiecewiseValue = LinearValue(100, 0)
    if rng.random() < 0.4:
        value = PiecewiseValue(((0, 1), (float(rng.uniform(20, 80)), 0.6), (100, 0)))
    weight = float(rng.uniform(0.1, 1))
    return Objective(measure.name, weight, value, measure.label, measure.unit)
