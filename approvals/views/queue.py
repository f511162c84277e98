"""What waits for a person, the most urgent first, and what was decided last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone

from negotiation.lexicon import lexicons
from negotiation.models import Decision
from negotiation.presentation import terms
from negotiation.views.access import wants_fragment, watchers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
RECENT = 8
HOUR = 3600
UNKNOWN = 100


@watchers
def approvals(request: HttpRequest) -> HttpResponse:
    decisions = Decision.objects.visible_to(request.user)
    urgent = _by_urgency(decisions.parked(), timezone.now())
    page = Paginator(urgent, PER_PAGE).get_page(request.GET.get("page"))
    chosen = list(page)
    waiting = {decision.pk: decision for decision in _whole(decisions.filter(pk__in=chosen))}
    recent = _whole(decisions.exclude(status=Decision.Status.PARKED).order_by("-id")[:RECENT])
    context = {
        "page": page,
        "waiting": _rows(waiting[pk] for pk in chosen if pk in waiting),
        "recent": _rows(recent),
    }
    if wants_fragment(request):
        return render(request, "approvals/_queue.html", {**context, "oob": True})
    return render(request, "approvals/queue.html", context)


def _by_urgency(parked: QuerySet[Decision], now: datetime) -> list[int]:
    """Risk over time left: twice the risk, or half the time, is twice as urgent."""

    def urgency(row: tuple[int, float | None, datetime | None]) -> tuple[float, int]:
        pk, score, due_at = row
        left = max((due_at - now).total_seconds() / HOUR, 0) if due_at else 0
        # An unknown risk is taken for the highest.
        return ((UNKNOWN if score is None else score) + 1) / (left + 1), pk

    rows = parked.values_list("pk", "score", "due_at")
    return [row[0] for row in sorted(rows, key=urgency, reverse=True)]


def _whole(decisions: QuerySet[Decision]) -> list[Decision]:
    return list(
        decisions.select_related("negotiation__version__scenario", "cleared_by").defer(
            "negotiation__version__document", "negotiation__summary"
        )
    )


def _rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    found = list(decisions)
    words = lexicons(decision.negotiation.version for decision in found)
    rows = []
    for decision in found:
        package = json.loads(decision.package)
        lexicon = words[decision.negotiation.version_id]
        rows.append(
            {
                "decision": decision,
                "package": package,
                "terms": terms(lexicon, package.get("parameters") or {}),
                "findings": decision.judgement.get("findings") or [],
            }
        )
    return rows
