"""A whole negotiation at once, without web, worker or database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negotiation.engine.analysis import summarise
from negotiation.engine.endings import NoAgreement
from negotiation.engine.session import Session

if TYPE_CHECKING:
    from negotiation.engine.analysis import Summary
    from negotiation.engine.policy import Judgement
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.readings import FactsUsed


@dataclass(frozen=True, slots=True)
class Run:
    """A finished negotiation; `judgement` is None where there is no agreement."""

    scenario: CompiledScenario
    session: Session
    summary: Summary
    facts: FactsUsed
    judgement: Judgement | None

    @property
    def failure(self) -> NoAgreement | None:
        ending = self.session.ending
        return ending if isinstance(ending, NoAgreement) else None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the same for the same scenario and seed."""
        summary, failure = self.summary.to_dict(), self.failure
        return {
            "scenario": self.scenario.document.name,
            "seed": self.session.seed,
            "agreement": summary["agreement"],
            "reason": failure.reason if failure else None,
            "conflicts": [
                {"name": conflict.name, "kind": conflict.kind, "text": conflict.text}
                for conflict in (failure.conflicts if failure else ())
            ],
            "utilities": summary["utilities"],
            "reservations": summary["reservations"],
            "surplus": summary["surplus"],
            "rounds": summary["rounds"],
            "nash_ratio": summary["nash_ratio"],
            "pareto": summary["pareto"],
            "confidence": summary["confidence"],
            "facts_used": self.facts.to_dicts(),
            "risk": self._risk(),
            "alternatives": summary["alternatives"],
            "messages": [message.to_dict() for message in self.session.messages],
        }

    def _risk(self) -> dict[str, Any] | None:
        if self.judgement is None:
            return None
        judged = self.judgement.to_dict()
        risk = judged["risk"] or {}
        return {
            "score": risk.get("score"),
            "factors": risk.get("factors", []),
            "route": judged["route"],
            "findings": judged["findings"],
        }


def run(scenario: CompiledScenario, *, seed: int) -> Run:
    """Everything said until the end, and the verdict on what was agreed."""
    session = Session(scenario.table, seed=seed)
    while (message := session.next()) is not None:
        session.apply(message)
    summary = summarise(session)
    agreed, facts = summary.agreement, scenario.facts_used(session.messages)
    judgement = scenario.judge(agreed, summary, facts) if agreed is not None else None
    return Run(scenario, session, summary, facts, judgement)
