"""Break-glass: in an emergency one person clears what the ordinary way does not, also under a stop.

What the policy refuses only for its score can be cleared so, never what breaks a hard rule. The
permission lasts an hour at most. What comes back after it is an ordinary case again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F

from negotiation.models import Decision
from negotiation.services import audits, decisions, grants, stops
from negotiation.services.exclusions import exclusion
from negotiation.services.validity import findings_under

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from negotiation.scenarios.compilers import CompiledScenario

LASTS = timedelta(hours=1)
_SCORE = ("risk", "risk")


class NotBreakable(Exception):
    """There is no glass to break here; the sentence says why."""


def clear(
    *, decision: Decision, scenario: CompiledScenario, by: User, reason: str, now: datetime
) -> None:
    """Parked or refused → cleared by one person. Raises NotBreakable and decisions.NotParked.

    Call it in a transaction of its own; the caller writes down who has to look at it afterwards.
    """
    stops.share()
    if against := objection(decision, scenario):
        raise NotBreakable(against)
    before = decision.status
    seen = Decision.objects.breakable().filter(
        pk=decision.pk, package_hash=decision.package_hash, revision=decision.revision
    )
    cleared = seen.update(
        status=Decision.Status.CLEARED,
        cleared_at=now,
        cleared_by=by,
        glass_broken_by=by,
        glass_broken_at=now,
        glass_reason=reason,
        claimed_by=None,
        claimed_until=None,
        revision=F("revision") + 1,
    )
    if cleared != 1:
        raise decisions.NotParked(decisions.NotParked.__doc__)
    audits.record(
        "glass.broken",
        decision,
        now=now,
        by=by,
        seen=decision.tag,
        package=decision.package_hash,
        was=before,
        approvals=decision.approvals,
        people=decision.people,
        # What would have kept this person from approving it in the ordinary way.
        excluded=exclusion(decision, by) or "",
        reason=reason,
    )
    grants.give(decision, scenario, by=by, now=now, at_most=LASTS)
    decisions.announce(decision)


def objection(decision: Decision, scenario: CompiledScenario) -> str | None:
    """Why nobody can clear it, not even so, as a sentence; None if nothing is against it."""
    if decision.status not in Decision.BREAKABLE:
        return f"It is {decision.get_status_display().lower()}, so there is nothing to clear."
    broken, _ = findings_under(decision, scenario)
    if broken:
        return f"It breaks a hard rule, which no person can set aside: {broken[0].text}"
    findings = decision.judgement.get("findings") or ()
    for finding in findings:
        refused = finding["forces"] == Decision.Route.REFUSE
        if refused and (finding["rule"], finding["subject"]) != _SCORE:
            return f"It is refused for more than its score: {finding['text']}"
    return None
