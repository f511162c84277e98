"""What a reviewer would do by the plain case, before others' opinions are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from approvals.differences import differences_since
from approvals.services import claims, looks
from approvals.views.access import deciders
from approvals.views.cards import card, find
from approvals.views.forms import OwnVerdictForm
from approvals.views.preconditions import Missing, seen_by
from negotiation.views.access import person
from negotiation.views.forms import first_error
from negotiation.views.statuses import CONFLICT, FORBIDDEN, UNPROCESSABLE

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@deciders
def say(request: HttpRequest, pk: int) -> HttpResponse:
    decision, user, now = find(request, pk), person(request), timezone.now()
    form = OwnVerdictForm(request.POST)
    if not form.is_valid():
        return card(request, decision, refusal=first_error(form), status=UNPROCESSABLE)
    try:
        seen = seen_by(request)
        looks.say(
            decision_id=pk,
            by=user,
            seen_hash=seen.package_hash,
            view=form.cleaned_data["view"],
            now=now,
        )
    except Missing as refusal:
        return card(request, decision, refusal=str(refusal), status=refusal.status)
    except looks.MayNotSay as refusal:
        return card(request, decision, refusal=str(refusal), status=FORBIDDEN)
    except (looks.AlreadySaid, looks.PackageGone) as refusal:
        changed = differences_since(decision, seen.package_hash)
        return card(request, decision, refusal=str(refusal), differences=changed, status=CONFLICT)
    claims.renew(decision_id=pk, by=user, now=now)
    return redirect("approval", pk=pk)
