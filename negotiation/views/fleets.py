"""Pause, resume, end or stop several tables of the floor at once, with a result for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.converters import row_id
from negotiation.filters import Filters
from negotiation.services import fleets
from negotiation.views.access import person, watchers
from negotiation.views.forms import ReasonForm, first_error
from negotiation.views.statuses import FORBIDDEN, UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

NOTHING_SELECTED = "Nothing was selected. Go back to the floor and tick the tables it is about."


class FleetForm(ReasonForm):
    """What is done to the tables that are ticked, and why."""

    verb = forms.ChoiceField(
        choices=[(verb.value, verb.value) for verb in fleets.Verb],
        error_messages={"invalid_choice": "Choose to pause, resume, end or stop them."},
    )


@require_POST
@watchers
def together(request: HttpRequest) -> HttpResponse:
    form = FleetForm(request.POST)
    form.fields["reason"].required = False
    tables = _numbers(request.POST.getlist("table"))
    if not form.is_valid():
        return _page(request, refusal=first_error(form), status=UNPROCESSABLE)
    if not tables:
        return _page(request, refusal=NOTHING_SELECTED, status=UNPROCESSABLE)
    try:
        results, unknown = fleets.act_on_all(
            verb=fleets.Verb(form.cleaned_data["verb"]),
            negotiation_ids=tables,
            by=person(request),
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except fleets.NotAllowed as refusal:
        return _page(request, refusal=str(refusal), status=FORBIDDEN)
    except (fleets.TooMany, fleets.ReasonMissing) as refusal:
        return _page(request, refusal=str(refusal), status=UNPROCESSABLE)
    done, asked = sum(result.done for result in results), len(results) + len(unknown)
    return _page(request, results=results, unknown=unknown, done=done, asked=asked)


def _numbers(said: Iterable[str]) -> list[int]:
    return [number for number in map(row_id, said) if number is not None]


def _page(request: HttpRequest, *, status: int = 200, **context: object) -> HttpResponse:
    back = Filters.of(QueryDict(request.POST.get("back", "")[:2000]).dict()).query
    why = request.POST.get("reason", "").strip()
    shown = {
        **context,
        "back": f"?{back}" if back else "",
        "written": [("Why", why)] if why else [],
    }
    return render(request, "negotiation/together.html", shown, status=status)
