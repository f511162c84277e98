"""Made-up agreements of a scenario: all that a judge is told, drawn from a seed."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from negotiation.engine.analysis import Summary, summarise_at
from negotiation.engine.endings import Rule
from negotiation.engine.messages import Offer
from negotiation.engine.policy import Judgement
from negotiation.engine.session import Session
from negotiation.scenarios.compilers import CompiledScenario
from negotiation.scenarios.judgements import History
from negotiation.scenarios.readings import FactsUsed
from negotiation.services import precedents

BEGINNING = datetime(1980, 1, 1, tzinfo=UTC)


class Agreement:
    """What a judge is told of one agreement: random offers, histories, moments and surprises."""

    def __init__(self, scenario: CompiledScenario, session: Session, rng: Random) -> None:
        self.offer: Offer = session.table.offer(rng.randrange(len(session.table.lawful)))
        self.summary = _said(summarise_at(session, self.offer), rng)
        # Facts that were told differ from what was assumed, so hard rules may be broken.
        told = [fact.to_dict() for fact in scenario.facts_used(session.messages).facts]
        self.facts = FactsUsed.from_dicts(
            [fact | {"value": fact["value"] * rng.choice([1] * 12 + [0.2, 5])} for fact in told]
        )
        reports = rng.choice([0, 300, 500])
        self.history = History(
            reports=reports,
            bad=rng.randint(0, reports // 60),
            novelty=rng.choice([0, rng.random()]),
            calibrated_reports=reports,
            lost={"cost": rng.choice([0.0, 0.0, 20_000.5])},
        )
        self.at = BEGINNING + timedelta(days=rng.uniform(0, 40_000))

    def features(self, scenario: CompiledScenario) -> dict[str, Any]:
        """As the database gives them back."""
        found = precedents.features(scenario, self.offer, self.summary, self.facts)
        found |= {"before": asdict(self.history), "at": self.at.isoformat()}
        stored: dict[str, Any] = json.loads(json.dumps(found))
        return stored

    def judged(self, scenario: CompiledScenario) -> Judgement:
        return scenario.judge(self.offer, self.summary, self.facts, self.history, self.at)


def drawn(scenario: CompiledScenario, count: int, *, seed: int) -> list[Agreement]:
    session, rng = Session(scenario.table, seed=7), Random(seed)
    session.run()
    return [Agreement(scenario, session, rng) for _ in range(count)]


def _said(summary: Summary, rng: Random) -> Summary:
    """As if the seats had agreed on it, or a rule had decided."""
    by: Rule = rng.choice(["consent", "consent", "consent", "mediation", "vote"])
    return replace(
        summary,
        by=by,
        below=summary.below if by == "vote" else (),
        confidence=rng.choice([0.99, 0.9, 0.8, 0.75, summary.confidence, None]),
    )
