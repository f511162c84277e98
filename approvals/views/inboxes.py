"""List and detail in one screen: a page of its own, or the right half of it for who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from approvals.parts.inboxes import Shown, next_after
from approvals.services.wordings import name_of
from negotiation.views.access import person, wants_fragment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from negotiation.models import Decision


def wants(request: HttpRequest, part: str) -> bool:
    """Whether the page is there already and asks for the element with this id."""
    return wants_fragment(request) and request.headers.get("HX-Target") == part


def inbox(
    request: HttpRequest, case: str, context: Mapping[str, Any], shown: Shown, *, status: int = 200
) -> HttpResponse:
    """`case` is the template of the right half."""
    # What reads itself again by the bell takes no line away that tells what was done.
    by_itself = request.headers.get("HX-Trigger") == "detail"
    whole = {**context, "case": case, "shown": shown, "kept": shown.query(), "by_itself": by_itself}
    template = "approvals/_detail.html" if wants(request, "detail") else "approvals/inbox.html"
    response = render(request, template, whole, status=status)
    # One address has several answers; a browser that goes back must not mix them up.
    response["Vary"] = "HX-Request, HX-Target"
    return response


def moved_on(request: HttpRequest, decision: Decision, done: str) -> HttpResponse:
    """To what comes next in the list that is looked at, with a line on what was done."""
    messages.success(
        request,
        f"{name_of(decision)}: {done}",
        extra_tags=reverse("approval", args=[decision.pk]),
    )
    shown = Shown.asked(request.GET)
    upcoming = next_after(decision, person(request), shown, timezone.now())
    page = reverse("approval", args=[upcoming.pk]) if upcoming else reverse("approvals")
    return redirect(page + shown.query())
