"""The demo receiver: the page that shows what arrived, and the door it arrives at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from negotiation.lexicon import lexicons
from negotiation.models import Decision, ReceivedCall, Report
from negotiation.presentation import terms
from negotiation.roles import may_report
from negotiation.services import receivers
from negotiation.views.access import wants_fragment, watchers
from negotiation.views.statuses import UNAUTHORIZED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

PER_PAGE = 20


@watchers
def receiver(request: HttpRequest) -> HttpResponse:
    page = Paginator(ReceivedCall.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    carried_out = _carried_out(request, page)
    calls = [
        {"call": call, **_summary(call.body), **carried_out.get(call.webhook_id, {})}
        for call in page
    ]
    template = "_receiver_list.html" if wants_fragment(request) else "receiver.html"
    return render(
        request,
        f"negotiation/{template}",
        {"page": page, "calls": calls, "may_report": may_report(request.user)},
    )


def _carried_out(request: HttpRequest, calls: Iterable[ReceivedCall]) -> dict[str, dict[str, Any]]:
    """By webhook id: the decision that was carried out by this call, its terms, and what people
    said of it since."""
    decisions = Decision.objects.visible_to(request.user).filter(
        execution__idempotency_key__in=[call.webhook_id for call in calls]
    )
    whole = decisions.select_related("execution", "negotiation__version").defer(
        "package", "judgement", "features", "negotiation__version__document"
    )
    found = list(whole)
    words = lexicons(decision.negotiation.version for decision in found)
    present = Report.objects.filter(replaced_at=None).select_related("person")
    said = {
        report.execution_id: report
        for report in present.filter(execution__decision__in=[each.pk for each in found])
    }
    return {
        decision.execution.idempotency_key: {
            "decision": decision,
            "terms": terms(words[decision.negotiation.version_id], decision.agreed),
            "report": said.get(decision.execution.pk),
        }
        for decision in found
    }


@csrf_exempt
@login_not_required
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """Signed instead of logged in; the same webhook id again has no second effect."""
    try:
        call = receivers.receive(headers=request.headers, body=request.body, now=timezone.now())
    except receivers.BadSignature as refusal:
        return JsonResponse({"error": str(refusal)}, status=UNAUTHORIZED)
    return JsonResponse({"received": call.webhook_id, "deliveries": call.deliveries})


def _summary(body: str) -> dict[str, Any]:
    """The body for reading; one that is not the JSON we send is shown as it came."""
    try:
        package = json.loads(body)
    except (ValueError, RecursionError):
        return {"pretty": body, "package": {}}
    pretty = json.dumps(package, indent=2, ensure_ascii=False)
    return {"pretty": pretty, "package": package if isinstance(package, dict) else {}}
