"""What the command palette finds: pages that are not in the navigation, tables, decisions, rules.

The palette knows the navigation and what the present page can do by itself
(static/js/palette.js); here is what only the server knows, and of it what the person may see.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.navigation import Place
from negotiation.converters import row_id
from negotiation.models import Decision, Negotiation, Scenario
from negotiation.presentation import STATES, state_among
from negotiation.rosters import rosters
from negotiation.views.access import watchers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

MOST = 6
LONGEST = 100
SHORTEST_HASH = 6

PLACES = (
    Place("notifications", "Notifications", "bell", ""),
    Place("notification-settings", "Notification settings", "adjustments-horizontal", ""),
    Place("delegations", "Delegations", "user-plus", ""),
    Place("mandates", "Mandates", "document-check", ""),
    Place("reviewers", "Reviewers", "users", ""),
    Place("styleguide", "Style guide", "swatch", ""),
)


class Found(NamedTuple):
    url: str
    label: str
    icon: str
    hint: str = ""


@require_safe
@watchers
def palette(request: HttpRequest) -> HttpResponse:
    text = _cleaned(request.GET.get("q", ""))
    kinds = {
        "Pages": _places(request, text),
        "Negotiations": _negotiations(request, text),
        "Decisions": _decisions(request, text),
        "Agents": _agents(text),
        "Scenarios": _scenarios(text),
    }
    groups = [(label, found) for label, rows in kinds.items() if (found := list(rows))]
    return render(request, "_palette_results.html", {"groups": groups})


def _cleaned(text: str) -> str:
    """No control characters, which no title has and PostgreSQL refuses, and no book."""
    plain = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:LONGEST])
    return " ".join(plain.split())


def _places(request: HttpRequest, text: str) -> Iterator[Found]:
    for place in PLACES:
        if text.lower() in place.label.lower() and place.may(request.user):
            yield Found(reverse(place.name), place.label, place.icon)


def _negotiations(request: HttpRequest, text: str) -> Iterator[Found]:
    rows = Negotiation.objects.visible_to(request.user).filter(
        Q(title__icontains=text) | Q(pk=_number(text))
    )
    of_each = rows.order_by("-id").values_list("pk", "title", "status", "decision__status")
    for pk, title, status, decided in of_each[:MOST]:
        url = reverse("negotiation", args=[pk])
        # As on the floor: what became of an agreement says more than that there was one.
        state = state_among(status, decided)
        yield Found(url, title, STATES[state].icon, f"#{pk} · {STATES[state].word}")


def _decisions(request: HttpRequest, text: str) -> Iterator[Found]:
    if not text:
        return
    number = _number(text)
    wanted = Q(negotiation__title__icontains=text) | Q(pk=number) | Q(negotiation_id=number)
    if len(text) >= SHORTEST_HASH:
        wanted |= Q(package_hash__startswith=text.lower())
    rows = Decision.objects.visible_to(request.user).filter(wanted).order_by("-id")
    of_each = rows.values_list("pk", "negotiation_id", "negotiation__title", "status")
    for pk, table, title, status in of_each[:MOST]:
        url = reverse("approval", args=[pk])
        hint = f"#{table} · decision {pk} · {STATES[status].word}"
        yield Found(url, title, STATES[status].icon, hint)


def _agents(text: str) -> list[Found]:
    if not text:
        return []
    # By name: what the newest version calls them stands last.
    titles = dict(seat for roster in rosters() for seat in roster.seats)
    found = [
        Found(reverse("agent", args=[name]), title, "user", name)
        for name, title in sorted(titles.items(), key=lambda seat: seat[1].lower())
        if text.lower() in f"{title} {name}".lower()
    ]
    return found[:MOST]


def _scenarios(text: str) -> Iterator[Found]:
    if not text:
        return
    rows = Scenario.objects.filter(Q(title__icontains=text) | Q(slug__icontains=text))
    for slug, title in rows.values_list("slug", "title")[:MOST]:
        yield Found(reverse("scenario", args=[slug]), title, "document-text", slug)
        yield Found(reverse("policy", args=[slug]), f"{title}: policy", "scale", slug)


def _number(text: str) -> int:
    """A row's number as people write it, "#12" too; 0 is nobody's."""
    return row_id(text.removeprefix("#")) or 0
