"""What a card says of stops, mandates, broken glass and spot checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from approvals.models import GlassReview
from negotiation.models import Decision, SpotCheck
from negotiation.roles import may_break_glass, may_look_back
from negotiation.services import glass, stops

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User


MOST = 100
"""Rows in the list of what is still to be looked at."""


class Afterwards(NamedTuple):
    """`at`: when a broken glass has to be looked at, or when a spot check was drawn."""

    decision_id: int
    title: str
    at: datetime
    broken_by: str
    reason: str


def context(decision: Decision, user: User, _now: datetime) -> dict[str, Any]:
    """For `approvals/_safeguards.html` and `approvals/_break_glass.html`.

    `seen_guards` changes with whatever of this is shown.
    """
    held = stops.holding(decision)
    broken = GlassReview.objects.filter(decision=decision)
    looks = list(broken.select_related("broken_by", "reviewed_by"))
    check = SpotCheck.objects.filter(decision=decision).select_related("checked_by").first()
    done = sum(1 for look in looks if look.reviewed_at)
    return {
        "held": held,
        "mandate": decision.mandate,
        "glass_reviews": looks,
        "glass_verdicts": GlassReview.Verdict.choices,
        "may_look_back": may_look_back(user),
        "may_break": decision.status in Decision.BREAKABLE and may_break_glass(user),
        "spot_check": check,
        "spot_verdicts": SpotCheck.Verdict.choices,
        "seen_guards": f"{held.pk if held else 0}.{len(looks)}.{done}"
        f".{bool(check and check.checked_at):d}",
    }


def dialog_context(decision: Decision, user: User, _now: datetime) -> dict[str, Any]:
    """For `approvals/_break_glass.html`: why the glass cannot be broken here, if it cannot."""
    if decision.status not in Decision.BREAKABLE or not may_break_glass(user):
        return {}
    scenario = decision.negotiation.version.compiled()
    return {"unbreakable": glass.objection(decision, scenario)}


def afterwards(user: User) -> dict[str, Any]:
    """For `approvals/_afterwards.html`: what is still to be looked at, in one query."""
    nobody = Cast(Value(""), CharField())
    title = F("decision__negotiation__title")
    glass_reviews = GlassReview.objects.visible_to(user).open().order_by()
    checks = SpotCheck.objects.visible_to(user).open().order_by()
    columns = ("decision_id", "title", "at", "who", "why", "place")
    found = (
        glass_reviews.annotate(title=title, at=F("due_at"), place=Value(0))
        .annotate(who=F("broken_by__username"), why=F("reason"))
        .values_list(*columns)
        .union(
            checks.annotate(title=title, at=F("drawn_at"), place=Value(1))
            .annotate(who=nobody, why=nobody)
            .values_list(*columns),
            all=True,
        )
        # Broken glass first, then in the order of their times.
        .order_by("place", "at")
    )
    rows = [Afterwards(*row[:-1]) for row in found[: MOST + 1]]
    return {"to_check": rows[:MOST], "more_to_check": len(rows) > MOST}
