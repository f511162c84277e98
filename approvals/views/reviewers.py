"""How reviewers review: everybody's own figures, and all of them for seniors and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from approvals.services import health
from negotiation.roles import may_edit_rules, may_review
from negotiation.views.access import only, person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.http import HttpRequest, HttpResponse


def _may_look(user: User | AnonymousUser) -> bool:
    return may_review(user) or may_edit_rules(user)


@require_safe
@only(_may_look, "Only managers see their own figures, seniors and admins everybody's.")
def reviewers(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = next((each for each in health.WINDOWS if str(each) == asked), health.WINDOWS[0])
    user = person(request)
    context = {
        "days": days,
        "windows": health.WINDOWS,
        "rows": health.health_of(health.shown_to(user), days=days, now=timezone.now()),
    }
    return render(request, "approvals/reviewers.html", context)
