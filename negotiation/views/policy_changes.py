"""Changes that loosen a policy, and the second admin who decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from negotiation.models import PolicyChange
from negotiation.scenarios.errors import ScenarioError
from negotiation.scenarios.loosenings import Change
from negotiation.scenarios.schema import ScenarioDocument
from negotiation.services import policies
from negotiation.services.scenarios import NewerVersion, changes_since
from negotiation.services.what_ifs import what_if
from negotiation.views.access import person, rule_writers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE
from negotiation.views.what_ifs import told

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 50
REFUSED = (
    policies.NotParked,
    policies.NotAllowed,
    policies.NotAsProposed,
    NewerVersion,
    ScenarioError,
)


@rule_writers
def changes(request: HttpRequest) -> HttpResponse:
    known = PolicyChange.objects.visible_to(request.user).defer("document")
    known = known.select_related("scenario", "base", "author", "decided_by", "version")
    context = {"parked": known.parked(), "decided": known.exclude(status="parked")[:SHOWN]}
    return render(request, "negotiation/policy_changes.html", context)


@rule_writers
def change(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk))


@rule_writers
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """What the change would have done with past decisions; changes nothing."""
    found = _find(request, pk)
    answer = what_if(
        scenario=found.scenario,
        present=ScenarioDocument.model_validate(found.base.document),
        draft=ScenarioDocument.model_validate(found.document),
        user=request.user,
        now=timezone.now(),
    )
    context = {**told(answer, request.POST.get("page", "")), "again": request.path}
    return render(request, "negotiation/_what_if.html", context)


@rule_writers
@require_POST
def ratify(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    try:
        version = policies.ratify(change_id=found.pk, by=person(request), now=timezone.now())
    except REFUSED as refusal:
        return _show(request, _find(request, pk), status=CONFLICT, refused=str(refusal))
    messages.success(request, f"Saved as version {version.number}. Running tables keep theirs.")
    return redirect("policy", slug=found.scenario.slug)


@rule_writers
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, found, status=UNPROCESSABLE, refused=first_error(form))
    by, reason = person(request), form.cleaned_data["reason"]
    try:
        policies.reject(change_id=found.pk, by=by, reason=reason, now=timezone.now())
    except REFUSED as refusal:
        return _show(request, _find(request, pk), status=CONFLICT, refused=str(refusal))
    messages.success(request, "Rejected; the policy stays as it is.")
    return redirect("policy-changes")


@rule_writers
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    try:
        policies.withdraw(change_id=found.pk, by=person(request), now=timezone.now())
    except REFUSED as refusal:
        return _show(request, _find(request, pk), status=CONFLICT, refused=str(refusal))
    messages.success(request, "Withdrawn; the policy stays as it is.")
    return redirect("policy-changes")


def _find(request: HttpRequest, pk: int) -> PolicyChange:
    known = PolicyChange.objects.visible_to(request.user)
    related = ("scenario", "base", "author", "decided_by", "version")
    return get_object_or_404(known.select_related(*related), pk=pk)


def _show(
    request: HttpRequest, found: PolicyChange, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "change": found,
        "changes": _told_anew(found),
        "mine": found.author_id == request.user.pk,
        "open": found.status == PolicyChange.Status.PARKED,
        "kept": request.POST.get("reason", "")[:800],
        **more,
    }
    return render(request, "negotiation/policy_change.html", context, status=status)


def _told_anew(found: PolicyChange) -> list[Change]:
    """What it changes, worked out from the documents and not from what was told before."""
    try:
        document = ScenarioDocument.model_validate(found.document)
    except ValidationError:
        return [Change(**each) for each in found.changes]
    return changes_since(found.base, document)
