"""The stop switch: what is stopped, what was, and the forms to stop and to lift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from negotiation.converters import LARGEST_ID
from negotiation.filters import Filters
from negotiation.models import Decision, Negotiation, Stop
from negotiation.rosters import rosters
from negotiation.services import switches
from negotiation.standstills import Standstills
from negotiation.views.access import lifters, person, stoppers, wants_fragment, watchers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from negotiation.rosters import Roster

PAST = 50


class Agent(NamedTuple):
    """A seat's name across scenarios, and what the newest of them calls it."""

    name: str
    title: str


class StopForm(ReasonForm):
    """What is stopped, and why."""

    scope = forms.ChoiceField(
        choices=Stop.Scope.choices,
        error_messages={"invalid_choice": "Choose what is stopped: everything, an agent, a table."},
    )
    seat = forms.CharField(required=False, max_length=60)
    negotiation = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)

    def clean(self) -> dict[str, Any]:
        """Only what the scope names is kept of the two."""
        found = self.cleaned_data
        if found.get("scope") != Stop.Scope.AGENT:
            found["seat"] = ""
        elif found.get("seat") not in {agent.name for agent in agents()}:
            self.add_error("seat", "No scenario has a seat of that name. Choose one of the list.")
        if found.get("scope") != Stop.Scope.NEGOTIATION:
            found["negotiation"] = None
        elif not Negotiation.objects.filter(pk=found.get("negotiation") or 0).exists():
            self.add_error("negotiation", "There is no table with that number.")
        return found


class Standing(NamedTuple):
    """A live stop, how much it holds, and where the floor shows the tables among that."""

    stop: Stop
    tables: int
    decisions: int
    floor: str


def agents() -> list[Agent]:
    """Everybody who has a seat in some version of a scenario, by name."""
    return _agents(rosters())


def _agents(versions: Sequence[Roster]) -> list[Agent]:
    titles = {name: title for roster in versions for name, title in roster.seats}
    return [Agent(name, titles[name]) for name in sorted(titles)]


@require_safe
@watchers
def stops(request: HttpRequest) -> HttpResponse:
    return _page(request, StopForm(initial={"scope": Stop.Scope.GLOBAL}))


@require_POST
@stoppers
def stop(request: HttpRequest) -> HttpResponse:
    form = StopForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    said = form.cleaned_data
    try:
        stopped = switches.stop(
            scope=Stop.Scope(said["scope"]),
            seat=said["seat"],
            negotiation_id=said["negotiation"],
            by=person(request),
            reason=said["reason"],
            now=timezone.now(),
        )
    except switches.AlreadyStopped as refusal:
        messages.warning(request, f"{refusal} Nothing was changed.")
        return redirect("stops")
    messages.success(
        request, f"Stopped: {stopped.subject}. Nothing of it begins until the stop is lifted."
    )
    return _back(stopped)


@require_POST
@lifters
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Stop.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("stops")
    try:
        switches.lift(
            stop_id=pk,
            by=person(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except switches.AlreadyLifted as refusal:
        messages.warning(request, f"{refusal} Nothing was changed.")
    else:
        messages.success(request, f"Lifted: {found.subject} goes on from where it stood.")
    return _back(found)


def _back(to: Stop) -> HttpResponse:
    if to.negotiation_id:
        return redirect("negotiation", pk=to.negotiation_id)
    return redirect("stops")


def _page(request: HttpRequest, form: StopForm, *, status: int = 200) -> HttpResponse:
    found = Stop.objects.visible_to(request.user).select_related("by", "lifted_by", "negotiation")
    versions = rosters()
    context = {
        "standing": _standing(list(found.live()), versions),
        "past": found.exclude(lifted_at=None)[:PAST],
        "form": form,
        "agents": _agents(versions),
    }
    name = "_stops_list.html" if wants_fragment(request) else "stops.html"
    return render(request, f"negotiation/{name}", context, status=status)


def _standing(live: Sequence[Stop], versions: Sequence[Roster]) -> list[Standing]:
    standstills = Standstills(timezone.now(), live, versions)
    held = {}
    for stop in live:
        over = standstills.reach(stop)
        # As many as the floor shows behind the link; one's own table may also be paused.
        states = Negotiation.OPEN if stop.negotiation_id else Negotiation.ACTIVE
        held[f"tables_{stop.pk}"] = Count("pk", filter=over & Q(status__in=states))
        parked = Q(decision__status=Decision.Status.PARKED)
        held[f"decisions_{stop.pk}"] = Count("pk", filter=over & parked)
    counts = Negotiation.objects.aggregate(**held) if held else {}
    return [
        Standing(
            stop,
            counts[f"tables_{stop.pk}"],
            counts[f"decisions_{stop.pk}"],
            Filters(agent=stop.seat, state="running").but(),
        )
        for stop in live
    ]
