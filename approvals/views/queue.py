"""What waits for a person, the most urgent first, and what was decided last."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import DurationField, ExpressionWrapper, F, FloatField, Func, Value
from django.db.models.functions import Coalesce, Greatest
from django.shortcuts import render
from django.utils import timezone

from approvals.parts.queues import waiting_rows
from approvals.parts.safeguards import afterwards
from negotiation.lexicon import lexicons
from negotiation.models import Decision
from negotiation.presentation import terms
from negotiation.views.access import person, wants_fragment, watchers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet
    from django.db.models.sql.compiler import SQLCompiler
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
RECENT = 8
UNKNOWN = 100.0


@watchers
def approvals(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    decisions = _whole(Decision.objects.visible_to(request.user))
    urgent = _by_urgency(decisions.filter(status=Decision.Status.PARKED), now)
    page = Paginator(urgent, PER_PAGE).get_page(request.GET.get("page"))
    recent = decisions.exclude(status=Decision.Status.PARKED).order_by("-id")[:RECENT]
    waiting = waiting_rows(_rows(page), person(request), now)
    context = {"page": page, "waiting": waiting, "recent": _rows(recent)}
    if wants_fragment(request):
        return render(request, "approvals/_queue.html", {**context, "oob": True})
    context |= afterwards(person(request))
    return render(request, "approvals/queue.html", context)


class Hours(Func):
    """A duration as a number of hours."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s)) / 3600.0"
    output_field = FloatField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra_context: Any
    ) -> Any:
        # Microseconds, where durations are no type of their own.
        template = "(%(expressions)s) / 3600e6"
        return self.as_sql(compiler, connection, template=template, **extra_context)


def _by_urgency(parked: QuerySet[Decision], now: datetime) -> QuerySet[Decision]:
    """Risk over time left: twice the risk, or half the time, is twice as urgent."""
    left = ExpressionWrapper(F("due_at") - Value(now), output_field=DurationField())
    hours = Greatest(Coalesce(Hours(left), 0.0), 0.0)
    # An unknown risk is taken for the highest.
    risk = Coalesce(F("score"), UNKNOWN)
    return parked.annotate(urgency=(risk + 1.0) / (hours + 1.0)).order_by("-urgency", "-id")


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
