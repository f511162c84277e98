"""Judges what was agreed, or what a person made of it, before anything is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from negotiation.engine.analysis import summarise
from negotiation.scenarios.amendments import Case, possible
from negotiation.scenarios.prospects import decided_at
from negotiation.services import precedents
from negotiation.services.packages import package_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Offer
    from negotiation.engine.policy import Judgement
    from negotiation.engine.session import Session
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.services.packages import Amended


@dataclass(frozen=True, kw_only=True)
class Judged:
    """An agreement with all that a decision needs, computed before anything is written.

    `possible`: what else people could decide (scenarios/amendments), where it goes to them.
    """

    offer: Offer
    summary: Summary
    judgement: Judgement
    package: bytes
    features: dict[str, Any]
    possible: dict[str, Any] | None = None

    def kept(self, judgement: Judgement) -> dict[str, Any]:
        """As its column: what reviewers are shown is sealed with what it is about."""
        shown = {"possible": self.possible, "summary": self.own_summary}
        return judgement.to_dict() | {name: each for name, each in shown.items() if each}

    @property
    def own_summary(self) -> dict[str, Any] | None:
        """Of what a person decided; what the seats agreed is summed up with their negotiation."""
        return self.summary.to_dict() if self.summary.by == "person" else None


def judge(
    *,
    negotiation: Negotiation,
    scenario: CompiledScenario,
    session: Session,
    offer: Offer,
    now: datetime,
    amended: Amended | None = None,
) -> Judged:
    """Reads the whole outcome space, so it belongs before the transaction that decides.

    What a person `amended` raises NotInSpace or BreaksConstraint if it is no lawful offer.
    """
    summary = decided_at(scenario, session, offer) if amended else summarise(session)
    facts, rules = scenario.facts_used(session.messages), scenario.looking_at(offer)
    features = precedents.features(rules, offer, summary, facts)
    history = precedents.history(negotiation=negotiation, features=features, now=now)
    judgement = rules.judge(offer, summary, facts, history, now)
    case = Case(
        scenario=scenario,
        session=session,
        offer=offer,
        summary=summary,
        facts=facts,
        history=history,
        now=now,
    )
    by = {"amended": asdict(amended)} if amended else {}
    return Judged(
        offer=offer,
        summary=summary,
        judgement=judgement,
        features=features | {"before": asdict(history), "at": now.isoformat()} | by,
        package=package_bytes(
            negotiation=negotiation,
            scenario=rules,
            summary=summary,
            offer=offer,
            facts=facts,
            amended=amended,
        ),
        possible=None if judgement.route == "auto" else possible(case, judgement),
    )
