"""The package: canonical JSON of what would be carried out. Its SHA-256 is its identity."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from negotiation.engine.analysis import Summary
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario


def package_bytes(
    *, negotiation: Negotiation, scenario: CompiledScenario, summary: Summary
) -> bytes:
    """RFC 8785 bytes. Ids are strings, because JSON numbers lose precision above 2^53."""
    offer: dict[str, Any] = negotiation.agreement
    return rfc8785.dumps(
        {
            "action": scenario.action,
            "target": scenario.service,
            "parameters": offer,
            "effects": scenario.effects(offer),
            "read": scenario.facts_read(),
            "preconditions": [constraint.text for constraint in scenario.table.constraints],
            "confidence": summary.confidence,
            "scenario": negotiation.version.scenario.slug,
            "policy_version": negotiation.version.number,
            "policy_hash": negotiation.version.document_hash,
            "negotiation": str(negotiation.pk),
        }
    )


def fingerprint(scenario: CompiledScenario) -> str:
    """SHA-256 of the figures the decision read, and only those."""
    return hashlib.sha256(rfc8785.dumps(scenario.facts_read())).hexdigest()
