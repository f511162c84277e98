"""Who negotiates, how it came out for them, and how far what they say is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from negotiation import agent_pictures
from negotiation.engine.trust import brier
from negotiation.models import Negotiation
from negotiation.rosters import rosters
from negotiation.services.agents import agents as all_agents
from negotiation.services.agents import record_of
from negotiation.services.measurements import measurable
from negotiation.views.access import watchers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.services.agents import Agent

RECENT = 8
CLAIMS = 20


@require_safe
@watchers
def agents(request: HttpRequest) -> HttpResponse:
    return render(request, "negotiation/agents.html", {"agents": all_agents(request.user)})


@require_safe
@watchers
def agent(request: HttpRequest, name: str) -> HttpResponse:
    found = next(iter(all_agents(request.user, name)), None)
    if found is None:
        raise Http404
    record, trust = record_of(found.entries), found.trust
    seated = [row.pk for row in rosters() if name in dict(row.seats)]
    tables = Negotiation.objects.visible_to(request.user).filter(version__in=seated)
    context = {
        "agent": found,
        "trust": trust,
        "believed": trust.believability,
        "factors": agent_pictures.factors(trust),
        "history": agent_pictures.history(found.entries),
        "calibration": agent_pictures.calibration(found.entries),
        "brier": brier(record.stated),
        "stated": len(record.stated),
        "reports": record.reports,
        "claims": _claims(found),
        "recent": tables.select_related("decision").defer("decision__package")[:RECENT],
    }
    return render(request, "negotiation/agent.html", context)


def _claims(found: Agent) -> list[dict[str, object]]:
    """The newest first, each with the words of its scenario."""
    newest = list(reversed(found.claims))[:CLAIMS]
    rows = []
    for each in newest:
        known = measurable(each.negotiation.version).get(each.fact)
        rows.append({"entry": each, "label": known.label if known else each.fact,
                     "unit": known.unit if known else ""})  # fmt: skip
    return rows
