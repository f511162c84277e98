"""Random tables where seats know little and some know more: honest beliefs, a drawn truth.

Each fact has a prior N(m, S²) and a true figure drawn from it. Every seat has an impression of its
own (the truth plus noise) and believes what follows from the prior and that impression; one or two
seats have measured it well. So beliefs and evidence mean what they say. How much a fact matters
depends on one option of the offer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief, Fact, fuse
from negotiation.engine.endings import Agreement
from negotiation.engine.messages import Act, Evidence
from negotiation.engine.outlook import Outlook
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue
from tests.engine.talks import finished

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.space import FloatArray

    Truth = Mapping[str, float]

ISSUES, OPTIONS = (3, 4), (3, 5)
SEATS, FACTS, READ = (2, 4), (6, 10), (2, 4)
SURE = 0.9
STEEP = (0.7, 0.9)
"""The share of the offers that a seat, by the priors, would not agree to."""


@dataclass(frozen=True)
class Instance:
    """`truth` by fact; nobody at the table knows it."""

    table: Table
    truth: Truth


@dataclass(frozen=True)
class Ended:
    """`agreed`, and `sound` if the agreement is really above everybody's limit; `confidence`
    of the least sure seat."""

    agreed: bool
    sound: bool
    confidence: float
    questions: int


@dataclass(frozen=True)
class Comparison:
    endings: list[Ended]

    @property
    def sound(self) -> float:
        """The share of the instances with a sound agreement."""
        return sum(each.sound for each in self.endings) / len(self.endings)

    def below_limit(self, confidence: float) -> float:
        """Of the agreements that are at least so sure, those really below somebody's limit."""
        sure = [each for each in self.endings if each.agreed and each.confidence >= confidence]
        return sum(not each.sound for each in sure) / len(sure)


def random_instance(draw: int) -> Instance:
    rng = np.random.default_rng(draw)
    space = OutcomeSpace(
        tuple(
            Issue(f"issue{n}", f"Issue {n}", tuple(f"option{n}{o}" for o in range(options)))
            for n, options in enumerate(_several(rng, OPTIONS, _number(rng, ISSUES)))
        )
    )
    facts = tuple(
        Fact(f"fact{n}", f"Fact {n}", "h", nominal=float(rng.uniform(5, 15)))
        for n in range(_number(rng, FACTS))
    )
    spreads = {fact.name: float(rng.uniform(0.5, 1.5) * fact.nominal) for fact in facts}
    truth = {fact.name: float(rng.normal(fact.nominal, spreads[fact.name])) for fact in facts}
    seats = _number(rng, SEATS)
    knowing = {
        fact.name: rng.choice(seats, size=rng.integers(1, 3), replace=False) for fact in facts
    }
    parts = [_wishes(rng, space, facts, number) for number in range(seats)]
    table = Table(
        title="Partly known",
        space=space,
        facts=facts,
        measures=tuple(measure for measures, _ in parts for measure in measures),
        seats=tuple(
            Seat(
                name=f"seat{number}",
                title=f"Seat {number}",
                preferences=preferences,
                beliefs={
                    fact.name: _impression(rng, fact, spreads[fact.name], truth[fact.name])
                    for fact in facts
                },
                knows={
                    fact.name: _measurement(rng, fact, spreads[fact.name], truth[fact.name], number)
                    for fact in facts
                    if number in knowing[fact.name]
                },
            )
            for number, (_, preferences) in enumerate(parts)
        ),
    )
    return Instance(table, truth)


def _number(rng: np.random.Generator, among: tuple[int, int]) -> int:
    return int(rng.integers(among[0], among[1] + 1))


def _several(rng: np.random.Generator, among: tuple[int, int], count: int) -> list[int]:
    return [_number(rng, among) for _ in range(count)]


def _impression(rng: np.random.Generator, fact: Fact, spread: float, truth: float) -> Belief:
    sd = float(rng.uniform(1, 3) * spread)
    weight = spread**2 / (spread**2 + sd**2)
    mean = fact.nominal + weight * (float(rng.normal(truth, sd)) - fact.nominal)
    return Belief(mean, sd * weight**0.5)


def _measurement(
    rng: np.random.Generator, fact: Fact, spread: float, truth: float, number: int
) -> Evidence:
    sd = float(rng.uniform(0.05, 0.4) * spread)
    return Evidence(
        fact=fact.name,
        mean=float(rng.normal(truth, sd)),
        sd=sd,
        source=f"Probe {number}",
        root=f"probe {number} of {fact.name}",
        kind=str(rng.choice(["measured", "documented"])),
    )


