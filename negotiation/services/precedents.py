"""What the judge needs to know about the past: actions like this one, and what became of them.

Alike are the same action on the same target by the same seats through the same executor. A report
of *rolled back* or *incident* is bad. *Amended later* counts as a report that is not: the action
did what was agreed, and counts know no halves. Only what was carried out is a precedent: what
people turned down must not look usual the next time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import rfc8785
from django.db.models import Count, Q

from negotiation.engine.novelty import Precedents
from negotiation.engine.plain import plain
from negotiation.models import Decision, Report
from negotiation.scenarios.judgements import History, stance_entropy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from negotiation.engine.messages import Offer
    from negotiation.engine.novelty import Feature
    from negotiation.models import Negotiation
    from negotiation.scenarios.compilers import CompiledScenario
    from negotiation.scenarios.judgements import Expectations
    from negotiation.scenarios.readings import FactsUsed

# The newest precedents that novelty is measured by: about a tenth of a second of work.
MOST = 500
REMEMBERED = timedelta(hours=24)
DRY_RUN = "dry-run"


def features(
    scenario: CompiledScenario, offer: Offer, summary: Expectations, facts: FactsUsed
) -> dict[str, Any]:
    """All that the judge reads of an agreement, as plain JSON: with it and a policy (and `before`,
    the history) every finding and every factor can be computed again exactly."""
    values = scenario.values(offer, facts)
    measures = {measure.name for measure in scenario.table.measures}
    units = {measure.name: measure.unit for measure in scenario.table.measures}
    found = {
        "action": scenario.action,
        "service": scenario.service,
        "executor": scenario.executor.kind,
        "seats": sorted(seat.name for seat in scenario.table.seats),
        "options": dict(offer),
        "effects": {name: values[name] for name in values if name in measures},
        "stated": {
            name: value
            for name, value in values.items()
            if name not in measures and name not in offer
        },
        "losses": {
            part.name: {"value": values[part.loss], "unit": units[part.loss]}
            for part in scenario.document.policy.risk.dimensions
        },
        "summary": {
            "stance_entropy": stance_entropy(summary),
            "min_surplus": min(max(min(summary.surplus.values()), 0.0), 1.0),
            "confidence": summary.confidence,
            "by": summary.by,
            "below": list(summary.below),
        },
        "by_people": list(facts.by_people),
    }
    return cast("dict[str, Any]", plain(found))


def class_of(features: Mapping[str, Any]) -> str:
    """Whose past actions are precedents of this one; SHA-256 in hex."""
    named = [features[name] for name in ("action", "service", "executor", "seats")]
    return hashlib.sha256(rfc8785.dumps(named)).hexdigest()


def history(*, negotiation: Negotiation, features: Mapping[str, Any], now: datetime) -> History:
    """What is known of earlier actions, read now; of this negotiation's own nothing."""
    alike = class_of(features)
    reports = Report.objects.filter(
        replaced_at=None, execution__decision__action_class=alike
    ).aggregate(
        all=Count("pk"),
        bad=Count("pk", filter=Q(outcome__in=Report.BAD)),
        calibrated=Count("pk", filter=Q(execution__decision__confidence__gt=0)),
    )
    return History(
        reports=reports["all"],
        bad=reports["bad"],
        novelty=_precedents(alike).novelty(_compared(features["options"], features["effects"])),
        calibrated_reports=reports["calibrated"],
        lost=_lost(negotiation, features, now),
    )


def _precedents(alike: str) -> Precedents:
    done = Decision.objects.filter(action_class=alike, status=Decision.Status.EXECUTED)
    newest = done.order_by("-id").values_list("features__options", "features__effects")[:MOST]
    return Precedents([_compared(options, effects) for options, effects in newest])


def _compared(
    options: Mapping[str, Feature] | None, effects: Mapping[str, Feature] | None
) -> dict[str, Feature]:
    return {
        **{f"option {name}": value for name, value in (options or {}).items()},
        **{f"effect {name}": value for name, value in (effects or {}).items()},
    }


def _lost(negotiation: Negotiation, features: Mapping[str, Any], now: datetime) -> dict[str, float]:
    """The losses of what was cleared for the same target in the last 24 h, by dimension.

    What is cleared and not carried out yet counts too: it will be in a moment.
    """
    running = [Decision.Status.CLEARED, Decision.Status.EXECUTING, Decision.Status.EXECUTED]
    lately = Decision.objects.filter(
        status__in=running,
        cleared_at__gt=now - REMEMBERED,
        features__service=features["service"],
    ).exclude(negotiation=negotiation)
    lost: defaultdict[str, float] = defaultdict(float)
    for known in lately.values_list("features", flat=True):
        for name, loss in known["losses"].items():
            mine = features["losses"].get(name)
            alike = mine and mine["unit"] == loss["unit"] and known["executor"] != DRY_RUN
            if alike and isinstance(loss["value"], int | float):
                lost[name] += max(loss["value"], 0.0)
    return dict(lost)
