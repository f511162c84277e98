"""Several approvals from the queue at once, with a result for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.services import batches
from approvals.views.forms import items_of
from approvals.views.preconditions import Missing
from negotiation.views.access import person, reviewers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOTHING_SELECTED = "Nothing was selected. Go back to the queue and tick what you approve."


@require_POST
@reviewers
def approve_selected(request: HttpRequest) -> HttpResponse:
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    if not form.is_valid():
        return _page(request, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        items = items_of(request.POST.getlist("item"))
        results, unknown = batches.approve_all(
            items=items,
            by=person(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except Missing as refusal:
        return _page(request, refusal=str(refusal), status=refusal.status)
    except batches.TooMany as refusal:
        return _page(request, refusal=str(refusal), status=UNPROCESSABLE)
    if not items:
        return _page(request, refusal=NOTHING_SELECTED, status=UNPROCESSABLE)
    refused = unknown or not all(result.approved for result in results)
    return _page(request, results=results, unknown=unknown, refused=refused)


def _page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    reason = request.POST.get("reason", "").strip()
    shown = {**context, "written": [("Reason", reason)] if reason else []}
    return render(request, "approvals/batch.html", shown, status=status)
