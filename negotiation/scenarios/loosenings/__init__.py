"""What a save would change, and whether that loosens the policy.

Whatever cannot be told counts as loosening: a second admin looks at it (docs/policy.md says which
change counts as what).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from negotiation.scenarios.loosenings.agreements import of_agreement, of_identity
from negotiation.scenarios.loosenings.changes import Change
from negotiation.scenarios.loosenings.figures import of_figures, of_freezes, of_tiers
from negotiation.scenarios.loosenings.risks import of_readings, of_risk
from negotiation.scenarios.loosenings.rules import of_constraints, of_gates
from negotiation.scenarios.words import Words

if TYPE_CHECKING:
    from negotiation.scenarios.schema import ScenarioDocument

__all__ = ["Change", "changes", "loosens"]


def changes(before: ScenarioDocument, after: ScenarioDocument) -> list[Change]:
    """Every change of what is agreed, judged and allowed; those that loosen first.

    What seats without a veto want, names of options and the like change no rule and are not in
    here.
    """
    words, was, now = Words.of(after.model_dump(mode="json")), before.policy, after.policy
    found = chain(
        of_figures(was, now, words),
        of_tiers(was.tiers, now.tiers),
        of_risk(before, after, words),
        of_gates(was.gates, now.gates, words),
        of_constraints(before, after, words),
        of_freezes(was.freezes, now.freezes),
        of_agreement(before, after, words),
        of_readings(before, after, words),
        of_identity(before, after),
    )
    order = ("loosens", "tightens", "neutral")
    return sorted(dict.fromkeys(found), key=lambda change: order.index(change.effect))


def loosens(found: list[Change]) -> bool:
    return any(change.effect == "loosens" for change in found)
