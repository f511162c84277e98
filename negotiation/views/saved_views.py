"""Keep the floor's present filters under a name, and let go of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from negotiation.filters import Filters
from negotiation.scenarios import texts
from negotiation.services import saved_views
from negotiation.views import refusals
from negotiation.views.access import person, watchers
from negotiation.views.forms import first_error

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST_NAME = 60


class ViewForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        error_messages={
            "required": "Give the view a name.",
            "max_length": f"Keep the name under {LONGEST_NAME} characters.",
        },
    )


@require_POST
@watchers
def save(request: HttpRequest) -> HttpResponse:
    query = Filters.of(QueryDict(request.POST.get("query", "")[:2000]).dict()).query
    form = ViewForm(request.POST)
    if not form.is_valid():
        typed = request.POST.get("name", "")
        messages.warning(request, refusals.quoting(first_error(form), typed))
        return _floor(query)
    name = form.cleaned_data["name"]
    try:
        saved_views.save(owner=person(request), name=name, query=query, now=timezone.now())
    except (saved_views.NameTaken, saved_views.NothingToSave, saved_views.TooMany) as refusal:
        messages.warning(request, refusals.quoting(str(refusal), name))
    else:
        messages.success(request, f"“{texts.visible(name)}” is among your views now.")
    return _floor(query)


@require_POST
@watchers
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    if saved_views.delete(owner=person(request), view_id=pk):
        messages.success(request, "The view is deleted. No table was changed.")
    else:
        messages.warning(request, "You have no such view any more.")
    return redirect("floor")


def _floor(query: str) -> HttpResponse:
    return redirect(f"{reverse('floor')}?{query}" if query else reverse("floor"))
