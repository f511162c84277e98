"""Stepping in with something: evidence for all seats, or what they have to keep from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from negotiation import wishes
from negotiation.services import interventions, reopenings, sessions
from negotiation.tellings import believed
from negotiation.views.access import operators, person
from negotiation.views.evidence_forms import KINDS, EvidenceForm
from negotiation.views.forms import LONGEST_REASON, ReasonForm, first_error
from negotiation.views.negotiations import find
from negotiation.views.statuses import CONFLICT, UNPROCESSABLE

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from negotiation.models import Negotiation
    from negotiation.wishes import Wishes


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Add information: a form with what the seats believe now beside each fact."""
    table, now = find(request, pk), timezone.now()
    facts = believed(table)
    form = EvidenceForm(request.POST if request.method == "POST" else None, facts, now.date())
    context = {"negotiation": table, "form": form, "facts": facts, "kinds": KINDS}
    context["longest"] = LONGEST_REASON
    status = 200
    if form.is_bound:
        refusal, status = (
            _told(request, table, form, now) if form.is_valid() else ("", UNPROCESSABLE)
        )
        if not status:
            messages.success(request, "Told all seats. What they offer from now on counts it in.")
            return redirect("negotiation", pk=pk)
        context |= {"refusal": refusal, "written": form.written()}
    return render(request, "negotiation/add_evidence.html", context, status=status)


def _told(
    request: HttpRequest, table: Negotiation, form: EvidenceForm, now: datetime
) -> tuple[str, int]:
    """What is against it, and the status to say so with; ("", 0) once it is said."""
    by = person(request)
    try:
        interventions.tell(
            negotiation_id=table.pk,
            evidence=form.evidence(),
            by=by,
            reason=form.cleaned_data["reason"],
            now=now,
        )
    except sessions.NotOpen as refusal:
        table.refresh_from_db()
        return f"{refusal} Nothing was said.", CONFLICT
    except (
        interventions.CannotBeTold,
        interventions.ChangesNothing,
        interventions.Crowded,
    ) as refusal:
        return str(refusal), UNPROCESSABLE
    return "", 0


@require_http_methods(["GET", "HEAD", "POST"])
@operators
def constraint(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a constraint: the rows of a send-back, over the table as it is now."""
    table = find(request, pk)
    rows = wishes.rows_of(table.version)
    context: dict[str, Any] = {
        "negotiation": table,
        "wishes": rows,
        "reason": request.POST.get("reason", ""),
        "longest": LONGEST_REASON,
    }
    status = 200
    if request.method == "POST":
        more, status = _constrained(request, table, wishes.typed(rows, request.POST))
        if not status:
            messages.success(request, "Added. Every further offer of the table keeps it.")
            return redirect("negotiation", pk=pk)
        context |= {**more, "written": _written(rows, context["reason"])}
    return render(request, "negotiation/add_constraint.html", context, status=status)


def _written(asked: Wishes, reason: str) -> list[tuple[str, str]]:
    """What was asked for and why, in words."""
    said = [(wish.label, wish.written) for wish in asked] + [("Why", reason)]
    return [(label, text) for label, text in said if text.strip()]


def _constrained(
    request: HttpRequest, table: Negotiation, asked: Wishes
) -> tuple[dict[str, str], int]:
    """What the page says against it, with the status; ({}, 0) once it is said."""
    form = ReasonForm(request.POST)
    if asked.wrong or not form.is_valid():
        return {"reason_error": "" if form.is_valid() else first_error(form)}, UNPROCESSABLE
    wanted = wishes.requirements(asked)
    try:
        interventions.constrain(
            negotiation_id=table.pk,
            requirements=wanted,
            by=person(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            # What was doubted is added if the very same is asked for again.
            sure=request.POST.get("sure") == wishes.link(wanted),
        )
    except reopenings.Unlikely as doubt:
        return {"doubt": str(doubt), "sure": wishes.link(wanted)}, UNPROCESSABLE
    except sessions.NotOpen as refusal:
        table.refresh_from_db()
        return {"refusal": f"{refusal} Nothing was said."}, CONFLICT
    except (
        reopenings.CannotBeAsked,
        interventions.ChangesNothing,
        interventions.Crowded,
    ) as refusal:
        return {"refusal": str(refusal)}, UNPROCESSABLE
    return {}, 0
