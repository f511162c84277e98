"""What waits for a person, the most urgent first, and beside it what was decided last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import render
from django.utils import timezone

from approvals.models import Review
from approvals.parts import risk_maps
from approvals.parts.asking import asking
from approvals.parts.inboxes import SOON, Shown, by_urgency, facets
from approvals.parts.queues import waiting_rows
from approvals.parts.safeguards import afterwards
from approvals.views.inboxes import inbox, wants
from negotiation.lexicon import lexicons
from negotiation.models import Decision
from negotiation.presentation import terms
from negotiation.views.access import person, wants_fragment, watchers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.core.paginator import Page
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
RECENT = 8


@watchers
def approvals(request: HttpRequest) -> HttpResponse:
    """The list with what stands beside it; for htmx the list alone, or what stands beside it."""
    now = timezone.now()
    shown = Shown.asked(request.GET)
    context = _list(request, shown, now)
    if wants_fragment(request) and not wants(request, "detail"):
        return render(request, "approvals/_queue.html", {**context, "oob": True})
    context |= _beside(request) | {"dots": risk_maps.dots(context["waiting"], now)}
    return inbox(request, "approvals/_landing.html", context, shown)


def _list(request: HttpRequest, shown: Shown, now: datetime) -> dict[str, Any]:
    """For `approvals/_queue.html`."""
    user = person(request)
    asks = asking(user)
    found = facets(user, shown, now)
    parked = Decision.objects.visible_to(user).parked()
    urgent = by_urgency(shown.of(parked, user, now), now)
    page = _page(urgent, shown, found.shown)
    # Sorted by number and urgency alone: whole rows are read of those on the page.
    first = (page.number - 1) * PER_PAGE
    here = urgent[first : first + PER_PAGE].values("pk")
    whole = _whole(by_urgency(parked.filter(pk__in=here), now))
    return {
        "page": page,
        "shown": shown,
        "kept": shown.query(),
        "facets": found,
        "waiting": waiting_rows(_rows(whole), user, now),
        "soon": now + SOON,
        "earlier": shown.query(page=str(page.number - 1)),
        "later": shown.query(page=str(page.number + 1)),
        # What the navigation shows: counted once.
        "queue_count": found.waiting + asks.total,
        "asking": asks,
    }


def _page(urgent: QuerySet[Decision], shown: Shown, count: int) -> Page[Decision]:
    paginator = Paginator(urgent, PER_PAGE)
    paginator.count = count  # a cached property, known already
    return paginator.get_page(shown.page)


def _beside(request: HttpRequest) -> dict[str, Any]:
    """For `approvals/_landing.html`."""
    decided = _whole(Decision.objects.visible_to(request.user))
    verdicts = Review.objects.filter(
        decision=OuterRef("pk"), package_hash=OuterRef("package_hash")
    ).order_by("-id")
    recent = (
        decided.exclude(status=Decision.Status.PARKED)
        .annotate(
            ended_by=Subquery(
                verdicts.exclude(verdict=Review.Verdict.APPROVE).values("reviewer__username")[:1]
            ),
            decided_at=Coalesce(
                Subquery(verdicts.values("created_at")[:1]), "cleared_at", "created_at"
            ),
        )
        .order_by("-id")[:RECENT]
    )
    return {"recent": _rows(recent), **afterwards(person(request))}


def _whole(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    return decisions.select_related(
        "negotiation__version__scenario", "cleared_by", "claimed_by"
    ).defer("negotiation__version__document", "negotiation__summary")


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
