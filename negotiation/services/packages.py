"""The package: canonical JSON of what would be carried out. Its SHA-256 is its identity."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

if TYPE_CHECKING:
    from negotiation.engine.analysis import Summary
    from negotiation.engine.messages import Offer
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario


def package_bytes(
    *, negotiation: Negotiation, scenario: CompiledScenario, summary: Summary
) -> bytes:
    """RFC 8785 bytes. Ids are strings, because JSON numbers lose precision above 2^53."""
    offer = negotiation.agreed_offer
    return rfc8785.dumps(
        {
            "action": scenario.action,
            "target": scenario.service,
            "parameters": offer,
            "effects": _effects(scenario, offer),
            "read": _read(scenario, offer),
            "preconditions": [constraint.text for constraint in scenario.table.constraints],
            "confidence": summary.confidence,
            "scenario": negotiation.version.scenario.slug,
            "policy_version": negotiation.version.number,
            "policy_hash": negotiation.version.document_hash,
            "negotiation": str(negotiation.pk),
        }
    )


def fingerprint(scenario: CompiledScenario, offer: Offer) -> str:
    """SHA-256 of the figures the decision read, and only those."""
    return hashlib.sha256(rfc8785.dumps(_read(scenario, offer))).hexdigest()


def _effects(scenario: CompiledScenario, offer: Offer) -> dict[str, Any]:
    """What carrying it out leads to: every measure at the nominal facts, None where unknown."""
    values = scenario.values(offer)
    return {
        measure.name: {"label": measure.label, "value": values[measure.name], "unit": measure.unit}
        for measure in scenario.table.measures
    }


def _read(scenario: CompiledScenario, offer: Offer) -> dict[str, Any]:
    return {
        "facts": [fact.to_dict() for fact in scenario.facts_read()],
        "figures": [figure.to_dict() for figure in scenario.figures_read(offer)],
    }
