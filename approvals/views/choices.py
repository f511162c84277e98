"""Choosing what to do where the seats did not agree and the rules of their table ask a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from approvals import editors
from approvals.services import choices, notifications
from negotiation.models import Decision, Negotiation
from negotiation.services.amendments import CannotTakeItsPlace, NotReplayable
from negotiation.services.choices import NobodyIsAsked
from negotiation.views.access import person, reviewers, wants_fragment
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import CONFLICT, PRECONDITION_REQUIRED, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from approvals.editors import Chosen


@require_http_methods(["GET", "HEAD", "POST"])
@reviewers
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """The offers to begin with, the editor, its live part for htmx, and the choice itself."""
    negotiation = _find(request, pk)
    candidates = _candidates(negotiation)
    if not candidates:
        messages.warning(request, "Nobody is asked about this negotiation.")
        return redirect("negotiation", pk=pk)
    asked = editors.chosen(
        negotiation.version.compiled(),
        candidates[0]["offer"],
        request.POST if request.method == "POST" else request.GET,
    )
    try:
        return _answer(request, negotiation, asked)
    except NotReplayable as refusal:
        messages.warning(request, str(refusal))
        return redirect("negotiation", pk=pk)


def _answer(request: HttpRequest, negotiation: Negotiation, asked: Chosen) -> HttpResponse:
    if request.method == "POST":
        return _choose(request, negotiation, asked)
    if wants_fragment(request):
        return render(request, "approvals/_check.html", _check(negotiation, asked))
    notifications.looked_at_choice(
        user=person(request), negotiation=negotiation, now=timezone.now()
    )
    if made := _made(negotiation):
        return redirect("approval", pk=made.pk)
    return _page(request, negotiation, asked, refusal=" ".join(asked.wrong))


def _choose(request: HttpRequest, negotiation: Negotiation, asked: Chosen) -> HttpResponse:
    form, seen = ReasonForm(request.POST), request.POST.get("seen", "")
    if not seen.isdecimal() or len(seen) > 9:
        refusal = "Say which message was the last when you chose. Nothing was decided."
        return _page(request, negotiation, asked, refusal=refusal, status=PRECONDITION_REQUIRED)
    if asked.wrong or not form.is_valid():
        error = "" if form.is_valid() else first_error(form)
        said = {"refusal": " ".join(asked.wrong), "reason_error": error}
        return _page(request, negotiation, asked, status=UNPROCESSABLE, **said)
    try:
        decision = choices.choose(
            negotiation_id=negotiation.pk,
            by=person(request),
            seen_head=int(seen),
            offer=asked.offer,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except CannotTakeItsPlace as refusal:
        return _page(request, negotiation, asked, refusal=str(refusal), status=UNPROCESSABLE)
    except NobodyIsAsked as refusal:
        return _page(request, negotiation, asked, refusal=str(refusal), status=CONFLICT)
    messages.success(request, "Chosen. Somebody else has to approve it now.")
    return redirect("approval", pk=decision.pk)


def _page(
    request: HttpRequest, negotiation: Negotiation, asked: Chosen, *, status: int = 200, **said: Any
) -> HttpResponse:
    """The editor as it was filled in: whatever is refused, nothing that was typed is lost."""
    negotiation.refresh_from_db(fields=["head"])
    scenario = negotiation.version.compiled()
    context = {
        "negotiation": negotiation,
        "made": _made(negotiation),
        "candidates": list(editors.candidates(negotiation, _candidates(negotiation))),
        "fields": editors.fields(scenario, None, asked.offer),
        "reason": request.POST.get("reason", ""),
        **_check(negotiation, asked),
        **said,
    }
    return render(request, "approvals/choose.html", context, status=status)


def _check(negotiation: Negotiation, asked: Chosen) -> dict[str, Any]:
    return editors.check_context(
        negotiation, agreed=None, before={}, offer=asked.offer, now=timezone.now()
    )


def _candidates(negotiation: Negotiation) -> list[dict[str, Any]]:
    ending = negotiation.summary.get("ending") or {}
    return list(ending.get("candidates") or ()) if ending.get("asks") else []


def _made(negotiation: Negotiation) -> Decision | None:
    try:
        return Decision.objects.get(negotiation=negotiation)
    except ObjectDoesNotExist:
        return None


def _find(request: HttpRequest, pk: int) -> Negotiation:
    tables = Negotiation.objects.visible_to(request.user).select_related("version__scenario")
    return get_object_or_404(tables, pk=pk)
