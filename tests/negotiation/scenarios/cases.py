"""Agreements of a small scenario, with all that the judge knows of them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import Agreement
from negotiation.engine.session import Session
from negotiation.scenarios.amendments import Amendment, Case, smallest_amendment
from negotiation.scenarios.compilers import compile_scenario
from negotiation.scenarios.judgements import History
from negotiation.scenarios.loaders import from_data
from tests.negotiation.scenarios.small import SMALL

NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)


def document(**policy: Any) -> dict[str, Any]:
    """The small document with more to change; `policy` replaces parts of its policy."""
    data = deepcopy(SMALL)
    data["issues"] += [
        {"name": "term", "label": "Term", "unit": "months", "options": [0, 12, 36]},
        {"name": "backup", "label": "Backup", "options": ["none", "tape", "disk"]},
    ]
    data["today"] |= {"term": 0, "backup": "none"}
    data["measures"] += [
        {"name": "bound", "label": "Bound", "formula": "term * monthly_cost"},
        {"name": "odd", "label": "Odd", "formula": "where(term == 36, 1 / (share - share), 0)"},
    ]
    cost, speed = data["seats"]
    cost["objectives"] += [
        {"subject": "term", "weight": 1, "value": {"worst": 0, "best": 36}},
        {"subject": "backup", "weight": 1, "value": {"table": {"none": 1, "tape": 0.5, "disk": 0}}},
    ]
    speed["objectives"] += [
        {"subject": "backup", "weight": 1, "value": {"table": {"none": 0, "tape": 0.8, "disk": 1}}}
    ]
    data["policy"] |= policy
    return data


def case_of(data: dict[str, Any], **known: Any) -> Case:
    """What its table agrees on."""
    scenario = compile_scenario(from_data(data, source="amended.yaml"))
    session = Session(scenario.table, seed=1)
    while (message := session.next()) is not None:
        session.apply(message)
    assert isinstance(session.ending, Agreement)
    return Case(
        scenario=scenario,
        session=session,
        offer=session.ending.offer,
        summary=summarise(session),
        facts=scenario.facts_used(session.messages),
        **{"history": History(), **known},
    )


def found_in(case: Case) -> Amendment | None:
    return smallest_amendment(case, judged(case))


def judged(case: Case) -> Any:
    return case.scenario.judge(case.offer, case.summary, case.facts, case.history, case.now)


def spot_gate(people: int = 1) -> dict[str, Any]:
    return {"name": "spot", "text": "Spot", "subject": "share", "above": 0, "people": people}
