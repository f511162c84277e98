"""One decision: the card that a reviewer reads, and the two things a manager can do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.presentation import card_context, verdict_context
from approvals.services import reviews
from negotiation.models import Decision
from negotiation.views.access import person, reviewers, wants_fragment, watchers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.negotiations import LARGEST_ID

if TYPE_CHECKING:
    from django.http import HttpRequest

NOTHING_NEW = 204
CONFLICT = 409
UNPROCESSABLE = 422


@watchers
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _find(request, pk)
    if not wants_fragment(request):
        return _card(request, decision)
    verdict = verdict_context(decision, timezone.now())
    if request.GET.get("seen") == verdict["seen"]:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "approvals/_verdict.html", verdict)


@require_POST
@reviewers
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _find(request, pk)
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    if not form.is_valid():
        return _card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        reviews.approve(
            decision_id=pk,
            by=person(request),
            seen_hash=request.POST.get("seen_hash", ""),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except reviews.NotParked as refusal:
        return _card(request, refusal.decision, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "Approved. It is being carried out now.")
    return redirect("approval", pk=pk)


@require_POST
@reviewers
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _find(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        reviews.reject(
            decision_id=pk,
            by=person(request),
            seen_hash=request.POST.get("seen_hash", ""),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except reviews.NotParked as refusal:
        return _card(request, refusal.decision, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "Rejected. Nothing will be carried out.")
    return redirect("approval", pk=pk)


def _card(
    request: HttpRequest, decision: Decision, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {**card_context(decision, timezone.now()), "refusal": refusal}
    return render(request, "approvals/approval.html", context, status=status)


def _find(request: HttpRequest, pk: int) -> Decision:
    if pk > LARGEST_ID:
        raise Http404
    decisions = Decision.objects.visible_to(request.user).select_related(
        "negotiation__version__scenario", "cleared_by"
    )
    return get_object_or_404(decisions, pk=pk)
