"""The package: canonical JSON of what would be carried out. Its SHA-256 is its identity."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import rfc8785

from negotiation.engine.messages import Act, Message

if TYPE_CHECKING:
    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Offer
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.readings import FactsUsed


def package_bytes(
    *,
    negotiation: Negotiation,
    scenario: CompiledScenario,
    summary: Summary,
    offer: Offer,
    facts: FactsUsed,
) -> bytes:
    """RFC 8785 bytes. Ids are strings, because JSON numbers lose precision above 2^53."""
    return rfc8785.dumps(
        {
            "action": scenario.action,
            "target": scenario.service,
            "parameters": offer,
            "effects": scenario.effects(offer, facts),
            "read": _read(scenario, offer, facts),
            "preconditions": [constraint.text for constraint in scenario.table.constraints],
            "confidence": summary.confidence,
            "decided_by": {"rule": summary.by, "below_limit": list(summary.below)},
            "scenario": negotiation.version.scenario.slug,
            "policy_version": negotiation.version.number,
            "policy_hash": negotiation.version.document_hash,
            "negotiation": str(negotiation.pk),
        }
    )


def fingerprint(package: str) -> str:
    """SHA-256 of what the decision read, and only that: a permission is given for these figures."""
    return _hash(json.loads(package).get("read"))


def present_fingerprint(negotiation: Negotiation, scenario: CompiledScenario) -> str:
    """The same, read again: the stored transcript, and the catalogue as it is now."""
    told = negotiation.messages.filter(act=Act.INFORM)
    facts = scenario.facts_used(Message.from_dict(message.body) for message in told)
    return _hash(_read(scenario, negotiation.agreed_offer, facts))


def _read(scenario: CompiledScenario, offer: Offer, facts: FactsUsed) -> dict[str, Any]:
    return {
        "facts": facts.to_dicts(),
        "figures": [figure.to_dict() for figure in scenario.figures_read(offer)],
    }


def _hash(read: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(read)).hexdigest()
