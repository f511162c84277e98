"""One decision: the card that a reviewer reads, and the two things a manager can do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.differences import Change, differences_since
from approvals.presentation import card_context, verdict_context
from approvals.services import reviews
from approvals.services.calls import KeyReused
from approvals.views.preconditions import Missing, etag, new_key, seen_by
from negotiation.models import Decision
from negotiation.views.access import person, reviewers, wants_fragment, watchers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.negotiations import LARGEST_ID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from approvals.models import Review

NOTHING_NEW = 204
FORBIDDEN = 403
CONFLICT = 409
UNPROCESSABLE = 422


@watchers
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    decision = _find(request, pk)
    if not wants_fragment(request):
        return _card(request, decision)
    verdict = verdict_context(decision, person(request), timezone.now())
    if request.GET.get("seen") == verdict["seen"]:
        return HttpResponse(status=NOTHING_NEW)
    # What came back is another case than the one on the page: it is read anew before it is decided.
    again = verdict["open"] and decision.returned > 0
    return render(request, "approvals/_verdict.html", {**verdict, "again": again})


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
        self,
        *,
        decision_id: int,
        by: User,
        seen_hash: str,
        seen_revision: int,
        key: str,
        reason: str,
        now: datetime,
    ) -> Review: ...


def _decide(
    request: HttpRequest, pk: int, form: ReasonForm, verdict: Verdict, done: str
) -> HttpResponse:
    decision = _find(request, pk)
    if not form.is_valid():
        return _card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        seen = seen_by(request)
        verdict(
            decision_id=pk,
            by=person(request),
            seen_hash=seen.package_hash,
            seen_revision=seen.revision,
            key=seen.key,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except Missing as refusal:
        return _card(request, decision, refusal=str(refusal), status=refusal.status)
    except KeyReused as refusal:
        return _card(request, decision, refusal=str(refusal), status=UNPROCESSABLE)
    except reviews.MayNotApprove as refusal:
        return _card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    except reviews.NotParked as refusal:
        return _card(
            request,
            refusal.decision,
            refusal=str(refusal),
            differences=differences_since(refusal.decision, seen.package_hash),
            status=CONFLICT,
        )
    decision.refresh_from_db()
    voted = decision.status == Decision.Status.PARKED
    messages.success(request, _still_to_come(decision) if voted else done)
    return redirect("approval", pk=pk)


def _still_to_come(decision: Decision) -> str:
    left = max(decision.people - decision.approvals, decision.seniors - decision.senior_approvals)
    senior = decision.seniors > decision.senior_approvals
    who = "person" if left == 1 else "people"
    return (
        f"Your approval counts. {left} more {who} must approve this package"
        f"{', one of them senior' if senior else ''}."
    )


def _card(
    request: HttpRequest,
    decision: Decision,
    *,
    refusal: str = "",
    differences: Sequence[Change] = (),
    status: int = 200,
) -> HttpResponse:
    context = {
        **card_context(decision, person(request), timezone.now()),
        "refusal": refusal,
        "differences": differences,
        "key": new_key(),
    }
    response = render(request, "approvals/approval.html", context, status=status)
    response["ETag"] = etag(decision)
    return response


def _find(request: HttpRequest, pk: int) -> Decision:
    if pk > LARGEST_ID:
        raise Http404
    decisions = Decision.objects.visible_to(request.user).select_related(
        "negotiation__version__scenario", "cleared_by"
    )
    return get_object_or_404(decisions, pk=pk)
