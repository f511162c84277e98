"""What a person was told, and what they want to be told. Nothing here decides anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals.models import Channel, Event, Notification
from approvals.services import notifications, preferences
from negotiation.converters import LARGEST_ID
from negotiation.views.access import person, wants_fragment, watchers
from negotiation.views.statuses import UNPROCESSABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from approvals.services.preferences import Wish

PER_PAGE = 50


@require_GET
@watchers
def inbox(request: HttpRequest) -> HttpResponse:
    mine = Notification.objects.visible_to(request.user)
    only_unseen = request.GET.get("show") == "unseen"
    rows = mine.unseen() if only_unseen else mine
    rows = rows.select_related("decision", "negotiation").defer(
        "decision__package", "decision__judgement", "negotiation__summary"
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "only_unseen": only_unseen,
        "all_count": mine.count(),
        "newest": mine.values_list("pk", flat=True).first() or 0,
    }
    template = "_inbox.html" if wants_fragment(request) else "inbox.html"
    return render(request, f"notifications/{template}", context)


@require_GET
@watchers
def bell(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/_bell.html")


@require_GET
@watchers
def count(request: HttpRequest) -> HttpResponse:
    """The number beside "Approvals" in the navigation, for pages that are about something else."""
    return render(request, "_queue_count.html", {"oob": True})


class SeenForm(forms.Form):
    """All up to the newest that was shown, or one of them."""

    upto = forms.IntegerField(min_value=0, max_value=LARGEST_ID)
    only = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


@require_POST
@watchers
def mark_seen(request: HttpRequest) -> HttpResponse:
    form = SeenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was marked: the page was too old. Try it again from here.")
        return redirect("notifications")
    notifications.mark_seen(
        user=person(request),
        upto=form.cleaned_data["upto"],
        only=form.cleaned_data["only"],
        now=timezone.now(),
    )
    return redirect("notifications")


class ChoicesForm(forms.Form):
    """The address, and whether it gets another secret; the boxes are read one by one."""

    url = forms.CharField(max_length=500, required=False)
    new_secret = forms.BooleanField(required=False)


class Box(NamedTuple):
    """`name` in the form; `usual`: what it is for who has chosen nothing."""

    name: str
    channel: str
    label: str
    on: bool


class Line(NamedTuple):
    event: str
    label: str
    help: str
    boxes: list[Box]


HELP = {
    Event.ASKED: "Agents did not agree, and the rules of their table ask a person to choose.",
    Event.PARKED: "An agreement needs approval, or came back and needs it again.",
    Event.REMINDER: "Half, then nine tenths of its time have passed.",
    Event.ESCALATED: "Its time ran out; senior managers have as much time again.",
    Event.DECIDED: "What you voted on or began was decided, was sent back, or ran out of time.",
    Event.EXECUTED: "What you voted on or began was carried out.",
    Event.FAILED: "Carrying it out failed for good.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@watchers
def choices(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if request.method != "POST":
        wanted, webhook = preferences.wishes([user.pk])[user.pk], preferences.webhook_of(user)
        return _choices(request, user, wanted, webhook.url if webhook else "")
    wanted = frozenset(wish for wish in preferences.ALL if _box_name(wish) in request.POST)
    form = ChoicesForm(request.POST)
    url = str(request.POST.get("url", "")).strip()
    if not form.is_valid():
        error = "An address has 500 characters at most, and no control characters."
        return _choices(request, user, wanted, url, error)
    try:
        preferences.save(
            user=user,
            wanted=wanted,
            url=url,
            new_secret=form.cleaned_data["new_secret"],
            now=timezone.now(),
        )
    except preferences.AddressRefused as refusal:
        return _choices(request, user, wanted, url, str(refusal))
    messages.success(request, "Saved. It counts from the next event on.")
    return redirect("notification-settings")


def _choices(
    request: HttpRequest, user: User, wanted: frozenset[Wish], url: str, error: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "lines": list(_lines(wanted)),
        "channels": Channel,
        "url": url,
        "error": error,
        "webhook": preferences.webhook_of(user),
        "hosts": sorted(settings.NOTIFY_WEBHOOK_HOSTS),
        "email": user.email,
    }
    status = UNPROCESSABLE if error else 200
    return render(request, "notifications/choices.html", context, status=status)


def _lines(wanted: frozenset[Wish]) -> Iterator[Line]:
    for event in Event:
        boxes = [
            Box(_box_name((event, channel)), channel, channel.label, (event, channel) in wanted)
            for channel in Channel
        ]
        yield Line(event, event.label, HELP[event], boxes)


def _box_name(wish: Wish) -> str:
    return ".".join(wish)
