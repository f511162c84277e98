"""Where people and systems say what really happened after an execution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from negotiation.models import Execution, Report
from negotiation.services import measurements, reports
from negotiation.views import refusals
from negotiation.views.access import person, reporters
from negotiation.views.forms import first_error
from negotiation.views.statuses import BAD_REQUEST, CONFLICT, NOT_FOUND, UNAUTHORIZED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse


class ReportForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=Report.Outcome.choices,
        error_messages={"required": "Say what happened.", "invalid_choice": "Say what happened."},
    )
    note = forms.CharField(
        required=False,
        max_length=reports.LONGEST_NOTE,
        error_messages={"max_length": f"Keep the note under {reports.LONGEST_NOTE} characters."},
    )


@require_POST
@reporters
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's report, from the card of the decision."""
    executions = Execution.objects.select_related("decision__negotiation__version")
    execution = get_object_or_404(executions, pk=pk)
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            reports.record(
                execution=execution,
                by=person(request),
                outcome=Report.Outcome(form.cleaned_data["outcome"]),
                note=form.cleaned_data["note"],
                now=timezone.now(),
                measured=_measured(request, execution),
            )
        except (reports.NotReportable, reports.BadReport, measurements.BadFigure) as refusal:
            messages.warning(request, f"{refusal} Nothing was changed.")
            _keep_typed(request, execution)
        else:
            messages.success(request, "Thank you. The next judgement knows it.")
    else:
        messages.error(request, first_error(form))
        _keep_typed(request, execution)
    return redirect(settings.DECISION_PAGE, pk=execution.decision_id)


def _keep_typed(request: HttpRequest, execution: Execution) -> None:
    names = ["outcome", "note"]
    for name in measurements.measurable(execution.decision.negotiation.version):
        names += [f"measured-{name}", f"measured-sd-{name}"]
    typed = {name: request.POST[name] for name in names if request.POST.get(name)}
    refusals.keep(request, f"report {execution.pk}", typed)


def _measured(request: HttpRequest, execution: Execution) -> Sequence[dict[str, Any]]:
    known = measurements.measurable(execution.decision.negotiation.version)
    return measurements.typed(request.POST.dict(), known)


@csrf_exempt
@login_not_required
@require_POST
def receive(request: HttpRequest, key: str) -> JsonResponse:
    """Signed instead of logged in; the same webhook id again has no second effect."""
    executions = Execution.objects.select_related("decision__negotiation__version")
    execution = executions.filter(idempotency_key=key).first()
    if execution is None:
        return _refused("There is no such execution.", NOT_FOUND)
    try:
        made = reports.receive(
            execution=execution, headers=request.headers, body=request.body, now=timezone.now()
        )
    except reports.NotSigned as refusal:
        return _refused(str(refusal), UNAUTHORIZED)
    except reports.BadReport as refusal:
        return _refused(str(refusal), BAD_REQUEST)
    except reports.NotReportable as refusal:
        return _refused(str(refusal), CONFLICT)
    answer = {
        "execution": key,
        "outcome": made.outcome,
        "note": made.note,
        "measured": made.measured,
        "reported_at": made.reported_at.isoformat(),
        "current": made.replaced_at is None,
    }
    return JsonResponse(answer)


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
