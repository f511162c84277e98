"""One table: its page, and what an operator does to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.lexicon import lexicon_for
from negotiation.models import Negotiation, Scenario
from negotiation.services import sessions
from negotiation.services.agents import trusted
from negotiation.side_panels import side_context
from negotiation.views import floor, refusals
from negotiation.views.access import operators, person, watchers
from negotiation.views.forms import ReasonForm, StartForm, first_error
from negotiation.views.statuses import UNPROCESSABLE
from negotiation.windows import window_context

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


@watchers
def negotiation(request: HttpRequest, pk: int) -> HttpResponse:
    table = find(request, pk)
    context = {
        **side_context(table, pair_of(request)),
        **window_context(table, request.GET),
        "trusted": trusted(request.user, lexicon_for(table.version).seats),
    }
    return render(request, "negotiation/negotiation.html", context)


@require_POST
@operators
def start(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.POST)
    if form.is_valid():
        scenario = (
            Scenario.objects.filter(slug=form.cleaned_data["scenario"])
            .select_related("current")
            .first()
        )
        if scenario and scenario.current:
            opened = sessions.start(
                version=scenario.current,
                by=person(request),
                now=timezone.now(),
                pace=form.cleaned_data["pace"],
                seed=form.cleaned_data["seed"],
            )
            return redirect("negotiation", pk=opened.pk)
        form.add_error("scenario", "There is no such scenario. Choose one of the list.")
    context = {**floor.listing(request), **floor.beside(request, form)}
    return render(request, "negotiation/floor.html", context, status=UNPROCESSABLE)


@require_POST
@operators
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    done = "Paused. It stands still until somebody resumes."
    return _step_in(request, pk, sessions.pause, done, reason_required=False)


@require_POST
@operators
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _step_in(request, pk, sessions.resume, "Resumed.", reason_required=False)


@require_POST
@operators
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    return _step_in(request, pk, sessions.stop, "Ended. Nothing will be executed.")


class StepIn(Protocol):
    """pause, resume or stop of `negotiation.services.sessions`."""

    def __call__(self, *, negotiation_id: int, by: User, reason: str, now: datetime) -> None: ...


def _step_in(
    request: HttpRequest, pk: int, step: StepIn, done: str, *, reason_required: bool = True
) -> HttpResponse:
    table = find(request, pk)
    form = ReasonForm(request.POST)
    form.fields["reason"].required = reason_required
    typed = request.POST.get("reason", "")
    if not form.is_valid():
        messages.error(request, refusals.quoting(first_error(form), typed))
        return redirect("negotiation", pk=pk)
    try:
        step(
            negotiation_id=table.pk,
            by=person(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except (sessions.NotRunning, sessions.NotPaused, sessions.NotOpen) as refusal:
        messages.warning(request, refusals.quoting(f"{refusal} Nothing was changed.", typed))
    else:
        messages.success(request, done)
    return redirect("negotiation", pk=pk)


def find(request: HttpRequest, pk: int) -> Negotiation:
    """The table, for somebody who may see it."""
    tables = Negotiation.objects.visible_to(request.user).select_related("version__scenario")
    return get_object_or_404(tables.defer("version__document"), pk=pk)


def pair_of(request: HttpRequest) -> tuple[str, str] | None:
    """The two seats that the address names for the utility space; None without them."""
    first, second = (request.GET.get(axis, "") for axis in ("x", "y"))
    return (first, second) if first and second else None