def _wishes(
    rng: np.random.Generator, space: OutcomeSpace, facts: tuple[Fact, ...], number: int
) -> tuple[tuple[Measure, ...], Preferences]:
    """Two measures of a seat, an issue it cares about itself, and its limit."""
    measures = tuple(_measure(rng, space, facts, f"measure{number}{n}") for n in range(2))
    issue = space.issues[rng.integers(len(space.issues))]
    liked = TableValue({option: float(rng.random()) for option in issue.options})
    objectives = [
        *(_less_is_better(rng, measure, facts) for measure in measures),
        Objective(issue.name, float(rng.uniform(0.1, 0.4)), liked, issue.label),
    ]
    preferences = Preferences(tuple(objectives), 0.0)
    seat = Seat(name="by the priors", title="", preferences=preferences)
    table = Table(
        title="", space=space, seats=(seat, replace(seat, name="2")), measures=measures, facts=facts
    )
    limit = float(np.quantile(Outlook.first(table, seat).utilities, rng.uniform(*STEEP)))
    return measures, replace(preferences, reservation=limit)


def _measure(
    rng: np.random.Generator, space: OutcomeSpace, facts: tuple[Fact, ...], name: str
) -> Measure:
    """What the options cost, plus each fact it reads as often as one option says."""
    base = np.zeros(space.size)
    for issue in space.issues:
        base += rng.uniform(0, 10, len(issue.options))[space.option_indices(issue.name)]
    reads = rng.choice(len(facts), size=_number(rng, READ), replace=False)
    times = {}
    for place in reads.tolist():
        issue = space.issues[rng.integers(len(space.issues))]
        needs = rng.uniform(0, 2, len(issue.options)) * (rng.random(len(issue.options)) < 0.7)
        times[facts[place].name] = needs[space.option_indices(issue.name)]

    def evaluate(figures: Mapping[str, float]) -> FloatArray:
        return np.asarray(base + sum(times[fact] * figures[fact] for fact in sorted(times)))

    return Measure(name, name.capitalize(), "h", evaluate, frozenset(times))


def _less_is_better(
    rng: np.random.Generator, measure: Measure, facts: tuple[Fact, ...]
) -> Objective:
    figures = measure.evaluate({fact.name: fact.nominal for fact in facts})
    room = 0.2 * float(np.ptp(figures))
    value = LinearValue(float(figures.max() + room), float(figures.min() - room))
    return Objective(measure.name, float(rng.uniform(0.4, 1)), value, measure.label, "h")


def all_shared(instance: Instance) -> Table:
    """The table where all that is known to anybody was told to everybody before."""
    table = instance.table
    told = [evidence for seat in table.seats for evidence in seat.knows.values()]

    def beliefs(seat: Seat) -> dict[str, Belief]:
        known = dict(seat.beliefs)
        for evidence in told:
            known[evidence.fact] = fuse(
                known[evidence.fact], evidence, fact=table.fact[evidence.fact]
            )
        return known

    seats = tuple(replace(seat, beliefs=beliefs(seat), knows={}) for seat in table.seats)
    return replace(table, seats=seats)


def compare(instances: int) -> dict[str, Comparison]:
    """The same instances with no question, at most six, and everything shared before."""
    drawn = [random_instance(draw) for draw in range(instances)]
    ways = {
        "none": [replace(each.table, questions=0) for each in drawn],
        "six": [replace(each.table, questions=6) for each in drawn],
        "full": [all_shared(each) for each in drawn],
    }
    return {
        way: Comparison([ended(*pair) for pair in zip(drawn, tables, strict=True)])
        for way, tables in ways.items()
    }


def ended(instance: Instance, table: Table) -> Ended:
    """What becomes of `table`, held against the truth."""
    session = finished(table)
    ending = session.ending
    asked = sum(message.act is Act.ASK for message in session.messages)
    if not isinstance(ending, Agreement):
        return Ended(agreed=False, sound=False, confidence=0.0, questions=asked)
    row = table.row_of(table.space.index_of(ending.offer))
    certain = {name: Belief(figure, 0.0) for name, figure in instance.truth.items()}
    sound = all(
        Outlook(table, seat, certain).utilities[row] >= seat.preferences.reservation
        for seat in table.seats
    )
    confidence = min(ending.confidence.values())
    return Ended(agreed=True, sound=sound, confidence=confidence, questions=asked)
