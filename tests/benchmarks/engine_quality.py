"""How good the agreements are on domains and games that others published."""

from __future__ import annotations

import json
from statistics import mean
from typing import TYPE_CHECKING

from negotiation.engine.analysis import summarise
from negotiation.engine.domains import analyse
from negotiation.engine.endings import Agreement
from negotiation.engine.session import Session
from negotiation.engine.utility import TOLERANCE
from negotiation.scenarios.formats import load
from tests.benchmarks._folders import MISSING, games, genius, negolog
from tests.benchmarks._timing import judged, told, unmeasured
from tests.engine.talks import finished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from negotiation.engine.analysis import Summary
    from negotiation.engine.table import Table
    from tests.benchmarks._folders import Found
    from tests.benchmarks._rows import Row

GROUP = "engine"
SEEDS = 50
TURNS = 24


def rows() -> Iterator[Row]:
    for name, measure, found in (
        ("genius", _agreements, genius()),
        ("games", _games, games()),
        ("negolog", _exactness, negolog()),
    ):
        if found:
            yield from measure(found)
        else:
            yield unmeasured(f"quality.{name}", MISSING)


def _agreements(found: list[Found]) -> Iterator[Row]:
    mediated = {each.name: _summary(load(each.paths, protocol="mediated")) for each in found}
    yield _nash("mediated", mediated, least=0.98)
    yield _share(
        "mediated.on_the_frontier", [summary.pareto is True for summary in mediated.values()]
    )
    micro = {
        each.name: _summary(load(each.paths, protocol="alternating", strategies=["micro"]))
        for each in found
    }
    yield _nash("micro", micro, least=0.95)


def _summary(table: Table) -> Summary:
    session = Session(table, seed=1)
    session.run()
    return summarise(session)


def _nash(name: str, summaries: dict[str, Summary], *, least: float) -> Row:
    """The mean share of the largest Nash product; no agreement counts as none."""
    ratios = {domain: summary.nash_ratio or 0.0 for domain, summary in summaries.items()}
    each = ", ".join(f"{domain} {ratio:.3f}" for domain, ratio in ratios.items())
    note = f"Shares of the largest Nash product, {name}: {each}."
    value = mean(ratios.values())
    return judged(f"quality.{name}.nash", value, "of the best", least=least, note=note)


def _share(name: str, right: list[bool]) -> Row:
    return judged(f"quality.{name}", mean(right), f"of {len(right)}", least=1)


def _games(found: list[Found]) -> Iterator[Row]:
    for each in found:
        talks = [finished(load(each.paths), seed=seed) for seed in range(SEEDS)]
        yield _share(f"games.{each.name}.accepted_by_all", [_accepted(talk) for talk in talks])
        longest = max(len(talk.messages) for talk in talks)
        yield judged(f"quality.games.{each.name}.longest", longest, "messages", most=TURNS)
        ratios = [summarise(talk).nash_ratio or 0.0 for talk in talks]
        yield told(f"quality.games.{each.name}.nash", mean(ratios), "of the best")


def _accepted(talk: Session) -> bool:
    """Whether there is a deal, and it is below nobody's minimum."""
    if not isinstance(talk.ending, Agreement):
        return False
    row = talk.table.row_of(talk.table.space.index_of(talk.ending.offer))
    return bool((talk.utilities[row] >= talk.table.limits - TOLERANCE).all())


def _exactness(found: list[Found]) -> Iterator[Row]:
    errors = {each.name: _error(each) for each in found}
    yield judged("quality.negolog.largest_error", max(errors.values()), "", most=1e-6)


def _error(each: Found) -> float:
    """The largest difference to NegoLog's figures. What it calls Kalai is the welfare optimum."""
    (folder,) = each.paths
    table = load(each.paths)
    found = analyse(Session(table, seed=1).utilities, table.limits)
    assert found.nash is not None
    assert found.utilitarian is not None
    own = {
        "NumberOfBids": found.size,
        "Opposition": found.opposition,
        "BalanceScore": found.balance[0],
        "Nash Product": found.nash.value,
        "Social Welfare": found.utilitarian.value,
        "MinUtility": min(found.lowest),
        "MaxUtility": max(found.highest),
        **dict(zip(("Nash_A", "Nash_B"), found.nash.utilities, strict=True)),
        **dict(zip(("Kalai_A", "Kalai_B"), found.utilitarian.utilities, strict=True)),
    }
    known: dict[str, float] = json.loads((folder / "specs.json").read_text())
    return max(abs(known[name] - (figure or 0.0)) for name, figure in own.items())
