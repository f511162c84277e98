"""How many agreements a second are routed: score, gates and budget, on one core, without rows.

`approvals.route` is what the judge computes once an agreement's figures are read; `with_figures`
adds reading them from the scenario's columns, `novelty` one question to 500 precedents. What the
database takes is told apart: a decision with reservation, audit row and grant on PostgreSQL.
`queue_of_2000`: the queue page with so many parked decisions, the server's work for one request.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from negotiation.engine import policy
from negotiation.engine.analysis import summarise
from negotiation.engine.budgets import Budget, within
from negotiation.engine.novelty import Precedents
from negotiation.engine.risk import RiskInputs, assess
from negotiation.engine.session import Session
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.judgements import History
from negotiation.scenarios.loaders import load_named
from tests.benchmarks._databases import figures_of
from tests.benchmarks._rows import Row
from tests.benchmarks._timing import seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "approvals"
COMMAND = "make bench ONLY=approvals"
DECISIONS = 2_000
EARLIER = 100  # reservations that still count
PRECEDENTS = 500
GOAL = 1_000
WHAT_IF_SECONDS = 5
PAGE_MS = 300
QUERIES = 12


def rows() -> Iterator[Row]:
    rate = DECISIONS / seconds(_routing())
    yield _told("route", rate, f"at least {GOAL:,}", rate >= GOAL)
    yield _told("route_with_figures", 200 / seconds(_judging(200), runs=3))
    past = [_features(Random(number)) for number in range(PRECEDENTS)]
    yield Row(
        "approvals.precedents_read",
        1_000 * seconds(lambda: Precedents(past)),
        "ms",
        "",
        None,
        COMMAND,
    )
    known, asked = Precedents(past), [_features(Random(-number)) for number in range(1, 501)]
    yield _told("novelty", 500 / seconds(lambda: [known.novelty(each) for each in asked]))
    written = figures_of("_decided")
    yield _told("decided_in_postgresql", written["written"])
    yield Row("approvals.history_read", written["history_ms"], "ms", command=COMMAND)
    queue = figures_of("_queue")
    for page in ("first", "last"):
        p95, queries = queue[f"{page}_p95_ms"], queue[f"{page}_queries"]
        name = f"approvals.queue_of_2000.{page}_page"
        yield Row(f"{name}.p95", p95, "ms", f"under {PAGE_MS}", p95 < PAGE_MS, COMMAND)
        goal = f"at most {QUERIES}"
        yield Row(f"{name}.queries", queries, "", goal, queries <= QUERIES, COMMAND)
    took = figures_of("_what_ifs")["seconds"]
    goal = f"under {WHAT_IF_SECONDS}"
    yield Row("approvals.what_if_of_10000", took, "s", goal, took < WHAT_IF_SECONDS, COMMAND)


def _told(name: str, rate: float, goal: str = "", ok: bool | None = None) -> Row:
    return Row(f"approvals.{name}", rate, "per second", goal, ok, COMMAND)


def _routing() -> Any:
    """Drawn agreements through score, gates of the shipped scenario and budget, one by one."""
    scenario, rng = compile_scenario(load_named("cloud-placement")), Random(1)
    drawn = [(_inputs(rng), _values(rng)) for _ in range(DECISIONS)]
    harms, ages = [1e-4] * EARLIER, [rng.uniform(0, 24) for _ in range(EARLIER)]

    def route() -> None:
        budget = Budget()
        for inputs, values in drawn:
            judgement = policy.judge(
                scenario.policy, risk=assess(inputs), values=values, confidence=inputs.confidence
            )
            within(budget, judgement, budget.used(harms, ages))

    return route


def _judging(decisions: int) -> Any:
    """The shipped agreement, judged with every figure read anew."""
    scenario = compile_scenario(load_named("cloud-placement"))
    session = Session(scenario.table, seed=7)
    session.run()
    summary, facts = summarise(session), scenario.facts_used(session.messages)
    offer, history = summary.agreement, History(reports=100, bad=2, novelty=0.3)
    if offer is None:
        raise AssertionError("the shipped scenario ends with an agreement")

    def judge() -> None:
        for _ in range(decisions):
            within(scenario.budget, scenario.judge(offer, summary, facts, history), 0.01)

    return judge


def _inputs(rng: Random) -> RiskInputs:
    reports = rng.randint(0, 400)
    return RiskInputs(
        reports=reports,
        bad=rng.randint(0, reports // 10),
        severity={"cost": rng.random(), "availability": rng.random(), "compliance": rng.random()},
        affected=rng.uniform(0, 500),
        population=500,
        reversibility=rng.choice([0, 0.25, 0.5, 0.75, 1]),
        stance_entropy=rng.random(),
        min_surplus=rng.random(),
        novelty=rng.random(),
        confidence=rng.random(),
        calibrated_reports=reports,
    )


def _values(rng: Random) -> dict[str, float | str | None]:
    return {
        "commitment": rng.choice([0, 12, 36]),
        "country": rng.choice(["DEU", "NLD"]),
        "standby_country": rng.choice(["DEU", "none"]),
        "spot_share": rng.choice([0, 25, 75]),
    }


def _features(rng: Random) -> dict[str, float | str | None]:
    return {
        **{f"option {number}": rng.choice("abcde") for number in range(6)},
        **{f"effect {number}": rng.gauss(100, 15) for number in range(10)},
    }
