"""One decision: the card that a reviewer reads, and the two things a manager can do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

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
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from approvals.models import Review

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
    form = ReasonForm(request.POST)
    form.fields["reason"].required = False
    return _decide(request, pk, form, reviews.approve, "Approved. It is being carried out now.")


@require_POST
@reviewers
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _decide(request, pk, form, reviews.reject, "Rejected. Nothing will be carried out.")


class Verdict(Protocol):
    """`approve` or `reject` of `approvals.services.reviews`."""

    def __call__(
        self, *, decision_id: int, by: User, seen_hash: str, reason: str, now: datetime
    ) -> Review: ...


def _decide(
    request: HttpRequest, pk: int, form: ReasonForm, verdict: Verdict, done: str
) -> HttpResponse:
    decision = _find(request, pk)
    if not form.is_valid():
        return _card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        verdict(
            decision_id=pk,
            by=person(request),
            seen_hash=request.POST.get("seen_hash", ""),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except reviews.NotParked as refusal:
        return _card(request, refusal.decision, refusal=str(refusal), status=CONFLICT)
    messages.success(request, done)
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
