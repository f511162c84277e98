"""The settings of a person: how Parley looks, what time it is, and which keys act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from negotiation.models import Preferences
from negotiation.services import preferences
from negotiation.views.access import person
from negotiation.views.forms import first_error
from negotiation.views.statuses import NO_CONTENT, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest

A_YEAR = 365 * 24 * 3600
THEMES = [
    (Preferences.Theme.SYSTEM, "computer-desktop"),
    (Preferences.Theme.LIGHT, "sun"),
    (Preferences.Theme.DARK, "moon"),
]


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        choices=Preferences.Theme,
        error_messages={
            "required": "Choose a theme: as the system, light or dark.",
            "invalid_choice": "There are three themes: as the system, light or dark.",
        },
    )


class PreferencesForm(ThemeForm):
    time_zone = forms.CharField(
        required=False,
        max_length=64,
        error_messages={
            "max_length": "No time zone has so long a name. Choose one of the list.",
            "null_characters_not_allowed": "No time zone has such a name. Choose one of the list.",
        },
    )
    single_keys = forms.BooleanField(required=False)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        if name and name not in preferences.zones():
            raise forms.ValidationError(str(preferences.UnknownZone(name)))
        return name


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        return _page(request, preferences.of(user))
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        typed = Preferences(
            theme=str(request.POST.get("theme", ""))[:6],
            time_zone=str(request.POST.get("time_zone", ""))[:64],
            single_keys="single_keys" in request.POST,
        )
        return _page(request, typed, form)
    preferences.save(user=user, **form.cleaned_data)
    messages.success(request, "Saved. It counts at once, wherever you are logged in.")
    return _with_theme(redirect("settings"), form.cleaned_data["theme"])


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """From the button of every page; the page itself has changed already."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(first_error(form), status=UNPROCESSABLE, content_type="text/plain")
    preferences.choose_theme(user=person(request), theme=form.cleaned_data["theme"])
    return _with_theme(HttpResponse(status=NO_CONTENT), form.cleaned_data["theme"])


def _with_theme(answer: HttpResponse, theme: str) -> HttpResponse:
    """The login page, which knows nobody yet, looks the same."""
    if theme == Preferences.Theme.SYSTEM:
        answer.delete_cookie("theme")
    else:
        answer.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax")
    return answer


def _page(
    request: HttpRequest, chosen: Preferences, form: PreferencesForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "chosen": chosen,
        "themes": THEMES,
        "places": preferences.places(),
        "strange": chosen.time_zone not in preferences.zones() | {""},
        "form": form,
        "now": timezone.now(),
    }
    status = UNPROCESSABLE if form else 200
    return render(request, "settings/settings.html", context, status=status)
