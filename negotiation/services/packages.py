"""The package: canonical JSON of what would be carried out. Its SHA-256 is its identity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import rfc8785

from negotiation.engine.messages import TELLING, Message

if TYPE_CHECKING:
    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Offer
    from negotiation.models import Decision, Negotiation
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.readings import FactsUsed


@dataclass(frozen=True, kw_only=True)
class Amended:
    """Who put an offer in the place of what the seats agreed, and the message that says so.

    The message is in the package, so that no amendment has the hash of an earlier one: what was
    said about that does not count for this.
    """

    person: str
    message: int


def package_bytes(
    *,
    negotiation: Negotiation,
    scenario: CompiledScenario,
    summary: Summary,
    offer: Offer,
    facts: FactsUsed,
    amended: Amended | None = None,
) -> bytes:
    """RFC 8785 bytes. Ids are strings, because JSON numbers lose precision above 2^53."""
    decided_by = {"rule": summary.by, "below_limit": list(summary.below)}
    return rfc8785.dumps(
        {
            "action": scenario.action,
            "target": scenario.service,
            "parameters": offer,
            "effects": scenario.effects(offer, facts),
            "read": _read(scenario, offer, facts),
            "preconditions": [constraint.text for constraint in scenario.table.constraints],
            "confidence": summary.confidence,
            "decided_by": decided_by | (asdict(amended) if amended else {}),
            "scenario": negotiation.version.scenario.slug,
            "policy_version": negotiation.version.number,
            "policy_hash": negotiation.version.document_hash,
            "negotiation": str(negotiation.pk),
        }
    )


def fingerprint(package: str) -> str:
    """SHA-256 of what the decision read, and only that: a permission is given for these figures."""
    return _hash(json.loads(package).get("read"))


def present_fingerprint(decision: Decision, scenario: CompiledScenario) -> str:
    """The same, read again: the stored transcript, and the catalogue as it is now."""
    told = decision.negotiation.messages.filter(act__in=TELLING)
    facts = scenario.facts_used(Message.from_dict(message.body) for message in told)
    offer = decision.agreed
    return _hash(_read(scenario.looking_at(offer), offer, facts))


def _read(scenario: CompiledScenario, offer: Offer, facts: FactsUsed) -> dict[str, Any]:
    return {
        "facts": facts.to_dicts(),
        "figures": [figure.to_dict() for figure in scenario.figures_read(offer)],
    }


def _hash(read: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(read)).hexdigest()
