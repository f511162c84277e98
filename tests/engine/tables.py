"""Tables to negotiate at in tests and benchmarks: made up, but shaped like the shipped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from negotiation.engine.beliefs import Belief, Fact
from negotiation.engine.messages import Evidence
from negotiation.engine.space import Constraint, Issue, Margin, OutcomeSpace
from negotiation.engine.strategies import LINEAR
from negotiation.engine.table import Kind, Seat, Table
from negotiation.engine.utility import LinearValue, Measure, Objective, Preferences, TableValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from negotiation.engine.space import FloatArray
    from negotiation.engine.strategies.players import Strategy

REGIONS = ("eu-north", "eu-west", "eu-central", "us-east")
PURCHASES = ("on demand", "spot", "one year", "three years")


def service_table(*, types: int = 12, rounds: int = 30, strategy: Strategy = LINEAR) -> Table:
    """Five seats place a service: 4 regions × types × 4 purchases × 5 spot shares × 5 failovers."""
    rng = np.random.default_rng(7)
    space = OutcomeSpace(
        (
            Issue("region", "Region", REGIONS),
            Issue("type", "Machine type", tuple(f"m{number}" for number in range(types))),
            Issue("purchase", "Purchase", PURCHASES),
            Issue("spot", "Spot share", (0, 25, 50, 75, 100), "%"),
            Issue("failover", "Failover region", ("none", *REGIONS)),
        )
    )
    region, kind, purchase, failover = (
        space.option_indices(name) for name in ("region", "type", "purchase", "failover")
    )
    spot = space.column("spot") / 100
    base = rng.uniform(2_000, 6_000, types)[kind]
    price = base * np.array([1.0, 1.1, 1.15, 0.9])[region] * np.array([1, 0.9, 0.7, 0.5])[purchase]
    speed = rng.uniform(50, 120, types)[kind]
    delay = np.array([38.0, 18.0, 6.0, 95.0])[region]
    grid = np.array([20.0, 250.0, 340.0, np.nan])[region]

    def cost(facts: Mapping[str, float]) -> FloatArray:
        backup = (failover > 0) * facts["backup"]
        return np.asarray(12 * price * (1 - 0.6 * spot) + backup)

    def p95(facts: Mapping[str, float]) -> FloatArray:
        return delay + facts["work"] * 100 / speed

    def carbon(facts: Mapping[str, float]) -> FloatArray:
        return grid * (0.5 + speed / 100) * facts["load"]

    def outage(facts: Mapping[str, float]) -> FloatArray:
        return (2 + 40 * spot * facts["eviction"]) / (1 + 3 * (failover > 0))

    term = Measure("term", "Commitment", "years", lambda _: np.array([0, 0, 1, 3.0])[purchase])
    measures = (
        Measure("cost", "Monthly cost", "$ a month", cost, frozenset({"backup"})),
        Measure("p95", "p95", "ms", p95, frozenset({"work"})),
        Measure("carbon", "Emissions", "kg CO₂ a month", carbon, frozenset({"load"})),
        Measure("outage", "Expected outage", "hours a year", outage, frozenset({"eviction"})),
        term,
    )
    facts = (
        Fact("backup", "Price of a standby", "$ a month", 6_000),
        Fact("work", "Work per request", "ms", 45),
        Fact("load", "Load", "", 1.0, disclosure="on_request"),
        Fact("eviction", "Eviction rate of spot machines", "", 0.3),
    )
    constraints = (
        Constraint(
            "residency",
            "Data stays in the European Union",
            lambda lookup: lookup("region") != "us-east",
        ),
        Constraint(
            "latency",
            "The p95 is at most 140 ms",
            lambda lookup: lookup("p95") <= 140,
            limit="140 ms",
            margin=Margin("p95", 140, "at_most", "ms"),
        ),
        Constraint("known", "Emissions are known", lambda lookup: lookup("carbon") < np.inf),
    )

    def seat(name: str, reservation: float, *objectives: Objective, **more: object) -> Seat:
        return Seat(
            name=name,
            title=name.capitalize(),
            preferences=Preferences(objectives, reservation),
            strategy=strategy,
            **more,  # type: ignore[arg-type]
        )

    cheap = Objective("cost", 0.7, LinearValue(75_000, 12_000), "Monthly cost", "$ a month")
    free = Objective("term", 0.3, LinearValue(3, 0), "Commitment", "years")
    fast = Objective("p95", 0.8, LinearValue(140, 45), "p95", "ms")
    near = Objective(
        "region", 0.2, TableValue({"eu-central": 1, "eu-west": 0.6, "eu-north": 0.2}), "Region"
    )
    green = Objective("carbon", 0.9, LinearValue(600, 20), "Emissions", "kg CO₂ a month")
    steady = Objective("outage", 0.8, LinearValue(14, 0.5), "Expected outage", "hours a year")
    standby = Objective(
        "failover",
        0.2,
        TableValue({"none": 0, "eu-north": 1, "eu-west": 1, "eu-central": 1}),
        "Failover region",
    )
    local = Objective(
        "region", 0.6, TableValue({"eu-central": 1, "eu-west": 0.8, "eu-north": 0.8}), "Region"
    )
    seats = (
        seat(
            "cost",
            0.35,
            cheap,
            free,
            beliefs={"backup": Belief(4_000, 5_900)},
        ),
        seat(
            "performance",
            0.4,
            fast,
            near,
            beliefs={"work": Belief(45, 12)},
            knows={
                "load": Evidence(
                    fact="load",
                    mean=1.1,
                    sd=0.05,
                    source="Load test",
                    root="load-test",
                    kind="measured",
                )
            },
        ),
        seat(
            "carbon",
            0.4,
            green,
            Objective("spot", 0.1, LinearValue(0, 100), "Spot share", "%"),
            beliefs={"load": Belief(1.0, 0.3)},
        ),
        seat(
            "reliability",
            0.4,
            steady,
            standby,
            beliefs={"eviction": Belief(0.3, 0.15)},
            knows={
                "backup": Evidence(
                    fact="backup",
                    mean=6_000,
                    sd=600,
                    source="Price list of the standby region",
                    root="standby-prices",
                    kind="documented",
                    observed_on="2026-07-30",
                )
            },
        ),
        seat(
            "compliance",
            0.5,
            local,
            Objective("term", 0.4, LinearValue(3, 0), "Commitment", "years"),
            veto=True,
        ),
    )
    return Table(
        title="Place a service",
        space=space,
        seats=seats,
        measures=measures,
        facts=facts,
        constraints=constraints,
        rounds=rounds,
    )


def pie_table(
    *, kind: Kind = "alternating", rounds: int = 50, strategy: Strategy = LINEAR
) -> Table:
    """Two seats split a pie, each wants all of it and at least a quarter."""
    space = OutcomeSpace((Issue("share", "Share of the first", tuple(range(101)), "%"),))

    def seat(name: str, worst: float, best: float) -> Seat:
        wish = Objective("share", 1, LinearValue(worst, best), "Share of the first", "%")
        return Seat(
            name=name,
            title=name.capitalize(),
            preferences=Preferences((wish,), 0.25),
            strategy=strategy,
        )

    return Table(
        title="Split a pie",
        space=space,
        seats=(seat("anna", 0, 100), seat("ben", 100, 0)),
        protocol=kind,
        rounds=rounds,
    )
