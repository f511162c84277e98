"""Sending a decision back: a page of its own, so that links may bring what to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from approvals.differences import differences_since
from approvals.services import reviews, send_backs
from approvals.services.calls import KeyReused
from approvals.views.cards import after_own_verdict, find
from approvals.views.preconditions import Missing, Seen, etag, new_key, seen_by
from negotiation import wishes
from negotiation.models import Decision
from negotiation.services import reopenings
from negotiation.views.access import person, reviewers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import CONFLICT, FORBIDDEN, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from negotiation.wishes import Wishes


@require_http_methods(["GET", "HEAD", "POST"])
@reviewers
@after_own_verdict
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    decision = find(request, pk)
    if request.method == "POST":
        return _send(request, decision)
    asked = wishes.linked(request.GET.getlist("require"))
    return _page(request, decision, wishes.asking(wishes.rows(decision), asked))


def _send(request: HttpRequest, decision: Decision) -> HttpResponse:
    asked, form = _asked(request, decision), ReasonForm(request.POST)
    try:
        seen = seen_by(request)
    except Missing as refusal:
        return _page(request, decision, asked, refusal=str(refusal), status=refusal.status)
    if asked.wrong or not form.is_valid():
        error = "" if form.is_valid() else first_error(form)
        return _page(request, decision, asked, reason_error=error, status=UNPROCESSABLE)
    return _called(request, decision, asked, seen, form.cleaned_data["reason"])


def _called(
    request: HttpRequest, decision: Decision, asked: Wishes, seen: Seen, reason: str
) -> HttpResponse:
    wanted = wishes.requirements(asked)
    # What was doubted is sent if the very same is asked for again.
    sure = "rows" not in request.POST or request.POST.get("sure") == wishes.link(wanted)
    try:
        send_backs.send_back(
            decision_id=decision.pk,
            by=person(request),
            seen_hash=seen.package_hash,
            seen_revision=seen.revision,
            key=seen.key,
            reason=reason,
            requirements=wanted,
            now=timezone.now(),
            sure=sure,
        )
    except reopenings.Unlikely as doubt:
        more = {"doubt": str(doubt), "sure": wishes.link(wanted)}
        return _page(request, decision, asked, **more, status=UNPROCESSABLE)
    except reviews.NotAllowed as refusal:
        return _page(request, decision, asked, refusal=str(refusal), status=FORBIDDEN)
    except (KeyReused, reopenings.CannotBeAsked, reopenings.SentBackTwice) as refusal:
        return _page(request, decision, asked, refusal=str(refusal), status=UNPROCESSABLE)
    except reviews.NotParked as refusal:
        return _page(
            request,
            refusal.decision,
            asked,
            refusal=str(refusal),
            differences=differences_since(refusal.decision, seen.package_hash),
            status=CONFLICT,
        )
    done = "Sent back. The seats go on from where they stood, and it comes back to the queue."
    messages.success(request, done)
    return redirect("negotiation", pk=decision.negotiation_id)


def _asked(request: HttpRequest, decision: Decision) -> Wishes:
    """What the form's rows say; a program may send `require` instead, as links do."""
    found = wishes.rows(decision)
    if "rows" in request.POST:
        return wishes.typed(found, request.POST)
    return wishes.asking(found, wishes.linked(request.POST.getlist("require")))


def _page(
    request: HttpRequest, decision: Decision, asked: Wishes, *, status: int = 200, **more: Any
) -> HttpResponse:
    parked = decision.status == Decision.Status.PARKED
    context = {
        "decision": decision,
        "negotiation": decision.negotiation,
        "wishes": asked,
        "reason": request.POST.get("reason", ""),
        "left": reopenings.MOST - decision.sent_back if parked else 0,
        "parked": parked,
        "key": new_key(),
        **more,
    }
    response = render(request, "approvals/send_back.html", context, status=status)
    response["ETag"] = etag(decision)
    return response
