"""Amending a decision: an editor of its own, which shows what would follow while one chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from approvals import editors
from approvals.differences import differences_since
from approvals.services import amendments, reviews
from approvals.services.calls import KeyReused
from approvals.views.cards import after_own_verdict, card, find
from approvals.views.preconditions import Missing, Seen, etag, new_key, seen_by
from negotiation.models import Decision
from negotiation.services.amendments import CannotTakeItsPlace, NotReplayable
from negotiation.views.access import person, reviewers, wants_fragment
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from approvals.editors import Chosen


@require_http_methods(["GET", "HEAD", "POST"])
@reviewers
@after_own_verdict
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; its live part for htmx, which changes nothing; and the amendment itself."""
    decision = find(request, pk)
    try:
        return _answer(request, decision)
    except NotReplayable as refusal:
        return card(request, decision, refusal=str(refusal), status=CONFLICT)


def _answer(request: HttpRequest, decision: Decision) -> HttpResponse:
    asked = editors.chosen(
        decision.negotiation.version.compiled(),
        decision.agreed,
        request.POST if request.method == "POST" else request.GET,
    )
    if request.method == "POST":
        return _amend(request, decision, asked)
    if wants_fragment(request):
        check = _check(decision, asked)
        return render(request, "approvals/_check.html", {**check, "oob": True})
    if decision.status != Decision.Status.PARKED:
        messages.warning(request, "It does not wait for anybody, so it cannot be amended.")
        return redirect("approval", pk=decision.pk)
    return _page(request, decision, asked, refusal=" ".join(asked.wrong))


def _amend(request: HttpRequest, decision: Decision, asked: Chosen) -> HttpResponse:
    form = ReasonForm(request.POST)
    try:
        seen = seen_by(request)
    except Missing as refusal:
        return _page(request, decision, asked, refusal=str(refusal), status=refusal.status)
    if asked.wrong or not form.is_valid():
        error = "" if form.is_valid() else first_error(form)
        said = {"refusal": " ".join(asked.wrong), "reason_error": error}
        return _page(request, decision, asked, status=UNPROCESSABLE, **said)
    return _called(request, decision, asked, seen, form.cleaned_data["reason"])


def _called(
    request: HttpRequest, decision: Decision, asked: Chosen, seen: Seen, reason: str
) -> HttpResponse:
    try:
        amendments.amend(
            decision_id=decision.pk,
            by=person(request),
            seen_hash=seen.package_hash,
            seen_revision=seen.revision,
            key=seen.key,
            offer=asked.offer,
            reason=reason,
            now=timezone.now(),
        )
    except (CannotTakeItsPlace, KeyReused) as refusal:
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
    messages.success(request, "Amended. Somebody else has to approve it now.")
    return redirect("approval", pk=decision.pk)


def _page(
    request: HttpRequest, decision: Decision, asked: Chosen, *, status: int = 200, **said: Any
) -> HttpResponse:
    """The editor as it was filled in: whatever is refused, nothing that was typed is lost."""
    scenario = decision.negotiation.version.compiled()
    context = {
        "decision": decision,
        "negotiation": decision.negotiation,
        "action": scenario.action,
        "target": scenario.service,
        "fields": editors.fields(scenario, decision.agreed, asked.offer),
        "waiting": decision.status == Decision.Status.PARKED,
        "reason": request.POST.get("reason", ""),
        "key": new_key(),
        **_check(decision, asked),
        **said,
    }
    response = render(request, "approvals/amend.html", context, status=status)
    response["ETag"] = etag(decision)
    return response


def _check(decision: Decision, asked: Chosen) -> dict[str, Any]:
    summary = decision.judgement.get("summary") or decision.negotiation.summary
    return editors.check_context(
        decision.negotiation,
        agreed=decision.agreed,
        before=summary.get("surplus") or {},
        offer=asked.offer,
        now=timezone.now(),
    )
