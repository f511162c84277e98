"""Tables with as many offers and seats as the engine takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.space import Issue, OutcomeSpace
from negotiation.engine.table import Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from negotiation.engine.space import FloatArray

_SEATS = 8
OFFERS_200K = (12, 12, 12, 12, 10)
OFFERS_2M = (10, 10, 10, 10, 10, 20)


def crowded_table(options: Sequence[int]) -> Table:
    """Eight seats with opposed wishes; one issue for each entry of `options`, so many options."""
    rng = np.random.default_rng(3)
    space = OutcomeSpace(
        tuple(
            Issue(f"issue{n}", f"Issue {n}", tuple(f"option{n}-{k}" for k in range(count)))
            for n, count in enumerate(options)
        )
    )
    places = [space.option_indices(issue.name) for issue in space.issues]
    base = np.zeros(space.size)
    for count, place in zip(options, places, strict=True):
        base += rng.uniform(0, 20, count)[place]
    used = rng.uniform(0, 5, options[0])[places[0]]

    def cost(facts: Mapping[str, float]) -> FloatArray:
        return base + used * facts["price"]

    return Table(
        title="Crowded",
        space=space,
        seats=tuple(_seat(rng, space, number) for number in range(_SEATS)),
        measures=(Measure("cost", "Cost", "$", cost, frozenset({"price"})),),
        facts=(Fact("price", "Price", "$", 2),),
        rounds=30,
    )


def _seat(rng: np.random.Generator, space: OutcomeSpace, number: int) -> Seat:
    wishes = [
        Objective(
            issue.name,
            float(rng.uniform(0.1, 1)),
            TableValue({option: float(rng.random()) for option in issue.options}),
            issue.label,
        )
        for issue in space.issues
        if rng.random() < 0.7
    ]
    if number % 2 == 0 or not wishes:
        weight = float(rng.uniform(0.2, 1))
        wishes.append(Objective("cost", weight, LinearValue(100, 20), "Cost", "$"))
    known = Evidence(fact="price", mean=3, sd=0.2, source="List", root="list", kind="measured")
    return Seat(
        name=f"seat{number}",
        title=f"Seat {number}",
        preferences=Preferences(tuple(wishes), 0.3),
        beliefs={} if number == 1 else {"price": Belief(2, 1)},
        knows={"price": known} if number == 1 else {},
    )
